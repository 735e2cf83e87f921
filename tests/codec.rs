//! `attune codec`: messages in, frames out and back, and clear errors.

mod common;

use common::{attune, command, error, folder, misuse, out, place};
use std::fs;
use std::io::Write;
use std::process::Stdio;

/// What the command gives for this on standard input.
fn piped(arguments: &[&str], input: &[u8]) -> std::process::Output {
    let mut command = command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

const MESSAGE: &[u8] =
    b"{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"tools/call\",\n \"params\": {}}\n";

#[test]
fn what_is_encoded_comes_back() {
    let lines: Vec<u8> = [&MESSAGE[..20], b"\n\n", &MESSAGE[..20], b"\nlast"].concat();
    for way in [&[][..], &["--lines"], &["--stream"], &["--level", "3"]] {
        let encode = [&["codec", "encode"], way].concat();
        let decode: Vec<&str> =
            ["codec", "decode"].into_iter().chain(way.iter().copied().take(1)).collect();
        let decode = if way.len() == 2 { vec!["codec", "decode"] } else { decode };
        let frame = piped(&encode, &lines).stdout;
        let back = piped(&decode, &frame).stdout;
        // A last line without an end gets one.
        assert_eq!(back.strip_suffix(b"\n").unwrap_or(&back), &lines[..], "{way:?}");
    }
    let canonical = piped(&["codec", "encode", "--canonical"], MESSAGE).stdout;
    let back = piped(&["codec", "decode"], &canonical).stdout;
    let value = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
    assert_eq!(value(&back), value(MESSAGE));
    assert!(back.len() < MESSAGE.len());
}

#[test]
fn a_delta_needs_its_base() {
    let folder = folder("codec-delta");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_string();
    let text = fs::read_to_string("README.md").unwrap();
    fs::write(path("old"), &text).unwrap();
    fs::write(path("new"), text.replacen("Two commands", "Three commands", 1)).unwrap();
    let delta = path("delta");
    out(&attune(&["codec", "encode", "--base", &path("old"), &path("new"), "-o", &delta]));
    assert!(fs::metadata(&delta).unwrap().len() < 100);
    let back = attune(&["codec", "decode", "--base", &path("old"), &delta]);
    assert_eq!(back.stdout, fs::read(path("new")).unwrap());
    assert!(misuse(&["codec", "decode", &delta]).contains("decode it with that version"));
    let wrong = misuse(&["codec", "decode", "--base", &path("new"), &delta]);
    assert!(wrong.contains("fetch the whole artifact"), "{wrong}");
}

#[test]
fn damage_and_the_wrong_file_are_one_error() {
    let frame = piped(&["codec", "encode"], MESSAGE).stdout;
    for cut in 0..frame.len() {
        let output = piped(&["codec", "decode"], &frame[..cut]);
        assert!(output.stdout.is_empty());
        error(output, 2);
    }
    let mut flipped = frame.clone();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    error(piped(&["codec", "decode"], &flipped), 2);
    assert!(error(piped(&["codec", "decode"], MESSAGE), 2).contains("standard input"));
    assert!(misuse(&["codec", "decode", "no-such-file"]).contains("no-such-file"));
    assert!(misuse(&["codec", "encode", "src"]).contains("is a directory"));
    let not_a_set = misuse(&["codec", "encode", "README.md", "--dictionaries", "README.md"]);
    assert!(not_a_set.contains("README.md: "), "{not_a_set}");
}

#[test]
fn own_dictionaries_are_trained_and_named_where_they_are_missing() {
    let (messages, set) = (place("codec-made-up.jsonl"), place("codec-own.attd"));
    let made_up = ["codec", "generate", "--set", "sessions=12", "--set", "seed=9", "-o", &messages];
    out(&attune(&made_up));
    let said = out(&attune(&["codec", "train", &messages, "--size", "16", "-o", &set]));
    assert!(said.contains("% saved, message by message, on sessions kept apart"), "{said}");
    let message = fs::read_to_string(&messages).unwrap().lines().next().unwrap().to_string();
    let with_set = piped(&["codec", "encode", "--dictionaries", &set], message.as_bytes()).stdout;
    let shipped = piped(&["codec", "encode"], message.as_bytes()).stdout;
    assert!(with_set.len() < shipped.len());
    let back = piped(&["codec", "decode", "--dictionaries", &set], &with_set);
    assert_eq!(back.stdout, message.as_bytes());
    let unknown = error(piped(&["codec", "decode"], &with_set), 2);
    let number = said.split("number ").nth(1).unwrap().split(',').next().unwrap();
    assert!(unknown.contains(number) && unknown.contains("not known here"), "{unknown}");
}

#[test]
fn messages_come_out_of_recorded_sessions() {
    let said =
        out(&attune(&["codec", "messages", "claude-code", "import/tests/fixtures/claude-code"]));
    let kinds = ["text", "tool_call", "tool_result"];
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for kind in kinds {
        assert!(lines.iter().any(|line| line["kind"] == kind), "{kind}");
    }
    assert!(lines.iter().all(|line| line["source"] == "claude-code"));
    let path = place("codec-recorded.jsonl");
    fs::write(&path, &said).unwrap();
    out(&attune(&["codec", "bench", &path, "--rounds", "1", "--format", "json"]));
}

#[test]
fn wrong_parameters_and_messages_are_named() {
    let wrong = |set: &str| misuse(&["codec", "generate", "--set", set]);
    assert!(wrong("sesions=3").contains("there is no such parameter; there are seed, sessions"));
    assert!(wrong("change=2").contains("change is 2; it may be a number from 0 to 1"));
    assert!(wrong("change").contains("write it as NAME=VALUE"));
    assert!(wrong("change=a").contains("--set change=a: a parameter is a number"));
    assert!(wrong("sessions=1.5").contains("--set sessions=1.5: sessions is a whole number"));
    assert!(wrong("seed=-1").contains("--set seed=-1: seed is a whole number, 0 or more"));
    let path = place("codec-wrong.jsonl");
    fs::write(&path, "{\"source\": \"x\"}\n").unwrap();
    let set = place("codec-wrong.attd");
    let error = misuse(&["codec", "train", &path, "-o", &set]);
    assert!(error.contains("codec-wrong.jsonl, line 1: not a message"), "{error}");
    assert!(!error.contains("at line"), "one line number: {error}");
    fs::write(&path, "").unwrap();
    assert!(misuse(&["codec", "train", &path, "-o", &set]).contains("no messages in it"));
    assert!(!fs::exists(&set).unwrap());
}

#[test]
fn parameters_are_shown_as_they_are_set() {
    let shown = out(&attune(&["codec", "generate", "--set", "calls=0.25", "--parameters"]));
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["calls"], 0.25);
    assert_eq!(shown["sessions"], 48);
}

