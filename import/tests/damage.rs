//! Whatever is in a file, an importer ends, and the other files are read as ever.

mod common;

use attune_import::{Import, Options, Session, Tool};
use common::fixtures;
use proptest::prelude::*;
use proptest::sample::Index;
use std::fs;
use std::path::{Path, PathBuf};

/// Something that happens to a file.
#[derive(Clone, Debug)]
enum Damage {
    Cut(Index),
    Overwrite(Index, Vec<u8>),
    Insert(Index, Vec<u8>),
    /// A line is there again elsewhere.
    Repeat(Index, Index),
    /// A JSON value becomes another one: numbers, names and structures where texts were.
    Replace(Index, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..6);
    let values = prop::sample::select(vec![
        "null",
        "-1",
        "1e308",
        "18446744073709551615",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"\\u0000\"",
        "[[[[]]]]",
        "\"[File: ( lines total)]\"",
        "\"*** Update File: \\n+\"",
        "\"é→\\t1→\"",
        "\"cat 'a\\\" <<X | sed -n 9,1p > \"",
        "0",
        "\"2026-13-45T99:99:99Z\"",
    ]);
    prop_oneof![
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => (any::<Index>(), bytes()).prop_map(|(place, bytes)| Damage::Overwrite(place, bytes)),
        1 => (any::<Index>(), bytes()).prop_map(|(place, bytes)| Damage::Insert(place, bytes)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Damage::Repeat(from, to)),
        4 => (any::<Index>(), values).prop_map(|(place, value)| Damage::Replace(place, value)),
    ]
}

fn damaged(mut text: Vec<u8>, damage: &Damage) -> Vec<u8> {
    if text.is_empty() {
        return text;
    }
    match damage {
        Damage::Cut(place) => text.truncate(place.index(text.len())),
        Damage::Overwrite(place, bytes) => {
            let start = place.index(text.len());
            let end = (start + bytes.len()).min(text.len());
            text.splice(start..end, bytes.iter().copied());
        }
        Damage::Insert(place, bytes) => {
            let start = place.index(text.len());
            text.splice(start..start, bytes.iter().copied());
        }
        Damage::Repeat(from, to) => {
            let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
            let line = lines[from.index(lines.len())];
            lines.insert(to.index(lines.len()), line);
            text = lines.concat();
        }
        Damage::Replace(place, value) => {
            // What follows a colon, up to what ends a simple value.
            let colons: Vec<usize> = text
                .windows(2)
                .enumerate()
                .filter(|(_, two)| two == b": ")
                .map(|(at, _)| at + 2)
                .collect();
            if !colons.is_empty() {
                let start = colons[place.index(colons.len())];
                let rest = &text[start..];
                let is_text = rest.first() == Some(&b'"');
                let end = rest.iter().skip(1).position(|byte| match byte {
                    b'"' => is_text,
                    b',' | b'}' | b']' => !is_text,
                    _ => false,
                });
                let end = end.map_or(text.len(), |end| start + 1 + end + usize::from(is_text));
                text.splice(start..end, value.bytes());
            }
        }
    }
    text
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// A session that nothing happens to: the end of its file's name, and the file.
fn bystander(tool: Tool) -> (&'static str, &'static str) {
    match tool {
        Tool::ClaudeCode => (
            "jsonl",
            r#"{"type": "user", "sessionId": "by", "uuid": "by-1", "message": {"content": "Hello."}}"#,
        ),
        Tool::Codex => (
            "jsonl",
            r#"{"type": "session_meta", "timestamp": "2026-01-01T00:00:00Z", "payload": {"id": "by"}}"#,
        ),
        Tool::OpenCode => (
            "json",
            r#"{"info": {"id": "by"}, "messages": [{"info": {"id": "by-1"}, "parts": [{"type": "text", "text": "Hello."}]}]}"#,
        ),
        Tool::Gemini => (
            "json",
            r#"{"sessionId": "by", "projectHash": "by", "messages": [{"id": "by-1", "type": "user", "content": "Hello."}]}"#,
        ),
        Tool::SweAgent => ("traj", r#"{"trajectory": [{"action": "ls", "observation": "by"}]}"#),
        Tool::LangGraph => ("sqlite", ""),
        Tool::Jsonl => {
            ("jsonl", r#"{"session": "by", "agent": "a", "artifact": "x", "op": "read", "seq": 1}"#)
        }
        Tool::Messages => {
            ("jsonl", r#"{"source": "s", "session": "by", "role": "user", "content": "Hello."}"#)
        }
    }
}

proptest! {
    #[test]
    fn no_file_brings_an_importer_down(
        place in any::<Index>(),
        which in any::<Index>(),
        as_tool in any::<Index>(),
        damages in prop::collection::vec(damage(), 1..8),
    ) {
        let tools = Tool::ALL.into_iter().filter(|tool| *tool != Tool::LangGraph);
        let tools: Vec<Tool> = tools.collect();
        let source = *place.get(&tools);
        // Mostly the right tool.
        let tool = if as_tool.index(8) == 0 { *as_tool.get(&tools) } else { source };
        let all = files(&fixtures(source));
        let original = which.get(&all);
        let mut text = fs::read(original).unwrap();
        for damage in &damages {
            text = damaged(text, damage);
        }
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("damage-{}", source.name()));
        let _ = fs::remove_dir_all(&folder);
        for path in &all {
            let copy = folder.join(path.strip_prefix(fixtures(source)).unwrap());
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::write(&copy, if path == original { text.clone() } else { fs::read(path).unwrap() }).unwrap();
        }
        let (end, beside) = bystander(tool);
        let apart = folder.join("by");
        fs::create_dir_all(&apart).unwrap();
        fs::write(apart.join(format!("by.{end}")), beside).unwrap();
        let alone: Vec<Session> =
            Import::new(tool, &[apart], Options::default()).unwrap().map(Result::unwrap).collect();
        let mut met = false;
        for session in Import::new(tool, std::slice::from_ref(&folder), Options::default()).unwrap() {
            let session = session.unwrap();
            met |= session == alone[0];
            for access in session.accesses() {
                let line = serde_json::to_string(access).unwrap();
                let again = serde_json::from_str::<attune_trace::access::Access>(&line).unwrap();
                prop_assert_eq!(&again, access);
            }
        }
        prop_assert!(met, "another file's session is still there");
        let named = folder.join(original.strip_prefix(fixtures(source)).unwrap());
        match Import::new(tool, &[named], Options::default()) {
            Ok(import) => prop_assert!(import.map(Result::unwrap).count() > 0),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
