//! A document as files, in memory.

use crate::document::Document;
use crate::error::WriteError;
use crate::manifest::{self, FileEntry, Manifest};
use crate::{csv, figure, markdown, parquet};
use attune_sim::results::{Cell, Kind, Table};
use std::collections::BTreeSet;

pub(crate) const REPORT: &str = "REPORT.md";

pub(crate) struct File {
    /// Its path within the directory, parts separated by `/`.
    pub name: String,
    pub contents: Vec<u8>,
}

/// Every file of a document, sorted by name, the manifest last.
pub(crate) fn files(document: &Document, manifest: &Manifest) -> Result<Vec<File>, WriteError> {
    check(document)?;
    let mut files = vec![File::text(REPORT.to_string(), markdown::render(document))];
    for table in document.tables() {
        let name = &table.name;
        files.push(File::text(format!("tables/{name}.csv"), csv::render(table)));
        let contents = parquet::render(table)?;
        files.push(File { name: format!("tables/{name}.parquet"), contents });
    }
    for plot in document.plots() {
        let image = figure::render(plot).map_err(|error| WriteError::Figure {
            name: plot.name.clone(),
            problem: error.to_string(),
        })?;
        files.push(File::text(format!("figures/{}.svg", plot.name), image));
    }
    files.sort_by(|left, right| left.name.cmp(&right.name));

    let entries: Vec<FileEntry> = files.iter().map(File::entry).collect();
    files.push(File::text(manifest::NAME.to_string(), manifest.render(&entries)));
    Ok(files)
}

impl File {
    fn text(name: String, text: String) -> File {
        File { name, contents: text.into_bytes() }
    }

    pub(crate) fn entry(&self) -> FileEntry {
        FileEntry::of(&self.name, &self.contents)
    }
}

fn check(document: &Document) -> Result<(), WriteError> {
    names("table", document.tables().map(|table| table.name.as_str()))?;
    names("plot", document.plots().map(|plot| plot.name.as_str()))?;
    document.tables().try_for_each(check_table)
}

fn names<'a>(what: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), WriteError> {
    let mut seen = BTreeSet::new();
    for name in names {
        let fits = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '-');
        if name.is_empty() || !name.chars().all(fits) {
            return Err(WriteError::Name { what, name: name.to_string() });
        }
        if !seen.insert(name) {
            return Err(WriteError::Twice { what, name: name.to_string() });
        }
    }
    Ok(())
}

/// Whether every row has a cell per column, of its kind.
pub(crate) fn check_table(table: &Table) -> Result<(), WriteError> {
    for (index, row) in table.rows.iter().enumerate() {
        let bad = |problem| WriteError::Row { table: table.name.clone(), row: index + 1, problem };
        if row.len() != table.columns.len() {
            let (cells, columns) = (row.len(), table.columns.len());
            return Err(bad(format!("it has {cells} cells for {columns} columns")));
        }
        for (cell, column) in row.iter().zip(&table.columns) {
            if !matches(cell, column.kind) {
                let (name, kind) = (&column.name, column.kind);
                return Err(bad(format!("{cell:?} is in column `{name}`, which holds {kind:?}")));
            }
        }
    }
    Ok(())
}

fn matches(cell: &Cell, kind: Kind) -> bool {
    matches!(
        (cell, kind),
        (Cell::Missing, _)
            | (Cell::Text(_), Kind::Text)
            | (Cell::Integer(_), Kind::Integer)
            | (Cell::Number(_), Kind::Number { .. })
    )
}
