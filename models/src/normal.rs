//! Normal forms: of all states that differ in names alone, one.
//!
//! Requests are renumbered densely, in their order. Epochs are, too, and those of them that no
//! message can meet any more become one with their neighbours: an entry's epoch decides only what
//! is older and what is newer of the messages that are, or can come to be, under way. An epoch and
//! the one after the last commit's stay neighbours where a commit can still be repeated, since
//! the acknowledgement is dated by it. Times become
//! what is left of them. What decides nothing (until when an owner believes to own, deadlines in
//! messages) is dropped. This makes the space finite without any bound on requests, claims,
//! expiries, crashes or faults; versions and messages in flight are bounded by the model.
//!
//! Sound as long as the protocol only compares what is renumbered (see `attune_protocol::Names`).
//!
//! With symmetry, agents are sorted by everything that is theirs. Nothing in a state orders
//! agents otherwise, so states that differ by a permutation of agents become one.

use crate::few::Few;
use crate::packet::Packet;
use crate::world::{Agent, Duty, Setting, World};
use attune_protocol::{
    Accepted, AgentId, AgentSet, Ask, AtCommit, AtTick, Discipline, Epoch, Expiry, Hold, Line,
    Names, RequestId, State, Tick, ToLine, Version,
};

/// Which of 256 small numbers are in use.
#[derive(Clone, Copy, Default)]
struct Used([u64; 4]);

impl Used {
    fn mark(&mut self, number: u32) {
        self.0[number as usize / 64] |= 1 << (number % 64);
    }

    fn has(&self, number: u32) -> bool {
        self.0[number as usize / 64] >> (number % 64) & 1 == 1
    }

    /// The place of `number` among those in use; 0 stays 0.
    fn rank(&self, number: u32) -> u32 {
        if number == 0 {
            return 0;
        }
        let (word, bit) = (number as usize / 64, number % 64);
        let mut below = (self.0[word] & ((1 << bit) - 1)).count_ones();
        for full in &self.0[..word] {
            below += full.count_ones();
        }
        // 0 itself is no place.
        below + 1 - (self.0[0] & 1) as u32
    }

    fn highest(&self) -> u32 {
        let word = (0..4).rev().find(|&word| self.0[word] != 0);
        word.map_or(0, |word| word as u32 * 64 + 63 - self.0[word].leading_zeros())
    }
}

/// Requests up to this one keep their numbers where agents count anew: which of them are used
/// again depends on how many there were. Whatever goes wrong by that does so with fewer.
const KEPT_REQUESTS: u32 = 7;

/// Which names a state uses, then their new ones.
pub struct Renaming<const A: usize> {
    /// The epochs that messages name, or will; then those that are named by anything.
    met: Used,
    named: Used,
    /// The new number of each epoch.
    classes: [u8; 256],
    /// The last commit, and whether another one that names its grant may arrive.
    committed: Option<Accepted>,
    commit_may_come: bool,
    requests: [Used; A],
    /// Whether agents count their requests from the beginning after a crash.
    counts_anew: bool,
    /// The first pass only looks.
    looking: bool,
    /// How many ticks have passed at the line, and at the agent at hand.
    line_now: Tick,
    agent_now: Tick,
    /// When a copy has served its time, how long ago that was makes no difference.
    age_max: u8,
    keeps_reads: bool,
    pushes: bool,
    revalidates: bool,
    /// A changed protocol may come to use what is of no use to this one: keep it.
    thorough: bool,
    /// Whether the agent at hand waits for an answer to a request that names its version.
    has_named: bool,
    /// The new place of each agent.
    places: [u8; A],
}

impl<const A: usize> Renaming<A> {
    pub fn new<D: Discipline>(setting: &Setting<D>, line_now: Tick) -> Renaming<A> {
        let rules = &setting.rules;
        let by_reads = matches!(rules.strategy.expiry, Expiry::Reads(_));
        Renaming {
            met: Used::default(),
            named: Used::default(),
            classes: [0; 256],
            committed: None,
            commit_may_come: false,
            requests: [Used::default(); A],
            counts_anew: setting.neglected == Some(Duty::FreshRequestIds),
            looking: true,
            line_now,
            agent_now: Tick(0),
            age_max: match rules.strategy.expiry {
                Expiry::Ticks(ttl) => u8::try_from(ttl).unwrap_or(u8::MAX),
                Expiry::Never | Expiry::Reads(_) => 0,
            },
            keeps_reads: rules.bound_reads.is_some() || by_reads,
            revalidates: rules.revalidate,
            thorough: setting.thorough,
            has_named: false,
            pushes: rules.strategy.at_commit == AtCommit::Push
                || rules.strategy.at_tick == AtTick::Push,
            places: std::array::from_fn(|agent| agent as u8),
        }
    }