#[test]
fn what_was_made_in_another_way_is_hinted_at() {
    let piped_error = |way: &str, bytes: &[u8]| {
        let decode: Vec<&str> =
            ["codec", "decode"].into_iter().chain(way.split_terminator(' ')).collect();
        error(piped(&decode, bytes), 2)
    };
    let lines = piped(&["codec", "encode", "--lines"], MESSAGE).stdout;
    let one = piped(&["codec", "encode"], MESSAGE).stdout;
    for said in
        [piped_error("", &lines), piped_error("--lines", &one), piped_error("--stream", &lines)]
    {
        assert!(said.contains("give the same here"), "{said}");
    }
}

/// A disk that is full and a reader that has gone, for commands that only say what they did.
#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_said_is_one_error() {
    let (messages, set) = (place("codec-said.jsonl"), place("codec-said.attd"));
    out(&attune(&[
        "codec",
        "generate",
        "--set",
        "sessions=4",
        "--set",
        "projects=2",
        "-o",
        &messages,
    ]));
    let train = ["codec", "train", &messages, "-o", &set];
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let run = |stdout: Stdio| {
        let child = command(&train).stdout(stdout).stderr(Stdio::piped()).spawn();
        child.unwrap().wait_with_output().unwrap()
    };
    assert!(error(run(full()), 2).contains("standard output"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let gone = run(writer.into());
    assert_eq!((gone.status.code(), &*String::from_utf8_lossy(&gone.stderr)), (Some(0), ""));
}

#[test]
#[cfg(feature = "report")]
fn a_folder_that_cannot_be_is_refused_before_measuring() {
    let messages = place("codec-measured.jsonl");
    out(&attune(&[
        "codec",
        "generate",
        "--set",
        "sessions=4",
        "--set",
        "projects=2",
        "-o",
        &messages,
    ]));
    let said = misuse(&["codec", "measure", &messages, "-o", &messages]);
    assert!(said.contains("no folder can be there"), "{said}");
    let said = misuse(&["codec", "measure", "--envelope"]);
    assert!(said.contains("--out"), "{said}");
    fs::write(&messages, "{\"source\":\"s\",\"session\":\"a\",\"seq\":0,\"role\":\"user\",\"kind\":\"text\",\"content\":\"hi\"}\n").unwrap();
    let folder = folder("codec-measured");
    let said = misuse(&["codec", "measure", &messages, "-o", folder.to_str().unwrap()]);
    assert!(said.contains("at least 20 to train on"), "{said}");
}
