//! Of all states that differ in names alone, one: generations, drafts, requests and epochs are only
//! compared; so they are numbered anew, densely, in their order. (With *the next one* only the last
//! generation is compared: the one before it is never left out.) Times become what is left of
//! them. What the protocol has no more use for is dropped: messages that nobody waits for and that
//! change nothing, and which generation was at a step that no message speaks of as it did. This
//! makes the space finite with any number of generations, crashes and requests, and small.

use super::{AGENTS_MAX, Packet, State};
use attune_protocol::lineage::{self, Ask, Dna, Generation, StepId, Tell, ToAgent, ToLineage};
use attune_protocol::{
    Accepted, AgentId, Entry, Epoch, Names, RequestId, State as EntryState, Tick, Version,
};

/// Numbers in use, and what they become: dense, in their order; 0 stays 0.
#[derive(Clone, Copy, Default)]
struct Numbers {
    used: [u32; Numbers::MOST],
    count: usize,
}

impl Numbers {
    const MOST: usize = 24;

    /// # Panics
    /// If there are more different ones than fit, which no state has that the model leads to.
    fn see(&mut self, number: u32) {
        if number > 0 && !self.used[..self.count].contains(&number) {
            self.used[self.count] = number;
            self.count += 1;
        }
    }

    fn settle(&mut self) {
        self.used[..self.count].sort_unstable();
    }

    fn place(&self, number: u32) -> u32 {
        self.used[..self.count].iter().take_while(|&&known| known <= number).count() as u32
    }
}

/// The names of a state: seen in a first pass, given anew in a second.
struct Renaming<'a> {
    state: &'a State,
    how: How,
    settled: bool,
    generations: Numbers,
    drafts: Numbers,
    epochs: Numbers,
    /// By agent.
    requests: [Numbers; AGENTS_MAX + 2],
}

/// How a state is brought into normal form.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// The longest lease: the time that becomes of now, so that what was before it is 0.
    pub lease: u32,
    /// Whether drafts are told apart.
    pub drafts: bool,
    /// Whether what the protocol as it is has no more use for is kept: for one without a rule.
    pub thorough: bool,
}

impl Renaming<'_> {
    fn new(state: &State, how: How) -> Renaming<'_> {
        let none = Numbers::default();
        Renaming {
            state,
            how,
            settled: false,
            generations: none,
            drafts: none,
            epochs: none,
            requests: [none; AGENTS_MAX + 2],
        }
    }

    fn time(&self, tick: Tick) -> Tick {
        if self.settled {
            Tick((tick.0 + self.how.lease).saturating_sub(self.state.now.0))
        } else {
            tick
        }
    }

    fn number(settled: bool, numbers: &mut Numbers, number: u32) -> u32 {
        if settled {
            return numbers.place(number);
        }
        numbers.see(number);
        number
    }

    fn settle(&mut self) {
        // Which is the last one, and which the one before, is never lost.
        let current = self.state.record.generation().0;
        self.generations.see(current);
        self.generations.see(current - 1);
        self.generations.settle();
        self.drafts.settle();
        self.epochs.settle();
        self.requests.iter_mut().for_each(Numbers::settle);
        self.settled = true;
    }

    /// Whether somebody may still ask for this step as this generation.
    fn asks(&self, generation: Generation, step: StepId) -> bool {
        let is_it = |message: ToLineage| {
            message.generation == generation && message.ask == Ask::Complete(step)
        };
        let agents = (0..).map(AgentId).zip(&self.state.agents);
        let mut waiting = agents.filter_map(|(id, agent)| agent.carrier.again(id));
        let mut flight = self.state.flight.iter();
        waiting.any(is_it)
            || flight.any(|packet| matches!(*packet, Packet::ToLineage(message) if is_it(message)))
    }
}

impl lineage::Names for Renaming<'_> {
    fn generation(&mut self, generation: Generation) -> Generation {
        Generation(Renaming::number(self.settled, &mut self.generations, generation.0))
    }

    fn by(&mut self, by: Generation, step: StepId, done: bool) -> Generation {
        let acts = by == self.state.record.generation();
        let compared = if done { self.asks(by, step) } else { acts };
        if compared || self.how.thorough { self.generation(by) } else { Generation::default() }
    }

    fn dna(&mut self, dna: Dna) -> Dna {
        if !self.how.drafts {
            return Dna(1);
        }
        Dna(Renaming::number(self.settled, &mut self.drafts, dna.0))
    }

    fn request(&mut self, agent: AgentId, request: RequestId) -> RequestId {
        let numbers = &mut self.requests[agent.0 as usize];
        RequestId(Renaming::number(self.settled, numbers, request.0))
    }

    fn deadline(&mut self, deadline: Tick) -> Tick {
        // Over is over.
        self.time(deadline.max(self.state.now))
    }

    fn sent(&mut self, sent: Tick) -> Tick {
        self.time(sent)
    }
}

