//! `attune check` as it is used.

use std::process::{Command, Output};

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
    let cut = attune(&["--states-max", "500"]);
    assert_eq!(cut.status.code(), Some(3));
    assert!(out(&cut).contains("CUT SHORT"));
    let cut = attune(&["--depth", "4"]);
    assert_eq!(cut.status.code(), Some(3));
}

#[test]
fn misuse_is_one_clear_error() {
    let wrong: [(&[&str], &str); 9] = [
        (&["--strategy", "lzy"], "lazy"),
        (&["--faults", "losses"], "loss"),
        (&["--faults", "loss:many"], "from 1 to 254"),
        (&["atomic", "--faults", "dup"], "the atomic layer has"),
        (&["--agents", "7"], "takes 1 to 4"),
        (&["--mutant", "no-such-rule"], "there is no such rule"),
        (&["--liveness", "--symmetry"], "leave out --symmetry"),
        (&["atomic", "--liveness"], "progress is checked in the asynchronous layer"),
        (&["--flight", "0"], "from 1 to 8"),
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
}

#[test]
fn stateright_agrees() {
    let states = |arguments: &[&str]| {
        let mut all = vec!["--format", "json", "--faults", "loss"];
        all.extend(arguments);
        let value: serde_json::Value = serde_json::from_str(&out(&attune(&all))).unwrap();
        let counted = value.get("counted").or_else(|| value.get(0)).unwrap();
        counted["states"].as_u64().unwrap()
    };
    assert_eq!(states(&[]), states(&["--engine", "stateright"]));
}
