//! Every run's report, pinned: `tests/golden/engine.txt` has one line per run, the main counters
//! and a fingerprint of the whole report. A change that is meant to be one of speed or shape
//! leaves the file as it is. `UPDATE_GOLDEN=1 cargo test` writes it anew.

use attune_protocol::{Bitset, Sparse, Word};
use attune_sim::engine::{self, Report, StrategyName};
use attune_sim::scenario::{
    Activity, ContextModel, Faults, Network, ProtocolSettings, Scenario, Ticks, Workload,
};
use std::fmt::Write;
use std::path::Path;

#[test]
fn reports_are_as_pinned() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/engine.txt");
    let mut lines = String::new();
    for (scenario, strategy) in runs() {
        writeln!(lines, "{}", line(&report(&scenario, strategy))).unwrap();
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &lines).unwrap();
    }
    let pinned = std::fs::read_to_string(&path).unwrap();
    for (pinned, line) in pinned.lines().zip(lines.lines()) {
        assert_eq!(pinned, line);
    }
    assert_eq!(pinned, lines);
}

#[test]
fn a_run_repeats() {
    for (scenario, strategy) in runs() {
        assert_eq!(report(&scenario, strategy), report(&scenario, strategy));
    }
}

#[test]
fn a_run_does_not_depend_on_how_the_directory_is_kept() {
    for (scenario, strategy) in runs() {
        let expected = report(&scenario, strategy);
        let seed = scenario.seed;
        if scenario.agents <= Word::CAPACITY {
            assert_eq!(engine::run_on::<Word>(&scenario, strategy, seed).unwrap(), expected);
        }
        assert_eq!(engine::run_on::<Bitset>(&scenario, strategy, seed).unwrap(), expected);
        assert_eq!(engine::run_on::<Sparse>(&scenario, strategy, seed).unwrap(), expected);
    }
}

fn report(scenario: &Scenario, strategy: StrategyName) -> Report {
    engine::run(scenario, strategy, scenario.seed).unwrap_or_else(|failure| panic!("{failure}"))
}

fn line(report: &Report) -> String {
    let Report { scenario, strategy, actions, reads, hits, commits, stale_reads, .. } = report;
    let Report { synchronization_tokens: tokens, ticks_waited: waited, crashes, .. } = report;
    let refused = report.commits_refused_lost_epoch + report.commits_refused_stale_base;
    let messages = report.messages.total();
    let fingerprint = fingerprint(&serde_json::to_string(report).unwrap());
    format!(
        "{scenario:<12} {strategy:<12} actions {actions:>5} reads {reads:>5} hits {hits:>5} \
         stale {stale_reads:>4} commits {commits:>4} refused {refused:>3} crashes {crashes:>3} \
         waited {waited:>5} messages {messages:>6} tokens {tokens:>9} report {fingerprint:016x}"
    )
}

/// FNV-1a, 64 bits.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Each scenario under each strategy.
fn runs() -> Vec<(Scenario, StrategyName)> {
    let each = |scenario: Scenario| StrategyName::ALL.map(|strategy| (scenario.clone(), strategy));
    scenarios().into_iter().flat_map(each).collect()
}

fn scenarios() -> Vec<Scenario> {
    vec![
        plain(),
        at_once(),
        control_takes_time(),
        bad_network(),
        slow_writes(),
        orphans(),
        crashes(),
        bounded(),
        thrifty(),
        velocity(),
        by_size(),
        hundred(),
        everything(),
    ]
}

fn plain() -> Scenario {
    let sizes: [u32; 7] = std::array::from_fn(|index| 500 + 300 * index as u32);
    let mut scenario = Scenario::published(9, 250, &sizes, 0.15, 0.75, 20);
    for (artifact, version) in scenario.artifacts.iter_mut().zip(1..) {
        artifact.initial_version = version;
    }
    scenario.name = "plain".into();
    scenario.lease_ttl_ticks = 12;
    scenario.access_count_k = 3;
    scenario.protocol.retry_ticks = 8;
    scenario.protocol.control_tokens = 3;
    scenario
}

