//! Messages that somebody extracted already: what was said, called and given back, whatever tool
//! it was, one JSON object per line. Two forms, which may stand in one file:
//!
//! - a message a line: `source, session, seq, role, kind, content`, and where known `agent, model,
//!   ts` (seconds since 1970). Lines of one `session` are one session; when its `seq` does not
//!   grow, another one of the same name begins.
//! - a compaction a line: `session`, the messages `before`, the `summary`, the messages `after`,
//!   `pre_tokens`, `trigger`. Each line is a session, with the compaction in its middle.
//!
//! Calls have no names here. An agent's results are taken for those of its calls in their order,
//! which is wrong if tools that run beside each other finish in another order; then accesses may
//! be missing, because a result does not look like one of the call's. Sessions name no folder,
//! either: `folder.rs` infers one.

mod contents;
mod folder;
mod tools;

use crate::clock::seconds_ms;
use crate::copies::Copies;
use crate::draft::{At, Draft, MAIN};
use crate::json::{any_text, at, blocks_text, list, number, text};
use crate::record::Role;
use crate::report::{FileId, Report, shortened};
use crate::tokens::Counter;
use crate::{ImportError, Plan, lines};
use contents::Contents;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How Claude Code's messages begin that stand for what was said before.
const CONTINUED: &str = "This session is being continued from a previous conversation";

/// A message, and the line it stands in.
struct Row {
    file: FileId,
    line: u64,
    value: Value,
}

/// All lines are kept: who extracts messages takes a sample.
pub(crate) fn plan(files: &[FileId], report: &mut Report) -> Result<Vec<Plan>, ImportError> {
    let mut sessions: BTreeMap<(String, String), Vec<Vec<Row>>> = BTreeMap::new();
    let mut copies = Copies::default();
    for &file in files {
        copies.next();
        let read = lines::for_each(file, report, |line, value, report| {
            if files.len() > 1 && !copies.is_new(&value) {
                return report.skip(file, line, "there already (the same line in another file)");
            }
            let named = |name| text(&value, &[name]).unwrap_or_default().to_string();
            let key = (named("source"), named("session"));
            if is_pair(&value) {
                sessions.entry(key).or_default().push(messages_of_pair(file, line, value));
            } else if is_message(&value) {
                let parts = sessions.entry(key).or_default();
                let row = Row { file, line, value };
                match parts.last_mut().filter(|part| continues(part, &row)) {
                    Some(part) => part.push(row),
                    None => parts.push(vec![row]),
                }
            } else {
                report.skip(file, line, "a line that is no message and no compaction");
            }
        });
        report.survive(file, read)?;
    }
    let mut plans = Vec::new();
    for ((_, id), parts) in sessions {
        for rows in parts {
            let began_ms = rows.iter().filter_map(|row| time_ms(&row.value)).min();
            let name = id.clone();
            let read = move |counter: &mut Counter, report: &mut Report| {
                Ok(session(&name, &rows, counter, report))
            };
            plans.push(Plan { id: id.clone(), began_ms, read: Box::new(read) });
        }
    }
    Ok(plans)
}

pub(crate) fn is_message(value: &Value) -> bool {
    ["session", "role", "content"].iter().all(|name| value.get(name).is_some())
}

pub(crate) fn is_pair(value: &Value) -> bool {
    value.get("session").is_some()
        && (value.get("summary").is_some() || value.get("before").is_some_and(Value::is_array))
        && value.get("role").is_none()
}

/// Whether a message goes on where these end.
fn continues(rows: &[Row], next: &Row) -> bool {
    let Some(last) = rows.last() else { return true };
    match (number(&last.value, &["seq"]), number(&next.value, &["seq"])) {
        (Some(last), Some(next)) => last < next,
        // The line of a compaction is a session of its own.
        _ => !is_compaction(&last.value),
    }
}

fn is_compaction(value: &Value) -> bool {
    text(value, &["kind"]) == Some("compaction")
}

/// The messages before, the compaction as one more, the messages after.
fn messages_of_pair(file: FileId, line: u64, mut pair: Value) -> Vec<Row> {
    let mut taken = |name: &str| match pair.get_mut(name).map(Value::take) {
        Some(Value::Array(messages)) => messages,
        _ => Vec::new(),
    };
    let (before, after) = (taken("before"), taken("after"));
    if let Some(pair) = pair.as_object_mut() {
        pair.insert("kind".to_string(), "compaction".into());
    }
    let all = before.into_iter().chain([pair]).chain(after);
    all.map(|value| Row { file, line, value }).collect()
}

fn time_ms(row: &Value) -> Option<i64> {
    seconds_ms(at(row, &["ts"])?)
}

