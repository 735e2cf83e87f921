//! `attune report` as a user meets it.

mod common;

#[cfg(feature = "report")]
use common::attune;
use common::misuse as error;

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

#[test]
#[cfg(feature = "report")]
fn a_result_is_not_replaced_by_the_page() {
    let folder = common::folder("report-over-a-result");
    let (table, page) = (folder.join("a.csv"), folder.join("page.html"));
    std::fs::write(&table, "a,b\n1,2\n").unwrap();
    let at = |path: &std::path::Path| path.to_str().unwrap().to_string();
    let error = error(&["report", &at(&folder), "-o", &at(&table)]);
    assert!(error.contains("a.csv: this file is among the results"), "{error}");
    assert_eq!(std::fs::read_to_string(&table).unwrap(), "a,b\n1,2\n");
    for _ in 0..2 {
        assert!(attune(&["report", &at(&folder), "-o", &at(&page)]).status.success());
    }
}
