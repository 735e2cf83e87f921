//! `attune sweep`, `attune merge` and `attune lease` as a user meets them.

mod common;

use common::{attune, command, folder};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

fn out(arguments: &[&str]) -> String {
    common::out(&attune(arguments))
}

fn error(arguments: &[&str], status: i32) -> String {
    common::error(attune(arguments), status)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A sweep of 400 points, in a folder of its own.
fn sweep(name: &str, runs: u32) -> (PathBuf, PathBuf) {
    let folder = folder(name);
    let file = folder.join("sweep.yaml");
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/analysis.yaml");
    let vary = format!(
        "name: test\nscenario: {}\nruns: {runs}\nsamples: {{count: 20, seed: 1}}\nvary:\n  \
         - simulation.num_agents: [2, 4, 6, 8]\n  \
         - artifacts[].size_tokens: {{log: {{from: 10, to: 1000, steps: 5}}}}\n  \
         - scenario.write_probability: {{random: {{uniform: {{from: 0, to: 1}}}}}}\n",
        base.display()
    );
    fs::write(&file, vary).unwrap();
    (folder, file)
}

#[test]
fn the_sweeps_that_ship_are_read_and_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/sweeps");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let scenario = out(&["sweep", text(&path), "--show-point", "1"]);
        assert!(scenario.starts_with("# ") && scenario.contains("simulation:"), "{scenario}");
        files += 1;
    }
    assert_eq!(files, 8);
    let rows =
        out(&["sweep", "scenarios/sweeps/volatility.yaml", "--runs", "2", "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&rows).unwrap();
    assert_eq!(rows.len(), 31 * 6);
    assert_eq!(rows[0]["scenario.write_probability"], 0.001);
    assert_eq!(rows[0]["saved"], 0.0);
    assert_eq!(rows[185]["scenario.write_probability"], 1.0);
    let table = out(&["sweep", "scenarios/sweeps/agents.yaml", "--runs", "1"]);
    assert!(table.lines().count() > 90, "{table}");
}

#[test]
fn shards_that_are_merged_are_the_bytes_of_one_sweep() {
    let (folder, file) = sweep("shards", 2);
    let formats: &[&str] = if cfg!(feature = "report") { &["csv", "parquet"] } else { &["csv"] };
    for format in formats {
        let at = |name: &str| folder.join(format!("{name}.{format}"));
        let (straight, cut, merged) = (at("straight"), at("cut"), at("merged"));
        out(&["sweep", text(&file), "--out", text(&straight)]);
        assert!(!folder.join(format!("straight.{format}.parts")).exists());
        for shard in ["2/3", "1/3", "3/3"] {
            out(&["sweep", text(&file), "--out", text(&cut), "--shard", shard]);
        }
        assert!(!cut.exists());
        let parts = format!("{}.parts", cut.display());
        out(&["merge", &parts, "--out", text(&merged)]);
        assert_eq!(fs::read(&straight).unwrap(), fs::read(&merged).unwrap());
    }
    let rows = fs::read_to_string(folder.join("straight.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 400 * 6);
    let header = rows.lines().next().unwrap();
    assert!(
        header.starts_with(
            "point,simulation.num_agents,artifacts[].size_tokens,scenario.write_probability,\
             strategy,runs,saved,"
        ),
        "{header}"
    );
}

#[cfg(unix)]
#[test]
fn a_sweep_that_is_interrupted_goes_on_where_it_was() {
    let (folder, file) = sweep("interrupted", 50);
    let (straight, stopped) = (folder.join("straight.csv"), folder.join("stopped.csv"));
    let arguments = ["sweep", text(&file), "--out", text(&stopped)];
    let mut child = command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    let parts = folder.join("stopped.csv.parts");
    // Two parts besides the manifest.
    while fs::read_dir(&parts).map_or(0, Iterator::count) < 4 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be interrupted");
        thread::sleep(Duration::from_millis(5));
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("--resume") && !stopped.exists(), "{said}");
    let refused = error(&arguments, 2);
    assert!(refused.contains("--resume"), "{refused}");
    out(&[&arguments[..], &["--resume"]].concat());
    out(&["sweep", text(&file), "--out", text(&straight)]);
    assert_eq!(fs::read(&straight).unwrap(), fs::read(&stopped).unwrap());
    assert!(!parts.exists());
}

#[test]
fn misuse_is_refused_with_how_to_mend_it() {
    let (folder, file) = sweep("misuse", 1);
    let file = text(&file);
    let cases: [(&[&str], &str); 9] = [
        (&["sweep", file, "--out", file, "--format", "csv"], "this file is read, too"),
        (&["sweep", "nowhere.yaml"], "nowhere.yaml: cannot be read: No such file"),
        (&["sweep", "scenarios/analysis.yaml"], "not a sweep file"),
        (&["sweep", file, "--out", "x"], "end the name in .csv or .parquet"),
        (&["sweep", file, "--out", "x.json", "--format", "json"], "as csv or parquet"),
        (&["sweep", file, "--out", "/nowhere/x.csv"], "/nowhere/x.csv.parts: cannot be written"),
        (&["sweep", file, "--show-point", "400"], "has 400 points"),
        (&["merge", text(&folder), "--out", "x.csv"], "name a folder that a sweep has left"),
        (&["lease", "scenarios/analysis.yaml"], "writes take no time"),
    ];
    for (arguments, expected) in cases {
        let said = error(arguments, 2);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn a_lease_is_recommended_with_what_it_loses() {
    let arguments = ["lease", "scenarios/slow-writers.yaml", "--runs", "4", "--format", "json"];
    let leases: Vec<Value> = serde_json::from_str(&out(&arguments)).unwrap();
    let careful = &leases[1];
    assert_eq!(careful["why"], "loses at most 1 %");
    let (lost, simulated) = (careful["lost"].as_f64(), careful["lost_simulated"].as_f64());
    assert!(lost.unwrap() <= 1.0 && simulated.unwrap() < 2.0, "{careful}");
    assert_eq!(leases.last().unwrap()["lease_ticks"], 20);
}
