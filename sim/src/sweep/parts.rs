//! The parts of a sweep, as files in a folder: what makes it resumable and divisible.
//!
//! A part is the rows of some consecutive points, as CSV without a header, under a name with its
//! number. It is written under another name first, so that a part that is there is whole. The
//! folder's `sweep.json` says which sweep it belongs to. Several computers may fill one folder, or
//! one each: [`assemble`] takes the parts from wherever they are.

use super::{Sweep, SweepError};
use crate::results::{Cell, Column, Kind, RowSink};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// A sweep is divided into about so many parts,
const PARTS: usize = 1024;
/// of at most so many rows, which are held in memory at a time.
const ROWS_MAX: usize = 1 << 16;

const MANIFEST: &str = "sweep.json";
const FORMAT: u32 = 1;

/// How a sweep is divided. A function of the sweep alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    points: usize,
    points_per_part: usize,
}

/// Shard `number` of `count`, numbered from 1: every `count`-th part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub number: usize,
    pub count: usize,
}

/// What the parts of a folder belong to.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    version: String,
    sweep: String,
    identity: String,
    points: usize,
    points_per_part: usize,
    columns: Vec<Column>,
}

/// A folder of parts, of a sweep with these columns.
pub struct Folder {
    path: PathBuf,
    manifest: Manifest,
}

impl Division {
    pub fn of(sweep: &Sweep) -> Division {
        let points = sweep.points();
        let rows_per_point = match sweep.rows {
            super::Rows::Mean => sweep.strategies.len(),
            super::Rows::Run => sweep.strategies.len() * sweep.runs as usize,
        };
        let largest = (ROWS_MAX / rows_per_point).max(1);
        Division { points, points_per_part: points.div_ceil(PARTS).clamp(1, largest) }
    }

    pub fn parts(self) -> usize {
        self.points.div_ceil(self.points_per_part)
    }

    fn points_of(self, part: usize) -> std::ops::Range<usize> {
        let first = part * self.points_per_part;
        first..(first + self.points_per_part).min(self.points)
    }
}

impl Shard {
    pub const WHOLE: Shard = Shard { number: 1, count: 1 };

    fn has(self, part: usize) -> bool {
        part % self.count == self.number - 1
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let numbers = text.split_once('/').and_then(|(number, count)| {
            Some(Shard { number: number.parse().ok()?, count: count.parse().ok()? })
        });
        match numbers {
            Some(shard) if (1..=shard.count).contains(&shard.number) => Ok(shard),
            _ => Err("a shard is i/n, with i from 1 to n, such as 1/8".to_string()),
        }
    }
}

impl Folder {
    /// Begins a folder for a sweep, or goes on with one that has begun.
    pub fn begin(path: &Path, sweep: &Sweep, resume: bool) -> Result<Folder, SweepError> {
        let division = Division::of(sweep);
        let manifest = Manifest {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_string(),
            sweep: sweep.name.clone(),
            identity: sweep.identity(),
            points: division.points,
            points_per_part: division.points_per_part,
            columns: sweep.columns(),
        };
        if path.join(MANIFEST).exists() {
            let found = Folder::open(path)?;
            let wrong =
                |what: &str| SweepError::Parts { file: path.to_path_buf(), what: what.to_string() };
            if found.manifest != manifest {
                return Err(wrong(
                    "holds parts of another sweep, or of this one before it was changed; remove \
                     the folder, or name another --out",
                ));
            }
            if !resume {
                return Err(wrong(
                    "holds parts of this sweep; go on with --resume, or remove the folder",
                ));
            }
            return Ok(found);
        }
        let folder = Folder { path: path.to_path_buf(), manifest };
        let text = serde_json::to_string_pretty(&folder.manifest).expect("plain data");
        match fs::create_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                folder.unwritable(Err(error))?;
            }
            _ => {}
        }
        folder.write_whole(MANIFEST, text.as_bytes())?;
        Ok(folder)
    }

    /// Opens a folder that has begun.
    pub fn open(path: &Path) -> Result<Folder, SweepError> {
        let file = path.join(MANIFEST);
        let wrong = |what: String| SweepError::Parts { file: file.clone(), what };
        let text = fs::read_to_string(&file)
            .map_err(|error| wrong(format!("{error}; name a folder that a sweep has left")))?;
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("not the manifest of a sweep: {error}")))?;
        Ok(Folder { path: path.to_path_buf(), manifest })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn columns(&self) -> &[Column] {
        &self.manifest.columns
    }

    fn division(&self) -> Division {
        let Manifest { points, points_per_part, .. } = self.manifest;
        Division { points, points_per_part }
    }

    fn parts(&self) -> usize {
        self.division().parts()
    }

    fn part(&self, part: usize) -> PathBuf {
        self.path.join(name(part))
    }

    /// Computes the parts of a shard that are not there yet. `go_on` is asked before each run;
    /// `done` is told of the points of each part. After `false`, the parts that were whole are kept
    /// and [`SweepError::Stopped`] is returned.
    pub fn compute(
        &self,
        sweep: &Sweep,
        shard: Shard,
        go_on: &(dyn Fn() -> bool + Sync),
        done: &(dyn Fn(usize) + Sync),
    ) -> Result<(), SweepError> {
        let division = Division::of(sweep);
        let missing = (0..division.parts()).filter(|&part| shard.has(part));
        let missing: Vec<usize> = missing
            .filter(|&part| {
                let there = self.part(part).exists();
                if there {
                    done(division.points_of(part).len());
                }
                !there
            })
            .collect();
        let failed = AtomicBool::new(false);
        let go_on = || !failed.load(Ordering::Relaxed) && go_on();
        let outcomes: Vec<Result<(), SweepError>> = missing
            .into_par_iter()
            .with_max_len(1)
            .map(|part| {
                let points: Vec<usize> = division.points_of(part).collect();
                let rows: Vec<_> = points
                    .par_iter()
                    .map(|&point| {
                        let rows = sweep.rows_of(point, &go_on);
                        match &rows {
                            Ok(_) => done(1),
                            Err(_) => failed.store(true, Ordering::Relaxed),
                        }
                        rows
                    })
                    .collect();
                let mut csv = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
                for row in rows.into_iter().collect::<Result<Vec<_>, _>>()?.iter().flatten() {
                    csv.write_record(row.iter().map(text)).expect("memory takes everything");
                }
                let bytes = csv.into_inner().expect("memory takes everything");
                let written = self.write_whole(&name(part), &bytes);
                failed.fetch_or(written.is_err(), Ordering::Relaxed);
                written
            })
            .collect();
        let mut outcome = Ok(());
        for each in outcomes {
            // A failure says more than that others stopped because of it.
            if let (Ok(()) | Err(SweepError::Stopped), Err(error)) = (&outcome, each) {
                outcome = Err(error);
            }
        }
        outcome
    }

    fn write_whole(&self, name: &str, bytes: &[u8]) -> Result<(), SweepError> {
        // Several computers may write to one folder, and to one part if told so.
        let partial = self.path.join(format!("{name}.{}.partial", std::process::id()));
        let write = || {
            let mut file = File::create(&partial)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&partial, self.path.join(name))
        };
        let written = write();
        if written.is_err() {
            // The error that matters is the one that led here.
            let _ = fs::remove_file(&partial);
        }
        self.unwritable(written)
    }

    fn unwritable(&self, outcome: io::Result<()>) -> Result<(), SweepError> {
        outcome.map_err(|source| SweepError::Unwritable { file: self.path.clone(), source })
    }
}

