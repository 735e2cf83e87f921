//! Refinement: what the asynchronous layer does, the atomic layer does too.
//!
//! Both layers have a [`World`]. The map from an asynchronous state to an atomic one forgets the
//! messages in flight: they count as lost so far. So the atomic layer that is compared with is one
//! in which every message of a step can be lost and a request be repeated
//! ([`Atomic::unreliable`]), agents crash, deadlines pass, and the line is asked in the name of
//! agents that have forgotten it (what a request from before a crash is). Of the two states what
//! promises are about is compared, a [`View`]: version and hold of the line, whether its owner
//! knows, and what each agent can read or write, how often. Forgotten are the line's sets, the
//! numbers of epochs and requests, and who waits for what.
//!
//! Every step of the asynchronous layer has to be one of these:
//! - *nothing*: the view stays as it is;
//! - *atomic*: the atomic layer has a step between these two views;
//! - *late*: nothing but one agent changes, over a message, as it does in some step of the atomic
//!   layer at an earlier version of the line; if it had asked, a version since it asked. This is
//!   what a message that was under way meanwhile can do, and it is all that asynchrony adds.
//!
//! So whatever holds of every step between views below, and of every change of one agent, holds
//! above. What could make this wrong: the atomic layer is compared as a relation between views,
//! which says less than a simulation state by state would. A step is allowed if it is possible from
//! *some* atomic state with this view. The promises themselves are therefore checked in the
//! asynchronous layer as well.

use crate::atomic::Atomic;
use crate::case::{Case, Layer};
use crate::fault::{Fault, Faults};
use crate::fingerprints::{Fingerprints, Kept};
use crate::world::{Agent, Setting, World};
use ahash::RandomState;
use attune_protocol::{AgentId, Ask, Discipline, Entry, Hold, State as EntryState, Version};
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

/// What is compared of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct View<const A: usize> {
    version: Version,
    held: Held,
    agents: [Part; A],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    Free,
    Claimed(AgentId),
    /// `known`: a commit of the owner as it is now would be accepted.
    Owned {
        by: AgentId,
        known: bool,
    },
}

/// What one agent can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    has: Has,
    /// Reads since its last sync.
    reads: u16,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Has {
    #[default]
    Nothing,
    Copy(Version),
    Grant(Version),
    Draft(Version),
}

impl Has {
    fn version(self) -> Option<Version> {
        match self {
            Has::Nothing => None,
            Has::Copy(version) | Has::Grant(version) | Has::Draft(version) => Some(version),
        }
    }
}

impl<const A: usize> View<A> {
    fn of(world: &World<A>) -> View<A> {
        let line = &world.line;
        let held = match line.hold() {
            Hold::Free => Held::Free,
            Hold::Claimed(claim) => Held::Claimed(claim.agent),
            Hold::Owned(claim) => {
                let Agent { entry, outstanding, .. } = world.agent(claim.agent);
                let commit = outstanding.filter(|message| message.ask == Ask::Commit);
                let grant = entry.is_exclusive().then(|| entry.epoch());
                let epoch = grant.or(commit.map(|message| message.epoch));
                Held::Owned { by: claim.agent, known: epoch == Some(line.epoch()) }
            }
        };
        let agents = std::array::from_fn(|agent| {
            let agent = &world.agents[agent];
            let has = has(&agent.entry);
            Part { has, reads: if has == Has::Nothing { 0 } else { agent.memory.reads } }
        });
        View { version: line.version(), held, agents }
    }

    fn renamed(&self, order: &[u8; A]) -> View<A> {
        let new = |agent: AgentId| AgentId(order[agent.0 as usize].into());
        let held = match self.held {
            Held::Free => Held::Free,
            Held::Claimed(agent) => Held::Claimed(new(agent)),
            Held::Owned { by, known } => Held::Owned { by: new(by), known },
        };
        let mut agents = [Part::default(); A];
        for (&place, &part) in order.iter().zip(&self.agents) {
            agents[usize::from(place)] = part;
        }
        View { held, agents, ..*self }
    }
}

fn has(entry: &Entry) -> Has {
    let Some(version) = entry.version().filter(|_| entry.is_readable()) else {
        return Has::Nothing;
    };
    match entry.state() {
        EntryState::Exclusive => Has::Grant(version),
        EntryState::Modified => Has::Draft(version),
        _ => Has::Copy(version),
    }
}

/// What the atomic layer does.
#[derive(Debug)]
pub struct Refinement<const A: usize> {
    steps: BTreeSet<(View<A>, View<A>)>,
    /// How an agent's part changed while the line was at this version.
    changes: BTreeSet<(Version, Part, Part)>,
    /// How many steps have been found to be what, so that it shows whether anything was compared.
    found: [AtomicU64; 3],
}

/// What an asynchronous step is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Below {
    Nothing,
    Atomic,
    Late,
}

