//! Claude Code: `~/.claude/projects/<project>/<session>.jsonl`, with sub-agents in the same file
//! or in `agent-<id>.jsonl` files.
//!
//! One JSON record per line. Files are cumulative: a session that was resumed is in several, and
//! records are there more than once. So all files are united, records of the same `uuid` dropped,
//! and the rest grouped by `sessionId` and sorted by `timestamp`.

pub(crate) mod tools;

use crate::clock::rfc3339_ms;
use crate::draft::{At, Draft, MAIN, sub_agent};
use crate::json::{at, blocks_text, flag, list, number, text};
use crate::record::{Role, Session};
use crate::report::{FileId, Report, shortened};
use crate::tokens::Counter;
use crate::{ImportError, Plan, lines};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Records that hold nothing for a trace.
const OF_NO_USE: [&str; 16] = [
    "file-history-snapshot",
    "queue-operation",
    "summary",
    "custom-title",
    "ai-title",
    "last-prompt",
    "tag",
    "agent-name",
    "agent-color",
    "agent-setting",
    "mode",
    "permission-mode",
    "pr-link",
    "worktree-state",
    "content-replacement",
    "bridge-session",
];

#[derive(Default)]
struct Found {
    files: BTreeSet<FileId>,
    began_ms: Option<i64>,
}

pub(crate) fn plan(files: &[FileId], report: &mut Report) -> Result<Vec<Plan>, ImportError> {
    let mut sessions: BTreeMap<String, Found> = BTreeMap::new();
    for &file in files {
        // Everything is reported when the records are read; here only what no session will read.
        let (lost_file, mut lost) = report.beside(file);
        let mut any = false;
        let looked = lines::for_each(lost_file, &mut lost, |_, record, _| {
            let Some(session) = session_of(&record) else { return };
            any = true;
            let found = sessions.entry(session.to_string()).or_default();
            found.files.insert(file);
            let time = text(&record, &["timestamp"]).and_then(rfc3339_ms);
            found.began_ms = match (found.began_ms, time) {
                (Some(began), Some(time)) => Some(began.min(time)),
                (began, time) => began.or(time),
            };
        });
        if report.survive(file, looked)?.is_some() && !any {
            report.skip(file, 1, "a file without a session of Claude Code");
        }
    }
    let plan = |(id, found): (String, Found)| Plan {
        began_ms: found.began_ms,
        read: {
            let id = id.clone();
            Box::new(move |counter, report| read(&id, &found.files, counter, report))
        },
        id,
    };
    Ok(sessions.into_iter().map(plan).collect())
}

fn session_of(record: &Value) -> Option<&str> {
    // Without a type it is some other program's.
    text(record, &["type"])?;
    text(record, &["sessionId"])
}

/// A record of the session, and where it is.
struct Line {
    file: FileId,
    line: u64,
    time_ms: Option<i64>,
    record: Value,
}

