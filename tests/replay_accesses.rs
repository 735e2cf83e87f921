//! `attune replay` of an access trace as a user meets it: every strategy beside what the agents
//! did, switches, and one clear error.

mod common;

use common::attune;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

const EXAMPLE: &str = "tests/golden/garden.jsonl";
const EVENTS: &str = "trace/tests/golden/stale-read.jsonl";

fn out(arguments: &[&str]) -> String {
    common::out(&attune(&[&["replay"], arguments].concat()))
}

fn error(arguments: &[&str]) -> String {
    common::misuse(&[&["replay"], arguments].concat())
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&out(&[&[EXAMPLE, "--format", "json"], arguments].concat())).unwrap()
}

fn strategy<'a>(found: &'a Value, name: &str) -> &'a Value {
    let all = found["strategies"].as_array().unwrap();
    all.iter().find(|account| account["strategy"] == name).unwrap()
}

/// A file of this test's own.
fn place(name: &str, text: &str) -> String {
    let path = common::place(&format!("accesses-{name}"));
    fs::write(&path, text).unwrap();
    path
}

/// The whole answer; `UPDATE_GOLDEN=1` writes it anew.
#[test]
fn the_answer_is_the_one_that_was_read_over() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/garden.txt");
    let text = out(&[EXAMPLE, "--across", "--deltas"]);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap());
}

/// Worked out by hand from the trace. Fetched, cold: 900 + 600, 900 + 400 and, in the second
/// session, 950.
#[test]
fn the_ledger_is_the_one_that_was_worked_out() {
    let found = json(&[]);
    assert_eq!(found["today"]["tokens"], 7480);
    assert_eq!(found["trace"]["failed"], 1);
    assert_eq!(found["trace"]["changed_outside"], 1);
    assert_eq!(found["today"]["lost_updates"]["lost"], 1, "sub:1 wrote over what it had not seen");
    let lazy = strategy(&found, "lazy");
    let fetched = &lazy["tokens"]["fetched"];
    assert_eq!(fetched["cold"], 900 + 600 + 900 + 400 + 950);
    // What sub:1 wrote into the plan, and the change that nobody recorded.
    assert_eq!(fetched["invalidated"], 950 + 980);
    // 50 of 70 lines, and lines that nobody knows.
    assert_eq!(fetched["other_lines"], 500 + 150);
    // sub:1 is given the plan as main left it.
    assert_eq!(lazy["tokens"]["granted"], 930);
    assert_eq!((&lazy["writes_refreshed"], &lazy["lost_updates"]), (&1.into(), &0.into()));
    assert_eq!(lazy["hits"], 1);
    // The plan after 400 seconds, the beds after 490.
    assert_eq!(strategy(&found, "lease")["misses"]["expired"], 2);
    assert_eq!(strategy(&found, "push")["hits"], 3);
}

#[test]
fn switches_make_their_difference() {
    let lazy = |arguments: &[&str]| {
        let found = json(arguments);
        let lazy = strategy(&found, "lazy");
        (lazy["hits"].as_u64().unwrap(), lazy["tokens"].clone())
    };
    let (hits, tokens) = lazy(&["--whole-files"]);
    assert_eq!((hits, &tokens["fetched"]["other_lines"]), (3, &0.into()));
    assert_eq!(tokens["fetched"]["cold"], 900 + 2400 + 900 + 2400 + 950);
    let (hits, tokens) = lazy(&["--deltas"]);
    // sub:1 is given the 40 tokens that main wrote, and main the 30 of sub:1.
    assert_eq!((hits, &tokens["deltas"], &tokens["granted"]), (1, &70.into(), &0.into()));
    let across = json(&["--across"]);
    assert_eq!(across["trace"]["groups"], 1);
    assert_eq!(across["peers"]["served"], 3);
    let one = json(&["--strategy", "lease", "push", "--ttl", "1000"]);
    assert_eq!(one["strategies"].as_array().unwrap().len(), 2);
    assert_eq!(strategy(&one, "lease")["misses"]["expired"], 0);
    assert_eq!(json(&["--bound", "0", "--strategy", "lazy"])["strategies"][0]["hits"], 0);
}

#[test]
fn the_same_trace_gives_the_same_bytes() {
    for arguments in [[EXAMPLE, "--format", "json"], [EXAMPLE, "--format", "text"]] {
        assert_eq!(out(&arguments), out(&arguments));
    }
}

