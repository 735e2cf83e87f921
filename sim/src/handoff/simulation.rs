//! The run: its state, the order of things in a tick, and the ends of processes.

use super::agent::{AGENTS, Activity, Agent, Doing, ESTATE, Mind};
use super::chance::{Draws, stream};
use super::draft::Draft;
use super::failure::Failure;
use super::measure::Report;
use super::post::{Mail, Post};
use super::recording::Event;
use super::task::Task;
use crate::engine::StrategyName;
use crate::engine::streams::{Chance, duration};
use crate::scenario::{Handoff, Scenario};
use attune_protocol::lineage::{
    self, Carrier, Dna, Generation, Input, Lineage, Phase, Recorded, invariants,
};
use attune_protocol::{AgentId, Bitset, Entry, Line, Rules, Strict, Tick, Version};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

pub type Checked = Result<(), Box<Failure>>;

pub struct Simulation<'a> {
    pub scenario: &'a Scenario,
    pub handoff: &'a Handoff,
    pub rules: Rules,
    pub lineage_rules: lineage::Rules,
    pub strategy: StrategyName,
    pub seed: i64,
    pub now: u32,
    pub places: Vec<Place>,
    pub lineages: Vec<Carried>,
    pub agents: Vec<Agent>,
    pub post: Post,
    pub report: Report,
    crashes: Chance,
}

/// An artifact: the line, and each agent's entry.
pub struct Place {
    pub line: Line<Bitset>,
    pub entries: Vec<Entry>,
}

/// A lineage, and what the simulator knows beside its record.
pub struct Carried {
    pub record: Recorded,
    /// All that happened to the record, if that is asked for.
    pub log: Option<Vec<Event>>,
    pub task: Task,
    /// By step: how often it took effect, and whether it had all that it needed.
    pub effects: Vec<u32>,
    pub right: Vec<bool>,
    pub drafts: BTreeMap<Dna, Draft>,
    /// What the last generation knew, or its agent knows that still works.
    pub last: Option<(Generation, Vec<bool>)>,
    /// By fact: the first generation knew it.
    pub of_first: Vec<bool>,
    /// By fact: no handoff has dropped it.
    pub never_dropped: Vec<bool>,
    /// When an agent was last started, and for which generation.
    pub started: Option<(u32, Generation)>,
    reminded: u32,
    starts: ChaCha8Rng,
    pub done_at: Option<u32>,
}

