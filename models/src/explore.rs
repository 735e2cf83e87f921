//! A breadth-first pass over a model, for what a state-by-state checker cannot give: the shortest
//! way to a state (stateright's breadth-first search can overwrite a shorter counterexample with
//! a longer one), and the graph, in which progress under fairness is decided.
//!
//! States are kept as fingerprints only; those that wait to be looked at are packed
//! ([`crate::frontier`]). A search goes in rounds: some states are looked at, on several threads,
//! then what they lead to is added in their order. Neither depends on how many threads there are.

use crate::expand::{Expanded, Expander};
use crate::fingerprints::{Fingerprints, Kept};
use crate::frontier::{Block, Packed, Packer};
use stateright::Model;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};

/// A model whose graph can be looked at.
pub trait Explorable:
    Model<State: Packed + Hash + Send + Sync, Action: Clone + Ord + Send + Sync> + Sync
{
    /// Whether the search goes no further here: a promise is broken.
    fn is_bad(&self, state: &Self::State) -> bool;
    /// What fairness and progress are judged by, as bits that the model reads itself.
    fn facts(&self, _state: &Self::State) -> u64 {
        0
    }
    /// What tells this state from others, but for what [`Explorable::cover`] says.
    fn hash(&self, state: &Self::State, hasher: &mut impl Hasher) {
        state.hash(hasher);
    }
    /// A state is passed over where one was met that is the same by [`Explorable::hash`] and has
    /// these bits: so it can do whatever this one can.
    fn cover(&self, _state: &Self::State) -> u32 {
        1
    }
    /// The next state, and what kind of step leads there, for fairness.
    fn successor(&self, state: &Self::State, action: &Self::Action) -> Option<(Self::State, u16)>;
}

/// What a pass found.
pub struct Explored<A> {
    pub states: usize,
    pub transitions: u64,
    /// The longest of the shortest ways to a state, in steps.
    pub depth: usize,
    /// The first bad state.
    pub found: Option<u32>,
    pub end: End,
    came: Came<A>,
    pub graph: Option<Graph>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything within the model's bounds was seen.
    Exhausted,
    Found,
    /// The depth or number of states that was allowed did not suffice, or it was interrupted.
    CutShort,
}

/// The graph, by source state.
pub struct Graph {
    pub facts: Vec<u64>,
    /// The edges of state `i` are those from `first[i]` to `first[i + 1]`.
    pub first: Vec<u64>,
    pub to: Vec<u32>,
    pub label: Vec<u16>,
}

/// What a pass keeps of its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    States,
    /// All steps, for progress.
    Graph,
    /// Only states that no other one covers.
    Uncovered,
}

/// How far a pass goes.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    pub depth: Option<usize>,
    pub keep: Keep,
    /// How many look at states.
    pub threads: usize,
    /// Asked now and then with states, depth and pending states; `false` stops the search.
    pub go_on: &'a dyn Fn(usize, usize, usize) -> bool,
}

/// How many states are in a block at most, and how many blocks in a round. Rounds are small at
/// first: a search that finds something early has looked at little else.
const BLOCK: usize = 128;
const BLOCKS: usize = 64;

/// How often a search asks whether to go on, in states that were looked at.
const ASKS_AFTER: u32 = 4096;

/// Searches until a bad state or the end.
///
/// # Panics
/// If the model has more than one initial state.
pub fn explore<M: Explorable>(model: &M, limits: &Limits) -> Explored<M::Action> {
    let [initial] = &model.init_states()[..] else { panic!("a model has one initial state") };
    let expander = Expander::new(limits.threads, limits.keep == Keep::Graph);
    let mut search = Search::new(limits);
    search.met.insert(expander.fingerprint(model, initial), model.cover(initial));
    let mut packed = Vec::new();
    Packer::default().pack(initial, &mut packed);
    search.wait(&packed);
    if model.is_bad(initial) {
        search.explored.found = Some(0);
        return search.end(End::Found);
    }
    loop {
        let mut level = std::mem::take(&mut search.next);
        while !level.is_empty() {
            let blocks = (search.met.len() / 1024).clamp(1, BLOCKS).min(level.len());
            let blocks: Vec<Block> = level.drain(..blocks).collect();
            for expanded in expander.round(model, &blocks, &search.met) {
                if let Some(end) = search.add(expanded) {
                    return search.end(end);
                }
            }
        }
        if search.next.is_empty() {
            return search.end(End::Exhausted);
        }
        if limits.depth.is_some_and(|depth| search.explored.depth >= depth) {
            return search.end(End::CutShort);
        }
        search.explored.depth += 1;
    }
}

