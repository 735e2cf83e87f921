//! Section 6 of the paper: counts and traces, by three searches, against TLC's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use attune_models::printed::claims::{self, Claim};
use attune_models::printed::explore::{exhaust, progress, replay, shortest};
use attune_models::printed::findings::{self, Cell, PRINTED_TRACE};
use attune_models::printed::{Action, Bound, Fetch, Invalidation, Spec, State, Upgrade};
use stateright::{Checker, HasDiscoveries, Model};

const BOTH: [fn(usize, u8) -> Spec; 2] = [Spec::guarded, Spec::repaired];

/// Distinct states for K = 3 and versions up to 1, 2, 3.
const COUNTS: [(usize, [u64; 3], [u64; 3]); 3] = [
    (2, [125, 401, 849], [80, 256, 528]),
    (3, [1_625, 8_555, 25_943], [640, 2_816, 7_680]),
    (4, [20_625, 167_481, 731_009], [4_864, 30_720, 111_360]),
];

/// All of the space, whatever is violated; on one thread, so that it is the same in every run.
fn explored(spec: Spec) -> stateright::CheckerBuilder<Spec> {
    spec.checker().threads(1).finish_when(HasDiscoveries::AnyOf([].into()))
}

#[test]
fn the_repaired_spaces_have_the_counts_that_are_known() {
    for (agents, guarded, repaired) in COUNTS {
        for (make, counts) in BOTH.into_iter().zip([guarded, repaired]) {
            for (versions, count) in (1..).zip(counts) {
                let space = exhaust(&make(agents, versions));
                assert_eq!(space.states, count, "{agents} agents, versions <= {versions}");
            }
        }
    }
}

#[test]
fn two_orders_of_search_agree_with_the_count_by_classes() {
    for make in BOTH {
        for (agents, versions) in [(2, 3), (3, 3), (4, 1)] {
            let spec = make(agents, versions);
            let space = exhaust(&spec);
            let breadth = explored(spec).spawn_bfs().join();
            let depth = explored(spec).spawn_dfs().join();
            let classes = explored(spec).symmetry().spawn_dfs().join();
            breadth.assert_properties();
            assert_eq!(breadth.unique_state_count() as u64, space.states);
            assert_eq!(depth.unique_state_count() as u64, space.states);
            assert_eq!(classes.unique_state_count() as u64, space.classes);
        }
    }
}

fn steps(spec: Spec, claim: Claim) -> Option<usize> {
    shortest(&spec, &claim).map(|trace| trace.steps.len())
}

#[test]
fn bounded_staleness_fails_by_reading_alone() {
    let spec = Spec::printed(3);
    assert_eq!(steps(spec, claims::BOUNDED_STALENESS), Some(5));
    let found = spec.checker().threads(1).spawn_bfs().join();
    let path = found.discovery("section 6.2").expect("stateright finds it too");
    assert_eq!(path.into_actions().len(), 5);
}

#[test]
fn the_printed_counterexample_is_none() {
    let broken = |agents| Spec { upgrade: Upgrade::Broken, ..Spec::printed(agents) };
    for agents in 3..=6 {
        let exact = Spec { bound: Bound::StatesOnly, ..broken(agents) };
        assert_eq!(steps(exact, claims::SINGLE_WRITER), None, "{agents} agents");
        assert_eq!(steps(broken(agents), claims::ONE_OWNER), Some(2), "{agents} agents");
    }
    assert_eq!(replay(&broken(3), &PRINTED_TRACE).steps.len(), 3);
}

fn reachable(spec: &Spec) -> BTreeSet<State> {
    let mut seen = BTreeSet::new();
    let mut todo = spec.init_states();
    while let Some(state) = todo.pop() {
        if seen.insert(state) {
            let next = spec.next_states(&state).into_iter();
            todo.extend(next.filter(|state| spec.within_boundary(state)));
        }
    }
    seen
}

