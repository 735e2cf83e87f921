//! The run: its state, and the order of things in a tick.

use super::StrategyName;
use super::accesses::Accesses;
use super::agent::{Agent, Doing};
use super::artifact::Artifact;
use super::channel::Channels;
use super::checks::{Broken, Failure};
use super::measure::{Histogram, Report};
use super::streams::{self, Chance, Use};
use crate::scenario::{Scenario, Ticks};
use attune_protocol::{AgentId, AgentSet, AtTick, Rules};
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The result of anything that checks promises on its way.
pub type Checked = Result<(), Box<Failure>>;

/// How often one artifact is checked as a whole. (A copy is checked whenever it is touched, and
/// everything at the end.)
const TICKS_PER_CHECK: u32 = 16;

pub struct Simulation<'a, S> {
    pub scenario: &'a Scenario,
    pub rules: Rules,
    pub now: u32,
    pub artifacts: Vec<Artifact<S>>,
    pub agents: Vec<Agent>,
    pub accesses: Accesses,
    pub channels: Channels,
    /// When held lines are to be looked at, and which. May hold outdated entries.
    pub deadlines: BinaryHeap<Reverse<(u32, u32)>>,
    /// Per agent, if writes take a drawn time.
    pub write_streams: Vec<ChaCha8Rng>,
    /// Per agent, if agents crash.
    pub fault_streams: Vec<ChaCha8Rng>,
    pub crashes: Chance,
    pub report: Report,
    pub staleness_reads: Histogram,
    pub staleness_ticks: Histogram,
    strategy: StrategyName,
    seed: i64,
}

impl<'a, S: AgentSet> Simulation<'a, S> {
    pub fn new(scenario: &'a Scenario, strategy: StrategyName, seed: i64) -> Simulation<'a, S> {
        let agents = scenario.agents;
        let per_agent = |wanted: bool, purpose| {
            let streams = if wanted { agents } else { 0 };
            (0..streams).map(|agent| streams::stream(seed, agent, purpose)).collect()
        };
        let writes_are_drawn = !matches!(scenario.protocol.write_ticks, Ticks::Constant(_));
        let faulty = scenario.faults.crash_probability > 0.0;
        let artifacts = scenario.artifacts.iter();
        let bounded = scenario.protocol.bound_reads.is_some();
        Simulation {
            scenario,
            rules: strategy.rules(scenario),
            now: 0,
            artifacts: artifacts
                .map(|artifact| Artifact::new(artifact.initial_version, agents, bounded))
                .collect(),
            agents: (0..agents).map(|agent| Agent::new(seed, agent)).collect(),
            accesses: Accesses::new(scenario, seed),
            channels: Channels::new(scenario, seed),
            deadlines: BinaryHeap::new(),
            write_streams: per_agent(writes_are_drawn, Use::Writes),
            fault_streams: per_agent(faulty, Use::Faults),
            crashes: Chance::new(scenario.faults.crash_probability),
            report: Report::default(),
            staleness_reads: Histogram::default(),
            staleness_ticks: Histogram::default(),
            strategy,
            seed,
        }
    }

    pub fn run(mut self) -> Result<Report, Box<Failure>> {
        for now in 0..self.scenario.duration_ticks {
            self.now = now;
            self.deliver_due()?;
            self.meet_deadlines()?;
            self.take_turns()?;
            if self.rules.strategy.at_tick == AtTick::Push {
                self.publish()?;
            }
            self.check_in_turn()?;
        }
        self.now = self.scenario.duration_ticks;
        self.deliver_due()?;
        (0..self.artifacts.len() as u32).try_for_each(|artifact| self.check(artifact))?;
        Ok(self.finish())
    }

    /// The agent forgets everything.
    pub fn forget(&mut self, agent: AgentId) {
        for artifact in &mut self.artifacts {
            artifact.forget(agent);
        }
    }

    /// All that holds of an artifact at any time.
    fn check(&self, artifact: u32) -> Checked {
        self.artifacts[artifact as usize]
            .check(&self.rules)
            .map_err(|broken| self.failure(artifact, broken))
    }

    /// Now and then checks one artifact; each has its turn.
    fn check_in_turn(&self) -> Checked {
        if !self.now.is_multiple_of(TICKS_PER_CHECK) {
            return Ok(());
        }
        self.check(self.now / TICKS_PER_CHECK % self.artifacts.len() as u32)
    }

    #[cold]
    pub fn failure(&self, artifact: u32, broken: Broken) -> Box<Failure> {
        Box::new(Failure {
            scenario: self.scenario.name.clone(),
            strategy: self.strategy,
            seed: self.seed,
            tick: self.now,
            artifact,
            broken,
        })
    }

    fn finish(self) -> Report {
        let unfinished = self
            .agents
            .iter()
            .filter(|agent| matches!(agent.doing, Doing::Waiting { .. } | Doing::Writing { .. }));
        let Report { misses_cold, misses_invalidated, misses_expired, misses_bound, .. } =
            self.report;
        let misses = misses_cold + misses_invalidated + misses_expired + misses_bound;
        let commits_per_artifact: Vec<u32> =
            self.artifacts.iter().map(|artifact| artifact.history.commits()).collect();
        let reads = self.report.hits + misses;
        let mut tokens = self.channels.tokens();
        tokens.fetch += self.report.reinjected_tokens;
        Report {
            scenario: self.scenario.name.clone(),
            strategy: self.strategy.name().to_string(),
            seed: self.seed,
            duration_ticks: self.scenario.duration_ticks,
            agents: self.scenario.agents,
            artifacts: self.scenario.artifacts.len() as u32,
            bound_reads: self.rules.bound_reads,
            actions: reads + self.report.writes,
            reads,
            commits: commits_per_artifact.iter().map(|&commits| u64::from(commits)).sum(),
            commits_per_artifact,
            unfinished: unfinished.count() as u64,
            hit_rate: if reads == 0 { 0.0 } else { self.report.hits as f64 / reads as f64 },
            synchronization_tokens: tokens.synchronization(),
            tokens,
            messages: self.channels.messages,
            staleness_reads: self.staleness_reads.distribution(),
            staleness_ticks: self.staleness_ticks.distribution(),
            ..self.report
        }
    }
}
