//! A draft of the DNA: which facts it keeps, and which versions it names.

use super::chance::{Draws, stream};
use super::task::Task;
use crate::engine::streams::{normal, unit};
use crate::scenario::{Handoff, KeepBy};
use attune_protocol::Version;

/// What a successor reads.
pub struct Draft {
    /// By fact.
    pub facts: Vec<bool>,
    /// By artifact: what is on the disk that the successor takes over, if drafts name it.
    pub versions: Vec<Option<Version>>,
    pub bytes: u64,
}

/// Whose draft it is, and when.
#[derive(Clone, Copy)]
pub struct Drafted {
    pub seed: i64,
    pub lineage: u32,
    pub generation: u32,
    /// The first step that is not done.
    pub next: u32,
}

/// The facts that are kept of those that are known, and their bytes.
///
/// With a budget these are the first of an order, as many as fit: what is kept under a smaller
/// budget is kept under a larger one. Each fact has the same luck in all drafts of a generation.
pub fn keep(task: &Task, known: &[bool], handoff: &Handoff, drafted: Drafted) -> (Vec<bool>, u64) {
    let Drafted { seed, lineage, generation, next } = drafted;
    let random = &mut stream(seed, Draws::Draft { lineage, generation });
    let mut candidates: Vec<(f64, usize)> = Vec::new();
    let mut kept = vec![false; known.len()];
    for (number, fact) in task.facts.iter().enumerate() {
        let (luck, error) = (unit(random), normal(random));
        if !known[number] {
            continue;
        }
        match handoff.keep_by {
            KeepBy::Share => kept[number] = luck <= handoff.kept_share,
            KeepBy::Newest => candidates.push((number as f64, number)),
            KeepBy::Value => {
                let uses = fact.expected_uses(next..task.steps.len() as u32, handoff);
                let judged = uses * libm::exp(handoff.judgement_sigma * error);
                candidates.push((judged / f64::from(fact.bytes), number));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut room = u64::from(handoff.budget_bytes);
    for (_, number) in candidates {
        let Some(left) = room.checked_sub(u64::from(task.facts[number].bytes)) else { break };
        room = left;
        kept[number] = true;
    }
    let sizes = task.facts.iter().zip(&kept).filter(|(_, kept)| **kept);
    let bytes = sizes.map(|(fact, _)| u64::from(fact.bytes)).sum();
    (kept, bytes)
}
