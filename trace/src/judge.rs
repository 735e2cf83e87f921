//! A machine that is watched: at every step the reference says what it breaks, if anything. So
//! that a replay does not take a trace's word for what it shows.

use crate::caught::PANIC;
use crate::how::{Notes, Scene, how};
use crate::reference::{
    self, AgentStep, Broken, Checked, Given, LineMemory, LineStep, Memory, Property, Seen,
};
use crate::{Action, Duty, Event, Impossible, Machine, Outcome, without_panic};
use attune_protocol::{
    AgentId, Bitset, Entry, Epoch, Handled, Hold, Line, Read, State, Tick, ToLine,
};

/// A [`Machine`], and what an observer remembers of its run.
#[derive(Clone, Debug)]
pub struct Judge {
    machine: Machine,
    artifacts: Vec<Observed>,
    /// Nothing is judged any more: what the observer remembers is not what should be.
    broken: bool,
}

#[derive(Clone, Debug)]
struct Observed {
    line: LineMemory,
    agents: Vec<Memory>,
    /// The step at which each agent began to wait for what it waits for.
    waits_since: Vec<Option<u32>>,
    /// Whose the line is, in which epoch, and since which step.
    held_since: Option<(AgentId, Epoch, u32)>,
}

/// An event, and what it shows.
#[derive(Clone, Debug)]
pub struct Judged {
    pub event: Event,
    /// The promise that this step breaks. A run is judged up to its first.
    pub broken: Option<Broken>,
    /// How, in sentences; empty if nothing is broken.
    pub how: Vec<String>,
    /// The situations that were met in this step.
    pub seen: Seen,
}

/// What has to be known of the time before a step, to judge it.
struct Before {
    /// The line, and what it is given when, if it does something.
    line: Option<(Line<Bitset>, Given, Tick)>,
    entry: Entry,
    asked: Option<ToLine>,
    reads: u16,
    clock: Tick,
    recovery: Checked,
    /// The recovery in sentences, if it is not right.
    recovered: Vec<String>,
    seen: Seen,
}

impl Judge {
    /// Watches a machine that has done nothing yet.
    pub fn new(machine: Machine) -> Judge {
        let agents = machine.agents() as usize;
        let observed = Observed {
            line: LineMemory::default(),
            agents: vec![Memory::default(); agents],
            waits_since: vec![None; agents],
            held_since: None,
        };
        let artifacts = vec![observed; machine.artifacts() as usize];
        Judge { machine, artifacts, broken: false }
    }

    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Does one thing. What is impossible changes nothing.
    pub fn step(&mut self, artifact: u32, action: Action) -> Result<Judged, Impossible> {
        let before = self.before(artifact, action);
        let event = self.machine.step(artifact, action)?;
        let mut seen = Seen::default();
        let mut broken = None;
        let mut told = Vec::new();
        // There is always a before to what was possible.
        if let Some(before) = before.filter(|_| !self.broken) {
            seen = before.seen;
            broken = without_panic(|| self.judge(&event, &before, &mut seen)).err();
            self.broken = broken.is_some();
            if let Some(broken) = &broken {
                told = self.how(&event, broken, &before);
            }
        }
        self.follow(&event);
        Ok(Judged { event, broken, how: told, seen })
    }

    fn how(&self, event: &Event, broken: &Broken, before: &Before) -> Vec<String> {
        let Before { line, entry, asked, reads, recovered, .. } = before;
        let line = line.as_ref().map(|(line, ..)| line);
        let scene = Scene { line, entry, asked: *asked, reads: *reads, recovery: recovered };
        let observed = &self.artifacts[event.artifact as usize];
        let notes = Notes { line: &observed.line, agents: &observed.agents };
        how(event, broken, &scene, &self.machine, &notes)
    }

    /// Whether what [`Property`] forbids to last for ever has lasted since before this step.
    pub fn lasts_since(&self, property: Property, step: u32) -> bool {
        let mut places = (0..).zip(&self.artifacts);
        match property {
            Property::EveryRequestEnds => places.any(|(_, observed)| {
                observed.waits_since.iter().flatten().any(|&since| since < step)
            }),
            Property::OrphansFreed => places.any(|(artifact, observed)| {
                let Some((agent, epoch, since)) = observed.held_since else { return false };
                let entry = self.machine.entry(artifact, agent);
                let owns = (entry.is_exclusive() || entry.state() == State::Committing)
                    && entry.epoch() == epoch;
                since < step && !owns
            }),
            _ => false,
        }
    }

    fn before(&self, artifact: u32, action: Action) -> Option<Before> {
        if artifact >= self.machine.artifacts() {
            return None;
        }
        let concerned = match action {
            Action::LineGets { message, .. } => Some(message.agent),
            _ => action.agent(),
        };
        if concerned.is_some_and(|agent| agent.0 >= self.machine.agents()) {
            return None;
        }
        let mut seen = Seen::default();
        let lost = self.machine.neglected() == Some(Duty::DurableBeforeAnswered);
        let recovery = match action {
            Action::Restart if !lost => {
                without_panic(|| self.machine.judge_recovery(artifact, &mut seen))
            }
            _ => Ok(()),
        };
        let recovered = match recovery {
            Err(_) => self.machine.recovery_in_words(artifact),
            Ok(()) => Vec::new(),
        };
        let of = |agent| (*self.machine.entry(artifact, agent), self.machine.clock(agent));
        let (entry, clock) = concerned.map(of).unwrap_or_default();
        let asked = concerned.and_then(|agent| self.machine.awaited(artifact, agent));
        let reads = concerned
            .map_or(0, |agent| self.artifacts[artifact as usize].agents[agent.0 as usize].reads);
        let given = given(action, asked, self.machine.agents());
        let line = || self.machine.line(artifact).clone();
        Some(Before {
            line: given.map(|(given, now)| (line(), given, now)),
            entry,
            asked,
            reads,
            clock,
            recovery,
            recovered,
            seen,
        })
    }

