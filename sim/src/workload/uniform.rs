//! What the coherence paper takes for a workload, of the same size as a session: every tick each
//! agent acts with p = 0.75, on any artifact alike, and any action is a write with the same
//! probability V. Artifacts are read whole (its assumption A1).

use super::draw::Draw;
use attune_trace::access::{Access, Op};
use std::collections::BTreeMap;

/// The paper's p.
pub const ACTION_PROBABILITY: f64 = 0.75;

/// A session with as many agents, accesses and artifacts of the same sizes, and V as given.
pub fn session(like: &[Access], write_probability: f64, draw: &mut Draw) -> Vec<Access> {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    let mut agents: Vec<&str> = Vec::new();
    for access in like {
        let size = access.artifact_tokens.or(access.tokens).unwrap_or(0);
        let known = sizes.entry(&access.artifact).or_default();
        *known = size.max(*known);
        if !agents.contains(&access.agent.as_str()) {
            agents.push(&access.agent);
        }
    }
    let artifacts: Vec<(&str, u64)> = sizes.into_iter().collect();
    let seconds = match (like.first(), like.last()) {
        (Some(first), Some(last)) => last.time_ms.zip(first.time_ms).map(|(b, a)| b - a),
        _ => None,
    };
    let mut made: Vec<Access> = Vec::with_capacity(like.len());
    let mut tick = 0;
    while made.len() < like.len() {
        tick += 1;
        for agent in &agents {
            if made.len() == like.len() || !draw.hits(ACTION_PROBABILITY) {
                continue;
            }
            let (artifact, tokens) = artifacts[draw.below(artifacts.len() as u64) as usize];
            let write = draw.hits(write_probability);
            let place = &like[made.len()];
            let start = like[0].time_ms;
            // As long as the session, evenly.
            let time_ms = start.zip(seconds).map(|(start, length)| {
                start + length * made.len() as i64 / like.len().max(1) as i64
            });
            made.push(Access {
                time_ms,
                agent: (*agent).to_string(),
                turn: place.turn.is_some().then_some(tick),
                artifact: artifact.to_string(),
                op: if write { Op::Write } else { Op::Read },
                tokens: Some(tokens),
                artifact_tokens: Some(tokens),
                lines: None,
                total_lines: None,
                version: None,
                base: None,
                ..place.clone()
            });
        }
    }
    made
}
