//! A small report: its Markdown as kept in `golden/`, its tables as they went in.

mod common;

use attune_report::{Document, parquet_sink, write, write_parquet};
use attune_sim::results::{Cell, Kind, RowSink, Table};
use std::path::Path;
use std::{env, fs};

/// `UPDATE_GOLDEN=1` rewrites what is kept.
#[test]
fn the_markdown_is_as_kept() {
    let directory = common::directory("golden");
    write(&common::document(), &directory, &common::manifest()).unwrap();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for name in ["REPORT.md", "manifest.json", "tables/scenarios.csv"] {
        let now = fs::read_to_string(directory.join(name)).unwrap();
        let path = kept.join(name.replace('/', "-"));
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &now).unwrap();
        }
        let then = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(now, then, "{name} changed; if rightly so, run with UPDATE_GOLDEN=1");
    }
}

#[test]
fn what_is_written_is_listed_with_its_checksum() {
    let directory = common::directory("listed");
    let written = write(&common::document(), &directory, &common::manifest()).unwrap();
    let names: Vec<&str> = written.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "REPORT.md",
            "figures/savings.svg",
            "manifest.json",
            "tables/runs.csv",
            "tables/runs.parquet",
            "tables/scenarios.csv",
            "tables/scenarios.parquet",
        ]
    );
    let there: Vec<String> =
        common::contents(&directory).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, there);

    let manifest = fs::read_to_string(directory.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["version"], "0.1.0");
    for entry in manifest["files"].as_array().unwrap() {
        let listed = written.files.iter().find(|file| file.name == entry["name"]).unwrap();
        assert_eq!(entry["sha256"], listed.sha256);
        let bytes = fs::read(directory.join(&listed.name)).unwrap();
        assert_eq!(entry["bytes"], bytes.len());
    }
    // Known from elsewhere: `printf '' | sha256sum` and the like give the same.
    let report = &written.files[0];
    assert_eq!(report.sha256.len(), 64);
}

#[test]
fn csv_gives_back_every_cell() {
    let directory = common::directory("csv");
    write(&common::document(), &directory, &common::manifest()).unwrap();
    let text = fs::read_to_string(directory.join("tables/scenarios.csv")).unwrap();
    let rows = common::csv_rows(&text);
    let table = common::scenarios();
    assert_eq!(rows[0], ["scenario", "runs", "saved", "printed_note"]);
    assert_eq!(rows.len(), table.rows.len() + 1);
    for (fields, cells) in rows[1..].iter().zip(&table.rows) {
        for ((field, cell), column) in fields.iter().zip(cells).zip(&table.columns) {
            let read = match column.kind {
                Kind::Text => Cell::from(field.as_str()),
                _ if field.is_empty() => Cell::Missing,
                Kind::Integer => Cell::Integer(field.parse().unwrap()),
                Kind::Number { .. } => Cell::Number(field.parse().unwrap()),
            };
            assert_eq!(read, *cell);
        }
    }
}

#[test]
fn parquet_gives_back_every_cell() {
    let table = common::scenarios();
    let path = common::directory("parquet").join("scenarios.parquet");
    write_parquet(&table, &path).unwrap();
    let read = common::read_parquet(&fs::read(&path).unwrap());
    assert_eq!(read.names, ["scenario", "runs", "saved", "printed_note"]);
    assert_eq!(read.columns, columns(&table));
    assert_eq!(read.created_by.as_deref(), Some("Polars"));
    assert_eq!(read.metadata, [("units".to_string(), Some(r#"{"saved":"%"}"#.to_string()))]);
}

#[test]
fn a_table_without_rows_keeps_its_columns() {
    let table = Table { rows: Vec::new(), ..common::scenarios() };
    let path = common::directory("no-rows").join("scenarios.parquet");
    write_parquet(&table, &path).unwrap();
    let read = common::read_parquet(&fs::read(&path).unwrap());
    assert_eq!(read.names.len(), 4);
    assert!(read.columns.iter().all(Vec::is_empty));
}

#[test]
fn a_sink_writes_what_a_table_of_the_same_rows_does() {
    let directory = common::directory("sink");
    let table = common::runs(150_000);
    let (whole, sunk) = (directory.join("whole.parquet"), directory.join("sunk.parquet"));
    write_parquet(&table, &whole).unwrap();
    let mut sink: Box<dyn RowSink> = Box::new(parquet_sink(&sunk, &table.columns).unwrap());
    table.rows.iter().for_each(|row| sink.row(row).unwrap());
    assert!(!sunk.exists(), "it appears once it is complete");
    sink.finish().unwrap();

    let bytes = fs::read(&sunk).unwrap();
    assert!(bytes == fs::read(&whole).unwrap());
    let read = common::read_parquet(&bytes);
    assert_eq!(read.row_groups, 3);
    assert!(read.columns == columns(&table));
}

#[test]
fn a_sink_that_is_not_finished_leaves_nothing() {
    let directory = common::directory("unfinished");
    let table = common::runs(10);
    let mut sink = parquet_sink(&directory.join("runs.parquet"), &table.columns).unwrap();
    sink.row(&table.rows[0]).unwrap();
    assert!(sink.row(&table.rows[0][..2]).is_err());
    drop(sink);
    assert!(common::contents(&directory).is_empty());
}

#[test]
fn a_row_that_does_not_fit_is_named() {
    let mut table = common::scenarios();
    table.rows[2][1] = Cell::Number(0.5);
    let mut document = Document::new("Results");
    document.table(table);
    let error = write(&document, &common::directory("bad-row"), &common::manifest()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("`scenarios`, row 3") && text.contains("`runs`"), "{text}");
}

#[test]
fn names_must_be_file_names_and_differ() {
    let directory = common::directory("names");
    let named = |name: &str| Table { name: name.to_string(), ..common::scenarios() };
    for name in ["", "../up", "A", "a b"] {
        let mut document = Document::new("Results");
        document.table(named(name));
        assert!(write(&document, &directory, &common::manifest()).is_err(), "{name}");
    }
    let mut document = Document::new("Results");
    document.table(named("same"));
    document.table(named("same"));
    let error = write(&document, &directory, &common::manifest()).unwrap_err().to_string();
    assert!(error.contains("two tables are named `same`"), "{error}");
    assert!(common::contents(&directory).is_empty());
}

fn columns(table: &Table) -> Vec<Vec<Cell>> {
    let column = |index: usize| table.rows.iter().map(|row| row[index].clone()).collect();
    (0..table.columns.len()).map(column).collect()
}
