//! Every way through a model can be told as a run of the protocol itself, and model and machine
//! agree after each of its steps.

use attune_models::asynchronous::Asynchronous;
use attune_models::atomic::Atomic;
use attune_models::coverage::Coverage;
use attune_models::explore::{Keep, Limits, explore};
use attune_models::fault::{Fault, Faults};
use attune_models::story::{self, Ending, Layer};
use attune_models::world::Setting;
use attune_protocol::{Rules, Strategy, Strict};
use attune_trace::reference::Property;
use attune_trace::{Mutant, Origin};
use std::sync::atomic::AtomicBool;

fn setting<D>(discipline: D, strategy: Strategy, agents: u32) -> Setting<D> {
    let rules = Rules {
        discipline,
        strategy,
        bound_reads: Some(1),
        lease_ticks: 1,
        acknowledgement_ticks: 1,
        revalidate: false,
    };
    Setting { rules, neglected: None, agents, thorough: true, coverage: Coverage::default() }
}

fn asynchronous<const A: usize>(strategy: Strategy, symmetry: bool) -> Asynchronous<Strict, A> {
    Asynchronous {
        setting: setting(Strict, strategy, A as u32),
        commits: 2,
        flight: 3,
        faults: Fault::ALL
            .into_iter()
            .fold(Faults::none(), |faults, fault| faults.with(fault, Faults::ANY_NUMBER)),
        heartbeats: true,
        releases: true,
        symmetry,
        subsumption: false,
        refines: None,
        log: 2,
        cut: AtomicBool::new(false),
    }
}

/// Tells the ways to some of the first so many states.
fn tell_many<M: Layer>(model: &M, states: usize, every: usize) {
    let limits =
        Limits { depth: None, keep: Keep::States, threads: 1, go_on: &|met, _, _| met <= states };
    let explored = explore(model, &limits);
    assert_eq!(explored.found, None);
    for state in (0..explored.states as u32).step_by(every) {
        let way = explored.way_to(state);
        let ending =
            Ending::Found { property: Property::QuietReachable, what: "nothing".to_string() };
        let story = story::of(model, &way, ending, Origin::default());
        let story = story.unwrap_or_else(|why| panic!("{why}: {way:?}"));
        assert!(story.events.len() >= way.len());
    }
}

const STRATEGIES: [Strategy; 6] = [
    Strategy::broadcast(),
    Strategy::eager(),
    Strategy::lazy(),
    Strategy::lease(1),
    Strategy::access_count(1),
    Strategy::push(),
];

#[test]
fn ways_of_the_asynchronous_layer_are_runs() {
    for strategy in STRATEGIES {
        tell_many(&asynchronous::<2>(strategy, false), 40_000, 29);
        tell_many(&asynchronous::<3>(strategy, true), 40_000, 29);
    }
}

#[test]
fn ways_of_the_atomic_layer_are_runs() {
    for strategy in STRATEGIES {
        for symmetry in [false, true] {
            let model = Atomic::<Mutant, 4> {
                setting: setting(Mutant(None), strategy, 3),
                commits: 2,
                faults: Faults::none()
                    .with(Fault::Loss, Faults::ANY_NUMBER)
                    .with(Fault::Crash, Faults::ANY_NUMBER)
                    .with(Fault::Lease, Faults::ANY_NUMBER),
                symmetry,
                unreliable: false,
            };
            tell_many(&model, 20_000, 29);
        }
    }
}
