//! What went wrong: failures that came back, the one that is open at the end, what the user refused.

use super::candidate::{Candidate, Item, Kind, aged};
use super::outcome::without_colours;
use super::view::{Call, View};
use super::words::{clipped, content_words, one_line, overlap};
use crate::dna::{About, State, Warning, Why};

/// How a tool tells the agent that the user did not let it.
const REFUSED: &str = "The user doesn't want to ";

struct Failure<'a> {
    call: &'a Call<'a>,
    message: String,
}

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut failures: Vec<Failure> = Vec::new();
    for call in &view.calls {
        let Some(given) = call.result.filter(|given| given.failed) else { continue };
        if given.text.contains(REFUSED) {
            found.push(refused(view, call, given.text));
            continue;
        }
        // A call beside one that failed was not run.
        if let Some(message) = message(given.text).filter(|text| !text.contains("Sibling tool")) {
            failures.push(Failure { call, message });
        }
    }
    found.extend(open_error(view, &failures));
    found.extend(recurring(view, failures));
    found
}

/// What was to be done: the tool and its first argument.
fn brief(call: &Call) -> String {
    let arguments = ["file_path", "filePath", "path", "pattern", "url", "subject", "description"];
    let argument = call.script().map(|script| one_line(&script));
    let argument =
        argument.or_else(|| arguments.iter().find_map(|name| call.text(name).map(str::to_string)));
    match argument {
        Some(argument) => format!("{} `{}`", call.name, clipped(&argument, 90)),
        None => call.name.to_string(),
    }
}

fn refused(view: &View, call: &Call, text: &str) -> Candidate {
    // Their words first: they outlast the call.
    let told = match text.split_once("the user said:") {
        Some((_, said)) => format!("{} (refused: {})", clipped(said, 300), brief(call)),
        None => format!("refused: {}", brief(call)),
    };
    let from = call.records();
    let item = |text| Item::Warning(Warning { why: Why::Rejected, text, from: from.clone() });
    let value = aged(50.0, view.recency(call.sequence));
    let why = "the user refused a call";
    Candidate::of_text(Kind::Warning, &told, from.clone(), value, why, &[110, 260], item)
}

/// The line of a failed call's result that says why.
fn message(text: &str) -> Option<String> {
    let text = text.replace("<tool_use_error>", "").replace("</tool_use_error>", "");
    let mut lines = text.lines().map(|line| one_line(&without_colours(line)));
    let telling = lines.find(|line| {
        let is_code =
            line.starts_with("Exit code") || line.starts_with("$ ") || line.starts_with('[');
        !line.is_empty() && !is_code
    });
    telling.map(|line| clipped(&line, 160))
}

/// The last failure, unless a call like it worked later.
fn open_error(view: &View, failures: &[Failure]) -> Option<Candidate> {
    let Failure { call, message } = failures.last()?;
    let sign = |call: &Call| content_words(&brief(call));
    let mended = view.calls.iter().any(|later| {
        later.sequence > call.sequence
            && later.name == call.name
            && later.result.is_some_and(|given| !given.failed)
            && (overlap(&sign(later), &sign(call)) >= 0.5)
    });
    if mended {
        return None;
    }
    let text = format!("{}: {message}", brief(call));
    let from = call.records();
    let item =
        |text| Item::State(State { about: About::Error, passed: None, text, from: from.clone() });
    let recency = view.recency(call.sequence);
    let value = aged(50.0, recency * recency);
    Some(Candidate::of_text(
        Kind::State,
        &text,
        from.clone(),
        value,
        "the last failure, not mended",
        &[110, 280],
        item,
    ))
}

/// The same message more than once: it will come again.
fn recurring(view: &View, failures: Vec<Failure>) -> Vec<Candidate> {
    let mut groups: Vec<Vec<Failure>> = Vec::new();
    for failure in failures {
        let words = content_words(&failure.message);
        let alike = groups.iter_mut().find(|group| {
            let other = &group[0];
            other.call.name == failure.call.name
                && overlap(&content_words(&other.message), &words) >= 0.75
        });
        match alike {
            Some(group) => group.push(failure),
            None => groups.push(vec![failure]),
        }
    }
    let groups = groups.into_iter().filter(|group| group.len() > 1);
    let told = groups.filter_map(|group| {
        let last = group.last()?;
        let text = format!("{} times: {}: {}", group.len(), brief(last.call), last.message);
        let from: Vec<u64> = group.iter().map(|failure| failure.call.sequence).collect();
        let item = |text| Item::Warning(Warning { why: Why::Failed, text, from: from.clone() });
        let value = aged(22.0 + 2.0 * group.len().min(5) as f64, view.recency(last.call.sequence));
        let why = "it failed more than once";
        Some(Candidate::of_text(Kind::Warning, &text, from.clone(), value, why, &[120, 280], item))
    });
    told.collect()
}
