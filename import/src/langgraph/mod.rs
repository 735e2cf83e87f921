//! LangGraph: the tables `checkpoints` and `writes` that `SqliteSaver` keeps.
//!
//! What the nodes of a graph share is its state, so the artifacts are the state's channels and the
//! agents are the nodes. What a node writes is recorded, a row each. What it reads is not, but
//! follows: a node is given the state as the checkpoint before it has it, so its run reads every
//! channel that has a value then. Channels that only steer the graph are left out.

mod value;

use crate::clock::rfc3339_ms;
use crate::draft::{At, Draft};
use crate::json::{any_text, at, blocks_text, list, text};
use crate::record::{Role, Session};
use crate::report::{FileId, Report};
use crate::sniff;
use crate::sqlite::{self, Database};
use crate::tokens::Counter;
use crate::{ImportError, Plan, Tool};
use attune_trace::access::{Access, ContentId, Op, Outcome};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The checkpoints of a thread by name, which no other has.
type Names = BTreeSet<(String, String)>;

pub(crate) fn plan(files: &[FileId], report: &mut Report) -> Result<Vec<Plan>, ImportError> {
    let mut threads: BTreeMap<String, Vec<(FileId, Names)>> = BTreeMap::new();
    for &file in files {
        let found = in_database(file, report);
        for (id, names) in report.survive(file, found)?.unwrap_or_default() {
            threads.entry(id).or_default().push((file, names));
        }
    }
    let mut plans = Vec::new();
    for (id, mut copies) in threads {
        copies.sort_by_key(|(file, names)| (Reverse(names.len()), *file));
        let mut taken = Names::new();
        for (file, names) in copies {
            if !names.is_empty() && names.is_subset(&taken) {
                report.skip(file, 1, "a thread that is in another file already");
                continue;
            }
            let before: Names = names.intersection(&taken).cloned().collect();
            taken.extend(names);
            let thread = id.clone();
            let read = move |counter: &mut Counter, report: &mut Report| {
                read(&thread, file, &before, counter, report)
            };
            plans.push(Plan { id: id.clone(), began_ms: None, read: Box::new(read) });
        }
    }
    Ok(plans)
}

/// The threads in a database.
fn in_database(file: FileId, report: &mut Report) -> Result<BTreeMap<String, Names>, ImportError> {
    let path = report.path(file).to_path_buf();
    let foreign = |why: &str, looks_like| ImportError::Foreign {
        path: path.clone(),
        tool: Tool::LangGraph,
        why: why.to_string(),
        looks_like,
    };
    if let Some(tool) = sniff::tool(&path) {
        return Err(foreign("this is no database", Some(tool)));
    }
    let database = Database::open(&path)?;
    if !database.has(&["checkpoints", "writes"])? {
        let other = database.has(&["session", "message", "part"])?.then_some(Tool::OpenCode);
        return Err(foreign("the database has no tables checkpoints and writes", other));
    }
    let query = "SELECT thread_id, checkpoint_ns, checkpoint_id FROM checkpoints";
    let mut threads: BTreeMap<String, Names> = BTreeMap::new();
    let rows = database.rows(query, &[], (file, report), |row| {
        Ok((row.get::<_, String>(0)?, sqlite::text(row, 1), sqlite::text(row, 2)))
    })?;
    for (thread, space, id) in rows {
        threads.entry(thread).or_default().insert((space, id));
    }
    Ok(threads)
}

/// A row of `checkpoints`, understood.
struct Checkpoint {
    space: String,
    id: String,
    parent: Option<String>,
    value: Value,
}

/// A row of `writes`, understood.
struct Write {
    task: String,
    path: String,
    channel: String,
    value: Value,
}

fn read(
    id: &str,
    file: FileId,
    before: &Names,
    counter: &mut Counter,
    report: &mut Report,
) -> Result<Session, ImportError> {
    let mut draft = Draft::new(id, None, counter);
    let filled = fill(&mut draft, id, file, before, report);
    report.survive(file, filled)?;
    Ok(draft.finish())
}

