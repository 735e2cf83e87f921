//! The asynchronous layer: requests, answers and events are in flight, and each can be lost,
//! repeated or overtaken; agents crash and come back anywhere, leases run out at any moment, the
//! authority stops and recovers from its log.
//!
//! Every step calls `attune_protocol`, and the reference judges it ([`crate::world`]). A step that
//! breaks a promise leads to a state that says so and goes no further. States are kept in normal
//! form ([`crate::normal`]), so requests, claims, expiries, crashes and faults are not bounded by
//! themselves; a fault can be given a number of times instead. What is bounded: versions, and
//! messages in flight. A step that would send more than fit is left out, which is noted
//! ([`Asynchronous::cut`]); since every message can also be lost or delivered first, this
//! leaves out interleavings, not behaviours of single agents.

mod fairness;
mod possible;
mod recovery;

use crate::fault::{Fault, Faults};
use crate::few::Few;
use crate::packet::{Message, Packet, To};
use crate::refinement::Refinement;
use crate::world::{Setting, World};
use arrayvec::ArrayVec;
use attune_protocol::{AgentId, Ask, Discipline, Line, Read, Tick, ToLine};
use attune_trace::reference::{Broken, Checked, Property};
use attune_trace::without_panic;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};

/// At most so many messages can be in flight.
pub const FLIGHT_MAX: usize = 8;

type Flight = ArrayVec<Packet, FLIGHT_MAX>;

/// The model: rules, and the bounds of the space.
#[derive(Debug)]
pub struct Asynchronous<D, const A: usize> {
    pub setting: Setting<D>,
    /// Commits until no more are begun.
    pub commits: u32,
    /// Messages in flight at most.
    pub flight: usize,
    pub faults: Faults,
    /// Whether agents send heartbeats, and whether they release.
    pub heartbeats: bool,
    pub releases: bool,
    /// How much the authority has to do again when it recovers: as many records as this since its
    /// snapshot at most, kept in the state. With none it may stop at any moment and comes back as it
    /// was, and each step by itself is recovered from the line before it.
    pub log: usize,
    /// Sorts agents, so that states which differ by a permutation are one.
    pub symmetry: bool,
    /// A state is passed over where the same one with more faults left was met: that one can do
    /// whatever this one can.
    pub subsumption: bool,
    /// What every step has to be below, if that is checked.
    pub refines: Option<Refinement<A>>,
    /// Whether a step was left out because too much would be in flight.
    pub cut: AtomicBool,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct State<const A: usize> {
    pub world: World<A>,
    /// Sorted where messages are reordered, otherwise each link in its order.
    pub flight: Flight,
    pub left: Faults,
    /// What the authority can recover from, while it is about to stop.
    pub log: Option<Box<Log>>,
    pub broken: Option<Property>,
}

/// A snapshot, and what the line was given since.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Log {
    pub snapshot: Line<Few>,
    pub records: ArrayVec<(Tick, Input), { LOG_MAX + 1 }>,
}

/// At most so many records are done again.
pub const LOG_MAX: usize = 2;

impl Log {
    /// The line before one input, and that.
    fn of(snapshot: Line<Few>, now: Tick, input: Input) -> Box<Log> {
        Box::new(Log { snapshot, records: [(now, input)].into_iter().collect() })
    }
}

/// What a line is given, as the log keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Input {
    Message(Packet),
    Expire,
    Publish,
}

/// Something that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    Read(AgentId),
    Write(AgentId),
    /// The agent makes a request of its own.
    Asks(AgentId, Ask),
    /// The agent sends its request again.
    Resends(AgentId),
    /// The packet at this place arrives at the line. `kept`: and stays in flight. `silent`: the
    /// authority stops before the answers leave, and recovers.
    LineGets {
        place: u8,
        kept: bool,
        silent: bool,
    },
    /// The packet at this place arrives at its agent.
    AgentGets {
        place: u8,
        kept: bool,
    },
    Lose(u8),
    Crash(AgentId),
    /// A tick at the line.
    LineTime,
    /// A tick at an agent.
    AgentTime(AgentId),
    Expire,
    Publish,
    Snapshot,
    Restart,
}

