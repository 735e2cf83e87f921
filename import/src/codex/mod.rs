//! Codex: `~/.codex/sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl`.
//!
//! Records are `{timestamp, type, payload}`; of old versions, the bare payloads. A sub-agent has a
//! file of its own, which names the thread that started it: if that one is there too, they are one
//! session. Copies of a thread are united.

pub(crate) mod tools;

use crate::clock::rfc3339_ms;
use crate::copies::Copies;
use crate::draft::{At, Draft, MAIN, sub_agent};
use crate::json::{any_text, at, blocks_text, list, text};
use crate::record::{Role, Session};
use crate::report::{FileId, Report, shortened};
use crate::tokens::Counter;
use crate::{ImportError, Plan, lines};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Records that no other tool has.
const OF_A_ROLLOUT: [&str; 4] = ["response_item", "turn_context", "event_msg", "compacted"];
const OF_AN_OLD_ONE: [&str; 5] =
    ["message", "reasoning", "function_call", "function_call_output", "local_shell_call"];

/// One thread of a session.
struct Thread {
    copies: Vec<Copy>,
    began_ms: Option<i64>,
    folder: Option<String>,
    parent: Option<String>,
}

/// A file with a thread, as far as it had come.
struct Copy {
    file: FileId,
    records: u64,
}

impl Thread {
    fn unite(&mut self, other: Thread) {
        self.copies.extend(other.copies);
        self.began_ms = self.began_ms.into_iter().chain(other.began_ms).min();
        self.folder = self.folder.take().or(other.folder);
        self.parent = self.parent.take().or(other.parent);
    }
}

pub(crate) fn plan(files: &[FileId], report: &mut Report) -> Result<Vec<Plan>, ImportError> {
    let mut threads: BTreeMap<String, Thread> = BTreeMap::new();
    for &file in files {
        let looked = thread(file, report);
        match report.survive(file, looked)? {
            Some(Some((id, thread))) => match threads.get_mut(&id) {
                Some(known) => known.unite(thread),
                None => drop(threads.insert(id, thread)),
            },
            Some(None) => report.skip(file, 1, "a file that is no rollout of Codex"),
            None => {}
        }
    }
    for thread in threads.values_mut() {
        thread.copies.sort_by_key(|copy| (Reverse(copy.records), copy.file));
    }
    let mut sessions: BTreeMap<String, Vec<(Arc<str>, Thread)>> = BTreeMap::new();
    let roots: Vec<String> = threads.keys().map(|id| root(id, &threads)).collect();
    for ((id, thread), root) in threads.into_iter().zip(roots) {
        let agent = match id == root {
            true => MAIN.into(),
            false => sub_agent(&id),
        };
        sessions.entry(root).or_default().push((agent, thread));
    }
    let plan = |(id, threads): (String, Vec<(Arc<str>, Thread)>)| Plan {
        began_ms: threads.iter().filter_map(|(_, thread)| thread.began_ms).min(),
        read: {
            let id = id.clone();
            Box::new(move |counter, report| read(&id, threads, counter, report))
        },
        id,
    };
    Ok(sessions.into_iter().map(plan).collect())
}

/// The thread that all of this one's ancestors lead to, as far as they are there.
fn root(id: &str, threads: &BTreeMap<String, Thread>) -> String {
    let mut id = id;
    let mut met = BTreeSet::from([id]);
    while let Some(parent) = threads.get(id).and_then(|thread| thread.parent.as_deref())
        && threads.contains_key(parent)
        && met.insert(parent)
    {
        id = parent;
    }
    id.to_string()
}

