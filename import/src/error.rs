use crate::Tool;
use std::io;
use std::path::PathBuf;

/// Why nothing can be imported. What is wrong with single records is in the [`crate::Report`].
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{}: there is nothing of this name; name a file or folder with sessions", .path.display())]
    Missing { path: PathBuf },
    #[error("{}: cannot be read: {source}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
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

fn instead(tool: Option<Tool>) -> String {
    tool.map_or(String::new(), |tool| {
        format!("; this looks like {tool}: attune import {}", tool.name())
    })
}
