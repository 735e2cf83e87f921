//! The error that came last.

use super::{DISTRACTORS, distractors, says_something};
use crate::question::{Candidate, Form, Kind, Question};
use crate::record::Seen;
use regex::Regex;
use std::sync::LazyLock;

/// A longer line is cut, in bytes.
const LINE_BYTES_MAX: usize = 160;

static ERROR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(error|exception|panic(ked)?|fatal|cannot|failed|not found|undefined|no such)\b",
    )
    .expect("the expression is well formed")
});
static COLOUR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("\u{1b}?\\[[0-9;]*m").expect("the expression is well formed"));

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    let failed = seen.calls.iter().filter(|call| call.failed || call.command().is_some());
    let errors = failed.filter_map(|call| {
        let output = call.result?;
        Some((line(output, call.failed)?, output, call.sequence))
    });
    let errors: Vec<(String, &str, u64)> = errors.collect();
    let Some((last, output, sequence)) = errors.last() else { return Vec::new() };
    // What came with the last error is as late.
    let earlier = errors.iter().rev().map(|(line, ..)| line.as_str());
    let others = distractors(earlier.filter(|line| !output.contains(line)), last, DISTRACTORS);
    let asked = "Which error came last?";
    let right = Candidate::new(last);
    vec![Question::new(Kind::Error, Form::Prose, asked, right, others, vec![*sequence])]
}

/// The first line that is an error's; of what did not fail, only one that begins like one.
fn line(output: &str, failed: bool) -> Option<String> {
    let clean = COLOUR.replace_all(output, "");
    let begins = |line: &str| {
        ["error", "fatal", "panic", "Error", "Exception", "Traceback"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let mut lines = clean.lines().map(str::trim);
    let line = lines
        .find(|line| says_something(line) && (begins(line) || failed && ERROR.is_match(line)))?;
    Some(crate::baseline::first_bytes(line, LINE_BYTES_MAX).to_string())
}
