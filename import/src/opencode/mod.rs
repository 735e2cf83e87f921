//! OpenCode: a session as `opencode export` writes it (`{info, messages: [{info, parts}]}`), or as
//! it is on disk: JSON files under `storage/{session,message,part}`, or since 1.2 the tables
//! `session`, `message` and `part` of `opencode.db`.
//!
//! A sub-agent's session names its parent: if that one is there too, they are one session. Copies
//! of a session are united; the database is there beside the files that it was made from.

mod stored;
pub(crate) mod tools;

use crate::clock::time_ms;
use crate::draft::{At, Draft, MAIN, sub_agent};
use crate::json::{any_text, at, flag, list, text};
use crate::record::{Role, Session};
use crate::report::{FileId, Report, shortened};
use crate::tokens::Counter;
use crate::{ImportError, Plan};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use stored::Stored;

pub(crate) use stored::is_a_part;

/// A session as far as it has to be known to plan.
struct Found {
    copies: Vec<Stored>,
    began_ms: Option<i64>,
    folder: Option<String>,
    parent: Option<String>,
}

pub(crate) fn plan(files: &[FileId], report: &mut Report) -> Result<Vec<Plan>, ImportError> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (info, stored) in stored::sessions(files, report)? {
        let Some(id) = text(&info, &["id"]) else { continue };
        let began_ms = at(&info, &["time", "created"]).and_then(time_ms);
        let folder = text(&info, &["directory"]).map(str::to_string);
        let parent = any_text(&info, &["parentID", "parent_id"]).map(str::to_string);
        let nothing = || Found { copies: Vec::new(), began_ms: None, folder: None, parent: None };
        let one = found.entry(id.to_string()).or_insert_with(nothing);
        one.copies.push(stored);
        one.began_ms = one.began_ms.into_iter().chain(began_ms).min();
        one.folder = one.folder.take().or(folder);
        one.parent = one.parent.take().or(parent);
    }
    let roots: Vec<String> = found.keys().map(|id| root(id, &found)).collect();
    let mut sessions: BTreeMap<String, Vec<(Arc<str>, Found)>> = BTreeMap::new();
    for ((id, one), root) in found.into_iter().zip(roots) {
        let agent = if id == root { MAIN.into() } else { sub_agent(&id) };
        sessions.entry(root).or_default().push((agent, one));
    }
    let plan = |(id, parts): (String, Vec<(Arc<str>, Found)>)| Plan {
        began_ms: parts.iter().filter_map(|(_, found)| found.began_ms).min(),
        read: {
            let id = id.clone();
            Box::new(move |counter, report| read(&id, &parts, counter, report))
        },
        id,
    };
    Ok(sessions.into_iter().map(plan).collect())
}

/// The session that all of this one's ancestors lead to, as far as they are there.
fn root(id: &str, found: &BTreeMap<String, Found>) -> String {
    let mut id = id;
    let mut met = BTreeSet::from([id]);
    while let Some(parent) = found.get(id).and_then(|found| found.parent.as_deref())
        && found.contains_key(parent)
        && met.insert(parent)
    {
        id = parent;
    }
    id.to_string()
}

/// A part of a message, whose it is, and where.
struct Said<'a> {
    agent: Arc<str>,
    file: FileId,
    place: u64,
    time_ms: Option<i64>,
    info: &'a Value,
    part: &'a Value,
}

