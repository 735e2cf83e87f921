//! The drift check finds every kind of difference and says where it is.

mod common;

use attune_report::{Difference, DifferingLine, compare, write};
use std::fs;
use std::path::PathBuf;

fn written(name: &str) -> PathBuf {
    let directory = common::directory(name);
    write(&common::document(), &directory, &common::manifest()).unwrap();
    directory
}

fn differences(directory: &std::path::Path) -> Vec<Difference> {
    compare(&common::document(), directory, &common::manifest()).unwrap()
}

#[test]
fn what_was_just_written_does_not_differ() {
    assert_eq!(differences(&written("same")), []);
}

#[test]
fn a_changed_line_is_shown() {
    let directory = written("line");
    let path = directory.join("tables/runs.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("1,eager,250000", "1,eager,250001")).unwrap();
    let expected = Difference::Differs {
        name: "tables/runs.csv".to_string(),
        line: Some(DifferingLine {
            number: 3,
            there: "1,eager,250001".to_string(),
            now: "1,eager,250000".to_string(),
        }),
    };
    assert_eq!(differences(&directory), std::slice::from_ref(&expected));
    assert_eq!(
        expected.to_string(),
        "tables/runs.csv: differs from line 3\n  there: 1,eager,250001\n  now:   1,eager,250000"
    );
}

#[test]
fn a_line_more_or_less_is_a_difference() {
    let directory = written("more");
    let path = directory.join("REPORT.md");
    let text = fs::read_to_string(&path).unwrap();
    for changed in [format!("{text}more\n"), text.trim_end().to_string()] {
        fs::write(&path, changed).unwrap();
        let found = differences(&directory);
        assert!(matches!(&found[..], [Difference::Differs { line: Some(_), .. }]), "{found:?}");
    }
}

#[test]
fn a_changed_byte_of_a_binary_file_is_found() {
    let directory = written("byte");
    let path = directory.join("tables/runs.parquet");
    let mut bytes = fs::read(&path).unwrap();
    bytes[10] ^= 1;
    fs::write(&path, bytes).unwrap();
    let expected = Difference::Differs { name: "tables/runs.parquet".to_string(), line: None };
    assert_eq!(differences(&directory), [expected]);
}

#[test]
fn missing_and_extra_files_are_found() {
    let directory = written("extra");
    fs::remove_file(directory.join("figures/savings.svg")).unwrap();
    fs::write(directory.join("tables/old.csv"), "").unwrap();
    fs::write(directory.join(".hidden"), "").unwrap();
    // What another command makes has a report of its own.
    fs::create_dir(directory.join("other")).unwrap();
    fs::write(directory.join("other/REPORT.md"), "").unwrap();
    fs::write(directory.join("other/table.csv"), "").unwrap();
    let found: Vec<String> = differences(&directory).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["figures/savings.svg: missing", "tables/old.csv: no longer written"]);
}

#[test]
fn comparing_writes_nothing() {
    let directory = common::directory("nothing").join("absent");
    assert_eq!(differences(&directory).len(), 7);
    assert!(!directory.exists());
}
