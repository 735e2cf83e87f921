//! Each way in which the engine's workload can differ from the paper's, by what it must lead to.

use attune_sim::engine::{Report, StrategyName, run};
use attune_sim::scenario::{Activity, Bursts, Pattern, Scenario};

const TICKS: u32 = 4000;

fn plain() -> Scenario {
    Scenario::published(4, TICKS, &[100; 20], 0.3, 0.5, 9)
}

fn with(pattern: Pattern) -> Report {
    let scenario = Scenario { pattern, ..plain() };
    run(&scenario, StrategyName::Lazy, scenario.seed).unwrap()
}

fn share(part: u64, of: u64) -> f64 {
    part as f64 / of as f64
}

#[track_caller]
fn near(found: f64, right: f64, within: f64) {
    assert!((found - right).abs() <= within, "{found} for {right} ± {within}");
}

fn actions(report: &Report) -> u64 {
    report.actions
}

#[test]
fn popularity_and_locality_make_hits() {
    let uniform = with(Pattern::default());
    let popular = with(Pattern { popularity_exponent: 1.5, ..Pattern::default() });
    let local = with(Pattern { locality: 0.8, ..Pattern::default() });
    assert!(local.hit_rate > uniform.hit_rate + 0.1, "{} {}", local.hit_rate, uniform.hit_rate);
    // Others write what is popular, too: hits are on the first artifacts, and become fewer there.
    assert_ne!(popular.hit_rate, uniform.hit_rate);
    // With an exponent beyond reason there is one artifact.
    let only = with(Pattern { popularity_exponent: 10.0, ..Pattern::default() });
    assert!(only.misses_cold <= 8, "{}", only.misses_cold);
    assert!(uniform.misses_cold > 40);
}

#[test]
fn what_is_never_written_is_not() {
    let none = with(Pattern { never_written_share: 1.0, ..Pattern::default() });
    assert_eq!(none.writes, 0);
    let half = with(Pattern { never_written_share: 0.5, ..Pattern::default() });
    near(share(half.writes, actions(&half)), 0.15, 0.06);
}

#[test]
fn one_agent_at_a_time_has_the_turn() {
    let all = with(Pattern::default());
    near(actions(&all) as f64, 0.5 * 4.0 * f64::from(TICKS), 200.0);
    let turns = with(Pattern { turn_stay_probability: Some(0.9), ..Pattern::default() });
    near(actions(&turns) as f64, 0.5 * f64::from(TICKS), 100.0);
    // Who never passes the turn on is alone: all copies are one agent's.
    let alone = with(Pattern { turn_stay_probability: Some(1.0), ..Pattern::default() });
    assert!(alone.misses_cold + alone.write_misses <= 20);
    assert_eq!(alone.misses_invalidated, 0);
}

#[test]
fn agents_rest_between_bursts() {
    let bursts = Bursts { burst_stay_probability: 0.75, pause_stay_probability: 0.875 };
    let report = with(Pattern { bursts: Some(bursts), ..Pattern::default() });
    // Four ticks of work, eight of rest.
    near(share(actions(&report), 4 * u64::from(TICKS)), 0.5 / 3.0, 0.02);
}

#[test]
fn helpers_have_their_own_mix() {
    let pattern = Pattern {
        helpers: 1,
        helper_write_probability: Some(0.0),
        helper_action_probability: Some(0.25),
        ..Pattern::default()
    };
    let report = with(pattern);
    let (leads, helpers) = (0.5 * 3.0, 0.25);
    near(share(actions(&report), u64::from(TICKS)), leads + helpers, 0.05);
    near(share(report.writes, actions(&report)), 0.3 * leads / (leads + helpers), 0.03);
}

#[test]
fn sizes_are_drawn_anew_in_each_run_and_the_same_for_each_strategy() {
    let mut scenario = plain();
    scenario.pattern.size_sigma = 1.0;
    scenario.activity = Activity::Velocity(1);
    scenario.write_probability = 0.0;
    let sent = |strategy, seed| run(&scenario, strategy, seed).unwrap().synchronization_tokens;
    // Nothing is written, so both fetch each artifact once for each agent.
    assert_eq!(sent(StrategyName::Lazy, 1), sent(StrategyName::Eager, 1));
    assert_ne!(sent(StrategyName::Lazy, 1), sent(StrategyName::Lazy, 2));
    let runs: Vec<f64> = (0..200).map(|seed| sent(StrategyName::Lazy, seed) as f64).collect();
    let mean = runs.iter().sum::<f64>() / runs.len() as f64;
    // The mean of a lognormal is its median times e^(sigma^2 / 2).
    near(mean, 4.0 * 20.0 * 100.0 * 1.648_7, 500.0);
}
