//! `attune import` as a user meets it: a trace, what was skipped, one clear error.

mod common;

use attune_trace::access::Reader;
use common::attune;
use serde_json::Value;
use std::fs;
use std::io::BufReader;
use std::process::Output;

const CLAUDE_CODE: &str = "import/tests/fixtures/claude-code";
const CODEX: &str = "import/tests/fixtures/codex";

/// A place of this test's own.
fn place(name: &str) -> String {
    common::place(&format!("import-{name}"))
}

fn error(arguments: &[&str]) -> String {
    common::misuse(&[&["import"], arguments].concat())
}

fn import(arguments: &[&str]) -> Output {
    attune(&[&["import"], arguments].concat())
}

#[test]
fn a_folder_becomes_a_trace_that_can_be_read() {
    let out = place("trace.jsonl");
    let output = import(&["claude-code", CLAUDE_CODE, "-o", &out]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("1 session of 3 agents: 6 reads, 5 writes (3 of them failed"), "{told}");
    let reader = Reader::new(BufReader::new(fs::File::open(&out).unwrap())).unwrap();
    assert_eq!(reader.header().tokenizer, "o200k_base");
    let accesses: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(accesses.len(), 11);
    let text = fs::read_to_string(&out).unwrap();
    assert!(
        !text.contains("water(") && !text.contains("/home/ada"),
        "contents are not in it: {text}"
    );
}

#[test]
fn the_same_sessions_give_the_same_bytes() {
    let once = import(&["codex", CODEX]).stdout;
    assert_eq!(once, import(&["codex", CODEX]).stdout);
    let file = place("codex.jsonl");
    assert!(import(&["codex", CODEX, "--out", &file]).status.success());
    assert_eq!(fs::read(&file).unwrap(), once);
}

#[test]
fn a_report_says_what_was_skipped_and_why() {
    let output = import(&["codex", CODEX, "--report", "-o", &place("report.jsonl")]);
    let told = String::from_utf8(output.stderr).unwrap();
    for part in [
        "-aaaa.jsonl: 18 records read\n  ends within line 21: it was still being written\n",
        "  1 skipped: unknown item `glow` (at 17)\n",
        "  1 skipped: `event_msg`, which repeats (at 4)\n",
    ] {
        assert!(told.contains(part), "{told}\n  should contain {part}");
    }
    let output =
        import(&["codex", CODEX, "--report", "--format", "json", "-o", &place("json.jsonl")]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["sessions"], &report["writes"]), (&2.into(), &7.into()));
    let file = &report["files"][1];
    assert_eq!(file["truncated_line"], 21);
    assert_eq!(file["skipped"]["unknown item `glow`"]["first"], 17);
    assert!(error(&["codex", CODEX, "--format", "json"]).contains("--out"));
}

#[test]
fn secrets_stay_only_if_they_are_asked_for() {
    let fixture = "import/tests/fixtures/jsonl";
    let read = |arguments: &[&str]| {
        String::from_utf8(import(&[&["jsonl", fixture], arguments].concat()).stdout).unwrap()
    };
    assert!(!read(&[]).contains("ada@garden.example"));
    assert!(read(&["--no-redact"]).contains("ada@garden.example"));
    assert!(read(&["--project", "ours"]).contains("\"project\":\"ours\""));
}

