//! What Gemini CLI's tools do to files.

use crate::json::{any_text, at, list, number, text};
use crate::shell::{self, Ran};
use crate::touch::{Edit, Touch, edited, failure, line_count};
use serde_json::Value;

/// What the model was given back.
pub(super) fn shown(call: &Value) -> String {
    let parts = list(call, &["result"]).iter().map(|part| {
        let response = at(part, &["functionResponse", "response"]).unwrap_or(part);
        any_text(response, &["output", "error", "text"]).unwrap_or_default()
    });
    parts.collect::<Vec<_>>().join("\n")
}

/// The paths in a call, and the last word of its result, which is often one.
pub(super) fn named_paths(call: &Value) -> Vec<String> {
    let args = call.get("args").unwrap_or(&Value::Null);
    let mut found: Vec<String> = ["file_path", "absolute_path", "path", "dir_path", "directory"]
        .iter()
        .filter_map(|name| text(args, &[name]).map(str::to_string))
        .collect();
    let said = shown(call);
    let last = said.lines().next().and_then(|line| line.split(' ').next_back());
    found.extend(last.map(|path| path.trim_end_matches('.').to_string()));
    found
}

pub(crate) fn touches(
    name: &str,
    input: &Value,
    shown: &str,
    call: &Value,
    failed: bool,
) -> Vec<Touch> {
    let path = any_text(input, &["file_path", "absolute_path", "path"]);
    let outcome = failure(failed, shown);
    let display = call.get("resultDisplay").unwrap_or(&Value::Null);
    let original = || text(display, &["originalContent"]).filter(|_| !failed).map(str::to_string);
    let touch = match (name, path) {
        ("read_file", Some(path)) => read(path, input, shown),
        ("write_file", Some(path)) => {
            // The user may have changed it before it was written.
            let given = text(input, &["content"]).unwrap_or_default();
            let written = text(display, &["newContent"]).unwrap_or(given);
            let mut touch = Touch::write(path).whole(written);
            touch.before = original();
            touch
        }
        ("replace" | "edit", Some(path)) => {
            let new = text(input, &["new_string"]).unwrap_or_default();
            let old = text(input, &["old_string"]).unwrap_or_default();
            let all = number(input, &["expected_replacements"]).is_some_and(|count| count > 1)
                || crate::json::flag(input, &["allow_multiple"]);
            let mut touch = Touch::write(path).text(new);
            touch.before = original();
            let after = text(display, &["newContent"]).filter(|_| !failed).map(str::to_string);
            let edits = [Edit { old, new, all }];
            touch.whole = after.or_else(|| edited(touch.before.as_deref()?, &edits));
            touch
        }
        ("read_many_files", _) => return read_many(shown, failed),
        ("run_shell_command", _) => {
            let Some(script) = text(input, &["command"]) else { return Vec::new() };
            let (output, exit_failed) = printed(shown);
            let folder = any_text(input, &["dir_path", "directory"]);
            let failed = failed || exit_failed;
            return shell::touches(&Ran { script, folder, output: &output, failed });
        }
        _ => return Vec::new(),
    };
    vec![touch.outcome(outcome)]
}