/// What a file says of its thread.
fn thread(file: FileId, report: &Report) -> Result<Option<(String, Thread)>, ImportError> {
    let (beside, mut looked_at) = report.beside(file);
    let named = named_id(report.path(file));
    let mut id = None;
    let mut any = false;
    let mut records = 0;
    let mut thread = Thread { copies: Vec::new(), began_ms: None, folder: None, parent: None };
    lines::for_each(beside, &mut looked_at, |line, record, _| {
        records += 1;
        let time = text(&record, &["timestamp"]).and_then(rfc3339_ms);
        thread.began_ms = thread.began_ms.or(time);
        let payload = record.get("payload").unwrap_or(&record);
        thread.folder = thread.folder.take().or_else(|| folder_of(payload));
        let kind = text(&record, &["type"]);
        any |= match record.get("payload") {
            Some(payload) => {
                kind.is_some_and(|kind| OF_A_ROLLOUT.contains(&kind)) && payload.is_object()
            }
            // Of old versions: nothing but the file's name says whose these are.
            None => named.is_some() && kind.is_some_and(|kind| OF_AN_OLD_ONE.contains(&kind)),
        };
        let is_meta = kind == Some("session_meta")
            // Of old versions, the first line has no type.
            || line == 1 && kind.is_none() && record.get("timestamp").is_some();
        if let (true, None, Some(own)) = (is_meta, &id, text(payload, &["id"])) {
            let spawn =
                at(payload, &["source", "subagent", "thread_spawn"]).unwrap_or(&Value::Null);
            thread.parent = text(spawn, &["parent_thread_id"]).map(str::to_string);
            id = Some(own.to_string());
        }
    })?;
    thread.copies.push(Copy { file, records });
    // If the line that names it is damaged, the rest is still worth having.
    let stem = || report.path(file).file_stem().map(|stem| stem.to_string_lossy().to_string());
    let id = id.or_else(|| if any { named.or_else(stem) } else { None });
    Ok(id.map(|id| (id, thread)))
}

/// The thread's name in `rollout-2026-02-03T09-00-00-<id>.jsonl`.
fn named_id(path: &Path) -> Option<String> {
    const TIME: usize = "2026-02-03T09-00-00-".len();
    let id = path.file_stem()?.to_str()?.strip_prefix("rollout-")?.get(TIME..)?;
    Some(id.to_string()).filter(|id| !id.is_empty())
}

/// The folder of a session; old versions name it only in calls.
fn folder_of(payload: &Value) -> Option<String> {
    if let Some(folder) = text(payload, &["cwd"]) {
        return Some(folder.to_string());
    }
    let arguments = serde_json::from_str::<Value>(text(payload, &["arguments"])?).ok()?;
    text(&arguments, &["workdir"]).map(str::to_string)
}

/// A record, who wrote it, and where it is.
struct Line {
    agent: Arc<str>,
    file: FileId,
    line: u64,
    time_ms: Option<i64>,
    record: Value,
}

fn read(
    id: &str,
    threads: Vec<(Arc<str>, Thread)>,
    counter: &mut Counter,
    report: &mut Report,
) -> Result<Session, ImportError> {
    let main = threads.iter().find(|(agent, _)| **agent == *MAIN);
    let root = main.and_then(|(_, thread)| thread.folder.clone());
    let mut records = Vec::new();
    for (agent, thread) in &threads {
        let mut copies = Copies::default();
        for &Copy { file, .. } in &thread.copies {
            let mut time = thread.began_ms;
            copies.next();
            let read = lines::for_each(file, report, |line, record, report| {
                time = text(&record, &["timestamp"]).and_then(rfc3339_ms).or(time);
                if thread.copies.len() > 1 && !copies.is_new(&record) {
                    return report.skip(file, line, "there already (another copy of the thread)");
                }
                let agent = agent.clone();
                records.push(Line { agent, file, line, time_ms: time, record });
            });
            report.survive(file, read)?;
        }
    }
    records.sort_by_key(|line| line.time_ms);
    let mut draft = Draft::new(id, root.as_deref(), counter);
    let mut models: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for Line { agent, file, line, time_ms, record } in records {
        let payload = record.get("payload").unwrap_or(&record);
        let who = At { model: models.get(&agent).cloned(), agent, time_ms, answer: None };
        match text(&record, &["type"]).unwrap_or_default() {
            "session_meta" => report.read(file),
            "turn_context" => {
                if let Some(model) = text(payload, &["model"]) {
                    models.insert(who.agent.clone(), model.into());
                }
                report.read(file);
            }
            "compacted" => {
                let summary = text(payload, &["message"]).filter(|message| !message.is_empty());
                draft.compaction(&who, summary.map(str::to_string), None, None);
                report.read(file);
            }
            "event_msg" => report.skip(file, line, "`event_msg`, which repeats"),
            "response_item" => item(&mut draft, &who, payload, (file, line), report),
            "" => report.skip(file, line, "a record without a type"),
            _ if record.get("payload").is_none() => {
                item(&mut draft, &who, payload, (file, line), report);
            }
            unknown => {
                report.skip(file, line, format!("unknown record `{}`", shortened(unknown)));
            }
        }
    }
    Ok(draft.finish())
}

