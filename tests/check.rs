//! `attune check` as it is used.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

fn attune(arguments: &[&str]) -> Output {
    let binary = env!("CARGO_BIN_EXE_attune");
    Command::new(binary).arg("check").args(arguments).output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn error(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[test]
fn what_holds_is_said_with_its_bounds() {
    let output = attune(&["--faults", "loss,reorder"]);
    assert_eq!(output.status.code(), Some(0));
    let text = out(&output);
    for expected in ["held  single-writer", "1 commit, 2 messages in flight, K = 1", "states"] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[test]
fn the_exit_status_tells_the_ends_apart() {
    let broken = attune(&["--mutant", "fill-is-awaited", "--faults", "reorder"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(out(&broken).contains("BROKEN applied-once"));
    for (arguments, why) in [
        (["--states-max", "500"], "--states-max 500 was reached"),
        (["--depth", "4"], "--depth 4 was reached"),
    ] {
        let cut = attune(&arguments);
        assert_eq!(cut.status.code(), Some(3));
        assert!(out(&cut).contains(&format!("CUT SHORT: {why}")), "{}", out(&cut));
        assert!(error(&cut).contains(why), "{}", error(&cut));
    }
    let cut = attune(&["--depth", "4", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out(&cut)).unwrap();
    assert_eq!(value[0]["end"]["why"], "depth");
    assert_eq!(value[0]["properties"][0]["verdict"], "held_so_far");
}

#[test]
fn every_name_is_listed() {
    let text = out(&attune(&["--list"]));
    let all =
        ["no-lost-update", "stale-base-refused", "record-is-applied-once", "fresh-request-ids"];
    for name in all.into_iter().chain(["misuse", "eager-push", "A grant is taken once"]) {
        assert!(text.contains(name), "{name} in {text}");
    }
    let value: serde_json::Value =
        serde_json::from_str(&out(&attune(&["--list", "--format", "json"]))).unwrap();
    assert_eq!(value["mutants"].as_array().unwrap().len(), 93);
    let sentences = value["mutants"].as_array().unwrap().iter().map(|mutant| &mutant["says"]);
    assert!(sentences.clone().all(|says| says.as_str().unwrap().ends_with('.')));
    assert!(sentences.into_iter().all(|says| !says.as_str().unwrap().starts_with("It ")));
}

#[test]
fn a_mutant_that_lives_here_is_said_to_die_there() {
    let lives = attune(&["--mutant", "commit-is-in-its-epoch"]);
    assert_eq!(lives.status.code(), Some(0));
    let text = out(&lives);
    let command = text.lines().find_map(|line| line.trim().strip_prefix("attune check "));
    let command: Vec<&str> = command.expect("a command").split(' ').collect();
    let dies = attune(&command);
    assert_eq!(dies.status.code(), Some(1), "{command:?}");
    assert!(out(&dies).contains("BROKEN no-stale-apply"));
}

#[test]
fn a_trace_that_is_not_written_is_said_not_to_be() {
    let path = scratch("none.jsonl");
    let output = attune(&["--trace", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert!(error(&output).contains("not written; every promise held"), "{}", error(&output));
    assert!(!path.exists());
}

#[test]
fn what_holds_vacuously_is_said_to() {
    let output = attune(&["--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let properties = value[0]["properties"].as_array().unwrap();
    let verdict = |name: &str| {
        let one = properties.iter().find(|property| property["name"] == name).unwrap();
        one["verdict"].as_str().unwrap().to_string()
    };
    assert_eq!(verdict("no-lost-update"), "not_put_to_the_test");
    assert_eq!(verdict("single-writer"), "held");
    let text = out(&attune(&[]));
    assert!(text.contains("vacuously: not met here: stale-base-refused"), "{text}");
    assert!(text.contains("--profile quick"), "{text}");
}

/// What is sent in an agent's name is the line's to judge, and the story ends where the check does.
#[test]
fn a_story_of_misuse_breaks_what_the_check_broke() {
    let case = ["atomic", "--commits", "2", "--faults", "crash,lease,misuse", "--mutant"];
    for (mutant, broken) in [
        ("commit-is-on-the-current-base", "no-lost-update"),
        ("commit-is-by-the-owner", "single-writer"),
        ("release-is-by-the-owner", "exclusive"),
    ] {
        let output = attune(&[&case[..], &[mutant]].concat());
        assert_eq!(output.status.code(), Some(1), "{mutant}");
        let text = String::from_utf8(output.stdout).unwrap();
        let said = text.lines().filter(|line| line.contains("BROKEN")).collect::<Vec<_>>();
        assert!(said.len() == 2, "{mutant}: {said:?}");
        assert!(said.iter().all(|line| line.contains(broken)), "{mutant}: {said:?}");
    }
}

#[test]
fn misuse_is_one_clear_error() {
    let wrong: [(&[&str], &str); 30] = [
        (&["--strategy", "lzy"], "lazy"),
        (&["--faults", "losses"], "loss"),
        (&["--faults", "loss:many"], "from 1 to 254"),
        (&["atomic", "--faults", "dup"], "the atomic layer has"),
        (&["--agents", "7"], "takes 1 to 4"),
        (&["--mutant", "no-such-rule"], "there is no such rule"),
        (&["--liveness", "--symmetry"], "leave out --symmetry"),
        (&["atomic", "--liveness"], "progress is checked in the asynchronous layer"),
        (&["--flight", "0"], "from 1 to 8"),
        (&["--mutant", "fil-is-awaited"], "is it fill-is-awaited"),
        (&["--witness", "stale-hti"], "no such situation; is it stale-hit"),
        (&["--witness", "stale-hit", "--artifacts", "2"], "--witness: one artifact"),
        (&["--profile", "quick", "--faults", "loss"], "cannot be used with"),
        (&["--mutants", "--mutant", "fill-is-awaited"], "cannot be used with"),
        (&["--mutants", "--trace", "x"], "--trace: cannot be used with --mutants"),
        (&["--mutants", "--states-max", "9"], "--states-max: cannot be used with --mutants"),
        (&["--profile", "quick", "--trace", "x"], "--trace: cannot be used with --profile"),
        (&["--list", "--mutants"], "cannot be used with --list, which takes --format"),
        (&["--witness", "stale-hit", "--refinement"], "cannot be used with --witness"),
        (&["--mutant", "stale-hit"], "that is a situation: --witness"),
        (&["--witness", "no-lost-update"], "put it to the test: stale-base-refused"),
        (&["printed", "--faults", "loss"], "--faults: cannot be used with `printed`"),
        (&["printed", "--strategy", "eager"], "--strategy: cannot be used with `printed`"),
        (&["printed", "--agents", "1"], "from 2 to 8"),
        (&["atomic", "--flight", "3"], "--flight: in the atomic layer"),
        (&["atomic", "--heartbeats"], "--heartbeats: in the atomic layer"),
        (&["--log", "1"], "add --faults restart"),
        (&["--engine", "stateright", "--liveness"], "--liveness: cannot be used with --engine"),
        (&["atomic", "--refinement"], "the asynchronous layer is compared"),
        (&["--trace", "/nonexistent/trace"], "--trace /nonexistent/trace: cannot write there"),
    ];
    for (arguments, expected) in wrong {
        let output = attune(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(error(&output).contains(expected), "{arguments:?}: {}", error(&output));
    }
}

#[test]
fn programs_can_read_it() {
    let output = attune(&["atomic", "--strategy", "all", "--agents", "2", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let reports: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let reports = reports.as_array().unwrap();
    assert_eq!(reports.len(), 10);
    assert!(reports.iter().all(|report| report["end"]["held"] == true));
    assert!(reports.iter().all(|report| report["counterexample"].is_null()));
    let broken = ["--mutant", "commit-is-in-its-epoch", "--faults", "loss,dup,reorder"];
    let output = attune(&[&broken[..], &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let reports: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let told = &reports[0]["counterexample"];
    assert_eq!(told["header"]["kind"], "events");
    assert_eq!(told["end"]["broken"]["property"], reports[0]["end"]["property"]);
    assert!(told["events"].as_array().unwrap().len() > 3);
}

#[test]
fn stateright_agrees() {
    let states = |arguments: &[&str]| {
        let mut all = vec!["--format", "json", "--faults", "loss"];
        all.extend(arguments);
        let value: serde_json::Value = serde_json::from_str(&out(&attune(&all))).unwrap();
        let report = value[0].as_object().unwrap().clone();
        (report["states"].as_u64().unwrap(), report["end"].clone(), report)
    };
    let (ours, its) = (states(&[]), states(&["--engine", "stateright"]));
    assert_eq!((ours.0, &ours.1), (its.0, &its.1));
    let keys = |report: &serde_json::Map<_, _>| report.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&ours.2), keys(&its.2), "a program reads both alike");
}

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    folder.join(format!("check-{}-{name}", std::process::id()))
}

#[test]
fn the_shortest_run_to_a_situation_is_told_and_replayed() {
    let path = scratch("stale-hit.jsonl");
    let file = path.to_str().unwrap();
    for model in ["asynchronous", "atomic"] {
        let faults = ["--faults", "loss", "--trace", file];
        let output = attune(&[&[model, "--witness", "stale-hit"], &faults[..]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", error(&output));
        let text = out(&output);
        for expected in ["an agent reads a version that is not current", "* reads: hit, v1"] {
            assert!(text.contains(expected), "{model}: {expected} in {text}");
        }
        let binary = env!("CARGO_BIN_EXE_attune");
        let replayed = Command::new(binary).args(["replay", file]).output().unwrap();
        assert!(out(&replayed).contains("reached: stale-hit"), "{}", error(&replayed));
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_situation_that_is_not_met_is_no_success() {
    let never = attune(&["--witness", "recovered"]);
    assert_eq!(never.status.code(), Some(1));
    assert!(out(&never).contains("never met") && error(&never).contains("recovered is never met"));
    let cut = attune(&["--witness", "recovered", "--states-max", "100"]);
    assert_eq!(cut.status.code(), Some(3));
    let value = attune(&["--witness", "released", "--releases", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out(&value)).unwrap();
    assert_eq!((&value[0]["met"], &value[0]["property"]), (&true.into(), &"exclusive".into()));
}

/// A check that takes long.
fn begun(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attune"));
    command.arg("check").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn an_interrupted_check_is_cut_short() {
    let long = ["--strategy", "all", "--agents", "3", "--faults", "all"];
    let profile = ["--profile", "deep"];
    for arguments in [&long[..], &["--witness", "recovered", "--agents", "3"], &profile] {
        let mut child = begun(arguments);
        thread::sleep(Duration::from_millis(400));
        assert!(child.try_wait().unwrap().is_none(), "{arguments:?} ended by itself");
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        let text = error(&output);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with("error: ") && !text.contains("held"), "{text}");
    }
}

#[test]
fn a_reader_that_leaves_early_ends_a_check() {
    let every = ["atomic", "--strategy", "all", "--agents", "3", "--faults", "crash,lease"];
    for arguments in
        [&every[..], &["--profile", "quick"], &["--mutants"], &["printed", "--agents", "3"]]
    {
        let mut child = begun(arguments);
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), error(&output).as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn the_explorer_answers_and_ends_with_the_command() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address: SocketAddr = free.local_addr().unwrap();
    let taken = attune(&["--explore", &address.to_string()]);
    assert_eq!(taken.status.code(), Some(2));
    assert!(error(&taken).contains("name another address"));
    drop(free);
    let mut child = begun(&["--explore", &address.to_string()]);
    let mut answer = String::new();
    while answer.is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        thread::sleep(Duration::from_millis(20));
        if let Ok(mut stream) = TcpStream::connect(address) {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
            stream.read_to_string(&mut answer).unwrap();
        }
    }
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(output.status.code(), Some(130));
    assert!(error(&output).contains(&format!("http://{address}")));
}
