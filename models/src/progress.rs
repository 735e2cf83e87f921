//! Progress under fairness: what must come, comes.
//!
//! stateright's `eventually` misses counterexamples on cycles and where ways join, and knows no
//! fairness. So this looks at the graph itself. A promise *p leads to not p* is broken by a dead
//! end in which `p` holds, or by an infinite run that stays in `p` and is fair. A fair run that
//! stays in `p` exists if and only if there is a strongly connected set of states in `p` which
//! for every weakly fair step takes it or cannot always take it, and for every strongly fair step
//! takes it or can never take it (Emerson and Lei 1987). Where a strongly fair step is possible
//! and never taken, the states in which it is possible are taken out, and the rest looked at
//! again.
//!
//! Fair are: time, the driver's look after deadlines, and agents that ask again (weakly); the
//! channel, by link (strongly): what is sent again and again arrives in the end. Faults are not:
//! they may stop at any time, and those that add something (a message that arrives twice, a crash,
//! a restart) happen only finitely often. Losses may go on for ever.

use crate::explore::Graph;
use attune_trace::reference::Property;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// A kind of step, for fairness. `agent` is below 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing is asked of it.
    Free,
    Resends(u8),
    RequestArrives(u8),
    AnswerArrives(u8),
    EventArrives(u8),
    AcknowledgementArrives(u8),
    Expires,
    TimePasses,
    /// Something old is the next on its link to the line, or to the agent, and holds up the rest.
    OldToLine(u8),
    OldToAgent(u8),
}

/// A fault that happens only finitely often.
pub const FINITE: u16 = 1 << 15;

/// The line changes hands: what it holds after is another claim.
pub const CHANGES_HANDS: u16 = 1 << 13;

const WAITING: u32 = 0;
const ORPHAN: u32 = 4;
const QUIET: u32 = 5;
const CLASSES: u32 = 31;

impl Step {
    pub fn class(self) -> u16 {
        let class = |first: u16, agent: u8| first + u16::from(agent);
        match self {
            Step::Free => 0,
            Step::Resends(agent) => class(1, agent),
            Step::RequestArrives(agent) => class(5, agent),
            Step::AnswerArrives(agent) => class(9, agent),
            Step::EventArrives(agent) => class(13, agent),
            Step::AcknowledgementArrives(agent) => class(17, agent),
            Step::Expires => 21,
            Step::TimePasses => 22,
            Step::OldToLine(agent) => class(23, agent),
            Step::OldToAgent(agent) => class(27, agent),
        }
    }
}

fn is_strong(class: u32) -> bool {
    (5..21).contains(&class) || class > 22
}

/// What a state says about progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub u64);

impl Facts {
    pub fn waits(&mut self, agent: u8) {
        self.0 |= 1 << (WAITING + u32::from(agent));
    }

    pub fn orphaned(&mut self) {
        self.0 |= 1 << ORPHAN;
    }

    pub fn quiet(&mut self) {
        self.0 |= 1 << QUIET;
    }

    /// This step is possible here.
    pub fn possible(&mut self, step: Step) {
        self.0 |= 1 << (8 + u32::from(step.class()));
    }
}

fn can(facts: u64, class: u32) -> bool {
    facts >> (8 + class) & 1 == 1
}

/// A broken promise of progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    pub property: Property,
    /// The first state of the cycle, or the dead end.
    pub state: u32,
    /// Edges (by number) that lead from `state` around to it again; empty for a dead end.
    pub cycle: Vec<u64>,
}

/// Judges the whole graph, for as many agents. `time_passes`: whether deadlines can come at all;
/// it is they that free what is nobody's.
pub fn judge(graph: &Graph, agents: u32, time_passes: bool) -> Result<(), Stuck> {
    dead_ends(graph)?;
    for agent in 0..agents {
        leads_out(graph, Property::EveryRequestEnds, 1 << (WAITING + agent), FINITE)?;
    }
    if !time_passes {
        return Ok(());
    }
    leads_out(graph, Property::OrphansFreed, 1 << ORPHAN, FINITE | CHANGES_HANDS)?;
    quiet_reachable(graph)
}

