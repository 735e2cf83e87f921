//! The token ledger: what a run cost, by kind.

use serde::Serialize;

/// Tokens that a run moved, by kind. All counts are tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TokenLedger {
    /// Artifact content sent because an agent asked for it.
    pub fetch: u64,
    /// Artifact content sent without being asked for (broadcasts and pushed updates).
    pub push: u64,
    /// Invalidation signals.
    pub invalidation: u64,
    /// The protocol's own traffic: requests, grants, acknowledgements, heartbeats.
    /// The published simulator does not model it and leaves it at zero.
    pub control: u64,
}

impl TokenLedger {
    /// Synchronization tokens as the paper counts them: everything but control traffic.
    pub fn synchronization(&self) -> u64 {
        self.fetch + self.push + self.invalidation
    }

    /// Everything that was sent.
    pub fn total(&self) -> u64 {
        self.synchronization() + self.control
    }
}
