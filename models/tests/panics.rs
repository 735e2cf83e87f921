//! A panic of the core is a counterexample: the shortest way to it is found, and nothing is printed.

use attune_models::asynchronous::{Action, Asynchronous};
use attune_models::atomic::Atomic;
use attune_models::coverage::Coverage;
use attune_models::explore::{End, Explorable, Keep, Limits, explore};
use attune_models::fault::{Fault, Faults};
use attune_models::several::Several;
use attune_models::world::Setting;
use attune_protocol::{Discipline, Rule, Rules, Strategy};
use attune_trace::reference::Property;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::atomic::AtomicBool;

/// Panics where this rule is looked at.
#[derive(Clone, Copy, Debug)]
struct Trap(Rule);

impl Discipline for Trap {
    fn keeps(&self, rule: Rule) -> bool {
        assert!(rule != self.0, "{} is a trap", rule.name());
        true
    }
}

fn setting(rule: Rule) -> Setting<Trap> {
    let rules = Rules {
        discipline: Trap(rule),
        strategy: Strategy::lazy(),
        bound_reads: Some(1),
        lease_ticks: 1,
        acknowledgement_ticks: 1,
        revalidate: false,
    };
    Setting { rules, neglected: None, agents: 2, thorough: true, coverage: Coverage::default() }
}

fn asynchronous(rule: Rule) -> Asynchronous<Trap, 2> {
    Asynchronous {
        setting: setting(rule),
        commits: 1,
        flight: 2,
        faults: Faults::none().with(Fault::Restart, 1),
        heartbeats: false,
        releases: false,
        symmetry: false,
        subsumption: false,
        refines: None,
        log: 2,
        cut: AtomicBool::new(false),
    }
}

fn atomic(rule: Rule) -> Atomic<Trap, 4> {
    Atomic {
        setting: setting(rule),
        commits: 1,
        faults: Faults::none(),
        symmetry: true,
        unreliable: false,
    }
}

/// The shortest way to a panic.
fn way<M: Explorable<State: Clone + Hash, Action: Clone + Debug>>(model: &M) -> Vec<M::Action> {
    let limits = Limits { depth: None, keep: Keep::States, threads: 1, go_on: &|_, _, _| true };
    let explored = explore(model, &limits);
    assert_eq!(explored.end, End::Found);
    explored.way_to(explored.found.unwrap())
}

#[test]
fn a_panic_is_found_by_the_shortest_way() {
    // An upgrade, its arrival, the grant's, a write, a commit, and it arrives.
    let way_there = way(&asynchronous(Rule::CommitMakesAVersion));
    assert_eq!(way_there.len(), 6, "{way_there:?}");
    let way_there = way(&atomic(Rule::CommitMakesAVersion));
    assert_eq!(way_there.len(), 3, "{way_there:?}");
    // What nobody asks does not panic before it is asked: here a log is read.
    let way_there = way(&asynchronous(Rule::RecordIsAppliedOnce));
    assert!(
        matches!(way_there.last(), Some(Action::LineGets { silent: true, .. })),
        "{way_there:?}"
    );
    let several = Several { one: atomic(Rule::CommitMakesAVersion), artifacts: 2, symmetry: true };
    assert_eq!(way(&several).len(), 3);
}

#[test]
fn it_breaks_a_promise_of_its_own() {
    let model = atomic(Rule::FetchRegisters);
    let [action] = way(&model)[..] else { panic!("one step suffices") };
    let broken = model.breaks(&model.initial(), action).expect("the step panics");
    assert_eq!(broken.property, Property::NoPanic);
    let model = asynchronous(Rule::EventsAreAcknowledged);
    let way = way(&model);
    let (&last, before) = way.split_last().unwrap();
    let step = |state, &action| model.normal(&model.step(&state, action).ok().unwrap());
    let state = before.iter().fold(model.initial(), step);
    assert_eq!(state.broken, None);
    assert_eq!(model.breaks(&state, last).unwrap().property, Property::NoPanic);
    assert_eq!(model.step(&state, last).ok().unwrap().broken, Some(Property::NoPanic));
}