/// A graph without some of its steps.
struct Part<'a> {
    graph: &'a Graph,
    barred: u16,
}

impl Part<'_> {
    fn has(&self, edge: usize) -> bool {
        self.label[edge] & self.barred == 0
    }
}

impl std::ops::Deref for Part<'_> {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        self.graph
    }
}

fn edges(graph: &Graph, state: usize) -> std::ops::Range<usize> {
    graph.first[state] as usize..graph.first[state + 1] as usize
}

fn dead_ends(graph: &Graph) -> Result<(), Stuck> {
    let quiet = |state: usize| graph.facts[state] >> QUIET & 1 == 1;
    let stuck =
        (0..graph.facts.len()).find(|&state| edges(graph, state).is_empty() && !quiet(state));
    match stuck {
        Some(state) => Err(Stuck {
            property: Property::DeadlockFreedom,
            state: state as u32,
            cycle: Vec::new(),
        }),
        None => Ok(()),
    }
}

/// From every state a quiet one can be reached, without duplicates, crashes or restarts. (Losses
/// are allowed where the model has them: what is in flight is bounded, and losing makes room.)
fn quiet_reachable(graph: &Graph) -> Result<(), Stuck> {
    let states = graph.facts.len();
    let useful = |edge: usize| graph.label[edge] & FINITE == 0;
    // Edges by target.
    let mut first = vec![0u64; states + 1];
    for edge in (0..graph.to.len()).filter(|&edge| useful(edge)) {
        first[graph.to[edge] as usize + 1] += 1;
    }
    for state in 0..states {
        first[state + 1] += first[state];
    }
    let mut next = first.clone();
    let mut from = vec![0u32; *first.last().expect("not empty") as usize];
    for state in 0..states {
        for edge in edges(graph, state).filter(|&edge| useful(edge)) {
            let place = &mut next[graph.to[edge] as usize];
            from[*place as usize] = state as u32;
            *place += 1;
        }
    }
    let mut reaches = vec![false; states];
    let mut pending: Vec<u32> =
        (0..states as u32).filter(|&state| graph.facts[state as usize] >> QUIET & 1 == 1).collect();
    pending.iter().for_each(|&state| reaches[state as usize] = true);
    while let Some(state) = pending.pop() {
        for place in first[state as usize]..first[state as usize + 1] {
            let source = from[place as usize];
            if !std::mem::replace(&mut reaches[source as usize], true) {
                pending.push(source);
            }
        }
    }
    match reaches.iter().position(|&reaches| !reaches) {
        Some(state) => Err(Stuck {
            property: Property::QuietReachable,
            state: state as u32,
            cycle: Vec::new(),
        }),
        None => Ok(()),
    }
}

/// No fair run stays where `stays` holds without steps that are `barred`.
fn leads_out(graph: &Graph, property: Property, stays: u64, barred: u16) -> Result<(), Stuck> {
    let graph = &Part { graph, barred };
    let inside: Vec<u32> = (0..graph.facts.len() as u32)
        .filter(|&state| graph.facts[state as usize] & stays != 0)
        .collect();
    let mut work = vec![inside];
    while let Some(states) = work.pop() {
        for component in components(graph, &states) {
            match fair(graph, &component) {
                Verdict::Fair(edges) => {
                    let cycle = walk(graph, &component, &edges);
                    let state = cycle.first().map_or(component[0], |&edge| source(graph, edge));
                    return Err(Stuck { property, state, cycle });
                }
                Verdict::Unfair => {}
                Verdict::FairWithout(rest) => work.push(rest),
            }
        }
    }
    Ok(())
}

/// The strongly connected sets among these states, by steps that can go on for ever.
fn components(graph: &Part, states: &[u32]) -> Vec<Vec<u32>> {
    let place = |state: u32| states.binary_search(&state).ok();
    let mut part: DiGraph<u32, (), u32> = DiGraph::with_capacity(states.len(), states.len() * 4);
    states.iter().for_each(|&state| {
        part.add_node(state);
    });
    for (index, &state) in states.iter().enumerate() {
        for edge in edges(graph, state as usize) {
            if !graph.has(edge) {
                continue;
            }
            if let Some(target) = place(graph.to[edge]) {
                part.add_edge(NodeIndex::new(index), NodeIndex::new(target), ());
            }
        }
    }
    let mut found = Vec::new();
    for component in kosaraju_scc(&part) {
        let alone = component.len() == 1 && part.find_edge(component[0], component[0]).is_none();
        if !alone {
            let mut states: Vec<u32> = component.into_iter().map(|node| part[node]).collect();
            states.sort_unstable();
            found.push(states);
        }
    }
    // The first in the search's order first, so that what is shown is short.
    found.sort();
    found
}

