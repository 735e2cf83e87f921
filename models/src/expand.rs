//! One round of a search: some states, and what each of them leads to. Threads share the work; what
//! comes out is in the states' order, so that a search is the same on any number of them.

use crate::explore::Explorable;
use crate::fingerprints::Fingerprints;
use crate::frontier::{Block, Packer};
use ahash::RandomState;
use rayon::ThreadPool;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::hash::{BuildHasher, Hasher};

/// What the states of a block lead to.
pub struct Expanded<A> {
    pub sources: Vec<Source>,
    /// The steps that the search has to look at: all of them where the graph is kept, otherwise
    /// those to states that had not been met before this round.
    pub steps: Vec<Step<A>>,
    /// The states that had not been met, packed, in the order of the steps.
    pub packed: Vec<u8>,
}

/// A state that was looked at.
pub struct Source {
    pub facts: u64,
    /// How many steps it has, and how many of these are in [`Expanded::steps`].
    pub steps: u32,
    pub kept: u32,
}

pub struct Step<A> {
    pub fingerprint: u64,
    pub cover: u32,
    pub action: A,
    pub label: u16,
    pub bad: bool,
    /// Its place among all steps of its source, from 1.
    pub place: u32,
    /// How many bytes of [`Expanded::packed`] it has.
    pub size: u32,
}

/// Looks at states, on several threads or on none but its own.
pub struct Expander {
    hasher: RandomState,
    pool: Option<ThreadPool>,
    keep_graph: bool,
}

impl Expander {
    /// # Panics
    /// If the system gives no threads.
    pub fn new(threads: usize, keep_graph: bool) -> Expander {
        let pool = || rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        Expander {
            // Fixed seeds: the same search every time.
            hasher: RandomState::with_seeds(1, 2, 3, 4),
            pool: (threads > 1).then(|| pool().expect("the system gives threads")),
            keep_graph,
        }
    }

    pub fn fingerprint<M: Explorable>(&self, model: &M, state: &M::State) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        model.hash(state, &mut hasher);
        hasher.finish().max(1)
    }

    /// What each block leads to.
    pub fn round<M: Explorable>(
        &self,
        model: &M,
        blocks: &[Block],
        met: &Fingerprints,
    ) -> Vec<Expanded<M::Action>> {
        let expand = |block| self.block(model, block, met);
        match &self.pool {
            Some(pool) if blocks.len() > 1 => {
                pool.install(|| blocks.par_iter().map(expand).collect())
            }
            _ => blocks.iter().map(expand).collect(),
        }
    }

    fn block<M: Explorable>(
        &self,
        model: &M,
        block: &Block,
        met: &Fingerprints,
    ) -> Expanded<M::Action> {
        let mut expanded = Expanded { sources: Vec::new(), steps: Vec::new(), packed: Vec::new() };
        let mut packer = Packer::default();
        let mut actions = Vec::new();
        for state in block.states::<M::State>() {
            let facts = if self.keep_graph { model.facts(&state) } else { 0 };
            let mut source = Source { facts, steps: 0, kept: 0 };
            model.actions(&state, &mut actions);
            for action in actions.drain(..) {
                let Some((next, label)) = model.successor(&state, &action) else { continue };
                source.steps += 1;
                let fingerprint = self.fingerprint(model, &next);
                let cover = model.cover(&next);
                let known = met.has(fingerprint, cover);
                if known && !self.keep_graph {
                    continue;
                }
                source.kept += 1;
                let mut packed = |next| packer.pack(next, &mut expanded.packed) as u32;
                let size = if known { 0 } else { packed(&next) };
                let (bad, place) = (model.is_bad(&next), source.steps);
                expanded.steps.push(Step { fingerprint, cover, action, label, bad, place, size });
            }
            expanded.sources.push(source);
        }
        expanded
    }
}
