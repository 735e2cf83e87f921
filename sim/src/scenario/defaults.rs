//! What a scenario is where its file says nothing. Stated once, here; `docs/scenario-format.md`
//! repeats it and a test compares the two.

use crate::wire::{Compressed, Compression, Wire};

use super::{
    Activity, Artifact, ContextModel, Faults, Handoff, Network, Pattern, ProtocolSettings,
    Scenario, Ticks, Workload,
};

pub(super) const SEED: i64 = 42;
pub(super) const WRITE_PROBABILITY: f64 = 0.3;
pub(super) const LEASE_TTL_TICKS: u32 = 300;
pub(super) const ACCESS_COUNT_K: u32 = 100;
pub(super) const TRANSIENT_TIMEOUT_TICKS: u32 = 5;

impl Scenario {
    /// A scenario of the paper's shape, with the defaults everywhere else: agents that act with
    /// one probability on artifacts of these sizes, over a network that delays every message by
    /// one tick and loses none. The artifacts are called `artifact-0`, `artifact-1` and so on.
    pub fn published(
        agents: u32,
        duration_ticks: u32,
        sizes_tokens: &[u32],
        write_probability: f64,
        action_probability: f64,
        seed: i64,
    ) -> Scenario {
        let artifacts = sizes_tokens
            .iter()
            .enumerate()
            .map(|(index, &size)| Artifact::new(format!("artifact-{index}"), size))
            .collect();
        Scenario {
            name: "published".to_owned(),
            duration_ticks,
            agents,
            seed,
            workload: Workload::default(),
            activity: Activity::Probability(action_probability),
            write_probability,
            artifacts,
            lease_ttl_ticks: LEASE_TTL_TICKS,
            access_count_k: ACCESS_COUNT_K,
            transient_timeout_ticks: TRANSIENT_TIMEOUT_TICKS,
            context: ContextModel::default(),
            network: Network::default(),
            protocol: ProtocolSettings::default(),
            faults: Faults::default(),
            wire: Wire::default(),
            pattern: Pattern::default(),
            handoff: Handoff::default(),
        }
    }
}

impl Artifact {
    /// A mutable artifact at version 1.
    pub fn new(id: impl Into<String>, size_tokens: u32) -> Artifact {
        Artifact { id: id.into(), size_tokens, volatility: 0.0, initial_version: 1, mutable: true }
    }
}

/// Events arrive one tick later and requests at once; nothing is lost, repeated or held back.
impl Default for Network {
    fn default() -> Network {
        Network {
            latency: Ticks::Constant(1),
            loss_rate: 0.0,
            request_latency: Ticks::Constant(0),
            request_loss_rate: 0.0,
            duplication_rate: 0.0,
            reorder_rate: 0.0,
            reorder_ticks: 2,
        }
    }
}

/// Writes commit at once and reads are unbounded, as in the published simulator.
impl Default for ProtocolSettings {
    fn default() -> ProtocolSettings {
        ProtocolSettings {
            bound_reads: None,
            write_ticks: Ticks::Constant(0),
            lease_ticks: 30,
            heartbeat_ticks: None,
            acknowledgement_ticks: 10,
            retry_ticks: 10,
            revalidate: false,
            invalidation_tokens: 12,
            control_tokens: 12,
        }
    }
}

/// No agent crashes.
impl Default for Faults {
    fn default() -> Faults {
        Faults { crash_probability: 0.0, recovery_ticks: Ticks::Constant(10) }
    }
}

/// Messages are JSON. What compression leaves of them is what `attune codec measure` gives for this
/// repository's corpus (`results/compression/tables/compression-wire.csv`).
impl Default for Wire {
    fn default() -> Wire {
        Wire {
            compression: Compression::None,
            deltas: false,
            changed_share: 0.1,
            bytes_per_token: 4.0,
            envelope_bytes: 146.0,
            frames: Compressed { message_bytes: 94.0, content_ratio: 0.344 },
            streams: Compressed { message_bytes: 31.5, content_ratio: 0.266 },
        }
    }
}
