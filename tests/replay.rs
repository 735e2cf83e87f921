//! `attune replay` as a user meets it: the same end, the first difference, one clear error.

mod common;

use common::out;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

const EXAMPLE: &str = "trace/tests/golden/stale-read.jsonl";

fn replay(arguments: &[&str]) -> Output {
    common::attune(&[&["replay"], arguments].concat())
}

fn error(arguments: &[&str], status: i32) -> String {
    common::error(replay(arguments), status)
}

fn example() -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(EXAMPLE)).unwrap()
}

/// A trace of this test's own.
fn trace(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("replay-{name}"));
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_string()
}

#[test]
fn the_core_comes_to_the_end_that_was_recorded() {
    let text = out(&replay(&[EXAMPLE]));
    assert!(text.contains("19 events: the core comes to the same end"), "{text}");
    assert!(text.contains("reached: stale-hit: an agent reads"), "{text}");
    assert!(text.contains("v2 e3 free, current a0, behind a1"), "{text}");
}

#[test]
fn steps_are_told_as_a_story() {
    let text = out(&replay(&[EXAMPLE, "--steps"]));
    assert!(text.contains("      1  a1 reads at t0: miss, never had it\n"), "{text}");
    assert!(text.contains("line -> a0: grant #1 v1 e2 until t5 (with content)"), "{text}");
    assert!(text.contains("the authority restarts from snapshot and log"), "{text}");
}