fn read(
    id: &str,
    files: &BTreeSet<FileId>,
    counter: &mut Counter,
    report: &mut Report,
) -> Result<Session, ImportError> {
    let mut records = Vec::new();
    let mut seen = BTreeSet::new();
    for &file in files {
        // What has no time happened when the record before it did.
        let mut time = None;
        let read = lines::for_each(file, report, |line, record, report| {
            match session_of(&record) {
                Some(session) if session == id => {}
                Some(_) => return,
                // It is counted once, although the file may be read for several sessions.
                None => return not_of_a_session(file, line, &record, report),
            }
            if let Some(uuid) = text(&record, &["uuid"])
                && !seen.insert(uuid.to_string())
            {
                return report.skip(file, line, "there already (the same uuid)");
            }
            time = text(&record, &["timestamp"]).and_then(rfc3339_ms).or(time);
            records.push(Line { file, line, time_ms: time, record });
        });
        report.survive(file, read)?;
    }
    records.sort_by_key(|line| line.time_ms);
    let root = records.iter().find_map(|line| text(&line.record, &["cwd"])).map(str::to_string);
    let sides = side_chains(&records);
    let mut draft = Draft::new(id, root.as_deref(), counter);
    let mut inner_seen = BTreeSet::new();
    for Line { file, line, time_ms, record } in records {
        let place = Place { file, line };
        match text(&record, &["type"]).unwrap_or_default() {
            "progress" => {
                let Some(inner) = agent_progress(&record) else {
                    report.skip(file, line, "progress of no agent");
                    continue;
                };
                let uuid = text(inner, &["uuid"]).unwrap_or_default();
                if !uuid.is_empty() && (seen.contains(uuid) || !inner_seen.insert(uuid.to_string()))
                {
                    report.skip(file, line, "there already (the same uuid)");
                    continue;
                }
                let agent = sub_agent(text(&record, &["data", "agentId"]).unwrap_or("?"));
                if let Some(call) = text(&record, &["parentToolUseID"]) {
                    draft.spawned(call, &agent);
                }
                let time_ms = text(inner, &["timestamp"]).and_then(rfc3339_ms).or(time_ms);
                said(&mut draft, agent, time_ms, inner, place, report);
            }
            "user" | "assistant" | "system" | "attachment" => {
                let agent = agent_of(&record, &sides);
                said(&mut draft, agent, time_ms, &record, place, report);
            }
            of_no_use if OF_NO_USE.contains(&of_no_use) => {
                report.skip(file, line, format!("`{of_no_use}`, which touches nothing"));
            }
            unknown => {
                report.skip(file, line, format!("unknown record `{}`", shortened(unknown)));
            }
        }
    }
    Ok(draft.finish())
}

fn not_of_a_session(file: FileId, line: u64, record: &Value, report: &mut Report) {
    let kind = text(record, &["type"]).unwrap_or("?");
    report.skip_once(file, line, format!("`{}` of no session", shortened(kind)));
}

fn agent_progress(record: &Value) -> Option<&Value> {
    let is_agents = text(record, &["data", "type"]) == Some("agent_progress");
    at(record, &["data", "message"]).filter(|_| is_agents)
}

/// Sub-agents of old versions have no name: whose records they are follows from the chain of
/// parents, which begins with the sub-agent's first one. By uuid, the uuid of that first one.
fn side_chains(records: &[Line]) -> BTreeMap<String, String> {
    let mut roots: BTreeMap<String, String> = BTreeMap::new();
    for Line { record, .. } in records {
        if !flag(record, &["isSidechain"]) {
            continue;
        }
        let Some(uuid) = text(record, &["uuid"]) else { continue };
        let parent = text(record, &["parentUuid"]).and_then(|parent| roots.get(parent));
        let root = parent.cloned().unwrap_or_else(|| uuid.to_string());
        roots.insert(uuid.to_string(), root);
    }
    roots
}

fn agent_of(record: &Value, sides: &BTreeMap<String, String>) -> Arc<str> {
    if let Some(agent) = text(record, &["agentId"]) {
        return sub_agent(agent);
    }
    if !flag(record, &["isSidechain"]) {
        return MAIN.into();
    }
    let root = text(record, &["uuid"]).and_then(|uuid| sides.get(uuid));
    let short: String = root.map_or("?", String::as_str).chars().take(8).collect();
    sub_agent(&short)
}

#[derive(Clone, Copy)]
struct Place {
    file: FileId,
    line: u64,
}

