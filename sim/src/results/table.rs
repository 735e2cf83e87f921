//! Tables of typed cells.

use serde::{Deserialize, Serialize};
use std::io;

/// A table with a name that serves as its file name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Lower case, words joined by hyphens.
    pub name: String,
    /// One line.
    pub title: String,
    pub columns: Vec<Column>,
    /// As many cells per row as there are columns, each of its column's kind or missing.
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Lower case, words joined by underscores.
    pub name: String,
    /// Empty where the column has none.
    pub unit: String,
    pub kind: Kind,
}

/// What a column holds. `digits`: how many to show after the point; files keep full precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    Integer,
    Number { digits: usize },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    Text(String),
    Integer(i64),
    Number(f64),
    Missing,
}

/// Takes rows one at a time, for results too large to hold.
pub trait RowSink {
    /// Takes one row, with a cell per column.
    fn row(&mut self, cells: &[Cell]) -> io::Result<()>;

    /// Writes what is left. Nothing may follow.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

impl Column {
    pub fn text(name: &str) -> Column {
        Column { name: name.to_string(), unit: String::new(), kind: Kind::Text }
    }

    pub fn integer(name: &str, unit: &str) -> Column {
        Column { name: name.to_string(), unit: unit.to_string(), kind: Kind::Integer }
    }

    pub fn number(name: &str, unit: &str, digits: usize) -> Column {
        Column { name: name.to_string(), unit: unit.to_string(), kind: Kind::Number { digits } }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_string())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Cell {
        Cell::Integer(number.into())
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Cell {
        i64::try_from(number).map_or(Cell::Number(number as f64), Cell::Integer)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Integer(number)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Cell {
        Cell::Number(number)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Missing, T::into)
    }
}

impl Cell {
    /// As shown to people: numbers with the column's digits, missing cells as a dash.
    pub fn show(&self, kind: Kind) -> String {
        match (self, kind) {
            (Cell::Text(text), _) => text.clone(),
            (Cell::Integer(number), _) => number.to_string(),
            (Cell::Number(number), Kind::Number { digits }) => format!("{number:.digits$}"),
            (Cell::Number(number), Kind::Text | Kind::Integer) => number.to_string(),
            (Cell::Missing, _) => "–".to_string(),
        }
    }
}
