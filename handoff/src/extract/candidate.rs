//! What may become an item, at several lengths, and what it is worth.

use super::words::{clipped, content_words, one_line};
use crate::dna::{Artifact, Decision, Said, State, Step, Warning};
use std::collections::BTreeSet;

/// The kinds of items, in the order in which they have a claim to the first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Asked,
    Goal,
    Pending,
    Warning,
    State,
    Artifact,
    Decision,
    Fact,
    Done,
}

impl Kind {
    /// What happened, as opposed to what is so and what is to be done.
    pub fn is_history(self) -> bool {
        matches!(self, Kind::Fact | Kind::Done)
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Asked => "asked",
            Kind::Goal => "goal",
            Kind::Pending => "pending",
            Kind::Warning => "warning",
            Kind::State => "state",
            Kind::Artifact => "artifact",
            Kind::Decision => "decision",
            Kind::Fact => "fact",
            Kind::Done => "done",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Item {
    Goal(Said),
    Asked(Said),
    Pending(Step),
    Warning(Warning),
    State(State),
    Decision(Decision),
    Artifact(String, Artifact),
    Done(Said),
    Fact(Said),
}

#[derive(Clone, Debug)]
pub struct Candidate {
    pub kind: Kind,
    /// All of it.
    pub text: String,
    pub from: Vec<u64>,
    /// What it is worth whole, beside nothing else: 100 is what the goal is.
    pub value: f64,
    /// Why it is a candidate, and with this value.
    pub why: String,
    /// What made it obsolete: it is not taken.
    pub superseded: Option<String>,
    /// From the shortest to the longest.
    pub(super) forms: Vec<Shape>,
}

/// One of the lengths of a candidate.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) item: Item,
    /// Its share of the value, at most 1.
    pub(super) share: f64,
    pub(super) words: BTreeSet<String>,
}

/// With so many bytes, half of what a very long text is worth is said; of what the user wants,
/// with more.
const HALF_SAID_BYTES: f64 = 60.0;
const HALF_WANTED_BYTES: f64 = 200.0;

/// What is told in fewer bytes has a part of its value only.
const WHOLE_BYTES: usize = 80;

impl Candidate {
    /// A candidate whose text may be cut at these lengths, in bytes, ascending.
    pub(super) fn of_text(
        kind: Kind,
        text: &str,
        from: Vec<u64>,
        value: f64,
        why: &str,
        lengths: &[usize],
        item: impl Fn(String) -> Item,
    ) -> Candidate {
        let text = one_line(text);
        let mut texts: Vec<String> = lengths.iter().map(|length| clipped(&text, *length)).collect();
        texts.dedup();
        // Tasks and states are as short as they are; of what is told, little is worth little.
        let is_told = !matches!(kind, Kind::Asked | Kind::Goal | Kind::Pending | Kind::State);
        let whole = if is_told { WHOLE_BYTES } else { 1 };
        let longest = texts.last().map_or(0, String::len).max(whole) as f64;
        let half = match kind {
            Kind::Asked | Kind::Goal => HALF_WANTED_BYTES,
            _ => HALF_SAID_BYTES,
        };
        let said = |length: f64| length / (length + half);
        let forms = texts.into_iter().map(|text| Shape {
            share: said(text.len() as f64) / said(longest),
            words: content_words(&text),
            item: item(text),
        });
        let forms = forms.collect();
        Candidate { kind, text, from, value, why: why.to_string(), superseded: None, forms }
    }

    pub(super) fn words(&self) -> BTreeSet<String> {
        content_words(&self.text)
    }

    /// Of an artifact.
    pub(super) fn folder(&self) -> Option<&str> {
        match &self.forms.first()?.item {
            Item::Artifact(folder, _) => Some(folder),
            _ => None,
        }
    }

    pub(super) fn last_record(&self) -> u64 {
        self.from.last().copied().unwrap_or(0)
    }
}

/// The value of something that was said at this place (0 to 1): old things are worth less.
pub(super) fn aged(value: f64, recency: f64) -> f64 {
    value * (0.35 + 0.65 * recency)
}
