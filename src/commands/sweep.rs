//! `attune sweep` and `attune merge`.

use super::{CheckFailed, CutShort, progress_bar};
use crate::interrupt;
use crate::output::{Format, is_special, open_csv, open_parquet, show};
use anyhow::{Context, bail};
use attune_sim::results::{Cell, Column, RowSink, Table};
use attune_sim::sweep::parts::{Folder, Shard, assemble};
use attune_sim::sweep::{Sweep, SweepError};
use serde_json::{Map, Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Without a file, results are held in memory.
const ROWS_WITHOUT_FILE: usize = 100_000;

/// What a table shows of all that is measured, after what was varied.
const SHOWN: [&str; 18] = [
    "strategy",
    "runs",
    "seed",
    "saved",
    "saved_half_width",
    "saved_of_total",
    "saved_per_action",
    "synchronization",
    "stale_reads",
    "lost_updates",
    "writes_lost_to_expiry",
    "hits",
    "ticks_waited",
    "handoffs",
    "preserved",
    "preserved_used",
    "completed",
    "tasks",
];

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune sweep scenarios/sweeps/volatility.yaml
  attune sweep scenarios/sweeps/agents.yaml --out agents.parquet
  attune sweep big.yaml --out big.parquet --resume          # after Ctrl-C
  attune sweep big.yaml --out big.parquet --shard 3/16      # one of 16 computers
  attune merge big.parquet.parts --out big.parquet          # when all shards are done

Sweep files are described in docs/sweeps.md. Until a sweep is complete, its parts are in OUT.parts.
Exit status: 0 done, 1 a promise of the protocol was broken, 2 misuse, 3 stopped (what is done is
kept; go on with --resume).")]
pub struct Arguments {
    /// The sweep file.
    #[arg(value_name = "SWEEP")]
    sweep: PathBuf,
    /// Write to this file; .csv or .parquet say the format. Without it, a table is printed.
    #[arg(long, value_name = "F")]
    out: Option<PathBuf>,
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Go on where an earlier call with the same --out was stopped.
    #[arg(long, requires = "out")]
    resume: bool,
    /// Compute only the parts of shard I of N, and leave them in OUT.parts for `attune merge`.
    #[arg(long, value_name = "I/N", requires = "out")]
    shard: Option<Shard>,
    /// Runs per point and strategy, instead of the file's.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: Option<u32>,
    /// Print the scenario of this point, to simulate by itself, and do nothing else.
    #[arg(long, value_name = "POINT", conflicts_with_all = ["out", "format"])]
    show_point: Option<usize>,
}

#[derive(clap::Args)]
#[command(after_help = "Example:
  attune merge node-1/big.parquet.parts node-2/big.parquet.parts --out big.parquet

The result is the same bytes as that of one `attune sweep` that was never stopped.")]
pub struct MergeArguments {
    /// Folders with the parts of one sweep.
    #[arg(required = true, value_name = "PARTS")]
    folders: Vec<PathBuf>,
    /// Write to this file; .csv or .parquet say the format.
    #[arg(long, value_name = "F")]
    out: PathBuf,
    #[arg(long, value_enum)]
    format: Option<Format>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut sweep = Sweep::read(&arguments.sweep)?;
    sweep.runs = arguments.runs.unwrap_or(sweep.runs);
    if let Some(point) = arguments.show_point {
        if point >= sweep.points() {
            bail!("--show-point: the sweep has {} points, counted from 0", sweep.points());
        }
        print!("# {}\n{}", sweep.point(point).settings(), sweep.point(point).yaml()?);
        return Ok(());
    }
    interrupt::listen();
    let bar = progress_bar(sweep.points() as u64);
    bar.set_message(sweep.name.clone());
    let go_on = || !interrupt::was_asked();
    let done = |points: usize| bar.inc(points as u64);
    let Some(out) = &arguments.out else {
        let table = in_memory(&sweep, &go_on, &done).map_err(stopped_without_file)?;
        bar.finish_and_clear();
        return print(&table, arguments.format.unwrap_or(Format::Table));
    };
    let format = format_of(out, arguments.format)?;
    let shard = arguments.shard.unwrap_or(Shard::WHOLE);
    // Every job of an array is the same command, and so is its next attempt.
    let resume = arguments.resume || arguments.shard.is_some();
    let folder = Folder::begin(&parts_of(out), &sweep, resume)?;
    folder.compute(&sweep, shard, &go_on, &done).map_err(|error| kept(error, &folder))?;
    bar.finish_and_clear();
    if arguments.shard.is_some() {
        let path = folder.path().display();
        notice!("shard {}/{} is in {path}; join all with attune merge", shard.number, shard.count);
        return Ok(());
    }
    let path = folder.path().to_path_buf();
    write(&[folder], out, format)?;
    fs::remove_dir_all(&path).with_context(|| format!("{}: cannot be removed", path.display()))
}

pub fn merge(arguments: &MergeArguments) -> anyhow::Result<()> {
    let format = format_of(&arguments.out, arguments.format)?;
    let folders: Result<Vec<Folder>, SweepError> =
        arguments.folders.iter().map(|path| Folder::open(path)).collect();
    write(&folders?, &arguments.out, format)
}

/// What a file's name says of its format, unless an option does.
fn format_of(out: &Path, format: Option<Format>) -> anyhow::Result<Format> {
    is_special("--out", out)?;
    let by_name = match out.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => Some(Format::Csv),
        Some("parquet") => Some(Format::Parquet),
        _ => None,
    };
    match format.or(by_name) {
        Some(format @ (Format::Csv | Format::Parquet)) => Ok(format),
        Some(_) => bail!("--format: a sweep is written to a file as csv or parquet"),
        None => {
            bail!("--out {}: end the name in .csv or .parquet, or give --format", out.display())
        }
    }
}

