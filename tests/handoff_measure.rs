//! `attune handoff measure`: its tables, and what it says where there is nothing to measure.

mod common;

use common::{attune, error, out, place};
use serde_json::{Value, json};
use std::fs;

/// A compaction with what was before and after, written for this test.
fn compaction() -> String {
    let mut before = vec![json!({
        "role": "user", "kind": "text",
        "content": "Please make the parser of dates accept years before 1970, and never touch the calendar."
    })];
    for (place, file) in ["dates.rs", "years.rs", "dates.rs"].into_iter().enumerate() {
        let path = format!("/home/ada/project/src/{file}");
        let input = json!({ "file_path": path, "old_string": "a", "new_string": format!("fn parse_year_{place}() {{}}") });
        before.push(json!({ "role": "assistant", "kind": "tool_call",
            "content": json!({ "name": "Edit", "input": input }).to_string() }));
        before.push(json!({ "role": "tool", "kind": "tool_result",
            "content": format!("The file {path} has been updated successfully.") }));
    }
    let run = json!({ "name": "Bash", "input": { "command": "cargo test" } });
    before.push(json!({ "role": "assistant", "kind": "tool_call", "content": run.to_string() }));
    before.push(json!({ "role": "tool", "kind": "tool_result", "content": "test result: ok. 3 passed; 0 failed" }));
    let after =
        vec![json!({ "role": "assistant", "kind": "text", "content": "On with src/dates.rs." })];
    let pair: Value = json!({
        "source": "test", "session": "one", "seq": 9, "before": before, "after": after,
        "summary": "The person wants years before 1970. Last changed: src/dates.rs. All tests pass."
    });
    format!("{pair}\n")
}

#[test]
fn every_method_has_its_recall() {
    let file = place("compaction.jsonl");
    fs::write(&file, compaction()).unwrap();
    let arguments = ["handoff", "measure", &file, "--cuts", "real", "--budgets", "512,2KiB"];
    let text = out(&attune(&arguments));
    for expected in ["DNA", "last bytes", "extractive summary", "tool's summary, whole", "run"] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert_eq!(text, out(&attune(&arguments)), "the same again");
    let with = |more: &[&str]| out(&attune(&[arguments.as_slice(), more].concat()));
    let tables: Value = serde_json::from_str(&with(&["--format", "json"])).unwrap();
    assert_eq!(tables[0]["name"], "asked");
    let rows = with(&["--format", "csv"]);
    assert!(rows.starts_with("method,budget,cut,source,kind,questions,recall"), "{rows}");
    let whole: Vec<&str> =
        rows.lines().filter(|row| row.starts_with("\"tool's summary, whole\"")).collect();
    assert!(whole.iter().any(|row| row.contains(",run,1,1,")), "{whole:?}");
    assert!(with(&["--questions"]).contains("Which file was changed last?"));
}

#[test]
fn nothing_to_measure_is_said() {
    let file = place("short.jsonl");
    fs::write(
        &file,
        "{\"session\":\"s\",\"role\":\"user\",\"kind\":\"text\",\"content\":\"Hello.\"}\n",
    )
    .unwrap();
    let said = error(attune(&["handoff", "measure", &file]), 2);
    assert!(said.contains("--cuts"), "{said}");
    let said = error(attune(&["handoff", "measure", &file, "--budgets", "much"]), 2);
    assert!(said.contains("much"), "{said}");
}
