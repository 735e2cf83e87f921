//! Calls of tools that are known by their names and inputs alone.

use crate::draft::Call;
use crate::json::text;
use crate::touch::Touch;
use crate::{claude_code, codex, gemini, opencode, swe_agent};
use attune_trace::access::Op;
use serde_json::{Value, json};

/// A call: `{"name", "input"}` as JSON, as a rule in a string. The input may be JSON in a string,
/// too, or the command line of a tool like SWE-agent.
pub(super) fn call(row: &Value) -> Option<Call> {
    let content = row.get("content")?;
    let parsed = content.as_str().and_then(|content| {
        serde_json::from_str::<Value>(content).ok().or_else(|| completed(content))
    });
    let call = parsed.as_ref().unwrap_or(content);
    let name = text(call, &["name"])?.to_string();
    let input = match call.get("input").or(call.get("arguments")) {
        None => Value::Null,
        Some(Value::String(input)) => match serde_json::from_str::<Value>(input) {
            Ok(input @ Value::Object(_)) => input,
            _ => json!({ "action": input }),
        },
        Some(input) => input.clone(),
    };
    Some(Call { name, input })
}

/// A call whose JSON was cut off, with what ends it: some sets shorten long contents.
fn completed(cut: &str) -> Option<Value> {
    let cut = cut.trim_end_matches(['…', '.', '\\']);
    let mut whole = ["\"}}", "}}", "\"}]}}", "\"]}}"].into_iter().find_map(|end| {
        let value = serde_json::from_str::<Value>(&format!("{cut}{end}")).ok()?;
        value.get("input").is_some_and(Value::is_object).then_some(value)
    })?;
    whole["input"][CUT] = true.into();
    Some(whole)
}

/// Marks such a call: what it wrote is not known.
const CUT: &str = "cut off";

/// Whether the input was cut off.
pub(super) fn is_cut(input: &Value) -> bool {
    input.get(CUT).is_some()
}

pub(super) fn is_spawn(name: &str) -> bool {
    claude_code::tools::is_spawn(name) || name == "task"
}

/// Whether a result says that the call did not work: nothing else records it.
pub(super) fn failed(shown: &str) -> bool {
    let shown = shown.trim_start();
    ["<tool_use_error>", "Exit code ", "Error: ", "The user doesn't want to "]
        .iter()
        .any(|start| shown.starts_with(start))
        && !shown.starts_with("Exit code 0")
}

pub(super) fn touches(
    name: &str,
    input: &Value,
    shown: &str,
    failed: bool,
    open: &mut Option<String>,
) -> Vec<Touch> {
    let found = touches_of(name, input, shown, failed, open);
    if !is_cut(input) {
        return found;
    }
    let writes = |touch: &Touch| touch.op == Op::Write;
    let without_text = |touch: Touch| match writes(&touch) {
        true => Touch { text: None, whole: None, before: None, ..touch },
        false => touch,
    };
    found.into_iter().map(without_text).collect()
}

fn touches_of(
    name: &str,
    input: &Value,
    shown: &str,
    failed: bool,
    open: &mut Option<String>,
) -> Vec<Touch> {
    if let Some(action) = text(input, &["action"]) {
        return swe_agent::touches(action, shown, None, open);
    }
    match name {
        "Read" | "Edit" | "MultiEdit" | "Write" | "NotebookEdit" | "Grep" | "Bash" => {
            let given = claude_code::tools::Given { shown, failed, details: &Value::Null };
            claude_code::tools::touches(name, input, &given, None)
        }
        "read" | "write" | "edit" | "multiedit" | "patch" | "bash" => {
            let given = opencode::tools::Given { shown, failed, metadata: &Value::Null };
            opencode::tools::touches(name, input, &given)
        }
        "read_file" | "write_file" | "replace" | "read_many_files" | "run_shell_command" => {
            gemini::tools::touches(name, input, shown, &Value::Null, failed)
        }
        "apply_patch" | "exec_command" | "shell" | "shell_command" | "local_shell"
        | "container.exec" => {
            let printed = codex::tools::printed(&Value::String(shown.to_string()));
            codex::tools::touches(name, input, &printed)
        }
        _ => Vec::new(),
    }
}
