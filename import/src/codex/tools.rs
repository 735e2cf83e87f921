//! What Codex' tools do to files: it reads and writes by shell commands and patches.

use crate::json::{any_text, at, list, number, text};
use crate::numbered;
use crate::shell::{self, Ran};
use crate::touch::{Touch, failure};
use serde_json::Value;

/// What a call gave back.
pub(crate) struct Printed {
    pub(crate) text: String,
    pub(crate) failed: bool,
}

/// The output without what Codex writes before it: exit code, time, size.
pub(crate) fn printed(output: &Value) -> Printed {
    let given = match output {
        Value::String(text) => text.clone(),
        // Newer versions: content and whether it worked.
        Value::Object(_) => text(output, &["content"]).unwrap_or_default().to_string(),
        blocks => crate::json::blocks_text(blocks),
    };
    let unsuccessful = at(output, &["success"]).and_then(Value::as_bool) == Some(false);
    if let Ok(json @ Value::Object(_)) = serde_json::from_str::<Value>(&given)
        && let Some(inner) = text(&json, &["output"])
    {
        let code = at(&json, &["metadata", "exit_code"]).and_then(Value::as_i64);
        return Printed { text: inner.to_string(), failed: code.is_some_and(|code| code != 0) };
    }
    // The lines before `Output:`, of which one has the exit code.
    let (before, text) = match given.split_once("Output:\n") {
        Some((before, text)) if before.lines().count() <= 8 => (before, text),
        _ => ("", &*given),
    };
    let code = before.lines().find_map(|line| {
        let code = line
            .strip_prefix("Process exited with code ")
            .or_else(|| line.strip_prefix("Exit code: "))?;
        code.trim().parse::<i64>().ok()
    });
    let refused = before.is_empty()
        && [
            "apply_patch verification failed",
            "execution error",
            "exec_command failed",
            "failed to ",
        ]
        .iter()
        .any(|start| given.starts_with(start));
    let failed = unsuccessful || refused || code.is_some_and(|code| code != 0);
    Printed { text: text.to_string(), failed }
}

pub(crate) fn touches(name: &str, input: &Value, printed: &Printed) -> Vec<Touch> {
    let folder = any_text(input, &["workdir", "working_directory", "cwd"]);
    let outcome = failure(printed.failed, &printed.text);
    match name {
        "apply_patch" => {
            let patch = input.as_str().or(any_text(input, &["input", "patch"])).unwrap_or_default();
            let patched = shell::patched(patch).into_iter();
            patched.map(|touch| touch.within(folder).outcome(outcome)).collect()
        }
        "read_file" => {
            let Some(path) = text(input, &["file_path"]) else { return Vec::new() };
            vec![read(path, input, printed).within(folder).outcome(outcome)]
        }
        _ => {
            let Some(command) = command(input) else { return Vec::new() };
            let (output, failed) = (&*printed.text, printed.failed);
            let ran = |script: &str| shell::touches(&Ran { script, folder, output, failed });
            match command {
                Command::Script(script) => ran(script),
                Command::Patch(patch) => {
                    let patched = shell::patched(patch).into_iter();
                    patched.map(|touch| touch.within(folder).outcome(outcome)).collect()
                }
                Command::Words(words) => ran(&words),
            }
        }
    }
}

enum Command<'a> {
    Script(&'a str),
    Patch(&'a str),
    Words(String),
}

/// The command of a shell tool: a script, or words of which the first may be a shell.
fn command(input: &Value) -> Option<Command<'_>> {
    if let Some(script) = any_text(input, &["cmd", "command"]) {
        return Some(Command::Script(script));
    }
    let words: Vec<&str> = list(input, &["command"]).iter().filter_map(Value::as_str).collect();
    match words[..] {
        [] => None,
        [shell, option, script, ..]
            if shell.ends_with("sh") && option.starts_with('-') && option.ends_with('c') =>
        {
            Some(Command::Script(script))
        }
        ["apply_patch", patch, ..] => Some(Command::Patch(patch)),
        _ => {
            let quoted = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''")));
            Some(Command::Words(quoted.collect::<Vec<_>>().join(" ")))
        }
    }
}

/// `L12: text`, for each line.
fn read(path: &str, input: &Value, printed: &Printed) -> Touch {
    let touch = Touch::read(path);
    if printed.failed {
        return touch;
    }
    let lines = printed.text.lines().map(|line| line.strip_prefix('L').unwrap_or(line));
    let shown = lines.collect::<Vec<_>>().join("\n");
    match numbered::strip(&shown) {
        Some(shown) => {
            let asked = number(input, &["limit"]).unwrap_or(2000);
            let count = shown.lines.count();
            let total = (count < asked).then_some(shown.lines.last());
            touch.lines(shown.lines.first(), &shown.text, total)
        }
        None => touch.text(&*printed.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attune_trace::access::{Op, Outcome};
    use serde_json::json;

    #[test]
    fn what_is_written_before_an_output_is_taken_away() {
        let cases = [
            (json!("Chunk ID: 1\nProcess exited with code 0\nOutput:\nx\n"), "x\n", false),
            (json!("Exit code: 1\nWall time: 0.1 seconds\nOutput:\nx\n"), "x\n", true),
            (json!("{\"output\":\"x\",\"metadata\":{\"exit_code\":2}}"), "x", true),
            (json!({"content": "x", "success": false}), "x", true),
            (
                json!("apply_patch verification failed: no"),
                "apply_patch verification failed: no",
                true,
            ),
            (json!("plain"), "plain", false),
        ];
        for (output, text, failed) in cases {
            let printed = printed(&output);
            assert_eq!((&*printed.text, printed.failed), (text, failed), "{output}");
        }
    }

    #[test]
    fn commands_come_in_many_forms() {
        let done = Printed { text: "x\n".to_string(), failed: false };
        let patch = "*** Begin Patch\n*** Delete File: a.rs\n*** End Patch";
        let cases = [
            ("exec_command", json!({"cmd": "cat a.rs"}), Op::Read),
            ("shell", json!({"command": ["bash", "-lc", "cat a.rs"]}), Op::Read),
            ("shell", json!({"command": ["cat", "a.rs"]}), Op::Read),
            ("shell_command", json!({"command": "cat a.rs"}), Op::Read),
            ("shell", json!({"command": ["apply_patch", patch]}), Op::Write),
            ("apply_patch", json!(patch), Op::Write),
            ("apply_patch", json!({"input": patch}), Op::Write),
            ("read_file", json!({"file_path": "a.rs"}), Op::Read),
        ];
        for (name, input, op) in cases {
            let touches = touches(name, &input, &done);
            let told: Vec<_> = touches.iter().map(|touch| (touch.op, &*touch.path)).collect();
            assert_eq!(told, [(op, "a.rs")], "{name} {input}");
        }
        let failed = Printed { text: String::new(), failed: true };
        assert_eq!(touches("apply_patch", &json!(patch), &failed)[0].outcome, Outcome::Failed);
    }
}