    /// Looks at what a world uses.
    pub fn look(&mut self, world: &World<A>, agents: u32) {
        self.look_at_line(&world.line, agents);
        for (id, agent) in (0..agents).map(AgentId).zip(&world.agents) {
            agent.entry.renamed(id, self);
            if agent.entry.is_exclusive() || agent.entry.state() == State::Committing {
                self.met.mark(agent.entry.epoch().0);
            }
            if agent.entry.is_exclusive() {
                self.look_at_commit(agent.entry.epoch());
            }
            if let Some(message) = agent.outstanding {
                self.look_at(Packet::to_line(&message));
            }
        }
    }

    pub fn look_at_line(&mut self, line: &Line<Few>, agents: u32) {
        line.renamed(agents, self);
        self.met.mark(line.epoch().0);
    }

    /// Looks at a message. Call it after [`Renaming::look`].
    pub fn look_at(&mut self, packet: Packet) {
        let epoch = u32::from(packet.epoch);
        // What only asks is renamed to no epoch.
        if !packet.only_asks() {
            self.named.mark(epoch);
            self.met.mark(epoch);
        }
        if packet.is_commit() {
            self.look_at_commit(Epoch(epoch));
        }
        if let Some(refused) = packet.refused_epoch() {
            self.named.mark(refused.into());
            self.met.mark(refused.into());
        }
        self.requests[usize::from(packet.agent)].mark(packet.request.into());
    }

    /// A commit that names this epoch is on its way, or can come to be.
    fn look_at_commit(&mut self, epoch: Epoch) {
        if self.committed.is_some_and(|committed| committed.epoch == epoch) {
            self.commit_may_come = true;
            self.named.mark(epoch.0 + 1);
            self.met.mark(epoch.0 + 1);
        }
    }

    /// The epochs from one to the other stay neighbours, and none of them becomes another.
    pub fn keep_apart(&mut self, from: Epoch, to: Epoch) {
        for epoch in from.0..=to.0 {
            self.named.mark(epoch);
            self.met.mark(epoch);
        }
        self.commit_may_come = true;
    }

    /// From here on names are given.
    pub fn give(&mut self) {
        self.looking = false;
        if let Some(Accepted { agent, request, .. }) = self.committed
            && self.commit_may_come
        {
            self.requests[agent.0 as usize].mark(request.0);
        }
        if self.counts_anew {
            for used in &mut self.requests {
                (0..=KEPT_REQUESTS).for_each(|number| used.mark(number));
            }
        }
        let mut class = 0;
        // 0, an agent that has heard nothing, stays 0.
        let mut alone = true;
        for epoch in 1..=self.named.highest() {
            if !self.named.has(epoch) {
                continue;
            }
            let met = self.met.has(epoch);
            if met || alone {
                class += 1;
            }
            alone = met;
            self.classes[epoch as usize] = class;
        }
    }

    /// Whether it matters what an entry in this state has: content that is not readable is named
    /// again only to be confirmed, and refreshed only by a push.
    fn has_use(&self, state: State) -> bool {
        let idle = match state {
            State::Invalid | State::Fetching => true,
            State::UpgradingInvalid => !self.has_named,
            _ => false,
        };
        !idle || self.pushes || self.revalidates || self.thorough
    }

    /// Whether it matters how often an entry in this state was read: a round trip will forget it
    /// before it is read again, unless a push makes it readable.
    fn counts(&self, state: State) -> bool {
        let readable = !matches!(
            state,
            State::Invalid | State::Fetching | State::UpgradingInvalid | State::Committing
        );
        self.keeps_reads && (readable || self.pushes || self.thorough)
    }

    fn class(&self, epoch: u8) -> u8 {
        self.classes[usize::from(epoch)]
    }

    pub fn packet(&self, packet: Packet) -> Packet {
        let old = usize::from(packet.agent);
        packet.renamed(
            self.places[old],
            |request| self.requests[old].rank(request.into()) as u8,
            |epoch| self.class(epoch),
        )
    }

    fn message(&self, message: ToLine) -> ToLine {
        let asks = matches!(message.ask, Ask::Fetch | Ask::Upgrade);
        let epoch = if asks { 0 } else { self.class(message.epoch.0 as u8).into() };
        ToLine {
            agent: AgentId(self.places[message.agent.0 as usize].into()),
            request: RequestId(self.requests[message.agent.0 as usize].rank(message.request.0)),
            epoch: Epoch(epoch),
            ..message
        }
    }

    /// The agents under their new names, in their old places.
    pub fn agents(&mut self, world: &World<A>, agents: u32) -> [Agent; A] {
        let mut renamed = [Agent::default(); A];
        for (index, agent) in world.agents.iter().enumerate().take(agents as usize) {
            self.agent_now = agent.now;
            self.has_named = agent.outstanding.is_some_and(|message| message.version.is_some());
            let mut memory = agent.memory;
            if !self.has_use(agent.entry.state()) {
                memory.held = None;
            }
            if !self.counts(agent.entry.state()) {
                memory.reads = 0;
            }
            memory.age = memory.age.min(self.age_max.into());
            let used = self.requests[index];
            renamed[index] = Agent {
                entry: agent.entry.renamed(AgentId(index as u32), self),
                outstanding: agent.outstanding.map(|message| self.message(message)),
                memory,
                last_request: RequestId(used.rank(used.highest().min(agent.last_request.0))),
                now: Tick(0),
            };
        }
        renamed
    }

