//! `attune calibrate` and `attune synthesize` as a user meets them: sessions to a workload, the
//! workload to sessions and to the engine, and one clear error.

mod common;

use common::{attune, misuse as error};
use serde_json::Value;
use std::fs;
use std::path::Path;

const TEAM: &str = "sim/tests/workload/team.yaml";

/// A file of this test's own.
fn place(name: &str) -> String {
    common::place(&format!("calibrate-{name}"))
}

fn out(arguments: &[&str]) -> String {
    let output = attune(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "quiet in a pipe");
    String::from_utf8(output.stdout).unwrap()
}

fn sessions(name: &str, count: &str) -> String {
    let trace = place(name);
    out(&["synthesize", TEAM, "--sessions", count, "-o", &trace]);
    trace
}

#[test]
fn sessions_become_a_workload_that_makes_sessions_and_runs() {
    let trace = sessions("round.jsonl", "160");
    let workload = place("round.yaml");
    let told = out(&["calibrate", &trace, "-o", &workload, "--sessions", "150"]);
    for part in ["## calibrate-round", "| parameter |", "Zipf", "lazy |", "stated error", "uniform"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }
    let again = out(&["calibrate", &trace, "--sessions", "150"]);
    assert_eq!(told, again, "with or without a file, the same");
    let made = out(&["synthesize", &workload, "--sessions", "5", "--seed", "3"]);
    assert_eq!(made, out(&["synthesize", &workload, "--sessions", "5", "--seed", "3"]));
    let more = out(&["synthesize", &workload, "--sessions", "6", "--seed", "3"]);
    assert!(more.starts_with(&made) && more.len() > made.len());
    let simulated = out(&["simulate", &workload, "--runs", "2", "--strategy", "lazy"]);
    assert!(simulated.contains("calibrate-round"), "{simulated}");
}

#[test]
fn a_program_can_read_it() {
    let trace = sessions("json.jsonl", "120");
    let text = out(&["calibrate", &trace, "--sessions", "100", "--format", "json"]);
    let found: Value = serde_json::from_str(&text).unwrap();
    let source = &found["sources"][0];
    let sides = ["fitted", "judging"].map(|side| source[side]["sessions"].as_u64().unwrap());
    assert_eq!(sides.iter().sum::<u64>(), 120);
    let rows = source["judgement"]["compared"].as_array().unwrap();
    assert_eq!(rows.len(), 6 * 5, "every strategy, every measure");
    for row in rows {
        let difference = row["synthetic"].as_f64().unwrap() - row["real"].as_f64().unwrap();
        assert!((difference - row["difference"].as_f64().unwrap()).abs() < 1e-9);
        let within = difference.abs() <= row["stated_error"].as_f64().unwrap();
        assert_eq!(row["within"], within);
    }
    assert_eq!(source["judgement"]["best"]["real"], source["judgement"]["best"]["synthetic"]);
    // Another seed divides the sessions otherwise.
    let other = out(&["calibrate", &trace, "--sessions", "100", "--format", "json", "--seed", "2"]);
    let other: Value = serde_json::from_str(&other).unwrap();
    assert_ne!(other["sources"][0]["fitted"], source["fitted"]);
}

#[test]
fn sources_are_projects_of_plain_records_and_else_traces() {
    let plain = place("plain.jsonl");
    let line = |source: &str, session: u32| {
        format!(
            "{{\"source\":\"{source}\",\"session\":\"{source}{session}\",\"agent\":\"a\",\
             \"artifact\":\"x\",\"op\":\"read\",\"tokens\":10}}\n"
        )
    };
    let text: String =
        (0..4).flat_map(|session| [line("one", session), line("two", session)]).collect();
    fs::write(&plain, text).unwrap();
    let imported = place("imported.jsonl");
    let import = attune(&["import", "jsonl", &plain, "-o", &imported]);
    assert!(import.status.success());
    let team = sessions("third.jsonl", "4");
    let told = out(&["calibrate", &imported, &team, "--sessions", "5"]);
    for name in ["## one", "## two", "## calibrate-third", "small: "] {
        assert!(told.contains(name), "{name} in {told}");
    }
}