#[test]
fn an_owner_stays_one_until_a_peer_upgrades() {
    let spec = Spec { bound: Bound::StatesOnly, ..Spec::printed(4) };
    let owner = |state: &State| state.agents().iter().position(|a| a.state().owns());
    for before in reachable(&spec) {
        for (action, after) in spec.next_steps(&before) {
            if owner(&before).is_some() && owner(&before) != owner(&after) {
                assert!(matches!(action, Action::Upgrade(_)), "{before:?} {action} {after:?}");
            }
        }
    }
}

#[test]
fn leaving_versions_and_steps_out_hides_no_state() {
    // The configurations of artifactState, from a space that keeps versions and steps.
    for upgrade in [Upgrade::Printed, Upgrade::Broken] {
        let spec = Spec { upgrade, bound: Bound::StatesOnly, ..Spec::printed(3) };
        let full = Spec { bound: Bound::VersionsAndSteps(3, 1), ..spec };
        let states = |state: &State| state.agents().iter().map(|a| a.state()).collect::<Vec<_>>();
        let configurations: BTreeSet<_> = reachable(&full).iter().map(states).collect();
        assert_eq!(configurations.len() as u64, exhaust(&spec).states);
    }
}

#[test]
fn readers_stand_beside_an_owner() {
    assert_eq!(steps(Spec::printed(3), claims::EXCLUSIVE_IS_ALONE), Some(2));
    assert_eq!(steps(Spec::printed(3), claims::READERS_EXCLUDED), Some(3));
}

#[test]
fn posted_invalidations_break_single_writer() {
    let spec = |invalidation| Spec { invalidation, ..Spec::printed(3) };
    assert_eq!(steps(spec(Invalidation::Posted), claims::SINGLE_WRITER), Some(4));
    assert_eq!(steps(spec(Invalidation::Posted), claims::FRESH_COPIES), Some(2));
    assert_eq!(replay(&spec(Invalidation::Posted), &PRINTED_TRACE).steps.len(), 4);
    let waits = Spec { bound: Bound::StatesOnly, ..spec(Invalidation::Acknowledged) };
    assert_eq!(steps(waits, claims::SINGLE_WRITER), None);
}

#[test]
fn only_all_repairs_together_make_every_claim_true() {
    let broken = |spec: Spec| {
        let safety = exhaust(&spec).verdicts.into_iter();
        let live = claims::PROGRESS.iter().map(|claim| progress(&spec, claim));
        let all = safety.chain(live).filter(|verdict| !verdict.held());
        all.map(|verdict| verdict.claim).collect::<Vec<_>>()
    };
    let beside = ["ReadersExcluded", "ExclusiveIsAlone"];
    let stuck = ["ReadersExcluded", "ExclusiveIsAlone", "ReadsAgain"];
    assert_eq!(broken(Spec::guarded(3, 2)), stuck);
    assert_eq!(broken(Spec::counted(3, 2)), stuck);
    assert_eq!(broken(Spec::renewed(3, 2)), beside);
    assert!(broken(Spec::repaired(3, 2)).is_empty());
    let waits = Spec { fetch: Fetch::Waits, ..Spec::renewed(3, 2) };
    assert_eq!(broken(waits), ["Progress", "ReadsAgain"]);
}