/// An item of the conversation.
fn item(
    draft: &mut Draft,
    who: &At,
    payload: &Value,
    (file, line): (FileId, u64),
    report: &mut Report,
) {
    let call = text(payload, &["call_id"]).or(text(payload, &["id"])).unwrap_or_default();
    match text(payload, &["type"]).unwrap_or_default() {
        "message" => {
            let role = match text(payload, &["role"]) {
                Some("assistant") => Role::Assistant,
                Some("user") => Role::User,
                _ => Role::System,
            };
            draft.message(who, role, &blocks_text(payload.get("content").unwrap_or(&Value::Null)));
        }
        "reasoning" => {
            for part in list(payload, &["summary"]) {
                draft.message(who, Role::Thinking, text(part, &["text"]).unwrap_or_default());
            }
        }
        "function_call" | "custom_tool_call" => {
            let name = text(payload, &["name"]).unwrap_or("?");
            let given = any_text(payload, &["arguments", "input"]).unwrap_or_default();
            // The arguments are JSON in a string, except for patches, which are text.
            let input = serde_json::from_str::<Value>(given).ok().filter(Value::is_object);
            let input = input.unwrap_or_else(|| Value::String(given.to_string()));
            let prompt = any_text(&input, &["message", "prompt"]).map(str::to_string);
            if !draft.call(who, call, name, input) {
                return report.skip(file, line, "there already (the same call)");
            }
            if name == "spawn_agent" {
                draft.spawn(who, call, None, &prompt.unwrap_or_default());
            }
        }
        "local_shell_call" => {
            let input = payload.get("action").cloned().unwrap_or_default();
            if !draft.call(who, call, "shell", input) {
                return report.skip(file, line, "there already (the same call)");
            }
        }
        "function_call_output" | "custom_tool_call_output" => {
            let output = payload.get("output").unwrap_or(&Value::Null);
            let printed = tools::printed(output);
            if draft.is_answered(call) {
                return report.skip(file, line, "there already (the same result)");
            }
            let Some(known) = draft.result(who, call, &printed.text, printed.failed) else {
                return report.skip(file, line, "a tool result without its call");
            };
            if known.name == "spawn_agent"
                && let Ok(answer) = serde_json::from_str::<Value>(&printed.text)
                && let Some(child) = any_text(&answer, &["agent_id", "thread_id"])
            {
                draft.spawned(call, &sub_agent(child));
            }
            if matches!(&*known.name, "wait" | "wait_agent") {
                draft.returned(who, call, None, &printed.text, None);
            }
            for touch in tools::touches(&known.name, &known.input, &printed) {
                draft.touch(who, touch);
            }
        }
        "" => return report.skip(file, line, "an item without a type"),
        item @ ("ghost_snapshot"
        | "web_search_call"
        | "compaction"
        | "compaction_summary"
        | "context_compaction"
        | "image_generation_call") => {
            return report.skip(file, line, format!("`{item}`, which touches nothing"));
        }
        unknown => {
            return report.skip(file, line, format!("unknown item `{}`", shortened(unknown)));
        }
    }
    report.read(file);
}
