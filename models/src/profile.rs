//! What is checked together: in CI at every change (*quick*), and now and then (*deep*).
//!
//! The quick cases are chosen so that each rule of the protocol is needed in one of them
//! ([`crate::mutants`]), every situation is met, and all of them together take a minute or two on
//! two cores. A rule that no case needs is a gap in here.

use crate::case::{Case, Layer, StrategyName};
use crate::fault::Faults;

fn strategy(name: &str) -> StrategyName {
    name.parse().expect("a strategy of the checker")
}

fn faults(text: &str) -> Faults {
    text.parse().expect("faults of the checker")
}

fn atomic(name: &str, agents: u32, commits: u32, kinds: &str) -> Case {
    Case {
        commits,
        faults: faults(kinds),
        symmetry: true,
        thorough: true,
        ..Case::new(Layer::Atomic, strategy(name), agents)
    }
}

fn asynchronous(name: &str, agents: u32, kinds: &str) -> Case {
    Case {
        faults: faults(kinds).known_to(Layer::Asynchronous),
        symmetry: true,
        thorough: true,
        ..Case::new(Layer::Asynchronous, strategy(name), agents)
    }
}

fn with_progress(case: Case) -> Case {
    Case { symmetry: false, liveness: true, ..case }
}

fn with_refinement(case: Case) -> Case {
    Case { refinement: true, ..case }
}

/// The accepted counts of the quick profile.
pub const QUICK_COUNTS: &str = include_str!("../quick.tsv");
/// Those of the deep one.
pub const DEEP_COUNTS: &str = include_str!("../deep.tsv");

/// The quick profile, cheapest first within each group.
pub fn quick() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in StrategyName::all() {
        cases.push(atomic(name.name(), 3, 1, "loss,crash,lease"));
    }
    cases.push(atomic("lazy", 2, 2, "crash,lease,misuse"));
    cases.push(atomic("eager", 2, 2, "crash,lease,misuse"));
    // What a waiting claim takes from whom: events have to be lost for it to wait.
    cases.push(atomic("eager", 2, 1, "loss,misuse"));
    cases.push(atomic("lazy", 4, 2, "crash,lease"));
    cases.push(atomic("eager", 4, 2, "crash,lease"));
    cases.push(Case { revalidate: true, ..atomic("lease", 3, 1, "crash,lease") });
    cases.push(Case { artifacts: 2, ..atomic("lazy", 2, 1, "crash,lease") });
    for name in StrategyName::all() {
        cases.push(asynchronous(name.name(), 2, "reorder"));
    }
    for name in ["lazy", "eager", "push"] {
        cases.push(with_progress(asynchronous(name, 2, "reorder,loss,dup")));
        cases.push(with_refinement(asynchronous(name, 2, "loss,dup,crash")));
    }
    for name in ["lazy", "eager"] {
        let small = asynchronous(name, 2, "lease");
        cases.push(Case { releases: true, ..small.clone() });
        cases.push(Case { lease_ticks: 2, heartbeats: true, ..small });
        cases.push(with_refinement(asynchronous(name, 2, "reorder,restart:1")));
        cases.push(asynchronous(name, 3, "reorder"));
    }
    cases.push(with_refinement(Case {
        revalidate: true,
        ..asynchronous("lease", 2, "reorder,loss")
    }));
    cases.push(with_refinement(asynchronous("access-count", 2, "reorder,dup")));
    cases.push(Case { commits: 2, ..asynchronous("lazy", 2, "loss") });
    // Who takes a push while another holds the line again.
    cases.push(Case { commits: 2, ..asynchronous("push", 2, "none") });
    // What one agent can hear late of its own earlier requests.
    let alone = Case { commits: 2, ..asynchronous("lazy", 1, "reorder,dup") };
    cases.push(Case { heartbeats: true, releases: true, ..alone });
    // A log with times, expiries and publications in it.
    cases.push(asynchronous("broadcast-lazy", 1, "reorder,lease,restart"));
    cases.push(Case { flight: 3, ..asynchronous("broadcast-lazy", 2, "none") });
    // Minutes of work for mutants that live so long, so last.
    for name in ["lazy", "eager"] {
        let large = |kinds| Case { thorough: false, ..asynchronous(name, 2, kinds) };
        cases.push(with_progress(large("loss,lease")));
        cases.push(with_refinement(large("reorder,loss,lease")));
    }
    cases
}

