//! Where a text mentions a candidate, by the form of the candidate.

use super::{Mention, Reader};
use crate::question::{Form, Question};
use crate::word::{content, plain, words};
use std::collections::{BTreeMap, BTreeSet};

/// How much of a candidate has to be near one another, in per cent of its words' weight.
const PROSE_PERCENT: u32 = 50;
const LINE_PERCENT: u32 = 80;

/// A line may be shown with so many words of its own, in per cent: its number, or its file's name.
const LINE_LENGTH_PERCENT: usize = 130;

/// How many statements that follow one another prose may be spread over.
const PROSE_STATEMENTS: usize = 3;

/// Digits of a hash that name it.
const DIGITS_MIN: usize = 7;

impl Reader {
    pub(super) fn mentions(&self, question: &Question, candidate: usize) -> Vec<Mention> {
        let text = &question.candidates[candidate].text;
        let own = own_words(text);
        // Where, how much of it, and at which of the statement's words, if it is one thing.
        let whole = |(statement, at): (usize, usize)| (statement, 100, Some(at));
        let spread = |places: BTreeMap<usize, u32>| -> Vec<(usize, u32, Option<usize>)> {
            places.into_iter().map(|(statement, cover)| (statement, cover, None)).collect()
        };
        let mut places: Vec<(usize, u32, Option<usize>)> = match question.form {
            Form::Path => {
                self.path(text, suffix(question, candidate)).into_iter().map(whole).collect()
            }
            Form::Name => self.phrase(&plain(text)).map(whole).collect(),
            Form::Digits => {
                let about = |place: &(usize, usize)| self.is_about(place.0, &question.subject);
                self.digits(text).into_iter().filter(about).map(whole).collect()
            }
            Form::Prose => spread(self.prose(question, text, PROSE_PERCENT, PROSE_STATEMENTS)),
            Form::Line => {
                // A longer statement that has the words is another line.
                let words = plain(text).len() * LINE_LENGTH_PERCENT / 100;
                let mut lines = self.prose(question, text, LINE_PERCENT, 1);
                lines.retain(|&place, _| self.statements.all[place].words.len() <= words + 1);
                spread(lines)
            }
            Form::Outcome => Vec::new(),
        };
        for alias in &question.candidates[candidate].aliases {
            places.extend(self.phrase(&plain(alias)).map(whole));
        }
        let is_own = |stem: &str| own.contains(stem);
        let mention = |(statement, cover, at): (usize, u32, Option<usize>)| Mention {
            level: self.level(statement, at, question.cues(), &is_own),
            cover,
            position: self.position(statement),
        };
        places.into_iter().map(mention).collect()
    }

    /// Where these words stand one after another.
    fn phrase<'a>(&'a self, phrase: &'a [String]) -> impl Iterator<Item = (usize, usize)> + 'a {
        let places = phrase.first().and_then(|first| self.places.get(first));
        places.into_iter().flatten().copied().filter(move |&(statement, at)| {
            let words = self.statements.all[statement].words.get(at..at + phrase.len());
            words.is_some_and(|words| words.iter().zip(phrase).all(|(word, one)| word.text == *one))
        })
    }

    /// A path by its last parts. Where the text has more of it, that has to be the same.
    fn path(&self, path: &str, parts: usize) -> Vec<(usize, usize)> {
        let all: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
        let (folders, named) = all.split_at(all.len().saturating_sub(parts));
        let phrase = plain(&named.join("/"));
        let before = folders.last().map(|folder| plain(folder));
        let is_it = |&(statement, at): &(usize, usize)| {
            let words = &self.statements.all[statement].words;
            match &before {
                Some(before) if words[at].joined => {
                    let here = words[..at].iter().rev().map(|word| &word.text);
                    before.iter().rev().zip(here).all(|(one, other)| one == other)
                }
                _ => true,
            }
        };
        self.phrase(&phrase).filter(is_it).collect()
    }

    /// Whether the statement, or a heading above it, names the subject, if there is one.
    fn is_about(&self, statement: usize, subject: &[String]) -> bool {
        let names = |words: &[crate::word::Word]| {
            let mut windows = words.windows(subject.len().max(1));
            windows.any(|window| window.iter().zip(subject).all(|(word, one)| word.text == *one))
        };
        subject.is_empty()
            || names(&self.statements.all[statement].words)
            || self.statements.above(statement).any(|heading| names(&heading.words))
    }

    fn digits(&self, digits: &str) -> Vec<(usize, usize)> {
        let digits = digits.to_lowercase();
        let Some(start) = digits.get(..DIGITS_MIN) else { return Vec::new() };
        let words = self.places.range(start.to_string()..);
        let words = words.take_while(|(word, _)| word.starts_with(start));
        let same = words.filter(|(word, _)| digits.starts_with(*word) || word.starts_with(&digits));
        same.flat_map(|(_, places)| places.iter().copied()).collect()
    }

    /// Where enough of the words stand within a few statements of the same record, by the last of
    /// these statements, and how much of them.
    fn prose(
        &self,
        question: &Question,
        text: &str,
        percent: u32,
        statements: usize,
    ) -> BTreeMap<usize, u32> {
        let weights: Vec<(String, u32)> = content(text)
            .into_iter()
            .map(|stem| {
                let weight = question.weights.get(&stem).copied().unwrap_or(1);
                (stem, weight)
            })
            .collect();
        let total = weights.iter().map(|(_, weight)| weight).sum::<u32>();
        let mut here: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, (stem, _)) in weights.iter().enumerate() {
            for &statement in self.stems.get(stem).into_iter().flatten() {
                here.entry(statement).or_default().push(place);
            }
        }
        let mut found = BTreeMap::new();
        for &end in here.keys() {
            let division = self.statements.division(end);
            let mut held: BTreeSet<usize> = BTreeSet::new();
            for start in (end.saturating_sub(statements - 1)..=end).rev() {
                if self.statements.division(start) != division {
                    break;
                }
                held.extend(here.get(&start).into_iter().flatten());
            }
            let sum: u32 = held.iter().map(|&place| weights[place].1).sum();
            if total > 0 && sum * 100 >= total * percent {
                found.insert(end, sum * 100 / total);
            }
        }
        found
    }
}

/// The candidate's own words, all of them.
fn own_words(text: &str) -> BTreeSet<String> {
    words(text).iter().map(|word| crate::word::stem(&word.text)).collect()
}

/// How many of a path's last parts tell it from the other candidates.
fn suffix(question: &Question, candidate: usize) -> usize {
    let parts = |place: usize| -> Vec<&str> {
        let text = question.candidates[place].text.as_str();
        text.split(['/', '\\']).filter(|part| !part.is_empty()).rev().collect()
    };
    let own = parts(candidate);
    let others = (0..question.candidates.len()).filter(|place| *place != candidate);
    let shared = others.map(|place| {
        own.iter().zip(parts(place)).take_while(|(one, other)| **one == *other).count()
    });
    (shared.max().unwrap_or(0) + 1).min(own.len())
}
