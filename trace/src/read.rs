//! Reading a trace line by line, however long it is.

use crate::access::{OutOfOrder, TooLarge};
use crate::header::{ENTRIES_MAX, Kind};
use crate::lines::parse;
use crate::open::first_line;
use crate::{End, Event, Header, UnknownDefect, lines};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::{self, BufRead};

/// What follows the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    Event(Event),
    End(End),
}

/// Why a trace cannot be read. Lines are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{line}: cannot be read: {source}")]
    Io { line: u64, source: io::Error },
    #[error("1: this is empty; a trace begins with a line like {{\"attune_trace\":1,…}}")]
    Empty,
    #[error(
        "1:{column}: this is not a trace: {what}; a trace begins with a line like \
         {{\"attune_trace\":1,…}} (docs/trace-format.md)"
    )]
    NotATrace { column: usize, what: String },
    #[error(
        "1: a trace of format {found}, and this attune reads format {reads}: take the attune \
         that made it, or make it again with this one"
    )]
    Format { found: u64, reads: u32 },
    #[error("1: a trace of kind `{kind}`; what can be read here: {reads}")]
    Kind { kind: String, reads: &'static str },
    #[error("1: {agents} agents times {artifacts} artifacts are more than {ENTRIES_MAX} copies")]
    TooLarge { agents: u32, artifacts: u32 },
    #[error("1: rules.lease_ticks is 0: a grant has to live for at least 1 tick")]
    NoLease,
    #[error("1: {0}")]
    Defect(#[from] UnknownDefect),
    #[error("{line}:{column}: {what} (docs/trace-format.md)")]
    Malformed { line: u64, column: usize, what: String },
    #[error("{line}: the file ends within this line: it was cut off; make it again")]
    Truncated { line: u64 },
    #[error(
        "{line}: this is step {found} where step {expected} belongs: a line is missing, or there twice"
    )]
    Step { line: u64, expected: u32, found: u32 },
    #[error("{line}: {what}")]
    Order { line: u64, what: OutOfOrder },
    #[error("{line}: {what}")]
    Number { line: u64, what: TooLarge },
    #[error(
        "{line}: the header of another trace: files were joined here; give each trace by itself, or \
         leave this line out if tool and tokenizer are the same and no session is in both \
         (docs/trace-format.md)"
    )]
    SecondHeader { line: u64 },
    #[error("{line}: this line has more than {bytes_max} bytes: it is no line of a trace")]
    TooLong { line: u64, bytes_max: u64 },
    #[error("{line}: nothing may follow the line that begins with {{\"end\":")]
    AfterEnd { line: u64 },
}

/// Reads a trace. As an iterator it gives what follows the header, and stops after an error.
pub struct Reader<R> {
    source: R,
    header: Header,
    /// The line that was read last.
    line: u64,
    steps: u32,
    state: Progress,
}

#[derive(PartialEq, Eq)]
enum Progress {
    Reading,
    Ended,
    Failed,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    pub fn new(mut source: R) -> Result<Reader<R>, ReadError> {
        let (beginning, text, line) = first_line(&mut source)?;
        beginning.expect(Kind::Events, "`events`")?;
        Reader::after(&text, source, line)
    }

    /// Goes on after a header.
    pub(crate) fn after(text: &[u8], source: R, line: u64) -> Result<Reader<R>, ReadError> {
        let header = header(text)?;
        Ok(Reader { source, header, line, steps: 0, state: Progress::Reading })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The line that was read last, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether the trace's last line has been read. If there is none, it was cut off.
    pub fn ended(&self) -> bool {
        self.state == Progress::Ended
    }

    fn record(&mut self) -> Result<Option<Record>, ReadError> {
        let Some(text) = lines::next(&mut self.source, &mut self.line)? else { return Ok(None) };
        let line = self.line;
        if self.ended() {
            return Err(ReadError::AfterEnd { line });
        }
        let peek: Peek = parse(&text, line)?;
        if peek.end.is_some() {
            let last: LastLine = parse(&text, line)?;
            self.state = Progress::Ended;
            return Ok(Some(Record::End(last.end)));
        }
        let event: Event = parse(&text, line)?;
        let expected = self.steps + 1;
        if event.step != expected {
            return Err(ReadError::Step { line, expected, found: event.step });
        }
        self.steps = expected;
        Ok(Some(Record::Event(event)))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Result<Record, ReadError>> {
        if self.state == Progress::Failed {
            return None;
        }
        let record = self.record().transpose();
        if let Some(Err(_)) = record {
            self.state = Progress::Failed;
        }
        record
    }
}

#[derive(Deserialize)]
struct Peek {
    end: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LastLine {
    end: End,
}

fn header(text: &[u8]) -> Result<Header, ReadError> {
    let header: Header = parse(text, 1)?;
    let Header { agents, artifacts, rules, .. } = header;
    if rules.lease_ticks == 0 {
        return Err(ReadError::NoLease);
    }
    if u64::from(agents.max(1)) * u64::from(artifacts.max(1)) > ENTRIES_MAX {
        return Err(ReadError::TooLarge { agents, artifacts });
    }
    header.defect()?;
    Ok(header)
}
