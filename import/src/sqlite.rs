//! Other programs' databases, read without changing them.

use crate::ImportError;
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
        let there: Vec<String> = self.rows(query, &[], |row| row.get(0))?;
        Ok(tables.iter().all(|table| there.iter().any(|name| name == table)))
    }

    pub(crate) fn rows<T>(
        &self,
        query: &str,
        values: &[&str],
        row: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ImportError> {
        let all = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.connection.prepare(query)?;
            statement.query_map(rusqlite::params_from_iter(values), row)?.collect()
        };
        all().map_err(|error| failed(&self.path, &error))
    }
}

fn failed(path: &Path, error: &rusqlite::Error) -> ImportError {
    let what = format!(
        "cannot be read as a SQLite database: {error}; if it is in use, copy it with its -wal file \
         and read the copy"
    );
    ImportError::Database { path: path.to_path_buf(), what }
}
