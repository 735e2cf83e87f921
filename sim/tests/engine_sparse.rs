//! The engine for very many agents: the same behaviour as the usual one, at the cost of what happens.

use attune_sim::engine::{self, Report, StrategyName};
use attune_sim::scenario::{Scenario, Ticks};
use attune_sim::stats::Estimate;

const RUNS: i64 = 60;

type Measure = fn(&Report) -> f64;

fn scenario(text: &str) -> Scenario {
    Scenario::from_yaml(text, "scenario").unwrap()
}

fn busy() -> Scenario {
    let mut scenario = scenario(include_str!("../../scenarios/slow-writers.yaml"));
    scenario.duration_ticks = 400;
    scenario.network.loss_rate = 0.1;
    scenario.network.request_loss_rate = 0.02;
    scenario.protocol.bound_reads = Some(4);
    scenario.protocol.heartbeat_ticks = Some(6);
    scenario.faults.crash_probability = 0.005;
    scenario.faults.recovery_ticks = Ticks::Uniform { min: 2, max: 20 };
    scenario
}

/// Popular artifacts, repeated ones, helpers of another habit, one agent's turn at a time.
fn patterned() -> Scenario {
    let text = include_str!("../../scenarios/development.yaml");
    let pattern = "
workload:
  popularity_exponent: 1
  locality: 0.3
  never_written_share: 0.4
  size_sigma: 0.5
  turn_stay_probability: 0.8
  helpers: 2
  helper_write_probability: 0.05
  helper_action_probability: 0.2
";
    scenario(&format!("{text}{pattern}"))
}

/// Draws differ, so means are compared, with their uncertainty.
#[test]
fn both_engines_measure_the_same() {
    let measures: [(&str, Measure); 9] = [
        ("actions", |run| run.actions as f64),
        ("hits", |run| run.hits as f64),
        ("stale", |run| run.stale_reads as f64),
        ("tokens", |run| run.synchronization_tokens as f64),
        ("control", |run| run.tokens.control as f64),
        ("commits", |run| run.commits as f64),
        ("lost", |run| run.writes_lost_to_expiry as f64),
        ("crashes", |run| run.crashes as f64),
        ("waited", |run| run.ticks_waited as f64),
    ];
    let analysis = scenario(include_str!("../../scenarios/analysis.yaml"));
    for scenario in [analysis, busy(), patterned()] {
        for strategy in StrategyName::ALL.into_iter().filter(|s| *s != StrategyName::Broadcast) {
            let runs = |run: fn(&Scenario, StrategyName, i64) -> Result<Report, _>, first: i64| {
                let seeds = first..first + RUNS;
                let runs = seeds.map(|seed| run(&scenario, strategy, seed).unwrap());
                runs.collect::<Vec<Report>>()
            };
            let (dense, sparse) = (runs(engine::run, 0), runs(engine::run_sparse, 1_000));
            for (name, measure) in measures {
                let of = |runs: &[Report]| {
                    Estimate::of_mean(&runs.iter().map(measure).collect::<Vec<_>>())
                };
                let (dense, sparse) = (of(&dense), of(&sparse));
                let (one, other) = (dense.half_width.unwrap(), sparse.half_width.unwrap());
                // Four standard errors: a chance of 1 in 16,000 each.
                let allowed = 4.0 / 1.96 * (one * one + other * other).sqrt() + 1e-9;
                assert!(
                    (dense.value - sparse.value).abs() <= allowed,
                    "{}, {strategy}, {name}: {} and {}, allowed {allowed}",
                    scenario.name,
                    dense.value,
                    sparse.value
                );
            }
        }
    }
}

#[test]
fn a_million_agents_cost_what_those_do_that_act() {
    let text = include_str!("../../scenarios/scale/million.yaml");
    let mut scenario = scenario(text);
    assert!(scenario.is_sparse());
    assert!(engine::supports(&scenario, StrategyName::Broadcast).is_err());
    scenario.duration_ticks = 50;
    let run = engine::run(&scenario, StrategyName::Lazy, 3).unwrap();
    // A thousand actions a tick, give or take.
    assert!((49_000..51_000).contains(&run.actions), "{}", run.actions);
    assert_eq!(run, engine::run(&scenario, StrategyName::Lazy, 3).unwrap());
}
