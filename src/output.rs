//! Where results go, and in which format.

use crate::interrupt::remove_if_interrupted;
use anyhow::{Context, bail};
use attune_sim::results::{Cell, Column, Kind, RowSink, Table};
use clap::ValueEnum;
use comfy_table::CellAlignment;
use comfy_table::presets::NOTHING;
use serde_json::Value;
use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Means over the runs, for people.
    Table,
    /// One array with one object per run.
    Json,
    /// One row per run.
    Csv,
    /// One row per run; needs --out.
    Parquet,
}

/// Of what is told, not tabulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Where results go: standard output, a device or pipe, or a file that appears whole or not at all.
pub enum Target {
    Standard(io::Stdout),
    Special(File, PathBuf),
    Whole(WholeFile),
}

impl Target {
    /// What `--out` names.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Target> {
        Target::open_as("--out", path)
    }

    /// What this option names.
    pub fn open_as(option: &str, path: Option<&Path>) -> anyhow::Result<Target> {
        let Some(path) = path else { return Ok(Target::Standard(io::stdout())) };
        let opened = if is_special(option, path)? {
            let file = File::options().write(true).open(path);
            file.map(|file| Target::Special(file, path.to_path_buf()))
        } else {
            WholeFile::create(path).map(Target::Whole)
        };
        opened.with_context(|| format!("{option} {}: cannot write there", path.display()))
    }

    pub fn finish(self) -> io::Result<()> {
        match self {
            Target::Standard(mut out) => out.flush().map_err(at(Path::new("standard output"))),
            Target::Special(mut file, path) => file.flush().map_err(at(&path)),
            Target::Whole(file) => {
                let path = file.path.clone();
                file.finish().map_err(at(&path))
            }
        }
    }

    /// What is written to, and what errors call it.
    fn writer(&mut self) -> (&mut dyn Write, &Path) {
        match self {
            Target::Standard(out) => (out, Path::new("standard output")),
            Target::Special(file, path) => (file, path),
            Target::Whole(file) => (&mut file.file, &file.path),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (out, path) = self.writer();
        out.write(bytes).map_err(at(path))
    }

    fn flush(&mut self) -> io::Result<()> {
        let (out, path) = self.writer();
        out.flush().map_err(at(path))
    }
}

/// Says which file an error is about. What was only interrupted is tried again, and stays as it is.
fn at(path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| match error.kind() {
        io::ErrorKind::Interrupted => error,
        kind => io::Error::new(kind, format!("{}: {error}", path.display())),
    }
}

/// Whether the path that this option names is a device or a pipe, which must be written to and not
/// replaced.
pub fn is_special(option: &str, path: &Path) -> anyhow::Result<bool> {
    if path.is_dir() {
        bail!("{option} {}: this is a directory; name a file", path.display());
    }
    if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        bail!("{option} {}: name a file", path.display());
    }
    if path.is_file() && is_read(path) {
        bail!("{option} {}: this file is read, too; name another", path.display());
    }
    Ok(path.exists() && !path.is_file())
}

/// Whether the command line names this file more than once, so that it is also an input.
fn is_read(path: &Path) -> bool {
    let Ok(file) = fs::canonicalize(path) else { return false };
    let is_it = |name: &str| fs::canonicalize(name).is_ok_and(|it| it == file);
    let names_it = |argument: &OsString| {
        fs::canonicalize(argument).is_ok_and(|it| it == file)
            // `--out=file`, `-ofile`
            || argument.to_str().and_then(value_of).is_some_and(is_it)
    };
    std::env::args_os().skip(1).filter(names_it).count() > 1
}

/// What stands in one argument with its option.
fn value_of(argument: &str) -> Option<&str> {
    match argument.strip_prefix("--") {
        Some(long) => long.split_once('=').map(|(_, value)| value),
        None => argument.strip_prefix('-')?.get(1..).map(|rest| rest.trim_start_matches('=')),
    }
}

/// A name from elsewhere, for a line of text: what would break the line or steer the terminal is
/// written as Rust writes it.
pub fn on_one_line(name: &str) -> Cow<'_, str> {
    let steers = |character: char| {
        character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !name.contains(steers) {
        return Cow::Borrowed(name);
    }
    let escaped = name.chars().map(|character| match steers(character) {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    });
    Cow::Owned(escaped.collect())
}

/// A file under a name of its own until it is finished; dropped before that, it leaves nothing.
pub struct WholeFile {
    file: BufWriter<File>,
    path: PathBuf,
    partial: PathBuf,
    finished: bool,
}

impl WholeFile {
    fn create(path: &Path) -> io::Result<WholeFile> {
        // Through links, so that the file behind one is replaced and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let mut partial = path.clone().into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        remove_if_interrupted(&partial, &path);
        let file = BufWriter::new(File::create(&partial)?);
        Ok(WholeFile { file, path, partial, finished: false })
    }

    fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.partial, &self.path)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if !self.finished {
            // The error that matters is the one that led here.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// Rows as CSV, numbers in full precision.
pub struct CsvSink(csv::Writer<Target>);

impl CsvSink {
    pub fn new(out: Target, columns: &[Column]) -> io::Result<CsvSink> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(columns.iter().map(|column| column.name.as_str())).map_err(plain)?;
        Ok(CsvSink(writer))
    }
}

impl RowSink for CsvSink {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let fields = cells.iter().map(|cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Integer(number) => number.to_string(),
            Cell::Number(number) => number.to_string(),
            Cell::Missing => String::new(),
        });
        self.0.write_record(fields).map_err(plain)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let out = self.0.into_inner();
        out.map_err(|error| io::Error::new(error.error().kind(), error.to_string()))?.finish()
    }
}

/// The input or output error in a CSV error, whose kind would be lost otherwise.
fn plain(error: csv::Error) -> io::Error {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other(text),
    }
}

/// Opens a sink for rows of these columns. What can be refused is refused before that.
pub type OpenSink = Box<dyn FnOnce(&[Column]) -> anyhow::Result<Box<dyn RowSink>>>;

/// A sink for CSV.
pub fn open_csv(out: Option<&Path>) -> anyhow::Result<OpenSink> {
    let out = Target::open(out)?;
    Ok(Box::new(move |columns| Ok(Box::new(CsvSink::new(out, columns)?))))
}

#[cfg(not(feature = "report"))]
pub fn open_parquet(_: Option<&Path>) -> anyhow::Result<OpenSink> {
    bail!(
        "--format parquet: this attune was built without Parquet; build it with \
         `cargo build --release --features report`, or use --format csv"
    )
}

/// A sink for Parquet.
#[cfg(feature = "report")]
pub fn open_parquet(out: Option<&Path>) -> anyhow::Result<OpenSink> {
    let path = out.context("--format parquet: name a file with --out")?.to_path_buf();
    if is_special("--out", &path)? {
        bail!("--out {}: Parquet needs a regular file", path.display());
    }
    let mut partial = path.clone().into_os_string();
    partial.push(".partial");
    remove_if_interrupted(partial.as_ref(), &path);
    Ok(Box::new(move |columns| {
        let sink = attune_report::parquet_sink(&path, columns)
            .with_context(|| format!("--out {}: cannot write there", path.display()))?;
        Ok(Box::new(sink))
    }))
}

/// A report as a row: nested objects become columns named `outer_inner`.
pub fn flatten(report: &impl serde::Serialize) -> (Vec<Column>, Vec<Cell>) {
    let value = serde_json::to_value(report).expect("a report is plain data");
    let mut flat = Vec::new();
    flatten_into("", &value, &mut flat);
    flat.into_iter().map(|(name, cell)| (column(name, &cell), cell)).unzip()
}

fn flatten_into(prefix: &str, value: &Value, flat: &mut Vec<(String, Cell)>) {
    let Value::Object(members) = value else {
        flat.push((prefix.to_string(), cell(value)));
        return;
    };
    for (name, member) in members {
        let separator = if prefix.is_empty() { "" } else { "_" };
        flatten_into(&format!("{prefix}{separator}{name}"), member, flat);
    }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Missing,
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Cell::Integer(whole),
            None => Cell::Number(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}

fn column(name: String, cell: &Cell) -> Column {
    let kind = match cell {
        Cell::Text(_) => Kind::Text,
        Cell::Number(_) => Kind::Number { digits: 3 },
        // The only value that may be missing in a report is a whole number.
        Cell::Integer(_) | Cell::Missing => Kind::Integer,
    };
    Column { name, unit: String::new(), kind }
}

/// A table as text, numbers to the right.
pub fn show(table: &Table) -> String {
    let mut text = comfy_table::Table::new();
    text.load_style(NOTHING);
    text.set_header(table.columns.iter().map(|column| {
        let name = column.name.replace('_', " ");
        if column.unit.is_empty() { name } else { format!("{name}\n{}", column.unit) }
    }));
    for row in &table.rows {
        let shown = row.iter().zip(&table.columns).map(|(cell, column)| cell.show(column.kind));
        text.add_row(shown.map(|cell| on_one_line(&cell).into_owned()));
    }
    for (place, column) in table.columns.iter().enumerate() {
        if column.kind != Kind::Text
            && let Some(column) = text.column_mut(place)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = text.lines().map(|line| line.trim_end().to_string()).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_in_its_line() {
        let kind = Kind::Text;
        let name = |name: &str| Column { name: name.to_string(), unit: String::new(), kind };
        let table = Table {
            columns: vec![name("artifact")],
            rows: vec![vec!["a\nb\u{1b}[2J\u{202e}é".into()]],
            name: String::new(),
            title: String::new(),
        };
        assert_eq!(show(&table).lines().nth(1), Some(r" a\nb\u{1b}[2J\u{202e}é"));
    }
}
