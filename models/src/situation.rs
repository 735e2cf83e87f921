//! The shortest run of a case that meets a situation.

use crate::atomic::Atomic;
use crate::case::{Case, Layer};
use crate::check::{Defect, Progress, model, setting};
use crate::explore::{Keep, Limits};
use crate::story::{self, Layer as Told, Sought, Untold};
use attune_trace::reference::Witness;
use attune_trace::{Mutant, Origin};

/// Searches a case of one artifact for a situation and tells the shortest run that meets it; the
/// run's header names the command. `go_on` hears of progress, and stops the search by `false`.
///
/// # Errors
/// If the way that was found cannot be told: a mistake of the model's.
pub fn meet(
    case: &Case,
    witness: Witness,
    command: &str,
    go_on: &dyn Fn(Progress) -> bool,
) -> Result<Sought, Untold> {
    let origin =
        Origin { model: case.to_string(), command: command.to_string(), ..Origin::default() };
    // What is compared with another layer is none of a situation's business.
    let case = &Case { refinement: false, ..case.clone() };
    let atomic = || setting(case, Defect::default());
    match (case.layer, case.agents) {
        (Layer::Atomic, ..=4) => {
            seek(&Atomic::<_, 4>::of(case, atomic()), case, witness, origin, go_on)
        }
        (Layer::Atomic, _) => {
            seek(&Atomic::<_, 8>::of(case, atomic()), case, witness, origin, go_on)
        }
        (Layer::Asynchronous, ..=2) => asynchronous::<2>(case, witness, origin, go_on),
        (Layer::Asynchronous, _) => asynchronous::<4>(case, witness, origin, go_on),
    }
}

fn asynchronous<const A: usize>(
    case: &Case,
    witness: Witness,
    origin: Origin,
    go_on: &dyn Fn(Progress) -> bool,
) -> Result<Sought, Untold> {
    match model::<A>(case, Defect::default(), &|_| true) {
        Some(model) => seek(&model, case, witness, origin, go_on),
        None => Ok(Sought { story: None, states: 0, whole: false }),
    }
}

fn seek<M: Told<Discipline = Mutant>>(
    model: &M,
    case: &Case,
    witness: Witness,
    origin: Origin,
    go_on: &dyn Fn(Progress) -> bool,
) -> Result<Sought, Untold> {
    let limits = Limits {
        depth: case.depth,
        keep: Keep::States,
        // What is met is noted on the side: one after the other.
        threads: 1,
        go_on: &|states, depth, pending| go_on(Progress { states, depth, pending }),
    };
    story::witness(model, witness, &limits, origin)
}
