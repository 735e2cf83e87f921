//! `attune report` as a user meets it.

use std::process::{Command, Output};

fn attune(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attune"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("RUST_BACKTRACE");
    command.output().unwrap()
}

fn error(arguments: &[&str]) -> String {
    let output = attune(arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.starts_with("error: ") && !error.contains("panicked"), "{error}");
    assert!(output.stdout.is_empty());
    error
}

#[test]
#[cfg(not(feature = "report"))]
fn without_the_report_it_says_how_to_build_it() {
    assert!(error(&["report", "results"]).contains("--features report"));
}

#[test]
#[cfg(feature = "report")]
fn the_page_goes_where_it_is_told() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/page.html");
    let told = attune(&["report", "results", "-o", path]);
    assert!(told.status.success() && told.stdout.is_empty() && told.stderr.is_empty());
    let page = std::fs::read(path).unwrap();
    assert!(page.starts_with(b"<!DOCTYPE html>"));
    assert_eq!(attune(&["report", "results"]).stdout, page);
}

#[test]
#[cfg(feature = "report")]
fn misuse_is_one_line() {
    for (arguments, part) in [
        (&["report", "nowhere"][..], "nowhere: is not there"),
        (&["report", "README.md"], "README.md: is no table"),
        (&["report", "results", "-o", "results"], "this is a directory"),
        (&["report", "results", "-o", "nowhere/page.html"], "cannot write there"),
    ] {
        let error = error(arguments);
        assert!(error.contains(part) && error.trim().lines().count() == 1, "{error}");
    }
}
