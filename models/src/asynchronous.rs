//! The asynchronous layer: requests, answers and events are in flight, and each can be lost,
//! repeated or overtaken; agents crash and come back anywhere, leases run out at any moment, the
//! authority stops and recovers from its log.
//!
//! Every step calls `attune_protocol`, and the reference judges it ([`crate::world`]). A step that
//! breaks a promise leads to a state that says so and goes no further. States are kept in normal
//! form ([`crate::normal`]), so requests, claims, expiries, crashes and faults are not bounded by
//! themselves; a fault can be given a number of times instead. What is bounded: versions, and
//! messages in flight. A step that would send more than fit is left out, and counted
//! ([`Asynchronous::cut_short`]); since every message can also be lost or delivered first, this
//! leaves out interleavings, not behaviours of single agents.

use crate::case::Layer;
use crate::few::Few;
use crate::normal::{Renaming, order};
use crate::packet::{Message, Packet, To};
use crate::progress::{CHANGES_HANDS, FINITE, Facts, Step};
use crate::world::{Agent, Duty, Setting, World};
use arrayvec::ArrayVec;
use attune_protocol::Input as Given;
use attune_protocol::{
    AgentId, Ask, AtTick, Discipline, Expiry, Hold, Line, Read, Record, Recorded, Sequence,
    State as EntryState, Tick, ToLine, Version,
};
use attune_trace::reference::{self, Broken, Checked, Property, Seen};
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

/// At most so many messages can be in flight.
pub const FLIGHT_MAX: usize = 8;

type Flight = ArrayVec<Packet, FLIGHT_MAX>;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Fault {
    /// A message is lost.
    Loss,
    /// A message arrives and stays in flight.
    Duplication,
    /// Messages of one link overtake one another. (The links of an agent, for requests, answers
    /// and events, are not ordered among each other in any case.)
    Reordering,
    /// An agent loses its memory and comes back.
    Crash,
    /// Time passes at the line while somebody holds it.
    Lease,
    /// The authority stops and recovers from its log.
    Restart,
    /// An agent that does not go by its entry: it commits, releases or sends a heartbeat under
    /// the line's epoch without owning it, or commits on a base of its choice (atomic layer).
    Misuse,
}

impl Fault {
    pub const ALL: [Fault; 7] = [
        Fault::Loss,
        Fault::Duplication,
        Fault::Reordering,
        Fault::Crash,
        Fault::Lease,
        Fault::Restart,
        Fault::Misuse,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Fault::Loss => "loss",
            Fault::Duplication => "dup",
            Fault::Reordering => "reorder",
            Fault::Crash => "crash",
            Fault::Lease => "lease",
            Fault::Restart => "restart",
            Fault::Misuse => "misuse",
        }
    }
}

/// How often each fault may happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Faults([u8; 7]);

impl Faults {
    pub const ANY_NUMBER: u8 = u8::MAX;

    pub fn none() -> Faults {
        Faults::default()
    }

    pub fn with(mut self, fault: Fault, times: u8) -> Faults {
        self.0[fault as usize] = times;
        self
    }

    pub fn left(&self, fault: Fault) -> u8 {
        self.0[fault as usize]
    }

    pub fn allow(&self, fault: Fault) -> bool {
        self.left(fault) > 0
    }

    pub fn is_empty(&self) -> bool {
        *self == Faults::none()
    }

    /// Without the faults that nobody named: `all` means all that a layer knows.
    pub fn known_to(self, layer: Layer) -> Faults {
        let every = Fault::ALL.into_iter().all(|fault| self.left(fault) == Faults::ANY_NUMBER);
        let mut faults = self;
        for fault in Fault::ALL {
            if every && !layer.faults().contains(&fault) {
                faults = faults.with(fault, 0);
            }
        }
        faults
    }

    pub(crate) fn take(&mut self, fault: Fault) {
        let left = &mut self.0[fault as usize];
        if *left != Faults::ANY_NUMBER {
            *left -= 1;
        }
    }
}

