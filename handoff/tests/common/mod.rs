//! What the tests share.
#![allow(dead_code, reason = "each test uses a part")]

use attune_handoff::{Dna, Form};
use attune_import::{Import, Session, Tool};
use std::path::Path;

/// The session that was written for these tests.
pub fn garden() -> Session {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/garden.jsonl");
    let mut import =
        Import::new(Tool::Messages, &[path], attune_import::Options::default()).unwrap();
    import.next().unwrap().unwrap()
}

/// The kinds of items that a DNA has.
pub fn kinds(dna: &Dna) -> Vec<&'static str> {
    let all = [
        ("goal", dna.goal.is_some()),
        ("asked", !dna.asked.is_empty()),
        ("pending", !dna.pending.is_empty()),
        ("warnings", !dna.warnings.is_empty()),
        ("state", !dna.state.is_empty()),
        ("decisions", !dna.decisions.is_empty()),
        ("artifacts", !dna.artifacts.is_empty()),
        ("done", !dna.done.is_empty()),
        ("facts", !dna.facts.is_empty()),
    ];
    all.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
}

/// The records that any item names.
pub fn records(dna: &Dna) -> Vec<u64> {
    let said = dna.goal.iter().chain(&dna.asked).chain(&dna.done).chain(&dna.facts);
    let mut all: Vec<&Vec<u64>> = said.map(|said| &said.from).collect();
    all.extend(dna.pending.iter().map(|step| &step.from));
    all.extend(dna.warnings.iter().map(|warning| &warning.from));
    all.extend(dna.state.iter().map(|state| &state.from));
    all.extend(dna.decisions.iter().map(|decision| &decision.from));
    all.extend(dna.artifacts.values().flatten().map(|artifact| &artifact.from));
    assert!(all.iter().all(|from| !from.is_empty() && from.is_sorted()), "{all:?}");
    all.into_iter().flatten().copied().collect()
}

/// What a DNA takes without any item, which no budget can prevent.
pub fn least(dna: &Dna, form: Form) -> usize {
    let mut dna = dna.clone();
    dna.goal = None;
    for said in [&mut dna.asked, &mut dna.done, &mut dna.facts] {
        said.clear();
    }
    dna.pending.clear();
    dna.warnings.clear();
    dna.state.clear();
    dna.decisions.clear();
    dna.artifacts.clear();
    dna.written(form).len()
}