    /// Gives the agents new places: `order[new] == old`.
    pub fn place(&mut self, order: &[u8]) {
        for (new, &old) in order.iter().enumerate() {
            self.places[usize::from(old)] = new as u8;
        }
    }

    /// The world with its agents in their new places.
    pub fn world(&mut self, world: &World<A>, renamed: &[Agent; A], agents: u32) -> World<A> {
        let mut placed = World { now: Tick(0), ..*world };
        placed.line = world.line.renamed(agents, self);
        for (old, agent) in renamed.iter().enumerate().take(agents as usize) {
            let new = usize::from(self.places[old]);
            placed.agents[new] = *agent;
            if let Some(message) = &mut placed.agents[new].outstanding {
                message.agent = AgentId(new as u32);
            }
        }
        placed
    }
}

impl<const A: usize> Names for Renaming<A> {
    fn agent(&mut self, agent: AgentId) -> AgentId {
        AgentId(self.places[agent.0 as usize].into())
    }

    fn epoch(&mut self, epoch: Epoch) -> Epoch {
        if self.looking {
            self.named.mark(epoch.0);
            return epoch;
        }
        Epoch(self.classes[epoch.0 as usize].into())
    }

    fn accepted(&mut self, accepted: Accepted) -> Accepted {
        let Accepted { epoch, agent, request } = accepted;
        if self.looking {
            self.committed = Some(accepted);
            self.epoch(epoch);
            return accepted;
        }
        // Only a commit that is still on its way can be taken for it.
        let (agent, request) = if self.commit_may_come {
            (self.agent(agent), self.request(agent, request))
        } else {
            (AgentId(0), RequestId(0))
        };
        Accepted { epoch: self.epoch(epoch), agent, request }
    }

    fn request(&mut self, agent: AgentId, request: RequestId) -> RequestId {
        let used = &mut self.requests[agent.0 as usize];
        if self.looking {
            used.mark(request.0);
            return request;
        }
        RequestId(used.rank(request.0))
    }

    fn deadline(&mut self, deadline: Tick) -> Tick {
        Tick(deadline.0.saturating_sub(self.line_now.0))
    }

    fn expiry(&mut self, expiry: Tick) -> Tick {
        if self.age_max > 0 { Tick(expiry.0.saturating_sub(self.agent_now.0)) } else { Tick(0) }
    }

    fn believed(&mut self, _: Tick) -> Tick {
        // Where copies live for a time it must not come to decide how long: it is longer than that.
        let decides = self.thorough && self.age_max > 0;
        Tick(if decides { u32::from(self.age_max) + 1 } else { 0 })
    }

    fn version(&mut self, state: State, version: Version) -> Option<Version> {
        self.has_use(state).then_some(version)
    }

    fn reads(&mut self, state: State, reads: u16) -> u16 {
        if self.counts(state) { reads } else { 0 }
    }
}

/// What a line's sets and hold say of an agent.
fn standing(line: &Line<Few>, agent: AgentId) -> (bool, bool, u8) {
    let held = match line.hold() {
        Hold::Free => 0,
        Hold::Claimed(claim) => u8::from(claim.agent == agent),
        Hold::Owned(claim) => 2 * u8::from(claim.agent == agent),
    };
    (line.current().contains(agent), line.behind().contains(agent), held)
}

/// Sorts the agents by everything that is theirs; gives `order[new] == old`. `log`: a line and
/// messages to it from before, if there are any.
pub fn order<const A: usize>(
    world: &World<A>,
    renamed: &[Agent; A],
    packets: &[Packet],
    log: Option<(&Line<Few>, &[Option<Packet>])>,
    agents: u32,
) -> [u8; A] {
    let mut order = std::array::from_fn(|agent| agent as u8);
    let nameless = |index: u8| {
        let agent = &renamed[usize::from(index)];
        let message = agent.outstanding.map(|message| ToLine { agent: AgentId(0), ..message });
        Agent { outstanding: message, ..*agent }
    };
    let key = |index: u8| (standing(&world.line, AgentId(index.into())), nameless(index));
    let own = |index: u8| {
        let own = packets.iter().filter(move |packet| packet.agent == index);
        own.map(|&packet| packet.nameless())
    };
    let logged = |index: u8| {
        let (line, records) = log?;
        let own = |packet: Packet| (packet.agent == index).then(|| packet.nameless());
        let mut its = records.iter().map(|record| record.and_then(own));
        Some((standing(line, AgentId(index.into())), its.next(), its.next()))
    };
    order[..agents as usize].sort_unstable_by(|&one, &other| {
        let first = key(one).cmp(&key(other));
        first.then_with(|| own(one).cmp(own(other))).then_with(|| logged(one).cmp(&logged(other)))
    });
    order
}