impl Names for Renaming<'_> {
    fn agent(&mut self, agent: AgentId) -> AgentId {
        agent
    }

    fn epoch(&mut self, epoch: Epoch) -> Epoch {
        let line = self.state.grants.as_ref().map(|grants| grants.line.epoch());
        if !self.how.thorough {
            // Only a grant of the current epoch is one, and nobody is told of later ones.
            return Epoch(if Some(epoch) == line { 2 } else { epoch.0.min(1) });
        }
        Epoch(Renaming::number(self.settled, &mut self.epochs, epoch.0))
    }

    fn accepted(&mut self, accepted: Accepted) -> Accepted {
        let Accepted { epoch, agent, request } = accepted;
        Names::epoch(self, epoch.next());
        let request = lineage::Names::request(self, agent, request);
        Accepted { epoch: Names::epoch(self, epoch), agent, request }
    }

    fn request(&mut self, agent: AgentId, request: RequestId) -> RequestId {
        lineage::Names::request(self, agent, request)
    }

    fn deadline(&mut self, deadline: Tick) -> Tick {
        lineage::Names::deadline(self, deadline)
    }

    fn expiry(&mut self, _: Tick) -> Tick {
        // Nothing expires by time here.
        Tick(0)
    }

    fn believed(&mut self, _: Tick) -> Tick {
        Tick(0)
    }

    fn version(&mut self, _: EntryState, version: Version) -> Option<Version> {
        Some(version)
    }

    fn reads(&mut self, _: EntryState, reads: u16) -> u16 {
        reads
    }
}

/// The state without messages that can do nothing any more.
pub fn of_use(mut state: State, how: How) -> State {
    if !how.thorough {
        let decides = |packet: &Packet| is_of_use(&state, packet);
        state.flight = state.flight.iter().copied().filter(decides).collect();
    }
    state
}

/// The state in normal form.
pub fn normal(state: &State, how: How) -> State {
    let state = of_use(state.clone(), how);
    let mut names = Renaming::new(&state, how);
    let mut next = state.clone();
    rename(&mut next, &mut names);
    names.settle();
    let mut normal = state.clone();
    rename(&mut normal, &mut names);
    normal.flight.sort_unstable();
    normal
}

/// Whether a message can still do something, now or later.
fn is_of_use(state: &State, packet: &Packet) -> bool {
    let current = state.record.generation();
    let counts = |agent: AgentId, generation: Generation| {
        state.record.leaving() == Some(agent) && generation.next() == current
    };
    let asked = |agent: AgentId| state.agents[agent.0 as usize].carrier.again(agent);
    match *packet {
        Packet::ToLineage(ToLineage { agent, generation, ask: Ask::Retire, .. }) => {
            counts(agent, generation)
        }
        // Of an earlier generation nothing is taken; who waits for that to be said hears it.
        Packet::ToLineage(message) => {
            message.generation >= current || asked(message.agent) == Some(message)
        }
        Packet::ToAgent(ToAgent { agent, generation, tell: Tell::Retire, .. }) => {
            let is_its_own =
                state.agents[agent.0 as usize].carrier.generation() == Some(generation);
            is_its_own || counts(agent, generation)
        }
        Packet::ToAgent(message) => {
            asked(message.agent).is_some_and(|asked| asked.request == message.request)
        }
    }
}

fn rename(next: &mut State, names: &mut Renaming) {
    next.record = next.record.renamed(names);
    for (number, agent) in next.agents.iter_mut().enumerate() {
        agent.carrier = agent.carrier.renamed(AgentId(number as u32), names);
    }
    for packet in &mut next.flight {
        *packet = match *packet {
            Packet::ToLineage(message) => Packet::ToLineage(message.renamed(names)),
            Packet::ToAgent(message) => Packet::ToAgent(message.renamed(names)),
        };
    }
    if let Some(grants) = &mut next.grants {
        let agents = grants.entries.len() as u32 + 1;
        let stranger = grants.stranger();
        grants.line = grants.line.renamed(agents, names);
        grants.owned_for =
            grants.owned_for.map(|generation| lineage::Names::generation(names, generation));
        for (number, entry) in grants.entries.iter_mut().enumerate() {
            let last = number as u32 == agents - 2;
            let id = if last { stranger } else { AgentId(number as u32) };
            // Who has no grant has nothing that a grant depends on.
            let forgotten = !names.how.thorough && !entry.is_exclusive();
            *entry = if forgotten { Entry::default() } else { entry.renamed(id, names) };
        }
        if names.settled {
            grants.requests = names.last_request(stranger, grants.requests);
        }
    }
    if names.settled {
        // The next one is new: more need not be known of the last.
        for (number, agent) in next.agents.iter_mut().enumerate() {
            agent.requests = names.last_request(AgentId(number as u32), agent.requests);
        }
        next.now = names.time(next.now);
    }
}

impl Renaming<'_> {
    /// The last request that is in use up to this one: all, unless an agent has begun to count anew.
    fn last_request(&self, agent: AgentId, last: RequestId) -> RequestId {
        RequestId(self.requests[agent.0 as usize].place(last.0))
    }
}