/// A record of an agent: what was said, called or given back.
fn said(
    draft: &mut Draft,
    agent: Arc<str>,
    time_ms: Option<i64>,
    record: &Value,
    place: Place,
    report: &mut Report,
) {
    let Place { file, line } = place;
    let message = |names: &[&str]| text(record, names).map(str::to_string);
    let model = message(&["message", "model"]).filter(|model| !model.starts_with('<'));
    let answer = message(&["message", "id"]);
    let who = At { agent, time_ms, model: model.map(Into::into), answer };
    match text(record, &["type"]) {
        Some("system") => match text(record, &["subtype"]) {
            Some("compact_boundary" | "microcompact_boundary") => {
                let tokens = number(record, &["compactMetadata", "preTokens"]);
                let trigger = text(record, &["compactMetadata", "trigger"]);
                draft.compaction(&who, None, tokens, trigger);
                report.read(file);
            }
            _ => match text(record, &["content"]) {
                Some(content) => {
                    draft.message(&who, Role::System, content);
                    report.read(file);
                }
                None => report.skip(file, line, "a note of the tool"),
            },
        },
        Some("attachment") => match tools::attached(record) {
            Some(touch) => {
                draft.touch(&who, touch);
                report.read(file);
            }
            None => report.skip(file, line, "an attachment that is no file"),
        },
        Some("user") if flag(record, &["isCompactSummary"]) => {
            let content = at(record, &["message", "content"]).unwrap_or(&Value::Null);
            draft.summary(&who, blocks_text(content));
            report.read(file);
        }
        Some("user") => {
            report.read(file);
            if let Some(content) = text(record, &["message", "content"]) {
                draft.message(&who, Role::User, content);
            }
            for block in list(record, &["message", "content"]) {
                block_of_user(draft, &who, record, block, place, report);
            }
        }
        Some("assistant") => {
            report.read(file);
            if let Some(content) = text(record, &["message", "content"]) {
                draft.message(&who, Role::Assistant, content);
            }
            for block in list(record, &["message", "content"]) {
                block_of_assistant(draft, &who, block, place, report);
            }
        }
        unknown => {
            let unknown = shortened(unknown.unwrap_or("?"));
            report.skip(file, line, format!("unknown record `{unknown}`"));
        }
    }
}

fn block_of_assistant(
    draft: &mut Draft,
    who: &At,
    block: &Value,
    place: Place,
    report: &mut Report,
) {
    let Place { file, line } = place;
    match text(block, &["type"]).unwrap_or("?") {
        "text" => {
            draft.message(who, Role::Assistant, text(block, &["text"]).unwrap_or_default());
        }
        "thinking" => {
            draft.message(who, Role::Thinking, text(block, &["thinking"]).unwrap_or_default());
        }
        "redacted_thinking" => {}
        "tool_use" => {
            let (Some(call), Some(name)) = (text(block, &["id"]), text(block, &["name"])) else {
                return report.skip(file, line, "a tool call without a name");
            };
            let input = block.get("input").cloned().unwrap_or_default();
            let prompt = text(&input, &["prompt"]).unwrap_or_default().to_string();
            if !draft.call(who, call, name, input) {
                return report.skip(file, line, "there already (the same call)");
            }
            if tools::is_spawn(name) {
                draft.spawn(who, call, None, &prompt);
            }
        }
        unknown => report.skip(file, line, format!("unknown block `{}`", shortened(unknown))),
    }
}

fn block_of_user(
    draft: &mut Draft,
    who: &At,
    record: &Value,
    block: &Value,
    place: Place,
    report: &mut Report,
) {
    let Place { file, line } = place;
    match text(block, &["type"]).unwrap_or("?") {
        "text" => draft.message(who, Role::User, text(block, &["text"]).unwrap_or_default()),
        "tool_result" => {
            let call = text(block, &["tool_use_id"]).unwrap_or_default();
            let shown = blocks_text(block.get("content").unwrap_or(&Value::Null));
            let failed =
                flag(block, &["is_error"]) || shown.trim_start().starts_with("<tool_use_error>");
            if draft.is_answered(call) {
                return report.skip(file, line, "there already (the same result)");
            }
            let Some(known) = draft.result(who, call, &shown, failed) else {
                return report.skip(file, line, "a tool result without its call");
            };
            // It belongs to the record; of several results it is not known which one's it is.
            let single = list(record, &["message", "content"]).len() == 1;
            let details = record.get("toolUseResult").filter(|_| single).unwrap_or(&Value::Null);
            if tools::is_spawn(&known.name) {
                let agent = text(details, &["agentId"]).map(sub_agent);
                draft.returned(who, call, agent, &shown, number(details, &["totalTokens"]));
            }
            let result = tools::Given { shown: &shown, failed, details };
            let folder = text(record, &["cwd"]);
            for touch in tools::touches(&known.name, &known.input, &result, folder) {
                draft.touch(who, touch);
            }
        }
        "image" | "document" => report.skip(file, line, "a picture or document in a message"),
        unknown => report.skip(file, line, format!("unknown block `{}`", shortened(unknown))),
    }
}
