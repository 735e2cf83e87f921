//! What a line does with one input: versions come into being rightly, and what it says is true.

mod commit;
mod unasked;
mod upgrade;

use super::property::ensure;
use super::{Checked, LineMemory, Memory, Property, Seen, Witness};
use attune_protocol::{
    AgentSet, Ask, AtTick, AtUpgrade, Discipline, Hold, Line, Refusal, Rules, Tell, Tick, ToAgent,
    ToLine,
};
use unasked::{expired, published};

/// What a line was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// `waits`: the sender still waits for the answer to this very request.
    Message {
        message: ToLine,
        waits: bool,
    },
    Expire,
    Publish {
        agents: u32,
    },
}

/// A line went from `before` to `after` and said `told`.
#[derive(Clone, Copy, Debug)]
pub struct LineStep<'a, S> {
    pub before: &'a Line<S>,
    pub after: &'a Line<S>,
    pub now: Tick,
    pub given: Given,
    pub told: &'a [ToAgent],
}

/// Judges a line's step; notes in `sender` what has become of its commit.
pub fn line_step<S: AgentSet, D: Discipline>(
    step: &LineStep<S>,
    sender: Option<&mut Memory>,
    memory: &mut LineMemory,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> Checked {
    let LineStep { before, after, now, given, told } = *step;
    ensure(
        after.epoch() >= before.epoch() && after.version() >= before.version(),
        Property::MonotonicVersions,
        "the line goes back",
    )?;
    let due = is_due(before, now);
    match given {
        Given::Message { .. } if due => {
            // The deadline comes first, then the message finds what it left.
            let mut between = before.clone();
            let mut first = Vec::new();
            between.expire(now, rules, |message| first.push(message));
            let expiry = LineStep { after: &between, given: Given::Expire, told: &first, ..*step };
            line_step(&expiry, None, memory, rules, seen)?;
            seen.note(Witness::DeadlineBeforeMessage);
            ensure(
                told.starts_with(&first),
                Property::TimelyExpiry,
                "a message is handled before the deadline that had passed",
            )?;
            let rest = LineStep { before: &between, told: &told[first.len()..], ..*step };
            line_step(&rest, sender, memory, rules, seen)
        }
        Given::Message { message, waits } => {
            let sender = sender.expect("a message has a sender");
            Judge { before, after, now, told, message, rules, seen }.message(sender, waits, memory)
        }
        Given::Expire => expired(step, due, memory, rules, seen),
        Given::Publish { agents } => published(step, agents),
    }
}

/// The same message once more, to `after` as it is now, may change nothing.
#[inline]
pub fn line_again<S: AgentSet, D: Discipline>(
    after: &Line<S>,
    now: Tick,
    message: ToLine,
    rules: &Rules<D>,
) -> Checked {
    let mut again = after.clone();
    again.handle(now, message, rules, |_| {});
    ensure(
        again == *after,
        Property::AppliedOnce,
        "a message that comes twice changes the line twice",
    )
}

fn is_due<S: AgentSet>(line: &Line<S>, now: Tick) -> bool {
    line.deadline().is_some_and(|deadline| deadline <= now)
}

/// The one message told is the present grant.
fn granted_truly<S: AgentSet>(after: &Line<S>, told: &[ToAgent]) -> Checked {
    let Hold::Owned(claim) = after.hold() else { return Ok(()) };
    let truly = matches!(told, [message]
        if message.agent == claim.agent && message.request == claim.request
            && matches!(message.tell, Tell::Grant { deadline, content }
                if deadline == claim.deadline && content == claim.content)
            && (message.version, message.epoch) == (after.version(), after.epoch()));
    ensure(truly, Property::TrueAnswers, "a grant is not what the line has granted")?;
    ensure(
        after.current().contains(claim.agent) && !after.behind().contains(claim.agent),
        Property::DirectoryAgrees,
        "the owner is not among the current holders",
    )
}

/// One message that arrived in time.
struct Judge<'a, S, D> {
    before: &'a Line<S>,
    after: &'a Line<S>,
    now: Tick,
    told: &'a [ToAgent],
    message: ToLine,
    rules: &'a Rules<D>,
    seen: &'a mut Seen,
}

