//! What the agent said of its work: what it does now, what it asks, what it finished, what it found.

use super::candidate::{Candidate, Item, Kind, aged};
use super::narrative::first_new_line;
use super::view::View;
use super::words::{clipped, content_words, has_any, sentences};
use crate::dna::{About, Said, State};
use attune_trace::access::Op;

const FOUND: [&str; 22] = [
    "the issue is",
    "the issue was",
    "the problem is",
    "the problem was",
    "root cause",
    "turns out",
    "the bug is",
    "the bug was",
    "the reason is",
    "this is because",
    "that's because",
    "i found that",
    "found that",
    "confirmed that",
    "doesn't support",
    "does not support",
    "is caused by",
    "was caused by",
    "caused by",
    "the real",
    "note that",
    "the actual",
];

/// Why a report is a candidate.
pub(super) const REPORT: &str = "what the agent reported";

/// What says that something was done.
const REPORTED: [&str; 24] = [
    "done",
    "fixed",
    "added",
    "updated",
    "created",
    "committed",
    "pushed",
    "removed",
    "implemented",
    "pass",
    "passes",
    "passing",
    "passed",
    "renamed",
    "replaced",
    "changed",
    "moved",
    "merged",
    "refactored",
    "rewrote",
    "wrote",
    "complete",
    "completed",
    "works",
];

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let mut found = Vec::new();
    found.extend(now(view));
    found.extend(last_change(view));
    found.extend(finished(view));
    found.extend(findings(view));
    found.extend(effects(view));
    found
}

/// The last thing the agent said, unless the user spoke after it.
fn now(view: &View) -> Option<Candidate> {
    const BYTES_MIN: usize = 20;
    let said = || view.agent.iter().rev().filter(|said| !said.text.trim().is_empty());
    let last = said().find(|said| said.text.len() >= BYTES_MIN).or(said().next())?;
    let said = sentences(&last.text);
    let worked_on = view.calls.iter().any(|call| call.sequence > last.sequence);
    let answered = view.user.last().is_some_and(|said| said.sequence > last.sequence);
    let question = said.iter().rev().take(3).find(|sentence| sentence.ends_with('?'));
    let (about, text, value) = match question.filter(|_| !worked_on && !answered) {
        Some(question) => (About::Question, question.clone(), 80.0),
        None => (About::Doing, clipped(&said.join(" "), 900), if answered { 40.0 } else { 72.0 }),
    };
    let from = vec![last.sequence];
    let item = |text| State { about, passed: None, text, from: vec![last.sequence] };
    let lengths = [100, 220, 450, 900];
    let why = "what the agent said last";
    Some(Candidate::of_text(Kind::State, &text, from, value, why, &lengths, |text| {
        Item::State(item(text))
    }))
}

/// The last change, with the first words of the new text.
fn last_change(view: &View) -> Option<Candidate> {
    let (access, _) = view
        .accesses
        .iter()
        .rev()
        .find(|(access, own)| *own && access.op == Op::Write && access.outcome.is_done())?;
    let new = view.call_before(access.sequence).and_then(first_new_line);
    let text = match new {
        Some(new) => format!("{}: `{new}`", access.artifact),
        None => access.artifact.clone(),
    };
    let from = vec![access.sequence];
    let item = |text| State { about: About::Change, passed: None, text, from: from.clone() };
    let value = aged(44.0, view.recency(access.sequence));
    let why = "the last change of an artifact";
    Some(Candidate::of_text(Kind::State, &text, from.clone(), value, why, &[110, 260], |text| {
        Item::State(item(text))
    }))
}

/// The agent's last message, if it did nothing after it and nobody spoke.
fn last_word(view: &View) -> Option<u64> {
    let last = view.agent.iter().rev().find(|said| !said.text.trim().is_empty())?.sequence;
    let goes_on = view.calls.iter().any(|call| call.sequence > last)
        || view.user.iter().any(|said| said.sequence > last);
    (!goes_on).then_some(last)
}

