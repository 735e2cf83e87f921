//! What tests of importers share.
#![allow(dead_code, reason = "each test uses a part")]

use attune_import::{Import, Options, Tool};
use attune_trace::access::{Access, Op};
use std::path::{Path, PathBuf};

/// The folder with this tool's sessions.
pub fn fixtures(tool: Tool) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(tool.name())
}

pub fn import(tool: Tool, paths: &[PathBuf]) -> Import {
    Import::new(tool, paths, Options::default()).unwrap()
}

/// An access, without who and when.
pub fn shown(access: &Access) -> String {
    let op = if access.op == Op::Read { "READS" } else { "WRITES" };
    let mut text = format!("{op} {}", access.artifact);
    text += &access.tokens.map_or(" ? tokens".to_string(), |tokens| format!(" {tokens} tokens"));
    text += &access.artifact_tokens.map_or(String::new(), |all| format!(" of {all}"));
    let lines = access.lines.map(|lines| format!(", lines {}-{}", lines.first(), lines.last()));
    text += &lines.unwrap_or_default();
    text += &access.total_lines.map_or(String::new(), |total| format!(" of {total}"));
    text += &access.version.as_ref().map_or(String::new(), |version| format!(", v {version}"));
    text += &access.base.as_ref().map_or(String::new(), |base| format!(" from {base}"));
    if access.outcome.is_done() { text } else { format!("{text}, {:?}", access.outcome) }
}