/// A step that is not taken: something impossible, or too much would be in flight.
pub struct LeftOut;

impl<D: Discipline, const A: usize> Asynchronous<D, A> {
    pub fn initial(&self) -> State<A> {
        State {
            world: World::new(self.setting.agents),
            flight: Flight::new(),
            left: self.faults,
            log: None,
            broken: None,
        }
    }

    pub fn agents(&self) -> impl Iterator<Item = AgentId> + use<D, A> {
        (0..self.setting.agents).map(AgentId)
    }

    /// Takes a step, without bringing the state into normal form.
    pub fn step(&self, state: &State<A>, action: Action) -> Result<State<A>, LeftOut> {
        let mut next = state.clone();
        match self.take_and_compare(state, &mut next, action) {
            Ok(Taken::Yes) => {}
            Ok(Taken::NothingToDo) => return Err(LeftOut),
            Ok(Taken::TooMuch) => {
                if !self.cut.load(Ordering::Relaxed) {
                    self.cut.store(true, Ordering::Relaxed);
                }
                return Err(LeftOut);
            }
            Err(Broken { property, .. }) => next.broken = Some(property),
        }
        Ok(next)
    }

    /// What breaks when this step is taken.
    pub fn breaks(&self, state: &State<A>, action: Action) -> Option<Broken> {
        self.take_and_compare(state, &mut state.clone(), action).err()
    }

    /// Takes a step and looks at what it is in the atomic layer.
    fn take_and_compare(
        &self,
        before: &State<A>,
        state: &mut State<A>,
        action: Action,
    ) -> Checked<Taken> {
        let taken = without_panic(|| self.take(state, action))?;
        let Some(atomic) = self.refines.as_ref().filter(|_| matches!(taken, Taken::Yes)) else {
            return Ok(taken);
        };
        let getter = match action {
            Action::AgentGets { place, .. } => {
                let packet = before.flight[usize::from(place)];
                let agent = AgentId(packet.agent.into());
                let asked = before.world.agent(agent).memory.asked;
                Some((agent, asked.filter(|_| !packet.is_event())))
            }
            _ => None,
        };
        match atomic.below(&before.world, &state.world, getter) {
            Some(_) => Ok(taken),
            None => Err(Broken {
                property: Property::Refinement,
                what: "the atomic layer does nothing like this step",
            }),
        }
    }

    fn take(&self, state: &mut State<A>, action: Action) -> Checked<Taken> {
        let setting = &self.setting;
        match action {
            Action::Read(agent) => {
                let found = state.world.read(agent, setting)?;
                if matches!(found, Read::Miss(_)) {
                    return Ok(Taken::NothingToDo);
                }
            }
            Action::Write(agent) => {
                state.world.write(agent, setting)?;
            }
            Action::Asks(agent, ask) => {
                let message = state.world.ask(agent, ask, setting)?;
                if !self.send(state, Packet::to_line(&message)) {
                    return Ok(Taken::TooMuch);
                }
            }
            Action::Resends(agent) => {
                let message = state.world.agent(agent).outstanding.expect("it waits");
                if !self.send(state, Packet::to_line(&message)) {
                    return Ok(Taken::TooMuch);
                }
            }
            Action::LineGets { place, kept, silent } => {
                let packet = self.arrives(state, place, kept);
                let Message::ToLine(message) = packet.message() else {
                    unreachable!("it is for the line")
                };
                let before = state.world.line;
                let told = state.world.line_gets(message, setting)?;
                self.record(state, before, Input::Message(packet))?;
                if silent {
                    state.left.take(Fault::Restart);
                    state.log = Some(Log::of(before, state.world.now, Input::Message(packet)));
                    self.restart(state)?;
                } else if !told.iter().all(|message| self.send(state, Packet::to_agent(message))) {
                    return Ok(Taken::TooMuch);
                }
            }
            Action::AgentGets { place, kept } => {
                let Message::ToAgent(message) = self.arrives(state, place, kept).message() else {
                    unreachable!("it is for an agent")
                };
                let reply: Option<ToLine> = state.world.agent_gets(message, setting)?;
                if let Some(reply) = reply
                    && !self.send(state, Packet::to_line(&reply))
                {
                    return Ok(Taken::TooMuch);
                }
            }
            Action::Lose(place) => {
                state.left.take(Fault::Loss);
                state.flight.remove(place.into());
            }
            Action::Crash(agent) => {
                state.left.take(Fault::Crash);
                state.world.crash(agent, setting);
            }
            Action::LineTime => {
                state.left.take(Fault::Lease);
                state.world.now = state.world.now.after(1);
            }
            Action::AgentTime(agent) => {
                let agent = &mut state.world.agents[agent.0 as usize];
                agent.now = agent.now.after(1);
                agent.memory.age = agent.memory.age.saturating_add(1);
            }
            Action::Expire | Action::Publish => {
                let before = state.world.line;
                let (told, input) = match action {
                    Action::Expire => (state.world.expire(setting)?, Input::Expire),
                    _ => (state.world.publish(setting)?, Input::Publish),
                };
                self.record(state, before, input)?;
                if !told.iter().all(|message| self.send(state, Packet::to_agent(message))) {
                    return Ok(Taken::TooMuch);
                }
            }
            Action::Snapshot => {
                state.left.take(Fault::Restart);
                let snapshot = state.world.line;
                state.log = Some(Box::new(Log { snapshot, records: ArrayVec::new() }));
            }
            Action::Restart => {
                if state.log.is_none() {
                    state.left.take(Fault::Restart);
                }
                self.restart(state)?;
            }
        }
        state.world.check(setting).map(|()| Taken::Yes)
    }

