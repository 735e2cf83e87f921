//! One check: a case, searched to its end, and what came of it.

use crate::asynchronous::{self, Asynchronous};
use crate::atomic::Atomic;
use crate::case::{Case, Layer};
use crate::coverage::Coverage;
use crate::explore::{End, Explorable, Explored, Keep, Limits, explore};
use crate::fault::Fault;
use crate::progress::{self, Stuck};
use crate::refinement::Refinement;
use crate::several::Several;
use crate::story::{self, Ending, Layer as Told, Story, Untold};
use crate::world::{Duty, Setting};
use attune_trace::reference::{Broken, Property, Witness};
use attune_trace::{Mutant, Origin};
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is left out of the protocol, or neglected by its drivers, on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Defect {
    pub mutant: Mutant,
    pub neglected: Option<Duty>,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub states: usize,
    pub depth: usize,
    pub pending: usize,
}

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
    pub witnesses: Vec<Witness>,
    /// Which state met which message.
    pub met: Vec<String>,
    /// How many steps were nothing, a step, and a late message in the atomic layer.
    pub below: Option<[u64; 3]>,
    /// How a promise breaks, as a run; or why it cannot be told.
    pub story: Option<Result<Story, Untold>>,
}

impl Report {
    /// An upper bound on the chance that two states had the same fingerprint of 64 bits, so that one
    /// of them was taken for met: half the pairs' number over 2^64.
    pub fn omission_chance(&self) -> f64 {
        let states = self.states as f64;
        states * states / 2.0 / u64::MAX as f64
    }

    fn new(case: &Case, end: Verdict) -> Report {
        Report {
            case: case.clone(),
            end,
            states: 0,
            transitions: 0,
            depth: 0,
            crowded: false,
            witnesses: Vec::new(),
            met: Vec::new(),
            below: None,
            story: None,
        }
    }
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

/// Searches a case. `go_on` hears of progress, and stops the search by `false`.
pub fn check(case: &Case, defect: Defect, go_on: &dyn Fn(Progress) -> bool) -> Report {
    check_and_tell(case, defect, None, Watch { threads: 1, go_on })
}

/// How a search is made and watched: neither makes a difference to what it finds.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    pub threads: usize,
    /// Hears of progress, and stops the search by `false`.
    pub go_on: &'a dyn Fn(Progress) -> bool,
}

/// As [`check`]; a broken promise is told as a run, whose header names this command.
pub fn check_and_tell(case: &Case, defect: Defect, command: Option<&str>, watch: Watch) -> Report {
    let origin = command.map(|command| Origin {
        model: case.to_string(),
        command: command.to_string(),
        ..Origin::default()
    });
    match (case.layer, case.agents) {
        (Layer::Atomic, ..=4) => atomic::<4>(case, defect, origin, watch),
        (Layer::Atomic, _) => atomic::<8>(case, defect, origin, watch),
        (Layer::Asynchronous, ..=2) => asynchronous::<2>(case, defect, origin, watch),
        (Layer::Asynchronous, _) => asynchronous::<4>(case, defect, origin, watch),
    }
}

/// The rules of a case, with nothing met yet.
pub fn setting(case: &Case, defect: Defect) -> Setting<Mutant> {
    Setting {
        rules: case.rules(defect.mutant),
        neglected: defect.neglected,
        agents: case.agents,
        thorough: case.thorough || defect != Defect::default(),
        coverage: Coverage::default(),
    }
}

fn atomic<const A: usize>(
    case: &Case,
    defect: Defect,
    origin: Option<Origin>,
    watch: Watch,
) -> Report {
    let model = Atomic::<Mutant, A>::of(case, setting(case, defect));
    let breaks = |model: &Atomic<Mutant, A>, way: &[_]| {
        let mut state = model.normal(&model.initial());
        let (last, before) = way.split_last()?;
        for &action in before {
            state = model.normal(&model.step(&state, action)?);
        }
        model.breaks(&state, *last)
    };
    if case.artifacts > 1 {
        let (artifacts, symmetry) = (case.artifacts, case.symmetry);
        let product = Several { one: model, artifacts, symmetry };
        let breaks = |product: &Several<_>, way: &[_]| breaks(&product.one, &steps_of_last(way));
        let report = search(case, &product, watch, breaks, |_, _, _| None);
        return with_coverage(report, &product.one.setting, false);
    }
    let report = search(case, &model, watch, breaks, |model, explored, shown| {
        tell(model, explored, shown, origin.as_ref())
    });
    with_coverage(report, &model.setting, false)
}

fn asynchronous<const A: usize>(
    case: &Case,
    defect: Defect,
    origin: Option<Origin>,
    watch: Watch,
) -> Report {
    let told = |states| (watch.go_on)(Progress { states, depth: 0, pending: 0 });
    let Some(model) = model::<A>(case, defect, &told) else {
        return Report::new(case, Verdict::CutShort);
    };
    if case.artifacts > 1 {
        let (artifacts, symmetry) = (case.artifacts, case.symmetry);
        let product = Several { one: model, artifacts, symmetry };
        let breaks =
            |product: &Several<_>, way: &[_]| what_breaks(&product.one, &steps_of_last(way));
        let report = search(case, &product, watch, breaks, |_, _, _| None);
        let crowded = product.one.cut.load(Ordering::Relaxed);
        return with_coverage(report, &product.one.setting, crowded);
    }
    let report = search(case, &model, watch, what_breaks, |model, explored, shown| {
        tell(model, explored, shown, origin.as_ref())
    });
    let below = model.refines.as_ref().map(Refinement::found);
    let report = Report { below, ..report };
    with_coverage(report, &model.setting, model.cut.load(Ordering::Relaxed))
}

