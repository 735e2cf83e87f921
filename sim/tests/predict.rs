//! The expected cost: against the replica's mean, against the closed form, at its limits, and
//! on what the paper claims.

use attune_sim::predict::grid::{GridPoint, compare, full_grid, sample_grid, summary};
use attune_sim::predict::{closed_form, expected};
use attune_sim::published::Strategy;
use attune_sim::scenario::{Activity, Scenario, Ticks, Workload};

fn tokens(strategy: Strategy, scenario: &Scenario) -> f64 {
    expected(scenario, strategy).unwrap().synchronization()
}

#[test]
fn the_sample_of_the_grid_is_within_tolerance() {
    let points = sample_grid().into_iter().filter(|point| point.ticks * point.agents <= 2_560);
    let comparisons: Vec<_> = points.map(|point| compare(point, 300).unwrap()).collect();
    for comparison in &comparisons {
        assert!(comparison.within, "{comparison:?}");
    }
    // Chance alone gives 1. A wrong term shows here long before it shows in one point.
    let summary = summary(&comparisons);
    assert!(summary.mean_square < 2.0, "{summary:?}");
}

#[test]
fn the_grids_are_as_documented() {
    assert_eq!(full_grid().len(), 5 * 5 * 8 * 6 * 3);
    let sample = sample_grid();
    assert_eq!(sample.len(), 40);
    for strategy in Strategy::ALL {
        assert!(sample.iter().any(|point| point.strategy == strategy));
    }
    let mut seeds: Vec<i64> = full_grid().iter().map(|point| point.seed).collect();
    seeds.extend(full_grid().iter().map(|point| point.with_other_seeds(1).seed));
    seeds.sort_unstable();
    assert!(seeds.windows(2).all(|pair| pair[1] - pair[0] >= 1_000_000));
}

#[test]
fn lazys_closed_form_equals_its_chain() {
    for point in full_grid().into_iter().filter(|point| point.strategy == Strategy::Lazy) {
        let scenario = point.scenario();
        let chain = expected(&scenario, Strategy::Lazy).unwrap();
        let closed = closed_form::lazy(&scenario).unwrap();
        let what = format!("{point:?}");
        assert_close(closed.fetch, chain.fetch, 1e-11, &what);
        assert_close(closed.invalidation, chain.invalidation, 1e-11, &what);
        assert_close(closed.reads, chain.reads, 1e-11, &what);
        assert_close(closed.hits, chain.hits, 1e-9, &what);
    }
}

/// As `docs/expected-cost.md` states them.
#[test]
fn the_short_forms_are_as_close_as_documented() {
    let (mut frequent, mut within_ten_percent) = (0, 0);
    for point in full_grid().into_iter().filter(|point| point.strategy == Strategy::Lazy) {
        let scenario = point.scenario();
        let exact = tokens(Strategy::Lazy, &scenario);
        let what = format!("{point:?}");
        assert_close(closed_form::lazy_at_mean_position(&scenario), exact, 0.056, &what);

        let accesses = 0.75 * f64::from(point.ticks) / f64::from(point.artifacts);
        if accesses >= 5.0 {
            let thumb = closed_form::lazy_rule_of_thumb(&scenario);
            let several_artifacts = point.artifacts > 1;
            assert_close(thumb, exact, if several_artifacts { 0.07 } else { 0.235 }, &what);
            frequent += 1;
            within_ten_percent += u32::from((thumb / exact - 1.0).abs() < 0.1);
        }
    }
    assert_eq!((within_ten_percent, frequent), (404, 440));
}

/// With the pending mark removed on arrival (here: a time-out that never comes) nobody is
/// dropped, and eager costs more content than lazy: every refetch under lazy follows a
/// message for which eager would have sent the content.
#[test]
fn eager_is_cheaper_than_lazy_only_by_dropping_holders() {
    let published = scenario(4, 40, &[4_096; 3], 0.1);
    assert!(tokens(Strategy::Eager, &published) < tokens(Strategy::Lazy, &published));
    for point in full_grid().into_iter().filter(|point| point.strategy == Strategy::Eager) {
        let mut repaired = point.scenario();
        repaired.transient_timeout_ticks = point.ticks;
        let lazy = expected(&repaired, Strategy::Lazy).unwrap();
        let eager = expected(&repaired, Strategy::Eager).unwrap();
        assert!(eager.fetch + eager.push >= lazy.fetch, "{point:?}");
    }
}

#[test]
fn nobody_writes() {
    // Every agent fetches once what it ever reads.
    let scenario = scenario(4, 40, &[1_000, 2_000], 0.0);
    let mut never = 1.0;
    for _ in 0..40 {
        never *= 1.0 - 0.75 / 2.0;
    }
    for strategy in [Strategy::Eager, Strategy::Lazy] {
        let cost = expected(&scenario, strategy).unwrap();
        assert_close(cost.fetch, 4.0 * 3_000.0 * (1.0 - never), 1e-12, "one fetch each");
        assert_eq!((cost.push, cost.invalidation), (0.0, 0.0));
    }
}

#[test]
fn an_agent_alone_sends_nothing() {
    let scenario = scenario(1, 40, &[1_000], 0.5);
    for strategy in [Strategy::Eager, Strategy::Lazy, Strategy::Lease, Strategy::AccessCount] {
        let cost = expected(&scenario, strategy).unwrap();
        assert_eq!((cost.push, cost.invalidation), (0.0, 0.0));
    }
}

