//! stateright on the same models: its breadth-first checker, as a second opinion on the count and
//! on whether the promises hold, and its Explorer, to walk through a model in a browser.
//!
//! The pass of our own ([`crate::explore`]) is what `attune check` runs by default: it gives the
//! shortest way to a broken promise whatever the number of promises, and the graph that progress
//! is judged by. Both see the same states by the same `Model`.

use crate::atomic::Atomic;
use crate::case::{Case, Layer};
use crate::check::{Defect, model, setting};
use crate::explore::Explorable;
use crate::several::Several;
use attune_trace::Mutant;
use serde::Serialize;
use stateright::Checker;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::time::Duration;

/// What stateright came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub states: usize,
    pub held: bool,
    /// Whether it saw everything.
    pub whole: bool,
}

/// A job for a model of any layer.
enum Job<'a> {
    Count { threads: usize, go_on: &'a dyn Fn(usize) -> bool },
    Serve(SocketAddr),
}

/// Searches a case with stateright's breadth-first checker.
pub fn count(
    case: &Case,
    defect: Defect,
    threads: usize,
    go_on: &dyn Fn(usize) -> bool,
) -> Counted {
    let stopped = Counted { states: 0, held: true, whole: false };
    run(case, defect, &Job::Count { threads, go_on }).unwrap_or(stopped)
}

/// Opens stateright's Explorer on a case; it ends with the process.
pub fn serve(case: &Case, defect: Defect, address: SocketAddr) {
    run(case, defect, &Job::Serve(address));
}

fn run(case: &Case, defect: Defect, job: &Job) -> Option<Counted> {
    let go_on: &dyn Fn(usize) -> bool = match job {
        Job::Count { go_on, .. } => go_on,
        Job::Serve(_) => &|_| true,
    };
    let (artifacts, symmetry) = (case.artifacts, case.symmetry);
    macro_rules! go {
        ($model:expr) => {
            if artifacts > 1 {
                start(Several { one: $model, artifacts, symmetry }, job)
            } else {
                start($model, job)
            }
        };
    }
    match (case.layer, case.agents) {
        (Layer::Atomic, ..=4) => go!(Atomic::<Mutant, 4>::of(case, setting(case, defect))),
        (Layer::Atomic, _) => go!(Atomic::<Mutant, 8>::of(case, setting(case, defect))),
        (Layer::Asynchronous, ..=2) => go!(model::<2>(case, defect, go_on)?),
        (Layer::Asynchronous, _) => go!(model::<4>(case, defect, go_on)?),
    }
}

fn start<M>(model: M, job: &Job) -> Option<Counted>
where
    M: Explorable + Send + 'static,
    M::State: Clone + Debug + PartialEq + 'static,
    M::Action: Debug,
{
    match job {
        Job::Serve(address) => {
            model.checker().serve(*address);
            None
        }
        Job::Count { threads, go_on } => {
            let mut checker = model.checker().threads(*threads).spawn_bfs();
            let handles = checker.handles();
            let mut whole = true;
            while !handles.iter().all(|handle| handle.is_finished()) {
                std::thread::sleep(Duration::from_millis(20));
                if !go_on(checker.unique_state_count()) {
                    whole = false;
                    break;
                }
            }
            let held = checker.discoveries().is_empty();
            Some(Counted { states: checker.unique_state_count(), held, whole })
        }
    }
}
