//! A scenario as a file, every field spelled out.

use serde_yaml::{Mapping, Value};

use super::{Activity, Artifact, Scenario, Ticks, handoff};

pub(super) fn yaml(scenario: &Scenario) -> String {
    let document = document(scenario);
    serde_yaml::to_string(&document).expect("text, numbers and mappings are always YAML")
}

fn document(scenario: &Scenario) -> Value {
    let Scenario { network, protocol, faults, wire, pattern, .. } = scenario;
    let optional = |value: Option<f64>| value.map_or(Value::Null, Value::from);
    let burst = pattern.bursts.map(|bursts| bursts.burst_stay_probability);
    let pause = pattern.bursts.map(|bursts| bursts.pause_stay_probability);
    let activity = match scenario.activity {
        Activity::Probability(probability) => ("action_probability", probability.into()),
        Activity::Velocity(velocity) => ("agent_velocity", velocity.into()),
    };
    map([
        (
            "simulation",
            map([
                ("duration_ticks", scenario.duration_ticks.into()),
                ("num_agents", scenario.agents.into()),
                ("seed", scenario.seed.into()),
            ]),
        ),
        (
            "network",
            map([
                ("latency_ticks", ticks(network.latency)),
                ("message_loss_rate", network.loss_rate.into()),
                ("request_latency_ticks", ticks(network.request_latency)),
                ("request_loss_rate", network.request_loss_rate.into()),
                ("duplication_rate", network.duplication_rate.into()),
                ("reorder_rate", network.reorder_rate.into()),
                ("reorder_ticks", network.reorder_ticks.into()),
            ]),
        ),
        (
            "scenario",
            map([
                ("name", scenario.name.as_str().into()),
                ("workload", scenario.workload.name().into()),
                activity,
                ("write_probability", scenario.write_probability.into()),
            ]),
        ),
        ("artifacts", Value::Sequence(scenario.artifacts.iter().map(artifact).collect())),
        (
            "strategies",
            map([
                ("lease", map([("default_ttl_ticks", scenario.lease_ttl_ticks.into())])),
                ("access_count", map([("max_accesses", scenario.access_count_k.into())])),
            ]),
        ),
        ("transient", map([("timeout_ticks", scenario.transient_timeout_ticks.into())])),
        ("context_semantics", map([("model", scenario.context.name().into())])),
        (
            "protocol",
            map([
                ("bound_reads", protocol.bound_reads.map_or(Value::Null, Value::from)),
                ("write_ticks", ticks(protocol.write_ticks)),
                ("lease_ticks", protocol.lease_ticks.into()),
                ("heartbeat_ticks", protocol.heartbeat_ticks.map_or(Value::Null, Value::from)),
                ("acknowledgement_ticks", protocol.acknowledgement_ticks.into()),
                ("retry_ticks", protocol.retry_ticks.into()),
                ("revalidate", protocol.revalidate.into()),
                ("invalidation_tokens", protocol.invalidation_tokens.into()),
                ("control_tokens", protocol.control_tokens.into()),
            ]),
        ),
        (
            "faults",
            map([
                ("crash_probability", faults.crash_probability.into()),
                ("recovery_ticks", ticks(faults.recovery_ticks)),
            ]),
        ),
        (
            "wire",
            map([
                ("compression", wire.compression.name().into()),
                ("deltas", wire.deltas.into()),
                ("changed_share", wire.changed_share.into()),
                ("bytes_per_token", wire.bytes_per_token.into()),
                ("envelope_bytes", wire.envelope_bytes.into()),
                ("frame_message_bytes", wire.frames.message_bytes.into()),
                ("frame_content_ratio", wire.frames.content_ratio.into()),
                ("stream_message_bytes", wire.streams.message_bytes.into()),
                ("stream_content_ratio", wire.streams.content_ratio.into()),
            ]),
        ),
        (
            "workload",
            map([
                ("popularity_exponent", pattern.popularity_exponent.into()),
                ("locality", pattern.locality.into()),
                ("never_written_share", pattern.never_written_share.into()),
                ("size_sigma", pattern.size_sigma.into()),
                ("turn_stay_probability", optional(pattern.turn_stay_probability)),
                ("burst_stay_probability", optional(burst)),
                ("pause_stay_probability", optional(pause)),
                ("helpers", pattern.helpers.into()),
                ("helper_write_probability", optional(pattern.helper_write_probability)),
                ("helper_action_probability", optional(pattern.helper_action_probability)),
            ]),
        ),
        ("handoff", handoff::yaml(&scenario.handoff)),
    ])
}

fn artifact(artifact: &Artifact) -> Value {
    map([
        ("id", artifact.id.as_str().into()),
        ("size_tokens", artifact.size_tokens.into()),
        ("volatility", artifact.volatility.into()),
        ("initial_version", artifact.initial_version.into()),
        ("mutable", artifact.mutable.into()),
    ])
}

pub(super) fn ticks(ticks: Ticks) -> Value {
    match ticks {
        Ticks::Constant(ticks) => ticks.into(),
        Ticks::Uniform { min, max } => {
            map([("uniform", map([("min", min.into()), ("max", max.into())]))])
        }
        Ticks::Exponential { mean, max } => {
            map([("exponential", map([("mean", mean.into()), ("max", max.into())]))])
        }
        Ticks::Lognormal { median, sigma, max } => map([(
            "lognormal",
            map([("median", median.into()), ("sigma", sigma.into()), ("max", max.into())]),
        )]),
    }
}

pub(super) fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (Value::from(key), value));
    Value::Mapping(entries.collect::<Mapping>())
}
