//! The manifest: what was written, and from what.

use crate::error::WriteError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::{fs, io};

pub(crate) const NAME: &str = "manifest.json";

/// What the caller wants recorded beside the list of files: version, seeds and the like. Leave
/// out what changes from run to run (time, host, processor), or no two runs are alike.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    pub facts: BTreeMap<String, Value>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its path within the directory, parts separated by `/`.
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    pub fn new() -> Manifest {
        Manifest::default()
    }

    /// Records a fact. The name `files` is taken: the list of files goes there.
    pub fn with(mut self, fact: impl Into<String>, value: impl Into<Value>) -> Manifest {
        self.facts.insert(fact.into(), value.into());
        self
    }

    /// The manifest of these files.
    pub(crate) fn render(&self, files: &[FileEntry]) -> String {
        #[derive(Serialize)]
        struct Contents<'a> {
            #[serde(flatten)]
            facts: BTreeMap<&'a String, &'a Value>,
            files: &'a [FileEntry],
        }

        let facts = self.facts.iter().filter(|(name, _)| *name != "files").collect();
        let mut text = serde_json::to_string_pretty(&Contents { facts, files })
            .expect("texts and numbers always serialize");
        text.push('\n');
        text
    }
}

impl FileEntry {
    pub(crate) fn of(name: &str, contents: &[u8]) -> FileEntry {
        let digest = Sha256::digest(contents);
        FileEntry {
            name: name.to_string(),
            bytes: contents.len() as u64,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

/// The files that the manifest in a directory lists; none where there is no manifest.
pub(crate) fn listed(directory: &Path) -> Result<Vec<String>, WriteError> {
    #[derive(Deserialize)]
    struct Contents {
        files: Vec<FileEntry>,
    }

    let path = directory.join(NAME);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(WriteError::files("read", &path)(error)),
    };
    let contents: Contents = serde_json::from_str(&text)
        .map_err(|error| WriteError::Manifest { path, problem: error.to_string() })?;
    // The list decides what is removed: it must not reach outside the directory.
    let inside = |name: &String| {
        Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
    };
    Ok(contents.files.into_iter().map(|file| file.name).filter(inside).collect())
}
