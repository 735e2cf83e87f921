//! The promises, as plain functions. The simulator calls them while it runs, the checker on every
//! state, tests after every step. They look at states only; what needs history (versions grow by
//! one, content is what was committed) is for a reference model outside.

use crate::{AgentId, AgentSet, AtUpgrade, Discipline, Entry, Hold, Line, Rules};
use std::fmt;

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The line's own record contradicts itself.
    Malformed { what: &'static str },
    /// An agent can read a copy of which the line does not know.
    UnknownCopy { agent: AgentId },
    /// An agent has a version or an epoch that the line has not reached.
    FromTheFuture { agent: AgentId },
    /// A copy that claims to be as new as the last round is not the current version.
    WrongVersion { agent: AgentId },
    /// An agent has read a copy more than K times since its last sync.
    BoundExceeded { agent: AgentId, reads: u16, bound: u16 },
    /// Two agents whose commit the line would accept now.
    TwoWriters { one: AgentId, other: AgentId },
    /// Under eager invalidation, an agent can read while another one owns the line.
    ReaderBesideWriter { reader: AgentId, writer: AgentId },
}

/// The line's record is consistent.
pub fn line<S: AgentSet>(line: &Line<S>) -> Result<(), Violation> {
    let mut overlap = false;
    line.current().for_each(|agent| overlap |= line.behind().contains(agent));
    if overlap {
        return Err(Violation::Malformed { what: "an agent is both current and behind" });
    }
    match line.hold() {
        Hold::Owned(claim) if !line.current().contains(claim.agent) => {
            Err(Violation::Malformed { what: "the owner is not among the current holders" })
        }
        Hold::Claimed(_) if line.behind().is_empty() => {
            Err(Violation::Malformed { what: "a claim waits for nobody" })
        }
        Hold::Free | Hold::Claimed(_) | Hold::Owned(_) => Ok(()),
    }
}

/// The line knows of every copy that can be read, and no copy is ahead of it.
#[inline(always)]
pub fn copy<S: AgentSet>(line: &Line<S>, agent: AgentId, entry: &Entry) -> Result<(), Violation> {
    if entry.epoch() > line.epoch() || entry.version() > Some(line.version()) {
        return Err(Violation::FromTheFuture { agent });
    }
    if !entry.is_readable() {
        return Ok(());
    }
    if !line.may_hold(agent) {
        return Err(Violation::UnknownCopy { agent });
    }
    if entry.epoch() == line.epoch() && entry.version() != Some(line.version()) {
        return Err(Violation::WrongVersion { agent });
    }
    Ok(())
}

/// The agent has not read its copy more often than the rules allow.
#[inline(always)]
pub fn bounded_staleness(
    agent: AgentId,
    entry: &Entry,
    rules: &Rules<impl Discipline>,
) -> Result<(), Violation> {
    match rules.bound_reads {
        Some(bound) if entry.reads() > bound => {
            Err(Violation::BoundExceeded { agent, reads: entry.reads(), bound })
        }
        _ => Ok(()),
    }
}

/// At most one agent holds a grant of the line's current epoch. (Which commit is accepted the line
/// decides alone; this says that no two agents can both expect it.)
pub fn single_writer<'a, S: AgentSet>(
    line: &Line<S>,
    entries: impl IntoIterator<Item = (AgentId, &'a Entry)>,
) -> Result<(), Violation> {
    let mut writer = None;
    for (agent, entry) in entries {
        if entry.is_exclusive()
            && entry.epoch() == line.epoch()
            && let Some(one) = writer.replace(agent)
        {
            return Err(Violation::TwoWriters { one, other: agent });
        }
    }
    Ok(())
}

/// Under eager invalidation nobody reads beside the owner, as long as every holder acknowledged
/// (nobody is left in `behind`).
pub fn readers_excluded<'a, S: AgentSet>(
    line: &Line<S>,
    entries: impl IntoIterator<Item = (AgentId, &'a Entry)>,
    rules: &Rules<impl Discipline>,
) -> Result<(), Violation> {
    let Some(writer) = line.owner() else { return Ok(()) };
    if rules.strategy.at_upgrade != AtUpgrade::Invalidate || !line.behind().is_empty() {
        return Ok(());
    }
    for (reader, entry) in entries {
        if reader != writer && entry.is_readable() {
            return Err(Violation::ReaderBesideWriter { reader, writer });
        }
    }
    Ok(())
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Violation::Malformed { what } => write!(f, "malformed line: {what}"),
            Violation::UnknownCopy { agent } => {
                write!(f, "{agent} can read a copy of which the line does not know")
            }
            Violation::FromTheFuture { agent } => {
                write!(f, "{agent} is ahead of the line")
            }
            Violation::WrongVersion { agent } => {
                write!(f, "{agent}'s copy claims to be current and is not")
            }
            Violation::BoundExceeded { agent, reads, bound } => {
                write!(
                    f,
                    "{agent} has read {reads} times since its last sync; the bound is {bound}"
                )
            }
            Violation::TwoWriters { one, other } => {
                write!(f, "{one} and {other} could both commit now")
            }
            Violation::ReaderBesideWriter { reader, writer } => {
                write!(f, "{reader} can read while {writer} owns the line")
            }
        }
    }
}

impl std::error::Error for Violation {}
