//! What is left of the list of tasks, and what is done: the agent's own list, in its last state.

use super::{DISTRACTORS, says_something};
use crate::question::{Candidate, Form, Kind, Question};
use crate::record::{Call, Seen};
use serde_json::Value;

/// Tasks of each sort that are asked for.
const LEFT: usize = 4;
const DONE: usize = 3;

#[derive(Clone, Debug)]
struct Task {
    text: String,
    number: Option<String>,
    done: bool,
    sequence: u64,
}

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    let tasks = tasks(seen);
    let (done, left): (Vec<&Task>, Vec<&Task>) = tasks.iter().partition(|task| task.done);
    let candidate = |task: &Task| {
        let aliases = task.number.iter();
        let aliases =
            aliases.flat_map(|number| [format!("task {number}"), format!("taskId {number}")]);
        Candidate { text: task.text.clone(), aliases: aliases.collect() }
    };
    let newest = |tasks: &[&Task]| -> Vec<Candidate> {
        tasks.iter().rev().take(DISTRACTORS).map(|task| candidate(task)).collect()
    };
    let question = |kind, asked: &str, task: &Task, others: Vec<Candidate>| {
        Question::new(kind, Form::Prose, asked, candidate(task), others, vec![task.sequence])
    };
    let mut asked = Vec::new();
    for task in left.iter().take(LEFT) {
        asked.push(question(Kind::TaskLeft, "Which of these tasks is left?", task, newest(&done)));
    }
    for task in done.iter().rev().take(DONE).filter(|_| !left.is_empty()) {
        asked.push(question(Kind::TaskDone, "Which of these tasks is done?", task, newest(&left)));
    }
    asked
}

/// The list after the last record. A tool that gives the whole list replaces it.
fn tasks(seen: &Seen) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    for call in &seen.calls {
        match call.name {
            "TodoWrite" | "todowrite" | "update_plan" | "write_todos" => {
                let list =
                    ["todos", "plan"].iter().find_map(|name| call.input.get(name)?.as_array());
                if let Some(list) = list {
                    tasks = list.iter().filter_map(|item| item_of(item, call)).collect();
                }
            }
            "TaskCreate" => tasks.extend(created(call)),
            "TaskUpdate" => {
                let number = call.text(&["taskId", "task_id"]);
                let task = tasks.iter_mut().find(|task| task.number.as_deref() == number);
                match (task, call.text(&["status"])) {
                    (Some(task), Some(status)) if status != "deleted" => {
                        task.done = is_done(status);
                        task.sequence = call.sequence;
                    }
                    (_, Some("deleted")) => tasks.retain(|task| task.number.as_deref() != number),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    if tasks.is_empty() {
        tasks = checklist(seen);
    }
    tasks.retain(|task| says_something(&task.text) || task.number.is_some());
    tasks
}

fn is_done(status: &str) -> bool {
    matches!(status, "completed" | "complete" | "done")
}

fn item_of(item: &Value, call: &Call) -> Option<Task> {
    let text = |names: &[&str]| names.iter().find_map(|name| item.get(name)?.as_str());
    Some(Task {
        text: text(&["content", "step", "description", "title"])?.to_string(),
        number: None,
        done: is_done(text(&["status"])?),
        sequence: call.sequence,
    })
}

fn created(call: &Call) -> Option<Task> {
    let digits = call.result.and_then(|result| {
        let (_, rest) = result.split_once('#')?;
        let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        Some(rest[..end].to_string()).filter(|digits| !digits.is_empty())
    });
    let text = call.text(&["subject", "title"])?.to_string();
    Some(Task { text, number: digits, done: false, sequence: call.sequence })
}

/// The last message with boxes to tick.
fn checklist(seen: &Seen) -> Vec<Task> {
    let said = seen.answered.iter().rev().map(|said| (said.sequence, items(said.text)));
    let last = said.into_iter().find(|(_, items)| !items.is_empty());
    let Some((sequence, items)) = last else { return Vec::new() };
    let task =
        |(text, done): (&str, bool)| Task { text: text.to_string(), number: None, done, sequence };
    items.into_iter().map(task).collect()
}

fn items(text: &str) -> Vec<(&str, bool)> {
    let item = |line: &'_ str| -> Option<(usize, bool)> {
        let bare = line.trim_start().trim_start_matches(['-', '*', ' ']);
        let done = match bare.get(..3)? {
            "[ ]" => false,
            "[x]" | "[X]" => true,
            _ => return None,
        };
        Some((line.len() - bare.len() + 3, done))
    };
    let lines = text.lines();
    lines.filter_map(|line| item(line).map(|(start, done)| (line[start..].trim(), done))).collect()
}
