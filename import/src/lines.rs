//! Files of JSON, one object per line, as tools leave them: any line may be damaged, and the last
//! one may still be being written.

use crate::ImportError;
use crate::report::{FileId, Report};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Gives each line that is a JSON object to `each`, with its number. What is none is reported.
pub(crate) fn for_each(
    file: FileId,
    report: &mut Report,
    mut each: impl FnMut(u64, Value, &mut Report),
) -> Result<(), ImportError> {
    let path = report.path(file).to_path_buf();
    let mut source = BufReader::new(open(&path)?);
    let mut text = Vec::new();
    let mut line = 0;
    loop {
        text.clear();
        line += 1;
        let read = source.read_until(b'\n', &mut text);
        let read = read.map_err(|source| ImportError::Unreadable { path: path.clone(), source })?;
        if read == 0 {
            return Ok(());
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Value>(&text) {
            Ok(value) if value.is_object() => each(line, value, report),
            Ok(_) => report.skip_once(file, line, "a line that is no JSON object"),
            Err(error) if error.is_eof() && !text.ends_with(b"\n") => report.truncated(file, line),
            Err(_) => report.skip_once(file, line, "a line that is no JSON"),
        }
        report.passed(file, line);
    }
}

pub(crate) fn open(path: &Path) -> Result<File, ImportError> {
    File::open(path).map_err(|source| ImportError::Unreadable { path: path.to_path_buf(), source })
}

/// A file that is one JSON value.
pub(crate) fn whole(path: &Path) -> Result<Result<Value, serde_json::Error>, ImportError> {
    let bytes = std::fs::read(path)
        .map_err(|source| ImportError::Unreadable { path: path.to_path_buf(), source })?;
    Ok(serde_json::from_slice(&bytes))
}
