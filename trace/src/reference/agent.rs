//! What an agent does: it reads what it may, and takes from messages what is meant for it.

mod event;
mod own;
mod replies;

pub use own::{asks, read, writes};

use super::property::ensure;
use super::{Checked, Fate, Memory, Property, Seen, Witness};
use attune_protocol::{
    AgentSet, Ask, AtUpgrade, Discipline, Entry, Event, Handled, Line, Refusal, Rules, State, Tell,
    Tick, ToAgent, ToLine,
};
use event::{invalidated, updated};
use replies::replies;

/// An agent went from `before` to `after` over one message.
#[derive(Clone, Copy, Debug)]
pub struct AgentStep<'a, S> {
    /// The line as it is now, which the agent cannot see.
    pub line: &'a Line<S>,
    pub before: &'a Entry,
    pub after: &'a Entry,
    pub message: ToAgent,
    /// What the agent waited for an answer to.
    pub asked: Option<ToLine>,
    pub handled: Handled,
}

/// The same message once more, to `after` as it is now, may change nothing.
#[inline]
pub fn agent_again<D: Discipline>(
    after: &Entry,
    now: Tick,
    message: ToAgent,
    rules: &Rules<D>,
) -> Checked {
    let mut again = *after;
    again.handle(now, message, rules);
    ensure(
        again == *after,
        Property::AppliedOnce,
        "a message that arrives a second time changes the agent once more",
    )
}

/// Of a copy that no round trip brought, or that a grant left behind: it has to be synced before
/// it is read, where copies live for a time.
const AGELESS: u16 = u16::MAX;

fn is_waiting(entry: &Entry) -> Option<Ask> {
    match entry.state() {
        State::Fetching => Some(Ask::Fetch),
        State::Upgrading | State::UpgradingInvalid => Some(Ask::Upgrade),
        State::Committing => Some(Ask::Commit),
        _ => None,
    }
}

