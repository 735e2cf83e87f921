//! Counts a repaired spec with stateright or with the search by classes, to be timed from outside:
//! `cargo run --release -p attune-models --example count -- guarded 4 3 dfs`

use std::env;

use attune_models::printed::Spec;
use attune_models::printed::explore::exhaust;
use stateright::{Checker, Model};

const USAGE: &str = "usage: count guarded|repaired AGENTS VERSIONS bfs|dfs|symmetry|classes";

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let [spec, agents, versions, search] = args.as_slice() else { panic!("{USAGE}") };
    let (agents, versions) = (agents.parse().expect(USAGE), versions.parse().expect(USAGE));
    let spec = match spec.as_str() {
        "guarded" => Spec::guarded(agents, versions),
        "repaired" => Spec::repaired(agents, versions),
        _ => panic!("{USAGE}"),
    };
    let checker = spec.checker().threads(1);
    let states = match search.as_str() {
        "bfs" => checker.spawn_bfs().join().unique_state_count(),
        "dfs" => checker.spawn_dfs().join().unique_state_count(),
        "symmetry" => checker.symmetry().spawn_dfs().join().unique_state_count(),
        "classes" => {
            let space = exhaust(&spec);
            println!("{} states in {} classes", space.states, space.classes);
            return;
        }
        _ => panic!("{USAGE}"),
    };
    println!("{states} states");
}
