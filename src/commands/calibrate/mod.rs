//! `attune calibrate`: workloads fitted to access traces, and what they are worth.

mod repeat;
mod show;

use super::progress_bar;
use crate::output::{Target, TextOrJson};
use crate::traces::{self, Trace};
use anyhow::{Context, bail};
use attune_sim::rerun::Settings;
use attune_sim::scenario::Scenario;
use attune_sim::workload::{self, Calibration, Options, Source, Workload};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune import jsonl accesses.jsonl -o trace.jsonl
  attune calibrate trace.jsonl -o workload.yaml
  attune calibrate trace.jsonl --repeat 20      # is the stated error right?
  attune synthesize workload.yaml --sessions 100 -o made-up.jsonl
  attune simulate workload.yaml --runs 100

Traces are access traces (attune import). Each is a source; one of plain access records (import
jsonl) has a source per project. Sessions are divided by a hash of their name: the workload is fitted
to some and judged by the others. What is fitted how, and what the stated error means, is in
docs/workloads.md. Exit status: 0 done, 2 a trace cannot be read.")]
pub struct Arguments {
    /// Access traces, JSON lines or Parquet.
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
    /// Write the workload to this file: the sessions for attune synthesize, and a scenario of the
    /// source with the most accesses for attune simulate.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
    /// Of the sessions, those that the workload is fitted to.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = share)]
    fit_share: f64,
    /// Decides which sessions are fitted to, and all draws.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Sessions that are made up for the comparison, per source.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    sessions: u64,
    /// Calibrate with N seeds from --seed on, and tell only how often the stated error was exceeded.
    #[arg(long, value_name = "N", conflicts_with = "out", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    repeat: Option<u64>,
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "a number between 0 and 1".to_string())?;
    let inside = value > 0.0 && value < 1.0;
    if inside { Ok(value) } else { Err("a number between 0 and 1: 0.5 is one half".to_string()) }
}

#[derive(Serialize)]
struct Summary<'a> {
    seed: u64,
    fit_share: f64,
    sources: &'a [Calibration],
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut sources = Vec::new();
    let mut given = BTreeSet::new();
    for path in &arguments.traces {
        if !path.canonicalize().is_ok_and(|file| given.insert(file)) && path.is_file() {
            bail!("{}: this trace is given twice; every session counts once", path.display());
        }
        read(path, &mut sources)?;
    }
    let out = arguments.out.as_deref().map(|path| Target::open(Some(path))).transpose()?;
    let options = Options {
        fit_share: arguments.fit_share,
        seed: arguments.seed,
        sessions: arguments.sessions,
        settings: Settings::default(),
    };
    let sessions: usize = sources.iter().map(|source| source.sessions.len()).sum();
    let each = sessions as u64 + arguments.sessions * sources.len() as u64;
    let bar = progress_bar(each.saturating_mul(arguments.repeat.unwrap_or(1)));
    bar.set_message("sessions");
    let done = || bar.inc(1);
    if let Some(times) = arguments.repeat {
        repeat::run(&sources, &options, times, arguments.format, &done)?;
        bar.finish_and_clear();
        return Ok(());
    }
    let calibrations: Vec<Calibration> =
        sources.iter().map(|source| workload::calibrate(source, &options, &done)).collect();
    bar.finish_and_clear();
    let Some(scenario) = scenario(&calibrations) else {
        bail!("no access in these traces was done; there is nothing to fit to");
    };
    if let Some(mut out) = out {
        let models = calibrations.iter().flat_map(|calibration| calibration.models.clone());
        let text = Workload { sources: models.collect() }.to_yaml(scenario);
        out.write_all(text.as_bytes()).and_then(|()| out.finish()).context("--out")?;
    }
    let mut standard = io::stdout().lock();
    match arguments.format {
        TextOrJson::Text => standard.write_all(show::markdown(&calibrations).as_bytes())?,
        TextOrJson::Json => {
            let Arguments { seed, fit_share, .. } = *arguments;
            let summary = Summary { seed, fit_share, sources: &calibrations };
            serde_json::to_writer_pretty(&mut standard, &summary).map_err(io::Error::from)?;
            standard.write_all(b"\n")?;
        }
    }
    Ok(standard.flush()?)
}

/// Of several sources the one with the most accesses is what the tick engine is given.
fn scenario(calibrations: &[Calibration]) -> Option<&Scenario> {
    let accesses = |calibration: &Calibration| calibration.fitted.reads + calibration.fitted.writes;
    let most = calibrations.iter().rev().max_by_key(|calibration| accesses(calibration));
    most.and_then(|calibration| calibration.scenario.as_ref())
}

fn read(path: &Path, sources: &mut Vec<Source>) -> anyhow::Result<()> {
    match traces::open(path)? {
        Trace::Events(_) => bail!(
            "{}: is an event trace; a workload is fitted to access traces (attune import)",
            path.display()
        ),
        Trace::Access(mut trace) => {
            let header = trace.header().clone();
            let stem = path.file_stem().map_or("trace".into(), |name| name.to_string_lossy());
            let is_taken = |name: &str| sources.iter().any(|source| source.name == name);
            let numbered = |count: u32| match count {
                1 => stem.to_string(),
                _ => format!("{stem}-{count}"),
            };
            let name = (1..).map(numbered).find(|name| !is_taken(name)).unwrap_or_default();
            workload::collect(&header, &name, trace.by_ref(), sources)
        }
    }
}
