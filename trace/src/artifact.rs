//! One artifact of a machine: its line, its copies, and what is in flight between them.

use crate::authority::Authority;
use crate::{Action, After, Duty, EntryView, Impossible, LineView, Mutant, Outcome};
use attune_protocol::{
    AgentId, AtTick, Entry, Input, NotOwner, Read, RequestId, Rules, State, Tick, ToAgent, ToLine,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Artifact {
    pub authority: Authority,
    pub holders: Vec<Holder>,
    pub to_line: Vec<ToLine>,
    pub to_agent: Vec<ToAgent>,
}

/// An agent as far as one artifact goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holder {
    pub entry: Entry,
    last_request: RequestId,
    /// The last request that is answered; while the entry waits, it may be sent again.
    asked: Option<ToLine>,
}

impl Artifact {
    pub fn act(
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
            Action::Forge { message } => {
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
    pub fn after(&self, action: Action) -> After {
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
            Action::Forge { .. }
            | Action::Resend { .. }
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
    pub fn awaited(&self) -> Option<ToLine> {
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
