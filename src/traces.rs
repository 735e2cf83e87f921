//! Opening the traces that a command names, whatever form they have.

use anyhow::{Context, anyhow, bail};
use attune_trace::access::{Access, Header};
use attune_trace::{self as trace, Opened, ReadError};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// What Parquet begins with.
const PARQUET: &[u8] = b"PAR1";

/// A trace whose header has been read.
pub enum Trace {
    Events(trace::Reader<BufReader<File>>),
    Access(Accesses),
}

/// The accesses of a trace, one by one, in JSON lines or Parquet. An error names the file and the
/// place.
pub struct Accesses {
    path: PathBuf,
    header: Header,
    rows: Rows,
}

enum Rows {
    Lines(trace::access::Reader<BufReader<File>>),
    #[cfg(feature = "report")]
    Parquet(Box<attune_report::access::Reader<BufReader<File>>>),
}

impl Accesses {
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The line within which the file ends, once all was read; that line is left out.
    pub fn cut_within(&self) -> Option<u64> {
        match &self.rows {
            Rows::Lines(rows) => rows.truncated().then(|| rows.line()),
            #[cfg(feature = "report")]
            Rows::Parquet(_) => None,
        }
    }
}

impl Iterator for Accesses {
    type Item = anyhow::Result<Access>;

    fn next(&mut self) -> Option<anyhow::Result<Access>> {
        let path = &self.path;
        match &mut self.rows {
            Rows::Lines(rows) => rows.next().map(|row| row.map_err(|error| at_line(path, &error))),
            #[cfg(feature = "report")]
            Rows::Parquet(rows) => {
                rows.next().map(|row| row.map_err(|error| in_table(path, &error)))
            }
        }
    }
}

/// Opens a trace: how it begins decides what it is.
pub fn open(path: &Path) -> anyhow::Result<Trace> {
    let shown = path.display();
    if path.is_dir() {
        bail!("{shown}: is a directory; name a trace");
    }
    let file = File::open(path)
        .with_context(|| format!("{shown}: cannot be opened; name a trace that was recorded"))?;
    let mut source = BufReader::new(file);
    if source.fill_buf().is_ok_and(|beginning| beginning.starts_with(PARQUET)) {
        return parquet(path, source).map(Trace::Access);
    }
    match trace::open(source).map_err(|error| at_line(path, &error))? {
        Opened::Events(trace) => Ok(Trace::Events(trace)),
        Opened::Access(rows) => {
            let (path, header) = (path.to_path_buf(), rows.header().clone());
            Ok(Trace::Access(Accesses { path, header, rows: Rows::Lines(rows) }))
        }
    }
}

fn at_line(path: &Path, error: &ReadError) -> anyhow::Error {
    anyhow!("{}:{error}", path.display())
}

#[cfg(feature = "report")]
fn in_table(path: &Path, error: &attune_report::access::ReadError) -> anyhow::Error {
    anyhow!("{}: {error}", path.display())
}

#[cfg(feature = "report")]
fn parquet(path: &Path, source: BufReader<File>) -> anyhow::Result<Accesses> {
    if !path.is_file() {
        bail!("{}: Parquet is read from its end; name a regular file", path.display());
    }
    let rows =
        attune_report::access::Reader::new(source).map_err(|error| in_table(path, &error))?;
    let (path, header) = (path.to_path_buf(), rows.header().clone());
    Ok(Accesses { path, header, rows: Rows::Parquet(Box::new(rows)) })
}

#[cfg(not(feature = "report"))]
fn parquet(path: &Path, _: BufReader<File>) -> anyhow::Result<Accesses> {
    bail!(
        "{}: is Parquet, and this attune was built without it: build it with `cargo build \
         --release --features report`, or give the trace as JSON lines (attune import … -o \
         trace.jsonl)",
        path.display()
    )
}
