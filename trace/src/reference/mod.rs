//! The reference: what an observer of a run remembers, and what must therefore hold.
//!
//! The protocol's own invariants ([`attune_protocol::invariants`]) look at one state. What needs
//! history is judged here, one step at a time: [`line_step`] looks at everything a line did with
//! one input, [`agent_step`] at what an agent did with one message, [`read`] at a read. Nothing
//! in here asks the protocol whether the protocol is right: conditions are stated again, from the
//! paper and the design, in terms of what went in and what came out.
//!
//! What could make it wrong is a condition that the protocol's code and this text share by
//! mistake; so each says what must *and* what must not happen (a commit that has the right to be
//! accepted must be), and each property has witnesses: situations that must be met in a run
//! before its silence means anything ([`Witness`]).

mod agent;
mod line;
mod log;
mod property;
mod witness;

pub use agent::{AgentStep, agent_again, agent_step, asks, read, writes};
pub use line::{Given, LineStep, line_again, line_step};
pub use log::recovery;
pub use property::{Broken, Checked, Property};
pub use witness::{Seen, Witness};

use attune_protocol::{
    AgentId, AgentSet, AtUpgrade, Discipline, Entry, Line, RequestId, Rules, State, Tick, Version,
    invariants,
};
use serde::{Deserialize, Serialize};

/// What the observer remembers of one agent. Everything is small, so that a checker can keep it
/// in each state.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Memory {
    /// The version whose content the agent really has (for a draft: the one it was derived from).
    pub held: Option<Version>,
    /// The line's version when it asked for what it waits for.
    pub asked: Option<Version>,
    /// What has become of the commit that it waits for.
    pub fate: Fate,
    /// Reads since the last answer to a request of its own.
    pub reads: u16,
    /// Ticks since then; stays at `u16::MAX` when it gets there.
    pub age: u16,
}

impl Memory {
    /// The agent waits for nothing any more.
    #[inline]
    pub fn settle(&mut self) {
        self.fate = Fate::Open;
        self.asked = None;
    }
}

/// What the line has decided about a commit.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Fate {
    /// Nothing yet, or there is none under way.
    #[default]
    Open,
    Accepted(Version),
    /// Refused as lost or stale: final.
    Refused,
}

/// What the observer remembers of one line.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct LineMemory {
    /// Under eager invalidation: the present grant came because all holders had acknowledged, so
    /// nobody else can read while it lasts.
    pub alone: bool,
}

/// A commit that an agent waits for: how the line's decisions about it are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited {
    pub agent: AgentId,
    pub request: RequestId,
}

/// So many ticks later; counted here, and not by what is judged.
fn later(now: Tick, ticks: u32) -> Tick {
    Tick(now.0.saturating_add(ticks))
}

/// What holds in every state.
pub fn state<'a, S: AgentSet, D: Discipline>(
    line: &Line<S>,
    memory: &LineMemory,
    entries: impl Iterator<Item = (AgentId, &'a Entry, &'a Memory)> + Clone,
    rules: &Rules<D>,
) -> Checked {
    invariants::line(line).map_err(|violation| Broken {
        property: Property::DirectoryAgrees,
        what: match violation {
            invariants::Violation::Malformed { what } => what,
            _ => "the line's own record contradicts itself",
        },
    })?;
    let copies = entries.clone().map(|(agent, entry, _)| (agent, entry));
    invariants::single_writer(line, copies).map_err(|_| Broken {
        property: Property::SingleWriter,
        what: "two agents hold a grant of the line's present epoch",
    })?;
    let eager = rules.strategy.at_upgrade == AtUpgrade::Invalidate;
    let alone = line.owner().filter(|_| eager && memory.alone);
    for (agent, entry, memory) in entries {
        invariants::copy(line, agent, entry).map_err(|violation| match violation {
            invariants::Violation::UnknownCopy { .. } => Broken {
                property: Property::DirectoryAgrees,
                what: "an agent can read a copy that the line does not know of: it is among no holders",
            },
            invariants::Violation::FromTheFuture { .. } => Broken {
                property: Property::MonotonicVersions,
                what: "an agent has a version or an epoch that the line has not reached",
            },
            _ => Broken {
                property: Property::DataValue,
                what: "a copy is as new as the line's last word by its epoch, but is of another version",
            },
        })?;
        let writes = matches!(entry.state(), State::Exclusive | State::Modified);
        let reads = writes || matches!(entry.state(), State::Shared | State::Upgrading);
        if (entry.is_readable(), entry.is_exclusive()) != (reads, writes) {
            return Err(Broken {
                property: Property::NothingGivenUp,
                what: "an agent may read or write otherwise than its state (I, S, E, M) says",
            });
        }
        if alone.is_some_and(|owner| owner != agent) && entry.is_readable() {
            return Err(Broken {
                property: Property::ReadersExcluded,
                what: "an agent can read beside the owner, although all holders have acknowledged that they \
                       read no more",
            });
        }
        if entry.version().is_some() && entry.version() != memory.held {
            return Err(Broken {
                property: Property::DataValue,
                what: "a copy is labelled with a version whose content its agent does not have",
            });
        }
        if rules.bound_reads.is_some_and(|bound| memory.reads > bound) {
            return Err(Broken {
                property: Property::BoundedStaleness,
                what: "an agent has read its copy more than K times since its last round trip to the line",
            });
        }
    }
    Ok(())
}