/// Gives the rows of a sweep to a sink, in order, from the parts in these folders.
pub fn assemble(folders: &[Folder], sink: &mut dyn RowSink) -> Result<(), SweepError> {
    let first = folders.first().expect("at least one folder");
    for other in &folders[1..] {
        if other.manifest != first.manifest {
            let what = format!("holds parts of another sweep than {}", first.path.display());
            return Err(SweepError::Parts { file: other.path.clone(), what });
        }
    }
    let of = |part: usize| folders.iter().map(|folder| folder.part(part)).find(|p| p.exists());
    let missing: Vec<usize> = (0..first.parts()).filter(|&part| of(part).is_none()).collect();
    if let Some(part) = missing.first() {
        let what = format!(
            "{} of {} parts are not there, part {part} first; compute them with --resume, or name \
             the folders that hold them",
            missing.len(),
            first.parts()
        );
        return Err(SweepError::Parts { file: first.path.clone(), what });
    }
    let mut per_point = None;
    for part in 0..first.parts() {
        // Another process that completed the same sweep has removed the parts.
        let file = of(part).unwrap_or_else(|| first.part(part));
        let wrong = |what: String| SweepError::Parts { file: file.clone(), what };
        let reader = csv::ReaderBuilder::new().has_headers(false).from_path(&file);
        let mut reader = reader.map_err(|error| wrong(error.to_string()))?;
        let mut rows: BTreeMap<i64, usize> = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| wrong(error.to_string()))?;
            let cells: Option<Vec<Cell>> = record
                .iter()
                .zip(first.columns())
                .map(|(text, column)| cell(text, column))
                .collect();
            let cells = cells.filter(|cells| cells.len() == first.columns().len());
            let cells = cells.ok_or_else(|| {
                let line = record.position().map_or(0, csv::Position::line);
                wrong(format!(
                    "line {line} is not a row of this sweep; remove this part and --resume"
                ))
            })?;
            if let Some(Cell::Integer(point)) = cells.first() {
                *rows.entry(*point).or_default() += 1;
            }
            let failed = |source| SweepError::Unwritable { file: "the result".into(), source };
            sink.row(&cells).map_err(failed)?;
        }
        let each = *per_point.get_or_insert(rows.values().next().copied().unwrap_or(0));
        let expected = first.division().points_of(part).map(|point| (point as i64, each));
        if !rows.into_iter().eq(expected) {
            return Err(wrong("is not whole, or another part; remove it and --resume".to_string()));
        }
    }
    Ok(())
}

fn name(part: usize) -> String {
    format!("part-{part:06}.csv")
}

/// A cell as a part has it; [`cell`] gives back the same.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Missing => String::new(),
    }
}

fn cell(text: &str, column: &Column) -> Option<Cell> {
    match column.kind {
        Kind::Text => Some(Cell::Text(text.to_string())),
        _ if text.is_empty() => Some(Cell::Missing),
        Kind::Integer => text.parse().ok().map(Cell::Integer),
        Kind::Number { .. } => text.parse().ok().map(Cell::Number),
    }
}
