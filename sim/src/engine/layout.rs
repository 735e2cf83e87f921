//! How the state of a run lies in memory.
//!
//! Dense, up to [`DENSE_PAIRS_MAX`](crate::scenario::fields::DENSE_PAIRS_MAX) pairs of agent and
//! artifact: arrays by agent. Beyond that sparse: copies in ordered maps, agents made when they
//! first do something, and each tick goes through those alone that act, wait or write
//! (`few.rs`). What is measured has the same meaning; the draws that decide who acts are others.

use super::agent::Agent;
use attune_protocol::{AgentId, AgentSet, Entry, Sparse};
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The directory's kind of set, and what goes with it.
pub trait Layout {
    type Set: AgentSet;
    type Copies: Copies;
    type Agents: Agents;
    type Touched: Touched;
    /// Whether a tick goes through few of the agents.
    const SPARSE: bool;
}

/// All agents' copies of one artifact.
pub trait Copies {
    /// `bounded`: reads since the last round trip are counted.
    fn new(agents: u32, bounded: bool) -> Self;
    /// A copy, and its reads if they are counted.
    fn of(&mut self, agent: AgentId) -> (&mut Entry, Option<&mut u16>);
    fn get(&self, agent: AgentId) -> &Entry;
    /// Those that are not as at the start, at least.
    fn iter(&self) -> impl Iterator<Item = (AgentId, &Entry)>;
    fn forget(&mut self, agent: AgentId);
}

/// Which copies an agent may have: what it forgets in a crash.
pub trait Touched: Default {
    fn add(&mut self, agent: AgentId, artifact: u32);
    /// All that the agent has touched since the last time, at least, out of so many.
    fn take(&mut self, agent: AgentId, artifacts: usize) -> impl Iterator<Item = usize>;
}

/// All agents, by number.
pub trait Agents: Index<usize, Output = Agent> + IndexMut<usize> {
    fn new(seed: i64, agents: u32) -> Self;
    fn len(&self) -> usize;
    /// Those that have done anything, at least.
    fn iter(&self) -> impl Iterator<Item = &Agent>;
}

pub struct Dense<S>(PhantomData<S>);

impl<S: AgentSet> Layout for Dense<S> {
    type Set = S;
    type Copies = Array;
    type Agents = Vec<Agent>;
    type Touched = Everything;
    const SPARSE: bool = false;
}

pub struct FewOfMany;

impl Layout for FewOfMany {
    type Set = Sparse;
    type Copies = Map;
    type Agents = MadeWhenNeeded;
    type Touched = ByAgent;
    const SPARSE: bool = true;
}

/// Side by side, because a commit or a push goes through many copies at once.
pub struct Array {
    entries: Vec<Entry>,
    /// Empty where reads have no bound.
    reads: Vec<u16>,
}

impl Copies for Array {
    fn new(agents: u32, bounded: bool) -> Array {
        Array {
            entries: vec![Entry::default(); agents as usize],
            reads: vec![0; if bounded { agents as usize } else { 0 }],
        }
    }

    #[inline(always)]
    fn of(&mut self, agent: AgentId) -> (&mut Entry, Option<&mut u16>) {
        let place = agent.0 as usize;
        (&mut self.entries[place], self.reads.get_mut(place))
    }

    #[inline(always)]
    fn get(&self, agent: AgentId) -> &Entry {
        &self.entries[agent.0 as usize]
    }

    fn iter(&self) -> impl Iterator<Item = (AgentId, &Entry)> {
        (0..).map(AgentId).zip(&self.entries)
    }

    fn forget(&mut self, agent: AgentId) {
        self.entries[agent.0 as usize] = Entry::default();
        if let Some(reads) = self.reads.get_mut(agent.0 as usize) {
            *reads = 0;
        }
    }
}

/// Copies of those who have touched the artifact.
pub struct Map {
    copies: BTreeMap<u32, (Entry, u16)>,
    bounded: bool,
    untouched: Entry,
}

impl Copies for Map {
    fn new(_agents: u32, bounded: bool) -> Map {
        Map { copies: BTreeMap::new(), bounded, untouched: Entry::default() }
    }

    fn of(&mut self, agent: AgentId) -> (&mut Entry, Option<&mut u16>) {
        let (entry, reads) = self.copies.entry(agent.0).or_default();
        (entry, self.bounded.then_some(reads))
    }

    fn get(&self, agent: AgentId) -> &Entry {
        self.copies.get(&agent.0).map_or(&self.untouched, |(entry, _)| entry)
    }

    fn iter(&self) -> impl Iterator<Item = (AgentId, &Entry)> {
        self.copies.iter().map(|(&agent, (entry, _))| (AgentId(agent), entry))
    }

    fn forget(&mut self, agent: AgentId) {
        self.copies.remove(&agent.0);
    }
}

/// Nothing is remembered where there are few artifacts.
#[derive(Default)]
pub struct Everything;

impl Touched for Everything {
    #[inline(always)]
    fn add(&mut self, _: AgentId, _: u32) {}

    fn take(&mut self, _: AgentId, artifacts: usize) -> impl Iterator<Item = usize> {
        0..artifacts
    }
}

#[derive(Default)]
pub struct ByAgent(BTreeMap<u32, BTreeSet<u32>>);

impl Touched for ByAgent {
    fn add(&mut self, agent: AgentId, artifact: u32) {
        self.0.entry(agent.0).or_default().insert(artifact);
    }

    fn take(&mut self, agent: AgentId, _: usize) -> impl Iterator<Item = usize> {
        self.0.remove(&agent.0).unwrap_or_default().into_iter().map(|artifact| artifact as usize)
    }
}

impl Agents for Vec<Agent> {
    fn new(seed: i64, agents: u32) -> Vec<Agent> {
        (0..agents).map(|agent| Agent::new(seed, agent)).collect()
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn iter(&self) -> impl Iterator<Item = &Agent> {
        self.as_slice().iter()
    }
}

/// An agent costs a word until it first does something.
pub struct MadeWhenNeeded {
    seed: i64,
    agents: Vec<Option<Box<Agent>>>,
}

impl Agents for MadeWhenNeeded {
    fn new(seed: i64, agents: u32) -> MadeWhenNeeded {
        let mut all = Vec::new();
        all.resize_with(agents as usize, || None);
        MadeWhenNeeded { seed, agents: all }
    }

    fn len(&self) -> usize {
        self.agents.len()
    }

    fn iter(&self) -> impl Iterator<Item = &Agent> {
        self.agents.iter().flatten().map(Box::as_ref)
    }
}

impl Index<usize> for MadeWhenNeeded {
    type Output = Agent;

    fn index(&self, agent: usize) -> &Agent {
        self.agents[agent].as_ref().expect("whoever is looked at has done something")
    }
}

impl IndexMut<usize> for MadeWhenNeeded {
    fn index_mut(&mut self, agent: usize) -> &mut Agent {
        let seed = self.seed;
        self.agents[agent].get_or_insert_with(|| Box::new(Agent::new(seed, agent as u32)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_agent_touched_is_given_once_and_no_other_agents() {
        let mut touched = ByAgent::default();
        let (one, other) = (AgentId(7), AgentId(9));
        for (agent, artifact) in [(one, 5), (other, 4), (one, 2), (one, 5)] {
            touched.add(agent, artifact);
        }
        let mut take = |agent| touched.take(agent, 100_000).collect::<Vec<_>>();
        assert_eq!((take(one), take(one), take(other)), (vec![2, 5], vec![], vec![4]));
        assert!(Everything.take(one, 3).eq(0..3), "few artifacts: all of them");
    }
}
