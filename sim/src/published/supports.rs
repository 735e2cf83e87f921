//! Which scenarios the published simulator can model.

use crate::scenario::{Scenario, Ticks};

/// Whether the published simulator can model this scenario. It knows one channel, with constant
/// latency and loss, and no faults: every setting that would change an outcome beyond that must
/// be at its default. Settings that it has no use for (lease length, acknowledgement and retry
/// times, control tokens) may be anything; an invalidation always costs 12 tokens here.
pub fn supports(scenario: &Scenario) -> Result<(), Unsupported> {
    let network = &scenario.network;
    let protocol = &scenario.protocol;
    let faults = &scenario.faults;
    let pattern = &scenario.pattern;
    let at_default = [
        ("network.latency_ticks", matches!(network.latency, Ticks::Constant(_))),
        ("network.request_latency_ticks", network.request_latency == Ticks::Constant(0)),
        ("network.request_loss_rate", network.request_loss_rate == 0.0),
        ("network.duplication_rate", network.duplication_rate == 0.0),
        ("network.reorder_rate", network.reorder_rate == 0.0),
        ("protocol.bound_reads", protocol.bound_reads.is_none()),
        ("protocol.write_ticks", protocol.write_ticks == Ticks::Constant(0)),
        ("protocol.heartbeat_ticks", protocol.heartbeat_ticks.is_none()),
        ("protocol.revalidate", !protocol.revalidate),
        ("faults.crash_probability", faults.crash_probability == 0.0),
        ("more than 100000000 pairs of agent and artifact", !scenario.is_sparse()),
        ("workload.popularity_exponent", pattern.popularity_exponent == 0.0),
        ("workload.locality", pattern.locality == 0.0),
        ("workload.never_written_share", pattern.never_written_share == 0.0),
        ("workload.size_sigma", pattern.size_sigma == 0.0),
        ("workload.turn_stay_probability", pattern.turn_stay_probability.is_none()),
        ("workload.burst_stay_probability", pattern.bursts.is_none()),
        ("workload.helpers", pattern.helpers == 0),
        ("handoff.steps", scenario.handoff.steps.is_none()),
    ];
    let settings: Vec<&'static str> = at_default
        .into_iter()
        .filter(|(_, at_default)| !at_default)
        .map(|(setting, _)| setting)
        .collect();
    if settings.is_empty() { Ok(()) } else { Err(Unsupported { settings }) }
}

/// Settings that the published simulator cannot model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the published simulator cannot model {}", settings.join(", "))]
pub struct Unsupported {
    /// All of them, as field paths of the scenario file.
    pub settings: Vec<&'static str>,
}