#[test]
fn mistakes_are_named() {
    assert!(error(&["calibrate", "nowhere.jsonl"]).contains("nowhere.jsonl: cannot be opened"));
    let events = "trace/tests/golden/stale-read.jsonl";
    assert!(error(&["calibrate", events]).contains("is an event trace"));
    let share = attune(&["calibrate", events, "--fit-share", "1"]);
    assert!(String::from_utf8_lossy(&share.stderr).contains("a number between 0 and 1"));
    let wrong = place("wrong.yaml");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(TEAM)).unwrap();
    fs::write(&wrong, text.replace("alone: 0.6", "alone: 6")).unwrap();
    assert!(error(&["synthesize", &wrong]).contains("team.alone is 6; allowed: a number from 0"));
    assert!(error(&["synthesize", TEAM, "--source", "other"]).contains("has team"));
    let scenario = "scenarios/analysis.yaml";
    assert!(error(&["synthesize", scenario]).contains("attune calibrate writes such files"));
}

/// A source of the very model: at most one comparison in twenty is beyond the stated error.
#[test]
fn the_stated_error_is_exceeded_as_seldom_as_it_says() {
    let trace = sessions("repeat.jsonl", "120");
    let arguments = ["calibrate", &trace, "--sessions", "300", "--repeat", "6", "--format", "json"];
    let found: Value = serde_json::from_str(&out(&arguments)).unwrap();
    assert_eq!((&found[0]["divisions"], &found[0]["comparisons"]), (&6.into(), &180.into()));
    let percent = found[0]["beyond_percent"].as_f64().unwrap();
    assert_eq!(percent, found[0]["beyond"].as_f64().unwrap() / 1.8);
    assert!(percent <= 5.0, "{found}");
    let told = out(&["calibrate", &trace, "--sessions", "100", "--repeat", "2"]);
    assert!(told.contains("| calibrate-repeat | 2 | 60 |"), "{told}");
    let said = error(&["calibrate", &trace, "--repeat", "2", "-o", &place("none.yaml")]);
    assert!(said.contains("cannot be used with"), "{said}");
}

#[test]
fn every_trace_is_a_source_and_counts_once() {
    let trace = sessions("once.jsonl", "4");
    let twice = error(&["calibrate", &trace, &trace]);
    assert!(twice.contains("once.jsonl: this trace is given twice"), "{twice}");
    let folder = common::folder("calibrate-same-name");
    let other = folder.join("calibrate-once.jsonl");
    fs::copy(&trace, &other).unwrap();
    let told = out(&["calibrate", &trace, other.to_str().unwrap(), "--sessions", "5"]);
    for name in ["## calibrate-once\n", "## calibrate-once-2\n"] {
        assert!(told.contains(name), "{name} in {told}");
    }
}

/// An agent that goes back and forth between two projects.
#[test]
fn a_session_in_two_projects_is_one() {
    let (plain, trace) = (place("two-projects-plain.jsonl"), place("two-projects.jsonl"));
    let line = |session: &str, seq: u32| {
        let project = ["p", "q"][seq as usize % 2];
        format!(
            "{{\"session\":\"{session}\",\"agent\":\"a\",\"artifact\":\"x\",\"op\":\"read\",\
             \"tokens\":9,\"seq\":{seq},\"project\":\"{project}\"}}\n"
        )
    };
    let lines: String =
        ["s", "t"].iter().flat_map(|session| (1..7).map(|seq| line(session, seq))).collect();
    fs::write(&plain, lines).unwrap();
    assert!(attune(&["import", "jsonl", &plain, "-o", &trace]).status.success());
    let told = out(&["calibrate", &trace, "--sessions", "5", "--format", "json"]);
    let found: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(found["sources"].as_array().unwrap().len(), 1, "{told}");
    let source = &found["sources"][0];
    let sessions = |side: &str| source[side]["sessions"].as_u64().unwrap();
    assert_eq!(sessions("fitted") + sessions("judging"), 2, "{told}");
}
