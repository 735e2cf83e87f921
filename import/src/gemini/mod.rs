//! Gemini CLI: `~/.gemini/tmp/<project>/chats/session-*.json`, one JSON object with its messages;
//! newer versions append them to `session-*.jsonl`, where a message that changes is there again.
//!
//! A message that was taken back is still there: what its calls did to files was done.

pub(crate) mod tools;

use crate::clock::rfc3339_ms;
use crate::draft::{At, Draft, MAIN, sub_agent};
use crate::json::{at, blocks_text, list, text};
use crate::names::is_absolute;
use crate::record::{Role, Session};
use crate::report::{FileId, Report, shortened};
use crate::tokens::{Counter, hexadecimal};
use crate::{ImportError, Plan, files, lines};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// What a file is about.
struct Chat {
    file: FileId,
    id: String,
    began_ms: Option<i64>,
    is_main: bool,
}

pub(crate) fn plan(files: &[FileId], report: &mut Report) -> Result<Vec<Plan>, ImportError> {
    let mut sessions: BTreeMap<String, Vec<Chat>> = BTreeMap::new();
    for &file in files {
        let looked = document(file, report);
        let Some(Some((about, messages))) = report.survive(file, looked)? else { continue };
        let own = text(&about, &["sessionId"]).filter(|_| about.get("projectHash").is_some());
        // If the line that says it is damaged, the messages are still worth having.
        let stem = || report.path(file).file_stem()?.to_str().filter(|_| are_a_chat(&messages));
        let Some(id) = own.or_else(stem).map(str::to_string) else {
            report.skip(file, 1, "a file that is no chat of Gemini CLI");
            continue;
        };
        let is_main = text(&about, &["kind"]) != Some("subagent");
        // A sub-agent's chat is in a folder named after the session that started it.
        let folder =
            report.path(file).parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
        let session = match folder {
            Some(parent) if !is_main && parent != "chats" => parent.to_string(),
            _ => id.clone(),
        };
        let began_ms = text(&about, &["startTime"]).and_then(rfc3339_ms);
        let chat = Chat { file, id, began_ms, is_main };
        sessions.entry(session).or_default().push(chat);
    }
    let plan = |(id, chats): (String, Vec<Chat>)| Plan {
        began_ms: chats.iter().filter_map(|chat| chat.began_ms).min(),
        read: {
            let id = id.clone();
            Box::new(move |counter, report| read(&id, &chats, counter, report))
        },
        id,
    };
    Ok(sessions.into_iter().map(plan).collect())
}

/// Whether messages that nothing is said of are this tool's.
fn are_a_chat(messages: &[(u64, Value)]) -> bool {
    messages.iter().any(|(_, message)| {
        text(message, &["type"]) == Some("gemini") && message.get("timestamp").is_some()
    })
}

/// What the file says of the session, and the messages as they were last written, with their
/// places; nothing if it is no JSON.
fn document(file: FileId, report: &mut Report) -> Result<Option<Document>, ImportError> {
    let mut about = Value::Null;
    let mut messages = Messages::default();
    if files::has_extension(report.path(file), &["jsonl"]) {
        lines::for_each(file, report, |line, record, report| {
            let patch = record.get("$set").unwrap_or(&record);
            if record.get("id").is_some() && record.get("type").is_some() {
                messages.put(line, record);
            } else if record.get("$rewindTo").is_some() {
                report.skip_once(file, line, "a rewind: what was done was done");
            } else {
                list(patch, &["messages"])
                    .iter()
                    .for_each(|message| messages.put(line, message.clone()));
                if patch.get("sessionId").is_some() && about.is_null() {
                    about = patch.clone();
                }
            }
        })?;
    } else {
        match lines::whole(file, report)? {
            Some(Value::Object(mut document)) => {
                let all = document.remove("messages").unwrap_or_default();
                for (place, message) in list(&all, &[]).iter().enumerate() {
                    messages.put(place as u64 + 1, message.clone());
                }
                about = Value::Object(document);
            }
            Some(_) => {}
            None => return Ok(None),
        }
    }
    Ok(Some((about, messages.all)))
}

type Document = (Value, Vec<(u64, Value)>);

#[derive(Default)]
struct Messages {
    all: Vec<(u64, Value)>,
    by_id: BTreeMap<String, usize>,
}

impl Messages {
    fn put(&mut self, place: u64, message: Value) {
        let id = text(&message, &["id"]).unwrap_or_default().to_string();
        match self.by_id.get(&id) {
            Some(&known) if !id.is_empty() => self.all[known].1 = message,
            _ => {
                self.by_id.insert(id, self.all.len());
                self.all.push((place, message));
            }
        }
    }
}

/// A message, whose it is, and where.
struct Said {
    agent: Arc<str>,
    file: FileId,
    place: u64,
    time_ms: Option<i64>,
    message: Value,
}