/// The session, but for the checkpoints that were `taken` from another file.
fn fill(
    draft: &mut Draft,
    id: &str,
    file: FileId,
    taken: &Names,
    report: &mut Report,
) -> Result<(), ImportError> {
    let database = Database::open(report.path(file))?;
    // Their names are made of the time: they sort as they came about.
    let query = "SELECT checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint \
                 FROM checkpoints WHERE thread_id = ?1 ORDER BY checkpoint_id, checkpoint_ns";
    let mut place = 0;
    let mut checkpoints = Vec::new();
    let rows = database.rows(query, &[id], (file, report), |row| {
        let kind: Option<String> = row.get(3)?;
        let value = value::decoded(kind.as_deref(), &value::bytes(row.get_ref(4)?));
        Ok((sqlite::text(row, 0), sqlite::text(row, 1), row.get(2)?, value))
    })?;
    for (space, id, parent, value) in rows {
        place += 1;
        match value {
            Some(value) => {
                report.read(file);
                checkpoints.push(Checkpoint { space, id, parent, value });
            }
            None => report.skip(file, place, "a checkpoint that cannot be decoded"),
        }
    }
    let mut messages = BTreeSet::new();
    let by_id: BTreeMap<(String, String), usize> = checkpoints
        .iter()
        .enumerate()
        .map(|(place, checkpoint)| ((checkpoint.space.clone(), checkpoint.id.clone()), place))
        .collect();
    for checkpoint in &checkpoints {
        if taken.contains(&(checkpoint.space.clone(), checkpoint.id.clone())) {
            continue;
        }
        let parent = checkpoint.parent.clone();
        let parent = parent.and_then(|parent| by_id.get(&(checkpoint.space.clone(), parent)));
        let before = parent.map(|&place| &checkpoints[place]);
        let writes = match before {
            Some(before) => writes(&database, id, before, file, report)?,
            None => Vec::new(),
        };
        step(draft, checkpoint, before, writes, &mut messages);
    }
    Ok(())
}

fn writes(
    database: &Database,
    thread: &str,
    checkpoint: &Checkpoint,
    file: FileId,
    report: &mut Report,
) -> Result<Vec<Write>, ImportError> {
    // Older tables have no path.
    let query = "SELECT name FROM pragma_table_info('writes')";
    let columns = database.all(query, |row| Ok(sqlite::text(row, 0)))?;
    let path = if columns.iter().any(|name| name == "task_path") { "task_path" } else { "''" };
    let query = format!(
        "SELECT task_id, {path}, channel, type, value FROM writes WHERE thread_id = ?1 \
         AND checkpoint_ns = ?2 AND checkpoint_id = ?3 ORDER BY {path}, task_id, idx"
    );
    let values = [thread, &checkpoint.space, &checkpoint.id];
    let rows = database.rows(&query, &values, (file, report), |row| {
        let kind: Option<String> = row.get(3)?;
        let value = value::decoded(kind.as_deref(), &value::bytes(row.get_ref(4)?));
        Ok((sqlite::text(row, 0), sqlite::text(row, 1), sqlite::text(row, 2), value))
    })?;
    let mut writes = Vec::new();
    for (place, (task, path, channel, value)) in rows.into_iter().enumerate() {
        match value {
            Some(value) => writes.push(Write { task, path, channel, value }),
            None => report.skip(file, place as u64 + 1, "a write that cannot be decoded"),
        }
    }
    Ok(writes)
}

/// The nodes that ran between two checkpoints: what they were given, and what they wrote.
fn step(
    draft: &mut Draft,
    checkpoint: &Checkpoint,
    before: Option<&Checkpoint>,
    writes: Vec<Write>,
    messages: &mut BTreeSet<String>,
) {
    let time_ms = text(&checkpoint.value, &["ts"]).and_then(rfc3339_ms);
    let nobody = Value::Null;
    let old = before.map_or(&nobody, |before| &before.value);
    let ran = ran(&checkpoint.value, old);
    let mut tasks: BTreeMap<String, Vec<Write>> = BTreeMap::new();
    for write in writes {
        let agent = agent_of(&write, &ran);
        tasks.entry(agent).or_default().push(write);
    }
    // Who wrote nothing ran as well.
    if tasks.len() < ran.len() {
        for node in &ran {
            tasks.entry(node.clone()).or_default();
        }
    }
    for (agent, writes) in tasks {
        let agent = match checkpoint.space.split(':').next() {
            Some(space) if !space.is_empty() => format!("{space}/{agent}"),
            _ => agent,
        };
        // What comes in from outside was read by nobody.
        let is_input = agent.ends_with("__start__") || agent.ends_with("__input__");
        let who = At { agent: agent.as_str().into(), time_ms, model: None, answer: None };
        if !is_input {
            for (channel, value) in channels(old) {
                let after = State { checkpoint: old, value };
                access(draft, &who, channel, Op::Read, value, Some(after), None);
            }
        }
        for write in writes.iter().filter(|write| !steers(&write.channel)) {
            said(draft, &who, &write.value, messages);
            let after = at(&checkpoint.value, &["channel_values", &write.channel]);
            let after = after.map(|value| State { checkpoint: &checkpoint.value, value });
            let base = version_of(old, &write.channel);
            access(draft, &who, &write.channel, Op::Write, &write.value, after, base);
        }
    }
}

