//! Files of JSON, one object per line or one in all, as tools leave them: any line may be damaged,
//! and the last one may still be being written.

use crate::ImportError;
use crate::report::{FileId, Report};
use serde_json::Value;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Gives each line that is a JSON object to `each`, with its number. What is none is reported.
pub(crate) fn for_each(
    file: FileId,
    report: &mut Report,
    mut each: impl FnMut(u64, Value, &mut Report),
) -> Result<(), ImportError> {
    let path = report.path(file).to_path_buf();
    let unreadable = |source| ImportError::Unreadable { path: path.clone(), source };
    let mut source = open(&path).map_err(unreadable)?;
    let mut text = Vec::new();
    let mut line = 0;
    loop {
        text.clear();
        line += 1;
        if source.read_until(b'\n', &mut text).map_err(unreadable)? == 0 {
            return Ok(());
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let utf_8 = utf_8(&text);
        match serde_json::from_str::<Value>(&utf_8) {
            Ok(value) if value.is_object() => {
                if matches!(utf_8, Cow::Owned(_)) {
                    report.replaced(file, line);
                }
                each(line, value, report);
            }
            Ok(_) => report.skip_once(file, line, "a line that is no JSON object"),
            Err(error) if error.is_eof() && !text.ends_with(b"\n") => report.truncated(file, line),
            Err(_) => report.skip_once(file, line, "a line that is no JSON"),
        }
        report.passed(file, line);
    }
}

/// A file that is one JSON value. If it is none, that is reported.
pub(crate) fn whole(file: FileId, report: &mut Report) -> Result<Option<Value>, ImportError> {
    let path = report.path(file);
    let parsed = parse(path)
        .map_err(|source| ImportError::Unreadable { path: path.to_path_buf(), source })?;
    match parsed {
        Ok(Whole { value, replaced_line }) => {
            replaced_line.into_iter().for_each(|line| report.replaced(file, line));
            Ok(Some(value))
        }
        Err(error) => {
            let line = error.line() as u64;
            if error.is_eof() {
                report.truncated(file, line);
            }
            report.skip_once(file, line, not_json(&error));
            report.passed(file, line);
            Ok(None)
        }
    }
}

/// Why a file that should be one JSON value is none.
pub(crate) fn not_json(error: &serde_json::Error) -> String {
    match error.is_eof() {
        true => format!("a file that is cut off: {error}"),
        false => format!("a file that is no JSON: {error}"),
    }
}

pub(crate) struct Whole {
    pub(crate) value: Value,
    /// The first line with bytes that are no UTF-8.
    replaced_line: Option<u64>,
}

pub(crate) fn parse(path: &Path) -> io::Result<Result<Whole, serde_json::Error>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    let replaced_line = std::str::from_utf8(&bytes).err().map(|error| {
        let ends = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n');
        ends.count() as u64 + 1
    });
    let value = serde_json::from_str(&utf_8(&bytes));
    Ok(value.map(|value| Whole { value, replaced_line }))
}

/// What is no UTF-8 becomes U+FFFD: a damaged byte takes a character, not a record.
fn utf_8(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The text of a file, without the mark that some programs put at the start. Some write UTF-16:
/// shells of Windows, when output is sent to a file.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut source = BufReader::new(File::open(path)?);
    let start = source.fill_buf()?;
    if start.starts_with(UTF_8_MARK) {
        source.consume(UTF_8_MARK.len());
        return Ok(Box::new(source));
    }
    let unit: fn([u8; 2]) -> u16 = match start {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Ok(Box::new(source)),
    };
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes)?;
    let (units, _) = bytes[2..].as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|bytes| unit(*bytes)));
    let text: String = text.map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Ok(Box::new(Cursor::new(text)))
}
