//! What was read, what was skipped, and why.

use crate::ImportError;
use crate::files::Found;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// More kinds of reasons than this per file are counted as one, so that a hostile file cannot
/// fill the memory with them.
const REASONS_MAX: usize = 100;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// In the order of their paths.
    pub files: Vec<FileReport>,
    pub sessions: u64,
    /// Sessions in which no access was found, which are not in the trace.
    pub sessions_without_accesses: u64,
    pub agents: u64,
    pub reads: u64,
    pub writes: u64,
    /// Among the reads and writes: what the tool refused or failed at.
    pub failed: u64,
    /// Among the reads and writes: those whose size is not recorded.
    pub without_tokens: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    pub path: PathBuf,
    /// Records (lines, messages, steps) that were understood.
    pub read: u64,
    /// Why records are not in the trace. Some are no loss: what is there twice, what holds
    /// nothing.
    pub skipped: BTreeMap<String, Skipped>,
    /// The last line, if the file ends within it: the session was still being written.
    pub truncated_line: Option<u64>,
    /// The first line with bytes that are no UTF-8; they were read as U+FFFD.
    pub not_utf8_line: Option<u64>,
    #[serde(skip)]
    read_to: u64,
    #[serde(skip)]
    is_named: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Skipped {
    pub count: u64,
    /// Where the first of them is: its line or place in the file, from 1.
    pub first: u64,
}

/// A file of the import, by its place in [`Report::files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(usize);

impl Report {
    pub(crate) fn add(&mut self, found: &Found) -> FileId {
        self.files.push(FileReport {
            path: found.path.clone(),
            read: 0,
            skipped: BTreeMap::new(),
            truncated_line: None,
            not_utf8_line: None,
            read_to: 0,
            is_named: found.is_named,
        });
        let file = FileId(self.files.len() - 1);
        found.trouble.iter().for_each(|why| self.skip(file, 1, why));
        file
    }

    /// A report on this file alone, for a first look at what is read and reported on later.
    pub(crate) fn beside(&self, file: FileId) -> (FileId, Report) {
        let mut beside = Report::default();
        let FileReport { path, is_named, .. } = &self.files[file.0];
        let found = Found { path: path.clone(), is_named: *is_named, trouble: None };
        (beside.add(&found), beside)
    }

    /// A file that cannot be read is skipped, unless the user named it.
    pub(crate) fn survive<T>(
        &mut self,
        file: FileId,
        outcome: Result<T, ImportError>,
    ) -> Result<Option<T>, ImportError> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(error) if self.files[file.0].is_named => Err(error),
            Err(error) => {
                self.skip(file, 1, error.cause());
                Ok(None)
            }
        }
    }

    /// Why the first of the files that were skipped was.
    pub(crate) fn first_reason(&self) -> Option<(&Path, &str)> {
        self.files.iter().find_map(|file| {
            let (why, _) = file.skipped.iter().min_by_key(|(_, skipped)| skipped.first)?;
            Some((&*file.path, &**why))
        })
    }

    pub(crate) fn path(&self, file: FileId) -> &Path {
        &self.files[file.0].path
    }

    pub(crate) fn read(&mut self, file: FileId) {
        self.files[file.0].read += 1;
    }

    pub(crate) fn truncated(&mut self, file: FileId, line: u64) {
        self.files[file.0].truncated_line = Some(line);
    }

    /// A line of the file has bytes that are no UTF-8.
    pub(crate) fn replaced(&mut self, file: FileId, line: u64) {
        self.files[file.0].not_utf8_line.get_or_insert(line);
    }

    /// For a file that is read once for each session in it: what belongs to none of them is
    /// counted the first time.
    pub(crate) fn skip_once(&mut self, file: FileId, line: u64, why: impl Into<String>) {
        if line > self.files[file.0].read_to {
            self.skip(file, line, why);
        }
    }

    /// A file has been read up to here.
    pub(crate) fn passed(&mut self, file: FileId, line: u64) {
        let read_to = &mut self.files[file.0].read_to;
        *read_to = line.max(*read_to);
    }

    pub(crate) fn skip(&mut self, file: FileId, place: u64, why: impl Into<String>) {
        let skipped = &mut self.files[file.0].skipped;
        let why = why.into();
        let why = match skipped.len() < REASONS_MAX || skipped.contains_key(&why) {
            true => why,
            false => "for other reasons".to_string(),
        };
        let entry = skipped.entry(why).or_insert(Skipped { count: 0, first: place });
        entry.count += 1;
    }

    /// Records that were understood.
    pub fn records_read(&self) -> u64 {
        self.files.iter().map(|file| file.read).sum()
    }

    pub fn records_skipped(&self) -> u64 {
        self.files.iter().flat_map(|file| file.skipped.values()).map(|skipped| skipped.count).sum()
    }
}

/// A name from a file, for a reason: not longer than is of use.
pub(crate) fn shortened(name: &str) -> String {
    const CHARACTERS_MAX: usize = 40;
    let shown: String = name.chars().take(CHARACTERS_MAX).map(printable).collect();
    if name.chars().nth(CHARACTERS_MAX).is_some() { shown + "…" } else { shown }
}

fn printable(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}
