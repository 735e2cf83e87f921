//! Names that the agent introduced: functions and types that its edits define, and that stood
//! nowhere before.

use super::{DISTRACTORS, distractors};
use crate::question::{Candidate, Form, Kind, Question};
use crate::record::Seen;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// How many are asked for: the newest.
const NAMES: usize = 4;

static DEFINED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:fn|func|def|class|interface|struct|enum|trait|function|type)\s+(?:\([^)]*\)\s*)?([A-Za-z_]\w{3,})",
    )
    .expect("the expression is well formed")
});

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut introduced: Vec<(&str, u64)> = Vec::new();
    let mut existing: Vec<&str> = Vec::new();
    for call in &seen.calls {
        for (old, new) in call.edits() {
            known.extend(names(old));
            let fresh: Vec<&str> = names(new).filter(|name| known.insert(name)).collect();
            introduced.extend(fresh.into_iter().map(|name| (name, call.sequence)));
        }
        if let Some(result) = call.result {
            existing.extend(names(result).filter(|name| known.insert(name)));
        }
    }
    let question = |&(name, sequence): &(&str, u64)| {
        let others = distractors(existing.iter().rev().copied(), name, DISTRACTORS);
        let asked = "Which of these names did the agent introduce?";
        let right = Candidate::new(name);
        Question::new(Kind::Introduced, Form::Name, asked, right, others, vec![sequence])
    };
    let asked = introduced.iter().rev().take(NAMES).map(question);
    asked.filter(|question| question.candidates.len() > 1).collect()
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    let names = DEFINED.captures_iter(text).filter_map(|found| found.get(1));
    // Words of prose (`type of`) are no names.
    let is_name = |name: &&str| name.bytes().any(|byte| !byte.is_ascii_lowercase());
    names.map(|name| name.as_str()).filter(is_name)
}
