//! Texts whose recall is known beforehand. They judge the matcher, not a handoff.

use crate::question::Question;

/// Says every answer as its question puts it: near 1, or the matcher cannot see what is there.
pub fn oracle(questions: &[Question]) -> String {
    let said = |question: &Question| {
        let kind = question.kind.name();
        let cues = question.cues();
        let cue = cues.decisive.iter().chain(&cues.positive).next().map_or("", String::as_str);
        let subject = question.subject.first().map_or("", String::as_str);
        format!("# {kind}\n{cue} {subject}: {}\n", question.answer_text())
    };
    questions.iter().map(said).collect()
}

/// Every candidate of every question, and nothing about any: near 0, or listing counts as knowing.
pub fn list(questions: &[Question]) -> String {
    let all = questions.iter().flat_map(|question| &question.candidates);
    let mut all: Vec<&str> = all.map(|candidate| candidate.text.as_str()).collect();
    all.sort_by_key(|text| shuffled(text));
    all.dedup();
    all.into_iter().map(|text| format!("{text}\n")).collect()
}

/// What could be said of any session: what it gets, everybody gets without knowing anything.
pub const OPTIMISM: &str = "All tests pass. The build and the linter pass without errors. \
Everything is done and complete. The last change was to the current file.\n";

/// An order that nothing of the record tells.
fn shuffled(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

