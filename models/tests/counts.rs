//! The same spaces by two searches, and with and without symmetry.

use attune_models::case::{Case, Layer, StrategyName};
use attune_models::check::{Defect, Report, Verdict, check};
use attune_models::engine;
use attune_models::fault::Faults;
use attune_models::profile;

fn case(layer: Layer, strategy: &str, agents: u32, faults: &str) -> Case {
    let strategy: StrategyName = strategy.parse().unwrap();
    let faults: Faults = faults.parse().unwrap();
    Case { faults, ..Case::new(layer, strategy, agents) }
}

fn searched(case: &Case) -> Report {
    let report = check(case, Defect::default(), &|_| true);
    assert_eq!(report.end, Verdict::Held, "{case}");
    report
}

#[test]
fn stateright_counts_the_same_states() {
    let cases = [
        case(Layer::Atomic, "lazy", 3, "loss,crash,lease"),
        case(Layer::Atomic, "eager-push", 3, "crash,lease"),
        case(Layer::Asynchronous, "lazy", 2, "reorder"),
        case(Layer::Asynchronous, "eager", 2, "loss,dup"),
        case(Layer::Asynchronous, "push", 2, "reorder"),
        case(Layer::Asynchronous, "lease", 2, "reorder"),
        case(Layer::Asynchronous, "broadcast", 2, "reorder"),
    ];
    for case in cases {
        for symmetry in [false, true] {
            let case = Case { symmetry, ..case.clone() };
            let counted = engine::count(&case, Defect::default(), 1, &|_| true);
            assert!(counted.held && counted.whole, "{case}");
            assert_eq!(counted.states, searched(&case).states, "{case}");
        }
    }
}

#[test]
fn symmetry_makes_classes_of_states() {
    // Between the whole and the whole by the number of permutations.
    for (layer, agents, permutations) in [(Layer::Atomic, 3, 6), (Layer::Asynchronous, 2, 2)] {
        let whole = case(layer, "lazy", agents, "loss,lease");
        let classes = searched(&Case { symmetry: true, ..whole.clone() });
        let whole = searched(&whole);
        assert!(classes.states < whole.states && classes.states * permutations >= whole.states);
        assert_eq!(classes.depth, whole.depth);
    }
}

#[test]
fn known_spaces() {
    let known = [
        (case(Layer::Atomic, "lazy", 2, "none"), 214),
        (case(Layer::Atomic, "eager", 2, "none"), 87),
        (case(Layer::Asynchronous, "lazy", 2, "none"), 5_473),
        (case(Layer::Asynchronous, "lazy", 2, "loss,dup,reorder"), 92_084),
    ];
    let counts = known.map(|(case, states)| (case.to_string(), states, searched(&case).states));
    for (case, expected, got) in &counts {
        assert_eq!(expected, got, "{case}; all: {counts:?}");
    }
}

#[test]
fn a_bounded_search_says_so() {
    let deep = case(Layer::Asynchronous, "lazy", 2, "loss");
    let shallow = Case { depth: Some(5), ..deep.clone() };
    assert_eq!(check(&shallow, Defect::default(), &|_| true).end, Verdict::CutShort);
    assert_eq!(check(&deep, Defect::default(), &|_| false).end, Verdict::CutShort);
}

#[test]
fn the_committed_counts_are_of_the_profiles_cases() {
    let files = [
        (profile::quick(), include_str!("../quick.tsv")),
        (profile::deep(), include_str!("../deep.tsv")),
    ];
    for (cases, committed) in files {
        let names: Vec<String> = cases.iter().map(ToString::to_string).collect();
        let rows = committed.lines().skip(1).map(|row| row.split('\t').next().unwrap());
        assert_eq!(rows.collect::<Vec<_>>(), names);
        assert!(cases.iter().all(|case| case.refuse().is_ok()));
    }
}
