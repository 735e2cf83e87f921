//! What a cache shared by the agents of a group would have had: of the artifacts that an agent
//! reads for the first time, those that another agent had, unchanged, not long before.

use super::step::{ArtifactId, Did, Step};
use attune_protocol::AgentId;
use serde::Serialize;
use std::collections::BTreeSet;

/// How long ago the other agent may have had it.
pub const PEER_MILLISECONDS_MAX: i64 = 3_600_000;

/// First reads, and which of them a peer could have served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Peers {
    /// Reads of an artifact that their agent had not touched before, with a recorded time.
    pub first_reads: u64,
    /// Of them, those whose artifact another agent had read or written within the hour before,
    /// and nobody had changed since.
    pub served: u64,
    /// What the first reads gave their agents, tokens.
    pub first_tokens: u64,
    /// Of them, those of the served reads.
    pub served_tokens: u64,
}

/// Who had what, and when.
#[derive(Default)]
pub struct Having {
    touched: BTreeSet<(ArtifactId, AgentId)>,
    /// By artifact: when somebody last read or wrote the present content, milliseconds.
    latest: Vec<Option<i64>>,
}

impl Having {
    pub fn step(&mut self, step: &Step, peers: &mut Peers) {
        let ArtifactId(artifact) = step.artifact;
        if artifact == self.latest.len() {
            self.latest.push(None);
        }
        let latest = &mut self.latest[artifact];
        if step.changed_outside || matches!(step.did, Did::Write { .. }) {
            *latest = None;
        }
        // Then whoever has had it before is another.
        let first = self.touched.insert((step.artifact, step.agent));
        let Some(time) = step.time_ms else { return };
        if let Did::Read { given, .. } = step.did
            && first
        {
            let is_recent = |then: i64| time.saturating_sub(then) <= PEER_MILLISECONDS_MAX;
            let served = latest.is_some_and(is_recent);
            peers.first_reads += 1;
            peers.first_tokens += given;
            peers.served += u64::from(served);
            peers.served_tokens += if served { given } else { 0 };
        }
        *latest = Some(time);
    }
}
