//! A session as plain text: what "keep the last bytes" keeps, and a summary by extraction is made
//! of. A line in brackets says whose record follows.

use crate::baseline::first_bytes;
use attune_import::{Content, Role, Session};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// So much of a call stands beside its result.
const CALL_BYTES: usize = 120;

/// The whole session. What was touched is not in it: it is told by the calls.
pub fn transcript(session: &Session) -> String {
    let mut text = String::new();
    let mut calls: BTreeMap<&str, String> = BTreeMap::new();
    for record in &session.records {
        let group = |who: &str| match &*record.agent {
            "main" | "user" | "system" => who.to_string(),
            agent => format!("{who} {agent}"),
        };
        let (head, body) = match &record.content {
            Content::Message { role, text } => {
                let who = match role {
                    Role::User => "user",
                    Role::Assistant => "assistant",
                    Role::Thinking => "assistant thinks",
                    Role::System => "system",
                };
                (group(who), text.clone())
            }
            Content::ToolCall { call, name, input } => {
                calls.insert(call, format!("{name} {}", bare(&about(input))));
                (group(&format!("call {name}")), members(input))
            }
            Content::ToolResult { call, text, failed } => {
                let called = calls.get(call.as_str()).map_or("", String::as_str);
                let failed = if *failed { "failed " } else { "" };
                (group(&format!("{failed}result of {called}")), text.clone())
            }
            Content::Compaction { summary: Some(summary), .. } => {
                ("summary of what was before".to_string(), summary.clone())
            }
            Content::Spawn { prompt, .. } => (group("call sub-agent"), prompt.clone()),
            Content::Return { text, .. } => (group("sub-agent returns"), text.clone()),
            Content::Compaction { summary: None, .. } | Content::Access(_) => continue,
        };
        let _ = writeln!(text, "[{head}]\n{}\n", body.trim_end());
    }
    text
}

/// What a call is about, on one line.
fn about(input: &Value) -> String {
    let names =
        ["command", "cmd", "file_path", "filePath", "path", "pattern", "description", "subject"];
    let told = names.iter().find_map(|name| input.get(name)?.as_str());
    let told = told.or(input.as_str()).unwrap_or_default();
    let line = told.lines().next().unwrap_or_default();
    first_bytes(line, CALL_BYTES).to_string()
}

fn bare(line: &str) -> String {
    line.chars().filter(|character| !matches!(character, '[' | ']')).collect()
}

/// Members on one line if all are short; else line by line, texts of several lines and lists below
/// their names.
fn members(input: &Value) -> String {
    let Value::Object(members) = input else { return shown(input) };
    let is_short = |member: &Value| !member.is_array() && shown(member).len() <= SHORT_BYTES;
    if members.values().all(is_short) {
        let each = members.iter().map(|(name, member)| format!("{name}: {}", shown(member)));
        return each.collect::<Vec<_>>().join(", ");
    }
    let mut text = String::new();
    for (name, member) in members {
        let shown = match member {
            Value::Array(items) => {
                items.iter().map(|item| format!("\n{}", shown(item))).collect::<String>()
            }
            other => shown(other),
        };
        let _ = match shown.contains('\n') {
            true => writeln!(text, "{name}:\n{}", shown.trim_start_matches('\n')),
            false => writeln!(text, "{name}: {shown}"),
        };
    }
    text
}

/// Members that are shorter stand together.
const SHORT_BYTES: usize = 40;

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