    fn judge(&mut self, event: &Event, before: &Before, seen: &mut Seen) -> Checked {
        let &Event { artifact, action, ref outcome, .. } = event;
        let machine = &self.machine;
        if let Outcome::Panicked(_) = outcome {
            return Err(PANIC);
        }
        if let Some(agent) = action.agent() {
            let passed = machine.clock(agent).0.saturating_sub(before.clock.0);
            let passed = u16::try_from(passed).unwrap_or(u16::MAX);
            for observed in &mut self.artifacts {
                let age = &mut observed.agents[agent.0 as usize].age;
                *age = age.saturating_add(passed);
            }
        }
        let rules = machine.rules();
        let line = machine.line(artifact);
        let observed = &mut self.artifacts[artifact as usize];
        match (action, outcome) {
            (Action::Read { agent, .. }, Outcome::Hit(_) | Outcome::Miss(_)) => {
                let found = match *outcome {
                    Outcome::Hit(version) => Read::Hit(version),
                    Outcome::Miss(miss) => Read::Miss(miss),
                    _ => return Ok(()),
                };
                let memory = &mut observed.agents[agent.0 as usize];
                let after = machine.entry(artifact, agent);
                reference::read(line, &before.entry, after, found, memory, rules, seen)?;
            }
            (Action::Write { agent, .. }, Outcome::Nothing | Outcome::Refused(_)) => {
                let written = match *outcome {
                    Outcome::Refused(why) => Err(why),
                    _ => Ok(()),
                };
                reference::writes(&before.entry, machine.entry(artifact, agent), written)?;
            }
            // A repetition, or nothing that the agent itself asks.
            (Action::Resend { .. } | Action::Forge { .. }, _) => {}
            (_, Outcome::Sent(message)) => {
                let memory = &mut observed.agents[message.agent.0 as usize];
                let after = machine.entry(artifact, message.agent);
                let version = line.version();
                reference::asks(&before.entry, after, message, version, memory, rules)?;
            }
            (Action::AgentGets { message, now, .. }, &Outcome::Heard { event, reply }) => {
                let agent = message.agent;
                let memory = &mut observed.agents[agent.0 as usize];
                let after = machine.entry(artifact, agent);
                let step = AgentStep {
                    line,
                    before: &before.entry,
                    after,
                    message,
                    asked: before.asked,
                    handled: Handled { event, reply },
                };
                reference::agent_step(&step, memory, rules, seen)?;
                reference::agent_again(after, now, message, rules)?;
                if machine.awaited(artifact, agent).is_none() {
                    memory.settle();
                }
            }
            (Action::LineGets { .. } | Action::Expire { .. } | Action::Publish { .. }, told) => {
                if let (Some((was, given, now)), Outcome::Told(told)) = (&before.line, told) {
                    let (given, now) = (*given, *now);
                    let step = LineStep { before: was, after: line, now, given, told };
                    let sender = match given {
                        Given::Message { message, .. } => Some(message.agent.0 as usize),
                        Given::Expire | Given::Publish { .. } => None,
                    };
                    let sender = sender.map(|agent| &mut observed.agents[agent]);
                    reference::line_step(&step, sender, &mut observed.line, rules, seen)?;
                    if let Given::Message { message, .. } = given {
                        reference::line_again(line, now, message, rules)?;
                    }
                }
            }
            (Action::Crash { agent }, _) => {
                observed.agents[agent.0 as usize] = Memory::default();
            }
            (Action::Restart, _) => before.recovery?,
            _ => {}
        }
        let entries = (0..).map(AgentId).zip(&observed.agents);
        let entries = entries.map(|(id, memory)| (id, machine.entry(artifact, id), memory));
        reference::state(line, &observed.line, entries, rules)
    }

    /// Notes since when what is the case has been.
    fn follow(&mut self, event: &Event) {
        let &Event { artifact, step, action, .. } = event;
        let machine = &self.machine;
        let observed = &mut self.artifacts[artifact as usize];
        if let Some(agent) = action.agent() {
            let since = &mut observed.waits_since[agent.0 as usize];
            *since = machine.awaited(artifact, agent).map(|_| since.unwrap_or(step));
        }
        let line = machine.line(artifact);
        observed.held_since = match line.hold() {
            Hold::Free => None,
            Hold::Claimed(claim) | Hold::Owned(claim) => match observed.held_since {
                Some((agent, epoch, since)) if (agent, epoch) == (claim.agent, line.epoch()) => {
                    Some((agent, epoch, since))
                }
                _ => Some((claim.agent, line.epoch(), step)),
            },
        };
    }
}

/// What a line is given by an action, and when.
fn given(action: Action, asked: Option<ToLine>, agents: u32) -> Option<(Given, Tick)> {
    match action {
        Action::LineGets { message, now, .. } => {
            Some((Given::Message { message, waits: asked == Some(message) }, now))
        }
        Action::Expire { now } => Some((Given::Expire, now)),
        Action::Publish { now } => Some((Given::Publish { agents }, now)),
        _ => None,
    }
}
