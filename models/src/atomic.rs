//! The atomic layer: a request and all its effects are one step. The line answers, events are
//! delivered and acknowledged before anything else happens. Only an event can be lost, an agent
//! crash, a deadline pass.
//!
//! The same transitions of `attune_protocol`, judged by the same reference, as in the asynchronous
//! layer. States are in normal form, so nothing but the number of versions is bounded.
//!
//! Where it is *unreliable*, any message of a step can be lost, and a deadline can pass unseen: what
//! the asynchronous layer is compared with ([`crate::refinement`]).

use crate::case::Case;
use crate::fault::{Fault, Faults};
use crate::normal::{Renaming, order};
use crate::packet::Packet;
use crate::world::{Agent, Setting, World};
use arrayvec::ArrayVec;
use attune_protocol::{
    AgentId, Ask, AtTick, Discipline, Epoch, Expiry, Hold, Read, State as EntryState, Tick, ToLine,
    Version,
};
use attune_trace::reference::{Broken, Checked, Property};
use attune_trace::without_panic;
use serde::{Deserialize, Serialize};

/// The model: rules, and the bounds of the space.
#[derive(Debug)]
pub struct Atomic<D, const A: usize> {
    pub setting: Setting<D>,
    /// Commits until no more are begun.
    pub commits: u32,
    /// Of the faults: loss (of events), crash, lease.
    pub faults: Faults,
    pub symmetry: bool,
    /// Whether loss is of any message, not of events alone.
    pub unreliable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct State<const A: usize> {
    pub world: World<A>,
    pub left: Faults,
    pub broken: Option<Property>,
}

/// A step, and the agents, as bits, whose messages are lost in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    pub what: What,
    /// Who does not hear the events of this step (nor, where it is unreliable, an answer).
    pub deaf: u8,
    /// Who is not heard by the line (where it is unreliable).
    pub mute: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    Read(AgentId),
    Write(AgentId),
    /// Asks, and is answered.
    Asks(AgentId, Ask),
    /// Asks again: its claim waits for somebody who has not heard.
    Resends(AgentId),
    Crash(AgentId),
    /// The line is asked in this agent's name, on this base and under the line's own epoch (or,
    /// `late`, the one before), whatever the agent's entry says.
    Misuses {
        agent: AgentId,
        ask: Ask,
        base: Version,
        late: bool,
    },
    AgentTime(AgentId),
    /// A deadline passes and is acted on.
    Expire,
    /// A deadline passes, and the next message finds it so (where it is unreliable).
    Passes,
    Publish,
}

impl<D: Discipline, const A: usize> Atomic<D, A> {
    /// The model of a case.
    pub fn of(case: &Case, setting: Setting<D>) -> Atomic<D, A> {
        let Case { commits, faults, symmetry, .. } = *case;
        Atomic { setting, commits, faults, symmetry, unreliable: false }
    }

    pub fn initial(&self) -> State<A> {
        State { world: World::new(self.setting.agents), left: self.faults, broken: None }
    }

    fn agents(&self) -> impl Iterator<Item = AgentId> + use<D, A> {
        (0..self.setting.agents).map(AgentId)
    }

    pub fn possible(&self, state: &State<A>, actions: &mut Vec<Action>) {
        if state.broken.is_some() {
            return;
        }
        let World { line, .. } = &state.world;
        let more = line.version().get() <= self.commits;
        let mut heard = |what| actions.push(Action { what, deaf: 0, mute: 0 });
        for agent in self.agents() {
            let Agent { entry, now, memory, .. } = state.world.agent(agent);
            // What finds nothing is no step, but judged.
            heard(What::Read(agent));
            if entry.state() == EntryState::Exclusive && more {
                heard(What::Write(agent));
            }
            let reborn = Agent { last_request: Default::default(), now: *now, ..Agent::default() };
            let lives =
                Agent { last_request: Default::default(), ..*state.world.agent(agent) } != reborn;
            if state.left.allow(Fault::Misuse) && more && !entry.is_exclusive() {
                heard(What::Write(agent));
            }
            if state.left.allow(Fault::Crash) && lives {
                heard(What::Crash(agent));
            }
            let fresh = matches!(self.setting.rules.strategy.expiry, Expiry::Ticks(ttl)
                if u32::from(memory.age) < ttl);
            if fresh && matches!(entry.state(), EntryState::Shared | EntryState::Upgrading) {
                heard(What::AgentTime(agent));
            }
        }
        for agent in self.agents() {
            self.requests(state, agent, actions);
        }
        if line.hold() != Hold::Free && state.left.allow(Fault::Lease) {
            self.with_losses(state, What::Expire, None, actions);
            if self.unreliable && line.deadline() > Some(state.world.now) {
                actions.push(Action { what: What::Passes, deaf: 0, mute: 0 });
            }
        }
        if self.setting.rules.strategy.at_tick == AtTick::Push {
            self.with_losses(state, What::Publish, None, actions);
        }
    }

