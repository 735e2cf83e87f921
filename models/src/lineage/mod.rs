//! The model of a lineage: a task is handed from generation to generation, and everything goes wrong
//! on the way.
//!
//! Every step calls `attune_protocol::lineage` (and its line); what the record does is judged by
//! `judge`, which knows none of its rules, and what agents do by what has happened in the world:
//! how often the effect of each step has taken place. Messages are in flight in no order, and are
//! lost or repeated; agents crash anywhere and come back as others' successors; leases run out
//! under agents that live; the authority stops before it answers; several are started for one
//! generation. Generations, crashes and requests are not bounded (`normal`); steps, agents and
//! messages in flight are ([`Case`]).
//!
//! All agents and the record have one clock here. That agents' clocks need not agree is in how a
//! lease is counted: only differences of the same clock are used.

pub mod case;
pub mod check;
pub mod defect;
mod fairness;
mod grants;
mod judge;
mod normal;
mod possible;
pub mod promise;
mod step;
pub mod story;

use crate::fault::Faults;
use arrayvec::ArrayVec;
use attune_protocol::lineage::{Carrier, Lineage, Rules, StepId, ToAgent, ToLineage};
use attune_protocol::{AgentId, RequestId, Tick};
use attune_trace::Mutant;
pub use case::Case;
use defect::Without;
pub use defect::{Defect, Duty};
use grants::Grants;
use normal::How;
use promise::{Broken, Met, Promise, Situation};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The accepted counts of the cases that are checked at every change.
pub const COUNTS: &str = include_str!("../../lineage.tsv");

/// At most so many agents can be generations, and so many steps be there.
pub const AGENTS_MAX: usize = 3;
pub const STEPS_MAX: usize = 3;
/// At most so many messages can be in flight.
pub const FLIGHT_MAX: usize = 4;

/// A message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Packet {
    ToLineage(ToLineage),
    ToAgent(ToAgent),
}

/// Somebody who can be a generation.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Agent {
    pub carrier: Carrier,
    /// The last request.
    pub requests: RequestId,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct State {
    pub record: Lineage,
    pub now: Tick,
    pub agents: ArrayVec<Agent, AGENTS_MAX>,
    /// In order, each once: to repeat a message is to deliver it and keep it.
    pub flight: ArrayVec<Packet, FLIGHT_MAX>,
    pub left: Faults,
    /// How often the effect of each step has taken place, in the world.
    pub happened: ArrayVec<u8, STEPS_MAX>,
    pub grants: Option<Grants>,
    pub broken: Option<Promise>,
}

/// Something that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// An agent is started for the generation that is offered.
    Start(AgentId),
    Begin(AgentId, StepId),
    Add(AgentId),
    Look(AgentId),
    Effect(AgentId),
    Complete(AgentId),
    Prepare(AgentId),
    Heartbeat(AgentId),
    Divide(AgentId),
    /// The agent sends its request again.
    Again(AgentId),
    /// The message at this place arrives at the record. `kept`: and stays in flight. `stops`: the
    /// authority stops before it sends anything, and recovers.
    RecordGets {
        place: u8,
        kept: bool,
        stops: bool,
    },
    /// The message at this place arrives at its agent.
    AgentGets {
        place: u8,
        kept: bool,
    },
    Lose(u8),
    Crash(AgentId),
    Time,
    /// The record's driver looks after the deadline.
    Expire,
    /// The agent, or the stranger, asks for the line, commits, or gives it back.
    Upgrade(AgentId),
    Commit(AgentId),
    Release(AgentId),
    /// The line's driver looks after the deadline.
    LineExpires,
}

/// The model.
#[derive(Debug)]
pub struct Handoff {
    pub case: Case,
    pub defect: Defect,
    rules: Rules<Without>,
    line: attune_protocol::Rules<Mutant>,
    met: AtomicU64,
    /// Whether a step was left out because too much would be in flight.
    cut: AtomicBool,
}

impl Handoff {
    pub fn new(case: Case, defect: Defect) -> Handoff {
        let lease_ticks = case.lease_ticks;
        Handoff {
            case,
            defect,
            rules: Rules { lease_ticks, estate_ticks: 1, discipline: defect.rule() },
            line: attune_protocol::Rules {
                strategy: attune_protocol::Strategy::lazy(),
                bound_reads: None,
                lease_ticks: 1,
                acknowledgement_ticks: 1,
                revalidate: false,
                discipline: defect.line(),
            },
            met: AtomicU64::new(0),
            cut: AtomicBool::new(false),
        }
    }

    pub fn initial(&self) -> State {
        let Case { agents, steps, additions, .. } = self.case;
        let grants = self.case.line.then(|| Grants::new(agents));
        State {
            record: Lineage::new(AgentId(agents), steps),
            now: Tick(self.case.lease_ticks),
            agents: (0..agents).map(|_| Agent::default()).collect(),
            flight: ArrayVec::new(),
            left: self.case.faults,
            happened: (0..steps + additions).map(|_| 0).collect(),
            grants,
            broken: None,
        }
    }

    fn neglects(&self, duty: Duty) -> bool {
        self.defect == Defect::Duty(duty)
    }

    /// The situations met so far.
    pub fn met(&self) -> Met {
        Met(self.met.load(Ordering::Relaxed))
    }

    pub fn crowded(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }

    fn note(&self, met: Met) {
        // Read first: after the first moments of a search nothing is new.
        if self.met.load(Ordering::Relaxed) & met.0 != met.0 {
            self.met.fetch_or(met.0, Ordering::Relaxed);
        }
    }

    /// The state after a step, in normal form; none if it is impossible or too much would be in
    /// flight.
    pub fn next(&self, state: &State, action: Action) -> Option<State> {
        let (next, _) = self.step(state, action)?;
        Some(self.normal(&next))
    }

    pub fn normal(&self, state: &State) -> State {
        normal::normal(state, self.how())
    }

    /// The state without messages that can do nothing any more, as in normal form.
    fn of_use(&self, state: State) -> State {
        normal::of_use(state, self.how())
    }

    fn how(&self) -> How {
        let Case { lease_ticks, drafts, thorough, .. } = self.case;
        let thorough = thorough || self.defect != Defect::None;
        How { lease: lease_ticks, drafts, thorough }
    }

    /// What breaks by this step, if something does.
    pub fn breaks(&self, state: &State, action: Action) -> Option<Broken> {
        self.step(state, action).and_then(|(_, broken)| broken)
    }

    /// Whether a step meets a situation.
    pub fn meets(&self, state: &State, action: Action, situation: Situation) -> bool {
        let mut met = Met::default();
        let _ = self.take(&mut state.clone(), action, &mut met);
        met.has(situation)
    }
}

impl stateright::Model for Handoff {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.normal(&self.initial())]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.possible(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.next(state, action)
    }

    fn properties(&self) -> Vec<stateright::Property<Handoff>> {
        vec![stateright::Property::always("every promise is kept", |_, state: &State| {
            state.broken.is_none()
        })]
    }
}