fn named(name: &str) -> Scenario {
    Scenario { name: name.into(), ..plain() }
}

/// Neither channel takes time.
fn at_once() -> Scenario {
    let mut scenario = named("at_once");
    scenario.network.latency = Ticks::Constant(0);
    scenario
}

fn control_takes_time() -> Scenario {
    let mut scenario = named("control");
    scenario.network.latency = Ticks::Constant(3);
    scenario.network.request_latency = Ticks::Constant(2);
    scenario
}

/// Everything that can happen to a message does.
fn bad_network() -> Scenario {
    let mut scenario = named("bad_network");
    scenario.network = Network {
        latency: Ticks::Exponential { mean: 3.0, max: 20 },
        loss_rate: 0.1,
        request_latency: Ticks::Uniform { min: 0, max: 3 },
        request_loss_rate: 0.1,
        duplication_rate: 0.1,
        reorder_rate: 0.2,
        reorder_ticks: 5,
    };
    scenario
}

/// Leases are kept alive by heartbeats, now and then not.
fn slow_writes() -> Scenario {
    let mut scenario = named("slow_writes");
    scenario.protocol.write_ticks = Ticks::Lognormal { median: 4.0, sigma: 0.7, max: 30 };
    scenario.protocol.lease_ticks = 6;
    scenario.protocol.heartbeat_ticks = Some(4);
    scenario.network.loss_rate = 0.05;
    scenario
}

/// Leases expire under writers that send no heartbeats.
fn orphans() -> Scenario {
    let mut scenario = named("orphans");
    scenario.protocol.write_ticks = Ticks::Uniform { min: 0, max: 9 };
    scenario.protocol.lease_ticks = 5;
    scenario.protocol.acknowledgement_ticks = 2;
    scenario.network.latency = Ticks::Constant(2);
    scenario
}

fn crashes() -> Scenario {
    let mut scenario = named("crashes");
    scenario.faults =
        Faults { crash_probability: 0.03, recovery_ticks: Ticks::Uniform { min: 0, max: 12 } };
    scenario.protocol.write_ticks = Ticks::Constant(2);
    scenario.protocol.lease_ticks = 7;
    scenario
}

/// Many messages are lost; K alone limits staleness.
fn bounded() -> Scenario {
    let mut scenario = named("bounded");
    scenario.protocol.bound_reads = Some(2);
    scenario.network.loss_rate = 0.4;
    scenario.artifacts.truncate(3);
    scenario
}

fn thrifty() -> Scenario {
    let mut scenario = named("thrifty");
    scenario.protocol.revalidate = true;
    scenario.lease_ttl_ticks = 4;
    scenario.access_count_k = 1;
    scenario.artifacts.truncate(4);
    scenario
}

/// Several actions per tick, and the copy read into the context each time.
fn velocity() -> Scenario {
    let mut scenario = named("velocity");
    scenario.activity = Activity::Velocity(3);
    scenario.context = ContextModel::AlwaysRead;
    scenario.write_probability = 0.05;
    scenario
}

/// Large artifacts are chosen more often; one is never written.
fn by_size() -> Scenario {
    let mut scenario = named("by_size");
    scenario.workload = Workload::LargeArtifactReasoning;
    scenario.write_probability = 0.9;
    scenario.artifacts[6].mutable = false;
    scenario
}

/// More agents than fit into a word.
fn hundred() -> Scenario {
    let mut scenario = named("hundred");
    scenario.agents = 100;
    scenario.duration_ticks = 40;
    scenario
}

/// All of it at once.
fn everything() -> Scenario {
    Scenario {
        name: "everything".into(),
        agents: 70,
        duration_ticks: 80,
        activity: Activity::Velocity(2),
        network: bad_network().network,
        faults: crashes().faults,
        protocol: ProtocolSettings {
            bound_reads: Some(4),
            write_ticks: Ticks::Exponential { mean: 3.0, max: 25 },
            heartbeat_ticks: Some(2),
            lease_ticks: 9,
            revalidate: true,
            ..plain().protocol
        },
        ..by_size()
    }
}
