//! The asynchronous layer against the atomic one.

use attune_models::asynchronous::Asynchronous;
use attune_models::case::{Case, Layer, StrategyName};
use attune_models::check::{Defect, Verdict, Watch, check_and_tell, model, setting};
use attune_models::explore::{End, Keep, Limits, explore};
use attune_models::refinement::Refinement;
use attune_trace::Mutant;
use attune_trace::reference::Property;

fn case(strategy: &str, faults: &str) -> Case {
    let strategy: StrategyName = strategy.parse().unwrap();
    Case {
        faults: faults.parse().unwrap(),
        symmetry: true,
        refinement: true,
        ..Case::new(Layer::Asynchronous, strategy, 2)
    }
}

#[test]
fn every_step_is_one_of_the_atomic_layer() {
    for strategy in ["lazy", "eager", "push"] {
        let report = check_and_tell(
            &case(strategy, "reorder,loss"),
            Defect::default(),
            None,
            Watch { threads: 1, go_on: &|_| true },
        );
        assert_eq!(report.end, Verdict::Held, "{strategy}");
        let [nothing, steps, late] = report.below.unwrap();
        assert_eq!(nothing + steps + late, report.transitions, "{strategy}");
        assert!(steps > 0 && late > 0, "{strategy}: nothing was compared");
    }
}

/// The comparison can fail: readers beside a writer are none of the eager protocol's.
#[test]
fn lazy_invalidation_is_not_a_way_to_do_eager_invalidation() {
    let all = |_| true;
    let eager = case("eager", "reorder");
    let refines = Refinement::of(&eager, setting(&eager, Defect::default()), &all);
    let lazy =
        model::<2>(&Case { refinement: false, ..case("lazy", "reorder") }, Defect::default(), &all);
    let lazy: Asynchronous<Mutant, 2> = Asynchronous { refines, ..lazy.unwrap() };
    let limits = Limits { depth: None, keep: Keep::States, threads: 1, go_on: &|_, _, _| true };
    let explored = explore(&lazy, &limits);
    assert_eq!(explored.end, End::Found);
    let way = explored.way_to(explored.found.unwrap());
    let (&last, before) = way.split_last().unwrap();
    let mut state = lazy.normal(&lazy.initial());
    for &action in before {
        state = lazy.normal(&lazy.step(&state, action).ok().unwrap());
    }
    let broken = lazy.breaks(&state, last).unwrap();
    assert_eq!(broken.property, Property::Refinement);
}

#[test]
fn a_search_for_the_atomic_steps_can_be_stopped() {
    let case = case("eager", "crash,lease");
    let report =
        check_and_tell(&case, Defect::default(), None, Watch { threads: 1, go_on: &|_| false });
    assert_eq!(report.end, Verdict::CutShort);
}
