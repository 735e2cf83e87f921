//! One run: its state, and the order of things in a tick.

use std::collections::VecDeque;

use super::message::Message;
use super::random::{Random, Weights};
use super::state::{Entry, Line, State};
use super::{Report, Strategy, supports};
use crate::scenario::{Activity, Scenario, Ticks, Workload};

pub struct Simulator<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) strategy: Strategy,
    /// The one stream that every draw comes from.
    pub(super) random: Random,
    /// Sizes to pick artifacts by; `None` where all are equally likely.
    pub(super) artifact_weights: Option<Weights>,
    /// As clamped by the workload.
    pub(super) write_probability: f64,
    pub(super) latency_ticks: u64,
    /// By artifact.
    pub(super) lines: Vec<Line>,
    /// By agent and artifact: see [`Simulator::pair`].
    pub(super) entries: Vec<Option<Entry>>,
    /// By agent and artifact: stale reads since the last fresh one.
    pub(super) stale_runs: Vec<u64>,
    /// In order of sending.
    pub(super) queue: VecDeque<Message>,
    /// The peers of the write at hand, kept so that a write allocates nothing.
    pub(super) peers: Vec<usize>,
    pub(super) report: Report,
}

impl<'a> Simulator<'a> {
    pub fn new(scenario: &'a Scenario, strategy: Strategy, seed: i64) -> Simulator<'a> {
        if let Err(unsupported) = supports(scenario) {
            panic!("{unsupported}");
        }
        let Ticks::Constant(latency_ticks) = scenario.network.latency else {
            unreachable!("only constant latency is supported");
        };
        let artifacts = &scenario.artifacts;
        let agents = scenario.agents as usize;
        let pairs = agents * artifacts.len();
        let by_size = scenario.workload == Workload::LargeArtifactReasoning;
        Simulator {
            scenario,
            strategy,
            random: Random::new(seed),
            artifact_weights: by_size
                .then(|| Weights::new(artifacts.iter().map(|artifact| artifact.size_tokens))),
            write_probability: scenario.clamped_write_probability(),
            latency_ticks: u64::from(latency_ticks),
            lines: artifacts.iter().map(|artifact| Line::new(artifact, agents)).collect(),
            entries: vec![None; pairs],
            stale_runs: vec![0; pairs],
            queue: VecDeque::new(),
            peers: Vec::with_capacity(agents),
            report: Report::new(scenario, strategy, seed),
        }
    }

    pub fn run(mut self) -> Report {
        let ticks = u64::from(self.scenario.duration_ticks);
        for now in 0..ticks {
            self.deliver(now);
            self.act_all(now);
            if self.strategy == Strategy::Broadcast {
                self.broadcast(now);
            }
            self.time_out(now);
        }
        self.deliver(ticks);
        self.report.finished()
    }

    /// Where an agent's entry for an artifact is in `entries` and `stale_runs`.
    pub(super) fn pair(&self, agent: usize, artifact: usize) -> usize {
        agent * self.lines.len() + artifact
    }

    pub(super) fn fresh_entry(&self, version: i64, now: u64) -> Option<Entry> {
        Some(Entry {
            valid: true,
            version,
            uses: 0,
            expiry_tick: now + u64::from(self.scenario.lease_ttl_ticks),
        })
    }

    fn act_all(&mut self, now: u64) {
        for agent in 0..self.scenario.agents as usize {
            match self.scenario.activity {
                Activity::Velocity(actions) => {
                    for _ in 0..actions {
                        self.act(agent, now);
                    }
                }
                Activity::Probability(probability) => {
                    if self.random.unit() < probability {
                        self.act(agent, now);
                    }
                }
            }
        }
    }

    /// Neither pending marks nor stale runs are touched: both outlive a broadcast.
    fn broadcast(&mut self, now: u64) {
        for artifact in 0..self.lines.len() {
            for agent in 0..self.scenario.agents as usize {
                let pair = self.pair(agent, artifact);
                self.entries[pair] = self.fresh_entry(self.lines[artifact].version, now);
                let line = &mut self.lines[artifact];
                line.directory.set(agent, State::Shared);
                self.report.tokens_broadcast += line.size_tokens;
                self.report.updates_issued += 1;
                self.report.updates_delivered += 1;
                self.report.context_injections += 1;
            }
        }
    }

    /// The cache entry of an agent that is timed out stays as it is.
    fn time_out(&mut self, now: u64) {
        let timeout = u64::from(self.scenario.transient_timeout_ticks);
        for line in &mut self.lines {
            self.report.transient_state_timeouts += line.directory.time_out(now, timeout);
        }
    }
}