/// The nodes that have seen something new in this checkpoint.
fn ran(checkpoint: &Value, before: &Value) -> Vec<String> {
    let Some(Value::Object(seen)) = checkpoint.get("versions_seen") else { return Vec::new() };
    let old = |node: &String| at(before, &["versions_seen", node]);
    let new = seen.iter().filter(|(node, versions)| {
        old(node) != Some(versions)
            && !node.starts_with("__input__")
            && versions.as_object().is_some_and(|versions| !versions.is_empty())
    });
    new.map(|(node, _)| node.clone()).collect()
}

/// Whose write it is: newer tables say so; else, if only one node ran, that one.
fn agent_of(write: &Write, ran: &[String]) -> String {
    let named = write.path.rsplit(", ").next().map(|name| name.trim_end_matches(')'));
    match named {
        Some(name) if !name.is_empty() => name.to_string(),
        _ if ran.len() == 1 => ran[0].clone(),
        _ => format!("task:{}", write.task.chars().take(8).collect::<String>()),
    }
}

/// Channels that only steer the graph.
fn steers(channel: &str) -> bool {
    channel.starts_with("__")
        || ["branch:", "start:", "join:"].iter().any(|start| channel.starts_with(start))
}

fn channels(checkpoint: &Value) -> Vec<(&String, &Value)> {
    let values = at(checkpoint, &["channel_values"]).and_then(Value::as_object);
    let shared = |(channel, value): &(&String, &Value)| !steers(channel) && !value.is_null();
    values.into_iter().flatten().filter(shared).collect()
}

/// A channel's value, and the checkpoint in which it has it.
#[derive(Clone, Copy)]
struct State<'a> {
    checkpoint: &'a Value,
    value: &'a Value,
}

fn version_of(checkpoint: &Value, channel: &str) -> Option<ContentId> {
    let version = at(checkpoint, &["channel_versions", channel])?;
    Some(ContentId(version.as_str().map_or_else(|| version.to_string(), str::to_string)))
}

/// `moved` was read or written; afterwards the channel is as `after` says.
fn access(
    draft: &mut Draft,
    who: &At,
    channel: &str,
    op: Op,
    moved: &Value,
    after: Option<State>,
    base: Option<ContentId>,
) {
    let tokens = draft.tokens(&value::shown(moved));
    let version = after.and_then(|state| version_of(state.checkpoint, channel));
    let access = Access {
        session: String::new(),
        sequence: 0,
        time_ms: None,
        agent: String::new(),
        turn: None,
        project: None,
        artifact: format!("state:{channel}"),
        op,
        tokens: Some(tokens),
        artifact_tokens: after.map(|state| draft.tokens(&value::shown(state.value))),
        lines: None,
        total_lines: None,
        version,
        base,
        outcome: Outcome::Done,
        model: None,
    };
    draft.access(who, access);
}

/// The messages in what a node wrote, each once.
fn said(draft: &mut Draft, who: &At, written: &Value, messages: &mut BTreeSet<String>) {
    let all = written.as_array().map_or(std::slice::from_ref(written), Vec::as_slice);
    for message in all {
        let Some(kind) = text(message, &["type"]) else { continue };
        let id = text(message, &["id"]).unwrap_or_default().to_string();
        if message.get("content").is_none() || !id.is_empty() && !messages.insert(id) {
            continue;
        }
        let content = blocks_text(message.get("content").unwrap_or(&Value::Null));
        match kind {
            "human" => draft.message(who, Role::User, &content),
            "system" => draft.message(who, Role::System, &content),
            "ai" => {
                draft.message(who, Role::Assistant, &content);
                for call in list(message, &["tool_calls"]) {
                    let (Some(id), Some(name)) = (text(call, &["id"]), text(call, &["name"]))
                    else {
                        continue;
                    };
                    draft.call(who, id, name, call.get("args").cloned().unwrap_or_default());
                }
            }
            "tool" => {
                let call = any_text(message, &["tool_call_id"]).unwrap_or_default();
                let failed = text(message, &["status"]) == Some("error");
                draft.result(who, call, &content, failed);
            }
            _ => {}
        }
    }
}
