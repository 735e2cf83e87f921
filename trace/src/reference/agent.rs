//! What an agent does: it reads what it may, and takes from messages what is meant for it.

use super::property::ensure;
use super::{Checked, Fate, Memory, Property, Seen, Witness};
use attune_protocol::{
    AgentSet, Ask, AtTick, AtUpgrade, Discipline, Entry, Epoch, Event, Expiry, Handled, Line, Miss,
    NotOwner, Read, Refusal, Rules, State, Tell, Tick, ToAgent, ToLine, Version,
};

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

/// Whether the agent has read its copy K times since its last sync.
fn is_at_bound<D: Discipline>(memory: &Memory, rules: &Rules<D>) -> bool {
    rules.bound_reads.is_some_and(|bound| memory.reads >= bound)
}

/// Whether the copy has served its time, as far as the strategy gives it one.
fn has_served<D: Discipline>(entry: &Entry, memory: &Memory, rules: &Rules<D>) -> bool {
    let limited = !entry.is_exclusive();
    match rules.strategy.expiry {
        Expiry::Never => false,
        Expiry::Ticks(ttl) => limited && u32::from(memory.age) >= ttl,
        Expiry::Reads(k) => limited && memory.reads >= k,
    }
}

/// Judges a read that found `found`, and how often and how long after a sync.
pub fn read<S: AgentSet, D: Discipline>(
    line: &Line<S>,
    before: &Entry,
    after: &Entry,
    found: Read,
    memory: &mut Memory,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> Checked {
    let bound = is_at_bound(memory, rules);
    let served = has_served(before, memory, rules);
    match found {
        Read::Hit(version) => {
            ensure(
                before.is_readable(),
                Property::NoStaleApply,
                "a hit on a copy that is not valid",
            )?;
            ensure(!bound, Property::BoundedStaleness, "a hit after K reads since the last sync")?;
            ensure(
                !served,
                Property::BoundedStaleness,
                "a hit on a copy that has served its time",
            )?;
            ensure(
                memory.held == Some(version),
                Property::DataValue,
                "a hit is not the content of the version it claims",
            )?;
            memory.reads = memory.reads.saturating_add(1);
            if version < line.version() {
                seen.note(Witness::StaleHit);
            }
            let counted = after.reads() == before.reads() + 1;
            ensure(counted, Property::BoundedStaleness, "a hit is not counted")
        }
        Read::Miss(miss) => {
            ensure(before == after, Property::TrueAnswers, "a miss changes the entry")?;
            match miss {
                Miss::Bound => seen.note(Witness::BoundStopsRead),
                Miss::Expired => seen.note(Witness::AgeStopsRead),
                Miss::Cold | Miss::Invalidated => {}
            }
            // While an upgrade is under way the age is not known, and what cannot be shown to be
            // in time is not.
            let unknown = matches!(rules.strategy.expiry, Expiry::Ticks(_))
                && (before.state() == State::Upgrading || memory.age == AGELESS);
            let due = !before.is_readable() || bound || served || unknown;
            ensure(due, Property::NothingGivenUp, "a miss on a copy that may be read")?;
            let readable = before.is_readable();
            let unheard_of = before.version().is_none() && before.epoch() == Epoch::default();
            let truly = match miss {
                Miss::Cold => !readable && unheard_of,
                Miss::Invalidated => !readable && !unheard_of,
                Miss::Bound => readable && bound,
                Miss::Expired => readable && (served || unknown),
            };
            ensure(truly, Property::TrueAnswers, "a miss for another reason than is given")
        }
    }
}

/// Judges a write, or the attempt.
pub fn writes(before: &Entry, after: &Entry, written: Result<(), NotOwner>) -> Checked {
    match written {
        Ok(()) => {
            ensure(before.is_exclusive(), Property::SingleWriter, "a write without a grant")?;
            let same = (after.version(), after.epoch()) == (before.version(), before.epoch());
            let noted = same && after.state() == State::Modified;
            ensure(noted, Property::TrueAnswers, "a write is not noted, or something else is")
        }
        Err(_) => {
            let owner = before.is_exclusive();
            ensure(!owner, Property::NothingGivenUp, "a write under a grant is refused")?;
            ensure(before == after, Property::TrueAnswers, "a refused write changes the entry")
        }
    }
}

/// Judges a request that the agent makes of its own accord.
pub fn asks<D: Discipline>(
    before: &Entry,
    after: &Entry,
    message: &ToLine,
    line: Version,
    memory: &mut Memory,
    rules: &Rules<D>,
) -> Checked {
    if matches!(message.ask, Ask::Fetch | Ask::Upgrade | Ask::Commit) {
        memory.fate = Fate::Open;
        memory.asked = (message.ask != Ask::Commit).then_some(line);
    }
    match message.ask {
        Ask::Fetch | Ask::Upgrade => {
            let named = message.version.is_none() || message.version == memory.held;
            ensure(
                named,
                Property::TrueAnswers,
                "a request names a version that the agent has not",
            )?;
            let over = !before.is_readable()
                || is_at_bound(memory, rules)
                || has_served(before, memory, rules);
            ensure(
                message.version.is_none() || !over || rules.revalidate,
                Property::BoundedStaleness,
                "a copy that has served its time is named, and may be confirmed",
            )?;
        }
        Ask::Commit => {
            ensure(
                before.state() == State::Modified && message.epoch == before.epoch(),
                Property::NoStaleApply,
                "a commit does not name the epoch of its grant",
            )?;
            ensure(
                message.version.is_some() && message.version == memory.held,
                Property::NoLostUpdate,
                "a commit does not name the version it was derived from",
            )?;
        }
        Ask::Release | Ask::Heartbeat => {
            if message.ask == Ask::Release {
                memory.age = AGELESS;
            }
            ensure(
                before.is_exclusive() && message.epoch == before.epoch(),
                Property::NoStaleApply,
                "a release or heartbeat does not name the epoch of its grant",
            )?;
            if before.state() == State::Modified && message.ask == Ask::Release {
                ensure(
                    !after.is_readable(),
                    Property::DataValue,
                    "what was written and not committed stays readable",
                )?;
            }
        }
        Ask::Acknowledge { .. } => {}
    }
    if after.version().is_none() {
        memory.held = None;
    }
    Ok(())
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

fn invalidated<S>(step: &AgentStep<S>, seen: &mut Seen) -> bool {
    let AgentStep { before, after, message, handled, .. } = *step;
    if message.epoch <= before.epoch() {
        seen.note(Witness::OldEventIgnored);
        return before == after && handled.event == Event::Ignored;
    }
    let over = Refusal::LostEpoch { refused: before.epoch() };
    let ends = !after.is_readable() && !after.is_exclusive() && after.epoch() == message.epoch;
    ends && is_waiting(before) == is_waiting(after)
        && match before.state() {
            State::Shared | State::Upgrading => {
                seen.note(if before.state() == State::Shared {
                    Witness::Invalidated
                } else {
                    Witness::InvalidatedWhileUpgrading
                });
                handled.event == Event::Invalidated
            }
            State::Exclusive | State::Modified => {
                seen.note(Witness::InvalidatedWriter);
                handled.event == Event::Lost(over)
            }
            State::Committing => {
                seen.note(Witness::InvalidatedWhileCommitting);
                handled.event == Event::Ignored
            }
            _ => handled.event == Event::Ignored,
        }
}

fn updated<S, D: Discipline>(
    step: &AgentStep<S>,
    acknowledge: bool,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> bool {
    let AgentStep { before, after, message, handled, .. } = *step;
    let eager = rules.strategy.at_upgrade == AtUpgrade::Invalidate;
    let to_all = rules.strategy.at_tick == AtTick::Push && !eager;
    if !acknowledge && eager {
        seen.note(Witness::UpdateIgnored);
        return before == after && handled.event == Event::Ignored;
    }
    if before.version().is_none() && !to_all {
        seen.note(Witness::UpdateWithoutCopy);
        return invalidated(step, seen);
    }
    let again = to_all && before.state() == State::Invalid && message.epoch == before.epoch();
    if message.epoch <= before.epoch() && !again {
        seen.note(Witness::OldEventIgnored);
        return before == after && handled.event == Event::Ignored;
    }
    let over = Refusal::LostEpoch { refused: before.epoch() };
    let taken = after.version() == Some(message.version)
        && after.epoch() == message.epoch
        && after.is_readable()
        && !after.is_exclusive();
    match before.state() {
        State::Fetching | State::Committing => {
            handled.event == Event::Ignored
                && (after.state(), after.version()) == (before.state(), before.version())
                && after.epoch() == message.epoch
        }
        State::Exclusive | State::Modified => {
            seen.note(Witness::InvalidatedWriter);
            taken && handled.event == Event::Lost(over)
        }
        _ => {
            seen.note(Witness::Updated);
            taken
                && handled.event == Event::Updated(message.version)
                && is_waiting(before) == is_waiting(after)
        }
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
