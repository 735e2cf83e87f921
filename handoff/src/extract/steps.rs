//! The task list, as the agent's tools kept it: the last state of each task.
//!
//! Lists that are written anew each time (`TodoWrite`, `update_plan`, `todowrite`) replace one
//! another; tasks that are made and updated one by one (`TaskCreate`, `TaskUpdate`) keep a number.
//! Without either, the open boxes of the last list of such (`- [ ]`) that the agent wrote, or what it
//! named last as left (`Next steps:`), unless the user asked for something else since.

use super::candidate::{Candidate, Item, Kind, aged};
use super::said::is_assent;
use super::view::{Call, View};
use super::words::{has_any, plain};
use crate::dna::{Said, Step};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
struct Task {
    text: String,
    status: Status,
    from: Vec<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Pending,
    Doing,
    Done,
    Dropped,
}

const LENGTHS: [usize; 3] = [70, 140, 300];

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let mut list: Vec<Task> = Vec::new();
    let mut finished: Vec<Task> = Vec::new();
    let mut numbered: BTreeMap<String, Task> = BTreeMap::new();
    for call in &view.calls {
        if call.result.is_some_and(|given| given.failed) {
            continue;
        }
        if let Some(written) = written(call) {
            // What was done and is no longer listed was done all the same.
            let gone = list.into_iter().filter(|task| task.status == Status::Done);
            finished.extend(gone.filter(|task| !written.iter().any(|new| new.text == task.text)));
            list = written;
        }
        created(call, &mut numbered);
        updated(call, &mut numbered);
    }
    if list.is_empty() && numbered.is_empty() {
        list = boxes(view);
        if list.is_empty() {
            list = named_as_left(view);
        }
    }
    let all = finished.into_iter().chain(list).chain(numbered.into_values());
    all.filter(|task| task.status != Status::Dropped).map(|task| candidate(view, task)).collect()
}

fn candidate(view: &View, task: Task) -> Candidate {
    let Task { text, status, from } = task;
    let recency = view.recency(from.last().copied().unwrap_or(0));
    let records = from.clone();
    if status == Status::Done {
        let item = move |text| Item::Done(Said { text, from: records.clone() });
        let why = "a task that is done";
        return Candidate::of_text(
            Kind::Done,
            &text,
            from,
            aged(13.0, recency),
            why,
            &LENGTHS,
            item,
        );
    }
    let doing = status == Status::Doing;
    let (value, why) = match doing {
        true => (85.0, "the task under way"),
        false => (65.0, "a task that is not done"),
    };
    let item = move |text| Item::Pending(Step { text, doing, from: records.clone() });
    Candidate::of_text(Kind::Pending, &text, from, value, why, &LENGTHS, item)
}

fn status(word: &str) -> Status {
    match word.to_lowercase().as_str() {
        "completed" | "done" | "complete" => Status::Done,
        "in_progress" | "in-progress" | "doing" | "active" => Status::Doing,
        "cancelled" | "canceled" | "deleted" => Status::Dropped,
        _ => Status::Pending,
    }
}

/// A list that is written whole.
fn written(call: &Call) -> Option<Vec<Task>> {
    let lists = match call.name.to_lowercase().as_str() {
        "todowrite" | "todo_write" | "write_todos" | "update_plan" | "updateplan" => {
            ["todos", "plan", "items"]
        }
        _ => return None,
    };
    let list = lists.iter().find_map(|name| call.input.get(name)?.as_array())?;
    let text = |value: &Value, names: &[&str]| {
        names.iter().find_map(|name| value.get(name)?.as_str().map(str::to_string))
    };
    let tasks = list.iter().filter_map(|task| {
        let text_of = text(task, &["content", "step", "description", "title", "text"])?;
        let status = status(&text(task, &["status", "state"]).unwrap_or_default());
        Some(Task { text: text_of, status, from: vec![call.sequence] })
    });
    Some(tasks.collect())
}

fn created(call: &Call, tasks: &mut BTreeMap<String, Task>) {
    if call.name != "TaskCreate" {
        return;
    }
    let Some(subject) = call.text("subject").or(call.text("title")) else { return };
    // `Task #3 created successfully: …`; else they are numbered as they come.
    let number = call.result.and_then(|given| {
        let (_, rest) = given.text.split_once('#')?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    });
    let number = number.unwrap_or_else(|| (tasks.len() + 1).to_string());
    let from = vec![call.sequence];
    tasks.insert(number, Task { text: subject.to_string(), status: Status::Pending, from });
}

