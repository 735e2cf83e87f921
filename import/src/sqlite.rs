//! Other programs' databases, read without changing them.

use crate::ImportError;
use crate::report::{FileId, Report};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use std::path::{Path, PathBuf};

pub(crate) struct Database {
    connection: Connection,
    path: PathBuf,
}

impl Database {
    pub(crate) fn open(path: &Path) -> Result<Database, ImportError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|error| failed(path, &error))?;
        Ok(Database { connection, path: path.to_path_buf() })
    }

    /// Whether there are these tables.
    pub(crate) fn has(&self, tables: &[&str]) -> Result<bool, ImportError> {
        let query = "SELECT name FROM sqlite_master WHERE type = 'table'";
        let there = self.all(query, |row| Ok(text(row, 0)))?;
        Ok(tables.iter().all(|table| there.iter().any(|name| name == table)))
    }

    /// All rows, of a query that does not depend on what the other program stored.
    pub(crate) fn all<T>(
        &self,
        query: &str,
        row: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ImportError> {
        let all = || -> rusqlite::Result<Vec<T>> {
            self.connection.prepare(query)?.query_map([], row)?.collect()
        };
        all().map_err(|error| failed(&self.path, &error))
    }

    /// The rows that can be read; the others are reported.
    pub(crate) fn rows<T>(
        &self,
        query: &str,
        values: &[&str],
        (file, report): (FileId, &mut Report),
        mut row: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ImportError> {
        let failed = |error| failed(&self.path, &error);
        let mut statement = self.connection.prepare(query).map_err(failed)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values)).map_err(failed)?;
        let mut found = Vec::new();
        for place in 1.. {
            match rows.next() {
                Ok(Some(next)) => match row(next) {
                    Ok(value) => found.push(value),
                    Err(error) => {
                        report.skip(file, place, format!("a row that cannot be read: {error}"));
                    }
                },
                Ok(None) => break,
                // A damaged page: what is behind it is lost, what is before it is not.
                Err(error) => {
                    report.skip(file, place, format!("the rows from here on: {error}"));
                    break;
                }
            }
        }
        Ok(found)
    }
}

/// The text in a column; what is no UTF-8 becomes U+FFFD.
pub(crate) fn text(row: &Row, column: usize) -> String {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        _ => String::new(),
    }
}

fn failed(path: &Path, error: &rusqlite::Error) -> ImportError {
    let what = format!(
        "cannot be read as a SQLite database: {error}; if it is in use, copy it with its -wal file \
         and read the copy"
    );
    ImportError::Database { path: path.to_path_buf(), what }
}
