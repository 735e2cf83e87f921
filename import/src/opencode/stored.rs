//! Where OpenCode's sessions are: in exported files, in a folder of files, or in a database.

use crate::copies::Copies;
use crate::files::{self, cannot_be_read};
use crate::json::{list, text};
use crate::report::{FileId, Report};
#[cfg(feature = "sqlite")]
use crate::sqlite::{self, Database};
use crate::{ImportError, Tool, lines};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs;
use std::io;
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
            let infos = database_sessions(file, report);
            for info in report.survive(file, infos)?.unwrap_or_default() {
                let id = text(&info, &["id"]).unwrap_or_default().to_string();
                found.push((info, Stored::Database { file, id }));
            }
            continue;
        }
        let folder = storage(&path);
        let looked = lines::whole(file, report);
        let Some(Some(document)) = report.survive(file, looked)? else { continue };
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
            let document = lines::whole(*file, report)?.unwrap_or_default();
            Ok(list(&document, &["messages"]).to_vec())
        }
        Stored::Folder { file, folder, id } => {
            let mut messages = Vec::new();
            for info in all_in(&folder.join("message").join(id), *file, report) {
                let message = text(&info, &["id"]).unwrap_or_default();
                let parts = all_in(&folder.join("part").join(message), *file, report);
                messages.push(json!({ "info": info, "parts": parts }));
            }
            Ok(messages)
        }
        Stored::Database { file, id } => database_messages(*file, id, report),
    }
}

/// All JSON files in a folder, by name: their names begin with the time.
fn all_in(folder: &Path, file: FileId, report: &mut Report) -> Vec<Value> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            report.skip(file, 1, format!("messages or parts: {}", cannot_be_read(&error)));
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| files::has_extension(path, &["json"]));
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if !path.is_file() {
            report.skip(file, 1, "a message or part that is no regular file");
            continue;
        }
        match lines::parse(&path) {
            Ok(Ok(whole)) => found.push(whole.value),
            Ok(Err(_)) => report.skip(file, 1, "a message or part that is no JSON"),
            Err(error) => {
                report.skip(file, 1, format!("a message or part: {}", cannot_be_read(&error)));
            }
        }
    }
    found
}

/// Copies of a session as one: of each message all parts, of each part what had come furthest.
pub(super) fn united(mut copies: Vec<Vec<Value>>) -> Vec<Value> {
    if copies.len() < 2 {
        return copies.pop().unwrap_or_default();
    }
    let parts = |messages: &Vec<Value>| -> usize {
        messages.iter().map(|message| list(message, &["parts"]).len()).sum()
    };
    copies.sort_by_key(|messages| Reverse(parts(messages)));
    let mut messages: Vec<Value> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut nameless = Copies::default();
    for copy in copies {
        nameless.next();
        for message in copy {
            match text(&message, &["info", "id"]) {
                Some(id) => match places.get(id) {
                    Some(&place) => add_parts(&mut messages[place], &message),
                    None => {
                        places.insert(id.to_string(), messages.len());
                        messages.push(message);
                    }
                },
                None if nameless.is_new(&message) => messages.push(message),
                None => {}
            }
        }
    }
    messages
}

fn add_parts(known: &mut Value, message: &Value) {
    let Some(parts) = known.get_mut("parts").and_then(Value::as_array_mut) else { return };
    for part in list(message, &["parts"]) {
        let same = parts.iter_mut().find(|known| match text(part, &["id"]) {
            Some(id) => text(known, &["id"]) == Some(id),
            None => *known == part,
        });
        match same {
            Some(same) if !is_finished(same) && is_finished(part) => same.clone_from(part),
            Some(_) => {}
            None => parts.push(part.clone()),
        }
    }
}

fn is_finished(part: &Value) -> bool {
    !matches!(text(part, &["state", "status"]), Some("pending" | "running"))
}

#[cfg(not(feature = "sqlite"))]
fn database_sessions(_: FileId, _: &mut Report) -> Result<Vec<Value>, ImportError> {
    Err(ImportError::WithoutSqlite { tool: Tool::OpenCode })
}

#[cfg(not(feature = "sqlite"))]
fn database_messages(_: FileId, _: &str, _: &mut Report) -> Result<Vec<Value>, ImportError> {
    Err(ImportError::WithoutSqlite { tool: Tool::OpenCode })
}

#[cfg(feature = "sqlite")]
fn database_sessions(file: FileId, report: &mut Report) -> Result<Vec<Value>, ImportError> {
    let path = report.path(file).to_path_buf();
    let database = Database::open(&path)?;
    if !database.has(&["session", "message", "part"])? {
        return Err(ImportError::Foreign {
            path,
            tool: Tool::OpenCode,
            why: "the database has no tables session, message and part".to_string(),
            looks_like: database.has(&["checkpoints", "writes"])?.then_some(Tool::LangGraph),
        });
    }
    let query = "SELECT id, parent_id, directory, time_created FROM session ORDER BY id";
    database.rows(query, &[], (file, report), |row| {
        Ok(json!({
            "id": row.get::<_, String>(0)?,
            "parentID": row.get::<_, Option<String>>(1).unwrap_or_default(),
            "directory": row.get::<_, Option<String>>(2).unwrap_or_default(),
            "time": { "created": row.get::<_, Option<i64>>(3).unwrap_or_default() },
        }))
    })
}

#[cfg(feature = "sqlite")]
fn database_messages(
    file: FileId,
    id: &str,
    report: &mut Report,
) -> Result<Vec<Value>, ImportError> {
    let database = Database::open(report.path(file))?;
    let data = |row: &rusqlite::Row| {
        let id = row.get::<_, String>(0)?;
        // What is no JSON still has its parts, or its place.
        let value = serde_json::from_str(&sqlite::text(row, 1)).ok().filter(Value::is_object);
        let mut value = value.unwrap_or_else(|| json!({}));
        if let Value::Object(members) = &mut value {
            members.insert("id".to_string(), id.into());
        }
        Ok(value)
    };
    let query = "SELECT id, data FROM message WHERE session_id = ?1 ORDER BY time_created, id";
    let mut messages = Vec::new();
    for info in database.rows(query, &[id], (file, report), data)? {
        let message = text(&info, &["id"]).unwrap_or_default();
        let query = "SELECT id, data FROM part WHERE message_id = ?1 ORDER BY time_created, id";
        let parts = database.rows(query, &[message], (file, report), data)?;
        messages.push(json!({ "info": info, "parts": parts }));
    }
    Ok(messages)
}
