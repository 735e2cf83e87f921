//! One action of one agent: pick an artifact, then read it or write it.

use super::Strategy;
use super::message::Kind;
use super::simulator::Simulator;
use super::state::State;
use crate::scenario::ContextModel;

/// Tokens of one invalidation.
const INVALIDATION_TOKENS: u64 = 12;
/// Tokens of one update under the pointer context model.
const POINTER_TOKENS: u64 = 8;

impl Simulator<'_> {
    pub(super) fn act(&mut self, agent: usize, now: u64) {
        let artifact = match &self.artifact_weights {
            Some(weights) => self.random.weighted(weights),
            None => self.random.below(self.lines.len() as u32) as usize,
        };
        // An immutable artifact draws nothing here.
        if self.lines[artifact].mutable && self.random.unit() < self.write_probability {
            self.write(agent, artifact, now);
        } else {
            self.read(agent, artifact, now);
        }
    }

    fn read(&mut self, agent: usize, artifact: usize, now: u64) {
        self.report.read_actions += 1;
        let pair = self.pair(agent, artifact);
        let needs_refresh = self.needs_refresh(agent, artifact, now);
        // Quirk: `always_read` charges a valid entry as a miss but does not refresh it.
        let hit = !needs_refresh && self.scenario.context != ContextModel::AlwaysRead;
        if hit {
            self.report.cache_hits += 1;
        } else {
            self.charge_miss(artifact);
        }
        if needs_refresh {
            self.fetch(agent, artifact, now);
        } else if let Some(entry) = &mut self.entries[pair] {
            entry.uses += 1;
        }
        if hit {
            self.count_staleness(agent, artifact);
            if self.scenario.context == ContextModel::ConditionalInjection {
                self.report.context_injections += 1;
            }
        }
    }

    fn write(&mut self, agent: usize, artifact: usize, now: u64) {
        self.report.write_actions += 1;
        self.report.writes_per_artifact[artifact] += 1;
        let needs_refresh = self.needs_refresh(agent, artifact, now);
        if needs_refresh {
            self.charge_miss(artifact);
        }

        let mut peers = std::mem::take(&mut self.peers);
        peers.clear();
        peers.extend(self.lines[artifact].directory.peers(agent));
        if needs_refresh {
            self.fetch(agent, artifact, now);
        }

        let line = &mut self.lines[artifact];
        // A fetch makes no other agent invalid or valid: the peers are still the same.
        // Quirk: the directory is told at once, the caches only when the message arrives.
        for &peer in &peers {
            line.directory.set(peer, State::Invalid);
            line.directory.mark_pending(peer, now);
        }
        line.version += 1;
        line.directory.set(agent, State::Modified);
        line.directory.clear_pending(agent);
        let version = line.version;
        let pair = self.pair(agent, artifact);
        self.entries[pair] = self.fresh_entry(version, now);
        self.stale_runs[pair] = 0;

        for &peer in &peers {
            self.notify(agent, peer, artifact, now);
        }
        self.peers = peers;
    }

    /// Tells a peer of a write, as the strategy has it.
    fn notify(&mut self, writer: usize, peer: usize, artifact: usize, now: u64) {
        match self.strategy {
            Strategy::Broadcast => {}
            Strategy::Eager => {
                self.report.tokens_broadcast += match self.scenario.context {
                    ContextModel::Pointer => POINTER_TOKENS,
                    _ => self.lines[artifact].size_tokens,
                };
                self.report.updates_issued += 1;
                self.report.context_injections += 1;
                self.send(Kind::Update, writer, peer, artifact, now);
            }
            Strategy::Lazy | Strategy::Lease | Strategy::AccessCount => {
                self.report.tokens_invalidation += INVALIDATION_TOKENS;
                self.report.invalidations_issued += 1;
                self.send(Kind::Invalidation, writer, peer, artifact, now);
            }
        }
    }

    /// The requester's stale run is not touched: only a hit, a write or a message ends it.
    fn fetch(&mut self, agent: usize, artifact: usize, now: u64) {
        self.report.fetch_actions += 1;
        let line = &mut self.lines[artifact];
        let state = if line.directory.share_with(agent) { State::Shared } else { State::Exclusive };
        line.directory.set(agent, state);
        line.directory.clear_pending(agent);
        let version = line.version;
        let pair = self.pair(agent, artifact);
        self.entries[pair] = self.fresh_entry(version, now);
    }

    fn needs_refresh(&self, agent: usize, artifact: usize, now: u64) -> bool {
        let Some(entry) = &self.entries[self.pair(agent, artifact)] else {
            return true;
        };
        let used_up = match self.strategy {
            Strategy::Lease => now >= entry.expiry_tick,
            Strategy::AccessCount => entry.uses >= self.scenario.access_count_k,
            Strategy::Broadcast | Strategy::Eager | Strategy::Lazy => false,
        };
        !entry.valid || used_up
    }

    fn charge_miss(&mut self, artifact: usize) {
        self.report.cache_misses += 1;
        self.report.context_injections += 1;
        self.report.tokens_fetch += self.lines[artifact].size_tokens;
    }

    /// Counts a hit as stale or not.
    fn count_staleness(&mut self, agent: usize, artifact: usize) {
        let pair = self.pair(agent, artifact);
        let current = self.lines[artifact].version;
        let stale = self.entries[pair].is_some_and(|entry| entry.version < current);
        if !stale {
            self.stale_runs[pair] = 0;
            return;
        }
        self.stale_runs[pair] += 1;
        let run = self.stale_runs[pair];
        self.report.stale_reads += 1;
        self.report.max_stale_steps = self.report.max_stale_steps.max(run);
        if self.stale_bound().is_some_and(|bound| run > bound) {
            self.report.staleness_bound_violations += 1;
        }
    }

    /// The longest stale run, in reads, that the strategy is held to; `None`: no bound.
    fn stale_bound(&self) -> Option<u64> {
        match self.strategy {
            Strategy::Broadcast | Strategy::Eager => Some(0),
            Strategy::Lazy => None,
            Strategy::Lease => Some(u64::from(self.scenario.lease_ttl_ticks)),
            Strategy::AccessCount => Some(u64::from(self.scenario.access_count_k)),
        }
    }
}
