//! Where OpenCode's sessions are: in exported files, in a folder of files, or in a database.

use crate::json::text;
use crate::report::{FileId, Report};
use crate::{ImportError, Tool, files, lines};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// How to get at a session's messages.
pub(super) enum Stored {
    Exported(FileId),
    /// In the folder that has `session`, `message` and `part`.
    Folder {
        file: FileId,
        folder: PathBuf,
        id: String,
    },
    Database {
        file: FileId,
        id: String,
    },
}

impl Stored {
    /// The file that is reported on.
    pub(super) fn file(&self) -> FileId {
        match self {
            Stored::Exported(file)
            | Stored::Folder { file, .. }
            | Stored::Database { file, .. } => *file,
        }
    }
}

/// What is said of each session, and where the rest is.
pub(super) fn sessions(
    files: &[FileId],
    report: &mut Report,
) -> Result<Vec<(Value, Stored)>, ImportError> {
    let mut found = Vec::new();
    for &file in files {
        let path = report.path(file).to_path_buf();
        if files::has_extension(&path, &["db"]) {
            for info in database_sessions(&path)? {
                let id = text(&info, &["id"]).unwrap_or_default().to_string();
                found.push((info, Stored::Database { file, id }));
            }
            continue;
        }
        let folder = storage(&path);
        let document = match lines::whole(&path)? {
            Ok(document) => document,
            Err(error) if error.is_eof() => {
                report.truncated(file, error.line() as u64);
                continue;
            }
            Err(error) => {
                report.skip(file, error.line() as u64, "a file that is no JSON");
                continue;
            }
        };
        let exported = document.get("info").filter(|_| document.get("messages").is_some());
        match (exported, folder) {
            (Some(info), _) => found.push((info.clone(), Stored::Exported(file))),
            (None, Some((folder, _))) if text(&document, &["id"]).is_some() => {
                let id = text(&document, &["id"]).unwrap_or_default().to_string();
                found.push((document, Stored::Folder { file, folder, id }));
            }
            (None, _) => report.skip(file, 1, "a file that is no session of OpenCode"),
        }
    }
    Ok(found)
}

/// Whether a file is read with its session, or is not about sessions.
pub(crate) fn is_a_part(path: &Path) -> bool {
    storage(path).is_some_and(|(_, kind)| kind != "session")
}

/// The folder of storage that a file is in, and what kind of thing it holds there.
fn storage(path: &Path) -> Option<(PathBuf, String)> {
    // `storage/session/<project>/<id>.json`, `storage/part/<message>/<id>.json`
    let kind = path.ancestors().skip(1).take(3).find(|folder| {
        let parent = folder.parent();
        parent.is_some_and(|parent| {
            parent.join("session").is_dir() && parent.join("message").is_dir()
        })
    })?;
    Some((kind.parent()?.to_path_buf(), kind.file_name()?.to_string_lossy().to_string()))
}

/// The messages of a session, in order, each as `{info, parts}`.
pub(super) fn messages(stored: &Stored, report: &mut Report) -> Result<Vec<Value>, ImportError> {
    match stored {
        Stored::Exported(file) => {
            let document = lines::whole(report.path(*file))?.unwrap_or_default();
            Ok(crate::json::list(&document, &["messages"]).to_vec())
        }
        Stored::Folder { file, folder, id } => {
            let mut messages = Vec::new();
            for info in all_in(&folder.join("message").join(id), *file, report)? {
                let message = text(&info, &["id"]).unwrap_or_default();
                let parts = all_in(&folder.join("part").join(message), *file, report)?;
                messages.push(json!({ "info": info, "parts": parts }));
            }
            Ok(messages)
        }
        Stored::Database { file, id } => database_messages(report.path(*file), id),
    }
}

/// All JSON files in a folder, by name: their names begin with the time.
fn all_in(folder: &Path, file: FileId, report: &mut Report) -> Result<Vec<Value>, ImportError> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| files::has_extension(path, &["json"]));
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        match lines::whole(&path)? {
            Ok(value) => found.push(value),
            Err(_) => report.skip(file, 1, "a message or part that is no JSON"),
        }
    }
    Ok(found)
}

#[cfg(not(feature = "sqlite"))]
fn database_sessions(_path: &Path) -> Result<Vec<Value>, ImportError> {
    Err(ImportError::WithoutSqlite { tool: Tool::OpenCode })
}

#[cfg(not(feature = "sqlite"))]
fn database_messages(_path: &Path, _id: &str) -> Result<Vec<Value>, ImportError> {
    Err(ImportError::WithoutSqlite { tool: Tool::OpenCode })
}

#[cfg(feature = "sqlite")]
fn database_sessions(path: &Path) -> Result<Vec<Value>, ImportError> {
    let database = crate::sqlite::Database::open(path)?;
    if !database.has(&["session", "message", "part"])? {
        return Err(ImportError::Foreign {
            path: path.to_path_buf(),
            tool: Tool::OpenCode,
            why: "the database has no tables session, message and part".to_string(),
            looks_like: database.has(&["checkpoints", "writes"])?.then_some(Tool::LangGraph),
        });
    }
    let query = "SELECT id, parent_id, directory, time_created FROM session ORDER BY id";
    database.rows(query, &[], |row| {
        Ok(json!({
            "id": row.get::<_, String>(0)?,
            "parentID": row.get::<_, Option<String>>(1)?,
            "directory": row.get::<_, Option<String>>(2)?,
            "time": { "created": row.get::<_, Option<i64>>(3)? },
        }))
    })
}

#[cfg(feature = "sqlite")]
fn database_messages(path: &Path, id: &str) -> Result<Vec<Value>, ImportError> {
    let database = crate::sqlite::Database::open(path)?;
    let data = |row: &rusqlite::Row| {
        let (id, data): (String, String) = (row.get(0)?, row.get(1)?);
        let mut value: Value = serde_json::from_str(&data).unwrap_or_default();
        if let Value::Object(members) = &mut value {
            members.insert("id".to_string(), id.into());
        }
        Ok(value)
    };
    let query = "SELECT id, data FROM message WHERE session_id = ?1 ORDER BY time_created, id";
    let mut messages = Vec::new();
    for info in database.rows(query, &[id], data)? {
        let message = text(&info, &["id"]).unwrap_or_default();
        let query = "SELECT id, data FROM part WHERE message_id = ?1 ORDER BY time_created, id";
        let parts = database.rows(query, &[message], data)?;
        messages.push(json!({ "info": info, "parts": parts }));
    }
    Ok(messages)
}
