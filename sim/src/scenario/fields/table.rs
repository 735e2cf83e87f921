//! The table itself, in the order of the documentation.

use super::Default::{Required, Unset, Value};
use super::Engines::{Both, Neither, Protocol, Published};
use super::Kind::{Choice, Duration, Flag, Ignored, Number, Text, Whole};
use super::{
    ARTIFACTS_MAX, COMPRESSIONS, CONTEXT_MODELS, Default, Engines, Field, Kind, WORKLOADS,
};

pub(super) const PROBABILITY: Kind = Number { min: 0.0, max: 1.0 };
/// Below 1, so that a message sent often enough arrives.
const LOSS: Kind = Number { min: 0.0, max: 0.999_999 };
pub(super) const WAIT_TICKS: Kind = Whole { min: 1, max: 1_000_000 };
const SMALL_TOKENS: Kind = Whole { min: 0, max: 1_000_000 };
/// Bytes of a message, or per token.
const SMALL_BYTES: Kind = Number { min: 0.0, max: 1_000_000.0 };
const ANYTHING: Default = Unset("-");

pub(super) const fn field(
    path: &'static str,
    kind: Kind,
    default: Default,
    used_by: Engines,
    meaning: &'static str,
) -> Field {
    Field { path, kind, default, used_by, meaning, older: &[] }
}

impl Field {
    const fn older(mut self, older: &'static [&'static str]) -> Field {
        self.older = older;
        self
    }
}

