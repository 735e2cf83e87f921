use crate::Tool;
use crate::files::cannot_be_read;
use std::io;
use std::path::PathBuf;

/// Why nothing can be imported. What is wrong with single records, and with files that were found
/// in a folder, is in the [`crate::Report`].
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{}: there is nothing of this name; name a file or folder with sessions", .path.display())]
    Missing { path: PathBuf },
    // The cause is told by `source`: who shows both shows it once.
    #[error("{}: cannot be read", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(
        "{}: this is no regular file, and sessions are read more than once; write what it gives to \
         a file, and name that", .path.display()
    )]
    Special { path: PathBuf },
    #[error("{}: no files of {tool} ({}) in this folder; {}", .path.display(), .tool.files(), .tool.place())]
    NoFiles { path: PathBuf, tool: Tool },
    #[error("{}: no session of {tool}: {why}{}", .path.display(), instead(*looks_like))]
    Foreign { path: PathBuf, tool: Tool, why: String, looks_like: Option<Tool> },
    #[error("{}: {what}", .path.display())]
    Database { path: PathBuf, what: String },
    #[error(
        "{tool} keeps this in SQLite, which this attune was built without; build it with \
         --features sqlite"
    )]
    WithoutSqlite { tool: Tool },
}

impl ImportError {
    /// Why, for where the path stands already.
    pub(crate) fn cause(&self) -> String {
        match self {
            ImportError::Unreadable { source, .. } => cannot_be_read(source),
            ImportError::Foreign { why, looks_like, .. } => why.clone() + &instead(*looks_like),
            ImportError::Database { what, .. } => what.clone(),
            other => other.to_string(),
        }
    }
}

fn instead(tool: Option<Tool>) -> String {
    tool.map_or(String::new(), |tool| {
        format!("; this looks like {tool}: attune import {}", tool.name())
    })
}