enum Verdict {
    /// A fair run can stay: by these edges, one for each step that fairness asks for.
    Fair(Vec<u64>),
    Unfair,
    /// Not here, but perhaps among these.
    FairWithout(Vec<u32>),
}

fn fair(graph: &Part, states: &[u32]) -> Verdict {
    let mut always = u64::MAX;
    let mut ever = 0;
    let mut taken: [Option<u64>; CLASSES as usize] = [None; CLASSES as usize];
    for &state in states {
        let facts = graph.facts[state as usize];
        always &= facts;
        ever |= facts;
        for edge in edges(graph, state as usize) {
            let label = graph.label[edge];
            let stays = states.binary_search(&graph.to[edge]).is_ok();
            if graph.has(edge) && stays {
                taken[usize::from(label & 0xff)].get_or_insert(edge as u64);
            }
        }
    }
    let mut barred = Vec::new();
    for class in 1..CLASSES {
        if taken[class as usize].is_some() {
            continue;
        }
        if is_strong(class) && can(ever, class) {
            barred.push(class);
        }
        if !is_strong(class) && can(always, class) {
            return Verdict::Unfair;
        }
    }
    if barred.is_empty() {
        return Verdict::Fair(taken.into_iter().skip(1).flatten().collect());
    }
    let free = |state: &u32| !barred.iter().any(|&class| can(graph.facts[*state as usize], class));
    let rest: Vec<u32> = states.iter().copied().filter(free).collect();
    if rest.is_empty() { Verdict::Unfair } else { Verdict::FairWithout(rest) }
}

fn source(graph: &Graph, edge: u64) -> u32 {
    // The last state whose edges begin at or before this one.
    (graph.first.partition_point(|&first| first <= edge) - 1) as u32
}

/// A way around through all of `through`, inside `states`.
fn walk(graph: &Part, states: &[u32], through: &[u64]) -> Vec<u64> {
    let mut walk = Vec::new();
    let start = match through.first() {
        Some(&edge) => source(graph, edge),
        None => states[0],
    };
    let mut at = start;
    for &edge in through {
        walk.extend(way(graph, states, at, source(graph, edge)));
        walk.push(edge);
        at = graph.to[edge as usize];
    }
    if walk.is_empty() {
        // Any step inside.
        let inside =
            |edge: &usize| graph.has(*edge) && states.binary_search(&graph.to[*edge]).is_ok();
        let edge = edges(graph, at as usize).find(inside).expect("strongly connected");
        walk.push(edge as u64);
        at = graph.to[edge];
    }
    walk.extend(way(graph, states, at, start));
    walk
}

/// The shortest way between two states inside `states`.
fn way(graph: &Part, states: &[u32], from: u32, to: u32) -> Vec<u64> {
    let place = |state: u32| states.binary_search(&state).ok();
    let mut came: Vec<Option<u64>> = vec![None; states.len()];
    let mut pending = std::collections::VecDeque::from([from]);
    let mut back = Vec::new();
    if from == to {
        return back;
    }
    'search: while let Some(state) = pending.pop_front() {
        for edge in edges(graph, state as usize) {
            let target = graph.to[edge];
            let Some(index) = place(target) else { continue };
            if !graph.has(edge) || came[index].is_some() || target == from {
                continue;
            }
            came[index] = Some(edge as u64);
            if target == to {
                break 'search;
            }
            pending.push_back(target);
        }
    }
    let mut at = to;
    while at != from {
        let edge = came[place(at).expect("inside")].expect("strongly connected");
        back.push(edge);
        at = source(graph, edge);
    }
    back.reverse();
    back
}
