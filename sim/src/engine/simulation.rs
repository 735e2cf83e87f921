//! The run: ticks, deliveries, deadlines, and the authority's side.

use super::StrategyName;
use super::agent::{Accesses, Agent, Doing};
use super::channel::{Channels, Mail};
use super::checks::{Broken, Failure};
use super::measure::{Histogram, Report};
use super::streams::{self, Chance, Use};
use crate::scenario::Scenario;
use attune_protocol::{
    AgentId, AgentSet, AtTick, Entry, Line, Rules, Tell, Tick, ToAgent, ToLine, Version, invariants,
};
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// The result of anything that checks promises on its way.
pub type Checked = Result<(), Box<Failure>>;

pub struct Simulation<'a, S> {
    pub scenario: &'a Scenario,
    pub rules: Rules,
    pub now: u32,
    pub lines: Vec<Line<S>>,
    /// One row per agent, one column per artifact.
    entries: Vec<Entry>,
    pub agents: Vec<Agent>,
    pub accesses: Accesses,
    pub channels: Channels,
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
    /// Upgrades that wait for a held line, first come first served.
    queues: Vec<VecDeque<ToLine>>,
    /// When held lines are to be looked at, and which. May hold outdated entries.
    deadlines: BinaryHeap<Reverse<(u32, u32)>>,
    /// The deadline last put there, per artifact.
    watched: Vec<u32>,
    first_versions: Vec<Version>,
    /// Per artifact: when each version, from the first, was replaced.
    replaced_at: Vec<Vec<u32>>,
}