/// The deep profile: what quick leaves out. More agents; with two agents every fault any number of
/// times, all of them together; with three agents every fault, two or three of them together once,
/// under eager invalidation all of them once; two artifacts and progress under the other strategies,
/// and their refinement.
pub fn deep() -> Vec<Case> {
    let mut cases = Vec::new();
    let asynchronous =
        |name, agents, kinds| Case { thorough: false, ..asynchronous(name, agents, kinds) };
    let atomic = |name, agents, commits, kinds| Case {
        thorough: false,
        ..atomic(name, agents, commits, kinds)
    };
    let whole = |case| Case { symmetry: false, ..case };
    for name in ["lazy", "eager"] {
        for agents in 3..=5 {
            cases.push(whole(atomic(name, agents, 1, "crash,lease")));
            cases.push(atomic(name, agents, 1, "crash,lease"));
        }
        cases.push(atomic(name, 6, 1, "crash,lease"));
        cases.push(atomic(name, 6, 2, "crash,lease"));
        cases.push(atomic(name, 8, 1, "crash,lease"));
        cases.push(atomic(name, 4, 2, "loss,crash,lease"));
    }
    for name in ["lazy", "eager"] {
        cases.push(whole(asynchronous(name, 3, "reorder")));
        cases.push(asynchronous(name, 3, "reorder"));
        cases.push(Case { flight: 3, ..asynchronous(name, 3, "reorder") });
        cases.push(asynchronous(name, 3, "reorder,loss,dup"));
        cases.push(Case { commits: 2, flight: 3, ..asynchronous(name, 2, "reorder,loss") });
        cases.push(Case { log: 0, ..asynchronous(name, 2, "all") });
        cases.push(asynchronous(name, 3, "reorder,loss:1,dup:1,crash:1"));
        cases.push(asynchronous(name, 3, "reorder,crash:1,lease:1"));
        cases.push(asynchronous(name, 3, "reorder,loss:1,restart:1"));
    }
    for name in StrategyName::all() {
        cases.push(Case { artifacts: 2, ..atomic(name.name(), 2, 1, "crash,lease") });
    }
    for name in ["lazy", "eager"] {
        cases.push(asynchronous(name, 4, "reorder"));
        cases.push(Case { commits: 2, ..asynchronous(name, 3, "reorder") });
        cases.push(Case { flight: 4, ..asynchronous(name, 3, "none") });
    }
    for name in ["lazy", "eager", "push"] {
        cases.push(with_progress(asynchronous(name, 2, "reorder,loss,crash:1")));
        cases.push(with_progress(Case { log: 0, ..asynchronous(name, 2, "loss,restart:1") }));
    }
    for name in ["broadcast", "lease", "access-count"] {
        cases.push(with_progress(asynchronous(name, 2, "reorder,loss")));
    }
    let once = "reorder,loss:1,dup:1,crash:1,lease:1,restart:1";
    cases.push(Case { subsumption: true, log: 0, ..asynchronous("eager", 3, once) });
    for name in ["broadcast", "lease", "eager-push", "eager-broadcast", "broadcast-lazy"] {
        cases.push(with_refinement(asynchronous(name, 2, "reorder,loss,dup")));
    }
    cases.push(with_refinement(asynchronous("lazy", 2, "reorder,loss,crash,lease")));
    cases.push(with_refinement(asynchronous("lazy", 3, "none")));
    cases
}
