//! An access as the cells of a row, and back.

use attune_sim::results::{Cell, Column, Kind};
use attune_trace::access::{Access, ContentId, LineRange, Op, Outcome};
use std::io;

/// A column of a trace.
pub(super) struct Layout {
    pub name: &'static str,
    pub kind: Kind,
    /// Every access has one.
    pub required: bool,
}

const COLUMNS: [(&str, Kind, bool); 17] = [
    ("session", Kind::Text, true),
    ("sequence", Kind::Integer, true),
    ("time_ms", Kind::Integer, false),
    ("agent", Kind::Text, true),
    ("turn", Kind::Integer, false),
    ("project", Kind::Text, false),
    ("artifact", Kind::Text, true),
    ("op", Kind::Text, true),
    ("tokens", Kind::Integer, false),
    ("artifact_tokens", Kind::Integer, false),
    ("first_line", Kind::Integer, false),
    ("last_line", Kind::Integer, false),
    ("total_lines", Kind::Integer, false),
    ("version", Kind::Text, false),
    ("base", Kind::Text, false),
    ("outcome", Kind::Text, false),
    ("model", Kind::Text, false),
];

pub(super) fn layout() -> impl Iterator<Item = Layout> {
    COLUMNS.into_iter().map(|(name, kind, required)| Layout { name, kind, required })
}

pub(super) fn columns() -> Vec<Column> {
    let column =
        |Layout { name, kind, .. }| Column { name: name.to_string(), unit: String::new(), kind };
    layout().map(column).collect()
}

pub(super) fn cells(access: &Access) -> io::Result<Vec<Cell>> {
    let number = |number: Option<u64>| match number.map(i64::try_from) {
        None => Ok(Cell::Missing),
        Some(Ok(number)) => Ok(Cell::Integer(number)),
        Some(Err(_)) => {
            let problem = "a number above 2^63-1, which Parquet has no column for here";
            Err(io::Error::new(io::ErrorKind::InvalidInput, problem))
        }
    };
    let text = |text: Option<&str>| text.map_or(Cell::Missing, Cell::from);
    let content = |id: &Option<ContentId>| text(id.as_ref().map(|id| &*id.0));
    Ok(vec![
        text(Some(&access.session)),
        number(Some(access.sequence))?,
        access.time_ms.map_or(Cell::Missing, Cell::Integer),
        text(Some(&access.agent)),
        number(access.turn)?,
        text(access.project.as_deref()),
        text(Some(&access.artifact)),
        text(Some(match access.op {
            Op::Read => "read",
            Op::Write => "write",
        })),
        number(access.tokens)?,
        number(access.artifact_tokens)?,
        number(access.lines.map(LineRange::first))?,
        number(access.lines.map(LineRange::last))?,
        number(access.total_lines)?,
        content(&access.version),
        content(&access.base),
        text(match access.outcome {
            Outcome::Done => None,
            Outcome::Failed => Some("failed"),
            Outcome::Conflict => Some("conflict"),
        }),
        text(access.model.as_deref()),
    ])
}

/// The access in a row, of which `cell` gives the cells by name; else what is wrong with it.
pub(super) fn access(cell: impl Fn(&str) -> Cell) -> Result<Access, String> {
    let text = |name: &str| match cell(name) {
        Cell::Text(text) => Ok(Some(text.to_string())),
        Cell::Missing => Ok(None),
        _ => Err(format!("`{name}` is no text")),
    };
    let whole = |name: &str| match cell(name) {
        Cell::Integer(number) => Ok(Some(number)),
        Cell::Missing => Ok(None),
        _ => Err(format!("`{name}` is no whole number")),
    };
    let number = |name: &str| match whole(name)?.map(u64::try_from) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => Err(format!("`{name}` is below 0")),
    };
    let missing = |name: &str| format!("`{name}` is missing");
    let lines = match (number("first_line")?, number("last_line")?) {
        (Some(first), Some(last)) => {
            Some(LineRange::new(first, last).map_err(|error| error.to_string())?)
        }
        (None, None) => None,
        _ => {
            return Err("`first_line` and `last_line` are there together or not at all".to_string());
        }
    };
    Ok(Access {
        session: text("session")?.ok_or_else(|| missing("session"))?,
        sequence: number("sequence")?.ok_or_else(|| missing("sequence"))?,
        time_ms: whole("time_ms")?,
        agent: text("agent")?.ok_or_else(|| missing("agent"))?,
        turn: number("turn")?,
        project: text("project")?,
        artifact: text("artifact")?.ok_or_else(|| missing("artifact"))?,
        op: match text("op")?.as_deref() {
            Some("read") => Op::Read,
            Some("write") => Op::Write,
            Some(other) => return Err(format!("`op` is `{other}`, neither read nor write")),
            None => return Err(missing("op")),
        },
        tokens: number("tokens")?,
        artifact_tokens: number("artifact_tokens")?,
        lines,
        total_lines: number("total_lines")?,
        version: text("version")?.map(ContentId),
        base: text("base")?.map(ContentId),
        outcome: match text("outcome")?.as_deref() {
            None => Outcome::Done,
            Some("failed") => Outcome::Failed,
            Some("conflict") => Outcome::Conflict,
            Some(other) => return Err(format!("`outcome` is `{other}`")),
        },
        model: text("model")?,
    })
}
