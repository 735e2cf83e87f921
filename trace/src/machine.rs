//! The machine that makes events: it takes an action, lets the protocol do it, and says what came
//! of it. A recording is what it says; a replay is to record again and to compare.
//!
//! It judges nothing. That an action is possible (a message that arrives was sent, an id is
//! fresh, no clock goes back) it does insist on: what a driver may not do shows nothing about
//! the protocol.

use crate::authority::Authority;
use crate::reference::{Checked, Seen};
use crate::{Action, After, Duty, End, EntryView, Event, LineView, Mutant, Outcome, Verdict, text};
use attune_protocol::{
    AgentId, AtTick, Bitset, Entry, Input, Line, NotOwner, Read, RequestId, Rules, State, Tick,
    ToAgent, ToLine,
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

#[derive(Clone, Debug, PartialEq, Eq)]
struct Artifact {
    authority: Authority,
    holders: Vec<Holder>,
    to_line: Vec<ToLine>,
    to_agent: Vec<ToAgent>,
}

/// An agent as far as one artifact goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Holder {
    entry: Entry,
    last_request: RequestId,
    /// The last request that is answered; while the entry waits, it may be sent again.
    asked: Option<ToLine>,
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

    /// Does one thing. What is impossible changes nothing.
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
        let outcome = here.act(action, &mut self.clocks, &self.rules, self.neglected)?;
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

impl Artifact {
    fn act(
        &mut self,
        action: Action,
        clocks: &mut [Tick],
        rules: &Rules<Mutant>,
        neglected: Option<Duty>,
    ) -> Result<Outcome, Impossible> {
        match action {
            Action::Read { agent, now } => {
                advance(clocks, agent, now)?;
                Ok(match self.holder(agent).entry.read(now, rules) {
                    Read::Hit(version) => Outcome::Hit(version),
                    Read::Miss(why) => Outcome::Miss(why),
                })
            }
            Action::Fetch { agent, now, request } => {
                let holder = self.holder(agent);
                holder.may_start(agent)?;
                holder.is_fresh(agent, request)?;
                advance(clocks, agent, now)?;
                let message = holder.entry.fetch(agent, request, rules);
                Ok(self.ask(message))
            }
            Action::Upgrade { agent, now, request } => {
                let holder = self.holder(agent);
                holder.may_start(agent)?;
                holder.is_fresh(agent, request)?;
                advance(clocks, agent, now)?;
                let message = holder.entry.upgrade(now, agent, request, rules);
                Ok(self.ask(message))
            }
            Action::Write { agent, now } => {
                advance(clocks, agent, now)?;
                let written = self.holder(agent).entry.write(rules);
                Ok(written.map_or_else(Outcome::Refused, |()| Outcome::Nothing))
            }
            Action::Commit { agent, now, request } => {
                self.holder(agent).is_fresh(agent, request)?;
                advance(clocks, agent, now)?;
                let commit = self.holder(agent).entry.commit(agent, request, rules);
                Ok(commit.map_or_else(Outcome::Refused, |message| self.ask(message)))
            }
            Action::Release { agent, now, request } => {
                self.holder(agent).is_fresh(agent, request)?;
                advance(clocks, agent, now)?;
                let release = self.holder(agent).entry.release(agent, request, rules);
                Ok(self.send_if_owner(release))
            }
            Action::Heartbeat { agent, now, request } => {
                self.holder(agent).is_fresh(agent, request)?;
                advance(clocks, agent, now)?;
                let heartbeat = self.holder(agent).entry.heartbeat(agent, request);
                Ok(self.send_if_owner(heartbeat))
            }
            Action::Resend { agent, message } => {
                if self.holder(agent).awaited() != Some(message) {
                    return Err(Impossible::NotAwaited { agent, message });
                }
                self.to_line.push(message);
                Ok(Outcome::Sent(message))
            }
            Action::LineGets { message, now, kept, answers_lost } => {
                self.line_clock(now)?;
                let place = self.to_line_at(message)?;
                if !kept {
                    self.to_line.remove(place);
                }
                let told = self.authority.give(now, Input::Message(message), rules);
                if !answers_lost {
                    self.to_agent.extend(&told);
                }
                Ok(Outcome::Told(told))
            }
            Action::AgentGets { message, now, kept } => {
                let place = self.to_agent_at(message)?;
                advance(clocks, message.agent, now)?;
                if !kept {
                    self.to_agent.remove(place);
                }
                let handled = self.holder(message.agent).entry.handle(now, message, rules);
                self.to_line.extend(handled.reply);
                Ok(Outcome::Heard { event: handled.event, reply: handled.reply })
            }
            Action::LoseToLine { message } => {
                let place = self.to_line_at(message)?;
                self.to_line.remove(place);
                Ok(Outcome::Nothing)
            }
            Action::LoseToAgent { message } => {
                let place = self.to_agent_at(message)?;
                self.to_agent.remove(place);
                Ok(Outcome::Nothing)
            }
            Action::Crash { agent } => {
                self.holder(agent).crash(neglected);
                Ok(Outcome::Nothing)
            }
            Action::Expire { now } => self.line_does(now, Input::Expire, rules),
            Action::Publish { now } => {
                if rules.strategy.at_tick != AtTick::Push {
                    return Err(Impossible::NotPublishing);
                }
                self.line_does(now, Input::Publish { agents: clocks.len() as u32 }, rules)
            }
            Action::LineTime { now } => {
                self.line_clock(now)?;
                self.authority.clock = now;
                Ok(Outcome::Nothing)
            }
            Action::AgentTime { agent, now } => {
                advance(clocks, agent, now)?;
                Ok(Outcome::Nothing)
            }
            Action::Snapshot => {
                self.authority.snapshot();
                Ok(Outcome::Nothing)
            }
            Action::Restart => {
                self.authority.recover(rules, neglected);
                Ok(Outcome::Nothing)
            }
        }
    }

    /// The parts that an action touches.
    fn after(&self, action: Action) -> After {
        match action {
            Action::Read { agent, .. }
            | Action::Fetch { agent, .. }
            | Action::Upgrade { agent, .. }
            | Action::Write { agent, .. }
            | Action::Commit { agent, .. }
            | Action::Release { agent, .. }
            | Action::Heartbeat { agent, .. }
            | Action::Crash { agent }
            | Action::AgentGets { message: ToAgent { agent, .. }, .. } => {
                let entry = EntryView::from(&self.holders[agent.0 as usize].entry);
                After { line: None, entry: Some(entry) }
            }
            Action::LineGets { .. }
            | Action::Expire { .. }
            | Action::Publish { .. }
            | Action::Restart => {
                After { line: Some(LineView::from(self.authority.line())), entry: None }
            }
            Action::Resend { .. }
            | Action::LoseToLine { .. }
            | Action::LoseToAgent { .. }
            | Action::LineTime { .. }
            | Action::AgentTime { .. }
            | Action::Snapshot => After::default(),
        }
    }

    fn holder(&mut self, agent: AgentId) -> &mut Holder {
        &mut self.holders[agent.0 as usize]
    }

    /// Sends a request that is answered.
    fn ask(&mut self, message: ToLine) -> Outcome {
        self.holder(message.agent).asked = Some(message);
        self.send(message)
    }

    fn send(&mut self, message: ToLine) -> Outcome {
        self.holder(message.agent).last_request = message.request;
        self.to_line.push(message);
        Outcome::Sent(message)
    }

    fn send_if_owner(&mut self, message: Result<ToLine, NotOwner>) -> Outcome {
        message.map_or_else(Outcome::Refused, |message| self.send(message))
    }

    fn line_does(
        &mut self,
        now: Tick,
        input: Input,
        rules: &Rules<Mutant>,
    ) -> Result<Outcome, Impossible> {
        self.line_clock(now)?;
        let told = self.authority.give(now, input, rules);
        self.to_agent.extend(&told);
        Ok(Outcome::Told(told))
    }

    fn line_clock(&self, now: Tick) -> Result<(), Impossible> {
        let clock = self.authority.clock;
        if now < clock { Err(Impossible::LineClock { now, clock }) } else { Ok(()) }
    }

    fn to_line_at(&self, message: ToLine) -> Result<usize, Impossible> {
        let place = self.to_line.iter().position(|&sent| sent == message);
        place.ok_or(Impossible::NotOnItsWayToLine { message })
    }

    fn to_agent_at(&self, message: ToAgent) -> Result<usize, Impossible> {
        let place = self.to_agent.iter().position(|&sent| sent == message);
        place.ok_or(Impossible::NotOnItsWayToAgent { message })
    }
}

impl Holder {
    fn crash(&mut self, neglected: Option<Duty>) {
        let Holder { entry, last_request, .. } = *self;
        *self = Holder { last_request, ..Holder::default() };
        match neglected {
            Some(Duty::CrashForgetsTheCopy) => self.entry = entry,
            Some(Duty::FreshRequestIds) => self.last_request = RequestId::default(),
            _ => {}
        }
    }

    fn may_start(&self, agent: AgentId) -> Result<(), Impossible> {
        match self.entry.state() {
            State::Invalid | State::Shared => Ok(()),
            state => Err(Impossible::Busy { agent, state }),
        }
    }

    fn is_fresh(&self, agent: AgentId, request: RequestId) -> Result<(), Impossible> {
        let last = self.last_request;
        if request > last { Ok(()) } else { Err(Impossible::UsedRequest { agent, request, last }) }
    }

    /// The request that waits for an answer.
    fn awaited(&self) -> Option<ToLine> {
        let waits = matches!(
            self.entry.state(),
            State::Fetching | State::Upgrading | State::UpgradingInvalid | State::Committing
        );
        self.asked.filter(|_| waits)
    }
}

fn advance(clocks: &mut [Tick], agent: AgentId, now: Tick) -> Result<(), Impossible> {
    let clock = &mut clocks[agent.0 as usize];
    if now < *clock {
        return Err(Impossible::AgentClock { agent, now, clock: *clock });
    }
    *clock = now;
    Ok(())
}