#[test]
fn json_has_the_end_or_the_difference() {
    let json = |path: &str, status| {
        let output = replay(&[path, "--format", "json"]);
        assert_eq!(output.status.code(), Some(status));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let good = json(EXAMPLE, 0);
    assert_eq!((&good["same"], &good["events"]), (&true.into(), &19.into()));
    assert_eq!(good["end"]["reached"]["witness"], "stale-hit");
    assert_eq!(good["kind"], "events");
    let altered = example().replace("\"outcome\":{\"hit\":1}", "\"outcome\":{\"hit\":2}");
    let bad = json(&trace("json.jsonl", altered), 1);
    assert_eq!((&bad["same"], &bad["divergence"]["step"]), (&false.into(), &19.into()));
    assert_eq!(bad["divergence"]["line"], 20);
}

#[test]
fn an_altered_trace_is_told_from_the_core() {
    // What to look for, what to put there, and what the command says of it.
    let cases = [
        (
            "\"hit\":1",
            "\"hit\":2",
            ["step 19", "the trace says: hit, v2", "the core did:   hit, v1"],
        ),
        (
            "\"hold\":\"free\",\"current\":[1],",
            "\"hold\":\"free\",\"current\":[0],",
            ["step 3", "the line afterwards", "current a1"],
        ),
        (
            "{\"state\":\"modified\",\"version\":1,",
            "{\"state\":\"modified\",\"version\":2,",
            ["step 9", "says: M v2 e2", "the core did:   M v1 e2"],
        ),
        (
            "\"state\":\"shared\",\"version\":1,\"epoch\":1,\"reads\":1}]]",
            "\"state\":\"shared\",\"version\":1,\"epoch\":1,\"reads\":2}]]",
            ["the end", "the copy of artifact 0 at a1", "read 2"],
        ),
        (
            "\"agent_gets\":{\"message\":{\"agent\":1,\"request\":1,\"version\":1,",
            "\"agent_gets\":{\"message\":{\"agent\":1,\"request\":1,\"version\":7,",
            ["step 4", "it cannot: not on its way", "fill #1 v7"],
        ),
        (
            "\"kept\":false,\"answers_lost\":false}",
            "\"kept\":false,\"answers_lost\":true}",
            ["step 4", "it cannot: not on its way to an agent", "fill #1"],
        ),
        ("\"request\":2}}", "\"request\":1}}", ["step 10", "#1 is not fresh", "take a greater"]),
        ("{\"agent\":0,\"now\":1}", "{\"agent\":9,\"now\":1}", ["step 9", "no agent a9", "cannot"]),
        ("\"lease_ticks\":5", "\"lease_ticks\":6", ["step 6", "until t5", "until t6"]),
    ];
    for (place, (from, to, expected)) in cases.into_iter().enumerate() {
        let altered = example().replacen(from, to, 1);
        assert!(altered != example(), "not in the example: {from}");
        let error = error(&[&trace(&format!("altered-{place}.jsonl"), altered)], 1);
        for part in expected {
            assert!(error.contains(part), "{error}\n  should contain {part}");
        }
    }
}

#[test]
fn an_end_that_the_core_does_not_come_to_is_told() {
    let reached = "\"reached\":{\"witness\":\"stale-hit\"}";
    let cases = [
        (
            "\"broken\":{\"property\":\"data-value\",\"what\":\"so they say\"}",
            ["says: data-value is broken at step 19", "every promise is kept"],
        ),
        (
            "\"broken\":{\"property\":\"fairness\",\"what\":\"\"}",
            ["says: fairness", "no property of that name"],
        ),
        (
            "\"reached\":{\"witness\":\"lease-expires\"}",
            ["at step 19: a lease runs out", "that is not so"],
        ),
        ("\"reached\":{\"witness\":\"luck\"}", ["says: luck", "no witness of that name"]),
        (
            "\"repeats\":{\"property\":\"every-request-ends\",\"what\":\"\",\"from_step\":9}",
            ["is not met from step 9 to 19", "it is met"],
        ),
    ];
    for (place, (end, expected)) in cases.into_iter().enumerate() {
        let altered = example().replace(reached, end);
        let error = error(&[&trace(&format!("end-{place}.jsonl"), altered)], 1);
        for part in expected {
            assert!(error.contains(part), "{error}\n  should contain {part}");
        }
    }
}

#[test]
fn a_counterexample_is_replayed_with_its_defect() {
    let path = "tests/golden/commit-is-in-its-epoch.jsonl";
    let text = out(&replay(&[path]));
    assert!(text.contains("mutant    commit-is-in-its-epoch"), "{text}");
    assert!(
        text.contains(
            "end       broken: no-stale-apply: a commit from an epoch that is over is accepted"
        ),
        "{text}"
    );
    let sound = error(&[path, "--without-mutant"], 1);
    assert!(sound.contains("at step 10") && sound.contains("refused #2 e4: e2 is over"), "{sound}");
    assert!(sound.contains("without the rule commit-is-in-its-epoch"), "{sound}");
}

#[test]
fn a_mutant_that_nobody_knows_is_an_error() {
    let mutant = example().replace("\"mutant\":null", "\"mutant\":\"no-fencing\"");
    let error = error(&[&trace("mutant.jsonl", mutant)], 2);
    assert!(error.contains(":1: origin.mutant is `no-fencing`"), "{error}");
}

#[test]
fn a_trace_is_drawn() {
    let text = out(&replay(&[EXAMPLE, "--diagram"]));
    assert!(text.contains("19 events: the core comes to the same end"), "{text}");
    assert!(text.contains("stale-hit"), "{text}");
    assert!(text.lines().skip(4).all(|line| line.chars().count() <= 100), "{text}");
    let mermaid = out(&replay(&[EXAMPLE, "--mermaid"]));
    assert!(mermaid.starts_with("sequenceDiagram\n    participant a0\n"), "{mermaid}");
}

#[test]
fn what_cannot_be_read_has_one_clear_error() {
    let good = example();
    let without_end = good.rsplit_once("{\"end\"").unwrap().0;
    let cases = [
        ("cut.jsonl", good[..good.len() - 30].into(), ":21: the file ends within this line"),
        ("no-end.jsonl", without_end.into(), ":20: the trace has no end"),
        (
            "kind.jsonl",
            good.replace("\"events\"", "\"accesses\""),
            ":1: a trace of kind `accesses`",
        ),
        ("format.jsonl", good.replace("trace\":1", "trace\":9"), ":1: a trace of format 9"),
        ("plain.jsonl", "simulation:\n".into(), ":1:1: this is not a trace"),
        ("empty.jsonl", String::new(), ":1: this is empty"),
        ("gap.jsonl", good.replace("{\"step\":5,", "{\"step\":6,"), ":6: this is step 6"),
        ("field.jsonl", good.replace("\"kept\":true", "\"keep\":true"), ":8:"),
    ];
    for (name, text, expected) in cases {
        let path = trace(name, text);
        let error = error(&[&path], 2);
        assert!(error.contains(&path) && error.contains(expected), "{error}");
    }
    assert!(error(&[&trace("bytes.jsonl", [0xff, 0x00, 0xfe])], 2).contains("not a trace"));
    assert!(error(&["no/such/trace.jsonl"], 2).contains("no/such/trace.jsonl: cannot be opened"));
    assert!(error(&["scenarios"], 2).contains("is a directory"));
    assert!(error(&[EXAMPLE, "--steps", "--format", "json"], 2).contains("--steps"));
}

#[test]
fn help_has_an_example() {
    let text = out(&replay(&["--help"]));
    assert!(text.contains(&format!("attune replay {EXAMPLE} --steps")), "{text}");
}
