//! `attune handoff`: a DNA out of a session, why it is as it is, and clear errors.

mod common;

use common::{attune, folder, misuse, out};
use std::fs;

const GARDEN: &str = "handoff/tests/fixtures/garden.jsonl";

fn extract(arguments: &[&str]) -> String {
    out(&attune(&[&["handoff", "extract"], arguments].concat()))
}

#[test]
fn a_dna_keeps_to_its_budget_in_either_format() {
    for budget in ["500", "1KB", "2KiB"] {
        let bytes = attune_handoff::bytes(budget).unwrap();
        for format in ["text", "json"] {
            let dna = extract(&[GARDEN, "--budget", budget, "--format", format]);
            assert!(
                dna.len() <= bytes && dna.len() > bytes / 3,
                "{budget} {format}: {}",
                dna.len()
            );
        }
    }
    let text = extract(&[GARDEN]);
    assert!(text.starts_with("GOAL: Add a watering plan"), "{text}");
    let json = extract(&[GARDEN, "--format", "json"]);
    let dna = attune_handoff::Dna::from_json(&json).unwrap();
    assert_eq!(dna.session, "garden");
    assert_eq!(extract(&[GARDEN, "--format", "json"]), json, "the same again");
}

#[test]
fn a_session_can_be_cut_and_written_to_a_file() {
    let cut = extract(&[GARDEN, "--at", "10", "--format", "json"]);
    assert_eq!(attune_handoff::Dna::from_json(&cut).unwrap().at, 10);
    let path = folder("handoff").join("dna.json");
    let path = path.to_str().unwrap();
    assert_eq!(extract(&[GARDEN, "--at", "10", "--format", "json", "-o", path]), "");
    assert_eq!(fs::read_to_string(path).unwrap(), cut);
}

#[test]
fn an_extraction_is_explained() {
    let told = extract(&[GARDEN, "--budget", "600", "--explain"]);
    let sections = ["taken (", "left out (", "superseded ("];
    let places: Vec<usize> = sections.iter().map(|title| told.find(title).unwrap()).collect();
    assert!(places.is_sorted(), "{told}");
    let left_out = &told[places[1]..places[2]];
    let values: Vec<f64> = left_out
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().next().unwrap().parse().unwrap())
        .collect();
    assert!(values.len() > 1 && values.is_sorted_by(|one, other| one >= other), "{values:?}");
    assert!(told.contains("| records 1\n"), "{told}");
}

#[test]
fn the_schema_is_printed() {
    assert_eq!(out(&attune(&["handoff", "schema"])), attune_handoff::SCHEMA);
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let wrong = |arguments: &[&str]| misuse(&[&["handoff", "extract"], arguments].concat());
    assert!(wrong(&["nothing.jsonl"]).contains("there is nothing of this name"));
    assert!(wrong(&["README.md"]).contains("name the tool with --tool (claude-code, "));
    assert!(wrong(&[GARDEN, "--session", "x"]).contains("has garden"));
    assert!(wrong(&[GARDEN, "--at", "9999"]).contains("the session's records are 1 to "));
    assert!(wrong(&[GARDEN, "--budget", "much"]).contains("write 2000, 2KB"));
    assert!(wrong(&[GARDEN, "--budget", "5"]).contains("nothing fits"));
    let json = wrong(&[GARDEN, "--budget", "5", "--format", "json"]);
    assert!(json.contains("the session's name alone takes"), "{json}");
    assert!(wrong(&[GARDEN, "--tool", "codex"]).contains("this looks like plain messages"));
    let several = wrong(&["import/tests/fixtures/messages/messages.jsonl"]);
    assert!(several.contains("choose one with --session: beds, "), "{several}");
    assert_eq!(several.trim().lines().count(), 1, "{several}");
    let one = ["import/tests/fixtures/messages/messages.jsonl", "--session", "steps#2"];
    assert!(extract(&one).contains("a.py"));
}
