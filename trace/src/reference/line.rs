//! What a line does with one input: versions come into being rightly, and what it says is true.

mod commit;
mod unasked;
mod upgrade;

use super::property::ensure;
use super::{Checked, LineMemory, Memory, Property, Seen, Witness, later};
use attune_protocol::{
    AgentSet, Ask, AtTick, AtUpgrade, Discipline, Hold, Line, Refusal, Rules, Tell, Tick, ToAgent,
    ToLine, Version,
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
        "the line goes back to an earlier version or epoch",
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
                "a message is handled although a deadline had passed and was to be acted on first",
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
        "a message that arrives a second time changes the line once more",
    )
}

const BEFORE_ALL: &str =
    "the right to write is granted although an agent that may have a copy has not acknowledged";
const LEASE: &str = "a lease is granted for another time than the rules give it";

fn is_due<S: AgentSet>(line: &Line<S>, now: Tick) -> bool {
    line.deadline().is_some_and(|deadline| deadline <= now)
}

/// The one message told is the present grant.
fn granted_truly<S: AgentSet>(after: &Line<S>, told: &[ToAgent]) -> Checked {
    let Hold::Owned(claim) = after.hold() else { return Ok(()) };
    ensure(!told.is_empty(), Property::Answered, "a grant is not told to the agent that has it")?;
    let truly = matches!(told, [message]
        if message.agent == claim.agent && message.request == claim.request
            && matches!(message.tell, Tell::Grant { deadline, content }
                if deadline == claim.deadline && content == claim.content)
            && (message.version, message.epoch) == (after.version(), after.epoch()));
    ensure(
        truly,
        Property::TrueAnswers,
        "what the line tells of a grant is not the grant that it has given",
    )?;
    ensure(
        after.current().contains(claim.agent) && !after.behind().contains(claim.agent),
        Property::DirectoryAgrees,
        "the line grants the right to write and does not note the owner among the holders",
    )
}