    /// Whether there is room. What is in flight already is not there twice: to repeat it is to
    /// deliver it and keep it. (A message with a deadline, which normal forms drop, may be there
    /// twice; that adds states and takes none away.)
    fn send(&self, state: &mut State<A>, packet: Packet) -> bool {
        // What decides nothing does not tell packets apart, as in normal form.
        let same = |other: &Packet| other.decisive() == packet.decisive();
        if state.flight.iter().any(same) {
            return true;
        }
        if state.flight.len() >= self.flight {
            return false;
        }
        state.flight.push(packet);
        true
    }

    fn arrives(&self, state: &mut State<A>, place: u8, kept: bool) -> Packet {
        if kept {
            state.left.take(Fault::Duplication);
            return state.flight[usize::from(place)];
        }
        state.flight.remove(place.into())
    }

    fn record(&self, state: &mut State<A>, before: Line<Few>, input: Input) -> Checked {
        if self.log == 0 && self.faults.allow(Fault::Restart) {
            self.recover(&Log::of(before, state.world.now, input), state.world.line)?;
        }
        let Some(log) = &mut state.log else { return Ok(()) };
        log.records.push((state.world.now, input));
        if log.records.len() > self.log {
            // The authority did not stop after all: forget what it would have needed.
            state.log = None;
        }
        Ok(())
    }

    fn restart(&self, state: &mut State<A>) -> Checked {
        if let Some(log) = state.log.take() {
            state.world.line = self.recover(&log, state.world.line)?;
        }
        // What was on its way to the authority finds nobody.
        state.flight.retain(|packet| packet.to == To::Agent);
        Ok(())
    }
}

enum Taken {
    Yes,
    NothingToDo,
    TooMuch,
}

impl<D: Discipline, const A: usize> stateright::Model for Asynchronous<D, A> {
    type State = State<A>;
    type Action = Action;

    fn init_states(&self) -> Vec<State<A>> {
        vec![self.normal(&self.initial())]
    }

    fn actions(&self, state: &State<A>, actions: &mut Vec<Action>) {
        self.possible(state, actions);
    }

    fn next_state(&self, state: &State<A>, action: Action) -> Option<State<A>> {
        self.step(state, action).ok().map(|next| self.normal(&next))
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        // One property: stateright's breadth-first search is shortest for one only.
        vec![stateright::Property::always("every promise is kept", |_, state: &State<A>| {
            state.broken.is_none()
        })]
    }
}
