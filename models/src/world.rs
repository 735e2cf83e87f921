//! What both layers have in common: one line, its agents, and the protocol's transitions between
//! them, each judged by the reference when it is taken. Nothing here decides what happens next.

use crate::coverage::Coverage;
use crate::few::Few;
use arrayvec::ArrayVec;
use attune_protocol::{
    AgentId, Ask, Discipline, Entry, Line, Read, RequestId, Rules, State, Tick, ToAgent, ToLine,
    Version,
};
use attune_trace::reference::{
    self, AgentStep, Checked, Given, LineMemory, LineStep, Memory, Seen,
};

use serde::{Deserialize, Serialize};

pub use attune_trace::Duty;

/// What a line can say at once: an answer and an event for each agent.
pub type Told = ArrayVec<ToAgent, 12>;

/// The rules under which a world runs, and where it notes what it has met.
#[derive(Debug)]
pub struct Setting<D> {
    pub rules: Rules<D>,
    /// A driver's duty that is broken on purpose.
    pub neglected: Option<Duty>,
    pub agents: u32,
    /// Whether a state keeps what the protocol as it is has no more use for: more states, and a
    /// change that comes to use it is found out.
    pub thorough: bool,
    pub coverage: Coverage,
}

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Agent {
    pub entry: Entry,
    /// The request that waits for an answer, to be sent again unchanged.
    pub outstanding: Option<ToLine>,
    pub memory: Memory,
    pub last_request: RequestId,
    pub now: Tick,
}

/// One line and up to `A` agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct World<const A: usize> {
    pub line: Line<Few>,
    pub memory: LineMemory,
    pub now: Tick,
    #[serde(with = "known")]
    pub agents: [Agent; A],
}

/// Agents as bytes: those up to the last one of whom there is anything to say.
mod known {
    use super::Agent;
    use arrayvec::ArrayVec;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer, const A: usize>(
        agents: &[Agent; A],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let known = agents.iter().rposition(|agent| *agent != Agent::default());
        agents[..known.map_or(0, |last| last + 1)].serialize(serializer)
    }

    pub fn deserialize<'d, D: Deserializer<'d>, const A: usize>(
        deserializer: D,
    ) -> Result<[Agent; A], D::Error> {
        let known = ArrayVec::<Agent, A>::deserialize(deserializer)?;
        let mut agents = [Agent::default(); A];
        agents[..known.len()].copy_from_slice(&known);
        Ok(agents)
    }
}

impl<const A: usize> World<A> {
    pub fn new(agents: u32) -> World<A> {
        assert!(agents as usize <= A);
        World {
            line: Line::new(Version::FIRST, agents),
            memory: LineMemory::default(),
            now: Tick(0),
            agents: [Agent::default(); A],
        }
    }

    pub fn agent(&self, agent: AgentId) -> &Agent {
        &self.agents[agent.0 as usize]
    }

    fn agent_mut(&mut self, agent: AgentId) -> &mut Agent {
        &mut self.agents[agent.0 as usize]
    }

    /// What holds in every state.
    pub fn check<D: Discipline>(&self, setting: &Setting<D>) -> Checked {
        let entries = (0..setting.agents)
            .map(|agent| (AgentId(agent), self.agent(AgentId(agent))))
            .map(|(id, agent)| (id, &agent.entry, &agent.memory));
        reference::state(&self.line, &self.memory, entries, &setting.rules)
    }

    /// Reads; whether it was a hit.
    pub fn read<D: Discipline>(&mut self, agent: AgentId, setting: &Setting<D>) -> Checked<Read> {
        let line = self.line;
        let reader = self.agent_mut(agent);
        let before = reader.entry;
        let found = reader.entry.read(reader.now, &setting.rules);
        let mut seen = Seen::default();
        let Agent { entry, memory, .. } = reader;
        let judged =
            reference::read(&line, &before, entry, found, memory, &setting.rules, &mut seen);
        setting.coverage.note(seen);
        judged.map(|()| found)
    }

    /// Writes locally; whether it may.
    pub fn write<D: Discipline>(&mut self, agent: AgentId, setting: &Setting<D>) -> Checked<bool> {
        let entry = &mut self.agent_mut(agent).entry;
        let before = *entry;
        let written = entry.write(&setting.rules);
        reference::writes(&before, entry, written).map(|()| written.is_ok())
    }

    /// Makes a request; gives the message. Which are possible now, [`World::can_ask`] says.
    pub fn ask<D: Discipline>(
        &mut self,
        agent: AgentId,
        ask: Ask,
        setting: &Setting<D>,
    ) -> Checked<ToLine> {
        let rules = &setting.rules;
        let version = self.line.version();
        let asker = self.agent_mut(agent);
        let before = asker.entry;
        asker.last_request = asker.last_request.next();
        let (request, entry) = (asker.last_request, &mut asker.entry);
        let possible = "the request was looked at before";
        let message = match ask {
            Ask::Fetch => entry.fetch(agent, request, rules),
            Ask::Upgrade => entry.upgrade(asker.now, agent, request, rules),
            Ask::Commit => entry.commit(agent, request, rules).expect(possible),
            Ask::Release => entry.release(agent, request, rules).expect(possible),
            Ask::Heartbeat => entry.heartbeat(agent, request).expect(possible),
            Ask::Acknowledge { .. } => unreachable!("acknowledgements answer events"),
        };
        if matches!(ask, Ask::Fetch | Ask::Upgrade | Ask::Commit) {
            asker.outstanding = Some(message);
        }
        reference::asks(&before, &asker.entry, &message, version, &mut asker.memory, rules)?;
        Ok(message)
    }