pub(super) const FIELDS: &[Field] = &[
    field(
        "simulation.duration_ticks",
        Whole { min: 1, max: 100_000_000 },
        Required,
        Both,
        "length of one run, ticks",
    ),
    field(
        "simulation.num_agents",
        Whole { min: 1, max: 1_000_000 },
        Required,
        Both,
        "number of agents",
    )
    .older(&["simulation.agents"]),
    field(
        "simulation.seed",
        Whole { min: i64::MIN, max: i64::MAX },
        Value("42"),
        Both,
        "seed of run 0; run `r` uses `seed + r`",
    ),
    field(
        "network.latency_ticks",
        Duration,
        Value("1"),
        Both,
        "event channel, authority to agent (invalidations and updates): ticks from sending to \
         arrival; the published engine knows constant latency only",
    )
    .older(&["simulation.latency_ticks"]),
    field(
        "network.message_loss_rate",
        LOSS,
        Value("0"),
        Both,
        "event channel: probability that a message is lost",
    )
    .older(&["simulation.message_loss_rate"]),
    field(
        "network.request_latency_ticks",
        Duration,
        Value("0"),
        Protocol,
        "control channel, each way (requests, replies, acknowledgements): ticks from sending to \
         arrival",
    ),
    field(
        "network.request_loss_rate",
        LOSS,
        Value("0"),
        Protocol,
        "control channel: probability that a message is lost",
    ),
    field(
        "network.duplication_rate",
        PROBABILITY,
        Value("0"),
        Protocol,
        "either channel: probability that a message arrives twice",
    ),
    field(
        "network.reorder_rate",
        PROBABILITY,
        Value("0"),
        Protocol,
        "either channel: probability that a message is held back, so that later ones overtake it",
    ),
    field(
        "network.reorder_ticks",
        Whole { min: 0, max: 100_000 },
        Value("2"),
        Protocol,
        "how long a message is held back, ticks on top of its latency",
    ),
    field("scenario.name", Text, Required, Both, "name in reports and file names"),
    field(
        "scenario.workload",
        Choice(WORKLOADS),
        Value("custom"),
        Both,
        "clamps the write probability `w`: `read_heavy` min(w, 0.2), `write_heavy` max(w, 0.7), \
         `parallel_editing` max(w, 0.5), `large_artifact_reasoning` min(w, 0.3) and artifacts \
         chosen in proportion to size, `custom` as is",
    )
    .older(&["scenario.workload_name"]),
    field(
        "scenario.action_probability",
        PROBABILITY,
        Unset("required without `agent_velocity`"),
        Both,
        "probability that an agent acts in a tick, at most once",
    )
    .older(&["simulation.action_probability"]),
    field(
        "scenario.agent_velocity",
        Whole { min: 1, max: 10_000 },
        Unset("none: `action_probability` holds"),
        Both,
        "actions of every agent in every tick, without a draw; wins over `action_probability`",
    )
    .older(&["simulation.actions_per_tick"]),
    field(
        "scenario.write_probability",
        PROBABILITY,
        Value("0.3"),
        Both,
        "probability that an action on a mutable artifact is a write, before the workload's clamp",
    ),
    field(
        "scenario.revocation_tick",
        Ignored,
        ANYTHING,
        Neither,
        "in the published format; the published simulator never used it",
    ),
    field(
        "artifacts[].id",
        Text,
        Required,
        Both,
        "name of the artifact, different from all others of the scenario",
    ),
    field(
        "artifacts[].size_tokens",
        Whole { min: 1, max: 1_000_000_000 },
        Required,
        Both,
        "size of the content, tokens",
    ),
    field(
        "artifacts[].volatility",
        PROBABILITY,
        Value("0"),
        Neither,
        "carried, never used: how often the published scenarios expect the artifact to change",
    ),
    field(
        "artifacts[].initial_version",
        Whole { min: 1, max: 100_000_000 },
        Value("1"),
        Both,
        "version at tick 0",
    ),
    field("artifacts[].mutable", Flag, Value("true"), Both, "`false`: the artifact is only read"),
    field(
        "artifacts[].count",
        Whole { min: 1, max: ARTIFACTS_MAX as i64 },
        Unset("none: one artifact called `id`"),
        Both,
        "stands for this many equal artifacts `id-0`, `id-1`, …",
    ),
    field(
        "artifacts[].depends_on",
        Ignored,
        ANYTHING,
        Neither,
        "in the published format; the published simulator never used it",
    ),
    field(
        "strategies.lease.default_ttl_ticks",
        Whole { min: 1, max: 100_000_000 },
        Value("300"),
        Both,
        "strategy lease: a copy expires this many ticks after it was fetched",
    ),
    field(
        "strategies.access_count.max_accesses",
        Whole { min: 1, max: 1_000_000_000 },
        Value("100"),
        Both,
        "strategy access_count (k): a copy expires after this many reads; the protocol engine takes \
         more than 65,535 for 65,535",
    )
    .older(&[
        "strategies.access_count.max_operations",
        "strategies.exec_count.max_accesses",
        "strategies.exec_count.max_operations",
    ]),
    field(
        "strategies.lazy.check_interval_ticks",
        Ignored,
        ANYTHING,
        Neither,
        "in the published files; the published simulator never used it",
    ),
    field("strategies.eager", Ignored, ANYTHING, Neither, "in the published files, always empty"),
    field(
        "strategies.broadcast",
        Ignored,
        ANYTHING,
        Neither,
        "in the published files, always empty",
    ),
    field(
        "transient.timeout_ticks",
        WAIT_TICKS,
        Value("5"),
        Published,
        "ticks after which the directory drops an agent whose update or invalidation is pending",
    ),
    field(
        "context_semantics.model",
        Choice(CONTEXT_MODELS),
        Value("conditional_injection"),
        Both,
        "when content enters an agent's context: `always_read` at every read, \
         `conditional_injection` at a miss, `pointer` likewise; under `pointer` the \
         published simulator charges 8 tokens for an update, the protocol engine what it delivers",
    )
    .older(&["scenario.access_model"]),
    field(
        "protocol.bound_reads",
        Whole { min: 0, max: u16::MAX as i64 },
        Unset("none: unbounded"),
        Protocol,
        "K: most reads of a copy after its last sync, enforced by the agent under every strategy",
    ),
    field(
        "protocol.write_ticks",
        Duration,
        Value("0"),
        Protocol,
        "ticks that a write takes, from grant to commit",
    ),
    field(
        "protocol.lease_ticks",
        WAIT_TICKS,
        Value("30"),
        Protocol,
        "τ: a grant expires this many ticks after it was given or renewed; a commit that comes \
         later is refused",
    ),
    field(
        "protocol.heartbeat_ticks",
        WAIT_TICKS,
        Unset("none: never"),
        Protocol,
        "a writing agent renews its lease this often, ticks",
    ),
    field(
        "protocol.acknowledgement_ticks",
        WAIT_TICKS,
        Value("10"),
        Protocol,
        "under eager invalidation: ticks that an upgrade waits for the holders of copies",
    ),
    field(
        "protocol.retry_ticks",
        WAIT_TICKS,
        Value("10"),
        Protocol,
        "an unanswered request is sent again after this many ticks",
    ),
    field(
        "protocol.revalidate",
        Flag,
        Value("false"),
        Protocol,
        "`true`: an expired copy that is still current is confirmed by its version instead of \
         fetched whole",
    ),
    field(
        "protocol.invalidation_tokens",
        SMALL_TOKENS,
        Value("12"),
        Protocol,
        "size of one invalidation signal, tokens; always 12 in the published engine",
    ),
    field(
        "protocol.control_tokens",
        SMALL_TOKENS,
        Value("12"),
        Protocol,
        "size of one request, reply header, acknowledgement or heartbeat, tokens",
    ),
    field(
        "faults.crash_probability",
        PROBABILITY,
        Value("0"),
        Protocol,
        "probability, per agent and tick, of a crash: the agent loses its copies and its write",
    ),
    field(
        "faults.recovery_ticks",
        Duration,
        Value("10"),
        Protocol,
        "ticks that a crashed agent stays away",
    ),
    field(
        "wire.compression",
        Choice(COMPRESSIONS),
        Value("none"),
        Protocol,
        "how messages travel: as JSON, each compressed by itself with a dictionary (`frames`), or each \
         connection's one after the other (`streams`)",
    ),
    field(
        "wire.deltas",
        Flag,
        Value("false"),
        Protocol,
        "`true`: an agent that has an older version is sent what has changed since, not the whole",
    ),
    field(
        "wire.changed_share",
        PROBABILITY,
        Value("0.1"),
        Protocol,
        "share of an artifact that a write changes",
    ),
    field(
        "wire.bytes_per_token",
        SMALL_BYTES,
        Value("4"),
        Protocol,
        "bytes of content per token: an assumption about the model, which `attune codec measure` \
         sets beside one vocabulary's",
    ),
    field(
        "wire.envelope_bytes",
        SMALL_BYTES,
        Value("146"),
        Protocol,
        "JSON around the content of a message, bytes, uncompressed",
    ),
    field(
        "wire.frame_message_bytes",
        SMALL_BYTES,
        Value("94"),
        Protocol,
        "`frames`: what is left of a message without content, bytes",
    ),
    field(
        "wire.frame_content_ratio",
        Number { min: 0.0, max: 2.0 },
        Value("0.344"),
        Protocol,
        "`frames`: what is left of a byte of content, bytes",
    ),
    field(
        "wire.stream_message_bytes",
        SMALL_BYTES,
        Value("31.5"),
        Protocol,
        "`streams`: what is left of a message without content, bytes",
    ),
    field(
        "wire.stream_content_ratio",
        Number { min: 0.0, max: 2.0 },
        Value("0.266"),
        Protocol,
        "`streams`: what is left of a byte of content, bytes",
    ),
    field(
        "workload.popularity_exponent",
        Number { min: 0.0, max: 10.0 },
        Value("0"),
        Protocol,
        "Zipf: the artifact at place r of the list is chosen in proportion to r^-exponent; 0: each \
         alike",
    ),
    field(
        "workload.locality",
        PROBABILITY,
        Value("0"),
        Protocol,
        "probability that an agent's action is on the artifact of its last one",
    ),
    field(
        "workload.never_written_share",
        PROBABILITY,
        Value("0"),
        Protocol,
        "probability that a mutable artifact is never written in a run",
    ),
    field(
        "workload.size_sigma",
        Number { min: 0.0, max: 5.0 },
        Value("0"),
        Protocol,
        "sizes are lognormal: each run draws each artifact's about its `size_tokens`, the median, \
         with this log standard deviation, cut at 1,000 times that",
    ),
    field(
        "workload.turn_stay_probability",
        PROBABILITY,
        Unset("none: all act in each tick"),
        Protocol,
        "turn-taking: one agent has the turn and alone starts work; the probability that it has it \
         in the next tick as well, else it goes to any other",
    ),
    field(
        "workload.burst_stay_probability",
        PROBABILITY,
        Unset("none: no bursts; 0 if `pause_stay_probability` is set"),
        Protocol,
        "bursts: an agent that acts goes on in the next tick in which it is free, else it rests",
    ),
    field(
        "workload.pause_stay_probability",
        PROBABILITY,
        Unset("none: no pauses; 0 if `burst_stay_probability` is set"),
        Protocol,
        "an agent that rests does so in the next tick as well, else its next burst begins",
    ),
    field(
        "workload.helpers",
        Whole { min: 0, max: 1_000_000 },
        Value("0"),
        Protocol,
        "roles: how many agents, the last ones, are helpers; the others are as `scenario` says",
    ),
    field(
        "workload.helper_write_probability",
        PROBABILITY,
        Unset("that of all"),
        Protocol,
        "probability that a helper's action on a mutable artifact is a write",
    ),
    field(
        "workload.helper_action_probability",
        PROBABILITY,
        Unset("that of all"),
        Protocol,
        "probability that a helper acts in a tick; without effect where `agent_velocity` is set",
    ),
    field(
        "workload.sources",
        Ignored,
        ANYTHING,
        Neither,
        "sessions as `attune calibrate` fitted them, for `attune synthesize`",
    ),
];
