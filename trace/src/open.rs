//! A trace of either kind: its first line decides.

use crate::header::Kind;
use crate::{FORMAT, ReadError, Reader, access, lines};
use serde::Deserialize;
use std::io::BufRead;

/// A trace whose header has been read.
pub enum Opened<R> {
    Events(Reader<R>),
    Access(access::Reader<R>),
}

/// Reads the header of a trace, whichever kind it is of.
pub fn open<R: BufRead>(mut source: R) -> Result<Opened<R>, ReadError> {
    let (beginning, text, line) = first_line(&mut source)?;
    match beginning.kind()? {
        Kind::Events => Reader::after(&text, source, line).map(Opened::Events),
        Kind::Access => access::Reader::after(&text, source, line).map(Opened::Access),
    }
}

/// What a trace is, from its header; the header is used up.
pub fn kind_of(source: &mut impl BufRead) -> Result<Kind, ReadError> {
    first_line(source)?.0.kind()
}

/// What has to be known before the rest of a header can be understood.
#[derive(Deserialize)]
pub(crate) struct Beginning {
    attune_trace: u64,
    kind: String,
}

impl Beginning {
    fn kind(&self) -> Result<Kind, ReadError> {
        let kinds = [("events", Kind::Events, FORMAT), ("access", Kind::Access, access::FORMAT)];
        let known = kinds.into_iter().find(|(name, ..)| *name == self.kind);
        let reads = known.map_or(FORMAT, |(.., format)| format);
        if self.attune_trace != u64::from(reads) {
            return Err(ReadError::Format { found: self.attune_trace, reads });
        }
        known
            .map(|(_, kind, _)| kind)
            .ok_or_else(|| ReadError::Kind { kind: self.kind.clone(), reads: "`events`, `access`" })
    }

    /// The kind, which must be this one.
    pub(crate) fn expect(&self, expected: Kind, name: &'static str) -> Result<(), ReadError> {
        match self.kind() {
            Ok(kind) if kind == expected => Ok(()),
            Err(error @ ReadError::Format { .. }) => Err(error),
            _ => Err(ReadError::Kind { kind: self.kind.clone(), reads: name }),
        }
    }
}

/// What the header begins with, its text, and which line it is.
pub(crate) fn first_line(
    source: &mut impl BufRead,
) -> Result<(Beginning, Vec<u8>, u64), ReadError> {
    let mut line = 0;
    let text = lines::next(source, &mut line)?.ok_or(ReadError::Empty)?;
    let beginning = lines::parse(&text, 1).map_err(|error| match error {
        ReadError::Malformed { column, what, .. } => ReadError::NotATrace { column, what },
        error => error,
    })?;
    Ok((beginning, text, line))
}
