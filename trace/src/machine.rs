//! The machine that makes events: it takes an action, lets the protocol do it, and says what came
//! of it. A recording is what it says; a replay is to record again and to compare.
//!
//! It judges nothing. That an action is possible (a message that arrives was sent, an id is
//! fresh, no clock goes back) it does insist on: what a driver may not do shows nothing about
//! the protocol.

use crate::artifact::{Artifact, Holder};
use crate::authority::Authority;
use crate::reference::{Checked, Seen};
use crate::{
    Action, Duty, End, EntryView, Event, LineView, Mutant, Outcome, Verdict, caught, text,
};
use attune_protocol::{
    AgentId, Bitset, Entry, Line, RequestId, Rules, State, Tick, ToAgent, ToLine,
};

/// Lines, entries, clocks and what is in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    rules: Rules<Mutant>,
    neglected: Option<Duty>,
    agents: u32,
    /// An agent has one clock, whatever the artifact; a line has its own.
    clocks: Vec<Tick>,
    artifacts: Vec<Artifact>,
    steps: u32,
}

/// An action that cannot happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    #[error("there is no artifact {artifact}: the header says {artifacts}, counted from 0")]
    NoArtifact { artifact: u32, artifacts: u32 },
    #[error("there is no agent {agent}: the header says {agents}, counted from a0")]
    NoAgent { agent: AgentId, agents: u32 },
    #[error("{agent} cannot ask now, its copy is {}: let it finish first", text::state(*.state))]
    Busy { agent: AgentId, state: State },
    #[error("{agent} has used request {last}: {request} is not fresh, take a greater one")]
    UsedRequest { agent: AgentId, request: RequestId, last: RequestId },
    #[error("the line's clock is at {clock}: {now} is in its past")]
    LineClock { now: Tick, clock: Tick },
    #[error("the clock of {agent} is at {clock}: {now} is in its past")]
    AgentClock { agent: AgentId, now: Tick, clock: Tick },
    #[error("not on its way to the line: {}", text::to_line(.message))]
    NotOnItsWayToLine { message: ToLine },
    #[error("not on its way to an agent: {}", text::to_agent(.message))]
    NotOnItsWayToAgent { message: ToAgent },
    #[error("{agent} does not wait for an answer to this: {}", text::ask(.message))]
    NotAwaited { agent: AgentId, message: ToLine },
    #[error("a line publishes only under a strategy with `\"at_tick\": \"push\"`")]
    NotPublishing,
}

impl Machine {
    /// Artifacts at their first version, of which nobody has heard.
    pub fn new(rules: Rules<Mutant>, agents: u32, artifacts: u32) -> Machine {
        let artifact = Artifact {
            authority: Authority::new(agents),
            holders: vec![Holder::default(); agents as usize],
            to_line: Vec::new(),
            to_agent: Vec::new(),
        };
        Machine {
            rules,
            neglected: None,
            agents,
            clocks: vec![Tick(0); agents as usize],
            artifacts: vec![artifact; artifacts as usize],
            steps: 0,
        }
    }

    /// The same machine with a driver that neglects a duty.
    pub fn neglecting(mut self, duty: Option<Duty>) -> Machine {
        self.neglected = duty;
        self
    }

    pub fn neglected(&self) -> Option<Duty> {
        self.neglected
    }

    pub fn agents(&self) -> u32 {
        self.agents
    }

    pub fn artifacts(&self) -> u32 {
        self.artifacts.len() as u32
    }

    pub fn rules(&self) -> &Rules<Mutant> {
        &self.rules
    }

    /// How many events there have been.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// # Panics
    /// Without such an artifact.
    pub fn line(&self, artifact: u32) -> &Line<Bitset> {
        self.artifacts[artifact as usize].authority.line()
    }

    /// # Panics
    /// Without such an artifact or agent.
    pub fn entry(&self, artifact: u32, agent: AgentId) -> &Entry {
        &self.artifacts[artifact as usize].holders[agent.0 as usize].entry
    }

    /// The request for whose answer the agent waits.
    ///
    /// # Panics
    /// Without such an artifact or agent.
    pub fn awaited(&self, artifact: u32, agent: AgentId) -> Option<ToLine> {
        self.artifacts[artifact as usize].holders[agent.0 as usize].awaited()
    }

    /// # Panics
    /// Without such an agent.
    pub fn clock(&self, agent: AgentId) -> Tick {
        self.clocks[agent.0 as usize]
    }

    pub(crate) fn judge_recovery(&self, artifact: u32, seen: &mut Seen) -> Checked {
        self.artifacts[artifact as usize].authority.judge_recovery(&self.rules, seen)
    }

    pub(crate) fn recovery_in_words(&self, artifact: u32) -> Vec<String> {
        self.artifacts[artifact as usize].authority.recovery_in_words(&self.rules)
    }

    /// What is in flight to the line, in the order in which it was sent.
    ///
    /// # Panics
    /// Without such an artifact.
    pub fn to_line(&self, artifact: u32) -> &[ToLine] {
        &self.artifacts[artifact as usize].to_line
    }

    /// What is in flight to agents, in the order in which it was sent.
    ///
    /// # Panics
    /// Without such an artifact.
    pub fn to_agent(&self, artifact: u32) -> &[ToAgent] {
        &self.artifacts[artifact as usize].to_agent
    }

    /// Does one thing. What is impossible changes nothing. A panic of the core is an outcome; what
    /// the core was changing is left half done.
    pub fn step(&mut self, artifact: u32, action: Action) -> Result<Event, Impossible> {
        let artifacts = self.artifacts.len() as u32;
        let here = self
            .artifacts
            .get_mut(artifact as usize)
            .ok_or(Impossible::NoArtifact { artifact, artifacts })?;
        if let Some(agent) = action.agent()
            && agent.0 >= self.agents
        {
            return Err(Impossible::NoAgent { agent, agents: self.agents });
        }
        let (clocks, rules, neglected) = (&mut self.clocks, &self.rules, self.neglected);
        let outcome = caught(|| here.act(action, clocks, rules, neglected))
            .unwrap_or_else(|words| Ok(Outcome::Panicked(words)))?;
        let after = here.after(action);
        self.steps += 1;
        Ok(Event { step: self.steps, artifact, action, outcome, after })
    }

    /// The state now, as the end of a trace.
    pub fn end(&self, verdict: Verdict) -> End {
        let entries = |artifact: &Artifact| {
            artifact.holders.iter().map(|holder| EntryView::from(&holder.entry)).collect()
        };
        End {
            verdict,
            lines: self.artifacts.iter().map(|it| LineView::from(it.authority.line())).collect(),
            entries: self.artifacts.iter().map(entries).collect(),
        }
    }
}
