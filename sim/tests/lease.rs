//! The formula for leases, beside the engine.

use attune_sim::engine::{self, Report, StrategyName};
use attune_sim::lease::{NoFormula, Timing};
use attune_sim::scenario::{Scenario, Ticks};

fn slow_writers() -> Scenario {
    let text = include_str!("../../scenarios/slow-writers.yaml");
    Scenario { duration_ticks: 5_000, ..Scenario::from_yaml(text, "slow-writers").unwrap() }
}

fn runs(scenario: &Scenario) -> Vec<Report> {
    (0..10).map(|seed| engine::run(scenario, StrategyName::Lazy, seed).unwrap()).collect()
}

#[test]
fn the_engine_loses_the_share_of_writes_that_the_formula_says() {
    for (latency, crash) in [(Ticks::Constant(0), 0.0), (Ticks::Uniform { min: 0, max: 4 }, 0.002)]
    {
        for lease in [8, 14, 20, 40] {
            let mut scenario = slow_writers();
            scenario.network.request_latency = latency;
            scenario.faults.crash_probability = crash;
            scenario.protocol.lease_ticks = lease;
            let expected = Timing::of(&scenario).unwrap().loss(lease as usize);
            let lost = engine::lost_to_expiry(&runs(&scenario));
            let half = lost.half_width.unwrap();
            let difference = (lost.value - expected).abs();
            assert!(
                difference < 2.0 * half + 0.001,
                "{latency:?}, crash {crash}, lease {lease}: {} ± {half}, formula {expected}",
                lost.value
            );
        }
    }
}

/// What is locked cannot be seen directly; what somebody who always waits gets done can.
#[test]
fn a_line_that_somebody_always_waits_for_commits_as_often_as_the_formula_says() {
    let mut scenario = slow_writers();
    scenario.duration_ticks = 50_000;
    scenario.artifacts.truncate(1);
    scenario.write_probability = 1.0;
    scenario.network.request_latency = Ticks::Constant(0);
    // Who crashed stays away longer than the lease; some others wait, but not so long that they
    // crash before their turn.
    scenario.faults.crash_probability = 0.0005;
    scenario.faults.recovery_ticks = Ticks::Constant(100);
    scenario.agents = 4;
    for lease in [12, 20, 60] {
        scenario.protocol.lease_ticks = lease;
        let timing = Timing::of(&scenario).unwrap();
        let expected = timing.locked_per_commit()[lease as usize];
        let commits: u64 = runs(&scenario).iter().map(|run| run.commits).sum();
        let measured = 10.0 * 50_000.0 / commits as f64;
        // The next grant is given up to a tick after the last one ended, and some agents crash
        // while they wait for it.
        assert!((0.0..2.5).contains(&(measured - expected)), "{lease}: {measured}, {expected}");
    }
}

/// docs/leases.md: a lease has to be longer than a heartbeat's interval and two latencies.
#[test]
fn a_writer_that_renews_in_time_loses_nothing() {
    let mut scenario = slow_writers();
    scenario.protocol.heartbeat_ticks = Some(8);
    assert_eq!(Timing::of(&scenario), Err(NoFormula::Renewed));
    let lost = |lease| {
        let mut scenario = scenario.clone();
        scenario.protocol.lease_ticks = lease;
        engine::lost_to_expiry(&runs(&scenario)).value
    };
    assert_eq!(lost(8 + 2 + 1), 0.0);
    assert!(lost(8 + 2) > 0.5);
}

#[test]
fn what_the_formula_does_not_cover_is_refused() {
    let mut scenario = slow_writers();
    scenario.network.request_loss_rate = 0.1;
    let refused = Timing::of(&scenario).unwrap_err().to_string();
    assert!(refused.contains("network.request_loss_rate"), "{refused}");
    scenario.protocol.write_ticks = Ticks::Constant(0);
    scenario.network.request_loss_rate = 0.0;
    assert_eq!(Timing::of(&scenario), Err(NoFormula::Instant));
}
