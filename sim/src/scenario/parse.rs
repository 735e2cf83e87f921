//! The whole scenario out of the tree, field by field.

use std::collections::BTreeMap;

use crate::wire::{Compressed, Compression, Wire};

use super::fields::{self, ACTIONS_MAX, ARTIFACTS_MAX, TOKENS_MAX};
use super::reader::{Position, Reader};
use super::yaml::{Content, NodeId, Tree};
use super::{
    Activity, Artifact, Bursts, ContextModel, Faults, Mistake, Network, Pattern, Place, Problem,
    ProtocolSettings, SIZE_FACTOR_MAX, Scenario, Workload, defaults, handoff,
};

pub(super) fn scenario(tree: &Tree) -> Result<Scenario, Vec<Mistake>> {
    let mut reader = Reader::new(tree);
    let root = Position { node: tree.root, table: "", shown: String::new() };
    if !matches!(tree.node(root.node).content, Content::Map(_)) {
        reader.wrong(root.node, "", "a mapping with simulation, scenario, artifacts and so on");
        return Err(reader.mistakes);
    }
    reader.check_keys(root.node, "", "");
    let scenario = read(&mut reader, &root);
    if reader.mistakes.is_empty() {
        // Sums mean something only when every part of them does.
        check_sums(&mut reader, &root, &scenario);
    }
    if reader.mistakes.is_empty() { Ok(scenario) } else { Err(reader.mistakes) }
}

/// Reads every field; where one is wrong or missing, something stands in for it.
fn read(r: &mut Reader, root: &Position) -> Scenario {
    Scenario {
        duration_ticks: r.whole(root, "simulation.duration_ticks").unwrap_or(1),
        agents: r.whole(root, "simulation.num_agents").unwrap_or(1),
        seed: r.whole(root, "simulation.seed").unwrap_or(defaults::SEED),
        name: r.text(root, "scenario.name").unwrap_or_default(),
        workload: r
            .choice(root, "scenario.workload")
            .map_or(Workload::default(), |index| Workload::ALL[index]),
        activity: activity(r, root),
        write_probability: r
            .number(root, "scenario.write_probability")
            .unwrap_or(defaults::WRITE_PROBABILITY),
        artifacts: artifacts(r, root),
        lease_ttl_ticks: r
            .whole(root, "strategies.lease.default_ttl_ticks")
            .unwrap_or(defaults::LEASE_TTL_TICKS),
        access_count_k: r
            .whole(root, "strategies.access_count.max_accesses")
            .unwrap_or(defaults::ACCESS_COUNT_K),
        transient_timeout_ticks: r
            .whole(root, "transient.timeout_ticks")
            .unwrap_or(defaults::TRANSIENT_TIMEOUT_TICKS),
        context: r
            .choice(root, "context_semantics.model")
            .map_or(ContextModel::default(), |index| ContextModel::ALL[index]),
        network: network(r, root),
        protocol: protocol(r, root),
        faults: faults(r, root),
        wire: wire(r, root),
        pattern: pattern(r, root),
        handoff: handoff::read(r, root),
    }
}

fn activity(r: &mut Reader, root: &Position) -> Activity {
    let before = r.mistakes.len();
    let probability = r.number(root, "scenario.action_probability");
    let velocity = r.whole(root, "scenario.agent_velocity");
    match (velocity, probability) {
        (Some(velocity), _) => Activity::Velocity(velocity),
        (None, Some(probability)) => Activity::Probability(probability),
        (None, None) => {
            // A value that is there but wrong has been noted; it is not missing as well.
            if r.mistakes.len() == before {
                let kind = fields::field("scenario.action_probability").kind;
                let allowed = format!("{kind}; or agent_velocity, actions in every tick");
                r.missing_field(root, "scenario.action_probability", allowed);
            }
            Activity::Probability(0.0)
        }
    }
}

fn network(r: &mut Reader, root: &Position) -> Network {
    let d = Network::default();
    Network {
        latency: r.duration(root, "network.latency_ticks").unwrap_or(d.latency),
        loss_rate: r.number(root, "network.message_loss_rate").unwrap_or(d.loss_rate),
        request_latency: r
            .duration(root, "network.request_latency_ticks")
            .unwrap_or(d.request_latency),
        request_loss_rate: r
            .number(root, "network.request_loss_rate")
            .unwrap_or(d.request_loss_rate),
        duplication_rate: r.number(root, "network.duplication_rate").unwrap_or(d.duplication_rate),
        reorder_rate: r.number(root, "network.reorder_rate").unwrap_or(d.reorder_rate),
        reorder_ticks: r.whole(root, "network.reorder_ticks").unwrap_or(d.reorder_ticks),
    }
}