/// The asynchronous model of a case; nothing if `go_on` says so while what it is compared with is
/// searched.
pub fn model<const A: usize>(
    case: &Case,
    defect: Defect,
    go_on: &dyn Fn(usize) -> bool,
) -> Option<Asynchronous<Mutant, A>> {
    let refines = match case.refinement {
        true => Some(Refinement::of(case, setting(case, defect), go_on)?),
        false => None,
    };
    Some(Asynchronous {
        setting: setting(case, defect),
        commits: case.commits,
        flight: case.flight,
        faults: case.faults,
        heartbeats: case.heartbeats,
        releases: case.releases,
        log: case.log,
        symmetry: case.symmetry,
        subsumption: case.subsumption,
        refines,
        cut: AtomicBool::new(false),
    })
}

/// What breaks, breaks in one artifact, the last step's: its own steps lead there.
fn steps_of_last<S: Copy>(way: &[(u8, S)]) -> Vec<S> {
    let last = way.last().map(|(artifact, _)| artifact);
    way.iter().filter(|(artifact, _)| Some(artifact) == last).map(|&(_, step)| step).collect()
}

fn what_breaks<const A: usize>(
    model: &Asynchronous<Mutant, A>,
    way: &[asynchronous::Action],
) -> Option<Broken> {
    let (last, before) = way.split_last()?;
    let mut state = model.normal(&model.initial());
    for &action in before {
        state = model.normal(&model.step(&state, action).ok()?);
    }
    model.breaks(&state, *last)
}

fn search<M: Explorable>(
    case: &Case,
    model: &M,
    watch: Watch,
    breaks: impl Fn(&M, &[M::Action]) -> Option<Broken>,
    tell: impl Fn(&M, &Explored<M::Action>, Shown) -> Option<Result<Story, Untold>>,
) -> Report
where
    M::Action: Debug,
{
    let limits = Limits {
        depth: case.depth,
        keep: match case {
            Case { liveness: true, .. } => Keep::Graph,
            Case { subsumption: true, .. } => Keep::Uncovered,
            _ => Keep::States,
        },
        threads: watch.threads,
        go_on: &|states, depth, pending| (watch.go_on)(Progress { states, depth, pending }),
    };
    let explored = explore(model, &limits);
    let mut story = None;
    let end = match (explored.end, explored.found) {
        (End::Found, Some(state)) => {
            let way = explored.way_to(state);
            let broken = breaks(model, &way).expect("the last step breaks a promise");
            story = tell(model, &explored, Shown::Broken(broken));
            Verdict::Broken { broken, steps: way.len(), cycle: 0 }
        }
        (End::CutShort, _) => Verdict::CutShort,
        _ => {
            let judged = progresses(case, &explored);
            story =
                judged.as_ref().err().and_then(|stuck| tell(model, &explored, Shown::Stuck(stuck)));
            judged.map_or_else(|stuck| broken_progress(&explored, &stuck), |()| Verdict::Held)
        }
    };
    let Explored { states, transitions, depth, .. } = explored;
    Report { states, transitions, depth, story, ..Report::new(case, end) }
}

/// What a story is to show.
enum Shown<'a> {
    /// A promise that breaks with the last step.
    Broken(Broken),
    Stuck(&'a Stuck),
}

/// Tells the way to what was found, or to what goes on for ever.
fn tell<M: Told>(
    model: &M,
    explored: &Explored<M::Action>,
    shown: Shown,
    origin: Option<&Origin>,
) -> Option<Result<Story, Untold>> {
    let origin = origin?.clone();
    let broken = match shown {
        Shown::Stuck(stuck) => return Some(story::stuck(model, explored, stuck, origin)),
        Shown::Broken(broken) => broken,
    };
    let ending = if broken.property.is_of_a_run() {
        Ending::Broken
    } else {
        Ending::Found { property: broken.property, what: broken.what.to_string() }
    };
    let story = story::of(model, &explored.way_to(explored.found?), ending, origin);
    Some(story.and_then(|story| match story.property() {
        Some(shown) if shown == broken.property.name() => Ok(story),
        shown => {
            let what = format!("{broken} (but {})", shown.unwrap_or("nothing"));
            Err(Untold::NotShown { what })
        }
    }))
}

fn progresses<A: Clone>(case: &Case, explored: &Explored<A>) -> Result<(), Stuck> {
    let Some(graph) = &explored.graph else { return Ok(()) };
    progress::judge(graph, case.agents, case.faults.allow(Fault::Lease))
}

fn broken_progress<A: Clone>(explored: &Explored<A>, stuck: &Stuck) -> Verdict {
    let Stuck { property, state, cycle } = stuck;
    let what = match property {
        Property::DeadlockFreedom => "nothing can happen any more, and the work is not done",
        Property::EveryRequestEnds => "a request is never answered, however fair the rest is",
        Property::OrphansFreed => "a claim or lease that is nobody's is never freed",
        _ => "nothing leads back to a state in which nothing is under way",
    };
    let steps = explored.way_to(*state).len();
    Verdict::Broken { broken: Broken { property: *property, what }, steps, cycle: cycle.len() }
}

fn with_coverage(report: Report, setting: &Setting<Mutant>, crowded: bool) -> Report {
    Report {
        crowded,
        witnesses: setting.coverage.witnesses().collect(),
        met: setting.coverage.met(),
        ..report
    }
}
