//! Searches over a [`Spec`]: the shortest trace of a violation, a whole space up to the naming of
//! agents, and fair cycles.
//!
//! stateright serves for the counts of states (`models/tests/printed.rs` compares); but in several
//! properties at once its shortest trace is not the shortest, and it has no fairness.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use serde::Serialize;
use stateright::{Model, Representative};

use super::claims::{self, Claim, Progress, Verdict};
use super::{Action, Bound, Spec, State};

/// An action, and the state it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    pub action: Action,
    pub state: State,
}

/// A behaviour from `Init`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    pub init: State,
    pub steps: Vec<Step>,
}

/// The steps out of a state that stay within the bound.
fn successors(spec: &Spec, state: State) -> impl Iterator<Item = Step> {
    let enabled = spec.all_actions().filter(move |action| spec.enabled(&state, *action));
    enabled
        .map(move |action| Step { action, state: spec.step(&state, action) })
        .filter(|step| spec.within_boundary(&step.state))
}

/// The shortest way to a state in which the claim is false; `None` once every state was seen.
///
/// # Panics
///
/// If a space without bound holds no such state near `Init`.
#[must_use]
pub fn shortest(spec: &Spec, claim: &Claim) -> Option<Trace> {
    let init = State::init(spec.agents);
    let mut from = BTreeMap::from([(init, None)]);
    let mut layer = vec![init];
    while !layer.is_empty() {
        if let Some(bad) = layer.iter().find(|state| !(claim.holds)(spec, state)) {
            return Some(unwind(&from, *bad));
        }
        let mut next = Vec::new();
        for state in layer {
            for step in successors(spec, state) {
                from.entry(step.state).or_insert_with(|| {
                    next.push(step.state);
                    Some((step.action, state))
                });
            }
        }
        layer = next;
    }
    None
}

impl Trace {
    #[must_use]
    pub fn last(&self) -> &State {
        self.steps.last().map_or(&self.init, |step| &step.state)
    }
}

fn unwind(from: &BTreeMap<State, Option<(Action, State)>>, last: State) -> Trace {
    let mut steps = Vec::new();
    let mut state = last;
    while let Some((action, before)) = from[&state] {
        steps.push(Step { action, state });
        state = before;
    }
    steps.reverse();
    Trace { init: state, steps }
}

/// Takes the actions in turn, as far as they are enabled.
#[must_use]
pub fn replay(spec: &Spec, actions: &[Action]) -> Trace {
    let init = State::init(spec.agents);
    let mut steps: Vec<Step> = Vec::new();
    for action in actions {
        let state = steps.last().map_or(init, |step| step.state);
        if !spec.enabled(&state, *action) {
            break;
        }
        steps.push(Step { action: *action, state: spec.step(&state, *action) });
    }
    Trace { init, steps }
}

/// Everything that can be reached within the bound, and the verdict on each claim about safety.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Space {
    pub states: u64,
    /// States that differ by more than the naming of agents.
    pub classes: u64,
    /// Steps to the farthest state.
    pub depth: usize,
    pub verdicts: Vec<Verdict>,
}

/// Exhausts the space class by class. The states of a class are counted, not visited: no action
/// and no claim knows an agent's name.
#[must_use]
pub fn exhaust(spec: &Spec) -> Space {
    let verdict = |claim, section| Verdict { claim, section, broken_after: None };
    let mut verdicts: Vec<Verdict> =
        claims::decidable(spec).map(|claim| verdict(claim.name, claim.section)).collect();
    let mut monotonic = verdict(claims::MONOTONIC_VERSION, Some("6.2, invariant 2"));
    let init = State::init(spec.agents);
    let mut seen = BTreeSet::from([init]);
    let mut layer = vec![init];
    let (mut states, mut depth) = (0, 0);
    loop {
        let mut next = Vec::new();
        for state in &layer {
            states += state.orbit();
            for (claim, verdict) in claims::decidable(spec).zip(&mut verdicts) {
                if verdict.held() && !(claim.holds)(spec, state) {
                    verdict.broken_after = Some(depth);
                }
            }
            for step in successors(spec, *state) {
                if monotonic.held() && !claims::monotonic_version(state, &step.state) {
                    monotonic.broken_after = Some(depth + 1);
                }
                let class = step.state.representative();
                if seen.insert(class) {
                    next.push(class);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        layer = next;
        depth += 1;
    }
    if spec.bound != Bound::StatesOnly {
        verdicts.insert(1, monotonic);
    }
    Space { states, classes: seen.len() as u64, depth, verdicts }
}

/// Whether nobody waits for ever if no enabled `Fetch` is put off for ever: there is no strongly
/// connected part in which agent 1 waits throughout and every `Fetch` is taken or, somewhere,
/// disabled. A part may be one state, where everybody else has stopped.
#[must_use]
pub fn progress(spec: &Spec, claim: &Progress) -> Verdict {
    let (graph, depths) = graph(spec);
    let waiting = graph.filter_map(
        |node, state| (claim.waiting)(spec, state, 0).then_some((*state, depths[node.index()])),
        |_, action| Some(*action),
    );
    let stuck = tarjan_scc(&waiting).into_iter().filter(|part| fair(spec, &waiting, part));
    let broken_after = stuck.flatten().map(|node| waiting[node].1).min();
    Verdict { claim: claim.name, section: claim.section, broken_after }
}

fn fair(spec: &Spec, graph: &DiGraph<(State, usize), Action>, part: &[NodeIndex]) -> bool {
    let inside: BTreeSet<NodeIndex> = part.iter().copied().collect();
    (0..spec.agents as u8).map(Action::Fetch).all(|fetch| {
        part.iter().any(|node| {
            let taken = |edge: petgraph::graph::EdgeReference<'_, Action>| {
                *edge.weight() == fetch && inside.contains(&edge.target())
            };
            !spec.enabled(&graph[*node].0, fetch) || graph.edges(*node).any(taken)
        })
    })
}

/// All states and steps, with each state's distance from `Init`.
fn graph(spec: &Spec) -> (DiGraph<State, Action>, Vec<usize>) {
    let init = State::init(spec.agents);
    let mut graph = DiGraph::new();
    let mut nodes = BTreeMap::from([(init, graph.add_node(init))]);
    let mut depths = vec![0];
    let mut at = 0;
    while at < graph.node_count() {
        let node = NodeIndex::new(at);
        for step in successors(spec, graph[node]) {
            let target = *nodes.entry(step.state).or_insert_with(|| {
                depths.push(depths[at] + 1);
                graph.add_node(step.state)
            });
            graph.add_edge(node, target, step.action);
        }
        at += 1;
    }
    (graph, depths)
}