impl<'a> Simulation<'a> {
    pub fn new(scenario: &'a Scenario, strategy: StrategyName, seed: i64) -> Simulation<'a> {
        let handoff = &scenario.handoff;
        let agents = scenario.agents * AGENTS;
        let steps = handoff.steps.unwrap_or(1);
        let places = scenario.artifacts.iter().map(|artifact| {
            let first = Version::new(artifact.initial_version).unwrap_or(Version::FIRST);
            Place {
                line: Line::new(first, agents),
                entries: vec![Entry::default(); agents as usize],
            }
        });
        let lineages = (0..scenario.agents).map(|lineage| {
            let task = Task::draw(scenario, steps, lineage, seed);
            let estate = AgentId(lineage * AGENTS + ESTATE);
            Carried {
                record: Recorded::new(Lineage::new(estate, steps)),
                log: None,
                effects: vec![0; steps as usize],
                right: vec![false; steps as usize],
                drafts: BTreeMap::new(),
                last: None,
                of_first: vec![false; task.facts.len()],
                never_dropped: vec![true; task.facts.len()],
                started: None,
                reminded: 0,
                starts: stream(seed, Draws::Starts { lineage }),
                done_at: None,
                task,
            }
        });
        Simulation {
            scenario,
            handoff,
            rules: strategy.rules(scenario),
            lineage_rules: lineage::Rules {
                lease_ticks: handoff.lease_ticks,
                estate_ticks: handoff.estate_ticks,
                discipline: Strict,
            },
            strategy,
            seed,
            now: 0,
            places: places.collect(),
            lineages: lineages.collect(),
            agents: (0..agents).map(|agent| Agent::new(AgentId(agent), seed)).collect(),
            post: Post::new(scenario, agents, seed),
            report: Report {
                scenario: scenario.name.clone(),
                strategy: strategy.name().to_string(),
                seed,
                lineages: scenario.agents,
                steps: u64::from(steps) * u64::from(scenario.agents),
                ..Report::default()
            },
            crashes: Chance::new(scenario.faults.crash_probability),
        }
    }

    pub fn run(&mut self) -> Checked {
        for now in 0..self.scenario.duration_ticks {
            self.now = now;
            self.post.now = now;
            self.deliver()?;
            self.meet_deadlines()?;
            for lineage in 0..self.lineages.len() {
                self.supervise(lineage);
            }
            for agent in 0..self.agents.len() {
                self.take_turn(agent)?;
            }
            self.check()?;
            if self.is_over() {
                break;
            }
        }
        self.check_lines()?;
        self.finish();
        Ok(())
    }

    /// All lineages are finished, and no process is left.
    fn is_over(&self) -> bool {
        let finished = |carried: &Carried| carried.record.lineage.phase() == Phase::Finished;
        self.lineages.iter().all(finished)
            && self.agents.iter().all(|agent| matches!(agent.doing, Doing::Idle))
    }

    pub fn deliver(&mut self) -> Checked {
        while let Some(mail) = self.post.next() {
            match mail {
                Mail::ToLine { artifact, message } => self.decide(artifact, message)?,
                Mail::FromLine { artifact, message } => self.hear_line(artifact, message)?,
                Mail::ToLineage { lineage, message } => {
                    self.give(lineage, Input::Message(message))?;
                }
                Mail::FromLineage { message } => self.hear_lineage(message)?,
            }
        }
        Ok(())
    }

    fn meet_deadlines(&mut self) -> Checked {
        for artifact in 0..self.places.len() {
            if self.places[artifact].line.is_due(Tick(self.now)) {
                self.expire_line(artifact)?;
            }
        }
        for lineage in 0..self.lineages.len() {
            if self.lineages[lineage].record.lineage.is_due(Tick(self.now)) {
                self.give(lineage, Input::Expire)?;
            }
        }
        self.deliver()
    }

    /// Starts somebody for what is offered, again if nobody has become it; and reminds an agent
    /// whose generation is over.
    fn supervise(&mut self, lineage: usize) {
        let carried = &mut self.lineages[lineage];
        let record = &carried.record.lineage;
        let patience = self.scenario.protocol.retry_ticks;
        if record.phase() != Phase::Offered {
            if self.now >= carried.reminded.saturating_add(patience)
                && let Some(message) = record.remind()
            {
                carried.reminded = self.now;
                self.post.send(Mail::FromLineage { message });
            }
            return;
        }
        let generation = record.generation();
        let longest = crate::engine::streams::longest(&self.handoff.start_ticks);
        let patience = patience.saturating_mul(4).saturating_add(longest);
        let waits = carried
            .started
            .is_some_and(|(tick, of)| of == generation && self.now < tick.saturating_add(patience));
        let first = lineage * AGENTS as usize;
        let mut places = first..first + ESTATE as usize;
        if waits {
            return;
        }
        let Some(idle) = places.find(|&place| matches!(self.agents[place].doing, Doing::Idle))
        else {
            return;
        };
        carried.started = Some((self.now, generation));
        let wait = duration(&self.handoff.start_ticks, &mut carried.starts);
        let at = self.now.saturating_add(wait);
        self.agents[idle].doing = Doing::Starting { at, generation };
    }

    /// Whether this agent crashes now.
    pub fn crashes_now(&mut self, agent: usize) -> bool {
        self.crashes.hits(&mut self.agents[agent].crashes)
    }

    /// Ends an agent's process: what it knew is gone, as are its copies. Whoever has the place next
    /// has greater request ids.
    pub fn end(&mut self, agent: usize) {
        let doing = std::mem::replace(&mut self.agents[agent].doing, Doing::Idle);
        if let Doing::Working(mind) = doing {
            let carried = &mut self.lineages[self.agents[agent].lineage()];
            carried.remember(&mind);
        }
        self.agents[agent].carrier = Carrier::default();
        self.agents[agent].asked = None;
        for place in &mut self.places {
            place.entries[agent] = Entry::default();
        }
    }

    fn check(&self) -> Checked {
        (0..self.lineages.len()).try_for_each(|lineage| self.check_lineage(lineage))
    }

    pub fn check_lineage(&self, lineage: usize) -> Checked {
        let record = &self.lineages[lineage].record.lineage;
        let first = lineage * AGENTS as usize;
        let agents = &self.agents[first..first + ESTATE as usize];
        let carriers = agents.iter().map(|agent| (agent.id, &agent.carrier));
        invariants::record(record)
            .and_then(|()| {
                invariants::one_acts(record, Tick(self.now), carriers, &self.lineage_rules)
            })
            .map_err(|violation| self.failure(format!("lineage {lineage}: {violation}")))
    }

    #[cold]
    pub fn failure(&self, broken: String) -> Box<Failure> {
        Box::new(Failure {
            scenario: self.scenario.name.clone(),
            strategy: self.strategy,
            seed: self.seed,
            tick: self.now,
            broken,
        })
    }

    fn finish(&mut self) {
        for carried in &self.lineages {
            let steps = carried.record.lineage.steps().iter().zip(&carried.right);
            let done = steps.filter(|(step, _)| matches!(step, lineage::Step::Done { .. }));
            let (mut all, mut right) = (0, 0);
            for (_, &is_right) in done {
                all += 1;
                right += u64::from(is_right);
            }
            let steps = carried.right.len() as u64;
            self.report.steps_done += all;
            self.report.steps_right += right;
            self.report.tasks_done += u64::from(all == steps);
            self.report.tasks_right += u64::from(right == steps);
            self.report.ticks_to_done += carried.done_at.map_or(0, u64::from);
        }
        self.report.tokens = self.post.tokens;
        self.report.synchronization_tokens = self.post.tokens.synchronization();
        self.report.messages = self.post.messages;
        self.report.lineage_messages = self.post.lineage_messages;
        self.report.messages_lost = self.post.lost;
    }
}

impl Carried {
    /// Takes down what a generation knows, for when its successor comes.
    pub fn remember(&mut self, mind: &Mind) {
        if self.last.as_ref().is_none_or(|(generation, _)| *generation <= mind.generation) {
            self.last = Some((mind.generation, mind.known.clone()));
        }
    }

    /// The first step that is not done; the number of steps if none is.
    pub fn next_step(&self) -> u32 {
        let next = self.record.lineage.undone().next();
        next.map_or(self.effects.len() as u32, |(step, _)| step.0)
    }
}

impl Mind {
    /// Of a generation that inherits nothing.
    pub fn new(generation: Generation, facts: usize, artifacts: usize) -> Mind {
        Mind {
            generation,
            context: 0,
            known: vec![false; facts],
            seen: vec![None; artifacts],
            disk: vec![None; artifacts],
            prepared: false,
            todo: Default::default(),
            wrong: false,
            heartbeat: 0,
            activity: Activity::Choosing,
        }
    }
}
