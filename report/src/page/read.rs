//! Tables from files that others may have written.

mod csv;
mod json;
mod parquet;

use super::{PageError, folder};
use attune_sim::results::{Cell, Column, Kind, Table};
use std::fs;
use std::path::Path;

/// Rows that a page shows: more than one looks through, few enough for a browser.
pub(super) const ROWS_SHOWN: usize = 2_000;
/// Rows that are read for the plots of a sweep.
const ROWS_READ: usize = 200_000;

/// A table, or as much of it as is read.
pub(super) struct Found {
    pub table: Table,
    /// How many rows the file has.
    pub rows: usize,
}

impl Found {
    pub(super) fn is_whole(&self) -> bool {
        self.table.rows.len() == self.rows
    }
}

/// The tables of a file; a JSON file may have several. None, if there is no table in a JSON file.
pub(super) fn tables(path: &Path, name: &str) -> Result<Vec<Found>, PageError> {
    let unreadable = |source| PageError::Files { path: path.to_path_buf(), source };
    let malformed = |problem| PageError::Malformed { path: path.to_path_buf(), problem };
    match folder::ending(path).as_deref() {
        Some("csv") => csv::read(path, name).map(|found| vec![found]).map_err(malformed),
        Some("parquet") => {
            let file = fs::File::open(path).map_err(unreadable)?;
            parquet::read(file, name).map(|found| vec![found]).map_err(malformed)
        }
        Some("json") => {
            let text = fs::read_to_string(path).map_err(unreadable)?;
            json::read(&text, name).map_err(malformed)
        }
        _ => Err(PageError::Unknown { path: path.to_path_buf() }),
    }
}

/// A table of texts, with the kinds that all cells of a column have.
fn typed(name: &str, names: Vec<String>, texts: Vec<Vec<String>>) -> Table {
    let kinds: Vec<Kind> = (0..names.len())
        .map(|place| kind(texts.iter().map(|row| row.get(place).map_or("", String::as_str))))
        .collect();
    let cell = |text: &String, kind: &Kind| match kind {
        _ if text.is_empty() => Cell::Missing,
        Kind::Integer => text.parse().map_or(Cell::Missing, Cell::Integer),
        Kind::Number { .. } => text.parse().map_or(Cell::Missing, Cell::Number),
        Kind::Text => text.as_str().into(),
    };
    let rows = texts.iter().map(|row| row.iter().zip(&kinds).map(|(t, k)| cell(t, k)).collect());
    Table {
        name: name.to_string(),
        title: name.to_string(),
        rows: rows.collect(),
        columns: names
            .into_iter()
            .zip(&kinds)
            .map(|(name, &kind)| Column { name, unit: String::new(), kind })
            .collect(),
    }
}

fn kind<'a>(cells: impl Iterator<Item = &'a str> + Clone) -> Kind {
    let mut filled = cells.filter(|text| !text.is_empty()).peekable();
    if filled.peek().is_none() {
        Kind::Text
    } else if filled.clone().all(|text| text.parse::<i64>().is_ok()) {
        Kind::Integer
    } else if filled.all(|text| text.parse::<f64>().is_ok()) {
        Kind::Number { digits: 6 }
    } else {
        Kind::Text
    }
}
