//! A file of JSON, one object per line.

use crate::ReadError;
use crate::open::Beginning;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, BufRead, Read, Write};

/// No line of a trace is longer, in bytes; what is, would only fill the memory.
const LINE_MAX: u64 = 1 << 26;

/// The next line that is not blank, with its end.
pub(crate) fn next(
    source: &mut impl BufRead,
    line: &mut u64,
) -> Result<Option<Vec<u8>>, ReadError> {
    let mut text = Vec::new();
    loop {
        text.clear();
        *line += 1;
        let read = source.by_ref().take(LINE_MAX).read_until(b'\n', &mut text);
        match read.map_err(|source| ReadError::Io { line: *line, source })? {
            0 => {
                *line -= 1;
                return Ok(None);
            }
            _ if text.len() as u64 == LINE_MAX && !text.ends_with(b"\n") => {
                return Err(ReadError::TooLong { line: *line, bytes_max: LINE_MAX });
            }
            _ if text.trim_ascii().is_empty() => {}
            _ => return Ok(Some(text)),
        }
    }
}

pub(crate) fn parse<T: DeserializeOwned>(text: &[u8], line: u64) -> Result<T, ReadError> {
    serde_json::from_slice(text).map_err(|error| {
        if error.is_eof() && !text.ends_with(b"\n") {
            return ReadError::Truncated { line };
        }
        if line > 1 && is_header(text) {
            return ReadError::SecondHeader { line };
        }
        ReadError::Malformed { line, column: error.column(), what: without_place(&error) }
    })
}

fn is_header(text: &[u8]) -> bool {
    serde_json::from_slice::<Beginning>(text).is_ok()
}

/// The error without the place within the one line that the parser was shown.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_string())
}

/// Writes one object and ends the line.
pub(crate) fn write(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
