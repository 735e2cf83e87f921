//! Sessions of every tool, told as a story: what their records are, which accesses follow, and
//! what was skipped. `UPDATE_GOLDEN=1 cargo test -p attune-import` writes them anew.

mod common;

use attune_import::{Content, Import, Options, Record, Tool};
use common::{fixtures, import, shown};
use std::fs;
use std::path::Path;

#[test]
fn sessions_are_told_as_they_were() {
    let mut differing = Vec::new();
    for tool in Tool::ALL.into_iter().filter(|tool| *tool != Tool::LangGraph) {
        let told = story(tool);
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{}.txt", tool.name()));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &told).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        if told != golden {
            let line = told.lines().zip(golden.lines()).position(|(told, golden)| told != golden);
            let line = line.unwrap_or(golden.lines().count().min(told.lines().count()));
            differing.push(format!(
                "{}:{}: is now\n  {}",
                path.display(),
                line + 1,
                told.lines().nth(line).unwrap_or("(the end)")
            ));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

fn story(tool: Tool) -> String {
    let mut told = String::new();
    let mut sessions = import(tool, &[fixtures(tool)]);
    for session in sessions.by_ref() {
        let session = session.unwrap();
        let project = session.project.as_deref().unwrap_or("-");
        told += &format!("session {} of {project}\n", session.id);
        for record in &session.records {
            told += &format!("{}\n", tell(record));
        }
    }
    for file in &sessions.report().files {
        let path = file.path.strip_prefix(fixtures(tool)).unwrap();
        told += &format!("file {}: {} read\n", path.display(), file.read);
        let cut = file.truncated_line.map(|line| format!("  ends within line {line}\n"));
        told += &cut.unwrap_or_default();
        for (why, skipped) in &file.skipped {
            told += &format!("  {} {why}, first at {}\n", skipped.count, skipped.first);
        }
    }
    told
}

fn tell(record: &Record) -> String {
    let one_line = |text: &str| text.replace('\n', "\\n");
    let what = match &record.content {
        Content::Message { role, text } => format!("{role:?}: {}", one_line(text)),
        Content::ToolCall { call, name, input } => format!("calls {name} ({call}) {input}"),
        Content::ToolResult { call, text, failed } => {
            let failed = if *failed { " failed" } else { "" };
            format!("result ({call}){failed}: {}", one_line(text))
        }
        Content::Compaction { summary, tokens_before, trigger } => {
            format!("compaction {tokens_before:?} {trigger:?} {summary:?}")
        }
        Content::Spawn { call, agent, prompt } => format!("spawns ({call}) {agent:?}: {prompt}"),
        Content::Return { call, agent, text, tokens } => {
            format!("returns ({call}) {agent:?} {tokens:?}: {}", one_line(text))
        }
        Content::Access(access) => shown(access),
    };
    let time = record.time_ms.map_or("-".to_string(), |time| time.to_string());
    let model = record.model.as_deref().unwrap_or("-");
    format!("{:>3} {time} {} turn {} {model} | {what}", record.sequence, record.agent, record.turn)
}

#[test]
fn what_is_redacted_changes_names_and_nothing_else() {
    let read = |redact| {
        let paths = [fixtures(Tool::Jsonl)];
        let import = Import::new(Tool::Jsonl, &paths, Options { redact, project: None }).unwrap();
        let sessions: Vec<_> = import.map(Result::unwrap).collect();
        sessions.iter().flat_map(|session| session.accesses().cloned()).collect::<Vec<_>>()
    };
    let (redacted, plain) = (read(true), read(false));
    assert_eq!(plain[3].artifact, "users/ada@garden.example");
    assert!(redacted[3].artifact.starts_with("users/[email:"), "{}", redacted[3].artifact);
    let without_names = |mut access: attune_trace::access::Access| {
        access.artifact.clear();
        access
    };
    let both = redacted.into_iter().zip(plain);
    both.for_each(|(redacted, plain)| assert_eq!(without_names(redacted), without_names(plain)));
}

#[test]
fn a_project_can_be_given_to_all() {
    let options = Options { project: Some("one".to_string()), ..Options::default() };
    let import = Import::new(Tool::Codex, &[fixtures(Tool::Codex)], options).unwrap();
    for session in import.map(Result::unwrap) {
        assert_eq!(session.project.as_deref(), Some("one"));
        assert!(session.accesses().all(|access| access.project.as_deref() == Some("one")));
    }
}

#[test]
fn files_of_a_session_are_united_whatever_they_are_called() {
    let folder = fixtures(Tool::ClaudeCode).join("garden");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 3);
    let together: Vec<_> = import(Tool::ClaudeCode, &[folder]).map(Result::unwrap).collect();
    let named: Vec<_> = import(Tool::ClaudeCode, &files).map(Result::unwrap).collect();
    assert_eq!(together, named);
    assert_eq!(together.len(), 1);
}

#[test]
fn sequences_ascend_and_accesses_have_their_records_numbers() {
    for tool in Tool::ALL.into_iter().filter(|tool| *tool != Tool::LangGraph) {
        for session in import(tool, &[fixtures(tool)]).map(Result::unwrap) {
            let mut before = 0;
            for record in &session.records {
                assert!(record.sequence > before, "{} {}", session.id, record.sequence);
                before = record.sequence;
                if let Content::Access(access) = &record.content {
                    assert_eq!(access.sequence, record.sequence);
                    assert_eq!((&access.session, &*access.agent), (&session.id, &*record.agent));
                }
            }
        }
    }
}
