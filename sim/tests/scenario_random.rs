//! Random files: whatever the bytes, the answer is a scenario or a list of mistakes, never a
//! panic; and whatever the scenario, writing and reading it changes nothing.

use attune_sim::scenario::{
    Activity, Artifact, Bursts, ContextModel, Faults, Handoff, KeepBy, Network, Pattern,
    ProtocolSettings, Scenario, Ticks, Workload,
};
use attune_sim::wire::{Compressed, Compression, Wire};
use proptest::prelude::*;

const FULL: &str = "\
simulation: {duration_ticks: 40, num_agents: 4, seed: 20260305}
network:
  latency_ticks: {exponential: {mean: 4.0, max: 40}}
  duplication_rate: 0.1
scenario:
  name: \"full\"
  action_probability: 0.75
artifacts:
  - &a {id: plan.md, size_tokens: 4096}
  - {<<: *a, id: other, count: 3}
strategies: {lease: {default_ttl_ticks: 10}, exec_count: {max_operations: 6}}
context_semantics: {model: pointer}
protocol: {write_ticks: {uniform: {min: 0, max: 3}}, bound_reads: ~}
";

/// Reads, and if there are mistakes prints them: printing must not panic, either.
fn answer(text: &str) -> Result<Scenario, String> {
    Scenario::from_yaml(text, "random.yaml").map_err(|errors| {
        assert!(!errors.mistakes.is_empty());
        let lines = errors.mistakes.iter().map(|mistake| mistake.place.map(|place| place.line));
        assert!(lines.is_sorted(), "mistakes in the order of lines");
        errors.to_string()
    })
}

/// A scenario that is read must survive being written.
fn check(text: &str) {
    match answer(text) {
        Ok(scenario) => assert_eq!(answer(&scenario.to_yaml()).as_ref(), Ok(&scenario)),
        Err(message) => assert!(message.starts_with("error: random.yaml:"), "{message}"),
    }
}

fn ticks() -> impl Strategy<Value = Ticks> {
    prop_oneof![
        (0..=100_000u32).prop_map(Ticks::Constant),
        (0..=100_000u32, 0..=100_000u32)
            .prop_map(|(a, b)| Ticks::Uniform { min: a.min(b), max: a.max(b) }),
        (0.001..=100_000.0, 0..=100_000u32)
            .prop_map(|(mean, max)| Ticks::Exponential { mean, max }),
        (0.001..=100_000.0, 0.0..=10.0, 0..=100_000u32)
            .prop_map(|(median, sigma, max)| Ticks::Lognormal { median, sigma, max }),
    ]
}

/// Text that tempts a writer to forget its quotes.
fn text() -> impl Strategy<Value = String> {
    let tempting = ["null", "~", "true", "No", "1", "-0", "1e3", ".inf", "0x10", "<<", "*a", "&a"];
    let tempting =
        tempting.into_iter().chain(["!x", "- a", "a: b", "a #b", "é", "\u{feff}x", "'", "\""]);
    prop_oneof![
        proptest::sample::select(tempting.collect::<Vec<_>>()).prop_map(str::to_owned),
        "\\PC{1,30}".prop_filter("one line, not blank", |text| {
            !text.trim().is_empty() && !text.contains(['\u{2028}', '\u{2029}'])
        }),
    ]
}

fn artifacts() -> impl Strategy<Value = Vec<Artifact>> {
    let artifact = (text(), 1..=1_000_000u32, 0.0..=1.0, 1..=100_000_000u32, any::<bool>());
    let artifact = artifact.prop_map(|(id, size_tokens, volatility, initial_version, mutable)| {
        Artifact { id, size_tokens, volatility, initial_version, mutable }
    });
    proptest::collection::vec(artifact, 1..6).prop_map(|mut artifacts| {
        for (index, artifact) in artifacts.iter_mut().enumerate() {
            artifact.id += &format!("{index}");
        }
        artifacts
    })
}

