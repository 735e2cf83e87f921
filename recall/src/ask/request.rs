//! What the person asked for, forbade and rejected; what the agent rejected, and what it was at.

use super::{DISTRACTORS, gist, says_something, sentences};
use crate::question::{Candidate, Form, Kind, Question};
use crate::record::{Said, Seen};
use regex::Regex;
use std::sync::LazyLock;

/// How many of each are asked for.
const RULES: usize = 4;
const REJECTED: usize = 3;

static RULE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(don['’]?t|do not|never|must(n['’]?t| not)?|should(n['’]?t| not)|avoid|always|make sure|only (use|when|if)|no need|without)\b",
    )
    .expect("the expression is well formed")
});
static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(^(no|nope|wait|hmm)\b|\b(revert|undo|instead|rather|wrong|incorrect|not what|that['’]?s not|isn['’]?t|doesn['’]?t|shouldn['’]?t|still (not|fails?)|not working)\b)",
    )
    .expect("the expression is well formed")
});
static DECLINED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(instead of|rather than|does(n['’]?t| not) work (because|since|as)|won['’]?t work|can(['’]?t|not) use|decided (not|against)|revert(ed|ing)?|turns out)\b",
    )
    .expect("the expression is well formed")
});

/// A sentence that somebody said, or the gist of it.
#[derive(Clone, Debug)]
struct Part {
    sequence: u64,
    text: String,
}

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    let requests = gists(&seen.asked);
    let mut asked = Vec::new();
    if let Some((first, rest)) = requests.split_first() {
        let others = rest.iter().rev();
        asked.push(one(Kind::FirstRequest, "What did the person ask for first?", first, others));
    }
    if let [.., _, last] = requests.as_slice() {
        let others = requests[..requests.len() - 1].iter().rev();
        asked.push(one(Kind::LastRequest, "What did the person ask for last?", last, others));
    }
    let said = parts(&seen.asked);
    // A demand or a correction is known where it is said: these questions are open.
    for rule in said.iter().rev().filter(|part| RULE.is_match(&part.text)).take(RULES) {
        asked.push(one(Kind::Rule, "What did the person forbid or demand?", rule, none()));
    }
    let first = seen.asked.first().map_or(0, |said| said.sequence);
    let corrected = |part: &&Part| part.sequence > first && CORRECTION.is_match(&part.text);
    for part in said.iter().rev().filter(corrected).take(REJECTED) {
        asked.push(one(Kind::Rejected, "What did the person correct or reject?", part, none()));
    }
    let said = parts(&seen.answered);
    let declined = said.iter().rev().filter(|part| DECLINED.is_match(&part.text));
    for part in declined.take(REJECTED) {
        let asking = "Which approach did the agent give up, and why?";
        asked.push(one(Kind::Rejected, asking, part, none()));
    }
    asked.extend(current(seen));
    asked
}

/// The last of what the agent said, beside what it said at evenly spaced earlier times.
fn current(seen: &Seen) -> Option<Question> {
    let said = gists(&seen.answered);
    let (last, earlier) = said.split_last()?;
    let step = (earlier.len() / DISTRACTORS).max(1);
    let others = earlier.iter().rev().step_by(step);
    Some(one(Kind::Current, "What was the agent at when it handed on?", last, others))
}

fn none<'p>() -> impl Iterator<Item = &'p Part> {
    std::iter::empty()
}

fn one<'p>(
    kind: Kind,
    asked: &str,
    answer: &Part,
    others: impl Iterator<Item = &'p Part>,
) -> Question {
    let others =
        super::distractors(others.map(|part| part.text.as_str()), &answer.text, DISTRACTORS);
    let right = Candidate::new(&answer.text);
    Question::new(kind, Form::Prose, asked, right, others, vec![answer.sequence])
}

fn gists(said: &[Said]) -> Vec<Part> {
    let gist = |said: &Said| Some(Part { sequence: said.sequence, text: gist(said.text)? });
    said.iter().filter_map(gist).collect()
}

/// Sentences of an answer's size that say something.
fn parts(said: &[Said]) -> Vec<Part> {
    let of = |said: &Said| -> Vec<Part> {
        let sentences = sentences(said.text)
            .into_iter()
            .filter(|text| text.len() <= super::PROSE_BYTES_MAX && says_something(text));
        sentences.map(|text| Part { sequence: said.sequence, text }).collect()
    };
    said.iter().flat_map(of).collect()
}