/// As on the command line: `loss,dup:1`, a number where it is bounded.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut names = Vec::new();
        for fault in Fault::ALL.into_iter().filter(|&fault| self.allow(fault)) {
            names.push(match self.left(fault) {
                Faults::ANY_NUMBER => fault.name().to_string(),
                times => format!("{}:{times}", fault.name()),
            });
        }
        f.write_str(if names.is_empty() { "none".to_string() } else { names.join(",") }.as_str())
    }
}

impl FromStr for Faults {
    type Err = String;

    fn from_str(text: &str) -> Result<Faults, String> {
        match text {
            "none" => return Ok(Faults::none()),
            "all" => {
                let any = |faults: Faults, fault| faults.with(fault, Faults::ANY_NUMBER);
                return Ok(Fault::ALL.into_iter().fold(Faults::none(), any));
            }
            _ => {}
        }
        let mut faults = Faults::none();
        for part in text.split(',') {
            let (name, times) = part.split_once(':').unwrap_or((part, "255"));
            let fault = Fault::ALL.into_iter().find(|fault| fault.name() == name);
            let Some(fault) = fault else {
                let names = Fault::ALL.map(Fault::name).join(", ");
                return Err(format!("there is no fault {name:?}; there are {names}, none and all"));
            };
            let times = times.parse().map_err(|_| {
                format!("{part:?}: after the colon, how often it may happen, from 1 to 254")
            })?;
            faults = faults.with(fault, times);
        }
        Ok(faults)
    }
}

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
    /// Sorts agents, so that states which differ by a permutation are one.
    pub symmetry: bool,
    /// Whether a step was left out because too much would be in flight.
    pub cut: AtomicBool,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Log {
    pub snapshot: Line<Few>,
    pub records: ArrayVec<(Tick, Input), 2>,
}

