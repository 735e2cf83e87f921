//! A folder may hold anything: what is usable is read, each file once, and the rest is reported.

mod common;

use attune_import::{Import, ImportError, Options, Report, Session, Tool};
use common::{fixtures, import};
use std::fs;
use std::path::{Path, PathBuf};

/// An empty folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("folders").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn read(tool: Tool, path: &Path) -> (Vec<Session>, Report) {
    let mut all = import(tool, &[path.to_path_buf()]);
    let sessions = all.by_ref().map(Result::unwrap).collect();
    (sessions, all.report().clone())
}

fn error(tool: Tool, path: &Path) -> ImportError {
    Import::new(tool, &[path.to_path_buf()], Options::default()).err().unwrap()
}

/// The reasons for which this file was skipped.
fn reasons(report: &Report, end: &str) -> String {
    let file = report.files.iter().find(|file| file.path.ends_with(end));
    let reasons = file.unwrap_or_else(|| panic!("{end} is in {report:?}")).skipped.keys();
    reasons.cloned().collect::<Vec<_>>().join("; ")
}

const CODEX: &str = "2026/02/03/rollout-2026-02-03T09-00-12-bbbb.jsonl";

fn rollout() -> Vec<u8> {
    fs::read(fixtures(Tool::Codex).join(CODEX)).unwrap()
}

fn lines(text: &[u8], range: std::ops::Range<usize>) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    lines[range].concat()
}