    /// What can be asked in this agent's name.
    fn requests(&self, state: &State<A>, agent: AgentId, actions: &mut Vec<Action>) {
        let mut asks = |what| self.with_losses(state, what, Some(agent), actions);
        let more = state.world.line.version().get() <= self.commits;
        let can = |ask| state.world.can_ask(agent, ask, &self.setting);
        for ask in [Ask::Fetch, Ask::Upgrade, Ask::Commit, Ask::Release, Ask::Heartbeat] {
            if can(ask) && (more || self.unreliable || ask != Ask::Upgrade) {
                asks(What::Asks(agent, ask));
            }
        }
        if state.world.agent(agent).outstanding.is_some() {
            asks(What::Resends(agent));
        }
        if state.left.allow(Fault::Misuse) {
            self.misuses(state, agent, more, &mut asks);
        }
    }

    /// What can be asked in the name of an agent that does not know of it.
    fn misuses(&self, state: &State<A>, agent: AgentId, more: bool, asks: &mut impl FnMut(What)) {
        let current = state.world.line.version();
        if self.unreliable {
            // What was under way: it may come after the last commit. The rest of what misuse can
            // do changes nothing that is compared.
            if more {
                asks(What::Misuses { agent, ask: Ask::Commit, base: current, late: false });
            }
            for ask in [Ask::Upgrade, Ask::Release] {
                asks(What::Misuses { agent, ask, base: current, late: false });
            }
            return;
        }
        for late in [false, true].into_iter().filter(|_| more) {
            for base in (1..=current.get()).filter_map(Version::new) {
                asks(What::Misuses { agent, ask: Ask::Commit, base, late });
            }
            for ask in [Ask::Release, Ask::Heartbeat] {
                asks(What::Misuses { agent, ask, base: current, late });
            }
        }
    }

    /// The step with every set of messages that are lost in it; of those that there can be, so
    /// that no two are the same.
    fn with_losses(
        &self,
        state: &State<A>,
        what: What,
        actor: Option<AgentId>,
        actions: &mut Vec<Action>,
    ) {
        actions.push(Action { what, deaf: 0, mute: 0 });
        if !state.left.allow(Fault::Loss) {
            return;
        }
        let bit = |agent: AgentId| 1u8 << agent.0;
        let own = actor.map_or(0, bit);
        let everybody = what == What::Publish;
        let outdates =
            matches!(
                what,
                What::Asks(_, Ask::Upgrade | Ask::Commit)
                    | What::Resends(_)
                    | What::Misuses { ask: Ask::Upgrade | Ask::Commit, .. }
                    | What::Expire
                    | What::Publish
            ) || state.world.line.deadline().is_some_and(|deadline| deadline <= state.world.now);
        let may_hear = |agent| everybody || outdates && state.world.line.may_hold(agent);
        let mut concerned = 0;
        for agent in self.agents().filter(|&agent| may_hear(agent)) {
            concerned |= bit(agent);
        }
        if !everybody {
            concerned &= !own;
        }
        if !self.unreliable {
            if matches!(what, What::Misuses { .. }) {
                return;
            }
            let losses = subsets(concerned).filter(|&deaf| deaf != 0);
            actions.extend(losses.map(|deaf| Action { what, deaf, mute: 0 }));
            return;
        }
        // Nobody hears anything of a request that is lost.
        if actor.is_some() && !matches!(what, What::Resends(_)) {
            actions.push(Action { what, deaf: 0, mute: own });
        }
        for deaf in subsets(concerned | own) {
            let mute = subsets(concerned & !deaf).filter(|&mute| (deaf, mute) != (0, 0));
            actions.extend(mute.map(|mute| Action { what, deaf, mute }));
        }
    }

    pub fn step(&self, state: &State<A>, action: Action) -> Option<State<A>> {
        let mut next = *state;
        match without_panic(|| self.take(&mut next, action)) {
            Ok(true) => Some(next),
            Ok(false) => None,
            Err(Broken { property, .. }) => {
                next.broken = Some(property);
                Some(next)
            }
        }
    }

    /// What breaks when this step is taken.
    pub fn breaks(&self, state: &State<A>, action: Action) -> Option<Broken> {
        without_panic(|| self.take(&mut { *state }, action)).err()
    }

