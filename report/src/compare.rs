//! What in a directory differs from what would be written now.

use crate::document::Document;
use crate::error::WriteError;
use crate::manifest::Manifest;
use crate::render::{self, File};
use std::collections::BTreeSet;
use std::path::Path;
use std::{fmt, fs, io};

/// A folder that has this file is a result of its own, of another command.
const REPORT: &str = "REPORT.md";

/// A file that is not as it would be written now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It would be written, but is not there.
    Missing { name: String },
    /// It is there, but would not be written.
    Extra { name: String },
    /// `line`: the first that differs; none in a file that is not text.
    Differs { name: String, line: Option<DifferingLine> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferingLine {
    /// From one.
    pub number: usize,
    /// What is in the directory; empty past the end of its file.
    pub there: String,
    /// What would be written now; empty past its end.
    pub now: String,
}

/// Compares a directory with what [`write()`](crate::write()) would put there, without writing.
/// Hidden files do not count, nor do folders with a report of their own. Sorted by name.
pub fn compare(
    document: &Document,
    directory: &Path,
    manifest: &Manifest,
) -> Result<Vec<Difference>, WriteError> {
    let mut differences = Vec::new();
    let mut expected = BTreeSet::new();
    for file in render::files(document, manifest)? {
        let path = directory.join(&file.name);
        match fs::read(&path) {
            Ok(there) if there == file.contents => {}
            Ok(there) => differences.push(differing(&file, &there)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                differences.push(Difference::Missing { name: file.name.clone() });
            }
            Err(error) => return Err(WriteError::files("read", &path)(error)),
        }
        expected.insert(file.name);
    }
    let mut present = BTreeSet::new();
    list(directory, "", &mut present)?;
    let extra = present.difference(&expected);
    differences.extend(extra.map(|name| Difference::Extra { name: name.clone() }));
    differences.sort_by(|left, right| left.name().cmp(right.name()));
    Ok(differences)
}

impl Difference {
    pub fn name(&self) -> &str {
        match self {
            Difference::Missing { name }
            | Difference::Extra { name }
            | Difference::Differs { name, .. } => name,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Difference::Missing { name } => write!(f, "{name}: missing"),
            Difference::Extra { name } => write!(f, "{name}: no longer written"),
            Difference::Differs { name, line: None } => write!(f, "{name}: differs"),
            Difference::Differs { name, line: Some(line) } => {
                let DifferingLine { number, there, now } = line;
                let (there, now) = (excerpt(there, now), excerpt(now, there));
                write!(f, "{name}: differs from line {number}\n  there: {there}\n  now:   {now}")
            }
        }
    }
}

/// As much of a line as shows where it departs from the other.
fn excerpt(line: &str, other: &str) -> String {
    const BEFORE: usize = 40;
    const AFTER: usize = 80;
    let same = line.chars().zip(other.chars()).take_while(|(left, right)| left == right).count();
    let start = same.saturating_sub(BEFORE);
    let shown: String = line.chars().skip(start).take(BEFORE + AFTER).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if line.chars().count() > start + BEFORE + AFTER { "…" } else { "" };
    format!("{before}{shown}{after}")
}

fn differing(file: &File, there: &[u8]) -> Difference {
    let texts = std::str::from_utf8(there).ok().zip(std::str::from_utf8(&file.contents).ok());
    let line = texts.filter(|_| !file.name.ends_with(".parquet")).map(|(there, now)| {
        // By line feeds only, so that a carriage return more or less shows as a difference.
        let (mut there, mut now) = (there.split('\n'), now.split('\n'));
        for number in 1.. {
            let pair = (there.next(), now.next());
            if pair.0 != pair.1 || pair.0.is_none() {
                let text = |line: Option<&str>| line.unwrap_or_default().to_string();
                return DifferingLine { number, there: text(pair.0), now: text(pair.1) };
            }
        }
        unreachable!("files end")
    });
    Difference::Differs { name: file.name.clone(), line }
}

fn list(directory: &Path, prefix: &str, names: &mut BTreeSet<String>) -> Result<(), WriteError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(WriteError::files("read", directory)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(WriteError::files("read", directory))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || entry.path().join(REPORT).is_file() {
            continue;
        }
        let kind = entry.file_type().map_err(WriteError::files("read", &entry.path()))?;
        if kind.is_dir() {
            list(&entry.path(), &format!("{prefix}{name}/"), names)?;
        } else {
            names.insert(format!("{prefix}{name}"));
        }
    }
    Ok(())
}
