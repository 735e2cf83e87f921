//! The command as a user meets it: formats, determinism, and one clear error for each mistake.

mod common;

use common::{attune, folder, out};
use serde_json::Value;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

fn error(arguments: &[&str]) -> String {
    common::error(attune(arguments), 2)
}

const ANALYSIS: &str = "scenarios/analysis.yaml";

#[test]
fn json_is_one_object_per_run_under_the_originals_names() {
    let text = out(&attune(&[
        "simulate",
        ANALYSIS,
        "--engine",
        "published",
        "--runs",
        "2",
        "--format",
        "json",
    ]));
    let runs: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(runs.len(), 10);
    let names: Vec<&str> = runs[0].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "scenario strategy seed duration_ticks agent_count artifact_count \
        total_actions read_actions write_actions fetch_actions cache_hits cache_misses \
        stale_reads max_stale_steps staleness_bound_violations invalidations_issued \
        invalidations_delivered updates_issued updates_delivered message_overhead tokens_fetch \
        tokens_broadcast tokens_invalidation context_injections transient_state_timeouts \
        synchronization_tokens cache_hit_rate";
    assert_eq!(names, expected.split_whitespace().collect::<Vec<_>>());
    let of = |name: &str| runs.iter().map(|run| run[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("strategy")[..4], ["broadcast", "broadcast", "eager", "eager"]);
    assert_eq!(of("seed")[..2], [20260306, 20260307]);
}

#[test]
fn seeds_count_up_from_the_one_given() {
    let text = out(&attune(&[
        "simulate",
        ANALYSIS,
        "--strategy",
        "lazy",
        "--seed",
        "-3",
        "--runs",
        "3",
        "--format",
        "json",
    ]));
    let runs: Vec<Value> = serde_json::from_str(&text).unwrap();
    let seeds: Vec<i64> = runs.iter().map(|run| run["seed"].as_i64().unwrap()).collect();
    assert_eq!(seeds, [-3, -2, -1]);
}

#[test]
fn the_same_command_gives_the_same_bytes_on_any_number_of_threads() {
    let run = |threads: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_attune"))
            .args(["simulate", "scenarios/lossy-network.yaml", ANALYSIS])
            .args(["--runs", "20", "--format", "csv"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        out(&output)
    };
    let one = run("1");
    assert_eq!(one.lines().count(), 1 + 2 * 6 * 20);
    assert_eq!(one, run("2"));
    assert_eq!(one, run("5"));
}

#[test]
fn a_file_is_written_whole() {
    let path = folder("whole").join("runs.csv");
    let file = path.to_str().unwrap();
    let to_file =
        attune(&["simulate", ANALYSIS, "--format", "csv", "--strategy", "lazy", "--out", file]);
    assert_eq!(out(&to_file), "");
    let printed = out(&attune(&["simulate", ANALYSIS, "--format", "csv", "--strategy", "lazy"]));
    assert_eq!(fs::read_to_string(&path).unwrap(), printed);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn predictions_come_for_every_strategy() {
    let text = out(&attune(&["predict", ANALYSIS, "--format", "json"]));
    let predictions: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(predictions.len(), 5);
    assert_eq!(predictions[2]["strategy"], "lazy");
    assert_eq!(predictions[2]["synchronization_tokens"].as_f64().unwrap().round(), 144_916.0);
}

#[test]
fn mistakes_in_several_scenarios_are_reported_together() {
    let folder = folder("mistakes");
    let bad = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_string()
    };
    let one = bad("one.yaml", "simulation: {duration_ticks: x, num_agents: 2}\n");
    let two = bad("two.yaml", "simulation: [\n");
    let error = error(&["simulate", &one, &two, "scenarios/none.yaml"]);
    assert!(error.contains("one.yaml:1:"), "{error}");
    assert!(error.contains("simulation.duration_ticks"), "{error}");
    assert!(error.contains("two.yaml"), "{error}");
    assert!(error.contains("scenarios/none.yaml"), "{error}");
}

#[test]
fn every_misuse_has_one_clear_error() {
    let unwritable = folder("unwritable");
    let directory = unwritable.to_str().unwrap();
    let nowhere = unwritable.join("no/such/folder/runs.csv");
    let cases: [(&[&str], &str); 9] = [
        (&["simulate"], "SCENARIO"),
        (&["simulate", "scenarios"], "is a directory"),
        (&["simulate", ANALYSIS, "--runs", "0"], "--runs"),
        (&["simulate", ANALYSIS, "--strategy", "lasy"], "broadcast, eager, lazy"),
        (&["simulate", ANALYSIS, "--engine", "published", "--strategy", "push"], "push"),
        (
            &["simulate", "scenarios/lossy-network.yaml", "--engine", "published"],
            "network.duplication_rate",
        ),
        (&["simulate", ANALYSIS, "--out", directory], "is a directory"),
        (&["simulate", ANALYSIS, "--out", nowhere.to_str().unwrap()], "cannot write there"),
        (&["predict", "scenarios/findings/loss-30.yaml"], "loss"),
    ];
    for (arguments, expected) in cases {
        let error = error(arguments);
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
}

#[test]
fn a_seed_without_room_for_the_runs_is_refused() {
    let most = i64::MAX.to_string();
    let error = error(&["simulate", ANALYSIS, "--seed", &most, "--runs", "2"]);
    assert!(error.contains("leaves no room"), "{error}");
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing() {
    // Writing there always fails for want of space.
    let output = Command::new("sh")
        .args(["-c", "\"$1\" simulate scenarios/analysis.yaml --format csv > /dev/full", "sh"])
        .arg(env!("CARGO_BIN_EXE_attune"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("No space left"), "{error}");
}

#[test]
fn an_interrupted_command_leaves_nothing() {
    let folder = folder("interrupted");
    let file = folder.join("runs.csv");
    let mut child = Command::new(env!("CARGO_BIN_EXE_attune"))
        .args(["simulate", "scenarios/large.yaml", "--runs", "1000000", "--format", "csv", "--out"])
        .arg(&file)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !folder.join("runs.csv.partial").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        thread::sleep(Duration::from_millis(10));
    }
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("nothing was written"), "{error}");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn a_device_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let printed = out(&attune(&["simulate", ANALYSIS, "--out", "/dev/null"]));
    assert_eq!(printed, "");
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    for format in ["json", "csv"] {
        let run = "\"$1\" simulate scenarios/*.yaml --runs 30 --format $2 | head -c 10";
        let output = Command::new("sh")
            .args(["-c", run, "sh", env!("CARGO_BIN_EXE_attune"), format])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{format}");
        assert_eq!(output.stdout.len(), 10);
    }
}

#[test]
fn savings_are_against_the_same_scenario_even_if_names_are_the_same() {
    let folder = folder("names");
    let copy = folder.join("copy.yaml");
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/analysis.yaml"));
    fs::write(&copy, text.unwrap().replace("num_agents: 4", "num_agents: 16")).unwrap();
    let printed =
        out(&attune(&["simulate", ANALYSIS, copy.to_str().unwrap(), "--strategy", "broadcast"]));
    let rows: Vec<&str> = printed.lines().filter(|line| line.contains("broadcast")).collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.contains(" 0.0 ")), "{printed}");
}

#[test]
fn the_commands_of_the_report_work() {
    let report = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/results/REPORT.md"));
    let report = report.expect("results/REPORT.md is committed");
    let commands: Vec<&str> = report.lines().filter(|line| line.starts_with("attune ")).collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        assert!(!out(&attune(&words)).is_empty(), "{command}");
    }
}
