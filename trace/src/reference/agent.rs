//! What an agent does: it reads what it may, and takes from messages what is meant for it.

mod event;
mod own;

pub use own::{asks, read, writes};

use super::property::ensure;
use super::{Checked, Fate, Memory, Property, Seen, Witness};
use attune_protocol::{
    AgentSet, Ask, Discipline, Entry, Event, Handled, Line, Refusal, Rules, State, Tell, Tick,
    ToAgent, ToLine,
};
use event::{invalidated, updated};

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
        "a message that comes twice changes the agent twice",
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
    ensure(
        after.epoch() >= before.epoch(),
        Property::MonotonicVersions,
        "an agent goes back to an earlier epoch",
    )?;
    let answers = |ask: Ask| {
        asked.is_some_and(|asked| {
            asked.ask == ask && asked.request == message.request && is_waiting(before) == Some(ask)
        })
    };
    let held = memory.held;
    let usable = |content: bool| content || held == Some(message.version);
    let stale = message.epoch < before.epoch();
    let event = handled.event;
    // What must happen; then, below, what follows from it.
    let right = match message.tell {
        Tell::Fill { content, cacheable } if answers(Ask::Fetch) => {
            if stale {
                seen.note(Witness::StaleFillNotKept);
            }
            if !cacheable {
                seen.note(Witness::UncacheableFill);
            }
            let kept = cacheable && !stale && usable(content);
            match event {
                Event::Filled(version) => {
                    usable(content) && version == message.version && after.is_readable() == kept
                }
                _ => !usable(content) && before == after,
            }
        }
        Tell::Grant { content, .. } if answers(Ask::Upgrade) => match event {
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
        },
        Tell::Held { holder, deadline, valid } if answers(Ask::Upgrade) => {
            let kept = valid && !stale;
            event == Event::Held { holder, deadline } && after.is_readable() == kept
        }
        Tell::Committed if answers(Ask::Commit) => {
            seen.note(Witness::CommitConfirmed);
            event == Event::Committed(message.version) && after.is_readable() != stale
        }
        Tell::Refused(refusal) if answers(Ask::Commit) => {
            seen.note(Witness::CommitGivenUp);
            event == Event::Lost(refusal)
        }
        Tell::Refused(refusal) => {
            let ours = before.is_exclusive()
                && matches!(refusal, Refusal::LostEpoch { refused } if refused == before.epoch());
            if ours {
                event == Event::Lost(refusal)
            } else {
                event == Event::Ignored && before == after
            }
        }
        Tell::Renewed { deadline } => {
            let ours = before.is_exclusive() && message.epoch == before.epoch();
            let same = (before.state(), before.version(), before.epoch(), before.reads())
                == (after.state(), after.version(), after.epoch(), after.reads());
            let renewed = matches!(event, Event::Renewed(lasts) if lasts >= deadline);
            same && if ours { renewed } else { event == Event::Ignored }
        }
        Tell::Invalidate => invalidated(step, seen),
        Tell::Update { acknowledge } => updated(step, acknowledge, rules, seen),
        Tell::Fill { .. } | Tell::Grant { .. } | Tell::Held { .. } | Tell::Committed => {
            seen.note(Witness::OldAnswerIgnored);
            event == Event::Ignored && before == after
        }
    };
    ensure(right, which(step), "an agent does something else with a message than it should")?;
    replies(step, &answers, seen)?;
    keeps_up(step, memory, usable, rules)?;
    gives_up_only_what_is_over(step, line, memory)
}

/// The promise that a wrong reaction to this message breaks first.
fn which<S>(step: &AgentStep<S>) -> Property {
    match step.message.tell {
        Tell::Invalidate | Tell::Update { .. } | Tell::Renewed { .. } => Property::NoStaleApply,
        Tell::Refused(_) => Property::NothingGivenUp,
        _ if step.asked.is_none_or(|asked| asked.request != step.message.request) => {
            Property::AppliedOnce
        }
        _ if step.message.epoch < step.before.epoch() => Property::NoStaleApply,
        _ => Property::Answered,
    }
}

/// Events that ask for it are acknowledged, truly; a grant that nobody waits for is given back.
fn replies<S>(step: &AgentStep<S>, answers: &impl Fn(Ask) -> bool, seen: &mut Seen) -> Checked {
    let AgentStep { before, after, message, handled, .. } = *step;
    let wanted = match message.tell {
        Tell::Invalidate | Tell::Update { acknowledge: true } => {
            seen.note(Witness::Acknowledged);
            let holds = after.is_readable() && after.epoch() >= message.epoch;
            Some(Ask::Acknowledge { holds })
        }
        Tell::Grant { .. } if !answers(Ask::Upgrade) && message.epoch >= before.epoch() => {
            let repeated = message.epoch == before.epoch()
                && (before.is_exclusive() || before.state() == State::Committing);
            seen.note(if repeated { Witness::RepeatedGrant } else { Witness::UnwantedGrant });
            (!repeated).then_some(Ask::Release)
        }
        _ => None,
    };
    let given = handled
        .reply
        .map(|reply| (reply.ask, reply.agent == message.agent && reply.epoch == message.epoch));
    // A grant of content that the agent has not cannot be used, and may be given back.
    let unusable = matches!(message.tell, Tell::Grant { .. })
        && answers(Ask::Upgrade)
        && handled.event == Event::Ignored;
    ensure(
        given == wanted.map(|ask| (ask, true)) || unusable,
        Property::Answered,
        "a message is not acknowledged, or not as it should be",
    )
}

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
                "an agent sees a version and then an older one",
            )?;
            memory.held = Some(message.version);
        }
        Some(false) => {
            return ensure(false, Property::DataValue, "an agent takes what it has not got");
        }
        None => {
            let kept = after.version() == before.version() || after.version().is_none();
            ensure(kept, Property::DataValue, "what an agent has is called another version")?;
            // A draft is no version: it goes with the grant.
            let draft = matches!(before.state(), State::Modified | State::Committing);
            let dropped = draft && !matches!(after.state(), State::Modified | State::Committing);
            ensure(
                !(dropped && after.version().is_some()),
                Property::DataValue,
                "a draft that was not committed passes for the version it was derived from",
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
        "reads are forgotten without a sync, or remembered after one",
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
        return ensure(!lasts, Property::NothingGivenUp, "an agent gives up a grant that it has");
    }
    if before.state() == State::Committing {
        let unknown = matches!(refusal, Refusal::Superseded { .. });
        return ensure(
            unknown || memory.fate == Fate::Refused,
            Property::NothingGivenUp,
            "an agent gives up a commit that was not refused",
        );
    }
    Ok(())
}
