//! Commits: accepted rightly, or refused truly.

use super::super::property::ensure;
use super::super::{Checked, Fate, Memory, Property, Witness};
use super::Judge;
use attune_protocol::{AgentSet, AtCommit, Discipline, Hold, Refusal, Tell, ToAgent, Version};

impl<S: AgentSet, D: Discipline> Judge<'_, S, D> {
    pub(super) fn commit(&mut self, sender: &mut Memory, waits: bool) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let owner = before.owner() == Some(message.agent);
        let in_epoch = message.epoch == before.epoch();
        let on_base = message.version == Some(before.version());
        if after.version() != before.version() {
            self.seen.note(Witness::CommitAccepted);
            ensure(
                !waits || sender.fate == Fate::Open,
                Property::AppliedOnce,
                "a commit is applied twice, or after it was refused",
            )?;
            ensure(owner, Property::SingleWriter, "a commit by who does not own the line")?;
            ensure(in_epoch, Property::NoStaleApply, "a commit from an epoch that is over")?;
            ensure(on_base, Property::NoLostUpdate, "a commit overwrites what it has not seen")?;
            ensure(
                after.version() == before.version().next(),
                Property::MonotonicVersions,
                "a commit makes more than one version",
            )?;
            ensure(
                after.epoch() > before.epoch() && after.hold() == Hold::Free,
                Property::NoStaleApply,
                "a commit does not end the grant",
            )?;
            self.outdated(before)?;
            let [answer, rest @ ..] = self.told else {
                return ensure(false, Property::Answered, "a commit is not answered");
            };
            self.answers_truly(answer)?;
            ensure(
                answer.tell == Tell::Committed,
                Property::TrueAnswers,
                "an accepted commit is refused",
            )?;
            if waits {
                sender.fate = Fate::Accepted(after.version());
            }
            self.told = rest;
            return match self.rules.strategy.at_commit {
                AtCommit::Silent => {
                    ensure(rest.is_empty(), Property::HoldersTold, "a silent commit is told")
                }
                AtCommit::Invalidate => self.tells_behind(Tell::Invalidate),
                AtCommit::Push => self.tells_behind(Tell::Update { acknowledge: true }),
            };
        }
        ensure(
            !(owner && in_epoch && on_base),
            Property::NothingGivenUp,
            "a rightful commit is not accepted",
        )?;
        let [answer] = *self.told else {
            return ensure(false, Property::Answered, "a commit is not answered");
        };
        self.refuses_truly(answer, sender, waits)
    }

    fn refuses_truly(&mut self, answer: ToAgent, sender: &mut Memory, waits: bool) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let to_sender = (answer.agent, answer.request) == (message.agent, message.request)
            && answer.version == after.version();
        ensure(to_sender, Property::TrueAnswers, "an answer that is not to the request")?;
        let accepted = match sender.fate {
            Fate::Accepted(version) if waits => Some(version),
            _ => None,
        };
        if before.owner() != Some(message.agent) && message.epoch <= before.epoch() {
            self.seen.note(Witness::ZombieCommits);
        }
        let refused = match answer.tell {
            Tell::Committed => {
                self.seen.note(Witness::CommitRepeated);
                ensure(
                    !waits || accepted == Some(answer.version),
                    Property::TrueAnswers,
                    "a commit that was not accepted is acknowledged",
                )?;
                return ensure(
                    answer.epoch == message.epoch.next(),
                    Property::TrueAnswers,
                    "an acknowledgement said again is dated later than the first time",
                );
            }
            Tell::Refused(Refusal::Superseded { refused }) => {
                self.seen.note(Witness::CommitSuperseded);
                let behind = message.version.map(Version::next) < Some(after.version());
                ensure(behind, Property::TrueAnswers, "a line claims not to know what it knows")?;
                refused
            }
            Tell::Refused(Refusal::LostEpoch { refused }) => {
                self.seen.note(Witness::CommitLost);
                ensure(
                    accepted.is_none(),
                    Property::TrueAnswers,
                    "an accepted commit is called refused",
                )?;
                let rightful =
                    before.owner() == Some(message.agent) && message.epoch == before.epoch();
                ensure(!rightful, Property::TrueAnswers, "a grant that lasts is called over")?;
                if waits {
                    sender.fate = Fate::Refused;
                }
                refused
            }
            Tell::Refused(Refusal::StaleBase { base }) => {
                self.seen.note(Witness::StaleBaseRefused);
                ensure(
                    accepted.is_none() && base == message.version && base != Some(after.version()),
                    Property::TrueAnswers,
                    "a base is called stale that is not",
                )?;
                if waits {
                    sender.fate = Fate::Refused;
                }
                return ensure(
                    after.hold() == Hold::Free,
                    Property::Answered,
                    "a refused commit leaves the line held",
                );
            }
            _ => {
                return ensure(
                    false,
                    Property::Answered,
                    "a commit is answered with something else",
                );
            }
        };
        ensure(
            refused == message.epoch && answer.epoch == after.epoch(),
            Property::TrueAnswers,
            "another epoch is refused than was named",
        )
    }
}
