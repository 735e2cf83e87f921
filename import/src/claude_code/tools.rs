//! What Claude Code's tools do to files.

use crate::json::{any_text, at, flag, list, number, text};
use crate::numbered;
use crate::shell::{self, Ran};
use crate::touch::{Edit, Touch, edited, failure, line_count};
use attune_trace::access::LineRange;
use serde_json::Value;

/// What a tool gave back: the text that the agent sees, and what else is recorded of it
/// (`toolUseResult`; not for all sub-agents).
pub(crate) struct Given<'a> {
    pub(crate) shown: &'a str,
    pub(crate) failed: bool,
    pub(crate) details: &'a Value,
}

/// As many lines as `Read` gives of a file without being asked for a number.
const LINES_MAX: u64 = 2000;

/// Whether a tool starts an agent.
pub(crate) fn is_spawn(name: &str) -> bool {
    matches!(name, "Task" | "Agent")
}

/// What a call did; `folder` is where the session was at that time.
pub(crate) fn touches(
    name: &str,
    input: &Value,
    given: &Given,
    folder: Option<&str>,
) -> Vec<Touch> {
    let path = any_text(input, &["file_path", "notebook_path"]);
    let outcome = failure(given.failed, given.shown);
    let touch = match (name, path) {
        ("Read", Some(path)) => read(path, input, given),
        ("Edit", Some(path)) => {
            let (old, new) = (text(input, &["old_string"]), text(input, &["new_string"]));
            let edit = Edit {
                old: old.unwrap_or_default(),
                new: new.unwrap_or_default(),
                all: flag(input, &["replace_all"]),
            };
            edit_of(path, &[edit], given)
        }
        ("MultiEdit", Some(path)) => {
            let edits: Vec<Edit> = list(input, &["edits"])
                .iter()
                .map(|edit| Edit {
                    old: text(edit, &["old_string"]).unwrap_or_default(),
                    new: text(edit, &["new_string"]).unwrap_or_default(),
                    all: flag(edit, &["replace_all"]),
                })
                .collect();
            edit_of(path, &edits, given)
        }
        ("Write", Some(path)) => {
            let mut touch = Touch::write(path).whole(text(input, &["content"]).unwrap_or_default());
            touch.before = text(given.details, &["originalFile"]).map(str::to_string);
            touch
        }
        ("NotebookEdit", Some(path)) => {
            Touch::write(path).text(text(input, &["new_source"]).unwrap_or_default())
        }
        ("Grep", _) => return searched(input, given, folder),
        ("Bash", _) => {
            let Some(script) = text(input, &["command"]) else { return Vec::new() };
            // What is shown is standard output and errors; here they are apart.
            let output = text(given.details, &["stdout"]).unwrap_or(given.shown);
            return shell::touches(&Ran { script, folder, output, failed: given.failed });
        }
        _ => return Vec::new(),
    };
    vec![touch.within(folder).outcome(outcome)]
}

fn read(path: &str, input: &Value, given: &Given) -> Touch {
    let touch = Touch::read(path);
    if given.failed {
        return touch;
    }
    if text(given.details, &["type"]) == Some("file_unchanged") {
        // The tool knows that the agent has it, and says only that.
        return touch.text("");
    }
    if let Some(file) = at(given.details, &["file"])
        && let Some(content) = text(file, &["content"])
    {
        return counted(touch, file, content);
    }
    if !given.details.is_null() {
        // A picture or a document.
        return touch;
    }
    let Some(shown) = numbered::strip(given.shown) else { return touch };
    let asked_for_all = input.get("offset").is_none() && input.get("limit").is_none();
    let count = line_count(&shown.text);
    let total = (asked_for_all && count < LINES_MAX).then_some(count);
    touch.lines(shown.lines.first(), &shown.text, total)
}

/// Lines as the tool counts them: for it, a line end at the end begins one more line.
fn counted(mut touch: Touch, file: &Value, content: &str) -> Touch {
    let first = number(file, &["startLine"]).unwrap_or(1).max(1);
    let total = number(file, &["totalLines"]);
    let count = number(file, &["numLines"]).unwrap_or_else(|| line_count(content));
    touch.lines = LineRange::new(first, first.saturating_add(count).saturating_sub(1)).ok();
    touch.total_lines = total;
    touch.whole = (first == 1 && total == Some(count)).then(|| content.to_string());
    touch.text(content)
}

fn edit_of(path: &str, edits: &[Edit], given: &Given) -> Touch {
    let new: Vec<&str> = edits.iter().map(|edit| edit.new).collect();
    let mut touch = Touch::write(path).text(new.join("\n"));
    if !given.failed {
        let before = text(given.details, &["originalFile"]);
        touch.whole = before.and_then(|before| edited(before, edits));
        touch.before = before.map(str::to_string);
    }
    touch
}

/// A search that shows lines of one file is a read of some of its lines; one through a folder is
/// not seen.
fn searched(input: &Value, given: &Given, folder: Option<&str>) -> Vec<Touch> {
    let shows_lines = text(input, &["output_mode"]) == Some("content");
    let path = text(input, &["path"]).filter(|path| shell::is_a_file(path));
    let found = !given.shown.is_empty() && !given.shown.starts_with("No matches found");
    match path {
        Some(path) if shows_lines && found && !given.failed => {
            vec![Touch::read(path).within(folder).text(given.shown)]
        }
        _ => Vec::new(),
    }
}

/// A file that the user put into a message.
pub(super) fn attached(record: &Value) -> Option<Touch> {
    let attachment = at(record, &["attachment"])?;
    let file = at(attachment, &["content", "file"])?;
    let path = any_text(file, &["filePath"]).or(text(attachment, &["filename"]))?;
    let content = text(file, &["content"])?;
    Some(counted(Touch::read(path), file, content))
}