fn parts_of(out: &Path) -> PathBuf {
    let mut parts = out.to_path_buf().into_os_string();
    parts.push(".parts");
    parts.into()
}

fn write(folders: &[Folder], out: &Path, format: Format) -> anyhow::Result<()> {
    let open = match format {
        Format::Parquet => open_parquet(Some(out))?,
        _ => open_csv(Some(out))?,
    };
    let mut sink: Box<dyn RowSink> = open(folders[0].columns())?;
    assemble(folders, sink.as_mut())?;
    sink.finish().with_context(|| format!("--out {}: cannot write there", out.display()))
}

fn in_memory(
    sweep: &Sweep,
    go_on: &(dyn Fn() -> bool + Sync),
    done: &dyn Fn(usize),
) -> Result<Table, anyhow::Error> {
    let columns = sweep.columns();
    let mut rows = Vec::new();
    if sweep.points().saturating_mul(sweep.strategies.len()) > ROWS_WITHOUT_FILE {
        bail!("{} points: name a file with --out", sweep.points());
    }
    for point in 0..sweep.points() {
        rows.extend(sweep.rows_of(point, go_on)?);
        done(1);
    }
    Ok(Table { name: "sweep".to_string(), title: sweep.name.clone(), columns, rows })
}

fn print(table: &Table, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Table => Ok(io::stdout().write_all(show(&shown(table)).as_bytes())?),
        Format::Csv => {
            let mut sink = open_csv(None)?(&table.columns)?;
            table.rows.iter().try_for_each(|row| sink.row(row))?;
            Ok(sink.finish()?)
        }
        Format::Json => {
            let names = table.columns.iter().map(|column| column.name.clone());
            let object = |row: &Vec<_>| -> Map<String, Value> {
                names.clone().zip(row.iter().map(|cell| json!(cell))).collect()
            };
            let rows: Vec<_> = table.rows.iter().map(object).collect();
            let mut out = io::stdout();
            serde_json::to_writer_pretty(&mut out, &rows).map_err(io::Error::from)?;
            Ok(out.write_all(b"\n")?)
        }
        Format::Parquet => bail!("--format parquet: name a file with --out"),
    }
}

/// The table with what fits a terminal: what was varied, and [`SHOWN`].
fn shown(table: &Table) -> Table {
    let varied = table.columns.iter().position(|column| column.name == "strategy").unwrap_or(0);
    let kept = |place: usize, column: &Column| {
        (1..varied).contains(&place) || SHOWN.contains(&column.name.as_str())
    };
    let places: Vec<usize> =
        (0..table.columns.len()).filter(|&place| kept(place, &table.columns[place])).collect();
    let pick = |row: &Vec<Cell>| places.iter().map(|&place| row[place].clone()).collect();
    Table {
        name: table.name.clone(),
        title: table.title.clone(),
        columns: places.iter().map(|&place| table.columns[place].clone()).collect(),
        rows: table.rows.iter().map(pick).collect(),
    }
}

fn stopped_without_file(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(SweepError::Stopped) => {
            CutShort("stopped; nothing is kept without --out".to_string()).into()
        }
        Some(SweepError::Broken { .. }) => CheckFailed(error.to_string()).into(),
        _ => error,
    }
}

fn kept(error: SweepError, folder: &Folder) -> anyhow::Error {
    match error {
        SweepError::Stopped => CutShort(format!(
            "stopped; what is done is in {}; go on with --resume",
            folder.path().display()
        ))
        .into(),
        SweepError::Broken { .. } => CheckFailed(error.to_string()).into(),
        error => error.into(),
    }
}
