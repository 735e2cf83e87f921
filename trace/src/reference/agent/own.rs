//! What an agent does of its own accord: it reads, writes and asks.

use super::super::property::ensure;
use super::super::{Checked, Fate, Memory, Property, Seen, Witness};
use super::AGELESS;
use attune_protocol::{
    AgentSet, Ask, Discipline, Entry, Epoch, Expiry, Line, Miss, NotOwner, Read, Rules, State,
    ToLine, Version,
};

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
                "an agent reads a copy that is invalid",
            )?;
            ensure(
                !bound,
                Property::BoundedStaleness,
                "a copy is read once more after K reads since its last round trip",
            )?;
            ensure(
                !served,
                Property::BoundedStaleness,
                "a copy is read that has served the time or the reads its strategy gives it",
            )?;
            ensure(
                memory.held == Some(version),
                Property::DataValue,
                "a read gives another content than that of the version it claims",
            )?;
            memory.reads = memory.reads.saturating_add(1);
            if version < line.version() {
                seen.note(Witness::StaleHit);
            }
            let counted = after.reads() == before.reads() + 1;
            ensure(counted, Property::BoundedStaleness, "a read is not counted")
        }
        Read::Miss(miss) => {
            ensure(
                before == after,
                Property::TrueAnswers,
                "a read that finds nothing changes the copy",
            )?;
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
            ensure(due, Property::NothingGivenUp, "an agent may not read a copy that is good")?;
            let readable = before.is_readable();
            let unheard_of = before.version().is_none() && before.epoch() == Epoch::default();
            let truly = match miss {
                Miss::Cold => !readable && unheard_of,
                Miss::Invalidated => !readable && !unheard_of,
                Miss::Bound => readable && bound,
                Miss::Expired => readable && (served || unknown),
            };
            ensure(
                truly,
                Property::TrueAnswers,
                "a read finds nothing for another reason than it gives",
            )
        }
    }
}

/// Judges a write, or the attempt.
pub fn writes(before: &Entry, after: &Entry, written: Result<(), NotOwner>) -> Checked {
    match written {
        Ok(()) => {
            ensure(
                before.is_exclusive(),
                Property::SingleWriter,
                "an agent writes without having been granted the right",
            )?;
            let same = (after.version(), after.epoch()) == (before.version(), before.epoch());
            let noted = same && after.state() == State::Modified;
            ensure(
                noted,
                Property::TrueAnswers,
                "a write is not noted in the copy's state, or something else is changed",
            )
        }
        Err(_) => {
            let owner = before.is_exclusive();
            ensure(!owner, Property::NothingGivenUp, "a write under a grant is refused")?;
            ensure(
                before == after,
                Property::TrueAnswers,
                "a write that is refused changes the copy",
            )
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
                "a request names a version that its agent does not have",
            )?;
            let over = !before.is_readable()
                || is_at_bound(memory, rules)
                || has_served(before, memory, rules);
            ensure(
                message.version.is_none() || !over || rules.revalidate,
                Property::BoundedStaleness,
                "a copy that may not be read any more is named in a request, so that it may be confirmed",
            )?;
            let upgrades = message.ask == Ask::Upgrade;
            ensure(
                message.version == before.version() || !rules.revalidate && (over || !upgrades),
                Property::NothingGivenUp,
                "a request does not name the copy that its agent can still use, so that its content is \
                 sent again",
            )?;
            ensure(
                !upgrades || after.is_readable() != over,
                Property::NothingGivenUp,
                "an upgrade ends a copy that is good, or keeps one that is not",
            )?;
        }
        Ask::Commit => {
            ensure(
                before.state() == State::Modified && message.epoch == before.epoch(),
                Property::NoStaleApply,
                "a commit names another epoch than that of its grant",
            )?;
            ensure(
                message.version.is_some() && message.version == memory.held,
                Property::NoLostUpdate,
                "a commit does not name the version that its draft was derived from",
            )?;
        }
        Ask::Release | Ask::Heartbeat => {
            if message.ask == Ask::Release {
                memory.age = AGELESS;
            }
            ensure(
                before.is_exclusive() && message.epoch == before.epoch(),
                Property::NoStaleApply,
                "a release or heartbeat names another epoch than that of its grant",
            )?;
            ensure(
                message.version == before.version(),
                Property::TrueAnswers,
                "a release or heartbeat names another version than its agent has",
            )?;
            let draft = before.state() == State::Modified;
            if draft && message.ask == Ask::Release {
                ensure(
                    !after.is_readable(),
                    Property::DataValue,
                    "a draft that is given up stays readable as if it had been committed",
                )?;
            }
            ensure(
                after.is_readable() || draft,
                Property::NothingGivenUp,
                "a copy goes with the right to write, although nothing was written to it",
            )?;
        }
        Ask::Acknowledge { .. } => {}
    }
    if after.version().is_none() {
        memory.held = None;
    }
    Ok(())
}
