//! Mutants: the protocol with one rule left out, or one duty of its drivers neglected. Each must
//! break a promise in some case. One that does not is a rule that is not needed, or a promise
//! that is missing.

use crate::case::Case;
use crate::check::{Defect, Progress, Verdict, check};
use crate::world::Duty;
use attune_protocol::Rule;
use attune_trace::Mutant;
use attune_trace::reference::Broken;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What became of a mutant.
#[derive(Clone, Debug)]
pub struct Fate {
    pub name: &'static str,
    pub defect: Defect,
    pub killed: Option<Killed>,
    /// How many states were searched until then, in all cases together.
    pub states: usize,
}

#[derive(Clone, Debug)]
pub struct Killed {
    pub broken: Broken,
    /// By the fewest steps that break a promise in this case.
    pub steps: usize,
    pub cycle: usize,
    pub case: Case,
}

/// Every rule, then every duty.
pub fn all() -> Vec<(&'static str, Defect)> {
    let rules = Rule::ALL
        .iter()
        .map(|&rule| (rule.name(), Defect { mutant: Mutant(Some(rule)), neglected: None }));
    let duties = Duty::ALL
        .into_iter()
        .map(|duty| (duty.name(), Defect { mutant: Mutant(None), neglected: Some(duty) }));
    rules.chain(duties).collect()
}

/// How many states a case may cost until the others have had their turn, at the first try and at
/// the next ones. Most mutants die early in some case, and nobody knows beforehand in which.
const BUDGETS: [usize; 4] = [4_000, 40_000, 400_000, usize::MAX];

/// Tries one mutant on the cases in turn, a little of each first, until a promise breaks.
pub fn hunt(
    (name, defect): (&'static str, Defect),
    cases: &[Case],
    go_on: &dyn Fn(Progress) -> bool,
) -> Fate {
    let mut fate = Fate { name, defect, killed: None, states: 0 };
    // The promises themselves have to find it: the comparison of two layers that share the defect
    // would take long to say nothing.
    let alone = |case: &Case| Case { refinement: false, ..case.clone() };
    let mut open: Vec<Case> = cases.iter().map(alone).collect();
    for budget in BUDGETS {
        let mut unfinished = Vec::new();
        for case in open {
            let within = |progress: Progress| progress.states <= budget && go_on(progress);
            let report = check(&case, defect, &within);
            fate.states += report.states;
            match report.end {
                Verdict::Broken { broken, steps, cycle } => {
                    fate.killed = Some(Killed { broken, steps, cycle, case });
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

/// Tries many on as many threads; `done` hears of each, in the order in which they end. The
/// result is in the order of `mutants`. `None` if it was stopped.
pub fn hunt_all(
    mutants: &[(&'static str, Defect)],
    cases: &[Case],
    threads: usize,
    stop: &(dyn Fn() -> bool + Sync),
    done: &(dyn Fn(&Fate) + Sync),
) -> Option<Vec<Fate>> {
    let next = AtomicUsize::new(0);
    let fates: Mutex<Vec<Option<Fate>>> = Mutex::new(vec![None; mutants.len()]);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(&mutant) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let fate = hunt(mutant, cases, &|_| !stop());
                    if stop() {
                        return;
                    }
                    done(&fate);
                    let place = mutants.iter().position(|&(name, _)| name == mutant.0);
                    let mut fates = fates.lock().unwrap_or_else(PoisonError::into_inner);
                    fates[place.expect("it is one of them")] = Some(fate);
                }
            });
        }
    });
    fates.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
}
