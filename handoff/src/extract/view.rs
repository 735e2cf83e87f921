//! What the agent itself saw, up to where it hands over: its records, its calls with their results,
//! and all accesses. Of sub-agents it saw what they returned; that they changed files, it did not.

use super::said;
use attune_import::{Content, Record, Role, Session};
use attune_trace::access::Access;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) struct View<'a> {
    /// The agent's records, ascending.
    pub(super) records: Vec<&'a Record>,
    pub(super) calls: Vec<Call<'a>>,
    /// Everybody's accesses, and whether they are the agent's own.
    pub(super) accesses: Vec<(&'a Access, bool)>,
    /// What the user said, without what tools put into such messages.
    pub(super) user: Vec<Spoken>,
    /// What the agent said.
    pub(super) agent: Vec<Spoken>,
    /// The first and last record that count.
    first: u64,
    pub(super) last: u64,
}

pub(super) struct Call<'a> {
    pub(super) sequence: u64,
    pub(super) name: &'a str,
    pub(super) input: &'a Value,
    /// `None`: it has none yet.
    pub(super) result: Option<Given<'a>>,
}

#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) sequence: u64,
    pub(super) text: &'a str,
    pub(super) failed: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Spoken {
    pub(super) sequence: u64,
    pub(super) text: String,
}

impl<'a> View<'a> {
    /// The records up to this one, of the agent that the user talks to.
    pub(super) fn new(session: &'a Session, at: Option<u64>) -> View<'a> {
        let until = at.unwrap_or(u64::MAX);
        let all = || session.records.iter().filter(move |record| record.sequence <= until);
        let is_sub = |record: &Record| record.agent.starts_with("sub:");
        // A session may be one of a sub-agent alone.
        let none_but_subs = all().all(is_sub);
        let own = |record: &Record| none_but_subs || !is_sub(record);
        let records: Vec<&Record> = all().filter(|record| own(record)).collect();
        let accesses = all().filter_map(|record| match &record.content {
            Content::Access(access) => Some((&**access, own(record))),
            _ => None,
        });
        let mut view = View {
            accesses: accesses.collect(),
            calls: calls(&records),
            user: Vec::new(),
            agent: Vec::new(),
            first: records.first().map_or(0, |record| record.sequence),
            last: all().next_back().map_or(0, |record| record.sequence),
            records,
        };
        for record in &view.records {
            let sequence = record.sequence;
            match &record.content {
                Content::Message { role: Role::User, text } => {
                    let Some(mut text) = said::by_user(text) else { continue };
                    let offer = view.agent.last().map_or("", |offer| &offer.text);
                    if let Some(option) = said::chosen_option(&text, offer) {
                        text += &format!(" [{option}]");
                    }
                    view.user.push(Spoken { sequence, text });
                }
                Content::Message { role: Role::Assistant, text } => {
                    view.agent.push(Spoken { sequence, text: text.clone() });
                }
                _ => {}
            }
        }
        view
    }

    /// The call whose result came last before this record.
    pub(super) fn call_before(&self, sequence: u64) -> Option<&Call<'a>> {
        let with_result = self.calls.iter().filter_map(|call| Some((call.result?.sequence, call)));
        let before = with_result.filter(|(result, _)| *result < sequence);
        before.max_by_key(|(result, _)| *result).map(|(_, call)| call)
    }

    /// Where a record stands between the first (0) and the last (1).
    pub(super) fn recency(&self, sequence: u64) -> f64 {
        let length = self.last.saturating_sub(self.first);
        if length == 0 {
            return 1.0;
        }
        sequence.saturating_sub(self.first) as f64 / length as f64
    }
}

fn calls<'a>(records: &[&'a Record]) -> Vec<Call<'a>> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        match &record.content {
            Content::ToolCall { call, name, input } => {
                open.insert(call, calls.len());
                calls.push(Call { sequence: record.sequence, name, input, result: None });
            }
            Content::ToolResult { call, text, failed } => {
                if let Some(place) = open.remove(call.as_str()) {
                    let given = Given { sequence: record.sequence, text, failed: *failed };
                    calls[place].result = Some(given);
                }
            }
            _ => {}
        }
    }
    calls
}

impl Call<'_> {
    /// What it was to run, if it is a shell's.
    pub(super) fn script(&self) -> Option<String> {
        let input = self.input;
        for name in ["command", "cmd", "action", "script"] {
            match input.get(name) {
                Some(Value::String(script)) => return Some(script.clone()),
                Some(Value::Array(words)) => {
                    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
                    // `bash -lc script`
                    return match words[..] {
                        [_, option, script] if option.starts_with('-') => Some(script.to_string()),
                        _ => Some(words.join(" ")),
                    };
                }
                _ => {}
            }
        }
        None
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.input.get(name)?.as_str()
    }

    /// The records that it stands in.
    pub(super) fn records(&self) -> Vec<u64> {
        [Some(self.sequence), self.result.map(|given| given.sequence)]
            .into_iter()
            .flatten()
            .collect()
    }
}
