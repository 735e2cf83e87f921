//! Questions about a session before its handoff, one module per sort of answer. All of it follows
//! from the records in their order; each kind has a cap, so that a long session does not ask the
//! same thing a hundred times.
//!
//! What could make it wrong: a rule may find what no person would ask (a sentence with "never" that
//! is no rule). It is asked of every text alike.

mod error;
mod file;
mod finding;
mod held;
mod name;
mod reference;
mod request;
mod run;
mod task;

use crate::handoff::Handoff;
use crate::question::{Candidate, Form, Question};
use crate::record::Seen;
use crate::used::Used;
use crate::word::content;
use std::collections::{BTreeMap, BTreeSet};

/// Others of the same sort that a question offers, at most.
pub(crate) const DISTRACTORS: usize = 4;

/// The questions of a handoff, in the order of their kinds.
pub fn questions(handoff: &Handoff) -> Vec<Question> {
    let seen = Seen::of(&handoff.before);
    let weights = Weights::of(&seen);
    let used = Used::of(&handoff.after);
    let asked = [
        file::ask(&seen),
        run::ask(&seen),
        task::ask(&seen),
        request::ask(&seen),
        name::ask(&seen),
        reference::ask(&seen),
        error::ask(&seen),
        finding::ask(&seen),
        held::ask(&seen),
    ];
    let mut questions: Vec<Question> = asked.into_iter().flatten().collect();
    questions.sort_by_key(|question| question.kind);
    for question in &mut questions {
        if matches!(question.form, Form::Prose | Form::Line) {
            question.weights = weights.of_words(question);
        }
        question.used = used.needs(question);
    }
    questions
}

/// Weights are whole numbers in units of one sixty-fourth.
const SCALE: u32 = 64;

/// How much a word says: the logarithm of how few texts of the session have it.
struct Weights {
    texts: u32,
    having: BTreeMap<String, u32>,
}

impl Weights {
    fn of(seen: &Seen) -> Weights {
        let mut having: BTreeMap<String, u32> = BTreeMap::new();
        let said = [&seen.asked, &seen.answered, &seen.returned].into_iter().flatten();
        let results = seen.calls.iter().filter_map(|call| call.result);
        let mut texts = 0;
        for text in said.map(|said| said.text).chain(results) {
            texts += 1;
            for word in content(text) {
                *having.entry(word).or_default() += 1;
            }
        }
        Weights { texts, having }
    }

    fn weight(&self, word: &str) -> u32 {
        let having = self.having.get(word).copied().unwrap_or(1).max(1);
        1 + (self.texts / having).max(1).ilog2()
    }

    /// A word that other candidates have, too, says less which is meant; one that all have, nothing.
    fn of_words(&self, question: &Question) -> BTreeMap<String, u32> {
        let mut having: BTreeMap<String, u32> = BTreeMap::new();
        for word in question.candidates.iter().flat_map(|one| content(&one.text)) {
            *having.entry(word).or_default() += 1;
        }
        let others = question.candidates.len().saturating_sub(1) as u32;
        let weight = |word: &str, having: u32| match others {
            0 => SCALE * self.weight(word),
            _ => SCALE * self.weight(word) * (others + 1 - having) / others,
        };
        let mut weights = BTreeMap::new();
        for (word, having) in having {
            let weight = weight(&word, having);
            weights.insert(word, weight);
        }
        weights
    }
}

/// The newest of these that are not the answer and not alike, newest first.
fn distractors<'a>(
    newest_first: impl Iterator<Item = &'a str>,
    answer: &str,
    count: usize,
) -> Vec<Candidate> {
    let mut seen = BTreeSet::from([answer]);
    let others = newest_first.filter(|other| seen.insert(*other)).take(count);
    others.map(Candidate::new).collect()
}

/// Prose can be asked for if it has so many words that say something.
const PROSE_WORDS_MIN: usize = 4;

/// A longer answer is cut, in bytes.
const PROSE_BYTES_MAX: usize = 240;

/// The first sentences of a text that say something, up to the size of an answer.
fn gist(text: &str) -> Option<String> {
    let mut gist = String::new();
    for sentence in sentences(text) {
        if !gist.is_empty() && gist.len() + sentence.len() > PROSE_BYTES_MAX {
            break;
        }
        if !gist.is_empty() {
            gist.push(' ');
        }
        gist.push_str(crate::baseline::first_bytes(&sentence, PROSE_BYTES_MAX));
        let is_whole = !gist.ends_with(':');
        if gist.len() >= PROSE_BYTES_MAX / 2 && says_something(&gist) && is_whole {
            break;
        }
    }
    says_something(&gist).then_some(gist)
}

fn says_something(text: &str) -> bool {
    content(text).len() >= PROSE_WORDS_MIN
}

/// Sentences of a text, lines apart, code left out.
fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code || line.starts_with("    ") {
            continue;
        }
        let line = line.trim().trim_start_matches(['-', '*', '#', '>', ' ']);
        let mut start = 0;
        for (place, pair) in line.as_bytes().windows(2).enumerate() {
            if matches!(pair, [b'.' | b'!' | b'?', b' ']) {
                found.push(line[start..=place].trim().to_string());
                start = place + 1;
            }
        }
        found.push(line[start..].trim().to_string());
    }
    found.retain(|sentence| sentence.chars().any(char::is_alphabetic));
    found
}
