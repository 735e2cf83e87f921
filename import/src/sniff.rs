//! Which tool a file looks to be of, for whoever names the wrong one.

use crate::{Tool, files, lines, recorded};
use serde_json::Value;
use std::io::{BufRead, Read};
use std::path::Path;

/// As much of a file as is looked at.
const BYTES_MAX: u64 = 1 << 22;

pub(crate) fn tool(path: &Path) -> Option<Tool> {
    if files::has_extension(path, &["traj"]) {
        return Some(Tool::SweAgent);
    }
    // Whatever else it is, it was read already, and gives nothing any more.
    if !path.is_file() {
        return None;
    }
    let mut source = lines::open(path).ok()?.take(BYTES_MAX);
    if source.fill_buf().ok()?.starts_with(b"SQLite format 3\0") {
        return None;
    }
    let mut text = Vec::new();
    source.read_to_end(&mut text).ok()?;
    if let Ok(whole) = serde_json::from_slice::<Value>(&text) {
        return of(&whole);
    }
    let lines = text.split(|byte| *byte == b'\n').take(50);
    lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok()).find_map(|line| of(&line))
}

fn of(value: &Value) -> Option<Tool> {
    let has = |names: &[&str]| names.iter().all(|name| value.get(name).is_some());
    match () {
        () if has(&["info", "messages"]) => Some(Tool::OpenCode),
        () if has(&["trajectory"]) => Some(Tool::SweAgent),
        () if has(&["sessionId", "projectHash"]) => Some(Tool::Gemini),
        () if has(&["timestamp", "type", "payload"]) => Some(Tool::Codex),
        () if recorded::is_message(value) || recorded::is_pair(value) => Some(Tool::Messages),
        () if has(&["sessionId", "type"]) => Some(Tool::ClaudeCode),
        () if has(&["session", "agent", "artifact", "op"]) => Some(Tool::Jsonl),
        () => None,
    }
}
