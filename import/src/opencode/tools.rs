//! What OpenCode's tools do to files.

use crate::json::{any_text, at, flag, list, text};
use crate::numbered;
use crate::shell::{self, Ran};
use crate::touch::{Edit, Touch, edited, failure};
use serde_json::Value;

/// What a tool gave back, and what OpenCode notes of it.
pub(crate) struct Given<'a> {
    pub(crate) shown: &'a str,
    pub(crate) failed: bool,
    pub(crate) metadata: &'a Value,
}

pub(crate) fn touches(name: &str, input: &Value, given: &Given) -> Vec<Touch> {
    let path = any_text(input, &["filePath", "path"]);
    let outcome = failure(given.failed, given.shown);
    let touch = match (name, path) {
        ("read", Some(path)) => match read(path, given) {
            Some(touch) => touch,
            None => return Vec::new(),
        },
        ("write", Some(path)) => {
            Touch::write(path).whole(text(input, &["content"]).unwrap_or_default())
        }
        ("edit", Some(path)) => edit(path, &[edit_of(input)], given),
        ("multiedit", Some(path)) => {
            let edits: Vec<Edit> = list(input, &["edits"]).iter().map(edit_of).collect();
            edit(path, &edits, given)
        }
        ("apply_patch" | "patch", _) => {
            let patch = any_text(input, &["patchText", "patch"]).unwrap_or_default();
            let patched = shell::patched(patch).into_iter();
            return patched.map(|touch| with_contents(touch, given).outcome(outcome)).collect();
        }
        ("bash", _) => {
            let Some(script) = text(input, &["command"]) else { return Vec::new() };
            let code = at(given.metadata, &["exit"]).and_then(Value::as_i64);
            let failed = given.failed || code.is_some_and(|code| code != 0);
            let folder = any_text(input, &["workdir", "cwd"]);
            return shell::touches(&Ran { script, folder, output: given.shown, failed });
        }
        _ => return Vec::new(),
    };
    vec![touch.outcome(outcome)]
}

/// A file, shown with line numbers between `<content>` and an end mark; `None` for a folder.
fn read(path: &str, given: &Given) -> Option<Touch> {
    let touch = Touch::read(path);
    if given.failed {
        return Some(touch);
    }
    if given.shown.contains("<type>directory</type>") {
        return None;
    }
    let start = ["<content>", "<file>"]
        .iter()
        .find_map(|mark| given.shown.find(mark).map(|place| place + mark.len()));
    let content = given.shown[start.unwrap_or(0)..].trim_start_matches('\n');
    let Some(shown) = numbered::strip(content) else { return Some(touch) };
    let first = shown.lines.first();
    Some(touch.lines(first, &shown.text, total_lines(given.shown, shown.lines.last())))
}

/// `(End of file - total 861 lines)`, `(Showing lines 200-329 of 883. …)`, or an end without a
/// number.
fn total_lines(shown: &str, last: u64) -> Option<u64> {
    let mark = shown.lines().rev().find(|line| line.starts_with('('))?;
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let after = |words: &str| mark.split_once(words).and_then(|(_, rest)| number(rest));
    if mark.starts_with("(End of file") {
        return after("total ").or(Some(last));
    }
    mark.starts_with("(Showing lines ").then(|| after(" of "))?
}

fn edit_of(input: &Value) -> Edit<'_> {
    Edit {
        old: text(input, &["oldString"]).unwrap_or_default(),
        new: text(input, &["newString"]).unwrap_or_default(),
        all: flag(input, &["replaceAll"]),
    }
}

fn edit(path: &str, edits: &[Edit], given: &Given) -> Touch {
    let new: Vec<&str> = edits.iter().map(|edit| edit.new).collect();
    let mut touch = Touch::write(path).text(new.join("\n"));
    if let Some(difference) = at(given.metadata, &["filediff"]) {
        touch.before = text(difference, &["before"]).map(str::to_string);
        let after = text(difference, &["after"]).map(str::to_string);
        touch.whole = after.or_else(|| edited(touch.before.as_deref()?, edits));
    }
    touch
}

/// The whole file before and after a patch, where it is noted.
fn with_contents(mut touch: Touch, given: &Given) -> Touch {
    let files = list(given.metadata, &["files"]);
    let is_it = |file: &&Value| {
        let path = any_text(file, &["movePath"]).or(any_text(file, &["filePath"]));
        path == Some(&touch.path) || text(file, &["relativePath"]) == Some(&touch.path)
    };
    if let Some(file) = files.iter().find(is_it) {
        touch.before =
            text(file, &["before"]).filter(|before| !before.is_empty()).map(str::to_string);
        touch.whole = text(file, &["after"]).map(str::to_string).or(touch.whole);
    }
    touch
}

#[cfg(test)]
mod tests {
    use super::*;
    use attune_trace::access::LineRange;
    use serde_json::json;

    #[test]
    fn reads_are_told_apart_by_their_end() {
        let lines = |shown| {
            let given = Given { shown, failed: false, metadata: &Value::Null };
            let touch = touches("read", &json!({"filePath": "a"}), &given).remove(0);
            (touch.lines, touch.total_lines, touch.whole.is_some())
        };
        let range = |first, last| LineRange::new(first, last).ok();
        let all =
            "<path>a</path>\n<content>1: x\n2: y\n\n(End of file - total 2 lines)\n</content>";
        assert_eq!(lines(all), (range(1, 2), Some(2), true));
        let part =
            "<content>3: x\n\n(Showing lines 3-3 of 9. Use offset=4 to continue.)\n</content>";
        assert_eq!(lines(part), (range(3, 3), Some(9), false));
        let old = "<file>\n00001| x\n00002| y\n\n(End of file)\n</file>";
        assert_eq!(lines(old), (range(1, 2), Some(2), true));
        let cut = "<file>\n00001| x\n\n(File has more lines. Use 'offset' to read beyond line 1)\n</file>";
        assert_eq!(lines(cut), (range(1, 1), None, false));
        let folder = "<path>a</path>\n<type>directory</type>\n<entries>\na/\n</entries>";
        let given = Given { shown: folder, failed: false, metadata: &Value::Null };
        assert_eq!(touches("read", &json!({"filePath": "a"}), &given), []);
    }
}