#[test]
fn a_limit_beyond_the_run_is_lazy() {
    let mut scenario = scenario(4, 40, &[1_000, 500], 0.3);
    scenario.lease_ttl_ticks = 40;
    scenario.access_count_k = 40;
    let lazy = expected(&scenario, Strategy::Lazy).unwrap();
    assert_eq!(expected(&scenario, Strategy::Lease).unwrap(), lazy);
    assert_eq!(expected(&scenario, Strategy::AccessCount).unwrap(), lazy);
}

#[test]
fn a_limit_of_zero_fetches_on_every_action() {
    let mut scenario = scenario(4, 40, &[1_000], 0.3);
    scenario.lease_ttl_ticks = 0;
    scenario.access_count_k = 0;
    for strategy in [Strategy::Lease, Strategy::AccessCount] {
        let cost = expected(&scenario, strategy).unwrap();
        assert_close(cost.fetch, 4.0 * 40.0 * 0.75 * 1_000.0, 1e-12, "every action");
        assert_eq!(cost.hits, 0.0);
    }
}

#[test]
fn one_action_per_tick_is_an_action_probability_of_one() {
    let mut always = scenario(4, 40, &[1_000, 500], 0.3);
    always.activity = Activity::Probability(1.0);
    let mut velocity = always.clone();
    velocity.activity = Activity::Velocity(1);
    for strategy in Strategy::ALL {
        assert_eq!(expected(&always, strategy), expected(&velocity, strategy));
    }
}

#[test]
fn every_artifact_adds_its_own_share() {
    // Uniform choice: an artifact's cost is in proportion to its size.
    let alike = scenario(4, 40, &[1_000, 1_000, 1_000], 0.3);
    let mixed = scenario(4, 40, &[500, 2_000, 500], 0.3);
    for strategy in Strategy::ALL {
        assert_close(tokens(strategy, &mixed), tokens(strategy, &alike), 1e-12, "same total");
    }
}

#[test]
fn workloads_clamp_the_write_probability() {
    let plain = scenario(4, 40, &[1_000], 0.2);
    let mut clamped = scenario(4, 40, &[1_000], 0.9);
    clamped.workload = Workload::ReadHeavy;
    assert_eq!(expected(&plain, Strategy::Lazy), expected(&clamped, Strategy::Lazy));
}

#[test]
fn what_is_not_modelled_is_refused_by_name() {
    let refused = |change: fn(&mut Scenario)| {
        let mut scenario = scenario(2, 5, &[100], 0.1);
        change(&mut scenario);
        expected(&scenario, Strategy::Lazy).unwrap_err()
    };
    let error = refused(|scenario| scenario.network.loss_rate = 0.1);
    assert_eq!(
        error.to_string(),
        "no expected cost for this scenario: network.message_loss_rate must be 0"
    );
    let error = refused(|scenario| scenario.network.latency = Ticks::Constant(2));
    assert_eq!((error.field, error.supported), ("network.latency_ticks", "0 or 1"));
    let error = refused(|scenario| scenario.faults.crash_probability = 0.5);
    assert_eq!(error.field, "faults.crash_probability");
}

/// The paper bounds savings from below by 1 − (n + V S)/S. It is not a bound.
#[test]
fn the_papers_bound_does_not_hold() {
    let point = GridPoint {
        strategy: Strategy::Lazy,
        agents: 16,
        write_probability: 0.1,
        ticks: 400,
        artifacts: 1,
        seed: 0,
    };
    let scenario = point.scenario();
    let savings = |lazy: f64, broadcast: f64| 1.0 - lazy / broadcast;
    let printed_bound = 1.0 - (16.0 + 0.1 * 400.0) / 400.0;
    let predicted =
        savings(tokens(Strategy::Lazy, &scenario), tokens(Strategy::Broadcast, &scenario));
    let lazy = compare(point, 50).unwrap().mean;
    let broadcast = compare(GridPoint { strategy: Strategy::Broadcast, ..point }, 10).unwrap().mean;
    assert_close(printed_bound, 0.86, 1e-12, "as printed");
    assert!(predicted < 0.56, "{predicted}");
    assert_close(predicted, savings(lazy, broadcast), 0.01, "the replica");
}

/// In the long run savings approach 1 − (p/m) × miss share, and never fall below 1 − p/m but
/// for the invalidations: an agent fetches at most one artifact per action, a broadcast sends
/// all of them every tick.
#[test]
fn savings_do_not_collapse_at_write_probability_one() {
    for agents in [2, 4, 16, 64] {
        let scenario = scenario(agents, 4_000, &[4_096; 3], 1.0);
        let broadcast = tokens(Strategy::Broadcast, &scenario);
        let savings = 1.0 - tokens(Strategy::Lazy, &scenario) / broadcast;
        assert!(savings > 1.0 - 0.25 - 0.002, "{agents} agents save {savings}");
        let rule = 1.0 - 0.25 * closed_form::miss_share(agents, 1.0);
        assert!((savings - rule).abs() < 0.02, "{agents} agents save {savings}, not {rule}");
    }
}

/// The grid's scenario with these artifact sizes.
fn scenario(agents: u32, ticks: u32, sizes: &[u32], write_probability: f64) -> Scenario {
    let artifacts = sizes.len() as u32;
    let point = GridPoint {
        strategy: Strategy::Lazy,
        agents,
        write_probability,
        ticks,
        artifacts,
        seed: 0,
    };
    let mut scenario = point.scenario();
    for (artifact, &size) in scenario.artifacts.iter_mut().zip(sizes) {
        artifact.size_tokens = size;
    }
    scenario
}

/// Asserts that two numbers agree to a relative difference.
fn assert_close(actual: f64, wanted: f64, relative: f64, what: &str) {
    let allowed = relative * wanted.abs().max(1e-9);
    assert!((actual - wanted).abs() <= allowed, "{actual} instead of {wanted}: {what}");
}