fn protocol(r: &mut Reader, root: &Position) -> ProtocolSettings {
    let d = ProtocolSettings::default();
    ProtocolSettings {
        bound_reads: r.whole(root, "protocol.bound_reads").or(d.bound_reads),
        write_ticks: r.duration(root, "protocol.write_ticks").unwrap_or(d.write_ticks),
        lease_ticks: r.whole(root, "protocol.lease_ticks").unwrap_or(d.lease_ticks),
        heartbeat_ticks: r.whole(root, "protocol.heartbeat_ticks").or(d.heartbeat_ticks),
        acknowledgement_ticks: r
            .whole(root, "protocol.acknowledgement_ticks")
            .unwrap_or(d.acknowledgement_ticks),
        retry_ticks: r.whole(root, "protocol.retry_ticks").unwrap_or(d.retry_ticks),
        revalidate: r.flag(root, "protocol.revalidate").unwrap_or(d.revalidate),
        invalidation_tokens: r
            .whole(root, "protocol.invalidation_tokens")
            .unwrap_or(d.invalidation_tokens),
        control_tokens: r.whole(root, "protocol.control_tokens").unwrap_or(d.control_tokens),
    }
}

fn faults(r: &mut Reader, root: &Position) -> Faults {
    let d = Faults::default();
    Faults {
        crash_probability: r
            .number(root, "faults.crash_probability")
            .unwrap_or(d.crash_probability),
        recovery_ticks: r.duration(root, "faults.recovery_ticks").unwrap_or(d.recovery_ticks),
    }
}

fn wire(r: &mut Reader, root: &Position) -> Wire {
    let d = Wire::default();
    Wire {
        compression: r
            .choice(root, "wire.compression")
            .map_or(d.compression, |index| Compression::ALL[index]),
        deltas: r.flag(root, "wire.deltas").unwrap_or(d.deltas),
        changed_share: r.number(root, "wire.changed_share").unwrap_or(d.changed_share),
        bytes_per_token: r.number(root, "wire.bytes_per_token").unwrap_or(d.bytes_per_token),
        envelope_bytes: r.number(root, "wire.envelope_bytes").unwrap_or(d.envelope_bytes),
        frames: Compressed {
            message_bytes: r
                .number(root, "wire.frame_message_bytes")
                .unwrap_or(d.frames.message_bytes),
            content_ratio: r
                .number(root, "wire.frame_content_ratio")
                .unwrap_or(d.frames.content_ratio),
        },
        streams: Compressed {
            message_bytes: r
                .number(root, "wire.stream_message_bytes")
                .unwrap_or(d.streams.message_bytes),
            content_ratio: r
                .number(root, "wire.stream_content_ratio")
                .unwrap_or(d.streams.content_ratio),
        },
    }
}

fn pattern(r: &mut Reader, root: &Position) -> Pattern {
    let d = Pattern::default();
    let burst = r.number(root, "workload.burst_stay_probability");
    let pause = r.number(root, "workload.pause_stay_probability");
    Pattern {
        popularity_exponent: r
            .number(root, "workload.popularity_exponent")
            .unwrap_or(d.popularity_exponent),
        locality: r.number(root, "workload.locality").unwrap_or(d.locality),
        never_written_share: r
            .number(root, "workload.never_written_share")
            .unwrap_or(d.never_written_share),
        size_sigma: r.number(root, "workload.size_sigma").unwrap_or(d.size_sigma),
        turn_stay_probability: r.number(root, "workload.turn_stay_probability"),
        bursts: (burst.is_some() || pause.is_some()).then(|| Bursts {
            burst_stay_probability: burst.unwrap_or_default(),
            pause_stay_probability: pause.unwrap_or_default(),
        }),
        helpers: r.whole(root, "workload.helpers").unwrap_or(d.helpers),
        helper_write_probability: r.number(root, "workload.helper_write_probability"),
        helper_action_probability: r.number(root, "workload.helper_action_probability"),
    }
}