prop_compose! {
    fn network()(
        latency in ticks(), loss_rate in 0.0..=0.999_999, request_latency in ticks(),
        request_loss_rate in 0.0..=0.999_999, duplication_rate in 0.0..=1.0,
        reorder_rate in 0.0..=1.0, reorder_ticks in 0..=100_000u32,
    ) -> Network {
        Network {
            latency, loss_rate, request_latency, request_loss_rate, duplication_rate, reorder_rate,
            reorder_ticks,
        }
    }
}

prop_compose! {
    fn protocol()(
        bound_reads in any::<Option<u16>>(), write_ticks in ticks(), lease_ticks in 1..=1_000_000u32,
        heartbeat_ticks in proptest::option::of(1..=1_000_000u32),
        acknowledgement_ticks in 1..=1_000_000u32, retry_ticks in 1..=1_000_000u32,
        revalidate in any::<bool>(), invalidation_tokens in 0..=1_000_000u32,
        control_tokens in 0..=1_000_000u32,
    ) -> ProtocolSettings {
        ProtocolSettings {
            bound_reads, write_ticks, lease_ticks, heartbeat_ticks, acknowledgement_ticks,
            retry_ticks, revalidate, invalidation_tokens, control_tokens,
        }
    }
}

fn compressed() -> impl Strategy<Value = Compressed> {
    (0.0..=1_000_000.0, 0.0..=2.0)
        .prop_map(|(message_bytes, content_ratio)| Compressed { message_bytes, content_ratio })
}

prop_compose! {
    fn wire()(
        compression in proptest::sample::select(&Compression::ALL[..]), deltas in any::<bool>(),
        changed_share in 0.0..=1.0, bytes_per_token in 0.0..=1_000_000.0,
        envelope_bytes in 0.0..=1_000_000.0, frames in compressed(), streams in compressed(),
    ) -> Wire {
        Wire {
            compression, deltas, changed_share, bytes_per_token, envelope_bytes, frames, streams,
        }
    }
}

prop_compose! {
    fn pattern()(
        popularity_exponent in 0.0..=10.0, locality in 0.0..=1.0, never_written_share in 0.0..=1.0,
        size_sigma in 0.0..=5.0, turn_stay_probability in proptest::option::of(0.0..=1.0),
        bursts in proptest::option::of((0.0..=1.0, 0.0..=1.0)), helpers in 0..=1_000_000u32,
        helper_write_probability in proptest::option::of(0.0..=1.0),
        helper_action_probability in proptest::option::of(0.0..=1.0),
    ) -> Pattern {
        Pattern {
            popularity_exponent, locality, never_written_share, size_sigma, turn_stay_probability,
            bursts: bursts.map(|(burst_stay_probability, pause_stay_probability)| Bursts {
                burst_stay_probability,
                pause_stay_probability,
            }),
            helpers, helper_write_probability, helper_action_probability,
        }
    }
}

prop_compose! {
    fn handoff()(
        steps in proptest::option::of(1..=2_000u32), actions_per_step in 1..=10_000u32,
        (action_ticks, start_ticks) in (ticks(), ticks()),
        (action_tokens, find_tokens) in (0..=1_000_000u32, 0..=1_000_000u32),
        (context_tokens, base_tokens, budget_bytes) in
            (1..=100_000_000u32, 0..=100_000_000u32, 0..=100_000_000u32),
        (prepare_at, divide_at, kept_share) in (0.0..=1.0, 0.0..=1.0, 0.0..=1.0),
        keep_by in proptest::sample::select(&KeepBy::ALL[..]),
        (action_sigma, judgement_sigma, fact_sigma) in (0.0..=5.0, 0.0..=5.0, 0.0..=5.0),
        (facts_per_step, fact_bytes) in (0.0..=100.0, 1..=1_000_000u32),
        (lasting_share, use_probability, findable_share) in (0.0..=1.0, 0.0..=1.0, 0.0..=1.0),
        half_life_steps in 0.01..=1_000_000.0,
        (find_ticks, draft_ticks) in (0..=100_000u32, 0..=100_000u32), versions in any::<bool>(),
        (lease_ticks, estate_ticks) in (1..=1_000_000u32, 1..=1_000_000u32),
    ) -> Handoff {
        Handoff {
            steps, actions_per_step, action_ticks, action_tokens, action_sigma, context_tokens,
            base_tokens, prepare_at, divide_at, budget_bytes, keep_by, kept_share, judgement_sigma,
            facts_per_step, fact_bytes, fact_sigma, lasting_share, half_life_steps, use_probability,
            findable_share, find_ticks, find_tokens, draft_ticks, start_ticks, versions, lease_ticks,
            estate_ticks,
        }
    }
}

