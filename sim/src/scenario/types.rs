//! The scenario as data, with every default and older spelling already applied.

use super::Handoff;
use crate::wire::Wire;
use serde::Serialize;

/// A scenario, checked: every field is within its documented range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    pub name: String,
    pub duration_ticks: u32,
    pub agents: u32,
    /// Run `r` uses `seed + r`.
    pub seed: i64,
    pub workload: Workload,
    pub activity: Activity,
    /// Probability that an action is a write, before the workload's clamp
    /// ([`Scenario::clamped_write_probability`]).
    pub write_probability: f64,
    pub artifacts: Vec<Artifact>,
    pub lease_ttl_ticks: u32,
    pub access_count_k: u32,
    /// Published simulator only: ticks after which a pending mark is dropped.
    pub transient_timeout_ticks: u32,
    pub context: ContextModel,
    pub network: Network,
    /// What only the protocol engine models.
    pub protocol: ProtocolSettings,
    pub faults: Faults,
    /// How messages travel; without effect on anything but the bytes on the wire.
    pub wire: Wire,
    /// What makes agents differ from the paper's, who do anything at any time alike.
    pub pattern: Pattern,
    /// Tasks too long for one context.
    pub handoff: Handoff,
}

/// Workloads of the published simulator: they clamp the write probability, and
/// `LargeArtifactReasoning` also picks artifacts with probability proportional to size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    ReadHeavy,
    WriteHeavy,
    ParallelEditing,
    LargeArtifactReasoning,
    #[default]
    Custom,
}

impl Workload {
    pub const ALL: [Workload; 5] = [
        Workload::ReadHeavy,
        Workload::WriteHeavy,
        Workload::ParallelEditing,
        Workload::LargeArtifactReasoning,
        Workload::Custom,
    ];

    /// The workload's name in a scenario file.
    pub const fn name(self) -> &'static str {
        match self {
            Workload::ReadHeavy => "read_heavy",
            Workload::WriteHeavy => "write_heavy",
            Workload::ParallelEditing => "parallel_editing",
            Workload::LargeArtifactReasoning => "large_artifact_reasoning",
            Workload::Custom => "custom",
        }
    }
}

/// How often an agent acts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// At most one action per tick, with this probability.
    Probability(f64),
    /// This many actions every tick, without a draw.
    Velocity(u32),
}

/// When an artifact's content enters an agent's context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContextModel {
    /// At every read: a valid copy is charged like a miss.
    AlwaysRead,
    /// At a miss; a hit moves no tokens.
    #[default]
    ConditionalInjection,
    /// As `ConditionalInjection`, and an update sent to a peer is a pointer, not the content.
    Pointer,
}

impl ContextModel {
    pub const ALL: [ContextModel; 3] =
        [ContextModel::AlwaysRead, ContextModel::ConditionalInjection, ContextModel::Pointer];

    /// The model's name in a scenario file.
    pub const fn name(self) -> &'static str {
        match self {
            ContextModel::AlwaysRead => "always_read",
            ContextModel::ConditionalInjection => "conditional_injection",
            ContextModel::Pointer => "pointer",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Artifact {
    pub id: String,
    pub size_tokens: u32,
    /// Carried, never used: the published format has it.
    pub volatility: f64,
    pub initial_version: u32,
    pub mutable: bool,
}

/// The channels between agents and authority. The published simulator knows only the event
/// channel (invalidations and updates), with constant latency and loss.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Network {
    /// Event channel, authority to agent: invalidations and updates.
    pub latency: Ticks,
    pub loss_rate: f64,
    /// Control channel, each way: requests, replies, acknowledgements.
    pub request_latency: Ticks,
    pub request_loss_rate: f64,
    /// Either channel: probability that a message arrives twice.
    pub duplication_rate: f64,
    /// Either channel: probability that a message is held back by `reorder_ticks` more.
    pub reorder_rate: f64,
    pub reorder_ticks: u32,
}

/// A duration in ticks: constant, or drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ticks {
    Constant(u32),
    /// Uniform over `min..=max`.
    Uniform {
        min: u32,
        max: u32,
    },
    /// Exponential with this mean, rounded to the nearest tick, cut at `max`.
    Exponential {
        mean: f64,
        max: u32,
    },
    /// Lognormal with this median and log standard deviation, rounded, cut at `max`.
    Lognormal {
        median: f64,
        sigma: f64,
        max: u32,
    },
}

/// Settings of the protocol that the published simulator does not have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProtocolSettings {
    /// K: reads of a copy after its last sync; `None`: unbounded.
    pub bound_reads: Option<u16>,
    /// How long a write takes, from grant to commit.
    pub write_ticks: Ticks,
    /// τ: a grant expires this long after it was given or renewed.
    pub lease_ticks: u32,
    /// The owner renews its lease this often while it writes; `None`: never.
    pub heartbeat_ticks: Option<u32>,
    /// Under eager invalidation, how long an upgrade waits for holders to acknowledge.
    pub acknowledgement_ticks: u32,
    /// An unanswered request is sent again after this long.
    pub retry_ticks: u32,
    /// An expired copy is confirmed by its version instead of fetched whole.
    pub revalidate: bool,
    /// Tokens of one invalidation signal.
    pub invalidation_tokens: u32,
    /// Tokens of one request, reply header, acknowledgement or heartbeat.
    pub control_tokens: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Faults {
    /// Probability, per agent and tick, of a crash.
    pub crash_probability: f64,
    /// How long a crashed agent stays away.
    pub recovery_ticks: Ticks,
}

/// Which facts a draft of the DNA keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepBy {
    /// Of most expected uses per byte, up to the budget: what an extractor aims at.
    #[default]
    Value,
    /// The newest, up to the budget: the end of the transcript.
    Newest,
    /// Each with the same probability, whatever the budget: a printed percentage, taken for a rate.
    Share,
}

impl KeepBy {
    pub const ALL: [KeepBy; 3] = [KeepBy::Value, KeepBy::Newest, KeepBy::Share];

    /// The name in a scenario file.
    pub const fn name(self) -> &'static str {
        match self {
            KeepBy::Value => "value",
            KeepBy::Newest => "newest",
            KeepBy::Share => "share",
        }
    }
}

/// The workload beyond uniform. By default it is the paper's.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pattern {
    /// Zipf: the artifact at place r of the list is chosen with probability in proportion to
    /// r^-exponent (times its size, if the workload chooses by size).
    pub popularity_exponent: f64,
    /// That an agent's action is on the artifact of its last one.
    pub locality: f64,
    /// Artifacts, apart from those that are not mutable, that are never written in a run.
    pub never_written_share: f64,
    /// Of the logarithm of sizes about `size_tokens`, the median.
    pub size_sigma: f64,
    /// One agent has the turn, and keeps it for the next tick with this probability; `None`: all
    /// act in each tick.
    pub turn_stay_probability: Option<f64>,
    /// An agent acts in bursts and rests between; `None`: it never rests.
    pub bursts: Option<Bursts>,
    /// The last so many agents are helpers.
    pub helpers: u32,
    pub helper_write_probability: Option<f64>,
    pub helper_action_probability: Option<f64>,
}

/// A drawn size is at most so many times the median.
pub const SIZE_FACTOR_MAX: u32 = 1000;

/// A chain of two states: whether an agent that acts (or rests) does so in the next tick, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bursts {
    pub burst_stay_probability: f64,
    pub pause_stay_probability: f64,
}