fn read(
    id: &str,
    sessions: &[(Arc<str>, Found)],
    counter: &mut Counter,
    report: &mut Report,
) -> Result<Session, ImportError> {
    let mut messages = Vec::new();
    for (agent, found) in sessions {
        let mut copies = Vec::new();
        for stored in &found.copies {
            let read = stored::messages(stored, report);
            copies.extend(report.survive(stored.file(), read)?);
        }
        // What is said of several files stands with the first.
        let Some(file) = found.copies.first().map(Stored::file) else { continue };
        for other in found.copies.iter().skip(1) {
            report.skip(other.file(), 1, "a session that is in another file, too: read as one");
        }
        messages.push((agent, file, found.began_ms, stored::united(copies)));
    }
    let mut said = Vec::new();
    for (agent, file, began_ms, messages) in &messages {
        let mut time = *began_ms;
        let mut place = 0;
        for message in messages {
            let info = message.get("info").unwrap_or(&Value::Null);
            time = at(info, &["time", "created"]).and_then(time_ms).or(time);
            for part in list(message, &["parts"]) {
                place += 1;
                let start = at(part, &["state", "time", "start"]).or(at(part, &["time", "start"]));
                time = start.and_then(time_ms).or(time);
                let agent = (*agent).clone();
                said.push(Said { agent, file: *file, place, time_ms: time, info, part });
            }
        }
    }
    said.sort_by_key(|said| said.time_ms);
    let main = sessions.iter().find(|(agent, _)| **agent == *MAIN);
    let root = main.and_then(|(_, found)| found.folder.as_deref());
    let mut draft = Draft::new(id, root, counter);
    for (place, said) in said.iter().enumerate() {
        part(&mut draft, said, place, report);
    }
    Ok(draft.finish())
}

fn part(draft: &mut Draft, said: &Said, number: usize, report: &mut Report) {
    let Said { agent, file, place, time_ms, info, part } = said;
    let model = text(info, &["modelID"]).map(Into::into);
    let answer = text(info, &["id"]).map(str::to_string);
    let who = At { agent: agent.clone(), time_ms: *time_ms, model, answer };
    let content = text(part, &["text"]).unwrap_or_default();
    let is_assistant = text(info, &["role"]) == Some("assistant");
    match text(part, &["type"]).unwrap_or_default() {
        // The answer to a request to summarize.
        "text" if is_assistant && flag(info, &["summary"]) => {
            draft.summary(&who, content.to_string());
        }
        "text" => {
            draft.message(&who, if is_assistant { Role::Assistant } else { Role::User }, content);
        }
        "reasoning" => draft.message(&who, Role::Thinking, content),
        "compaction" => {
            let trigger = if flag(part, &["auto"]) { "auto" } else { "manual" };
            draft.compaction(&who, None, None, Some(trigger));
        }
        "tool" => return tool(draft, &who, said, number, report),
        of_no_use @ ("step-start" | "step-finish" | "snapshot" | "patch" | "agent" | "retry"
        | "file" | "subtask") => {
            return report.skip(*file, *place, format!("`{of_no_use}`, which touches nothing"));
        }
        unknown => {
            return report.skip(*file, *place, format!("unknown part `{}`", shortened(unknown)));
        }
    }
    report.read(*file);
}

/// A tool call, which has its result with it.
fn tool(draft: &mut Draft, who: &At, said: &Said, number: usize, report: &mut Report) {
    let Said { file, place, part, .. } = said;
    let Some(name) = text(part, &["tool"]) else {
        return report.skip(*file, *place, "a tool call without a name");
    };
    let state = part.get("state").unwrap_or(&Value::Null);
    let input = state.get("input").cloned().unwrap_or_default();
    // The call's own name need not be the only one of its kind.
    let call = format!("{}-{number}", text(part, &["callID"]).unwrap_or_default());
    draft.call(who, &call, name, input.clone());
    let shown = any_text(state, &["output", "error"]).unwrap_or_default();
    let failed = match text(state, &["status"]) {
        Some("completed") => false,
        Some("error") => true,
        _ => return report.skip(*file, *place, "a tool call that was not finished"),
    };
    draft.result(who, &call, shown, failed);
    if name == "task" {
        let child = text(state, &["metadata", "sessionId"]).map(sub_agent);
        let prompt = text(&input, &["prompt"]).unwrap_or_default();
        draft.spawn(who, &call, child.clone(), prompt);
        draft.returned(who, &call, child, shown, None);
    }
    let metadata = state.get("metadata").unwrap_or(&Value::Null);
    let given = tools::Given { shown, failed, metadata };
    let folder = text(said.info, &["path", "cwd"]);
    for touch in tools::touches(name, &input, &given) {
        let folder = touch.folder.clone().or(folder.map(str::to_string));
        draft.touch(who, touch.within(folder.as_deref()));
    }
    report.read(*file);
}
