//! The paper's TLA+ spec (section 6.1) as printed, and with each repair it needs.
//!
//! `specs/` holds the same in TLA+; the counts of states agree. What follows from it is in
//! [`findings`].

pub mod claims;
pub mod explore;
pub mod findings;
mod state;
mod text;

use std::fmt;

use serde::{Serialize, Serializer};
use stateright::{Model, Property};

pub use state::{AGENTS_MAX, COUNT_MAX, Holding, Mesi, State};

/// `MAX_STALE_STEPS` of section 6.3.
pub const PRINTED_K: u8 = 3;

/// What `Upgrade` does to the peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Upgrade {
    Printed,
    /// `BrokenUpgrade` (6.3): nothing.
    Broken,
}

/// When a peer learns that its copy is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Invalidation {
    /// In the step that causes it, as printed.
    AtOnce,
    /// Later, by a message.
    Posted,
    /// Later, and `Upgrade` and `Write` wait until no message is in flight.
    Acknowledged,
}

/// What `Fetch` does about an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Fetch {
    /// Nothing, as printed.
    BesideOwner,
    /// The owner is left in S, as in MESI.
    Downgrades,
    /// It waits until there is none.
    Waits,
}

/// What makes the space finite, or small. As a constraint, not a guard: a state outside is not
/// explored, and a state at the edge is not a deadlock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Bound {
    /// Nothing: only good for finding the shortest trace of a violation.
    None,
    /// Up to this version.
    Versions(u8),
    /// Up to this version, and this many steps of each agent.
    VersionsAndSteps(u8, u8),
    /// Up to this version, and where the printed `BoundedStaleness` is true.
    VersionsAndStaleness(u8),
    /// Versions and steps are left out. Exact for claims about `artifactState` as long as no guard
    /// reads anything else, so not beside `guarded`.
    StatesOnly,
}

/// Section 6.1 with its switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spec {
    pub agents: usize,
    /// `MAX_STALE_STEPS`.
    pub k: u8,
    pub upgrade: Upgrade,
    pub invalidation: Invalidation,
    /// `Read` needs staleness below K.
    pub guarded: bool,
    /// `Fetch` and `Write` set `agentSteps` to 0, and K bounds it alone.
    pub counted: bool,
    /// An agent out of reads may fetch, whatever its state.
    pub renewed: bool,
    pub fetch: Fetch,
    pub bound: Bound,
}