impl<const A: usize> Refinement<A> {
    /// The steps of the atomic layer under the rules of a case of the asynchronous one. `go_on` is
    /// told how many states it has met, and stops it by `false`: then there is nothing.
    pub fn of<D: Discipline>(
        case: &Case,
        setting: Setting<D>,
        go_on: &dyn Fn(usize) -> bool,
    ) -> Option<Refinement<A>> {
        let always = [Fault::Loss, Fault::Misuse];
        let also = [Fault::Crash, Fault::Lease].into_iter().filter(|&it| case.faults.allow(it));
        let faults = always
            .into_iter()
            .chain(also)
            .fold(Faults::none(), |faults, fault| faults.with(fault, Faults::ANY_NUMBER));
        let below = Case { layer: Layer::Atomic, faults, symmetry: true, ..case.clone() };
        let atomic = Atomic {
            unreliable: true,
            ..Atomic::of(&below, Setting { thorough: false, ..setting })
        };
        let mut refinement = Refinement {
            steps: BTreeSet::new(),
            changes: BTreeSet::new(),
            found: Default::default(),
        };
        let orders = orders::<A>(case.agents);
        let initial = atomic.normal(&atomic.initial());
        let hasher = RandomState::with_seeds(1, 2, 3, 4);
        let mut met = Fingerprints::new(Kept::Nothing);
        met.insert(hasher.hash_one(initial).max(1), 1);
        let mut pending = VecDeque::from([initial]);
        let mut actions = Vec::new();
        let mut looked_at = 0usize;
        while let Some(state) = pending.pop_front() {
            looked_at += 1;
            if looked_at.is_multiple_of(1024) && !go_on(met.len()) {
                return None;
            }
            atomic.possible(&state, &mut actions);
            for action in actions.drain(..) {
                let Some(next) = atomic.step(&state, action) else { continue };
                if next.broken.is_some() {
                    continue;
                }
                refinement.learn(View::of(&state.world), View::of(&next.world), &orders);
                let next = atomic.normal(&next);
                if met.insert(hasher.hash_one(next).max(1), 1) {
                    pending.push_back(next);
                }
            }
        }
        Some(refinement)
    }

    /// The step, whichever way the agents are named.
    fn learn(&mut self, before: View<A>, after: View<A>, orders: &[[u8; A]]) {
        if before == after || self.steps.contains(&(before, after)) {
            return;
        }
        for (&one, &other) in before.agents.iter().zip(&after.agents) {
            if one != other {
                self.changes.insert((after.version, one, other));
            }
        }
        let renamed = orders.iter().map(|order| (before.renamed(order), after.renamed(order)));
        self.steps.extend(renamed);
    }

    /// What a step is below, if it is anything. `getter`: the agent that gets a message in it, and
    /// the line's version when it asked for that, if it did.
    pub fn below(
        &self,
        before: &World<A>,
        after: &World<A>,
        getter: Option<(AgentId, Option<Version>)>,
    ) -> Option<Below> {
        let below = self.look_for(before, after, getter)?;
        self.found[below as usize].fetch_add(1, Ordering::Relaxed);
        Some(below)
    }

    /// How many steps have been found to be what, in the order of [`Below`].
    pub fn found(&self) -> [u64; 3] {
        std::array::from_fn(|kind| self.found[kind].load(Ordering::Relaxed))
    }

    fn look_for(
        &self,
        before: &World<A>,
        after: &World<A>,
        getter: Option<(AgentId, Option<Version>)>,
    ) -> Option<Below> {
        let (before, after) = (View::of(before), View::of(after));
        if before == after {
            return Some(Below::Nothing);
        }
        if self.steps.contains(&(before, after)) {
            return Some(Below::Atomic);
        }
        let (getter, asked) = getter?;
        let place = getter.0 as usize;
        let mut rest = before;
        rest.agents[place] = after.agents[place];
        let (one, other) = (before.agents[place], after.agents[place]);
        let since = asked.unwrap_or(Version::FIRST);
        let fresh = other.has == Has::Nothing
            || other.has.version() == one.has.version()
            || other.has.version() >= Some(since);
        let mut versions = (since.get()..=after.version.get()).filter_map(Version::new);
        let late = rest == after
            && fresh
            && versions.any(|version| self.changes.contains(&(version, one, other)));
        late.then_some(Below::Late)
    }
}

/// All ways to name so many agents: `order[old] == new`.
fn orders<const A: usize>(agents: u32) -> Vec<[u8; A]> {
    let mut orders = vec![std::array::from_fn(|agent| agent as u8)];
    for place in 1..agents as usize {
        let swapped = |with: usize| {
            move |order: &[u8; A]| {
                let mut order = *order;
                order.swap(place, with);
                order
            }
        };
        orders = (0..=place)
            .flat_map(|with| orders.iter().map(swapped(with)).collect::<Vec<_>>())
            .collect();
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::orders;

    #[test]
    fn all_orders_of_three() {
        let mut all = orders::<4>(3);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 6);
        assert!(all.iter().all(|order| order[3] == 3));
    }
}
