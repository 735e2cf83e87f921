//! The run: its state, and the order of things in a tick.

use super::StrategyName;
use super::accesses::Accesses;
use super::agent::Doing;
use super::artifact::Artifact;
use super::channel::Channels;
use super::checks::{Broken, Failure};
use super::few::Few;
use super::layout::{Agents, Copies, Layout, Touched};
use super::measure::{Histogram, Report};
use super::streams::{Chance, Streams, Use};
use crate::scenario::{Scenario, Ticks};
use attune_protocol::{AgentId, AtTick, Rules};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The result of anything that checks promises on its way.
pub type Checked = Result<(), Box<Failure>>;

/// How often one artifact is checked as a whole. (A copy is checked whenever it is touched, and
/// everything at the end.)
const TICKS_PER_CHECK: u32 = 16;

pub struct Simulation<'a, L: Layout> {
    pub scenario: &'a Scenario,
    pub rules: Rules,
    pub now: u32,
    pub artifacts: Vec<Artifact<L>>,
    pub agents: L::Agents,
    pub touched: L::Touched,
    pub accesses: Accesses,
    pub channels: Channels,
    /// When held lines are to be looked at, and which. May hold outdated entries.
    pub deadlines: BinaryHeap<Reverse<(u32, u32)>>,
    /// If writes take a drawn time.
    pub write_streams: Option<Streams>,
    pub fault_streams: Streams,
    pub crashes: Chance,
    /// Who has a turn, where few have one.
    pub few: Few,
    pub report: Report,
    pub staleness_reads: Histogram,
    pub staleness_ticks: Histogram,
    strategy: StrategyName,
    seed: i64,
}

impl<'a, L: Layout> Simulation<'a, L> {
    pub fn new(scenario: &'a Scenario, strategy: StrategyName, seed: i64) -> Simulation<'a, L> {
        let agents = scenario.agents;
        let writes_are_drawn = !matches!(scenario.protocol.write_ticks, Ticks::Constant(_));
        let accesses = Accesses::new(scenario, seed);
        let crash_probability = scenario.faults.crash_probability;
        let artifacts = scenario.artifacts.iter();
        let bounded = scenario.protocol.bound_reads.is_some();
        Simulation {
            scenario,
            rules: strategy.rules(scenario),
            now: 0,
            artifacts: artifacts
                .map(|artifact| Artifact::new(artifact.initial_version, agents, bounded))
                .collect(),
            agents: L::Agents::new(seed, agents),
            few: Few::new(seed, accesses.most_active(), crash_probability),
            touched: Default::default(),
            accesses,
            channels: Channels::new(scenario, seed),
            deadlines: BinaryHeap::new(),
            write_streams: writes_are_drawn.then(|| Streams::new(seed, agents, Use::Writes)),
            fault_streams: Streams::new(seed, agents, Use::Faults),
            crashes: Chance::new(crash_probability),
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
        for artifact in self.touched.take(agent, self.artifacts.len()) {
            self.artifacts[artifact].copies.forget(agent);
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
            wire: self.channels.bytes(),
            messages: self.channels.messages,
            staleness_reads: self.staleness_reads.distribution(),
            staleness_ticks: self.staleness_ticks.distribution(),
            ..self.report
        }
    }
}
