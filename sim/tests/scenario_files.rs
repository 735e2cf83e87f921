//! Files that must be read, and what they must be read as: the published format, its older
//! spellings, YAML's own means, and every committed scenario.

use std::path::{Path, PathBuf};

use attune_sim::scenario::{
    Activity, Artifact, ContextModel, Faults, Handoff, Network, Pattern, ProtocolSettings,
    Scenario, Ticks, Workload,
};
use attune_sim::wire::Wire;

const BASE: &str = "
simulation: {duration_ticks: 40, num_agents: 4}
scenario: {name: base, action_probability: 0.75}
artifacts: [{id: a, size_tokens: 100}]
";

#[track_caller]
fn parse(text: &str) -> Scenario {
    Scenario::from_yaml(text, "test.yaml").unwrap_or_else(|errors| panic!("{errors}\nin\n{text}"))
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[track_caller]
fn read(path: &Path) -> Scenario {
    Scenario::read(path).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn what_a_file_does_not_say_has_its_default() {
    let mut expected = Scenario::published(4, 40, &[100], 0.3, 0.75, 42);
    expected.name = "base".to_owned();
    expected.artifacts[0].id = "a".to_owned();
    assert_eq!(parse(BASE), expected);

    assert_eq!(expected.lease_ttl_ticks, 300);
    assert_eq!(expected.access_count_k, 100);
    assert_eq!(expected.transient_timeout_ticks, 5);
    assert_eq!(expected.network.latency, Ticks::Constant(1));
    // A section without content says nothing, either.
    assert_eq!(parse(&format!("{BASE}network:\nprotocol: ~\nfaults: {{}}\n")), expected);
    assert_eq!(parse(&format!("{BASE}protocol: {{bound_reads: ~, lease_ticks: }}\n")), expected);
}

#[test]
fn published_format() {
    let scenario = read(&here("tests/scenario_files/published.yaml"));
    let expected = Scenario {
        name: "every-key".to_owned(),
        duration_ticks: 120,
        agents: 6,
        seed: 2_026_030_413,
        workload: Workload::WriteHeavy,
        activity: Activity::Probability(0.75),
        write_probability: 0.25,
        artifacts: vec![
            Artifact { volatility: 0.3, initial_version: 3, ..Artifact::new("plan.md", 1200) },
            Artifact { mutable: false, ..Artifact::new("facts.json", 900) },
        ],
        lease_ttl_ticks: 12,
        access_count_k: 6,
        transient_timeout_ticks: 4,
        context: ContextModel::Pointer,
        network: Network { latency: Ticks::Constant(2), loss_rate: 0.05, ..Network::default() },
        protocol: ProtocolSettings::default(),
        faults: Faults::default(),
        wire: Wire::default(),
        pattern: Pattern::default(),
        handoff: Handoff::default(),
    };
    assert_eq!(scenario, expected);
}

#[test]
fn older_spellings() {
    let scenario = read(&here("tests/scenario_files/older.yaml"));
    assert_eq!(scenario.agents, 3);
    assert_eq!(scenario.network.latency, Ticks::Constant(2));
    assert_eq!(scenario.network.loss_rate, 0.1);
    assert_eq!(scenario.activity, Activity::Probability(0.6));
    assert_eq!(scenario.workload, Workload::ReadHeavy);
    assert_eq!(scenario.context, ContextModel::AlwaysRead);
    assert_eq!(scenario.access_count_k, 7);
}

#[test]
fn newer_spellings_win() {
    let scenario = parse(
        "
simulation: {duration_ticks: 40, num_agents: 4, agents: 9, latency_ticks: 9, message_loss_rate: 0.9,
             actions_per_tick: 9, action_probability: 0.9}
network: {latency_ticks: 3, message_loss_rate: 0.3}
scenario: {name: x, agent_velocity: 3, workload: custom, workload_name: read_heavy, access_model: pointer}
artifacts: [{id: a, size_tokens: 100}]
strategies:
  access_count: {max_accesses: 3, max_operations: 9}
  exec_count: {max_operations: 9}
context_semantics: {model: always_read}
",
    );
    assert_eq!(scenario.agents, 4);
    assert_eq!(scenario.network.latency, Ticks::Constant(3));
    assert_eq!(scenario.network.loss_rate, 0.3);
    assert_eq!(scenario.activity, Activity::Velocity(3));
    assert_eq!(scenario.workload, Workload::Custom);
    assert_eq!(scenario.context, ContextModel::AlwaysRead);
    assert_eq!(scenario.access_count_k, 3);
}

#[test]
fn an_older_access_count_counts_only_without_the_newer_section() {
    let parse = |strategies: &str| parse(&format!("{BASE}strategies: {strategies}\n"));
    assert_eq!(parse("{exec_count: {max_accesses: 7}}").access_count_k, 7);
    assert_eq!(parse("{access_count: {max_operations: 7}}").access_count_k, 7);
    assert_eq!(parse("{access_count: {}, exec_count: {max_operations: 7}}").access_count_k, 100);
}

#[test]
fn velocity_wins_over_probability() {
    let activity = |scenario: &str, simulation: &str| {
        let text = format!(
            "simulation: {{duration_ticks: 1, num_agents: 1, {simulation}}}\n\
             scenario: {{name: x, {scenario}}}\nartifacts: [{{id: a, size_tokens: 1}}]\n"
        );
        parse(&text).activity
    };
    let both = "action_probability: 0.5, agent_velocity: 2";
    assert_eq!(activity(both, ""), Activity::Velocity(2));
    // An older velocity beats a newer probability, but not a velocity that is set to nothing.
    assert_eq!(activity("action_probability: 0.5", "actions_per_tick: 2"), Activity::Velocity(2));
    let nothing = "action_probability: 0.5, agent_velocity: null";
    assert_eq!(activity(nothing, "actions_per_tick: 2"), Activity::Probability(0.5));
}

#[test]
fn durations() {
    let latency =
        |text: &str| parse(&format!("{BASE}network: {{latency_ticks: {text}}}\n")).network.latency;
    assert_eq!(latency("7"), Ticks::Constant(7));
    assert_eq!(latency("{constant: 7}"), Ticks::Constant(7));
    assert_eq!(latency("{uniform: {min: 0, max: 3}}"), Ticks::Uniform { min: 0, max: 3 });
    assert_eq!(
        latency("{exponential: {max: 40, mean: 4}}"),
        Ticks::Exponential { mean: 4.0, max: 40 }
    );
    assert_eq!(
        latency("{lognormal: {median: 20, sigma: 0.6, max: 200}}"),
        Ticks::Lognormal { median: 20.0, sigma: 0.6, max: 200 }
    );
}

#[test]
fn count_stands_for_numbered_artifacts() {
    let text = BASE.replace("size_tokens: 100", "size_tokens: 100, count: 3, mutable: false");
    let artifacts = parse(&text).artifacts;
    let ids: Vec<&str> = artifacts.iter().map(|artifact| artifact.id.as_str()).collect();
    assert_eq!(ids, ["a-0", "a-1", "a-2"]);
    assert!(artifacts.iter().all(|artifact| artifact.size_tokens == 100 && !artifact.mutable));
}

#[test]
fn aliases_and_merged_mappings() {
    let scenario = parse(
        "
simulation: {duration_ticks: &n 40, num_agents: *n}
scenario: {name: x, action_probability: 1}
artifacts:
  - &a {id: a, size_tokens: 100, volatility: 0.5}
  - {<<: *a, id: b}
  - {id: c, <<: [{size_tokens: 7}, *a]}
",
    );
    assert_eq!(scenario.agents, 40);
    let artifact = |id: &str, size| Artifact { volatility: 0.5, ..Artifact::new(id, size) };
    assert_eq!(scenario.artifacts, [artifact("a", 100), artifact("b", 100), artifact("c", 7)]);
}

#[test]
fn spellings_of_values() {
    let scenario = parse(
        "
simulation: {duration_ticks: 1_000, num_agents: +4, seed: -3}
scenario: {name: 2024, action_probability: 1, write_probability: 5e-1}
artifacts: [{id: 'null', size_tokens: 100, mutable: No}]
",
    );
    assert_eq!((scenario.duration_ticks, scenario.agents, scenario.seed), (1_000, 4, -3));
    assert_eq!(scenario.name, "2024");
    assert_eq!(scenario.activity, Activity::Probability(1.0));
    assert_eq!(scenario.write_probability, 0.5);
    assert_eq!(scenario.artifacts[0].id, "null");
    assert!(!scenario.artifacts[0].mutable);
}

#[test]
fn committed_scenarios_are_read_and_introduce_themselves() {
    let mut paths = Vec::new();
    for folder in
        ["../scenarios", "../scenarios/findings", "../scenarios/scale", "../scenarios/handoff"]
    {
        let entries = std::fs::read_dir(here(folder)).unwrap().map(|entry| entry.unwrap().path());
        paths.extend(entries.filter(|path| path.is_file()));
    }
    assert!(paths.len() >= 20, "{paths:?}");
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(read(&path).name, name);
        let comments = text.lines().take_while(|line| line.starts_with("# ")).count();
        assert_eq!(comments, 2, "{name}: two lines of comment say what it asks");
        assert!(text.lines().next().unwrap().ends_with('?'), "{name} asks a question");
    }
}

/// The printed figures hang on these numbers.
#[test]
fn the_papers_scenarios_are_the_papers() {
    let canonical = [
        ("planning", 0.05, 20_260_305),
        ("analysis", 0.1, 20_260_306),
        ("development", 0.25, 20_260_307),
        ("high-churn", 0.5, 20_260_308),
    ];
    for (name, volatility, seed) in canonical {
        let mut expected = Scenario::published(4, 40, &[4096; 3], volatility, 0.75, seed);
        expected.name = name.to_owned();
        expected.lease_ttl_ticks = 10;
        expected.access_count_k = 8;
        for (artifact, id) in
            expected.artifacts.iter_mut().zip(["plan.md", "design.md", "state.json"])
        {
            *artifact = Artifact { volatility, ..Artifact::new(id, 4096) };
        }
        assert_eq!(read(&here(&format!("../scenarios/{name}.yaml"))), expected);
    }
    let mut expected = Scenario::published(6, 120, &[1200, 900], 0.25, 0.75, 2_026_030_413);
    expected.name = "pointer".to_owned();
    expected.lease_ttl_ticks = 10;
    expected.access_count_k = 6;
    expected.context = ContextModel::Pointer;
    expected.artifacts[0].id = "plan.md".to_owned();
    expected.artifacts[1].id = "analysis.json".to_owned();
    assert_eq!(read(&here("../scenarios/pointer.yaml")), expected);
}