/// Whether the line sends the content exactly to who has not named this very version.
fn brings_content(content: bool, message: ToLine, version: Version) -> Checked {
    let needs = message.version != Some(version);
    ensure(
        content == needs,
        Property::TrueAnswers,
        if needs {
            "the line says \"you have it\" to an agent that has another version, or none"
        } else {
            "the line sends the content to an agent that has this very version"
        },
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
                "a version comes into being without a commit",
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
    #[inline]
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
        if same || own {
            return Ok(());
        }
        let other = message.agent != claim.agent;
        let (property, what) = match message.ask {
            Ask::Commit if other => {
                (Property::SingleWriter, "a commit by another agent than the owner is accepted")
            }
            Ask::Commit => (Property::NoStaleApply, commit::OF_ANOTHER_GRANT),
            Ask::Upgrade if other => (
                Property::Exclusive,
                "the line is given to another agent before its holder's time is over; the other \
                 should be told to wait",
            ),
            Ask::Upgrade if message.request < claim.request => (
                Property::Exclusive,
                "a late upgrade, older than the holder's present one, ends the holder's grant; it \
                 should be ignored",
            ),
            Ask::Upgrade => (
                Property::AppliedOnce,
                "an upgrade that arrives again ends the grant it asked for; the same grant should \
                 be told again",
            ),
            Ask::Release if other => {
                (Property::Exclusive, "a release by another agent ends the owner's grant")
            }
            Ask::Release => (
                Property::Exclusive,
                "a release that does not name the present claim or grant ends it",
            ),
            Ask::Fetch | Ask::Heartbeat | Ask::Acknowledge { .. } => (
                Property::Exclusive,
                "a claim or grant ends, or is shortened, by a message that gives nothing back",
            ),
        };
        ensure(false, property, what)
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
            "a claim begins without a new epoch, so that nothing tells it from the one before",
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
        brings_content(content, message, after.version())?;
        if eager && held {
            self.seen.note(Witness::FetchBesideWriter);
            ensure(
                !cacheable,
                Property::ReadersExcluded,
                "a copy that may be kept is given out while another agent has the right to write",
            )?;
            return self.notes_nothing();
        }
        ensure(
            cacheable,
            Property::TrueAnswers,
            "the line says \"do not keep\" of a copy although nobody has the right to write",
        )?;
        self.registers("the line gives a copy to an agent and does not note it among the holders")
    }

    /// The sender has a current copy now, as far as the line knows.
    fn registers(&self, what: &'static str) -> Checked {
        let agent = self.message.agent;
        ensure(
            self.after.current().contains(agent) && !self.after.behind().contains(agent),
            Property::DirectoryAgrees,
            what,
        )
    }

    /// The sender was given nothing that it could keep.
    fn notes_nothing(&self) -> Checked {
        let same = self.after == self.before;
        ensure(same, Property::DirectoryAgrees, "the line notes a copy that it has not given out")
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
            if rightful {
                "the owner gives the line back and it is not free"
            } else {
                "a release frees a line that its sender does not own"
            },
        )?;
        ensure(
            self.told.is_empty(),
            Property::TrueAnswers,
            "the line answers a release, which asks for no answer",
        )
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
            let deadline = later(self.now, self.rules.lease_ticks);
            return ensure(
                answer.tell == (Tell::Renewed { deadline }) && after.deadline() == Some(deadline),
                Property::TimelyExpiry,
                "the owner asks for a longer lease and does not get it",
            );
        }
        self.seen.note(Witness::ZombieHeartbeat);
        let lost = Tell::Refused(Refusal::LostEpoch { refused: message.epoch });
        ensure(
            answer.tell == lost && after == before,
            Property::NoStaleApply,
            "a heartbeat for a grant that is over renews the lease, or is not refused",
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
            ensure(
                !latest,
                Property::Answered,
                "the line goes on waiting for an agent that has acknowledged",
            )?;
            self.seen.note(Witness::LateAcknowledgement);
            return ensure(
                after == before && self.told.is_empty(),
                Property::NoStaleApply,
                "an acknowledgement of something earlier counts for what was said since",
            );
        }
        let strategy = self.rules.strategy;
        let to_all =
            strategy.at_tick == AtTick::Push && strategy.at_upgrade != AtUpgrade::Invalidate;
        ensure(
            after.current().contains(agent) == (holds || to_all),
            Property::DirectoryAgrees,
            if holds {
                "an agent acknowledges that it has a copy, and the line forgets the copy"
            } else if to_all {
                "content is sent to all, and the line forgets an agent that acknowledges"
            } else {
                "an agent acknowledges that it has no copy, and the line notes one"
            },
        )?;
        match (before.hold(), after.hold()) {
            (Hold::Claimed(claim), Hold::Owned(owner)) => {
                self.seen.note(Witness::GrantedAfterAcknowledgements);
                ensure(after.behind().is_empty(), Property::ReadersExcluded, BEFORE_ALL)?;
                ensure(
                    owner.request == claim.request
                        && owner.deadline == later(self.now, self.rules.lease_ticks),
                    Property::TimelyExpiry,
                    LEASE,
                )?;
                granted_truly(after, self.told)
            }
            (Hold::Claimed(_), Hold::Claimed(_)) => ensure(
                !after.behind().is_empty() && self.told.is_empty(),
                Property::Answered,
                "a claim goes on waiting although all holders have acknowledged",
            ),
            _ => ensure(
                self.told.is_empty(),
                Property::TrueAnswers,
                "the line answers an acknowledgement, which asks for no answer",
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
        ensure(
            noted,
            Property::DirectoryAgrees,
            "a copy becomes outdated and the line does not note it among those behind",
        )
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
            all,
            Property::HoldersTold,
            "an agent that may hold what is outdated now is not told",
        )?;
        ensure(
            told.next().is_none(),
            Property::HoldersTold,
            "an agent that holds nothing outdated is told that it does",
        )
    }

    fn answers_truly(&self, answer: &ToAgent) -> Checked {
        let Judge { after, message, .. } = *self;
        ensure(
            (answer.agent, answer.request) == (message.agent, message.request)
                && (answer.version, answer.epoch) == (after.version(), after.epoch()),
            Property::TrueAnswers,
            "an answer is not to the request it should be to, or does not say what the line is now",
        )
    }
}
