//! Sets of agents: the one part of a line whose size depends on how many agents there are.
//!
//! [`Word`] for up to 64 agents (model checking, most simulations), [`Bitset`] for thousands,
//! [`Sparse`] where few of very many agents hold an artifact.

use crate::AgentId;
use fixedbitset::FixedBitSet;
use std::fmt::Debug;
use std::hash::Hash;

/// A set of agents. Iteration is in ascending order for every implementation, so that runs do
/// not depend on which one is used.
pub trait AgentSet: Clone + Debug + PartialEq + Eq + Hash {
    /// The empty set over agents `0..agents`.
    fn empty(agents: u32) -> Self;
    fn insert(&mut self, agent: AgentId);
    fn remove(&mut self, agent: AgentId);
    fn contains(&self, agent: AgentId) -> bool;
    fn is_empty(&self) -> bool;
    fn len(&self) -> usize;
    fn clear(&mut self);
    /// Moves all members of `other` into this set.
    fn absorb(&mut self, other: &mut Self);
    fn for_each(&self, visit: impl FnMut(AgentId));
}

/// Up to 64 agents in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(pub u64);

impl Word {
    /// The number of agents that fit.
    pub const CAPACITY: u32 = 64;
}

impl AgentSet for Word {
    fn empty(agents: u32) -> Word {
        assert!(agents <= Word::CAPACITY, "a word holds 64 agents, not {agents}");
        Word(0)
    }

    #[inline]
    fn insert(&mut self, agent: AgentId) {
        self.0 |= 1 << agent.0;
    }

    #[inline]
    fn remove(&mut self, agent: AgentId) {
        self.0 &= !(1 << agent.0);
    }

    #[inline]
    fn contains(&self, agent: AgentId) -> bool {
        self.0 >> agent.0 & 1 == 1
    }

    #[inline]
    fn is_empty(&self) -> bool {
        self.0 == 0
    }

    fn len(&self) -> usize {
        self.0.count_ones() as usize
    }

    #[inline]
    fn clear(&mut self) {
        self.0 = 0;
    }

    #[inline]
    fn absorb(&mut self, other: &mut Word) {
        self.0 |= other.0;
        other.0 = 0;
    }

    #[inline(always)]
    fn for_each(&self, mut visit: impl FnMut(AgentId)) {
        let mut rest = self.0;
        while rest != 0 {
            visit(AgentId(rest.trailing_zeros()));
            rest &= rest - 1;
        }
    }
}

/// Any fixed number of agents, one bit each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bitset(FixedBitSet);

impl AgentSet for Bitset {
    fn empty(agents: u32) -> Bitset {
        Bitset(FixedBitSet::with_capacity(agents as usize))
    }

    #[inline]
    fn insert(&mut self, agent: AgentId) {
        self.0.insert(agent.0 as usize);
    }

    #[inline]
    fn remove(&mut self, agent: AgentId) {
        self.0.remove(agent.0 as usize);
    }

    #[inline]
    fn contains(&self, agent: AgentId) -> bool {
        self.0.contains(agent.0 as usize)
    }

    fn is_empty(&self) -> bool {
        self.0.is_clear()
    }

    fn len(&self) -> usize {
        self.0.count_ones(..)
    }

    fn clear(&mut self) {
        self.0.clear();
    }

    fn absorb(&mut self, other: &mut Bitset) {
        self.0.union_with(&other.0);
        other.0.clear();
    }

    fn for_each(&self, mut visit: impl FnMut(AgentId)) {
        self.0.ones().for_each(|agent| visit(AgentId(agent as u32)));
    }
}

/// Few members out of any number of agents, as a sorted list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sparse(Vec<AgentId>);

impl AgentSet for Sparse {
    fn empty(_agents: u32) -> Sparse {
        Sparse(Vec::new())
    }

    fn insert(&mut self, agent: AgentId) {
        if let Err(place) = self.0.binary_search(&agent) {
            self.0.insert(place, agent);
        }
    }

    fn remove(&mut self, agent: AgentId) {
        if let Ok(place) = self.0.binary_search(&agent) {
            self.0.remove(place);
        }
    }

    fn contains(&self, agent: AgentId) -> bool {
        self.0.binary_search(&agent).is_ok()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn clear(&mut self) {
        self.0.clear();
    }

    fn absorb(&mut self, other: &mut Sparse) {
        self.0.append(&mut other.0);
        self.0.sort_unstable();
        self.0.dedup();
    }

    fn for_each(&self, visit: impl FnMut(AgentId)) {
        self.0.iter().copied().for_each(visit);
    }
}