fn updated(call: &Call, tasks: &mut BTreeMap<String, Task>) {
    if call.name != "TaskUpdate" {
        return;
    }
    let number = match call.input.get("taskId").or(call.input.get("id")) {
        Some(Value::String(number)) => number.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return,
    };
    let new = call.text("status").map(status);
    let subject = call.text("subject");
    let task = tasks.entry(number.clone()).or_insert_with(|| Task {
        text: format!("task {number}"),
        status: Status::Pending,
        from: Vec::new(),
    });
    task.status = new.unwrap_or(task.status);
    if let Some(subject) = subject {
        task.text = subject.to_string();
    }
    task.from.truncate(1);
    task.from.push(call.sequence);
}

/// The boxes in the last message of the agent that has some.
fn boxes(view: &View) -> Vec<Task> {
    let of = |text: &str, from: u64| -> Vec<Task> {
        let lines = text.lines().filter_map(|line| {
            let line = line.trim().trim_start_matches(['-', '*']).trim_start();
            let (status, rest) = match line.get(..3)? {
                "[ ]" => (Status::Pending, &line[3..]),
                "[x]" | "[X]" => (Status::Done, &line[3..]),
                _ => return None,
            };
            Some(Task { text: rest.trim().to_string(), status, from: vec![from] })
        });
        lines.collect()
    };
    let lists = view.agent.iter().rev().map(|said| of(&said.text, said.sequence));
    lists.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
}

/// The list below a title that says so, in the agent's last message that has one.
fn named_as_left(view: &View) -> Vec<Task> {
    const TITLES: [&str; 7] = [
        "next steps",
        "remaining",
        "still to do",
        "left to do",
        "to do next",
        "not done yet",
        "still needs",
    ];
    let is_title = |line: &str| {
        let line = plain(line.trim_start_matches('#'));
        let short = line.len() < 60 && (line.ends_with(':') || !line.ends_with('.'));
        short && has_any(&line, &TITLES)
    };
    let is_item = |line: &str| {
        let line = line.trim_start();
        line.starts_with(['-', '*', '•']) || line.starts_with(|c: char| c.is_ascii_digit())
    };
    let asked_since = |sequence: u64| {
        view.user.iter().any(|said| said.sequence > sequence && !is_assent(&said.text))
    };
    let lists = view.agent.iter().rev().take_while(|said| !asked_since(said.sequence));
    let mut lists = lists.map(|said| {
        let below = said.text.lines().skip_while(|line| !is_title(line)).skip(1);
        let items = below.filter(|line| !line.trim().is_empty()).take_while(|line| is_item(line));
        let from = vec![said.sequence];
        let task =
            |line: &str| Task { text: plain(line), status: Status::Pending, from: from.clone() };
        items.map(task).collect::<Vec<Task>>()
    });
    lists.find(|list| !list.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::view::View;
    use attune_import::{Content, Record, Role, Session};

    #[test]
    fn what_is_named_as_left_is_pending_until_the_user_wants_something_else() {
        let said = [
            (Role::User, "Plant the beds."),
            (
                Role::Assistant,
                "Two beds are planted.\n\n**Next steps:**\n1. Water them\n- Label them\n\nShall I?",
            ),
            (Role::User, "yes"),
            (Role::User, "Count the seeds instead of that."),
        ];
        let records = said.iter().zip(1..).map(|((role, text), sequence)| Record {
            sequence,
            time_ms: None,
            agent: "main".into(),
            turn: 0,
            model: None,
            content: Content::Message { role: *role, text: text.to_string() },
        });
        let session = Session { id: "s".to_string(), project: None, records: records.collect() };
        let pending = |at| {
            let tasks = candidates(&View::new(&session, Some(at)));
            tasks.into_iter().map(|task| task.text).collect::<Vec<String>>()
        };
        assert_eq!(pending(3), ["Water them", "Label them"]);
        assert!(pending(4).is_empty());
    }
}