prop_compose! {
    fn scenarios()(
        name in text(), duration_ticks in 1..=1_000u32, agents in 1..=1_000u32, seed in any::<i64>(),
        workload in proptest::sample::select(&Workload::ALL[..]),
        activity in prop_oneof![
            (0.0..=1.0).prop_map(Activity::Probability),
            (1..=1_000u32).prop_map(Activity::Velocity),
        ],
        write_probability in 0.0..=1.0, artifacts in artifacts(),
        (lease_ttl_ticks, access_count_k) in (1..=100_000_000u32, 1..=1_000_000_000u32),
        transient_timeout_ticks in 1..=1_000_000u32,
        context in proptest::sample::select(&ContextModel::ALL[..]),
        (network, protocol, recovery_ticks, crash_probability, wire, pattern, handoff) in
            (network(), protocol(), ticks(), 0.0..=1.0, wire(), pattern(), handoff()),
    ) -> Scenario {
        let mut artifacts: Vec<Artifact> = artifacts;
        // A drawn size may be a thousand times as large, and the sum of all has a limit.
        let shrunk = if pattern.size_sigma > 0.0 { 2000 } else { 1 };
        for artifact in &mut artifacts {
            artifact.size_tokens = artifact.size_tokens.div_ceil(shrunk);
        }
        Scenario {
            name, duration_ticks, agents, seed, workload, activity, write_probability, artifacts,
            lease_ttl_ticks, access_count_k, transient_timeout_ticks, context, network, protocol,
            faults: Faults { crash_probability, recovery_ticks }, wire, pattern, handoff,
        }
    }
}

/// What a mutation puts into a file: YAML's own characters above all.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        ":",
        " ",
        "\n",
        "\t",
        "-",
        "?",
        "{",
        "}",
        "[",
        "]",
        ",",
        "#",
        "&a ",
        "*a",
        "!",
        "|",
        ">",
        "'",
        "\"",
        "%",
        "---\n",
        "...\n",
        "\\",
        "0",
        "1e9",
        "~",
        "<<: ",
        "\r",
        "\u{feff}",
        "é",
        "null",
        "true",
        "\u{0}",
        "count: ",
        "id: ",
        "9999999999999999999999",
        "{uniform: ",
    ];
    prop_oneof![
        4 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        1 => ".{0,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn writing_and_reading_changes_nothing(scenario in scenarios()) {
        let text = scenario.to_yaml();
        prop_assert_eq!(answer(&text), Ok(scenario), "{}", text);
    }

    #[test]
    fn a_mutated_file_gives_an_answer(
        edits in proptest::collection::vec((0..FULL.len(), 0..12usize, piece()), 1..6)
    ) {
        let mut text = FULL.to_owned();
        for (start, length, piece) in edits {
            let start = text.floor_char_boundary(start.min(text.len()));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &piece);
        }
        check(&text);
    }

    #[test]
    fn random_yaml_gives_an_answer(pieces in proptest::collection::vec(piece(), 0..60)) {
        check(&pieces.concat());
    }

    #[test]
    fn random_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn the_unmutated_file_is_correct() {
    assert!(answer(FULL).is_ok());
    check(FULL);
}
