//! What one run of the published simulator counted.

use serde::Serialize;

use super::Strategy;
use crate::ledger::TokenLedger;
use crate::scenario::Scenario;

/// The counters of one run, under the original's names and in its order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub scenario: String,
    pub strategy: Strategy,
    pub seed: i64,
    pub duration_ticks: u32,
    pub agent_count: u32,
    pub artifact_count: u32,
    /// Reads and writes; a fetch is part of one of these, not an action of its own.
    pub total_actions: u64,
    pub read_actions: u64,
    pub write_actions: u64,
    /// Fetches made, by reads and by writes. Under `always_read` fewer than the misses.
    pub fetch_actions: u64,
    /// Hits by reads; a write is never a hit.
    pub cache_hits: u64,
    /// Misses by reads and by writes.
    pub cache_misses: u64,
    /// Hits on an entry below the current version.
    pub stale_reads: u64,
    /// The longest run of stale reads by one agent of one artifact, in reads.
    pub max_stale_steps: u64,
    /// Stale reads beyond the strategy's bound, each counted.
    pub staleness_bound_violations: u64,
    /// Lost ones included.
    pub invalidations_issued: u64,
    pub invalidations_delivered: u64,
    /// Lost ones included; under broadcast, one per agent, artifact and tick.
    pub updates_issued: u64,
    pub updates_delivered: u64,
    /// Messages sent, in messages, lost ones included; broadcasts send none.
    pub message_overhead: u64,
    pub tokens_fetch: u64,
    pub tokens_broadcast: u64,
    pub tokens_invalidation: u64,
    /// Times that an artifact entered an agent's context.
    pub context_injections: u64,
    pub transient_state_timeouts: u64,
    /// Fetch, broadcast and invalidation tokens.
    pub synchronization_tokens: u64,
    /// Hits per read, 0 without reads. Quirk: misses by writes are in no rate.
    pub cache_hit_rate: f64,
    /// By artifact. Not one of the original's counters.
    #[serde(skip)]
    pub writes_per_artifact: Vec<u64>,
    /// Invalidations that killed a copy at least as new as the version they announce (a defect).
    /// Not one of the original's counters.
    #[serde(skip)]
    pub newer_copies_killed: u64,
}

impl Report {
    /// The run's tokens in the ledger that both simulators fill in.
    pub fn ledger(&self) -> TokenLedger {
        TokenLedger {
            fetch: self.tokens_fetch,
            push: self.tokens_broadcast,
            invalidation: self.tokens_invalidation,
            control: 0,
        }
    }

    /// A report with nothing counted yet.
    pub(super) fn new(scenario: &Scenario, strategy: Strategy, seed: i64) -> Report {
        Report {
            scenario: scenario.name.clone(),
            strategy,
            seed,
            duration_ticks: scenario.duration_ticks,
            agent_count: scenario.agents,
            artifact_count: scenario.artifacts.len() as u32,
            total_actions: 0,
            read_actions: 0,
            write_actions: 0,
            fetch_actions: 0,
            cache_hits: 0,
            cache_misses: 0,
            stale_reads: 0,
            max_stale_steps: 0,
            staleness_bound_violations: 0,
            invalidations_issued: 0,
            invalidations_delivered: 0,
            updates_issued: 0,
            updates_delivered: 0,
            message_overhead: 0,
            tokens_fetch: 0,
            tokens_broadcast: 0,
            tokens_invalidation: 0,
            context_injections: 0,
            transient_state_timeouts: 0,
            synchronization_tokens: 0,
            cache_hit_rate: 0.0,
            writes_per_artifact: vec![0; scenario.artifacts.len()],
            newer_copies_killed: 0,
        }
    }

    /// The report with what follows from its counters filled in.
    pub(super) fn finished(mut self) -> Report {
        self.total_actions = self.read_actions + self.write_actions;
        self.synchronization_tokens = self.ledger().synchronization();
        if self.read_actions > 0 {
            self.cache_hit_rate = self.cache_hits as f64 / self.read_actions as f64;
        }
        self
    }
}