/// What a cfg in `specs/cfg/` checks, by its name; none for those about progress.
fn spec_of(name: &str) -> Option<Spec> {
    let number = |mark: &str| {
        let part = name.split('-').find_map(|part| part.strip_prefix(mark));
        part.and_then(|digits| digits.parse::<u8>().ok())
    };
    let (agents, versions) = (usize::from(number("n").unwrap_or(3)), number("v").unwrap_or(2));
    let printed = Spec::printed(agents);
    let exact = Spec { bound: Bound::StatesOnly, ..printed };
    Some(match name {
        "printed-states" => exact,
        "printed-fresh" => Spec { bound: Bound::VersionsAndSteps(3, 3), ..printed },
        "printed-progress" => Spec { bound: Bound::VersionsAndSteps(2, 3), ..printed },
        "broken-owners" => Spec { upgrade: Upgrade::Broken, ..printed },
        _ if name.starts_with("printed-capped") => {
            Spec { bound: Bound::VersionsAndStaleness(versions), ..printed }
        }
        _ if name.starts_with("printed") => printed,
        _ if name.starts_with("broken") => Spec { upgrade: Upgrade::Broken, ..exact },
        _ if name.starts_with("posted-ack") => {
            Spec { invalidation: Invalidation::Acknowledged, ..exact }
        }
        _ if name.starts_with("posted") => Spec { invalidation: Invalidation::Posted, ..printed },
        _ if name.starts_with("guarded") => Spec::guarded(agents, versions),
        _ if name.starts_with("counted") => Spec::counted(agents, versions),
        _ if name.starts_with("renewed") => Spec::renewed(agents, versions),
        _ if name.starts_with("repaired") => Spec::repaired(agents, versions),
        _ if name.starts_with("waiting") => {
            Spec { fetch: Fetch::Waits, ..Spec::renewed(agents, versions) }
        }
        _ => return None,
    })
}

/// By the name of the cfg.
fn expected() -> BTreeMap<String, serde_json::Value> {
    serde_json::from_str(&specs("expected.json")).unwrap()
}

#[test]
fn tlc_is_expected_to_find_what_the_model_finds() {
    let mut compared = 0;
    for (name, want) in &expected() {
        let Some(spec) = spec_of(name) else { continue };
        compared += 1;
        if let Some(states) = want["states"].as_u64() {
            let space = exhaust(&spec);
            let counted = if name.ends_with("symmetry") { space.classes } else { space.states };
            assert_eq!(counted, states, "{name}");
            continue;
        }
        let violated = want["violates"].as_str().unwrap();
        if let Some(claim) = claims::SAFETY.iter().find(|claim| claim.name == violated) {
            assert_eq!(steps(spec, *claim).map(|n| n as u64), want["steps"].as_u64(), "{name}");
        } else {
            let claim = claims::PROGRESS.iter().find(|claim| claim.name == violated).unwrap();
            assert!(!progress(&spec, claim).held(), "{name}");
        }
    }
    assert!(compared >= 42, "only {compared} cfgs were compared");
}

fn specs(file: &str) -> String {
    fs::read_to_string(format!("{}/../specs/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn the_tables_beside_the_specs_are_current() {
    let readme = specs("README.md");
    for (name, want) in &expected() {
        let outcome = match (want["states"].as_u64(), want["steps"].as_u64()) {
            (Some(states), _) => format!("{} states", Cell::Count(states)),
            (_, Some(steps)) => {
                format!("{} false after {steps}", want["violates"].as_str().unwrap())
            }
            _ => format!("{} false", want["violates"].as_str().unwrap()),
        };
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        assert!(row.is_some_and(|row| row.ends_with(&format!("| {outcome} |"))), "{name}: {row:?}");
    }
    for row in &findings::repairs().tables[0].rows {
        let cells =
            row[2..].iter().map(|cell| match cell.to_string().strip_prefix("broken after ") {
                Some(steps) => format!(" **{steps}** |"),
                None => " held |".to_string(),
            });
        let (start, end) = (format!("| {} |", row[0]), cells.collect::<String>());
        let is_row = |line: &str| line.starts_with(&start) && line.ends_with(&end);
        assert!(readme.lines().any(is_row), "no row {start} …{end}");
    }
}

#[test]
fn the_findings_are_data_and_text() {
    let all = findings::all(3);
    let data = serde_json::to_value(&all).unwrap();
    assert_eq!(data[0]["traces"][0]["steps"][4]["action"], "Read(A1)");
    assert_eq!(data[0]["traces"][0]["steps"][4]["state"]["agents"][0]["agentSteps"], 5);
    let text: Vec<String> = all.iter().map(ToString::to_string).collect();
    let text = text.join("\n");
    for part in
        ["false after 5 steps, 0 of them writes", "Two agents in M are unreachable", "25,943"]
    {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}
