//! A breadth-first pass over a model, for what a state-by-state checker cannot give: the shortest
//! way to a state (stateright's breadth-first search can overwrite a shorter counterexample with
//! a longer one), and the graph, in which progress under fairness is decided.
//!
//! States are kept as fingerprints only; the states of one level are kept whole until the next.

use crate::fingerprints::Fingerprints;
use ahash::RandomState;
use stateright::Model;
use std::collections::VecDeque;
use std::hash::Hash;

/// A model whose graph can be looked at.
pub trait Explorable: Model
where
    Self::State: Hash,
{
    /// Whether the search goes no further here: a promise is broken.
    fn is_bad(&self, state: &Self::State) -> bool;
    /// What fairness and progress are judged by, as bits that the model reads itself.
    fn facts(&self, _state: &Self::State) -> u64 {
        0
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
    /// The first bad state, or the first that was looked for.
    pub found: Option<u32>,
    pub end: End,
    /// How each state was first reached: from which, by what.
    came: Vec<(u32, A)>,
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

/// How far a pass goes.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    pub depth: Option<usize>,
    pub keep_graph: bool,
    /// Asked now and then with states, depth and pending states; `false` stops the search.
    pub go_on: &'a dyn Fn(usize, usize, usize) -> bool,
}

/// Searches until a bad state, a state that `wanted` says yes to, or the end.
pub fn explore<M: Explorable>(
    model: &M,
    limits: &Limits,
    mut wanted: impl FnMut(&M::State) -> bool,
) -> Explored<M::Action>
where
    M::State: Hash + Clone,
    M::Action: Clone,
{
    // Fixed seeds: the same search every time.
    let hasher = RandomState::with_seeds(1, 2, 3, 4);
    let hash = |state: &M::State| hasher.hash_one(state).max(1);
    let mut met = Fingerprints::default();
    let mut pending: VecDeque<M::State> = VecDeque::new();
    let mut came = Vec::new();
    let mut graph = limits.keep_graph.then(|| Graph {
        facts: Vec::new(),
        first: vec![0],
        to: Vec::new(),
        label: Vec::new(),
    });
    let mut explored = Explored {
        states: 0,
        transitions: 0,
        depth: 0,
        found: None,
        end: End::Exhausted,
        came: Vec::new(),
        graph: None,
    };
    let mut actions = Vec::new();
    let initial = model.init_states();
    for state in initial {
        let (number, new) = met.number(hash(&state));
        if new {
            if explored.found.is_none() && (model.is_bad(&state) || wanted(&state)) {
                explored.found = Some(number);
            }
            pending.push_back(state);
        }
    }
    let roots = pending.len();
    let mut number = 0u32;
    // States of one level are numbered in one stretch.
    let mut level_end = pending.len();
    'search: while explored.found.is_none() {
        if number as usize == level_end {
            if level_end == met.len() {
                break;
            }
            explored.depth += 1;
            level_end = met.len();
            if limits.depth.is_some_and(|depth| explored.depth > depth) {
                explored.depth -= 1;
                explored.end = End::CutShort;
                break;
            }
        }
        if number.is_multiple_of(4096) && !(limits.go_on)(met.len(), explored.depth, pending.len())
        {
            explored.end = End::CutShort;
            break;
        }
        let Some(state) = pending.pop_front() else { break };
        if let Some(graph) = &mut graph {
            graph.facts.push(model.facts(&state));
        }
        actions.clear();
        model.actions(&state, &mut actions);
        for action in actions.drain(..) {
            let Some((next, label)) = model.successor(&state, &action) else { continue };
            explored.transitions += 1;
            let (to, new) = met.number(hash(&next));
            if let Some(graph) = &mut graph {
                graph.to.push(to);
                graph.label.push(label);
            }
            if !new {
                continue;
            }
            came.push((number, action));
            if model.is_bad(&next) || wanted(&next) {
                explored.found = Some(to);
                explored.end = End::Found;
                explored.depth += 1;
                break 'search;
            }
            pending.push_back(next);
        }
        if let Some(graph) = &mut graph {
            graph.first.push(graph.to.len() as u64);
        }
        number += 1;
    }
    assert!(roots == 1, "a model has one initial state");
    explored.states = met.len();
    explored.came = came;
    explored.graph = graph;
    explored
}

impl<A: Clone> Explored<A> {
    /// The steps from the initial state to this one: the fewest there are.
    pub fn way_to(&self, mut state: u32) -> Vec<A> {
        let mut way = Vec::new();
        while state != 0 {
            let (from, action) = &self.came[state as usize - 1];
            way.push(action.clone());
            state = *from;
        }
        way.reverse();
        way
    }
}
