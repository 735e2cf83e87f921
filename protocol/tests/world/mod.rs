//! A small world to put the protocol in: one line, a few agents, and a network that does its
//! worst. Each [`Step`] is one thing that can happen; after each, everything is checked, with
//! [`ghost::Ghost`] as the memory that the protocol itself does not have.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod ghost;
pub mod random;
pub mod script;
pub mod text;

use attune_protocol::{
    AgentId, AtTick, Entry, Event, Input, Line, NotOwner, Read, RequestId, Rules, State, Tick,
    ToAgent, ToLine, Version, Word,
};
use ghost::{Content, Did, Ghost};
use std::collections::VecDeque;

/// What is wrong, in words.
pub type Checked = Result<(), String>;

/// One thing that can happen. What cannot happen now does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reads; a miss starts a fetch, if none is under way.
    Read(AgentId),
    Fetch(AgentId),
    Upgrade(AgentId),
    Write(AgentId),
    Commit(AgentId),
    Release(AgentId),
    Heartbeat(AgentId),
    /// Sends the request that waits for an answer again, unchanged.
    Retransmit(AgentId),
    /// The agent loses its memory, but for the request counter.
    Crash(AgentId),
    /// The in-flight message of this index arrives at the line.
    LineGets(usize),
    /// The in-flight message of this index arrives at its agent.
    AgentGets(usize),
    LoseToLine(usize),
    LoseToAgent(usize),
    RepeatToLine(usize),
    RepeatToAgent(usize),
    Wait(u32),
    /// The driver looks after deadlines.
    Expire,
    Publish,
    /// The authority restarts: what was on its way to it is lost, the line is not.
    Restart,
}

/// A message on its way, with the content that goes with it.
#[derive(Clone, Copy, Debug)]
pub struct Sent<M> {
    pub message: M,
    pub content: Option<Content>,
}

#[derive(Clone, Debug, Default)]
pub struct Agent {
    pub entry: Entry,
    pub outstanding: Option<Sent<ToLine>>,
    last_request: RequestId,
}

/// Everything that a line was given and what it answered, to be replayed elsewhere.
#[derive(Clone, Debug)]
pub struct Heard {
    pub now: Tick,
    pub input: Input,
    pub told: Vec<ToAgent>,
}

pub struct World {
    pub rules: Rules,
    pub now: Tick,
    pub line: Line<Word>,
    pub agents: Vec<Agent>,
    pub to_line: VecDeque<Sent<ToLine>>,
    pub to_agent: VecDeque<Sent<ToAgent>>,
    pub heard: Vec<Heard>,
    pub ghost: Ghost,
    /// What happened, if somebody wants to hear it.
    pub story: Option<Vec<String>>,
}

impl World {
    pub fn new(agents: u32, rules: Rules) -> World {
        World {
            rules,
            now: Tick(0),
            line: Line::new(Version::FIRST, agents),
            agents: vec![Agent::default(); agents as usize],
            to_line: VecDeque::new(),
            to_agent: VecDeque::new(),
            heard: Vec::new(),
            ghost: Ghost::new(agents),
            story: None,
        }
    }

    pub fn entry(&self, agent: AgentId) -> &Entry {
        &self.agents[agent.0 as usize].entry
    }

    pub fn ids(&self) -> impl Iterator<Item = AgentId> + use<> {
        (0..self.agents.len() as u32).map(AgentId)
    }

    /// Takes one step and checks everything.
    pub fn step(&mut self, step: Step) -> Checked {
        match step {
            Step::Read(agent) => self.read(agent)?,
            Step::Fetch(agent) => self.fetch(agent),
            Step::Upgrade(agent) => self.upgrade(agent),
            Step::Write(agent) => self.write(agent),
            Step::Commit(agent) => self.commit(agent),
            Step::Release(agent) => self.release(agent),
            Step::Heartbeat(agent) => self.heartbeat(agent),
            Step::Retransmit(agent) => self.retransmit(agent),
            Step::Crash(agent) => self.crash(agent),
            Step::LineGets(index) => {
                if let Some(sent) = self.to_line.remove(index) {
                    self.line_gets(sent)?;
                }
            }
            Step::AgentGets(index) => {
                if let Some(sent) = self.to_agent.remove(index) {
                    self.agent_gets(sent)?;
                }
            }
            Step::LoseToLine(index) => {
                if let Some(lost) = self.to_line.remove(index) {
                    self.tell(|| format!("lost: {}", text::to_line(&lost.message)));
                }
            }
            Step::LoseToAgent(index) => {
                if let Some(lost) = self.to_agent.remove(index) {
                    self.tell(|| format!("lost: {}", text::to_agent(&lost.message)));
                }
            }
            Step::RepeatToLine(index) => {
                if let Some(&sent) = self.to_line.get(index) {
                    self.to_line.push_back(sent);
                    self.tell(|| format!("repeated: {}", text::to_line(&sent.message)));
                }
            }
            Step::RepeatToAgent(index) => {
                if let Some(&sent) = self.to_agent.get(index) {
                    self.to_agent.push_back(sent);
                    self.tell(|| format!("repeated: {}", text::to_agent(&sent.message)));
                }
            }
            Step::Wait(ticks) => {
                self.now = self.now.after(ticks);
                let now = self.now;
                self.tell(|| format!("it is {now}"));
            }
            Step::Expire => self.line_input(Input::Expire, None)?,
            Step::Publish if self.rules.strategy.at_tick == AtTick::Push => {
                let agents = self.agents.len() as u32;
                self.line_input(Input::Publish { agents }, None)?;
            }
            Step::Publish => {}
            Step::Restart => {
                self.to_line.clear();
                self.tell(|| "the authority restarts".to_owned());
            }
        }
        self.ghost.check(&self.line, &self.agents, &self.rules)
    }

    fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(line());
        }
    }

    /// What `agent` has to do next on the way to a commit, if it is not waiting.
    pub fn next_to_commit(&self, agent: AgentId) -> Option<Step> {
        match self.entry(agent).state() {
            State::Invalid | State::Shared => Some(Step::Upgrade(agent)),
            State::Exclusive => Some(Step::Write(agent)),
            State::Modified => Some(Step::Commit(agent)),
            _ => None,
        }
    }

    fn read(&mut self, agent: AgentId) -> Checked {
        let entry = &mut self.agents[agent.0 as usize].entry;
        let before = *entry;
        let read = entry.read(self.now, &self.rules);
        self.tell(|| format!("{agent} reads: {}", text::read(read)));
        match read {
            Read::Hit(version) => self.ghost.hit(agent, version, &before, self.now, &self.rules),
            Read::Miss(_) => {
                if *self.entry(agent) != before {
                    return Err(format!("a miss changed {agent}'s entry"));
                }
                self.fetch(agent);
                Ok(())
            }
        }
    }

    fn fetch(&mut self, agent: AgentId) {
        if !matches!(self.entry(agent).state(), State::Invalid | State::Shared) {
            return;
        }
        let request = self.next_request(agent);
        let rules = self.rules;
        let message = self.agents[agent.0 as usize].entry.fetch(agent, request, &rules);
        self.tell(|| format!("  {agent} -> line: {}", text::ask(&message)));
        self.ask(Sent { message, content: None });
    }

    fn upgrade(&mut self, agent: AgentId) {
        if !matches!(self.entry(agent).state(), State::Invalid | State::Shared) {
            return;
        }
        let request = self.next_request(agent);
        let (now, rules) = (self.now, self.rules);
        let message = self.agents[agent.0 as usize].entry.upgrade(now, agent, request, &rules);
        self.tell(|| format!("  {agent} -> line: {}", text::ask(&message)));
        self.ask(Sent { message, content: None });
    }

    fn write(&mut self, agent: AgentId) {
        if self.agents[agent.0 as usize].entry.write(&self.rules).is_ok() {
            self.ghost.write(agent);
            self.tell(|| format!("{agent} writes"));
        }
    }

    fn commit(&mut self, agent: AgentId) {
        let request = self.next_request(agent);
        let entry = &mut self.agents[agent.0 as usize].entry;
        let Ok(message) = entry.commit(agent, request, &self.rules) else { return };
        self.tell(|| format!("  {agent} -> line: {}", text::ask(&message)));
        self.ask(Sent { message, content: self.ghost.draft(agent) });
    }

    fn release(&mut self, agent: AgentId) {
        let request = self.next_request(agent);
        let message = self.agents[agent.0 as usize].entry.release(agent, request, &self.rules);
        self.send_unless_refused(agent, message);
    }

    fn heartbeat(&mut self, agent: AgentId) {
        let request = self.next_request(agent);
        let message = self.entry(agent).heartbeat(agent, request);
        self.send_unless_refused(agent, message);
    }

    fn send_unless_refused(&mut self, agent: AgentId, message: Result<ToLine, NotOwner>) {
        if let Ok(message) = message {
            self.tell(|| format!("  {agent} -> line: {}", text::ask(&message)));
            self.to_line.push_back(Sent { message, content: None });
        }
    }

    fn retransmit(&mut self, agent: AgentId) {
        if let Some(sent) = self.agents[agent.0 as usize].outstanding {
            self.tell(|| format!("  {agent} -> line again: {}", text::ask(&sent.message)));
            self.to_line.push_back(sent);
        }
    }

    fn crash(&mut self, agent: AgentId) {
        let last_request = self.agents[agent.0 as usize].last_request;
        self.agents[agent.0 as usize] = Agent { last_request, ..Agent::default() };
        self.ghost.crash(agent);
        self.tell(|| format!("{agent} crashes and comes back"));
    }

    fn next_request(&mut self, agent: AgentId) -> RequestId {
        let last = &mut self.agents[agent.0 as usize].last_request;
        *last = last.next();
        *last
    }

    fn ask(&mut self, sent: Sent<ToLine>) {
        self.agents[sent.message.agent.0 as usize].outstanding = Some(sent);
        self.to_line.push_back(sent);
    }

    fn line_gets(&mut self, sent: Sent<ToLine>) -> Checked {
        self.line_input(Input::Message(sent.message), sent.content)?;
        // A duplicate right behind it finds everything done.
        let mut again = self.line;
        again.handle(self.now, sent.message, &self.rules, |_| {});
        if again != self.line {
            return Err("a duplicate right behind the message changed the line".to_owned());
        }
        Ok(())
    }

    /// Gives the line something to do, checks what it did with it, and sends what it says.
    fn line_input(&mut self, input: Input, content: Option<Content>) -> Checked {
        let before = self.line;
        let mut told = Vec::new();
        let send = |message| told.push(message);
        match input {
            Input::Message(message) => self.line.handle(self.now, message, &self.rules, send),
            Input::Expire => self.line.expire(self.now, &self.rules, send),
            Input::Publish { agents } => self.line.publish(agents, &self.rules, send),
        }
        self.tell(|| match input {
            Input::Message(message) => format!("line gets {}", text::to_line(&message)),
            Input::Expire => "the driver looks after deadlines".to_owned(),
            Input::Publish { .. } => "the line publishes".to_owned(),
        });
        self.ghost.line_did(&before, &self.line, self.now, input, content, &told)?;
        for &message in &told {
            self.tell(|| format!("  line -> {}: {}", message.agent, text::tell(&message)));
            let content = message.tell.carries_content().then(|| self.ghost.current());
            self.to_agent.push_back(Sent { message, content });
        }
        self.heard.push(Heard { now: self.now, input, told });
        Ok(())
    }

    fn agent_gets(&mut self, sent: Sent<ToAgent>) -> Checked {
        let (now, rules, message) = (self.now, self.rules, sent.message);
        let agent = &mut self.agents[message.agent.0 as usize];
        let before = agent.entry;
        let handled = agent.entry.handle(now, message, &rules);
        let asked = agent.outstanding.map(|sent| sent.message);
        match handled.event {
            Event::Filled(_)
            | Event::Granted
            | Event::Held { .. }
            | Event::Committed(_)
            | Event::Lost(_) => agent.outstanding = None,
            _ => {}
        }
        let after = agent.entry;
        self.tell(|| {
            let event = text::event(handled.event);
            format!("{} gets {}: {event}", message.agent, text::tell(&message))
        });
        self.ghost.agent_did(&Did { before, after, now, sent, asked, handled }, &self.line)?;
        if let Some(reply) = handled.reply {
            self.tell(|| format!("  {} -> line: {}", message.agent, text::ask(&reply)));
            self.to_line.push_back(Sent { message: reply, content: None });
        }
        // A duplicate right behind it finds everything done.
        let mut again = after;
        let repeated = again.handle(now, message, &rules);
        if again != after {
            return Err(format!("a duplicate right behind it: {:?}", repeated.event));
        }
        Ok(())
    }

    /// Faults are over: all that is under way arrives in order and at once, requests are repeated,
    /// deadlines pass. Gives the number of ticks until every agent has committed.
    pub fn settle(&mut self) -> Result<u32, String> {
        let before = self.ghost.commits_by_agent();
        for tick in 1..=100 {
            // A refusal of what was left over, an upgrade, a write, a commit.
            for _ in 0..4 {
                let done = self.ghost.commits_by_agent();
                let idle = |agent: &AgentId| done[agent.0 as usize] == before[agent.0 as usize];
                for agent in self.ids().filter(idle) {
                    self.step(Step::Retransmit(agent))?;
                    if let Some(step) = self.next_to_commit(agent) {
                        self.step(step)?;
                    }
                }
                self.deliver_all()?;
            }
            let done = self.ghost.commits_by_agent();
            if done.iter().zip(&before).all(|(done, before)| done > before) {
                return Ok(tick);
            }
            self.step(Step::Wait(1))?;
            self.step(Step::Expire)?;
        }
        Err("some agent could not commit in 100 ticks".to_owned())
    }

    /// Everything under way arrives in the order in which it was sent, answers included.
    pub fn deliver_all(&mut self) -> Checked {
        while !(self.to_line.is_empty() && self.to_agent.is_empty()) {
            self.step(Step::LineGets(0))?;
            self.step(Step::AgentGets(0))?;
        }
        Ok(())
    }
}
