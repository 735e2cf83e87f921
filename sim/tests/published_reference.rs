//! The replica against an independent program written from the same rules in Python.
//!
//! `published_reference/runs.jsonl` holds random runs of `published_reference/published.py`,
//! written by `published_reference/generate.py`. To compare on other runs, write them to a file
//! and name it in `ATTUNE_PUBLISHED_RUNS`.

use attune_sim::published::{Strategy, figures, run};
use attune_sim::scenario::{Activity, Artifact, ContextModel, Network, Scenario, Ticks, Workload};
use serde_json::Value;

#[test]
fn every_counter_equals_the_reference() {
    let lines = match std::env::var("ATTUNE_PUBLISHED_RUNS") {
        Ok(path) => std::fs::read_to_string(path).unwrap(),
        Err(_) => include_str!("published_reference/runs.jsonl").to_owned(),
    };
    let mut runs = 0;
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let strategy: Strategy = text(&line["strategy"]).parse().unwrap();
        let seed = line["seed"].as_i64().unwrap();
        let report = run(&scenario(&line["scenario"]), strategy, seed);
        let counted = serde_json::to_value(&report).unwrap();
        let expected = line["counters"].as_object().unwrap();
        assert_eq!(expected.len(), 20);
        for (counter, value) in expected {
            assert_eq!(counted[counter], *value, "{counter} of {line}");
        }
        runs += 1;
    }
    assert!(runs >= 400, "only {runs} runs");
    println!("{runs} runs equal");
}

#[test]
fn a_report_has_the_originals_names_in_its_order() {
    let parameters = &figures::all()[0].parameters;
    let report = run(parameters.scenario(), Strategy::AccessCount, -1);
    let json = serde_json::to_string(&report).unwrap();
    let mut rest = json.as_str();
    for name in "scenario strategy seed duration_ticks agent_count artifact_count total_actions \
        read_actions write_actions fetch_actions cache_hits cache_misses stale_reads \
        max_stale_steps staleness_bound_violations invalidations_issued invalidations_delivered \
        updates_issued updates_delivered message_overhead tokens_fetch tokens_broadcast \
        tokens_invalidation context_injections transient_state_timeouts synchronization_tokens \
        cache_hit_rate"
        .split_whitespace()
    {
        let key = format!("\"{name}\":");
        let at = rest.find(&key).unwrap_or_else(|| panic!("{name} is out of order"));
        rest = &rest[at + key.len()..];
    }
    assert!(!rest.contains("\":"), "more fields than the original: {rest}");
    assert_eq!(report.ledger().synchronization(), report.synchronization_tokens);
}

fn scenario(given: &Value) -> Scenario {
    let base = figures::all()[0].parameters.scenario().clone();
    Scenario {
        duration_ticks: count(&given["ticks"]),
        agents: count(&given["agents"]),
        workload: workload(text(&given["workload"])),
        activity: match given["velocity"].as_u64() {
            Some(velocity) => Activity::Velocity(velocity as u32),
            None => Activity::Probability(given["action_probability"].as_f64().unwrap()),
        },
        write_probability: given["write_probability"].as_f64().unwrap(),
        artifacts: given["artifacts"].as_array().unwrap().iter().map(artifact).collect(),
        lease_ttl_ticks: count(&given["lease_ttl_ticks"]),
        access_count_k: count(&given["access_count_k"]),
        transient_timeout_ticks: count(&given["timeout_ticks"]),
        context: context(text(&given["context"])),
        network: Network {
            latency: Ticks::Constant(count(&given["latency_ticks"])),
            loss_rate: given["loss_rate"].as_f64().unwrap(),
            ..base.network
        },
        ..base
    }
}

fn artifact(given: &Value) -> Artifact {
    Artifact {
        id: String::new(),
        size_tokens: count(&given["size_tokens"]),
        volatility: 0.0,
        initial_version: count(&given["initial_version"]),
        mutable: given["mutable"].as_bool().unwrap(),
    }
}

fn workload(name: &str) -> Workload {
    match name {
        "read_heavy" => Workload::ReadHeavy,
        "write_heavy" => Workload::WriteHeavy,
        "parallel_editing" => Workload::ParallelEditing,
        "large_artifact_reasoning" => Workload::LargeArtifactReasoning,
        "custom" => Workload::Custom,
        unknown => panic!("workload {unknown}"),
    }
}

fn context(name: &str) -> ContextModel {
    match name {
        "always_read" => ContextModel::AlwaysRead,
        "conditional_injection" => ContextModel::ConditionalInjection,
        "pointer" => ContextModel::Pointer,
        unknown => panic!("context model {unknown}"),
    }
}

fn count(value: &Value) -> u32 {
    value.as_u64().unwrap().try_into().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