/// The answer in two commands.
#[test]
fn an_import_can_be_replayed() {
    let trace = place("codex.jsonl", "");
    let import = ["import", "codex", "import/tests/fixtures/codex", "-o", &trace];
    assert!(attune(&import).status.success());
    let said = out(&[&trace]);
    assert!(said.contains("accesses of codex (tokens: o200k_base)"), "{said}");
    assert!(said.contains("\nbest      "), "{said}");
}

#[test]
fn a_trace_that_was_cut_off_is_read_as_far_as_it_goes() {
    let whole = fs::read_to_string(EXAMPLE).unwrap();
    let cut = place("cut.jsonl", &whole[..whole.len() - 30]);
    assert!(out(&[&cut]).contains("it ends within line 14, which is left out"));
}

#[test]
fn options_of_the_other_kind_have_one_clear_error() {
    for option in ["--steps", "--diagram", "--mermaid", "--without-mutant"] {
        let error = error(&[EXAMPLE, option]);
        assert!(error.contains(&format!("{option}: {EXAMPLE} is an access trace")), "{error}");
    }
    let options: [&[&str]; 9] = [
        &["--strategy", "all"],
        &["--across"],
        &["--whole-files"],
        &["--deltas"],
        &["--ttl", "9"],
        &["--k", "9"],
        &["--bound", "9"],
        &["--stale", "9"],
        &["--prices", "sim/data/prices.yaml"],
    ];
    for option in options {
        let error = error(&[&[EVENTS], option].concat());
        assert!(error.contains(&format!("{}: {EVENTS} is an event trace", option[0])), "{error}");
    }
}

#[test]
fn what_cannot_be_used_has_one_clear_error() {
    let strategies = error(&[EXAMPLE, "--strategy", "lasy"]);
    assert!(strategies.contains("broadcast, eager, lazy, lease"), "{strategies}");
    assert!(error(&[EXAMPLE, "--ttl", "0"]).contains("0"));
    assert!(error(&[EXAMPLE, "--prices", "no/prices"]).contains("no/prices: cannot be read"));
    let header = fs::read_to_string(EXAMPLE).unwrap();
    let header = header.lines().next().unwrap();
    let empty = place("empty.jsonl", header);
    assert!(error(&[&empty]).contains("no access in it was done"));
    let wrong = place("wrong.jsonl", &format!("{header}\n{{\"session\":1}}\n"));
    assert!(error(&[&wrong]).contains(&format!("{wrong}:2:")));
}

#[test]
fn help_has_an_example() {
    assert!(out(&["--help"]).contains("attune replay sessions.jsonl --across --deltas"));
}

#[cfg(feature = "report")]
#[test]
fn parquet_gives_the_same_bytes_as_the_lines() {
    let records = "import/tests/fixtures/jsonl/accesses.jsonl";
    let folder = common::folder("accesses-parquet");
    let of = |name: &str| {
        let path = folder.join(name).join("trace");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path.to_str().unwrap().to_string()
    };
    let (lines, table) = (of("lines"), of("table") + ".parquet");
    for out in [&lines, &table] {
        attune(&["import", "jsonl", records, "-o", out]);
    }
    for switches in [&[][..], &["--across", "--deltas"], &["--format", "json"]] {
        let told =
            |trace: &String| out(&[&[trace.as_str()], switches].concat()).replace(trace, "T");
        assert_eq!(told(&lines), told(&table));
    }
    let calibrated = |trace: &String| common::out(&attune(&["calibrate", trace]));
    assert_eq!(calibrated(&lines), calibrated(&table));
    // The beginning decides, not the name; cut off, it is nothing.
    let bytes = fs::read(&table).unwrap();
    let renamed = folder.join("trace.jsonl");
    fs::write(&renamed, &bytes).unwrap();
    assert!(out(&[renamed.to_str().unwrap()]).contains("accesses of jsonl"));
    fs::write(&renamed, &bytes[..bytes.len() - 9]).unwrap();
    let said = error(&[renamed.to_str().unwrap()]);
    assert!(said.contains("trace.jsonl: this is no whole Parquet file"), "{said}");
}

#[cfg(not(feature = "report"))]
#[test]
fn parquet_names_the_build_that_reads_it() {
    let said = error(&[&place("bare.parquet", "PAR1 and so on")]);
    assert!(said.contains("cargo build --release --features report"), "{said}");
}

#[test]
fn two_traces_in_one_file_are_told_apart() {
    let text = fs::read_to_string(EXAMPLE).unwrap();
    let said = error(&[&place("joined.jsonl", &format!("{text}{text}"))]);
    let line = text.lines().count() + 1;
    assert!(said.contains(&format!("joined.jsonl:{line}: the header of another trace")), "{said}");
    assert!(said.contains("give each trace by itself"), "{said}");
}
