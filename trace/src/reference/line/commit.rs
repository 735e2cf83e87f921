//! Commits: accepted rightly, or refused truly.

use super::super::property::ensure;
use super::super::{Checked, Fate, Memory, Property, Witness};
use super::Judge;
use attune_protocol::{
    AgentSet, AtCommit, Discipline, Epoch, Hold, Refusal, Tell, ToAgent, Version,
};

pub(super) const OF_ANOTHER_GRANT: &str =
    "a commit from an epoch that is over is accepted under the owner's present grant";

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
            ensure(
                owner,
                Property::SingleWriter,
                "a commit is accepted from an agent that does not own the line",
            )?;
            ensure(in_epoch, Property::NoStaleApply, OF_ANOTHER_GRANT)?;
            ensure(
                on_base,
                Property::NoLostUpdate,
                "a commit is accepted that was derived from another version than the current one",
            )?;
            ensure(
                after.version().get() == before.version().get() + 1,
                Property::MonotonicVersions,
                "a commit makes more than one version",
            )?;
            ensure(
                after.epoch() > before.epoch(),
                Property::NoStaleApply,
                "a commit opens no epoch, so that nothing tells it from its own repetition",
            )?;
            ensure(
                after.hold() == Hold::Free,
                Property::NoStaleApply,
                "a grant lasts beyond its commit; the line should be free",
            )?;
            self.outdated(before)?;
            let [answer, rest @ ..] = self.told else {
                return ensure(false, Property::Answered, "a commit is not answered");
            };
            self.answers_truly(answer)?;
            ensure(
                answer.tell == Tell::Committed,
                Property::TrueAnswers,
                "the line accepts a commit and tells its sender something else",
            )?;
            if waits {
                sender.fate = Fate::Accepted(after.version());
            }
            self.told = rest;
            return match self.rules.strategy.at_commit {
                AtCommit::Silent => ensure(
                    rest.is_empty(),
                    Property::HoldersTold,
                    "a commit is told to others although the strategy tells nobody",
                ),
                AtCommit::Invalidate => self.tells_behind(Tell::Invalidate),
                AtCommit::Push => self.tells_behind(Tell::Update { acknowledge: true }),
            };
        }
        if owner && in_epoch && on_base {
            let accepted = self.told.iter().any(|answer| answer.tell == Tell::Committed);
            let (property, what) = if accepted {
                (Property::MonotonicVersions, "a commit is accepted and makes no version")
            } else {
                (Property::NothingGivenUp, "a commit that has every right is not accepted")
            };
            return ensure(false, property, what);
        }
        let [answer] = *self.told else {
            return ensure(false, Property::Answered, "a commit is not answered");
        };
        self.refuses_truly(answer, sender, waits)
    }

    fn refuses_truly(&mut self, answer: ToAgent, sender: &mut Memory, waits: bool) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let to_sender = (answer.agent, answer.request) == (message.agent, message.request)
            && answer.version == after.version();
        ensure(
            to_sender,
            Property::TrueAnswers,
            "an answer is not to the request it should be to",
        )?;
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
                    "the line says \"committed\" to a commit that was not accepted",
                )?;
                return ensure(
                    answer.epoch == Epoch(message.epoch.0 + 1),
                    Property::TrueAnswers,
                    "\"committed\" is said again in a later epoch than at first, so that what was outdated \
                     since passes for new",
                );
            }
            Tell::Refused(Refusal::Superseded { refused }) => {
                self.seen.note(Witness::CommitSuperseded);
                let behind = message.version.map(Version::next) < Some(after.version());
                ensure(
                    behind,
                    Property::TrueAnswers,
                    "the line claims not to know what became of a commit that cannot have been accepted",
                )?;
                refused
            }
            Tell::Refused(Refusal::LostEpoch { refused }) => {
                self.seen.note(Witness::CommitLost);
                ensure(
                    accepted.is_none(),
                    Property::TrueAnswers,
                    "the line calls a commit refused that it had accepted",
                )?;
                let rightful =
                    before.owner() == Some(message.agent) && message.epoch == before.epoch();
                ensure(!rightful, Property::TrueAnswers, "the line calls a grant over that lasts")?;
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
                    "the line calls a base stale that is current, or refuses what it had accepted",
                )?;
                if waits {
                    sender.fate = Fate::Refused;
                }
                return ensure(
                    after.hold() == Hold::Free,
                    Property::Answered,
                    "a commit is refused for its base and its sender keeps the line; the line should be free",
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
            "the line refuses another epoch than the commit named",
        )
    }
}
