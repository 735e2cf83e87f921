//! What sub-agents found. All that they say is found, so that there is nothing to tell it from: the
//! question is open, and chance is nothing.

use super::{says_something, sentences};
use crate::question::{Candidate, Form, Kind, Question};
use crate::record::{Said, Seen};

/// How many are asked for: those of the last ones to return.
const FINDINGS: usize = 3;

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    let question = |said: &Said| {
        let right = Candidate::new(telling(said)?);
        let asked = "What did a sub-agent find?";
        let records = vec![said.sequence];
        Some(Question::new(Kind::Finding, Form::Prose, asked, right, Vec::new(), records))
    };
    seen.returned.iter().rev().filter_map(question).take(FINDINGS).collect()
}

/// The last sentence that says something: conclusions come last.
fn telling(said: &Said) -> Option<String> {
    let sentences = sentences(said.text);
    let fits = |text: &&String| text.len() <= super::PROSE_BYTES_MAX && says_something(text);
    sentences.iter().rev().find(fits).cloned()
}