#[test]
fn what_cannot_be_imported_has_one_clear_error() {
    let empty = place("empty");
    fs::create_dir_all(&empty).unwrap();
    let broken = place("broken.jsonl");
    fs::write(&broken, [0xff, 0xfe, b'\n', 0]).unwrap();
    let nothing = place("nothing.traj");
    fs::write(&nothing, "{").unwrap();
    let file = format!("{CLAUDE_CODE}/garden/11111111-aaaa.jsonl");
    let cases: [(&[&str], &str); 10] = [
        (&["claude-code", "no/such/folder"], "no/such/folder: there is nothing of this name"),
        (
            &["claude-code", &empty],
            "no files of Claude Code (*.jsonl) in this folder; they are in ~/.claude",
        ),
        (&["swe-agent", CODEX], "no files of SWE-agent (*.traj) in this folder"),
        (
            &["claude-code", CODEX],
            "nothing in its 3 files is one; this looks like Codex: attune import codex",
        ),
        (&["codex", &file], "nothing in this file is one; this looks like Claude Code"),
        (&["gemini", CODEX], "this looks like Codex"),
        (&["codex", &broken], "broken.jsonl: no session of Codex"),
        (&["swe-agent", &nothing], "is cut off: EOF while parsing an object at line 1 column 1\n"),
        (&["swe-agent", &nothing], "nothing.traj: no session of SWE-agent"),
        (&["codex", CODEX, "-o", "no/such/folder/t.jsonl"], "cannot write there"),
    ];
    for (arguments, expected) in cases {
        let error = error(arguments);
        assert!(error.contains(expected), "{error}  should contain {expected}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let unknown = import(&["cursor", CODEX]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("the tools are claude-code, codex"));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let path = place("locked.jsonl");
    fs::write(&path, "{}").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Some users may read everything.
    if fs::read(&path).is_err() {
        let error = error(&["codex", &path]);
        assert!(error.contains("locked.jsonl: cannot be read: "), "{error}");
        assert_eq!(error.matches("ermission denied").count(), 1, "{error}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(&path).unwrap();
}

#[test]
fn an_output_that_would_be_read_is_refused_and_left_alone() {
    let folder = common::folder("import-output");
    let (a, out) = (folder.join("a.jsonl"), folder.join("x.jsonl"));
    let rollout = format!("{CODEX}/2026/02/03/rollout-2026-02-03T09-00-12-bbbb.jsonl");
    fs::copy(&rollout, &a).unwrap();
    fs::write(&out, "precious").unwrap();
    let path = folder.to_str().unwrap();
    let name = out.to_str().unwrap();
    for arguments in
        [vec!["codex", path, "-o", name], vec!["codex", path, &format!("--out={name}")]]
    {
        let error = error(&arguments);
        assert!(error.contains("x.jsonl: this file is among those that are read"), "{error}");
    }
    assert_eq!(fs::read(&out).unwrap(), b"precious");
    // One file that is named, with the option in one word.
    let named = a.to_str().unwrap();
    assert!(error(&["codex", named, &format!("-o{named}")]).contains("a.jsonl: this file is "));
    assert_eq!(fs::read(&a).unwrap(), fs::read(&rollout).unwrap());
    fs::remove_file(&out).unwrap();
    assert!(import(&["codex", path, "-o", name]).status.success());
}

#[cfg(unix)]
#[test]
fn a_name_that_would_break_a_line_does_not() {
    let folder = common::folder("import-odd-names");
    let file = folder.join("a\n1 skipped: \u{1b}[31m.jsonl");
    fs::copy("import/tests/fixtures/jsonl/accesses.jsonl", &file).unwrap();
    let output = import(&["jsonl", folder.to_str().unwrap(), "--report"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("/a\\n1 skipped: \\u{1b}[31m.jsonl: 4 records read\n"), "{told}");
    let out = place("odd-names.jsonl");
    let path = folder.to_str().unwrap();
    let output = import(&["jsonl", path, "--report", "--format", "json", "-o", &out]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["files"][0]["path"], file.to_str().unwrap());
}

#[test]
fn help_has_an_example() {
    let help = String::from_utf8(import(&["--help"]).stdout).unwrap();
    assert!(help.contains("attune import codex ~/.codex/sessions -o trace.jsonl"), "{help}");
}

#[test]
fn plain_records_become_a_trace_that_can_be_read() {
    let file = place("plain.jsonl");
    let line = |session: &str, rest: &str| {
        format!(
            "{{\"session\":\"{session}\",\"agent\":\"a\",\"artifact\":\"x\",\"op\":\"read\"{rest}}}\n"
        )
    };
    let lines = [
        // Two sessions of one name, and one of the name that the second would get.
        line("s", ",\"source\":\"p\",\"ts\":1"),
        line("s", ",\"source\":\"q\",\"ts\":1"),
        line("s#2", ",\"source\":\"q\",\"ts\":1"),
        // Without `seq`, by time; what has none stays where it is.
        line("t", ",\"ts\":9,\"tokens\":3"),
        line("t", ",\"ts\":7,\"tokens\":1"),
        line("t", ",\"tokens\":2"),
        line("t", ",\"outcome\":\"who knows\""),
    ];
    fs::write(&file, lines.concat()).unwrap();
    let output = import(&["jsonl", &file]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("6 records read, 1 skipped"), "{told}");
    let reader = Reader::new(&output.stdout[..]).unwrap();
    let read: Vec<_> = reader.map(Result::unwrap).map(|it| (it.session, it.tokens)).collect();
    let names: Vec<&str> = read.iter().map(|(session, _)| session.as_str()).collect();
    assert_eq!(names, ["s", "s#2", "s#2#2", "t", "t", "t"]);
    let tokens: Vec<_> = read[3..].iter().map(|(_, tokens)| *tokens).collect();
    assert_eq!(tokens, [Some(1), Some(2), Some(3)]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_with_its_file() {
    let error = error(&["codex", CODEX, "-o", "/dev/full"]);
    assert!(error.starts_with("error: /dev/full: No space left"), "{error}");
}