/// By the number of the agent, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Read(u8),
    Write(u8),
    Fetch(u8),
    Upgrade(u8),
    /// A posted invalidation arrives.
    Deliver(u8),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, a) = match self {
            Action::Read(a) => ("Read", a),
            Action::Write(a) => ("Write", a),
            Action::Fetch(a) => ("Fetch", a),
            Action::Upgrade(a) => ("Upgrade", a),
            Action::Deliver(a) => ("Deliver", a),
        };
        write!(f, "{name}(A{})", a + 1)
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Spec {
    /// As printed, in the paper's configuration.
    #[must_use]
    pub fn printed(agents: usize) -> Spec {
        Spec {
            agents,
            k: PRINTED_K,
            upgrade: Upgrade::Printed,
            invalidation: Invalidation::AtOnce,
            guarded: false,
            counted: false,
            renewed: false,
            fetch: Fetch::BesideOwner,
            bound: Bound::None,
        }
    }

    /// The smallest change under which everything that section 6.2 states is true.
    #[must_use]
    pub fn guarded(agents: usize, versions: u8) -> Spec {
        Spec { guarded: true, bound: Bound::Versions(versions), ..Spec::printed(agents) }
    }

    /// K counts reads since the last sync, as `agentSteps` is described.
    #[must_use]
    pub fn counted(agents: usize, versions: u8) -> Spec {
        Spec { counted: true, ..Spec::guarded(agents, versions) }
    }

    /// Besides, an agent out of reads can sync without writing.
    #[must_use]
    pub fn renewed(agents: usize, versions: u8) -> Spec {
        Spec { renewed: true, ..Spec::counted(agents, versions) }
    }

    /// Besides, no reader beside an owner: every claim is true.
    #[must_use]
    pub fn repaired(agents: usize, versions: u8) -> Spec {
        Spec { fetch: Fetch::Downgrades, ..Spec::renewed(agents, versions) }
    }

    /// What K bounds: as printed, a count of steps minus a version.
    #[must_use]
    pub fn staleness(&self, holding: Holding) -> i16 {
        let sync = if self.counted { 0 } else { i16::from(holding.sync()) };
        i16::from(holding.steps()) - sync
    }

    #[must_use]
    pub fn out_of_reads(&self, holding: Holding) -> bool {
        self.guarded && self.staleness(holding) >= i16::from(self.k)
    }

    fn claims_wait(&self, state: &State) -> bool {
        self.invalidation == Invalidation::Acknowledged
            && state.agents().iter().any(|holding| holding.posted())
    }

    /// Whether the action's guard is true.
    #[must_use]
    pub fn enabled(&self, state: &State, action: Action) -> bool {
        let of = |a: u8| state.agents()[usize::from(a)];
        match action {
            Action::Read(a) => of(a).state() != Mesi::I && !self.out_of_reads(of(a)),
            Action::Write(a) => of(a).state().owns() && !self.claims_wait(state),
            Action::Fetch(a) => {
                let mut others = (0..).zip(state.agents()).filter(|(x, _)| *x != a);
                let wants = of(a).state() == Mesi::I || self.renewed && self.out_of_reads(of(a));
                let waits = self.fetch == Fetch::Waits && others.any(|(_, x)| x.state().owns());
                wants && !waits
            }
            Action::Upgrade(a) => of(a).state() == Mesi::S && !self.claims_wait(state),
            Action::Deliver(a) => of(a).posted(),
        }
    }

    /// The state after an action whose guard is true.
    #[must_use]
    pub fn step(&self, state: &State, action: Action) -> State {
        let mut next = *state;
        match action {
            Action::Read(a) => {
                let holding = &mut next.agents_mut()[usize::from(a)];
                *holding = holding.with_steps(holding.steps() + 1);
            }
            Action::Write(a) => {
                next.version += 1;
                self.invalidate_peers(&mut next, a);
                let holding = next.agents()[usize::from(a)].with_state(Mesi::M);
                next.agents_mut()[usize::from(a)] = self.synced(holding, next.version);
            }
            Action::Fetch(a) => {
                if self.fetch == Fetch::Downgrades {
                    for holding in next.agents_mut().iter_mut().filter(|x| x.state().owns()) {
                        *holding = holding.with_state(Mesi::S);
                    }
                }
                let holding = next.agents()[usize::from(a)].with_state(Mesi::S);
                next.agents_mut()[usize::from(a)] = self.synced(holding, next.version);
            }
            Action::Upgrade(a) => {
                if self.upgrade == Upgrade::Printed {
                    self.invalidate_peers(&mut next, a);
                }
                let holding = &mut next.agents_mut()[usize::from(a)];
                *holding = holding.with_state(Mesi::E);
            }
            Action::Deliver(a) => {
                let holding = &mut next.agents_mut()[usize::from(a)];
                *holding = holding.with_state(Mesi::I).with_posted(false);
            }
        }
        if self.bound == Bound::StatesOnly {
            next.version = 1;
            for holding in next.agents_mut() {
                *holding = holding.with_steps(0).with_sync(1);
            }
        }
        next
    }

    fn synced(&self, holding: Holding, version: u8) -> Holding {
        let steps = if self.counted { 0 } else { holding.steps() };
        holding.with_sync(version).with_steps(steps)
    }

    fn invalidate_peers(&self, state: &mut State, a: u8) {
        for (_, holding) in (0..).zip(state.agents_mut()).filter(|(x, _)| *x != a) {
            *holding = match self.invalidation {
                Invalidation::AtOnce => holding.with_state(Mesi::I),
                Invalidation::Posted | Invalidation::Acknowledged => holding.with_posted(true),
            };
        }
    }

    fn all_actions(&self) -> impl Iterator<Item = Action> {
        let posted = self.invalidation != Invalidation::AtOnce;
        (0..self.agents as u8).flat_map(move |a| {
            let printed = [Action::Read(a), Action::Write(a), Action::Fetch(a), Action::Upgrade(a)];
            printed.into_iter().chain(posted.then_some(Action::Deliver(a)))
        })
    }
}

impl Model for Spec {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::init(self.agents)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(self.all_actions().filter(|action| self.enabled(state, *action)));
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        Some(self.step(state, action))
    }

    /// One conjunction, so that the order of the search cannot choose among several.
    fn properties(&self) -> Vec<Property<Spec>> {
        vec![Property::always("section 6.2", |spec, state| {
            claims::PRINTED.iter().all(|claim| (claim.holds)(spec, state))
        })]
    }

    fn within_boundary(&self, state: &State) -> bool {
        match self.bound {
            Bound::None | Bound::StatesOnly => true,
            Bound::Versions(versions) => state.version <= versions,
            Bound::VersionsAndSteps(versions, steps) => {
                state.version <= versions && state.agents().iter().all(|a| a.steps() <= steps)
            }
            Bound::VersionsAndStaleness(versions) => {
                let k = i16::from(self.k);
                state.version <= versions && state.agents().iter().all(|a| self.staleness(*a) <= k)
            }
        }
    }
}
