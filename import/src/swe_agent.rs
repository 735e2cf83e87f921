//! SWE-agent: `<instance>.traj`, one JSON object with a list of steps, each an action, what came
//! of it, and the state before it.
//!
//! The older commands show a window of one open file (`open`, `goto`, `scroll_down`) and edit it;
//! the newer `str_replace_editor` names its file each time. Anything else is a shell command.

mod editor;
mod window;

use crate::copies::key;
use crate::draft::{At, Draft, MAIN};
use crate::json::{any_text, list, text};
use crate::record::{Role, Session};
use crate::report::{FileId, Report};
use crate::shell::{self, Ran};
use crate::tokens::Counter;
use crate::touch::Touch;
use crate::{ImportError, Plan, lines};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) fn plan(files: &[FileId], report: &mut Report) -> Result<Vec<Plan>, ImportError> {
    let mut runs: BTreeMap<String, Vec<Run>> = BTreeMap::new();
    for &file in files {
        // One at a time: they are read again when it is their turn.
        let looked = lines::whole(file, report);
        match report.survive(file, looked)? {
            Some(Some(document)) if document.get("trajectory").is_some_and(Value::is_array) => {
                let path = report.path(file);
                let steps = list(&document, &["trajectory"]).iter().map(key).collect();
                let instance = path.file_stem().unwrap_or_default().to_string_lossy().to_string();
                runs.entry(instance).or_default().push(Run { file, id: name(path), steps });
            }
            Some(Some(_)) => report.skip(file, 1, "a file without a trajectory"),
            Some(None) | None => {}
        }
    }
    let mut plans = Vec::new();
    for run in runs.into_values().flat_map(|runs| without_copies(runs, report)) {
        let Run { file, id, .. } = run;
        let read = {
            let id = id.clone();
            move |counter: &mut Counter, report: &mut Report| read(&id, file, counter, report)
        };
        plans.push(Plan { id, began_ms: None, read: Box::new(read) });
    }
    Ok(plans)
}

/// A file with a run of an instance.
struct Run {
    file: FileId,
    id: String,
    steps: Vec<[u8; 16]>,
}

/// Without those that are, step by step, the beginning of another or all of it.
fn without_copies(mut runs: Vec<Run>, report: &mut Report) -> Vec<Run> {
    runs.sort_by_key(|run| (Reverse(run.steps.len()), run.file));
    let mut kept: Vec<Run> = Vec::new();
    for run in runs {
        let is_copy = |other: &Run| !run.steps.is_empty() && other.steps.starts_with(&run.steps);
        match kept.iter().any(is_copy) {
            true => report.skip(run.file, 1, "a copy of a run that is in another file"),
            false => kept.push(run),
        }
    }
    kept.sort_by_key(|run| run.file);
    kept
}

/// The instance, and the folder that tells runs of it apart.
fn name(path: &Path) -> String {
    let part = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().to_string());
    let stem = part(path.file_stem()).unwrap_or_default();
    let folder = part(path.parent().and_then(Path::file_name)).filter(|folder| *folder != stem);
    folder.map_or(stem.clone(), |folder| format!("{folder}/{stem}"))
}

fn read(
    id: &str,
    file: FileId,
    counter: &mut Counter,
    report: &mut Report,
) -> Result<Session, ImportError> {
    // It was JSON a moment ago; if it is no longer, there is nothing in it.
    let again = lines::whole(file, report);
    let document = report.survive(file, again)?.flatten().unwrap_or_default();
    let steps = list(&document, &["trajectory"]);
    let root = steps.iter().find_map(|step| state(step, "working_dir"));
    let mut draft = Draft::new(id, root.as_deref(), counter);
    let model = text(&document, &["replay_config", "agent", "model", "name"]);
    let model = model.filter(|name| !matches!(*name, "replay" | "human"));
    let who = At { agent: MAIN.into(), time_ms: None, model: model.map(Into::into), answer: None };
    prompts(&mut draft, &who, &document);
    let mut open = None;
    for (place, step) in steps.iter().enumerate() {
        let place = place as u64 + 1;
        let Some(action) = text(step, &["action"]) else {
            report.skip(file, place, "a step without an action");
            continue;
        };
        report.read(file);
        let observation = text(step, &["observation"]).unwrap_or_default();
        draft.message(
            &who,
            Role::Assistant,
            any_text(step, &["thought", "response"]).unwrap_or_default(),
        );
        let call = format!("step-{place}");
        let command = action.split_whitespace().next().unwrap_or_default();
        draft.call(&who, &call, command, json!({ "action": action }));
        let folder = state(step, "working_dir");
        if let Some(file) = state(step, "open_file").filter(|file| file != "n/a") {
            open = Some(file);
        }
        let touches = touches(action, observation, folder.as_deref(), &mut open);
        let failed = touches.iter().any(|touch| !touch.outcome.is_done());
        draft.result(&who, &call, observation, failed);
        for touch in touches {
            draft.touch(&who, touch);
        }
    }
    Ok(draft.finish())
}

/// What the agent was told before its first step.
fn prompts(draft: &mut Draft, who: &At, document: &Value) {
    for message in list(document, &["history"]) {
        let role = match text(message, &["role"]) {
            Some("system") => Role::System,
            Some("user") => Role::User,
            _ => break,
        };
        let content = message.get("content").unwrap_or(&Value::Null);
        draft.message(who, role, &crate::json::blocks_text(content));
    }
}

/// A value of the state before a step, which is JSON or JSON in a string.
fn state(step: &Value, name: &str) -> Option<String> {
    let state = step.get("state")?;
    let parsed = state.as_str().and_then(|state| serde_json::from_str::<Value>(state).ok());
    text(parsed.as_ref().unwrap_or(state), &[name]).map(str::to_string)
}

pub(crate) fn touches(
    action: &str,
    observation: &str,
    folder: Option<&str>,
    open: &mut Option<String>,
) -> Vec<Touch> {
    let command = action.split_whitespace().next().unwrap_or_default();
    let found = match command {
        "open" | "goto" | "scroll_down" | "scroll_up" | "create" | "edit" | "insert" | "append" => {
            window::touches(action, observation, open)
        }
        "str_replace_editor" | "edit_anthropic" => editor::touches(action, observation),
        "search_file" | "search_dir" | "find_file" | "submit" | "exit_cost" => Vec::new(),
        _ => {
            let failed = observation.contains("command not found")
                || observation.contains("No such file or directory");
            return shell::touches(&Ran { script: action, folder, output: observation, failed });
        }
    };
    found.into_iter().map(|touch| touch.within(folder)).collect()
}
