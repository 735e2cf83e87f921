//! Texts whose recall is known beforehand. They judge the matcher, not a handoff.

use crate::question::Question;

/// Says every answer as its question puts it: near 1, or the matcher cannot see what is there.
pub fn oracle(questions: &[Question]) -> String {
    let said = |question: &Question| {
        let cues = question.cues();
        let first = |set: &'static std::collections::BTreeSet<String>| {
            set.first().map_or("", String::as_str)
        };
        let (decisive, positive) = (first(&cues.decisive), first(&cues.positive));
        let subject = question.subject.join(" ");
        format!("# answer\n{decisive} {positive} {subject}: {}\n", question.answer_text())
    };
    questions.iter().map(said).collect()
}

/// Every candidate of a question, and nothing about any: 0 on average, or listing would count as
/// knowing.
pub fn list(question: &Question) -> String {
    let mut all: Vec<&str> = question.candidates.iter().map(|one| one.text.as_str()).collect();
    all.sort_by_key(|text| shuffled(text));
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