fn read(
    id: &str,
    chats: &[Chat],
    counter: &mut Counter,
    report: &mut Report,
) -> Result<Session, ImportError> {
    let mut said: Vec<Said> = Vec::new();
    let mut seen: BTreeMap<(Arc<str>, String), usize> = BTreeMap::new();
    let mut project = None;
    let mut root = None;
    for chat in chats {
        let read = document(chat.file, report);
        let Some(Some((about, messages))) = report.survive(chat.file, read)? else { continue };
        let agent: Arc<str> = if chat.is_main { MAIN.into() } else { sub_agent(&chat.id) };
        let hash = text(&about, &["projectHash"]).unwrap_or_default().to_string();
        root = root.or_else(|| folder(report.path(chat.file), &hash, &messages));
        project = project.or(Some(hash));
        let mut time = chat.began_ms;
        for (place, message) in messages {
            let name = text(&message, &["id"]).unwrap_or_default().to_string();
            time = text(&message, &["timestamp"]).and_then(rfc3339_ms).or(time);
            let (key, place_in_all) = ((agent.clone(), name), said.len());
            let (agent, file) = (agent.clone(), chat.file);
            let mut new = Said { agent, file, place, time_ms: time, message };
            // A session that was resumed is in several files, and so is one that was copied.
            match seen.get(&key) {
                Some(&known) if !key.1.is_empty() => {
                    let known = &mut said[known];
                    if progress(&new.message) > progress(&known.message) {
                        std::mem::swap(known, &mut new);
                    }
                    report.skip(new.file, new.place, "there already (the same message)");
                }
                _ => {
                    seen.insert(key, place_in_all);
                    said.push(new);
                }
            }
        }
    }
    said.sort_by_key(|said| said.time_ms);
    let mut draft = Draft::new(id, root.as_deref(), counter);
    if draft.root().is_none() {
        let project: String = project.unwrap_or_default().chars().take(6).collect();
        draft.set_project(format!("gemini-{project}"));
    }
    for said in &said {
        message(&mut draft, said, report);
    }
    Ok(draft.finish())
}

/// How far a message had come when it was written: calls with results, calls, text.
fn progress(message: &Value) -> (usize, usize, usize) {
    let calls = list(message, &["toolCalls"]);
    let answered = calls.iter().filter(|call| call.get("result").is_some()).count();
    let said = blocks_text(message.get("content").unwrap_or(&Value::Null)).len();
    (answered, calls.len(), said)
}

/// The project's folder, which chats do not name: it is written beside them by newer versions;
/// else it is a folder above some file that a tool names, and has the project's hash.
fn folder(chat: &Path, hash: &str, messages: &[(u64, Value)]) -> Option<String> {
    let mut above = chat.ancestors();
    let written = above.find_map(|folder| {
        let file = folder.join(".project_root");
        file.is_file().then(|| fs::read_to_string(file).ok()).flatten()
    });
    if let Some(written) = written {
        return Some(written.trim().to_string());
    }
    let mut tried = BTreeSet::new();
    for (_, message) in messages {
        for call in list(message, &["toolCalls"]) {
            for named in tools::named_paths(call).into_iter().filter(|path| is_absolute(path)) {
                for folder in Path::new(&named).ancestors() {
                    let folder = folder.to_string_lossy().to_string();
                    if hexadecimal(&Sha256::digest(&folder)) == hash {
                        return Some(folder);
                    }
                    if !tried.insert(folder) {
                        break;
                    }
                }
            }
        }
    }
    None
}

fn message(draft: &mut Draft, said: &Said, report: &mut Report) {
    let Said { agent, file, place, time_ms, message } = said;
    let model = text(message, &["model"]).map(Into::into);
    let answer = text(message, &["id"]).map(str::to_string);
    let who = At { agent: agent.clone(), time_ms: *time_ms, model, answer };
    let content = blocks_text(message.get("content").unwrap_or(&Value::Null));
    match text(message, &["type"]).unwrap_or_default() {
        "user" => draft.message(&who, Role::User, &content),
        "info" | "warning" | "error" => draft.message(&who, Role::System, &content),
        "gemini" => {
            for thought in list(message, &["thoughts"]) {
                let part = |name| text(thought, &[name]).unwrap_or_default();
                let whole = format!("{}\n{}", part("subject"), part("description"));
                draft.message(&who, Role::Thinking, &whole);
            }
            draft.message(&who, Role::Assistant, &content);
            for call in list(message, &["toolCalls"]) {
                tool_call(draft, &who, call, (*file, *place), report);
            }
        }
        unknown => {
            let why = format!("unknown message `{}`", shortened(unknown));
            return report.skip(*file, *place, why);
        }
    }
    report.read(*file);
}

/// A call, which has its result with it.
fn tool_call(
    draft: &mut Draft,
    who: &At,
    call: &Value,
    (file, place): (FileId, u64),
    report: &mut Report,
) {
    let (Some(id), Some(name)) = (text(call, &["id"]), text(call, &["name"])) else {
        return report.skip(file, place, "a tool call without a name");
    };
    let input = call.get("args").cloned().unwrap_or_default();
    if !draft.call(who, id, name, input.clone()) {
        return report.skip(file, place, "there already (the same call)");
    }
    let state = text(call, &["status"]).unwrap_or("success");
    if !matches!(state, "success" | "error" | "cancelled") {
        return report.skip(file, place, "a tool call that was not finished");
    }
    let shown = tools::shown(call);
    let time_ms = text(call, &["timestamp"]).and_then(rfc3339_ms).or(who.time_ms);
    let who = At { time_ms, ..who.clone() };
    draft.result(&who, id, &shown, state != "success");
    if let Some(agent) = at(call, &["agentId"]).and_then(Value::as_str) {
        let prompt = crate::json::any_text(&input, &["objective", "prompt", "request"]);
        draft.spawn(&who, id, Some(sub_agent(agent)), prompt.unwrap_or_default());
        draft.returned(&who, id, Some(sub_agent(agent)), &shown, None);
    }
    for touch in tools::touches(name, &input, &shown, call, state != "success") {
        draft.touch(&who, touch);
    }
}
