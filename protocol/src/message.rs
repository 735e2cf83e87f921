//! Messages. Each carries the version and the epoch it speaks of, in one common envelope
//! (paper 5.4), so that what is old can be recognized whenever it arrives.

use crate::{AgentId, Epoch, RequestId, Tick, Version};

/// From an agent to the authority, on the control channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ToLine {
    pub agent: AgentId,
    pub request: RequestId,
    /// Fetch, upgrade: the version of the copy that the agent can still use, if any.
    /// Commit: the base, the version that the new content was derived from.
    /// Otherwise the version that the agent last knew.
    pub version: Option<Version>,
    /// Commit, release, heartbeat: the epoch of the grant. Acknowledge: the epoch of the message
    /// that is acknowledged. Otherwise the latest epoch that the agent knows of.
    pub epoch: Epoch,
    pub ask: Ask,
}

/// What an agent asks of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Ask {
    /// The current content.
    Fetch,
    /// The exclusive right to write, with the current content if the copy is not current.
    Upgrade,
    /// Store new content as the version after the base, and give the right to write back.
    Commit,
    /// Give the right to write back without a commit.
    Release,
    /// Renew the lease.
    Heartbeat,
    /// An invalidation or update has been applied. `holds`: whether a copy at least as new as
    /// the message is left.
    Acknowledge { holds: bool },
}

/// From the authority to one agent. Answers go over the control channel; [`Tell::Invalidate`]
/// and [`Tell::Update`] over the event channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ToAgent {
    pub agent: AgentId,
    /// The request that this answers; 0 for events.
    pub request: RequestId,
    /// The line's version when this was said (`Committed`: the version that the commit created).
    pub version: Version,
    /// The line's epoch when this was said.
    pub epoch: Epoch,
    pub tell: Tell,
}

/// What a line tells an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Tell {
    /// Answers a fetch. `content`: sent along, because the agent's copy is not this version.
    /// `cacheable`: may be kept; otherwise good for the one read that asked.
    Fill { content: bool, cacheable: bool },
    /// Answers an upgrade: exclusive until `deadline`. `content` as in `Fill`.
    Grant { content: bool, deadline: Tick },
    /// Refuses an upgrade: `holder` has it, or is about to. Ask again after the `deadline`: by
    /// then the claim is granted, or the grant over, unless it was renewed.
    /// `valid`: the copy named in the request is current and may be kept.
    Held { holder: AgentId, deadline: Tick, valid: bool },
    /// Answers a commit.
    Committed,
    /// Refuses a commit or a heartbeat.
    Refused(Refusal),
    /// Answers a heartbeat.
    Renewed { deadline: Tick },
    /// Copies from before this epoch are not to be used any more.
    Invalidate,
    /// The content of this version. `acknowledge`: whether the line waits to hear of it.
    Update { acknowledge: bool },
}

/// Why a commit or heartbeat was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Refusal {
    /// The grant of this epoch is over, and the commit refused with it was never accepted. Fetch,
    /// apply the change again, and upgrade.
    LostEpoch { refused: Epoch },
    /// The base is not the current version. Fetch, apply the change again, and upgrade.
    StaleBase { base: Option<Version> },
    /// The grant of this epoch is over, and commits of others lie behind it: the line cannot
    /// tell any more whether this one was among those it accepted. Fetch and look.
    Superseded { refused: Epoch },
}

impl Tell {
    /// Whether this travels on the event channel (unasked) or answers a request.
    #[inline]
    pub fn is_event(&self) -> bool {
        matches!(self, Tell::Invalidate | Tell::Update { .. })
    }

    /// Whether the artifact's content travels with it.
    #[inline]
    pub fn carries_content(&self) -> bool {
        matches!(
            self,
            Tell::Fill { content: true, .. }
                | Tell::Grant { content: true, .. }
                | Tell::Update { .. }
        )
    }
}