impl<S: AgentSet, D: Discipline> Judge<'_, S, D> {
    fn message(mut self, sender: &mut Memory, waits: bool, memory: &mut LineMemory) -> Checked {
        let Judge { before, after, message, .. } = self;
        if message.ask != Ask::Commit {
            ensure(
                after.version() == before.version(),
                Property::MonotonicVersions,
                "a version without a commit",
            )?;
        }
        self.kept_by_its_holder()?;
        self.changes_hands_in_a_new_epoch()?;
        let owner = |line: &Line<S>| line.owner().map(|agent| (agent, line.epoch()));
        if owner(before) != owner(after) {
            // Nobody is alone because of a grant that is not this one.
            memory.alone =
                after.owner().is_some() && self.rules.strategy.at_upgrade == AtUpgrade::Invalidate;
        }
        match message.ask {
            Ask::Fetch => self.fetch(),
            Ask::Upgrade => self.upgrade(),
            Ask::Commit => self.commit(sender, waits),
            Ask::Release => self.release(),
            Ask::Heartbeat => self.heartbeat(),
            Ask::Acknowledge { holds } => self.acknowledge(holds),
        }
    }

    /// The claim or grant before: whose it was keeps it, unless it says otherwise itself, now.
    fn kept_by_its_holder(&self) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let (Hold::Owned(claim) | Hold::Claimed(claim)) = before.hold() else { return Ok(()) };
        let same = match after.hold() {
            Hold::Owned(now) | Hold::Claimed(now) => {
                now.agent == claim.agent
                    && now.request == claim.request
                    && after.epoch() == before.epoch()
                    && now.deadline >= claim.deadline.min(self.now)
            }
            Hold::Free => false,
        };
        let owned = matches!(before.hold(), Hold::Owned(_));
        let own = message.agent == claim.agent
            && match message.ask {
                Ask::Upgrade => message.request > claim.request,
                Ask::Commit | Ask::Release => owned && message.epoch == before.epoch(),
                Ask::Fetch | Ask::Heartbeat | Ask::Acknowledge { .. } => false,
            };
        ensure(same || own, Property::Exclusive, "the line is taken from who has it")
    }

    /// No two grants share an epoch, and no claim is taken over in the epoch of another.
    fn changes_hands_in_a_new_epoch(&self) -> Checked {
        let held = |line: &Line<S>| match line.hold() {
            Hold::Free => None,
            Hold::Owned(claim) | Hold::Claimed(claim) => Some((claim.agent, claim.request)),
        };
        let (before, after) = (self.before, self.after);
        ensure(
            held(after).is_none() || held(after) == held(before) || after.epoch() > before.epoch(),
            Property::NoStaleApply,
            "a claim begins without a new epoch",
        )
    }

    fn fetch(&mut self) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let held = before.hold() != Hold::Free;
        let eager = self.rules.strategy.at_upgrade == AtUpgrade::Invalidate;
        let [ToAgent { tell: Tell::Fill { content, cacheable }, .. }] = *self.told else {
            return ensure(false, Property::Answered, "a fetch is not answered");
        };
        self.answers_truly(&self.told[0])?;
        ensure(
            content == (message.version != Some(after.version())),
            Property::TrueAnswers,
            "content is sent to who has it, or not to who has not",
        )?;
        if eager && held {
            self.seen.note(Witness::FetchBesideWriter);
            ensure(!cacheable, Property::ReadersExcluded, "a copy is given out beside a writer")?;
            return self.notes_nothing();
        }
        ensure(cacheable, Property::TrueAnswers, "a copy may not be kept and nobody writes")?;
        self.registers("a fetch")
    }

    /// The sender has a current copy now, as far as the line knows.
    fn registers(&self, _what: &str) -> Checked {
        let agent = self.message.agent;
        ensure(
            self.after.current().contains(agent) && !self.after.behind().contains(agent),
            Property::DirectoryAgrees,
            "a copy is given out and not noted",
        )
    }

    /// The sender was given nothing that it could keep.
    fn notes_nothing(&self) -> Checked {
        let same = self.after == self.before;
        ensure(same, Property::DirectoryAgrees, "a copy is noted that was not given out")
    }

    fn release(&mut self) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let rightful = before.owner() == Some(message.agent) && message.epoch == before.epoch();
        if rightful {
            self.seen.note(Witness::Released);
        } else {
            self.seen.note(Witness::OldReleaseArrives);
        }
        ensure(
            (after.hold() == Hold::Free) == (rightful || before.hold() == Hold::Free),
            if rightful { Property::Answered } else { Property::Exclusive },
            "a release does something else than to free what its sender owns",
        )?;
        ensure(self.told.is_empty(), Property::TrueAnswers, "a release is answered")
    }

    fn heartbeat(&mut self) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let [answer] = self.told else {
            return ensure(false, Property::Answered, "a heartbeat is not answered");
        };
        self.answers_truly(answer)?;
        let rightful = before.owner() == Some(message.agent) && message.epoch == before.epoch();
        if rightful {
            self.seen.note(Witness::Renewed);
            let deadline = self.now.after(self.rules.lease_ticks);
            return ensure(
                answer.tell == (Tell::Renewed { deadline }) && after.deadline() == Some(deadline),
                Property::TimelyExpiry,
                "a heartbeat of the owner does not renew its lease",
            );
        }
        self.seen.note(Witness::ZombieHeartbeat);
        let lost = Tell::Refused(Refusal::LostEpoch { refused: message.epoch });
        ensure(
            answer.tell == lost && after == before,
            Property::NoStaleApply,
            "a heartbeat from an epoch that is over is taken",
        )
    }

    fn acknowledge(&mut self, holds: bool) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let agent = message.agent;
        // A member leaves `behind` by an acknowledgement of something at least as new as what the
        // others of its round were told; whether it was, the copies themselves show.
        let left = before.behind().contains(agent) && !after.behind().contains(agent);
        if !left {
            // Nothing has been said since what it acknowledges.
            let latest = before.behind().contains(agent) && message.epoch == before.epoch();
            ensure(!latest, Property::Answered, "an acknowledgement is not taken")?;
            self.seen.note(Witness::LateAcknowledgement);
            return ensure(
                after == before && self.told.is_empty(),
                Property::NoStaleApply,
                "a late acknowledgement changes the line",
            );
        }
        let strategy = self.rules.strategy;
        let to_all =
            strategy.at_tick == AtTick::Push && strategy.at_upgrade != AtUpgrade::Invalidate;
        ensure(
            after.current().contains(agent) == (holds || to_all),
            Property::DirectoryAgrees,
            if holds || to_all {
                "a holder that says so is forgotten"
            } else {
                "who says that it has no copy is noted as a holder"
            },
        )?;
        match (before.hold(), after.hold()) {
            (Hold::Claimed(claim), Hold::Owned(owner)) => {
                self.seen.note(Witness::GrantedAfterAcknowledgements);
                ensure(
                    after.behind().is_empty(),
                    Property::ReadersExcluded,
                    "a grant before the holders have acknowledged",
                )?;
                ensure(
                    owner.request == claim.request
                        && owner.deadline == self.now.after(self.rules.lease_ticks),
                    Property::TimelyExpiry,
                    "a lease is granted for another time than it may last",
                )?;
                granted_truly(after, self.told)
            }
            (Hold::Claimed(_), Hold::Claimed(_)) => ensure(
                !after.behind().is_empty() && self.told.is_empty(),
                Property::Answered,
                "a claim waits although all have acknowledged",
            ),
            _ => ensure(
                self.told.is_empty(),
                Property::TrueAnswers,
                "an acknowledgement is answered",
            ),
        }
    }

    /// Every copy but the sender's is from before now: who had one may hold an outdated one.
    fn outdated(&self, before: &Line<S>) -> Checked {
        let (after, sender) = (self.after, self.message.agent);
        let mut noted = true;
        let mut look = |agent| noted &= agent == sender || after.behind().contains(agent);
        before.current().for_each(&mut look);
        before.behind().for_each(&mut look);
        after.current().for_each(|agent| noted &= agent == sender);
        ensure(noted, Property::DirectoryAgrees, "a holder of what is outdated is not noted as one")
    }

    /// Exactly those behind are told.
    fn tells_behind(&self, tell: Tell) -> Checked {
        let after = self.after;
        let mut told = self.told.iter();
        let mut all = true;
        after.behind().for_each(|agent| {
            all &= told.next().is_some_and(|message| {
                message.agent == agent
                    && message.tell == tell
                    && (message.version, message.epoch) == (after.version(), after.epoch())
            });
        });
        ensure(
            all && told.next().is_none(),
            Property::HoldersTold,
            "not all who may hold what is outdated are told, or others are",
        )
    }

    fn answers_truly(&self, answer: &ToAgent) -> Checked {
        let Judge { after, message, .. } = *self;
        ensure(
            (answer.agent, answer.request) == (message.agent, message.request)
                && (answer.version, answer.epoch) == (after.version(), after.epoch()),
            Property::TrueAnswers,
            "an answer that is not to the request, or not of now",
        )
    }
}