/// What the agent reported before the user spoke again: what was done till then.
fn finished(view: &View) -> Vec<Candidate> {
    let before_user = view.user.iter().filter_map(|user| {
        view.agent
            .iter()
            .rev()
            .find(|said| said.sequence < user.sequence && !said.text.trim().is_empty())
    });
    let mut reports: Vec<u64> = before_user.map(|said| said.sequence).collect();
    reports.extend(last_word(view));
    reports.dedup();
    let found = reports.into_iter().filter_map(|sequence| {
        let said = view.agent.iter().find(|said| said.sequence == sequence)?;
        let told: Vec<String> = sentences(&said.text)
            .into_iter()
            .filter(|sentence| {
                !sentence.ends_with('?') && !sentence.ends_with(':') && sentence.len() > 8
            })
            .collect();
        let reports = told.iter().take(3).any(|sentence| has_any(sentence, &REPORTED));
        let text = if reports { told.join(" ") } else { String::new() };
        let value = aged(20.0, view.recency(sequence));
        let item = |text| Item::Done(Said { text, from: vec![sequence] });
        let lengths = [110, 240, 520];
        (!text.is_empty()).then(|| {
            Candidate::of_text(Kind::Done, &text, vec![sequence], value, REPORT, &lengths, item)
        })
    });
    found.collect()
}

fn findings(view: &View) -> Vec<Candidate> {
    let mut found = Vec::new();
    for spoken in &view.agent {
        let told = sentences(&spoken.text);
        let told = told.iter().filter(|sentence| {
            (25..=360).contains(&sentence.len())
                && has_any(sentence, &FOUND)
                && !has_any(sentence, &["let me", "i need to", "might be", "check if"])
                && !sentence.ends_with('?')
        });
        for sentence in told {
            let item = |text| Item::Fact(Said { text, from: vec![spoken.sequence] });
            let value = aged(22.0, view.recency(spoken.sequence));
            let from = vec![spoken.sequence];
            let why = "the agent found it out";
            found.push(Candidate::of_text(
                Kind::Fact,
                sentence,
                from,
                value,
                why,
                &[110, 360],
                item,
            ));
        }
    }
    found
}

/// Verbs in the names of tools that change something outside.
const CHANGES: [&str; 12] = [
    "create", "update", "cancel", "book", "send", "delete", "transfer", "submit", "assign", "add",
    "remove", "exchange",
];

/// Calls of tools that are none of files and shells: what they gave, and what they changed.
fn effects(view: &View) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for call in &view.calls {
        let Some(given) = call.result.filter(|given| !given.failed) else { continue };
        let is_own = call.name.chars().next().is_some_and(char::is_lowercase)
            || call.name.starts_with("mcp__");
        let about_files = call.script().is_some()
            || [
                "file_path",
                "filePath",
                "path",
                "pattern",
                "todos",
                "plan",
                "query",
                "patchText",
                "patch",
                "thought",
            ]
            .iter()
            .any(|name| call.input.get(name).is_some());
        if !is_own || about_files || !call.input.is_object() {
            continue;
        }
        let name = call.name.rsplit("__").next().unwrap_or(call.name);
        let changes = name.split('_').any(|word| CHANGES.contains(&word));
        let arguments = clipped(&call.input.to_string(), 140);
        let text = format!("{name} {arguments} → {}", clipped(given.text, 220));
        let from = call.records();
        let recency = view.recency(call.sequence);
        let lengths = [110, 220, 400];
        found.push(match changes {
            true => {
                let item = |text| Item::Done(Said { text, from: from.clone() });
                let why = "a call that changed something";
                Candidate::of_text(
                    Kind::Done,
                    &text,
                    from.clone(),
                    aged(34.0, recency),
                    why,
                    &lengths,
                    item,
                )
            }
            false => {
                let item = |text| Item::Fact(Said { text, from: from.clone() });
                let why = "what a tool gave";
                Candidate::of_text(
                    Kind::Fact,
                    &text,
                    from.clone(),
                    aged(14.0, recency),
                    why,
                    &lengths,
                    item,
                )
            }
        });
    }
    found.dedup_by(|one, other| content_words(&one.text) == content_words(&other.text));
    found
}