fn accesses(sessions: &[Session]) -> usize {
    sessions.iter().map(|session| session.accesses().count()).sum()
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    let path = folder("special");
    fs::write(path.join("a.jsonl"), rollout()).unwrap();
    let pipe = path.join("pipe.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // A socket's path must be short.
    let socket = std::env::temp_dir().join(format!("attune-{}.jsonl", std::process::id()));
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).unwrap();
    symlink(&socket, path.join("socket.jsonl")).unwrap();
    symlink("/dev/zero", path.join("zero.jsonl")).unwrap();
    symlink("nowhere", path.join("dead.jsonl")).unwrap();
    symlink("circle.jsonl", path.join("circle.jsonl")).unwrap();
    let (sessions, report) = read(Tool::Codex, &path);
    drop(listener);
    fs::remove_file(&socket).unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(reasons(&report, "pipe.jsonl"), "a pipe: only regular files are read");
    assert_eq!(reasons(&report, "socket.jsonl"), "a socket: only regular files are read");
    assert_eq!(reasons(&report, "zero.jsonl"), "a device: only regular files are read");
    assert!(reasons(&report, "dead.jsonl").starts_with("a link that leads nowhere: "));
    assert!(reasons(&report, "circle.jsonl").starts_with("a link that leads nowhere: "));
    assert!(matches!(error(Tool::Codex, &pipe), ImportError::Special { .. }));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_skipped_unless_it_is_named() {
    use std::os::unix::fs::symlink;
    for tool in
        Tool::ALL.into_iter().filter(|tool| cfg!(feature = "sqlite") || *tool != Tool::LangGraph)
    {
        let path = folder(&format!("unreadable-{}", tool.name()));
        let end = match tool {
            Tool::OpenCode | Tool::Gemini => "json",
            Tool::SweAgent => "traj",
            Tool::LangGraph => "db",
            _ => "jsonl",
        };
        // A regular file that not even its owner can read from the start.
        let memory = path.join(format!("memory.{end}"));
        symlink("/proc/self/mem", &memory).unwrap();
        let named = error(tool, &memory).to_string();
        assert_eq!(named.matches("cannot be read").count(), 1, "{named}");
        if tool == Tool::LangGraph {
            continue;
        }
        symlink(fixtures(tool), path.join("sessions")).unwrap();
        let (sessions, report) = read(tool, &path);
        assert_eq!(accesses(&sessions), accesses(&read(tool, &fixtures(tool)).0), "{tool}");
        assert!(reasons(&report, memory.to_str().unwrap()).starts_with("cannot be read: "));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_costs_nothing_else() {
    // Too long a path for the system; no permission would do for some users only.
    let path = folder("deep");
    let long = |of: &str| std::iter::repeat_n(of.repeat(200), 12).collect::<PathBuf>();
    fs::create_dir_all(path.join(long("a"))).unwrap();
    fs::create_dir_all(path.join(long("b"))).unwrap();
    let below = path.join(long("a")).join("b");
    fs::rename(path.join("b".repeat(200)), below).unwrap();
    fs::write(path.join("a.jsonl"), rollout()).unwrap();
    let (sessions, report) = read(Tool::Codex, &path);
    assert_eq!(sessions.len(), 1);
    let troubled: Vec<_> = report.files.iter().filter(|file| !file.skipped.is_empty()).collect();
    assert_eq!(troubled.len(), 1, "{report:?}");
    assert!(troubled[0].skipped.keys().all(|why| why.starts_with("cannot be read: ")));
    fs::remove_dir_all(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn each_file_is_read_once_whatever_leads_to_it() {
    use std::os::unix::fs::symlink;
    for tool in Tool::ALL.into_iter().filter(|tool| *tool != Tool::LangGraph) {
        let path = folder(&format!("links-{}", tool.name()));
        copy(&fixtures(tool), &path.join("sessions"));
        let before = read(tool, &path).0;
        symlink(".", path.join("loop")).unwrap();
        symlink("sessions", path.join("again")).unwrap();
        symlink(path.canonicalize().unwrap(), path.join("sessions/up")).unwrap();
        let (sessions, _) = read(tool, &path);
        assert_eq!(sessions, before, "{tool}");
        let twice = [path.clone(), path.join("loop"), path.join("sessions")];
        let twice: Vec<_> = import(tool, &twice).map(Result::unwrap).collect();
        assert_eq!(twice, before, "{tool}");
    }
    let path = folder("hard-links");
    fs::write(
        path.join("a.jsonl"),
        fs::read(fixtures(Tool::Jsonl).join("accesses.jsonl")).unwrap(),
    )
    .unwrap();
    let before = read(Tool::Jsonl, &path).0;
    fs::hard_link(path.join("a.jsonl"), path.join("b.jsonl")).unwrap();
    symlink("a.jsonl", path.join("0.jsonl")).unwrap();
    let (sessions, report) = read(Tool::Jsonl, &path);
    assert_eq!(sessions, before);
    for other in ["0.jsonl", "b.jsonl"] {
        assert_eq!(reasons(&report, other), "another name of a file that is read already");
    }
    let all = import(Tool::Jsonl, std::slice::from_ref(&path));
    assert!(all.reads(&path.join("b.jsonl")) && all.reads(&path.join("0.jsonl")));
    assert!(!all.reads(&path.join("c.jsonl")));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn of_copies_of_a_session_nothing_is_lost_and_nothing_counted_twice() {
    for tool in Tool::ALL.into_iter().filter(|tool| *tool != Tool::LangGraph) {
        let before = read(tool, &fixtures(tool)).0;
        // An older copy first, and the whole once more last.
        let path = folder(&format!("copies-{}", tool.name()));
        for place in ["0", "sessions", "z"] {
            copy(&fixtures(tool), &path.join(place));
        }
        if matches!(tool, Tool::ClaudeCode | Tool::Codex | Tool::Jsonl | Tool::Messages) {
            cut_all(&path.join("0"), 0.6);
        }
        let (sessions, _) = read(tool, &path);
        assert_eq!(accesses(&sessions), accesses(&before), "{tool}");
        assert_eq!(sessions.len(), before.len(), "{tool}");
    }
}

/// Leaves this share of the lines of each file.
fn cut_all(folder: &Path, share: f64) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            cut_all(&path, share);
            continue;
        }
        let text = fs::read(&path).unwrap();
        let count = text.iter().filter(|byte| **byte == b'\n').count();
        fs::write(&path, lines(&text, 0..(count as f64 * share).ceil() as usize)).unwrap();
    }
}

#[test]
fn copies_of_a_rollout_are_united() {
    let path = folder("rollouts");
    let all = rollout();
    let count = all.iter().filter(|byte| **byte == b'\n').count();
    fs::write(path.join("z.jsonl"), &all).unwrap();
    let whole = read(Tool::Codex, &path).0;
    // What each has that the other has not.
    fs::write(path.join("a.jsonl"), lines(&all, 0..count - 2)).unwrap();
    fs::write(path.join("z.jsonl"), [lines(&all, 0..3), lines(&all, 5..count)].concat()).unwrap();
    let (sessions, report) = read(Tool::Codex, &path);
    assert_eq!(sessions, whole);
    assert_eq!(reasons(&report, "z.jsonl"), "there already (another copy of the thread)");
}

#[test]
fn of_a_message_in_several_files_what_had_come_furthest_is_taken() {
    let (calls, nothing) = (
        r#", "toolCalls": [{"id": "l1", "name": "read_file", "args": {"file_path": "a.txt"}, "status": "success", "result": [{"functionResponse": {"response": {"output": "x"}}}]}]"#,
        "",
    );
    let path = folder("gemini-copies");
    for (name, calls) in [("session-1.json", nothing), ("session-2.json", calls)] {
        let message = format!(
            r#"{{"id": "m", "timestamp": "2026-03-05T08:00:02.000Z", "type": "gemini", "content": "Reading."{calls}}}"#
        );
        let text = format!(r#"{{"sessionId": "s", "projectHash": "x", "messages": [{message}]}}"#);
        fs::write(path.join(name), text).unwrap();
    }
    assert_eq!(accesses(&read(Tool::Gemini, &path).0), 1);
    let path = folder("opencode-copies");
    for (name, state) in [("a.json", "running"), ("b.json", "completed")] {
        let part = format!(
            r#"{{"id": "p", "type": "tool", "tool": "write", "callID": "c", "state": {{"status": "{state}", "input": {{"filePath": "/r/a", "content": "x"}}, "output": ""}}}}"#
        );
        let message =
            format!(r#"{{"info": {{"id": "m", "role": "assistant"}}, "parts": [{part}]}}"#);
        let text =
            format!(r#"{{"info": {{"id": "s", "directory": "/r"}}, "messages": [{message}]}}"#);
        fs::write(path.join(name), text).unwrap();
    }
    assert_eq!(accesses(&read(Tool::OpenCode, &path).0), 1);
}

#[test]
fn a_damaged_start_costs_its_own_line_at_most() {
    let all = rollout();
    let path = folder("starts").join("rollout-2026-02-03T09-00-12-bbbb.jsonl");
    fs::write(&path, &all).unwrap();
    let (whole, report) = read(Tool::Codex, &path);
    let records = report.records_read();
    let utf_16: Vec<u8> =
        String::from_utf8(all.clone()).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    for start in [[b"\xef\xbb\xbf".to_vec(), all.clone()], [b"\xff\xfe".to_vec(), utf_16]] {
        fs::write(&path, start.concat()).unwrap();
        let (sessions, report) = read(Tool::Codex, &path);
        assert_eq!((sessions, report.records_read()), (whole.clone(), records));
    }
    let mut odd = all.clone();
    let ember = odd.windows(5).position(|five| five == b"Ember").unwrap();
    odd[ember] = 0xff;
    fs::write(&path, &odd).unwrap();
    let (sessions, report) = read(Tool::Codex, &path);
    assert_eq!(sessions, whole);
    assert_eq!(report.files[0].not_utf8_line, Some(1));
    let mut broken = all;
    broken[0] = b'?';
    fs::write(&path, &broken).unwrap();
    let (sessions, _) = read(Tool::Codex, &path);
    assert_eq!((&sessions[0].id, accesses(&sessions)), (&whole[0].id, accesses(&whole)));
    // The chat's first line says whose it is.
    let chat = fs::read(fixtures(Tool::Gemini).join("atlas/chats/session-2.jsonl")).unwrap();
    let path = folder("gemini-start").join("session-2.jsonl");
    fs::write(&path, [b"?", &chat[..]].concat()).unwrap();
    assert_eq!(accesses(&read(Tool::Gemini, &path).0), 1);
}

#[test]
fn a_whole_file_that_is_no_json_is_reported_with_its_line_and_cause() {
    for (tool, good, end) in [
        (Tool::Gemini, "atlas/chats/session-1.json", "json"),
        (Tool::OpenCode, "exported/loom.json", "json"),
        (Tool::SweAgent, "till/till.traj", "traj"),
    ] {
        let path = folder(&format!("whole-{}", tool.name()));
        let text = fs::read(fixtures(tool).join(good)).unwrap();
        fs::write(path.join(format!("good.{end}")), &text).unwrap();
        fs::write(path.join(format!("cut.{end}")), &text[..text.len() / 2]).unwrap();
        let damaged = [&text[..text.len() / 2], b"\n\xff\xff", &text[text.len() / 2..]].concat();
        fs::write(path.join(format!("damaged.{end}")), damaged).unwrap();
        let (sessions, report) = read(tool, &path);
        assert_eq!(sessions.len(), 1, "{tool}");
        let cut = reasons(&report, &format!("cut.{end}"));
        assert!(cut.starts_with("a file that is cut off: EOF while parsing"), "{cut}");
        assert!(cut.contains(" at line "), "{cut}");
        let damaged = reasons(&report, &format!("damaged.{end}"));
        assert!(damaged.starts_with("a file that is no JSON: "), "{damaged}");
        let named = error(tool, &path.join(format!("cut.{end}"))).to_string();
        assert!(named.contains("nothing in this file is one: a file that is cut off: "), "{named}");
    }
}

#[test]
fn sums_of_recorded_sizes_fit() {
    let path = folder("sizes").join("a.jsonl");
    let line = |more: &str| {
        format!(r#"{{"session": "s", "agent": "a", "artifact": "x", "op": "read", {more}}}"#) + "\n"
    };
    let large = u64::MAX;
    let all = ["tokens", "artifact_tokens", "bytes", "total_lines", "seq", "turn"]
        .map(|name| line(&format!(r#""{name}": {large}"#)));
    let range = line(&format!(r#""tokens": 5, "seq": 7, "range": [1, {large}]"#));
    fs::write(&path, all.concat() + &range).unwrap();
    let (sessions, report) = read(Tool::Jsonl, &path);
    let kept: Vec<_> = sessions[0].accesses().collect();
    assert_eq!((kept.len(), kept[0].tokens, kept[0].lines), (1, Some(5), None));
    assert_eq!(report.records_skipped(), 6);
    assert!(reasons(&report, "a.jsonl").contains("`tokens` is too large to be added up"));
}

#[test]
fn a_name_with_any_character_stays_exact() {
    let path = folder("names").join("a.jsonl");
    let name = "a\nb\u{1b}[31m\u{0}.rs";
    let line = serde_json::json!({"session": "s", "agent": "a", "artifact": name, "op": "read"});
    fs::write(&path, line.to_string()).unwrap();
    let sessions = read(Tool::Jsonl, &path).0;
    assert_eq!(sessions[0].accesses().next().unwrap().artifact, name);
}

#[test]
fn the_hint_is_never_the_command_itself() {
    let path = folder("hint").join("a.jsonl");
    fs::write(&path, r#"{"sessionId": "s", "type": 5}"#).unwrap();
    let error = error(Tool::ClaudeCode, &path).to_string();
    assert!(!error.contains("looks like"), "{error}");
    assert!(error.contains("a file without a session of Claude Code"), "{error}");
}
