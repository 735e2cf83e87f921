//! `attune simulate`.

mod summary;

use super::{CheckFailed, progress_bar, read_scenarios};
use crate::output::{Format, OpenSink, Target, flatten, open_csv, open_parquet, show};
use anyhow::{Context, bail};
use attune_sim::engine::{self, StrategyName};
use attune_sim::handoff;
use attune_sim::published::{self, Strategy};
use attune_sim::results::{RowSink, Table};
use attune_sim::scenario::Scenario;
use clap::ValueEnum;
use rayon::prelude::*;
use serde::Serialize;
use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Runs that are computed at a time, and then written in order.
const BATCH: u32 = 256;

const FAILED: &str = "cannot write the output";

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune simulate scenarios/analysis.yaml --runs 10
  attune simulate scenarios/*.yaml --strategy lazy --strategy push --runs 100 --format csv --out runs.csv
  attune simulate scenarios/analysis.yaml --engine published --runs 10 --format json
  attune simulate scenarios/handoff/long-task.yaml --strategy lazy --runs 100

Run r uses seed S + r. Exit status: 0 done, 1 a promise of the protocol was broken, 2 misuse.")]
pub struct Arguments {
    /// Scenario files (docs/scenario-format.md).
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// What simulates: the protocol core, the replica of the published simulator, or long tasks
    /// with handoffs on the core. Without it, handoff where a scenario sets handoff.steps, else
    /// protocol.
    #[arg(long, value_enum)]
    engine: Option<Engine>,
    /// A strategy to run; may be given several times. Without it, all of the engine's.
    #[arg(long = "strategy", value_name = "NAME")]
    strategies: Vec<String>,
    /// Runs per scenario and strategy.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The first run's seed, instead of the scenario's.
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    seed: Option<i64>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "F")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Protocol,
    Published,
    Handoff,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let scenarios = read_scenarios(&arguments.scenarios)?;
    let engine = engine(arguments, &scenarios)?;
    for (scenario, path) in scenarios.iter().zip(&arguments.scenarios) {
        let first = arguments.seed.unwrap_or(scenario.seed);
        if first.checked_add(i64::from(arguments.runs - 1)).is_none() {
            bail!("{}: seed {first} leaves no room for {} runs", path.display(), arguments.runs);
        }
        if engine == Engine::Published
            && let Err(unsupported) = published::supports(scenario)
        {
            bail!("{}: {unsupported}; use --engine protocol", path.display());
        }
    }
    match engine {
        Engine::Protocol => {
            let strategies = supported(arguments, &scenarios, engine::supports)?;
            let simulate = |scenario: &Scenario, strategy, seed| {
                engine::run(scenario, strategy, seed).map_err(|failure| {
                    anyhow::Error::new(CheckFailed(format!("a promise was broken: {failure}")))
                })
            };
            drive(arguments, &scenarios, &strategies, simulate, summary::protocol)
        }
        Engine::Published => {
            let strategies = chosen(&arguments.strategies, &Strategy::ALL)?;
            let simulate =
                |scenario: &Scenario, strategy, seed| Ok(published::run(scenario, strategy, seed));
            drive(arguments, &scenarios, &strategies, simulate, summary::published)
        }
        Engine::Handoff => {
            let strategies = supported(arguments, &scenarios, handoff::supports)?;
            let simulate = |scenario: &Scenario, strategy, seed| {
                handoff::run(scenario, strategy, seed).map_err(|failure| {
                    anyhow::Error::new(CheckFailed(format!("a promise was broken: {failure}")))
                })
            };
            drive(arguments, &scenarios, &strategies, simulate, summary::handoff)
        }
    }
}

/// The engine that is asked for, or that all scenarios are for.
fn engine(arguments: &Arguments, scenarios: &[Scenario]) -> anyhow::Result<Engine> {
    if let Some(engine) = arguments.engine {
        return Ok(engine);
    }
    let long = scenarios.iter().filter(|scenario| scenario.handoff.steps.is_some()).count();
    match long {
        0 => Ok(Engine::Protocol),
        _ if long == scenarios.len() => Ok(Engine::Handoff),
        _ => bail!(
            "{long} of {} scenarios set handoff.steps; simulate those by themselves, or say with \
             --engine what is to simulate all",
            scenarios.len()
        ),
    }
}

/// The strategies asked for, or all that every scenario can be run under.
fn supported<E: Display>(
    arguments: &Arguments,
    scenarios: &[Scenario],
    supports: fn(&Scenario, StrategyName) -> Result<(), E>,
) -> anyhow::Result<Vec<StrategyName>> {
    let mut strategies = chosen(&arguments.strategies, &StrategyName::ALL)?;
    for (scenario, path) in scenarios.iter().zip(&arguments.scenarios) {
        let supported = |&strategy: &_| supports(scenario, strategy);
        if let Some(unsupported) = strategies.iter().find_map(|s| supported(s).err()) {
            let none = strategies.iter().all(|strategy| supported(strategy).is_err());
            if none || !arguments.strategies.is_empty() {
                bail!("{}: {unsupported}", path.display());
            }
            eprintln!("{}: {unsupported}; it is left out", path.display());
            strategies.retain(|strategy| supported(strategy).is_ok());
        }
    }
    Ok(strategies)
}

/// The named strategies in the order named, or all.
pub fn chosen<S>(names: &[String], all: &[S]) -> anyhow::Result<Vec<S>>
where
    S: FromStr<Err: Display> + Copy + PartialEq,
{
    if names.is_empty() {
        return Ok(all.to_vec());
    }
    let mut chosen = Vec::new();
    for name in names {
        let strategy =
            name.parse().map_err(|error: S::Err| anyhow::anyhow!("--strategy: {error}"))?;
        if !chosen.contains(&strategy) {
            chosen.push(strategy);
        }
    }
    Ok(chosen)
}

/// Runs everything, a batch at a time, and gives the reports to the format in order.
fn drive<S, R>(
    arguments: &Arguments,
    scenarios: &[Scenario],
    strategies: &[S],
    simulate: impl Fn(&Scenario, S, i64) -> anyhow::Result<R> + Sync,
    summarize: fn(&[Vec<R>], usize) -> Table,
) -> anyhow::Result<()>
where
    S: Copy + Send + Sync,
    R: Serialize + Send,
{
    let mut writer = Writer::open(arguments)?;
    let total = scenarios.len() as u64 * strategies.len() as u64 * u64::from(arguments.runs);
    let bar = progress_bar(total);
    let mut groups = Vec::new();
    for (scenario, path) in scenarios.iter().zip(&arguments.scenarios) {
        bar.set_message(scenario.name.clone());
        let first = arguments.seed.unwrap_or(scenario.seed);
        for &strategy in strategies {
            let mut group = Vec::new();
            for batch in (0..arguments.runs).step_by(BATCH as usize) {
                let runs = batch..arguments.runs.min(batch.saturating_add(BATCH));
                let reports: Vec<anyhow::Result<R>> = runs
                    .into_par_iter()
                    .map(|run| simulate(scenario, strategy, first + i64::from(run)))
                    .collect();
                // Of several failures the first, however many threads there are.
                let reports = reports.into_iter().collect::<anyhow::Result<Vec<R>>>();
                let reports = reports.map_err(|error| with_path(error, path))?;
                bar.inc(reports.len() as u64);
                writer.write(&reports)?;
                if arguments.format == Format::Table {
                    group.extend(reports);
                }
            }
            groups.push(group);
        }
    }
    bar.finish_and_clear();
    let summary = (arguments.format == Format::Table).then(|| summarize(&groups, strategies.len()));
    writer.finish(summary.as_ref())
}

/// Fills the scenario's path into the command that repeats a failure.
fn with_path(error: anyhow::Error, path: &Path) -> anyhow::Error {
    match error.downcast::<CheckFailed>() {
        Ok(CheckFailed(text)) => {
            CheckFailed(text.replace("FILE", &path.display().to_string())).into()
        }
        Err(error) => error,
    }
}

/// The formats, each fed with reports in order.
enum Writer {
    Table(Target),
    Json {
        out: Target,
        any: bool,
    },
    /// The sink is opened once the first report has told the columns.
    Rows {
        open: Option<OpenSink>,
        sink: Option<Box<dyn RowSink>>,
    },
}

impl Writer {
    fn open(arguments: &Arguments) -> anyhow::Result<Writer> {
        let out = arguments.out.as_deref();
        Ok(match arguments.format {
            Format::Csv => Writer::Rows { open: Some(open_csv(out)?), sink: None },
            Format::Parquet => Writer::Rows { open: Some(open_parquet(out)?), sink: None },
            Format::Json => Writer::Json { out: Target::open(out)?, any: false },
            Format::Table => Writer::Table(Target::open(out)?),
        })
    }

    fn write<R: Serialize>(&mut self, reports: &[R]) -> anyhow::Result<()> {
        for report in reports {
            match self {
                Writer::Table(_) => {}
                Writer::Json { out, any } => {
                    out.write_all(if *any { b",\n " } else { b"[" }).context(FAILED)?;
                    *any = true;
                    serde_json::to_writer(&mut *out, report)
                        .map_err(std::io::Error::from)
                        .context(FAILED)?;
                }
                Writer::Rows { open, sink } => {
                    let (columns, cells) = flatten(report);
                    if let Some(open) = open.take() {
                        *sink = Some(open(&columns)?);
                    }
                    sink.as_mut().expect("opened above").row(&cells).context(FAILED)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self, summary: Option<&Table>) -> anyhow::Result<()> {
        match self {
            Writer::Table(mut out) => {
                if let Some(summary) = summary {
                    out.write_all(show(summary).as_bytes()).context(FAILED)?;
                }
                out.finish().context(FAILED)
            }
            Writer::Json { mut out, any } => {
                out.write_all(if any { b"]\n" } else { b"[]\n" }).context(FAILED)?;
                out.finish().context(FAILED)
            }
            Writer::Rows { sink, .. } => sink.map_or(Ok(()), |sink| sink.finish()).context(FAILED),
        }
    }
}
