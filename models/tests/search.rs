//! The search itself: states that come back from bytes, and the same end on any number of threads
//! and with states passed over.

use attune_models::atomic::Atomic;
use attune_models::case::{Case, Layer};
use attune_models::check::{Defect, Report, Verdict, Watch, check_and_tell, model, setting};
use attune_models::explore::Explorable;
use attune_models::fault::Faults;
use attune_models::frontier::{Block, Packer};
use attune_models::mutants;
use attune_models::several::Several;
use std::collections::BTreeSet;
use std::fmt::Debug;

fn case(layer: Layer, strategy: &str, agents: u32, faults: &str) -> Case {
    let faults: Faults = faults.parse().unwrap();
    Case { faults, ..Case::new(layer, strategy.parse().unwrap(), agents) }
}

/// Packs every state of a space and reads it back; gives the number of states and their mean size.
fn round_trip<M: Explorable<State: Clone + Ord + Debug>>(model: &M) -> (usize, usize) {
    let mut met: BTreeSet<M::State> = model.init_states().into_iter().collect();
    let mut pending: Vec<M::State> = met.iter().cloned().collect();
    let (mut packer, mut block, mut bytes, mut size) =
        (Packer::default(), Block::default(), Vec::new(), 0);
    let mut actions = Vec::new();
    while let Some(state) = pending.pop() {
        bytes.clear();
        size += packer.pack(&state, &mut bytes);
        block.push(&bytes);
        if block.len() == 3 {
            let back: Vec<M::State> = std::mem::take(&mut block).states().collect();
            assert_eq!(back.len(), 3);
            assert_eq!(back[2], state);
            assert!(back.iter().all(|state| met.contains(state)));
        }
        model.actions(&state, &mut actions);
        for action in actions.drain(..) {
            let Some((next, _)) = model.successor(&state, &action) else { continue };
            if met.insert(next.clone()) {
                pending.push(next);
            }
        }
    }
    (met.len(), size / met.len())
}

#[test]
fn every_state_comes_back_from_its_bytes() {
    let none = Defect::default();
    let logged = case(Layer::Asynchronous, "broadcast-lazy", 1, "reorder,lease,restart,dup:1");
    let (states, bytes) = round_trip(&model::<2>(&logged, none, &|_| true).unwrap());
    assert!(states > 10_000 && bytes < 70, "{states} states, {bytes} bytes each");
    let three = case(Layer::Asynchronous, "eager", 3, "reorder");
    let three = Case { symmetry: true, thorough: true, ..three };
    let (states, bytes) = round_trip(&model::<4>(&three, none, &|_| true).unwrap());
    assert!(states > 40_000 && bytes < 70, "{states} states, {bytes} bytes each");
    let atomic = case(Layer::Atomic, "lease", 3, "loss,crash,lease");
    round_trip(&Atomic::<_, 4>::of(&atomic, setting(&atomic, none)));
    let one = case(Layer::Atomic, "lazy", 2, "crash");
    let one = Atomic::<_, 4>::of(&one, setting(&one, none));
    round_trip(&Several { one, artifacts: 2, symmetry: true });
}

fn search(case: &Case, defect: Defect, threads: usize) -> Report {
    check_and_tell(case, defect, None, Watch { threads, go_on: &|_| true })
}

#[test]
fn any_number_of_threads_finds_the_same() {
    let reorder = case(Layer::Asynchronous, "lazy", 2, "reorder,loss:1");
    let progress = Case { liveness: true, ..case(Layer::Asynchronous, "eager", 2, "loss") };
    let compared = Case { refinement: true, ..case(Layer::Asynchronous, "push", 2, "loss") };
    let broken = mutants::all().into_iter().map(|(_, defect)| defect).step_by(9);
    let mut searches: Vec<_> = broken.map(|defect| (reorder.clone(), defect)).collect();
    for case in [reorder, progress, compared] {
        searches.push((case.clone(), Defect::default()));
        searches.push((Case { depth: Some(9), ..case }, Defect::default()));
    }
    for (case, defect) in searches {
        let alone = search(&case, defect, 1);
        for threads in [2, 5] {
            let together = search(&case, defect, threads);
            assert_eq!(format!("{together:?}"), format!("{alone:?}"), "{threads} threads");
        }
    }
}

#[test]
fn passing_over_what_is_covered_finds_what_breaks_in_as_many_steps() {
    let whole = case(Layer::Asynchronous, "lazy", 2, "reorder,loss:1,dup:1,crash:1");
    let whole = Case { symmetry: true, ..whole };
    let some = Case { subsumption: true, ..whole.clone() };
    some.refuse().unwrap();
    let (all, fewer) = (search(&whole, Defect::default(), 2), search(&some, Defect::default(), 2));
    assert_eq!((&all.end, &fewer.end), (&Verdict::Held, &Verdict::Held));
    assert!(fewer.states * 4 < all.states * 3, "{} of {}", fewer.states, all.states);
    assert_eq!(fewer.witnesses, all.witnesses);
    assert_eq!(fewer.met, all.met);
    let mut killed = 0;
    for (name, defect) in mutants::all().into_iter().step_by(3) {
        let go_on: &dyn Fn(_) -> bool =
            &|progress: attune_models::check::Progress| progress.states < 20_000;
        let end = |case| check_and_tell(case, defect, None, Watch { threads: 2, go_on }).end;
        if let (Verdict::Broken { steps, .. }, Verdict::Broken { steps: fewer, .. }) =
            (end(&whole), end(&some))
        {
            assert_eq!(fewer, steps, "{name}");
            killed += 1;
        }
    }
    assert!(killed > 5, "{killed}");
}

#[test]
fn subsumption_is_refused_where_it_says_nothing() {
    let some = case(Layer::Asynchronous, "lazy", 2, "loss:2,dup:2,crash:2,lease:2");
    let refused = Case { subsumption: true, ..some }.refuse().unwrap_err();
    assert!(refused.contains("81 combinations"), "{refused}");
    let atomic = Case { subsumption: true, ..case(Layer::Atomic, "lazy", 2, "crash") };
    assert!(atomic.refuse().is_err());
}
