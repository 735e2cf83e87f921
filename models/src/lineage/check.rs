//! One check of a lineage's model, and the hunt for mutants.

use super::promise::{Broken, Promise, Situation};
use super::story::{self, Line};
use super::{Action, Case, Defect, Handoff};
use crate::explore::{End, Explored, Keep, Limits, explore};
use crate::progress::{self, Stuck};
use attune_trace::reference::Property;

/// What came of a check.
#[derive(Clone, Debug)]
pub struct Report {
    pub case: Case,
    pub end: Verdict,
    pub states: usize,
    pub transitions: u64,
    /// The longest of the shortest ways to a state, in steps.
    pub depth: usize,
    /// Whether some step was left out because too much would have been in flight.
    pub crowded: bool,
    pub met: Vec<Situation>,
    /// How a promise breaks, step by step.
    pub story: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Held,
    /// By a way of so many steps, the fewest there are. `cycle`: and then round and round.
    Broken {
        broken: Broken,
        steps: usize,
        cycle: usize,
    },
    CutShort,
}

/// Searches a case on so many threads. `go_on` hears how many states were met, and stops the search
/// by `false`.
pub fn check(case: Case, defect: Defect, threads: usize, go_on: &dyn Fn(usize) -> bool) -> Report {
    let model = Handoff::new(case, defect);
    let keep = if case.liveness { Keep::Graph } else { Keep::States };
    let limits = Limits { depth: None, keep, threads, go_on: &|states, _, _| go_on(states) };
    let explored = explore(&model, &limits);
    let mut story = Vec::new();
    let end = match (explored.end, explored.found) {
        (End::Found, Some(state)) => {
            let way = explored.way_to(state);
            let broken = breaks(&model, &way).expect("the last step breaks a promise");
            story = story::tell(&model, &way);
            Verdict::Broken { broken, steps: way.len(), cycle: 0 }
        }
        (End::CutShort, _) => Verdict::CutShort,
        _ => match progresses(&explored) {
            Ok(()) => Verdict::Held,
            Err(stuck) => {
                let way = explored.way_to(stuck.state);
                story = story::tell(&model, &way);
                let broken = stuck_at(&stuck);
                Verdict::Broken { broken, steps: way.len(), cycle: stuck.cycle.len() }
            }
        },
    };
    let Explored { states, transitions, depth, .. } = explored;
    let (crowded, met) = (model.crowded(), model.met().all().collect());
    Report { case, end, states, transitions, depth, crowded, met, story }
}

fn breaks(model: &Handoff, way: &[Action]) -> Option<Broken> {
    let (last, before) = way.split_last()?;
    let mut state = model.normal(&model.initial());
    for &action in before {
        state = model.next(&state, action)?;
    }
    model.breaks(&state, *last)
}

fn progresses<A: Clone>(explored: &Explored<A>) -> Result<(), Stuck> {
    // One task waits; time passes in every case.
    explored.graph.as_ref().map_or(Ok(()), |graph| progress::judge(graph, 1, true))
}

fn stuck_at(stuck: &Stuck) -> Broken {
    let (promise, what) = match stuck.property {
        Property::DeadlockFreedom => {
            (Promise::DeadlockFreedom, "nothing can happen any more, and a step is not done")
        }
        Property::EveryRequestEnds => {
            (Promise::TaskEnds, "a step is never done, however fair the rest is")
        }
        Property::OrphansFreed => {
            (Promise::GrantsAreFreed, "a grant whose owner is not there never ends")
        }
        _ => (Promise::EndIsReachable, "nothing leads to the end of the task any more"),
    };
    Broken { promise, what }
}

/// What became of a mutant.
#[derive(Clone, Debug)]
pub struct Fate {
    pub defect: Defect,
    /// By which promise, in how many steps, in which case.
    pub killed: Option<(Broken, usize, usize, Case)>,
    /// How many states were searched until then, in all cases together.
    pub states: usize,
}

/// How many states a case may cost until the others have had their turn.
const BUDGETS: [usize; 3] = [5_000, 100_000, usize::MAX];

/// Tries one mutant on the cases in turn, a little of each first, until a promise breaks.
pub fn hunt(defect: Defect, cases: &[Case], threads: usize, go_on: &dyn Fn() -> bool) -> Fate {
    let mut fate = Fate { defect, killed: None, states: 0 };
    let mut open = cases.to_vec();
    for budget in BUDGETS {
        let mut unfinished = Vec::new();
        for case in open {
            let report = check(case, defect, threads, &|states| states <= budget && go_on());
            fate.states += report.states;
            match report.end {
                Verdict::Broken { broken, steps, cycle } => {
                    fate.killed = Some((broken, steps, cycle, case));
                    return fate;
                }
                Verdict::CutShort => unfinished.push(case),
                Verdict::Held => {}
            }
        }
        open = unfinished;
    }
    fate
}
