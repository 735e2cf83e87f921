//! What TLC is expected to find in `specs/Atomic.tla` and `specs/Asynchronous.tla` is what the
//! models find within the same bounds, which are read from the cfgs.

use attune_models::asynchronous::Asynchronous;
use attune_models::atomic::Atomic;
use attune_models::coverage::Coverage;
use attune_models::explore::{End, Explorable, Keep, Limits, explore};
use attune_models::fault::{Fault, Faults};
use attune_models::world::Setting;
use attune_protocol::{AtCommit, AtUpgrade, Rules, Strategy, Strict};
use std::collections::BTreeMap;
use std::fs;
use std::hash::Hash;
use std::sync::atomic::AtomicBool;

fn specs(file: &str) -> String {
    fs::read_to_string(format!("{}/../specs/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The constants of a cfg.
struct Bounds(BTreeMap<String, String>);

impl Bounds {
    fn of(name: &str) -> Bounds {
        let cfg = specs(&format!("cfg/{name}.cfg"));
        let constants = cfg.lines().filter_map(|line| line.split_once(" = "));
        Bounds(constants.map(|(name, value)| (name.trim().into(), value.trim().into())).collect())
    }

    fn number(&self, name: &str) -> u32 {
        self.0[name].parse().unwrap()
    }

    fn flag(&self, name: &str) -> bool {
        self.0[name] == "TRUE"
    }

    fn faults(&self) -> Faults {
        let named = |fault: &Fault| self.0["FAULTS"].contains(&format!("\"{}\"", fault.name()));
        let faults = Fault::ALL.into_iter().filter(named);
        faults.fold(Faults::none(), |faults, fault| faults.with(fault, Faults::ANY_NUMBER))
    }

    fn setting(&self) -> Setting<Strict> {
        let at_upgrade = match self.0["AT_UPGRADE"].as_str() {
            "\"keep\"" => AtUpgrade::Keep,
            "\"invalidate\"" => AtUpgrade::Invalidate,
            other => panic!("AT_UPGRADE = {other}"),
        };
        let at_commit = match self.0["AT_COMMIT"].as_str() {
            "\"silent\"" => AtCommit::Silent,
            "\"invalidate\"" => AtCommit::Invalidate,
            "\"push\"" => AtCommit::Push,
            other => panic!("AT_COMMIT = {other}"),
        };
        let rules = Rules {
            strategy: Strategy { at_upgrade, at_commit, ..Strategy::lazy() },
            bound_reads: Some(self.number("K") as u16),
            lease_ticks: 1,
            acknowledgement_ticks: 1,
            revalidate: false,
            discipline: Strict,
        };
        let (agents, coverage) = (self.number("N"), Coverage::default());
        Setting { rules, neglected: None, agents, thorough: false, coverage }
    }
}

/// States and transitions.
fn counted<M>(model: &M) -> (u64, u64)
where
    M: Explorable,
    M::State: Hash + Clone,
    M::Action: Clone,
{
    let limits = Limits { depth: None, keep: Keep::States, threads: 1, go_on: &|_, _, _| true };
    let explored = explore(model, &limits);
    assert_eq!(explored.end, End::Exhausted);
    (explored.states as u64, explored.transitions)
}

fn found(spec: &str, bounds: &Bounds) -> (u64, u64) {
    let (setting, faults) = (bounds.setting(), bounds.faults());
    let commits = bounds.number("COMMITS");
    match spec {
        "Atomic" => counted(&Atomic::<Strict, 3> {
            setting,
            commits,
            faults,
            symmetry: false,
            unreliable: false,
        }),
        "Asynchronous" => counted(&Asynchronous::<Strict, 2> {
            setting,
            commits,
            flight: bounds.number("FLIGHT") as usize,
            faults,
            heartbeats: bounds.flag("HEARTBEATS"),
            releases: bounds.flag("RELEASES"),
            symmetry: false,
            log: 2,
            subsumption: false,
            refines: None,
            cut: AtomicBool::new(false),
        }),
        other => panic!("no model of {other}"),
    }
}

#[test]
fn tlc_is_expected_to_find_what_the_layers_find() {
    // All of them in a release build.
    let most = if cfg!(debug_assertions) { 600_000 } else { u64::MAX };
    let expected: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&specs("expected.json")).unwrap();
    let (mut compared, mut differ) = (0, Vec::new());
    for (name, want) in &expected {
        let spec = want["spec"].as_str().unwrap();
        let Some(transitions) = want["transitions"].as_u64().filter(|&count| count <= most) else {
            continue;
        };
        let states = want["states"].as_u64().unwrap();
        let found = found(spec, &Bounds::of(name));
        if found != (states, transitions) {
            differ.push(format!("{name}: {found:?}, not {:?}", (states, transitions)));
        }
        compared += 1;
    }
    assert!(differ.is_empty(), "states, transitions:\n{}", differ.join("\n"));
    assert!(compared >= 19, "only {compared} cfgs were compared");
}