/// What a line is given, as the log keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// Everything that can happen in `state`.
    pub fn possible(&self, state: &State<A>, actions: &mut Vec<Action>) {
        if state.broken.is_some() {
            return;
        }
        let World { line, .. } = &state.world;
        let more = line.version().get() <= self.commits;
        for agent in self.agents() {
            let Agent { entry, outstanding, .. } = state.world.agent(agent);
            if entry.is_readable() {
                actions.push(Action::Read(agent));
            }
            match entry.state() {
                EntryState::Invalid | EntryState::Shared => {
                    if state.world.can_ask(agent, Ask::Fetch, &self.setting) {
                        actions.push(Action::Asks(agent, Ask::Fetch));
                    }
                    if more {
                        actions.push(Action::Asks(agent, Ask::Upgrade));
                    }
                }
                EntryState::Exclusive | EntryState::Modified => {
                    if entry.state() == EntryState::Modified {
                        actions.push(Action::Asks(agent, Ask::Commit));
                    } else if more {
                        actions.push(Action::Write(agent));
                    }
                    if self.releases || !more {
                        actions.push(Action::Asks(agent, Ask::Release));
                    }
                    let beats = |packet: &Packet| {
                        packet.is_heartbeat() && u32::from(packet.agent) == agent.0
                    };
                    if self.heartbeats && !state.flight.iter().any(beats) {
                        actions.push(Action::Asks(agent, Ask::Heartbeat));
                    }
                }
                _ => {}
            }
            if let Some(message) = outstanding
                && !state.flight.contains(&Packet::to_line(message))
            {
                actions.push(Action::Resends(agent));
            }
            if state.left.allow(Fault::Crash) && *state.world.agent(agent) != reborn(state, agent) {
                actions.push(Action::Crash(agent));
            }
            if self.is_fresh(state, agent) {
                actions.push(Action::AgentTime(agent));
            }
        }
        self.deliveries(state, actions);
        match line.deadline() {
            Some(deadline) if deadline <= state.world.now => actions.push(Action::Expire),
            Some(_) if state.left.allow(Fault::Lease) => actions.push(Action::LineTime),
            _ => {}
        }
        if self.setting.rules.strategy.at_tick == AtTick::Push {
            actions.push(Action::Publish);
        }
        match &state.log {
            None if state.left.allow(Fault::Restart) => actions.push(Action::Snapshot),
            Some(log) if !log.records.is_empty() => actions.push(Action::Restart),
            _ => {}
        }
    }

    fn deliveries(&self, state: &State<A>, actions: &mut Vec<Action>) {
        let duplicated = state.left.allow(Fault::Duplication);
        let stops = state.left.allow(Fault::Restart) && state.log.is_none();
        for (place, packet) in state.flight.iter().enumerate() {
            if !self.is_next(state, place) {
                continue;
            }
            let place = place as u8;
            for kept in [false, true] {
                if kept && !duplicated {
                    continue;
                }
                actions.push(match packet.to {
                    To::Line => Action::LineGets { place, kept, silent: false },
                    To::Agent => Action::AgentGets { place, kept },
                });
            }
            if stops && packet.to == To::Line {
                actions.push(Action::LineGets { place, kept: false, silent: true });
            }
            if state.left.allow(Fault::Loss) {
                actions.push(Action::Lose(place));
            }
        }
    }

    /// Whether the packet at this place can arrive before all others.
    fn is_next(&self, state: &State<A>, place: usize) -> bool {
        let link = state.flight[place].link();
        self.faults.allow(Fault::Reordering)
            || !state.flight[..place].iter().any(|earlier| earlier.link() == link)
    }

    /// Whether a tick makes a difference to the agent's copy.
    fn is_fresh(&self, state: &State<A>, agent: AgentId) -> bool {
        let Expiry::Ticks(ttl) = self.setting.rules.strategy.expiry else { return false };
        let Agent { entry, memory, .. } = state.world.agent(agent);
        matches!(entry.state(), EntryState::Shared | EntryState::Upgrading)
            && u32::from(memory.age) < ttl
    }

    /// Takes a step, without bringing the state into normal form.
    pub fn step(&self, state: &State<A>, action: Action) -> Result<State<A>, LeftOut> {
        let mut next = state.clone();
        match self.take(&mut next, action) {
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
        self.take(&mut state.clone(), action).err()
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
            Action::Write(agent) => state.world.write(agent, setting),
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
                self.record(state, Input::Message(packet));
                if silent {
                    state.left.take(Fault::Restart);
                    let records = [(state.world.now, Input::Message(packet))].into_iter().collect();
                    state.log = Some(Box::new(Log { snapshot: before, records }));
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
                let (told, input) = match action {
                    Action::Expire => (state.world.expire(setting)?, Input::Expire),
                    _ => (state.world.publish(setting)?, Input::Publish),
                };
                self.record(state, input);
                if !told.iter().all(|message| self.send(state, Packet::to_agent(message))) {
                    return Ok(Taken::TooMuch);
                }
            }
            Action::Snapshot => {
                state.left.take(Fault::Restart);
                let snapshot = state.world.line;
                state.log = Some(Box::new(Log { snapshot, records: ArrayVec::new() }));
            }
            Action::Restart => self.restart(state)?,
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

    fn record(&self, state: &mut State<A>, input: Input) {
        let Some(log) = &mut state.log else { return };
        if log.records.try_push((state.world.now, input)).is_err() {
            // The authority did not stop after all: forget what it would have needed.
            state.log = None;
        }
    }

    fn restart(&self, state: &mut State<A>) -> Checked {
        let log = state.log.take().expect("there is a log");
        let recovered = self.recover(&log, state.world.line)?;
        state.world.line = recovered;
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

/// An agent just after a crash.
fn reborn<const A: usize>(state: &State<A>, agent: AgentId) -> Agent {
    let Agent { last_request, now, .. } = *state.world.agent(agent);
    Agent { last_request, now, ..Agent::default() }
}

impl<D: Discipline, const A: usize> Asynchronous<D, A> {
    /// The line as it comes back from its log; the same as it was, or the promise is broken.
    fn recover(&self, log: &Log, line: Line<Few>) -> Checked<Line<Few>> {
        let setting = &self.setting;
        if setting.neglected == Some(Duty::DurableBeforeAnswered) {
            return Ok(log.snapshot);
        }
        let records = log.records.iter().zip(1..).map(|(&(now, input), number)| {
            let input = match input {
                Input::Message(packet) => match packet.message() {
                    Message::ToLine(message) => Given::Message(message),
                    Message::ToAgent(_) => unreachable!("it was for the line"),
                },
                Input::Expire => Given::Expire,
                Input::Publish => Given::Publish { agents: setting.agents },
            };
            Record { sequence: Sequence(number), now, input }
        });
        let all = Sequence(log.records.len() as u64);
        let snapshot = Recorded { line: log.snapshot, applied: Sequence(0) };
        let mut seen = Seen::default();
        let now = Recorded { line, applied: all };
        let judged = reference::recovery(&snapshot, &now, records, &setting.rules, &mut seen);
        setting.coverage.note(seen);
        judged?;
        Ok(line)
    }

    /// Brings a state into normal form.
    pub fn normal(&self, state: &State<A>) -> State<A> {
        let agents = self.setting.agents;
        // A log tells times as they were: while there is one, they count from its beginning.
        let begun = state.log.as_ref().and_then(|log| log.records.first());
        let passed = begun.map_or(state.world.now, |&(then, _)| then);
        let mut names = Renaming::new(&self.setting, passed);
        names.look(&state.world, agents);
        state.flight.iter().for_each(|&packet| names.look_at(packet));
        if let Some(log) = &state.log {
            for (_, input) in &log.records {
                if let Input::Message(packet) = input {
                    names.look_at(*packet);
                }
            }
            names.look_at_line(&log.snapshot, agents);
            // What is done again counts from there one by one.
            names.keep_apart(log.snapshot.epoch(), state.world.line.epoch());
        }
        names.give();
        let renamed = names.agents(&state.world, agents);
        let mut flight: Flight = state.flight.iter().map(|&packet| names.packet(packet)).collect();
        self.sort(&mut flight);
        if self.symmetry {
            let log = state.log.as_deref();
            let records = log.map(|log| self.logged(log, &names));
            let log = log.zip(records.as_ref()).map(|(log, records)| (&log.snapshot, &records[..]));
            let order = order(&state.world, &renamed, &flight, log, agents);
            names.place(&order[..agents as usize]);
            flight = state.flight.iter().map(|&packet| names.packet(packet)).collect();
            self.sort(&mut flight);
        }
        let mut world = names.world(&state.world, &renamed, agents);
        world.now = Tick(state.world.now.0 - passed.0);
        let log = state.log.as_ref().map(|log| {
            let records = log.records.iter().map(|&(now, input)| {
                let input = match input {
                    Input::Message(packet) => Input::Message(names.packet(packet)),
                    other => other,
                };
                (Tick(now.0 - passed.0), input)
            });
            let records = records.collect();
            Box::new(Log { snapshot: log.snapshot.renamed(agents, &mut names), records })
        });
        State { world, flight, log, left: state.left, broken: state.broken }
    }

    /// The messages in a log.
    fn logged(&self, log: &Log, names: &Renaming<A>) -> ArrayVec<Option<Packet>, 2> {
        let message = |&(_, input): &(Tick, Input)| match input {
            Input::Message(packet) => Some(names.packet(packet)),
            Input::Expire | Input::Publish => None,
        };
        log.records.iter().map(message).collect()
    }

    /// Links are ordered among each other by name; messages of one link keep their order unless
    /// they may overtake one another.
    fn sort(&self, flight: &mut Flight) {
        if self.faults.allow(Fault::Reordering) {
            flight.sort_unstable();
        } else {
            flight.sort_by_key(|packet| packet.link());
        }
    }

    /// Whether nothing is under way: no message, no request, no claim.
    pub fn is_quiet(&self, state: &State<A>) -> bool {
        state.flight.is_empty()
            && state.world.line.hold() == Hold::Free
            && self.agents().all(|agent| state.world.agent(agent).outstanding.is_none())
    }

    /// The versions that a run goes through.
    pub fn last_version(&self) -> Version {
        Version::new(self.commits + 1).expect("from 1")
    }
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

impl<D: Discipline, const A: usize> crate::explore::Explorable for Asynchronous<D, A> {
    fn is_bad(&self, state: &State<A>) -> bool {
        state.broken.is_some()
    }

    fn facts(&self, state: &State<A>) -> u64 {
        let mut facts = Facts::default();
        for id in self.agents() {
            let agent = state.world.agent(id);
            let Some(message) = agent.outstanding else { continue };
            facts.waits(id.0 as u8);
            if !state.flight.contains(&Packet::to_line(&message)) {
                facts.possible(Step::Resends(id.0 as u8));
            }
        }
        for (place, &packet) in state.flight.iter().enumerate() {
            if self.is_next(state, place) {
                facts.possible(self.arrival(state, packet));
            }
        }
        match state.world.line.deadline() {
            Some(deadline) if deadline <= state.world.now => facts.possible(Step::Expires),
            Some(_) if state.left.allow(Fault::Lease) => facts.possible(Step::TimePasses),
            _ => {}
        }
        if self.is_orphaned(state) {
            facts.orphaned();
        }
        if self.is_quiet(state) {
            facts.quiet();
        }
        facts.0
    }

    fn successor(&self, state: &State<A>, action: &Action) -> Option<(State<A>, u16)> {
        let next = self.step(state, *action).ok()?;
        let claim = |state: &State<A>| (state.world.line.hold(), state.world.line.epoch());
        let mut label = self.label(state, *action);
        if claim(state) != claim(&next) {
            label |= CHANGES_HANDS;
        }
        Some((self.normal(&next), label))
    }
}

impl<D: Discipline, const A: usize> Asynchronous<D, A> {
    /// What kind of step this is.
    fn label(&self, state: &State<A>, action: Action) -> u16 {
        let at = |place: u8| state.flight[usize::from(place)];
        match action {
            Action::Resends(agent) => Step::Resends(agent.0 as u8).class(),
            Action::LineGets { kept: true, .. }
            | Action::LineGets { silent: true, .. }
            | Action::AgentGets { kept: true, .. }
            | Action::Crash(_)
            | Action::Snapshot
            | Action::Restart => FINITE,
            Action::LineGets { place, .. } | Action::AgentGets { place, .. } => {
                self.arrival(state, at(place)).class()
            }
            Action::LineTime => Step::TimePasses.class(),
            Action::Expire => Step::Expires.class(),
            Action::Read(_)
            | Action::Write(_)
            | Action::Asks(..)
            | Action::Lose(_)
            | Action::AgentTime(_)
            | Action::Publish => Step::Free.class(),
        }
    }

    /// What it is for fairness that this packet arrives.
    fn arrival(&self, state: &State<A>, packet: Packet) -> Step {
        let agent = packet.agent;
        if !self.faults.allow(Fault::Reordering) {
            // What is first on its link holds up the rest, so that it has to arrive, whatever it is.
            return match (packet.to, packet.is_event()) {
                (To::Line, _) => Step::RequestArrives(agent),
                (To::Agent, true) => Step::EventArrives(agent),
                (To::Agent, false) => Step::AnswerArrives(agent),
            };
        }
        let asked = state.world.agents[usize::from(agent)].outstanding;
        match packet.message() {
            Message::ToLine(message) if asked == Some(message) => Step::RequestArrives(agent),
            Message::ToLine(ToLine { ask: Ask::Acknowledge { .. }, .. }) => {
                Step::AcknowledgementArrives(agent)
            }
            Message::ToLine(_) => Step::Free,
            Message::ToAgent(_) if packet.is_event() => Step::EventArrives(agent),
            Message::ToAgent(message) => {
                let awaited = asked.is_some_and(|asked| asked.request == message.request);
                if awaited { Step::AnswerArrives(agent) } else { Step::Free }
            }
        }
    }

    /// Whether the claim or grant belongs to nobody who knows of it, or could still hear of it.
    fn is_orphaned(&self, state: &State<A>) -> bool {
        let (Hold::Claimed(claim) | Hold::Owned(claim)) = state.world.line.hold() else {
            return false;
        };
        let Agent { entry, outstanding, .. } = state.world.agent(claim.agent);
        let owns = (entry.is_exclusive() || entry.state() == EntryState::Committing)
            && entry.epoch() == state.world.line.epoch();
        let waits = outstanding
            .is_some_and(|message| message.ask == Ask::Upgrade && message.request == claim.request);
        !owns && !waits
    }
}