impl<'a, S: AgentSet> Simulation<'a, S> {
    pub fn new(scenario: &'a Scenario, strategy: StrategyName, seed: i64) -> Simulation<'a, S> {
        let agents = scenario.agents;
        let artifacts = scenario.artifacts.len();
        let first_versions: Vec<Version> = scenario
            .artifacts
            .iter()
            .map(|artifact| Version::new(artifact.initial_version).unwrap_or(Version::FIRST))
            .collect();
        let per_agent = |wanted: bool, purpose| {
            let streams = if wanted { agents } else { 0 };
            (0..streams).map(|agent| streams::stream(seed, agent, purpose)).collect()
        };
        let writes_are_drawn =
            !matches!(scenario.protocol.write_ticks, crate::scenario::Ticks::Constant(_));
        let faulty = scenario.faults.crash_probability > 0.0;
        Simulation {
            scenario,
            rules: strategy.rules(scenario),
            now: 0,
            lines: first_versions.iter().map(|&first| Line::new(first, agents)).collect(),
            entries: vec![Entry::default(); agents as usize * artifacts],
            agents: (0..agents).map(|agent| Agent::new(seed, agent)).collect(),
            accesses: Accesses::new(scenario),
            channels: Channels::new(scenario, seed),
            write_streams: per_agent(writes_are_drawn, Use::Writes),
            fault_streams: per_agent(faulty, Use::Faults),
            crashes: Chance::new(scenario.faults.crash_probability),
            report: Report::default(),
            staleness_reads: Histogram::default(),
            staleness_ticks: Histogram::default(),
            strategy,
            seed,
            queues: vec![VecDeque::new(); artifacts],
            deadlines: BinaryHeap::new(),
            watched: vec![0; artifacts],
            first_versions,
            replaced_at: vec![Vec::new(); artifacts],
        }
    }

    pub fn run(mut self) -> Result<Report, Box<Failure>> {
        for now in 0..self.scenario.duration_ticks {
            self.now = now;
            self.deliver_due()?;
            self.meet_deadlines()?;
            for agent in 0..self.scenario.agents {
                self.turn(AgentId(agent))?;
            }
            if self.rules.strategy.at_tick == AtTick::Push {
                self.publish()?;
            }
            self.sweep()?;
        }
        self.now = self.scenario.duration_ticks;
        self.deliver_due()?;
        Ok(self.finish())
    }

    #[inline]
    pub fn entry(&mut self, agent: AgentId, artifact: u32) -> &mut Entry {
        let row = agent.0 as usize * self.lines.len();
        &mut self.entries[row + artifact as usize]
    }

    /// The agent forgets everything.
    pub fn forget(&mut self, agent: AgentId) {
        let row = agent.0 as usize * self.lines.len();
        self.entries[row..row + self.lines.len()].fill(Entry::default());
    }

    fn deliver_due(&mut self) -> Checked {
        let due = self.channels.advance(self.now);
        for &mail in &due {
            self.deliver(mail)?;
            let (Mail::Up { artifact, .. } | Mail::Down { artifact, .. }) = mail;
            self.conclude(artifact)?;
        }
        self.channels.recycle(due);
        Ok(())
    }

    /// After something was done about an artifact: delivers what takes no time and what follows
    /// from it, gives a free line to whoever waits for it, and minds a held one's deadline.
    #[inline]
    pub fn conclude(&mut self, artifact: u32) -> Checked {
        let place = artifact as usize;
        loop {
            let mut next = 0;
            while let Some(&mail) = self.channels.at_once.get(next) {
                next += 1;
                self.deliver(mail)?;
            }
            self.channels.at_once.clear();
            match self.lines[place].deadline() {
                None if self.queues[place].is_empty() => return Ok(()),
                None => {
                    let waiting = self.queues[place].pop_front();
                    self.decide(artifact, waiting.expect("the queue is not empty"))?;
                }
                Some(Tick(deadline)) => {
                    if self.watched[place] != deadline {
                        self.watched[place] = deadline;
                        self.deadlines.push(Reverse((deadline, artifact)));
                    }
                    return Ok(());
                }
            }
        }
    }

    fn deliver(&mut self, mail: Mail) -> Checked {
        match mail {
            Mail::Up { artifact, message } => self.decide(artifact, message),
            Mail::Down { artifact, message } => self.at_agent(artifact, message),
        }
    }

    /// An agent speaks to the authority.
    #[inline]
    pub fn ask(&mut self, artifact: u32, message: ToLine) -> Checked {
        if self.channels.control_is_instant() {
            self.channels.count_up(message.ask);
            self.decide(artifact, message)
        } else {
            self.channels.up(artifact, message);
            Ok(())
        }
    }

    /// The authority decides, and its answers are delivered or sent.
    #[inline]
    fn decide(&mut self, artifact: u32, message: ToLine) -> Checked {
        let place = artifact as usize;
        let channels = &mut self.channels;
        let line = &mut self.lines[place];
        let (version, epoch) = (line.version(), line.epoch());
        let mut waits = false;
        // Besides the answer, a grant to somebody whose claim has waited for this message.
        let mut answers = [None, None];
        line.handle(Tick(self.now), message, &self.rules, |answer| match answer.tell {
            Tell::Held { .. } => waits = true,
            tell if tell.is_event() => channels.event(artifact, answer),
            tell if channels.control_is_instant() => {
                channels.count_answer(artifact, tell);
                answers[usize::from(answers[0].is_some())] = Some(answer);
            }
            _ => channels.answer(artifact, answer),
        });
        let (after, epoch_after) = (line.version(), line.epoch());
        if waits {
            self.wait_in_line(place, message);
        }
        if epoch_after < epoch {
            return Err(self.failure(artifact, Broken::Version));
        }
        if after != version {
            self.check_commit(artifact, message, version, after)?;
        }
        for answer in answers.into_iter().flatten() {
            self.at_agent(artifact, answer)?;
        }
        Ok(())
    }

    #[inline]
    fn check_commit(
        &mut self,
        artifact: u32,
        message: ToLine,
        before: Version,
        after: Version,
    ) -> Checked {
        if message.version != Some(before) {
            return Err(self.failure(artifact, Broken::LostUpdate { agent: message.agent.0 }));
        }
        if after != before.next() {
            return Err(self.failure(artifact, Broken::Version));
        }
        self.replaced_at[artifact as usize].push(self.now);
        self.report.commits += 1;
        Ok(())
    }

    /// One place in line per agent: its latest request counts.
    fn wait_in_line(&mut self, place: usize, message: ToLine) {
        let queue = &mut self.queues[place];
        match queue.iter_mut().find(|waiting| waiting.agent == message.agent) {
            Some(waiting) if waiting.request < message.request => *waiting = message,
            Some(_) => {}
            None => queue.push_back(message),
        }
    }

    /// A message arrives at an agent.
    #[inline]
    fn at_agent(&mut self, artifact: u32, message: ToAgent) -> Checked {
        let agent = message.agent;
        if matches!(self.agents[agent.0 as usize].doing, Doing::Down { .. }) {
            return Ok(());
        }
        let (now, rules) = (Tick(self.now), self.rules);
        let entry = self.entry(agent, artifact);
        let before = entry.version();
        let handled = entry.handle(now, message, &rules);
        let after = entry.version();
        if after < before && after.is_some() {
            return Err(self.failure(artifact, Broken::WentBack { agent: agent.0 }));
        }
        self.check_copy(agent, artifact)?;
        if let Some(reply) = handled.reply {
            self.ask(artifact, reply)?;
        }
        self.on_event(agent, artifact, handled.event)
    }

    fn meet_deadlines(&mut self) -> Checked {
        while let Some(&Reverse((deadline, artifact))) = self.deadlines.peek()
            && deadline <= self.now
        {
            self.deadlines.pop();
            let mut granted = None;
            let channels = &mut self.channels;
            self.lines[artifact as usize].expire(Tick(self.now), &self.rules, |message| {
                if message.tell.is_event() {
                    channels.event(artifact, message);
                } else if channels.control_is_instant() {
                    channels.count_answer(artifact, message.tell);
                    granted = Some(message);
                } else {
                    channels.answer(artifact, message);
                }
            });
            if let Some(grant) = granted {
                self.at_agent(artifact, grant)?;
            }
            self.conclude(artifact)?;
        }
        Ok(())
    }

    fn publish(&mut self) -> Checked {
        for artifact in 0..self.lines.len() as u32 {
            let channels = &mut self.channels;
            self.lines[artifact as usize]
                .publish(self.scenario.agents, |event| channels.event(artifact, event));
            self.conclude(artifact)?;
        }
        Ok(())
    }

    /// What every touched copy has to satisfy.
    #[inline]
    pub fn check_copy(&mut self, agent: AgentId, artifact: u32) -> Checked {
        let entry = *self.entry(agent, artifact);
        invariants::copy(&self.lines[artifact as usize], agent, &entry)
            .and_then(|()| invariants::bounded_staleness(agent, &entry, &self.rules))
            .map_err(|violation| self.failure(artifact, Broken::Invariant(violation)))
    }

    /// Each tick, all that holds of one artifact; every artifact has its turn.
    fn sweep(&mut self) -> Checked {
        let artifact = self.now % self.lines.len() as u32;
        let line = &self.lines[artifact as usize];
        let copies = || {
            let column = self.entries.iter().skip(artifact as usize).step_by(self.lines.len());
            (0..).map(AgentId).zip(column)
        };
        invariants::line(line)
            .and_then(|()| {
                copies().try_for_each(|(agent, entry)| invariants::copy(line, agent, entry))
            })
            .and_then(|()| invariants::single_writer(line, copies()))
            .and_then(|()| invariants::readers_excluded(line, copies(), &self.rules))
            .map_err(|violation| self.failure(artifact, Broken::Invariant(violation)))
    }

    /// How many ticks ago `version` was replaced.
    pub fn age(&self, artifact: u32, version: Version) -> u32 {
        let place = artifact as usize;
        let index = version.get() - self.first_versions[place].get();
        self.now - self.replaced_at[place][index as usize]
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
        let reads = self.report.reads;
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
            unfinished: unfinished.count() as u64,
            commits_per_artifact: self.replaced_at.iter().map(|at| at.len() as u32).collect(),
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