    fn take(&self, state: &mut State<A>, action: Action) -> Checked<bool> {
        let setting = &self.setting;
        let world = &mut state.world;
        let mut sent: ArrayVec<Packet, 32> = ArrayVec::new();
        match action.what {
            What::Read(agent) => {
                if let Read::Miss(_) = world.read(agent, setting)? {
                    return Ok(false);
                }
            }
            What::Write(agent) => {
                if !world.write(agent, setting)? {
                    return Ok(false);
                }
            }
            What::Asks(agent, ask) => {
                let message = world.ask(agent, ask, setting)?;
                if action.mute >> agent.0 & 1 == 0 {
                    sent.push(Packet::to_line(&message));
                }
            }
            What::Misuses { agent, ask, base, late } => {
                state.left.take(Fault::Misuse);
                let message = misused(world, agent, ask, base, late);
                world.agents[agent.0 as usize].last_request = message.request;
                if action.mute >> agent.0 & 1 == 0 {
                    sent.push(Packet::to_line(&message));
                }
            }
            What::Resends(agent) => {
                let message = world.agent(agent).outstanding.expect("it waits");
                sent.push(Packet::to_line(&message));
            }
            What::Crash(agent) => {
                state.left.take(Fault::Crash);
                world.crash(agent, setting);
            }
            What::AgentTime(agent) => {
                let agent = &mut world.agents[agent.0 as usize];
                agent.now = agent.now.after(1);
                agent.memory.age = agent.memory.age.saturating_add(1);
            }
            What::Expire | What::Passes => {
                state.left.take(Fault::Lease);
                world.now = past_deadline(world);
                if action.what == What::Expire {
                    sent.extend(world.expire(setting)?.iter().map(Packet::to_agent));
                }
            }
            What::Publish => sent.extend(world.publish(setting)?.iter().map(Packet::to_agent)),
        }
        if (action.deaf, action.mute) != (0, 0) {
            state.left.take(Fault::Loss);
        }
        let mut next = 0;
        while next < sent.len() {
            let packet = sent[next];
            next += 1;
            match packet.message() {
                crate::packet::Message::ToLine(message) => {
                    let told = state.world.line_gets(message, setting)?;
                    sent.extend(told.iter().map(Packet::to_agent));
                }
                crate::packet::Message::ToAgent(message) => {
                    let can_be_lost = packet.is_event() || self.unreliable;
                    if can_be_lost && action.deaf >> packet.agent & 1 == 1 {
                        continue;
                    }
                    let reply = state.world.agent_gets(message, setting)?;
                    if action.mute >> packet.agent & 1 == 0 {
                        sent.extend(reply.iter().map(Packet::to_line));
                    }
                }
            }
        }
        state.world.check(setting).map(|()| true)
    }

    pub fn normal(&self, state: &State<A>) -> State<A> {
        let agents = self.setting.agents;
        let mut names = Renaming::new(&self.setting, state.world.now);
        names.look(&state.world, agents);
        names.give();
        let renamed = names.agents(&state.world, agents);
        if self.symmetry {
            let order = order(&state.world, &renamed, &[], None, agents);
            names.place(&order[..agents as usize]);
        }
        let mut world = names.world(&state.world, &renamed, agents);
        world.now = Tick(0);
        State { world, ..*state }
    }
}

/// A tick after the deadline, if it has not been so for longer: drivers may be late. (In the
/// asynchronous layer it is at the deadline.)
pub fn past_deadline<const A: usize>(world: &World<A>) -> Tick {
    let deadline = world.line.deadline().expect("somebody holds the line");
    world.now.max(deadline.after(1))
}

/// The subsets of a set of agents, the set itself first.
fn subsets(all: u8) -> impl Iterator<Item = u8> {
    std::iter::successors(Some(all), move |&subset| (subset != 0).then(|| (subset - 1) & all))
}

/// What somebody asks in the name of an agent whose entry did not.
pub fn misused<const A: usize>(
    world: &World<A>,
    agent: AgentId,
    ask: Ask,
    base: Version,
    late: bool,
) -> ToLine {
    let request = world.agent(agent).last_request.next();
    let epoch = Epoch(world.line.epoch().0 - u32::from(late));
    ToLine { agent, request, version: Some(base), epoch, ask }
}

impl<D: Discipline, const A: usize> stateright::Model for Atomic<D, A> {
    type State = State<A>;
    type Action = Action;

    fn init_states(&self) -> Vec<State<A>> {
        vec![self.normal(&self.initial())]
    }

    fn actions(&self, state: &State<A>, actions: &mut Vec<Action>) {
        self.possible(state, actions);
    }

    fn next_state(&self, state: &State<A>, action: Action) -> Option<State<A>> {
        self.step(state, action).map(|next| self.normal(&next))
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        vec![stateright::Property::always("every promise is kept", |_, state: &State<A>| {
            state.broken.is_none()
        })]
    }
}

impl<D: Discipline, const A: usize> crate::explore::Explorable for Atomic<D, A> {
    fn is_bad(&self, state: &State<A>) -> bool {
        state.broken.is_some()
    }

    fn successor(&self, state: &State<A>, action: &Action) -> Option<(State<A>, u16)> {
        self.step(state, *action).map(|next| (self.normal(&next), 0))
    }
}