/// A session while it is read.
struct Reading<'a> {
    draft: Draft<'a>,
    /// Calls without results, in their order.
    waiting: BTreeMap<Arc<str>, VecDeque<String>>,
    /// How many calls there were.
    calls: u64,
    /// The file that SWE-agent's commands are about.
    open: Option<String>,
    contents: Contents,
}

fn session(id: &str, rows: &[Row], counter: &mut Counter, report: &mut Report) -> crate::Session {
    let inputs = rows.iter().filter(|row| text(&row.value, &["kind"]) == Some("tool_call"));
    let inputs = inputs.filter_map(|row| tools::call(&row.value)).map(|call| call.input);
    let root = folder::inferred(inputs);
    let draft = Draft::new(id, root.as_deref(), counter);
    let contents = Contents::default();
    let mut reading = Reading { draft, waiting: BTreeMap::new(), calls: 0, open: None, contents };
    for row in rows {
        match reading.row(&row.value) {
            Ok(()) => report.read(row.file),
            Err(why) => report.skip(row.file, row.line, why),
        }
    }
    reading.draft.finish()
}

impl Reading<'_> {
    fn row(&mut self, row: &Value) -> Result<(), String> {
        let who = At {
            agent: agent(row),
            time_ms: time_ms(row),
            model: text(row, &["model"]).map(Into::into),
            answer: None,
        };
        if is_compaction(row) {
            let summary = any_text(row, &["summary", "content"]).map(str::to_string);
            let tokens = number(row, &["pre_tokens"]);
            self.draft.compaction(&who, summary, tokens, text(row, &["trigger"]));
            return Ok(());
        }
        match text(row, &["kind"]).unwrap_or("text") {
            "tool_call" => self.call(&who, row),
            "tool_result" => self.result(&who, row),
            "text" | "thinking" => self.message(&who, row),
            unknown => Err(format!("unknown kind `{}`", shortened(unknown))),
        }
    }

    fn message(&mut self, who: &At, row: &Value) -> Result<(), String> {
        let said = content(row);
        let role = match text(row, &["role"]).unwrap_or("?") {
            "user" if said.starts_with(CONTINUED) => {
                self.draft.summary(who, said);
                return Ok(());
            }
            "assistant" if text(row, &["kind"]) == Some("thinking") => Role::Thinking,
            "assistant" => Role::Assistant,
            "thinking" => Role::Thinking,
            "user" => Role::User,
            "system" | "tool" | "developer" => Role::System,
            unknown => return Err(format!("unknown role `{}`", shortened(unknown))),
        };
        self.draft.message(who, role, &said);
        Ok(())
    }

    fn call(&mut self, who: &At, row: &Value) -> Result<(), String> {
        let call = tools::call(row).ok_or("a tool call whose content names no tool")?;
        self.calls += 1;
        let id = format!("call-{}", self.calls);
        let prompt = text(&call.input, &["prompt"]).unwrap_or_default().to_string();
        self.draft.call(who, &id, &call.name, call.input);
        if tools::is_spawn(&call.name) {
            self.draft.spawn(who, &id, None, &prompt);
        }
        self.waiting.entry(who.agent.clone()).or_default().push_back(id);
        Ok(())
    }

    fn result(&mut self, who: &At, row: &Value) -> Result<(), String> {
        let waiting = self.waiting.get_mut(&who.agent).and_then(VecDeque::pop_front);
        let id = waiting.ok_or("a tool result without its call")?;
        let shown = content(row);
        let failed = tools::failed(&shown);
        let Some(call) = self.draft.result(who, &id, &shown, failed) else { return Ok(()) };
        if tools::is_spawn(&call.name) {
            self.draft.returned(who, &id, None, &shown, None);
        }
        for touch in tools::touches(&call.name, &call.input, &shown, failed, &mut self.open) {
            let artifact = self.draft.artifact(&touch);
            let touch = self.contents.follow(artifact, &call.input, touch);
            self.draft.touch(who, touch);
        }
        Ok(())
    }
}

/// Whose record it is: the agent that says or is told it.
fn agent(row: &Value) -> Arc<str> {
    match text(row, &["agent"]) {
        // A person, or the only agent of a conversation.
        None | Some("" | "user" | "human" | "system" | "agent" | "assistant") => MAIN.into(),
        Some(agent) => agent.into(),
    }
}

fn content(row: &Value) -> String {
    match row.get("content") {
        Some(Value::Object(content)) => Value::Object(content.clone()).to_string(),
        Some(Value::Array(blocks))
            if list(row, &["content"]).iter().all(|b| b.get("text").is_none()) =>
        {
            Value::Array(blocks.clone()).to_string()
        }
        Some(content) => blocks_text(content),
        None => String::new(),
    }
}