fn read(path: &str, input: &Value, shown: &str) -> Touch {
    let touch = Touch::read(path);
    if shown.starts_with("IMPORTANT: The file content has been truncated") {
        // `Status: Showing lines 1-2000 of 3000 total lines.`
        let status = shown.lines().find_map(|line| line.strip_prefix("Status: Showing lines "));
        let content = shown.split_once("---\n").map_or("", |(_, content)| content);
        let numbers: Vec<u64> = status
            .unwrap_or_default()
            .split(|character: char| !character.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        return match numbers[..] {
            [first, _, total, ..] => touch.lines(first.max(1), content, Some(total)),
            _ => touch.text(content),
        };
    }
    let first = number(input, &["start_line"])
        .or_else(|| number(input, &["offset"]).map(|offset| offset.saturating_add(1)))
        .unwrap_or(1);
    let asked =
        ["offset", "limit", "start_line", "end_line"].iter().any(|name| input.get(name).is_some());
    let total = (!asked).then(|| line_count(shown));
    touch.lines(first.max(1), shown, total)
}

/// Each file after a line with its path: `--- src/a.rs ---`.
fn read_many(shown: &str, failed: bool) -> Vec<Touch> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in shown.split_inclusive('\n') {
        let path = line.trim_end().strip_prefix("--- ").and_then(|line| line.strip_suffix(" ---"));
        match (path, found.last_mut()) {
            (Some(path), _) => found.push((path.to_string(), String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => {}
        }
    }
    // The last one is the end mark.
    found.retain(|(path, _)| path != "End of content");
    let read = |(path, content): (String, String)| {
        let content = content.trim_matches('\n');
        Touch::read(&path).lines(1, content, Some(line_count(content)))
    };
    if failed { Vec::new() } else { found.into_iter().map(read).collect() }
}

/// The output of a command, among what is said of it, and whether its exit code was not 0.
fn printed(shown: &str) -> (String, bool) {
    let code = shown.lines().rev().find_map(|line| line.strip_prefix("Exit Code: "));
    let failed = code.is_some_and(|code| code.trim().parse::<i64>().is_ok_and(|code| code != 0));
    let start = ["Stdout: ", "Output: "].iter().find_map(|mark| {
        if shown.starts_with(mark) {
            return Some(mark.len());
        }
        shown.find(&format!("\n{mark}")).map(|place| place + 1 + mark.len())
    });
    let Some(start) = start else { return (shown.to_string(), failed) };
    let ends = [
        "\nStderr: ",
        "\nError: ",
        "\nExit Code: ",
        "\nBackground PIDs: ",
        "\nProcess Group PGID: ",
    ];
    let rest = &shown[start..];
    let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    let output = &rest[..end];
    (if output == "(empty)" { String::new() } else { output.to_string() }, failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use attune_trace::access::{LineRange, Op};
    use serde_json::json;

    #[test]
    fn output_is_found_among_what_is_said_of_it() {
        let old = "Command: cat a\nDirectory: (root)\nStdout: x\ny\nStderr: (empty)\nError: (none)\nExit Code: 1";
        assert_eq!(printed(old), ("x\ny".to_string(), true));
        assert_eq!(printed("Output: x\nProcess Group PGID: 7"), ("x".to_string(), false));
        assert_eq!(printed("x"), ("x".to_string(), false));
    }

    #[test]
    fn a_part_of_a_file_is_told_from_all_of_it() {
        let cut = "IMPORTANT: The file content has been truncated.\nStatus: Showing lines 3-4 of 9 \
                   total lines.\nAction: …\n\n--- FILE CONTENT (truncated) ---\nx\ny\n";
        let touch = read("a", &json!({}), cut);
        assert_eq!((touch.lines, touch.total_lines), (LineRange::new(3, 4).ok(), Some(9)));
        let part = read("a", &json!({"offset": 4, "limit": 1}), "x\n");
        assert_eq!((part.lines, part.total_lines), (LineRange::new(5, 5).ok(), None));
        assert!(read("a", &json!({}), "x\n").whole.is_some());
    }

    #[test]
    fn many_files_are_read_at_once() {
        let shown = "--- /w/a.rs ---\n\nx\n\n--- /w/b.rs ---\n\ny\n\n--- End of content ---";
        let touches = touches("read_many_files", &json!({}), shown, &json!({}), false);
        let told: Vec<_> =
            touches.iter().map(|touch| (&*touch.path, touch.text.as_deref())).collect();
        assert_eq!(told, [("/w/a.rs", Some("x")), ("/w/b.rs", Some("y"))]);
        assert!(touches.iter().all(|touch| touch.op == Op::Read));
    }
}
