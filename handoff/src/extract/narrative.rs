//! What else was said and changed, for budgets that have room: each message of the agent by its first
//! sentences, each change of an artifact by its first new line. Worth little each.

use super::candidate::{Candidate, Item, Kind, aged};
use super::view::{Call, View};
use super::words::{clipped, sentences};
use crate::dna::Said;
use attune_trace::access::Op;
use std::collections::BTreeMap;

/// A session with fewer calls is a conversation: what is said in it is all there is.
const CALLS_MIN: usize = 3;

/// Why it is a candidate.
pub(super) const SAID: &str = "the agent said it";

pub(super) const CHANGED: &str = "the artifact's last change";

/// What is said of the next step, which is then done.
fn announces(sentence: &str) -> bool {
    let starts =
        ["Let me ", "Now let me ", "I'll ", "Now I'll ", "Let's ", "Now I need ", "First, "];
    starts.iter().any(|start| sentence.starts_with(start))
}

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let mut found = said(view);
    found.extend(changes(view));
    found
}

fn said(view: &View) -> Vec<Candidate> {
    const SENTENCES_MAX: usize = 3;
    const BYTES_MIN: usize = 30;
    let base = if view.calls.len() < CALLS_MIN { 20.0 } else { 6.0 };
    let told = view.agent.iter().filter_map(|spoken| {
        let told = sentences(&spoken.text);
        let told = told
            .iter()
            .filter(|one| one.len() >= BYTES_MIN && !one.ends_with(':') && !announces(one));
        let text = told.take(SENTENCES_MAX).cloned().collect::<Vec<_>>().join(" ");
        let value = aged(base, view.recency(spoken.sequence));
        let from = vec![spoken.sequence];
        let item = |text| Item::Fact(Said { text, from: vec![spoken.sequence] });
        let lengths = [110, 240, 480];
        (!text.is_empty())
            .then(|| Candidate::of_text(Kind::Fact, &text, from, value, SAID, &lengths, item))
    });
    told.collect()
}

/// The changes of artifacts; the last of each is worth more.
fn changes(view: &View) -> Vec<Candidate> {
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    let own = || {
        view.accesses
            .iter()
            .filter(|(access, own)| *own && access.op == Op::Write && access.outcome.is_done())
    };
    for (access, _) in own() {
        last.insert(&access.artifact, access.sequence);
    }
    let told = own().filter_map(|(access, _)| {
        let line = first_new_line(view.call_before(access.sequence)?)?;
        let text = format!("changed {}: `{line}`", access.artifact);
        let is_last = last.get(access.artifact.as_str()) == Some(&access.sequence);
        let base = if is_last { 11.0 } else { 6.0 };
        let value = aged(base, view.recency(access.sequence));
        let from = vec![access.sequence];
        let item = |text| Item::Done(Said { text, from: vec![access.sequence] });
        let why = if is_last { CHANGED } else { "a change" };
        Some(Candidate::of_text(Kind::Done, &text, from, value, why, &[130, 240], item))
    });
    told.collect()
}

/// The first line of an edit's new text that was not in the old one.
pub(super) fn first_new_line(call: &Call) -> Option<String> {
    let first = |names: &[&str]| names.iter().find_map(|name| call.text(name));
    let new = first(&["new_string", "newString", "new_source", "content", "new_str"])?;
    let old = first(&["old_string", "oldString", "old_str"]).unwrap_or_default();
    let old: Vec<&str> = old.lines().map(str::trim).collect();
    let mut new = new.lines().map(str::trim);
    let line = new.find(|line| line.len() > 3 && !old.contains(line))?;
    Some(clipped(line, 160))
}