    /// The agent loses its memory, but for the request counter.
    pub fn crash<D>(&mut self, agent: AgentId, setting: &Setting<D>) {
        let Agent { entry, last_request, now, .. } = *self.agent(agent);
        let mut reborn = Agent { last_request, now, ..Agent::default() };
        match setting.neglected {
            Some(Duty::CrashForgetsTheCopy) => reborn.entry = entry,
            Some(Duty::FreshRequestIds) => reborn.last_request = RequestId::default(),
            _ => {}
        }
        *self.agent_mut(agent) = reborn;
    }

    /// The line gets a message.
    pub fn line_gets<D: Discipline>(
        &mut self,
        message: ToLine,
        setting: &Setting<D>,
    ) -> Checked<Told> {
        let waits = self.agent(message.agent).outstanding == Some(message);
        let hold = self.line.hold();
        let told = self.line_input(Given::Message { message, waits }, setting)?;
        setting.coverage.line(hold, &message);
        reference::line_again(&self.line, self.now, message, &setting.rules).map(|()| told)
    }

    /// The driver looks after deadlines.
    pub fn expire<D: Discipline>(&mut self, setting: &Setting<D>) -> Checked<Told> {
        self.line_input(Given::Expire, setting)
    }

    pub fn publish<D: Discipline>(&mut self, setting: &Setting<D>) -> Checked<Told> {
        self.line_input(Given::Publish { agents: setting.agents }, setting)
    }

    fn line_input<D: Discipline>(&mut self, given: Given, setting: &Setting<D>) -> Checked<Told> {
        if self.line.deadline().is_some_and(|deadline| deadline <= self.now) {
            // A driver may come later than the deadline. Where the line is then is the same in
            // normal form, so that it is judged here, and goes no further.
            let mut late = *self;
            late.now = late.now.after(1);
            late.line_takes(given, setting)?;
        }
        self.line_takes(given, setting)
    }

    fn line_takes<D: Discipline>(&mut self, given: Given, setting: &Setting<D>) -> Checked<Told> {
        let before = self.line;
        let mut told = Told::new();
        let rules = &setting.rules;
        let say = |message| told.push(message);
        let mut sender = None;
        match given {
            Given::Message { message, .. } => {
                self.line.handle(self.now, message, rules, say);
                sender = Some(&mut self.agents[message.agent.0 as usize].memory);
            }
            Given::Expire => self.line.expire(self.now, rules, say),
            Given::Publish { agents } => self.line.publish(agents, rules, say),
        }
        let step =
            LineStep { before: &before, after: &self.line, now: self.now, given, told: &told };
        let mut seen = Seen::default();
        let judged = reference::line_step(&step, sender, &mut self.memory, rules, &mut seen);
        setting.coverage.note(seen);
        judged.map(|()| told)
    }

    /// An agent gets a message.
    pub fn agent_gets<D: Discipline>(
        &mut self,
        message: ToAgent,
        setting: &Setting<D>,
    ) -> Checked<Option<ToLine>> {
        let rules = &setting.rules;
        let line = self.line;
        let getter = self.agent_mut(message.agent);
        let before = getter.entry;
        let handled = getter.entry.handle(getter.now, message, rules);
        let step = AgentStep {
            line: &line,
            before: &before,
            after: &getter.entry,
            message,
            asked: getter.outstanding,
            handled,
        };
        let mut seen = Seen::default();
        let judged = reference::agent_step(&step, &mut getter.memory, rules, &mut seen);
        setting.coverage.note(seen);
        judged?;
        setting.coverage.agent(before.state(), &message);
        reference::agent_again(&getter.entry, getter.now, message, rules)?;
        if !is_waiting(&getter.entry) {
            getter.outstanding = None;
            getter.memory.settle();
        }
        Ok(handled.reply)
    }

    /// What an agent may ask now.
    pub fn can_ask<D: Discipline>(&self, agent: AgentId, ask: Ask, setting: &Setting<D>) -> bool {
        let Agent { entry, now, .. } = self.agent(agent);
        match (ask, entry.state()) {
            (Ask::Fetch, State::Invalid | State::Shared) => {
                entry.miss(*now, &setting.rules).is_some()
            }
            (Ask::Upgrade, State::Invalid | State::Shared) => true,
            (Ask::Commit, state) => state == State::Modified,
            (Ask::Release | Ask::Heartbeat, state) => {
                matches!(state, State::Exclusive | State::Modified)
            }
            _ => false,
        }
    }
}

pub fn is_waiting(entry: &Entry) -> bool {
    matches!(
        entry.state(),
        State::Fetching | State::Upgrading | State::UpgradingInvalid | State::Committing
    )
}