/// A search under way.
struct Search<'a, A> {
    limits: &'a Limits<'a>,
    met: Fingerprints,
    /// The next level.
    next: VecDeque<Block>,
    /// How many states were looked at, which is the number of the next one.
    looked_at: u32,
    explored: Explored<A>,
}

impl<'a, A: Clone + Ord> Search<'a, A> {
    fn new(limits: &'a Limits<'a>) -> Search<'a, A> {
        let graph =
            || Graph { facts: Vec::new(), first: vec![0], to: Vec::new(), label: Vec::new() };
        let kept = match limits.keep {
            Keep::States => Kept::Nothing,
            Keep::Graph => Kept::Numbers,
            Keep::Uncovered => Kept::Covers,
        };
        Search {
            limits,
            met: Fingerprints::new(kept),
            next: VecDeque::new(),
            looked_at: 0,
            explored: Explored {
                states: 0,
                transitions: 0,
                depth: 0,
                found: None,
                end: End::Exhausted,
                came: Came::default(),
                graph: (limits.keep == Keep::Graph).then(graph),
            },
        }
    }

    /// Adds a packed state to the next level.
    fn wait(&mut self, packed: &[u8]) {
        match self.next.back_mut() {
            Some(block) if block.len() < BLOCK => block.push(packed),
            _ => {
                let mut block = Block::default();
                block.push(packed);
                self.next.push_back(block);
            }
        }
    }

    /// Adds what a block has led to; how the search ends, if it does.
    fn add(&mut self, expanded: Expanded<A>) -> Option<End> {
        let mut steps = expanded.steps.into_iter();
        let mut packed = expanded.packed.as_slice();
        for source in expanded.sources {
            let (states, number) = (self.met.len(), self.looked_at);
            let pending = states - number as usize;
            let go_on = self.limits.go_on;
            if number.is_multiple_of(ASKS_AFTER) && !go_on(states, self.explored.depth, pending) {
                return Some(End::CutShort);
            }
            if let Some(graph) = &mut self.explored.graph {
                graph.facts.push(source.facts);
            }
            for step in steps.by_ref().take(source.kept as usize) {
                let (state, rest) = packed.split_at(step.size as usize);
                packed = rest;
                let new = self.met.insert(step.fingerprint, step.cover);
                if let Some(graph) = &mut self.explored.graph {
                    graph.to.push(self.met.number(step.fingerprint));
                    graph.label.push(step.label);
                }
                if !new {
                    continue;
                }
                self.explored.came.push(number, step.action);
                if step.bad {
                    self.explored.transitions += u64::from(step.place);
                    self.explored.depth += 1;
                    self.explored.found = Some(self.met.len() as u32 - 1);
                    return Some(End::Found);
                }
                self.wait(state);
            }
            self.explored.transitions += u64::from(source.steps);
            if let Some(graph) = &mut self.explored.graph {
                graph.first.push(graph.to.len() as u64);
            }
            self.looked_at += 1;
        }
        None
    }

    fn end(mut self, end: End) -> Explored<A> {
        self.explored.end = end;
        self.explored.states = self.met.len();
        self.explored
    }
}

/// How each state but the first was first reached: from which, and by what. Six bytes a state:
/// there are few different actions.
struct Came<A> {
    from: Vec<u32>,
    by: Vec<u16>,
    actions: Vec<A>,
    places: BTreeMap<A, u16>,
}

impl<A> Default for Came<A> {
    fn default() -> Came<A> {
        Came { from: Vec::new(), by: Vec::new(), actions: Vec::new(), places: BTreeMap::new() }
    }
}

impl<A: Clone + Ord> Came<A> {
    fn push(&mut self, from: u32, action: A) {
        let place = self.places.get(&action).copied().unwrap_or_else(|| {
            let place = u16::try_from(self.actions.len()).expect("fewer than 2^16 actions");
            self.actions.push(action.clone());
            self.places.insert(action, place);
            place
        });
        self.from.push(from);
        self.by.push(place);
    }
}

impl<A: Clone> Explored<A> {
    /// The steps from the initial state to this one: the fewest there are.
    pub fn way_to(&self, mut state: u32) -> Vec<A> {
        let mut way = Vec::new();
        while state != 0 {
            let place = state as usize - 1;
            way.push(self.came.actions[usize::from(self.came.by[place])].clone());
            state = self.came.from[place];
        }
        way.reverse();
        way
    }
}