fn artifacts(r: &mut Reader, root: &Position) -> Vec<Artifact> {
    const ALLOWED: &str = "a list of one or more artifacts, each {id: …, size_tokens: …}";
    let tree = r.tree;
    let Some(node) = r.walk(root.node, "artifacts") else {
        r.missing_field(root, "artifacts", ALLOWED.to_owned());
        return Vec::new();
    };
    let items = match &tree.node(node).content {
        Content::List(items) if !items.is_empty() => items,
        _ => {
            r.wrong(node, "artifacts", ALLOWED);
            return Vec::new();
        }
    };
    let mut list = List::default();
    for (index, &item) in items.iter().enumerate() {
        if r.is_full() || !list.add(r, index, item) {
            break;
        }
    }
    list.artifacts
}

/// The artifacts read so far.
#[derive(Default)]
struct List {
    artifacts: Vec<Artifact>,
    /// Where each id was first given.
    ids: BTreeMap<String, Place>,
}

impl List {
    /// Adds the artifacts of one item; `false` if there are too many to go on.
    fn add(&mut self, r: &mut Reader, index: usize, item: NodeId) -> bool {
        let tree = r.tree;
        let path = format!("artifacts[{index}]");
        if !matches!(tree.node(item).content, Content::Map(_)) {
            r.wrong(item, path, "a mapping with id and size_tokens");
            return true;
        }
        let at = Position { node: item, table: "artifacts[].", shown: format!("{path}.") };
        r.check_keys(item, at.table, &at.shown);
        let id = r.text(&at, "id");
        let size_tokens = r.whole(&at, "size_tokens");
        let volatility = r.number(&at, "volatility");
        let initial_version = r.whole(&at, "initial_version");
        let mutable = r.flag(&at, "mutable");
        let count: Option<u32> = r.whole(&at, "count");

        let place = r.walk(item, "id").map_or(tree.node(item).place, |id| tree.node(id).place);
        let total = self.artifacts.len() as u128 + u128::from(count.unwrap_or(1));
        if total > u128::from(ARTIFACTS_MAX) {
            let problem =
                Problem::TooMuch { what: "artifacts", count: total, allowed: ARTIFACTS_MAX.into() };
            r.mistake(place, path, problem);
            return false;
        }
        let Some(id) = id else { return true };
        let standard = Artifact::new("", 1);
        let artifact = |id: String| Artifact {
            id,
            size_tokens: size_tokens.unwrap_or(standard.size_tokens),
            volatility: volatility.unwrap_or(standard.volatility),
            initial_version: initial_version.unwrap_or(standard.initial_version),
            mutable: mutable.unwrap_or(standard.mutable),
        };
        let ids = match count {
            None => vec![id],
            Some(count) => (0..count).map(|number| format!("{id}-{number}")).collect(),
        };
        for id in ids {
            if let Some(first) = self.ids.get(&id) {
                let problem = Problem::SameId { id, first_line: first.line };
                r.mistake(place, format!("{path}.id"), problem);
                // One is enough: the rest of a `count` would repeat it.
                break;
            }
            self.ids.insert(id.clone(), place);
            self.artifacts.push(artifact(id));
        }
        true
    }
}

/// Refuses what no counter or memory could hold. All products are far below 2^128.
fn check_sums(r: &mut Reader, root: &Position, scenario: &Scenario) {
    let agents = u128::from(scenario.agents);
    let per_tick = match scenario.activity {
        Activity::Probability(_) => 1,
        Activity::Velocity(velocity) => u128::from(velocity),
    };
    let turns = u128::from(scenario.duration_ticks) * agents;
    let actions = turns * per_tick;

    // In each tick every agent may be sent every artifact; each action may fetch the artifact
    // and send it, or a signal, to every agent.
    let grown = if scenario.pattern.size_sigma > 0.0 { u128::from(SIZE_FACTOR_MAX) } else { 1 };
    let sizes =
        || scenario.artifacts.iter().map(|artifact| grown * u128::from(artifact.size_tokens));
    let signals =
        u128::from(scenario.protocol.invalidation_tokens.max(scenario.protocol.control_tokens));
    let largest = sizes().max().unwrap_or(0).max(signals);
    let tokens = turns * (sizes().sum::<u128>() + per_tick * (agents + 1) * largest);

    let sums = [
        ("simulation.duration_ticks", "actions", actions, ACTIONS_MAX),
        ("simulation.duration_ticks", "tokens", tokens, TOKENS_MAX),
    ];
    for (path, what, count, allowed) in sums {
        if count > u128::from(allowed) {
            let node = r.walk(root.node, path).unwrap_or(root.node);
            let place = r.tree.node(node).place;
            r.mistake(place, path, Problem::TooMuch { what, count, allowed });
        }
    }
}