/// Judges what an agent did with a message.
pub fn agent_step<S: AgentSet, D: Discipline>(
    step: &AgentStep<S>,
    memory: &mut Memory,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> Checked {
    let AgentStep { line, before, after, message, asked, handled } = *step;
    let answers = |ask: Ask| {
        asked.is_some_and(|asked| {
            asked.ask == ask && asked.request == message.request && is_waiting(before) == Some(ask)
        })
    };
    let held = memory.held;
    let usable = |content: bool| content || held == Some(message.version);
    let stale = message.epoch < before.epoch();
    let event = handled.event;
    // What must happen, and what is broken if it does not; then, below, what follows from it.
    let (right, property, what) = match message.tell {
        Tell::Fill { content, cacheable } if answers(Ask::Fetch) => {
            if stale {
                seen.note(Witness::StaleFillNotKept);
            }
            if !cacheable {
                seen.note(Witness::UncacheableFill);
            }
            let kept = cacheable && !stale && usable(content);
            let right = match event {
                Event::Filled(version) => {
                    usable(content) && version == message.version && after.is_readable() == kept
                }
                _ => !usable(content) && before == after,
            };
            let (property, what) = match () {
                () if !usable(content) => (Property::DataValue, WITHOUT_CONTENT),
                () if stale && after.is_readable() => (
                    Property::NoStaleApply,
                    "an agent keeps the answer to its fetch, which is older than what it has heard \
                     since; it should use it once and not keep it",
                ),
                () if !cacheable && after.is_readable() => (
                    Property::ReadersExcluded,
                    "an agent keeps an answer that says \"do not keep\", since another agent may \
                     write",
                ),
                () => (Property::Answered, "an agent does not take the answer to its fetch"),
            };
            (right, property, what)
        }
        Tell::Grant { content, .. } if answers(Ask::Upgrade) => {
            let right = match event {
                Event::Granted => {
                    !stale
                        && usable(content)
                        && after.state() == State::Exclusive
                        && after.epoch() == message.epoch
                }
                Event::Lost(Refusal::LostEpoch { refused }) => {
                    seen.note(Witness::LateGrant);
                    stale && refused == message.epoch && after.is_readable() == before.is_readable()
                }
                _ => !stale && !usable(content) && before == after,
            };
            let (property, what) = match () {
                () if stale && event == Event::Granted => (
                    Property::NoStaleApply,
                    "an agent takes a grant that is older than what it has heard since, so over; it \
                     should not write under it",
                ),
                () if stale => (
                    Property::Answered,
                    "a grant that is over does not end the request it answers; the agent should \
                     give the request up and ask anew",
                ),
                () if !usable(content) => (Property::DataValue, WITHOUT_CONTENT),
                () => (Property::Answered, "an agent does not take the grant it asked for"),
            };
            (right, property, what)
        }
        Tell::Held { holder, deadline, valid } if answers(Ask::Upgrade) => {
            let kept = valid && !stale;
            let right = event == Event::Held { holder, deadline } && after.is_readable() == kept;
            let (property, what) = match () {
                () if !after.is_readable() => {
                    (Property::Answered, "an agent drops a copy that the line has just confirmed")
                }
                () if stale => (
                    Property::NoStaleApply,
                    "an agent keeps a copy on the word of an answer that is older than what it has \
                     heard since; it should drop the copy",
                ),
                () if rules.strategy.at_upgrade == AtUpgrade::Invalidate => {
                    (Property::ReadersExcluded, UNCONFIRMED)
                }
                () => (Property::BoundedStaleness, UNCONFIRMED),
            };
            (right, property, what)
        }
        Tell::Committed if answers(Ask::Commit) => {
            seen.note(Witness::CommitConfirmed);
            let right = event == Event::Committed(message.version) && after.is_readable() != stale;
            let (property, what) = if stale {
                (
                    Property::NoStaleApply,
                    "an agent keeps what it has committed although it has heard of something newer \
                     since; it should drop the copy",
                )
            } else {
                (Property::Answered, "an agent does not take the news that its commit was accepted")
            };
            (right, property, what)
        }
        Tell::Refused(refusal) if answers(Ask::Commit) => {
            seen.note(Witness::CommitGivenUp);
            let what = "an agent does not take the news that its commit was refused";
            (event == Event::Lost(refusal), Property::Answered, what)
        }
        Tell::Refused(refusal) => {
            let ours = before.is_exclusive()
                && matches!(refusal, Refusal::LostEpoch { refused } if refused == before.epoch());
            if ours {
                let what =
                    "an agent keeps its grant although the line has answered that it is over";
                (event == Event::Lost(refusal), Property::NoStaleApply, what)
            } else {
                let what = "an agent gives something up over a refusal of something else; it should \
                            ignore it";
                (event == Event::Ignored && before == after, Property::NothingGivenUp, what)
            }
        }
        Tell::Renewed { deadline } => {
            let ours = before.is_exclusive() && message.epoch == before.epoch();
            let same = (before.state(), before.version(), before.epoch(), before.reads())
                == (after.state(), after.version(), after.epoch(), after.reads());
            let renewed = matches!(event, Event::Renewed(lasts) if lasts >= deadline);
            if ours {
                let mut later = *after;
                let older = ToAgent { tell: Tell::Renewed { deadline: Tick(0) }, ..message };
                later.handle(Tick(0), older, rules);
                ensure(
                    later == *after,
                    Property::TimelyExpiry,
                    "an owner believes an older renewal of its lease rather than the newest",
                )?;
                let what = "an agent does not take the news that its lease was renewed";
                (same && renewed, Property::TimelyExpiry, what)
            } else {
                let what = "an agent takes the renewal of another grant for one of its own; it \
                            should ignore it";
                (same && event == Event::Ignored, Property::NoStaleApply, what)
            }
        }
        Tell::Invalidate => invalidated(step, rules, seen),
        Tell::Update { acknowledge } => updated(step, acknowledge, rules, seen),
        Tell::Fill { .. } | Tell::Grant { .. } | Tell::Held { .. } | Tell::Committed => {
            seen.note(Witness::OldAnswerIgnored);
            let is_grant = matches!(message.tell, Tell::Grant { .. });
            let what = if is_grant && event == Event::Granted && message.epoch == before.epoch() {
                "an agent takes its grant a second time, and what it has done under it is undone; it \
                 should ignore the duplicate"
            } else {
                "an agent takes an answer that it does not wait for; it should ignore it"
            };
            (event == Event::Ignored && before == after, Property::AppliedOnce, what)
        }
    };
    ensure(right, property, what)?;
    ensure(
        after.epoch() >= before.epoch(),
        Property::MonotonicVersions,
        "an agent goes back to an earlier epoch than it has heard of",
    )?;
    ensure(
        event == Event::Ignored || after.epoch() >= message.epoch,
        Property::NoStaleApply,
        "an agent acts on a message and does not note its epoch, so that what is older passes for new",
    )?;
    replies(step, &answers, seen)?;
    keeps_up(step, memory, usable, rules)?;
    gives_up_only_what_is_over(step, line, memory)
}

const WITHOUT_CONTENT: &str =
    "an agent takes a message without content for content that it does not have";
const UNCONFIRMED: &str = "an agent keeps a copy that the line did not confirm; it should drop it";

/// Follows what the agent has, how often it has read it and since when, and what it has seen.
fn keeps_up<S, D: Discipline>(
    step: &AgentStep<S>,
    memory: &mut Memory,
    usable: impl Fn(bool) -> bool,
    rules: &Rules<D>,
) -> Checked {
    let AgentStep { before, after, message, handled, .. } = *step;
    let takes = match (message.tell, handled.event) {
        (Tell::Fill { content, .. }, Event::Filled(_))
        | (Tell::Grant { content, .. }, Event::Granted) => Some(usable(content)),
        (Tell::Update { .. }, Event::Updated(_)) => Some(true),
        // Its grant is over, and it took the newer content instead.
        (Tell::Update { .. }, Event::Lost(_)) => Some(after.version().is_some()),
        (Tell::Committed, Event::Committed(version)) => {
            Some(memory.fate == Fate::Accepted(version))
        }
        _ => None,
    };
    match takes {
        Some(true) => {
            // What it saw before was no newer than the line was when it asked.
            let earliest = memory.held.max(memory.asked);
            ensure(
                earliest <= Some(message.version),
                Property::MonotonicVersions,
                "an agent is given an older version than it had, or than was current when it asked",
            )?;
            memory.held = Some(message.version);
        }
        Some(false) => {
            return ensure(false, Property::DataValue, WITHOUT_CONTENT);
        }
        None => {
            let kept = after.version() == before.version() || after.version().is_none();
            ensure(
                kept,
                Property::DataValue,
                "a copy is relabelled: its version changes without content",
            )?;
            // A draft is no version: it goes with the grant.
            let draft = matches!(before.state(), State::Modified | State::Committing);
            let dropped = draft && !matches!(after.state(), State::Modified | State::Committing);
            ensure(
                !(dropped && after.version().is_some()),
                Property::DataValue,
                "a draft that was given up stays as a copy of the version it was derived from",
            )?;
        }
    }
    if after.version().is_none() {
        memory.held = None;
    }
    let round_trip = matches!(
        handled.event,
        Event::Filled(_) | Event::Granted | Event::Held { .. } | Event::Committed(_)
    );
    if round_trip {
        memory.reads = 0;
        memory.age = 0;
    }
    let unasked = matches!(handled.event, Event::Updated(_)) && before.version().is_none();
    if unasked || matches!(handled.event, Event::Lost(_)) {
        memory.age = AGELESS;
    }
    ensure(
        memory.reads == after.reads() || rules.bound_reads.is_none(),
        Property::BoundedStaleness,
        if memory.reads > after.reads() {
            "the count of reads starts anew without a round trip"
        } else {
            "the count of reads goes on after a round trip"
        },
    )
}

/// An agent gives up a grant only if it is over, and a commit only on the line's word about it.
fn gives_up_only_what_is_over<S: AgentSet>(
    step: &AgentStep<S>,
    line: &Line<S>,
    memory: &mut Memory,
) -> Checked {
    let AgentStep { before, message, handled, .. } = *step;
    let Event::Lost(refusal) = handled.event else { return Ok(()) };
    if before.is_exclusive() {
        let lasts = line.owner() == Some(message.agent) && line.epoch() == before.epoch();
        return ensure(!lasts, Property::NothingGivenUp, "an agent gives up a grant that lasts");
    }
    if before.state() == State::Committing {
        let unknown = matches!(refusal, Refusal::Superseded { .. });
        return ensure(
            unknown || memory.fate == Fate::Refused,
            Property::NothingGivenUp,
            "an agent gives up a commit that the line has not refused",
        );
    }
    Ok(())
}
