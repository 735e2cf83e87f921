//! A session's records as questions are made of them: calls with their results, what was said, and
//! by whom.

use attune_import::{Content, Record, Role, Session};
use attune_trace::access::{Access, Op};
use serde_json::Value;
use std::collections::BTreeMap;

/// A call and, if it came, its result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) sequence: u64,
    pub(crate) name: &'a str,
    pub(crate) input: &'a Value,
    pub(crate) result: Option<&'a str>,
    pub(crate) failed: bool,
}

impl<'a> Call<'a> {
    /// The command that it runs, if it runs one.
    pub(crate) fn command(&self) -> Option<&'a str> {
        let value = ["command", "cmd"].iter().find_map(|name| self.input.get(name));
        match value.unwrap_or(self.input) {
            Value::String(text) => Some(text),
            // A shell with its arguments: the last is what is run.
            Value::Array(words) => words.last()?.as_str(),
            _ => None,
        }
    }

    pub(crate) fn text(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.input.get(name)?.as_str())
    }

    /// What an edit takes out and puts in.
    pub(crate) fn edits(&self) -> Vec<(&'a str, &'a str)> {
        let pair = |value: &'a Value| {
            let text = |names: &[&str]| names.iter().find_map(|name| value.get(name)?.as_str());
            let old = text(&["old_string", "oldString", "old_str"]);
            let new =
                text(&["new_string", "newString", "new_str", "content", "file_text", "new_source"]);
            (old.is_some() || new.is_some()).then(|| (old.unwrap_or(""), new.unwrap_or("")))
        };
        let many = self.input.get("edits").and_then(Value::as_array);
        many.into_iter().flatten().chain([self.input]).filter_map(pair).collect()
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    pub(crate) sequence: u64,
    pub(crate) text: &'a str,
}

/// What a session's records are, by sort, each in order.
pub(crate) struct Seen<'a> {
    pub(crate) calls: Vec<Call<'a>>,
    /// What the person said, without what tools say in their name.
    pub(crate) asked: Vec<Said<'a>>,
    pub(crate) answered: Vec<Said<'a>>,
    /// Sub-agents' answers.
    pub(crate) returned: Vec<Said<'a>>,
    /// What was read or written, and worked.
    pub(crate) accesses: Vec<&'a Access>,
}

impl<'a> Seen<'a> {
    /// The records of the agent that hands on.
    pub(crate) fn of(session: &'a Session) -> Seen<'a> {
        let mut seen = Seen {
            calls: Vec::new(),
            asked: Vec::new(),
            answered: Vec::new(),
            returned: Vec::new(),
            accesses: Vec::new(),
        };
        let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
        for record in own(&session.records) {
            let said = |text: &'a str| Said { sequence: record.sequence, text };
            match &record.content {
                Content::Message { role: Role::User, text } => {
                    seen.asked.extend(by_a_person(text).map(said));
                }
                Content::Message { role: Role::Assistant, text } => seen.answered.push(said(text)),
                Content::Message { .. } | Content::Compaction { .. } | Content::Spawn { .. } => {}
                Content::ToolCall { call, name, input } => {
                    calls.insert(call, seen.calls.len());
                    let sequence = record.sequence;
                    let call = Call { sequence, name, input, result: None, failed: false };
                    seen.calls.push(call);
                }
                Content::ToolResult { call, text, failed } => {
                    if let Some(&place) = calls.get(call.as_str()) {
                        seen.calls[place].result = Some(text);
                        seen.calls[place].failed = *failed;
                    }
                }
                Content::Return { text, .. } => seen.returned.push(said(text)),
                Content::Access(access) => {
                    seen.accesses.extend(Some(&**access).filter(|access| access.outcome.is_done()));
                }
            }
        }
        seen
    }

    pub(crate) fn written(&self) -> impl Iterator<Item = &'a Access> {
        self.accesses.iter().copied().filter(|access| access.op == Op::Write)
    }
}

/// The records of `main` where there is such an agent; all of them where there is not.
pub(crate) fn own(records: &[Record]) -> impl Iterator<Item = &Record> {
    let has_main = records.iter().any(|record| &*record.agent == "main");
    records.iter().filter(move |record| !has_main || &*record.agent == "main")
}

/// What of a message is a person's: notes in tags, and what tools put in, are not.
fn by_a_person(text: &str) -> Option<&str> {
    let mut text = text.trim();
    while let Some(rest) = text.strip_prefix("<system-reminder>") {
        text = rest.split_once("</system-reminder>")?.1.trim();
    }
    let notes = [
        "<",
        "[Request interrupted",
        "Caveat:",
        "This session is being continued",
        "Stop hook",
        "Base directory for this skill",
    ];
    let is_note = notes.iter().any(|note| text.starts_with(note));
    (!text.is_empty() && !is_note).then_some(text)
}
