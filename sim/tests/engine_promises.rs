//! What every run of the engine keeps, over random scenarios and faults.

use attune_sim::engine::{Report, StrategyName, run};
use attune_sim::reproduce::coherent_cost_bound;
use attune_sim::scenario::{Activity, Scenario, Ticks};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The same cases in every run.
const SEED: RngSeed = RngSeed::Fixed(20_260_306);

fn ticks() -> impl Strategy<Value = Ticks> {
    prop_oneof![
        (0..4u32).prop_map(Ticks::Constant),
        (0..3u32, 0..4u32).prop_map(|(min, more)| Ticks::Uniform { min, max: min + more }),
        (0.5..6.0).prop_map(|mean| Ticks::Exponential { mean, max: 20 }),
        (1.0..8.0, 0.1..1.0).prop_map(|(median, sigma)| Ticks::Lognormal {
            median,
            sigma,
            max: 40
        }),
    ]
}

prop_compose! {
    fn calm()(
        agents in 1..9u32,
        duration in 1..120u32,
        artifacts in 1..6usize,
        writes in 0.0..=1.0f64,
        acts in 0.1..=1.0f64,
        velocity in proptest::option::weighted(0.2, 1..4u32),
        ttl in 1..12u32,
        k in 1..6u32,
        seed in any::<i32>(),
    ) -> Scenario {
        let sizes = vec![2048; artifacts];
        let mut scenario = Scenario::published(agents, duration, &sizes, writes, acts, seed.into());
        if let Some(velocity) = velocity {
            scenario.activity = Activity::Velocity(velocity);
        }
        scenario.lease_ttl_ticks = ttl;
        scenario.access_count_k = k;
        scenario
    }
}

prop_compose! {
    /// Slow channels and slow writes, but nothing lost and nobody gone.
    fn slow()(
        calm in calm(),
        latency in ticks(),
        request_latency in ticks(),
        write_ticks in ticks(),
        lease_ticks in 1..40u32,
        heartbeat_ticks in proptest::option::of(1..10u32),
        bound_reads in proptest::option::of(0..5u16),
        revalidate in any::<bool>(),
    ) -> Scenario {
        let mut scenario = calm;
        scenario.network.latency = latency;
        scenario.network.request_latency = request_latency;
        scenario.protocol.write_ticks = write_ticks;
        scenario.protocol.lease_ticks = lease_ticks;
        scenario.protocol.heartbeat_ticks = heartbeat_ticks;
        scenario.protocol.bound_reads = bound_reads;
        scenario.protocol.revalidate = revalidate;
        scenario
    }
}

prop_compose! {
    fn faulty()(
        slow in slow(),
        loss in 0.0..0.6f64,
        request_loss in 0.0..0.4f64,
        duplication in 0.0..0.4f64,
        reordering in 0.0..0.4f64,
        crashes in 0.0..0.05f64,
        retry_ticks in 1..20u32,
    ) -> Scenario {
        let mut scenario = slow;
        scenario.network.loss_rate = loss;
        scenario.network.request_loss_rate = request_loss;
        scenario.network.duplication_rate = duplication;
        scenario.network.reorder_rate = reordering;
        scenario.network.reorder_ticks = 5;
        scenario.faults.crash_probability = crashes;
        scenario.protocol.retry_ticks = retry_ticks;
        scenario
    }
}

/// A broken promise fails the test with its seed.
fn all(scenario: &Scenario) -> Vec<(StrategyName, Report)> {
    StrategyName::ALL
        .map(|strategy| {
            let report = run(scenario, strategy, scenario.seed);
            (strategy, report.unwrap_or_else(|failure| panic!("{failure}")))
        })
        .to_vec()
}

fn accounts_agree(report: &Report) {
    let misses = report.misses_cold
        + report.misses_invalidated
        + report.misses_expired
        + report.misses_bound;
    assert_eq!(report.reads, report.hits + misses);
    assert_eq!(report.actions, report.reads + report.writes);
    assert_eq!(report.synchronization_tokens, report.tokens.synchronization());
    assert_eq!(report.lost_updates, 0);
    assert_eq!(report.bound_violations, 0);
    assert!(report.stale_reads <= report.reads);
    let per_artifact: u64 =
        report.commits_per_artifact.iter().map(|&commits| u64::from(commits)).sum();
    assert_eq!(report.commits, per_artifact);
    if let Some(bound) = report.bound_reads {
        assert!(report.staleness_reads.max <= u32::from(bound));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, rng_seed: SEED, ..ProptestConfig::default() })]

    #[test]
    fn promises_hold_under_every_fault(scenario in faulty()) {
        for (_, report) in all(&scenario) {
            accounts_agree(&report);
        }
    }

    #[test]
    fn every_write_ends_one_way(scenario in faulty()) {
        for (_, report) in all(&scenario) {
            accounts_agree(&report);
            // A commit whose answer is overtaken by that of its repetition may be both accepted and
            // unknown to its author.
            let known = report.commits + report.writes_lost_to_expiry
                + report.commits_refused_stale_base + report.writes_lost_to_crash;
            prop_assert!(known <= report.writes);
            prop_assert!(report.writes <= known + report.commits_unknown + report.unfinished);
        }
    }

    /// With an instant control channel and nothing lost, nobody waits for a lease that is gone.
    #[test]
    fn eager_readers_are_never_stale(scenario in calm()) {
        let report = run(&scenario, StrategyName::Eager, scenario.seed).unwrap();
        prop_assert_eq!(report.stale_reads, 0);
    }

    /// Definition 3 of the paper, with the writes that each artifact really got.
    #[test]
    fn lazy_costs_at_most_the_bound(scenario in calm()) {
        prop_assume!(matches!(scenario.activity, Activity::Probability(_)));
        let report = run(&scenario, StrategyName::Lazy, scenario.seed).unwrap();
        let writes: Vec<f64> =
            report.commits_per_artifact.iter().map(|&commits| commits.into()).collect();
        prop_assert!(report.synchronization_tokens as f64 <= coherent_cost_bound(&scenario, &writes));
    }

    #[test]
    fn the_same_seed_gives_the_same_report(scenario in faulty()) {
        prop_assert_eq!(all(&scenario), all(&scenario));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, rng_seed: SEED, ..ProptestConfig::default() })]

    /// Nobody waits for ever: in a run three times as long, the later two thirds have actions too.
    #[test]
    fn nobody_is_stuck(scenario in faulty()) {
        let mut patient = Scenario { duration_ticks: 1200, ..scenario };
        // A crash would free whoever is stuck; and a lease that ends before its grant can arrive
        // lets nobody write, rightly.
        patient.faults.crash_probability = 0.0;
        patient.protocol.lease_ticks += 60;
        let long = Scenario { duration_ticks: 3600, ..patient.clone() };
        for ((_, report), (strategy, longer)) in all(&patient).iter().zip(all(&long)) {
            let more = longer.actions - report.actions;
            prop_assert!(
                more > report.actions / 4,
                "{strategy}: {} actions in 1,200 ticks, {more} in the next 2,400", report.actions
            );
        }
    }
}
