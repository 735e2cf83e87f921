//! `attune simulate`.

use super::{CheckFailed, progress_bar, read_scenarios};
use crate::output::{Format, OpenSink, Target, flatten, open_csv, open_parquet, show};
use anyhow::{Context, bail};
use attune_sim::engine::{self, StrategyName};
use attune_sim::published::{self, Strategy};
use attune_sim::results::{Cell, Column, RowSink, Table};
use attune_sim::scenario::Scenario;
use attune_sim::stats::{Estimate, mean};
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

Run r uses seed S + r. Exit status: 0 done, 1 a promise of the protocol was broken, 2 misuse.")]
pub struct Arguments {
    /// Scenario files (docs/scenario-format.md).
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// What simulates: the protocol core, or the replica of the published simulator.
    #[arg(long, value_enum, default_value_t = Engine::Protocol)]
    engine: Engine,
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
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let scenarios = read_scenarios(&arguments.scenarios)?;
    for (scenario, path) in scenarios.iter().zip(&arguments.scenarios) {
        let first = arguments.seed.unwrap_or(scenario.seed);
        if first.checked_add(i64::from(arguments.runs - 1)).is_none() {
            bail!("{}: seed {first} leaves no room for {} runs", path.display(), arguments.runs);
        }
        if arguments.engine == Engine::Published
            && let Err(unsupported) = published::supports(scenario)
        {
            bail!("{}: {unsupported}; use --engine protocol", path.display());
        }
    }
    match arguments.engine {
        Engine::Protocol => {
            let mut strategies = chosen(&arguments.strategies, &StrategyName::ALL)?;
            for (scenario, path) in scenarios.iter().zip(&arguments.scenarios) {
                let supported = |&strategy: &_| engine::supports(scenario, strategy);
                if let Some(unsupported) = strategies.iter().find_map(|s| supported(s).err()) {
                    let none = strategies.iter().all(|strategy| supported(strategy).is_err());
                    if none || !arguments.strategies.is_empty() {
                        bail!("{}: {unsupported}", path.display());
                    }
                    eprintln!("{}: {unsupported}; it is left out", path.display());
                    strategies.retain(|strategy| supported(strategy).is_ok());
                }
            }
            let simulate = |scenario: &Scenario, strategy, seed| {
                engine::run(scenario, strategy, seed).map_err(|failure| {
                    anyhow::Error::new(CheckFailed(format!("a promise was broken: {failure}")))
                })
            };
            drive(arguments, &scenarios, &strategies, simulate, engine_summary)
        }
        Engine::Published => {
            let strategies = chosen(&arguments.strategies, &Strategy::ALL)?;
            let simulate =
                |scenario: &Scenario, strategy, seed| Ok(published::run(scenario, strategy, seed));
            drive(arguments, &scenarios, &strategies, simulate, published_summary)
        }
    }
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

/// What each group saves against broadcast in percent, where that is among the groups of its
/// scenario. The groups of a scenario stand together, one per strategy.
fn savings<R>(
    groups: &[Vec<R>],
    strategies: usize,
    is_broadcast: fn(&R) -> bool,
    tokens: fn(&R) -> u64,
) -> Vec<Cell> {
    let mean_tokens =
        |runs: &Vec<R>| mean(&runs.iter().map(|run| tokens(run) as f64).collect::<Vec<_>>());
    let of_scenario = |groups: &[Vec<R>]| -> Vec<Cell> {
        let baseline = groups.iter().find(|runs| is_broadcast(&runs[0])).map(mean_tokens);
        let saved = groups
            .iter()
            .map(|runs| baseline.map(|baseline| 100.0 * (1.0 - mean_tokens(runs) / baseline)));
        saved.map(Cell::from).collect()
    };
    groups.chunks(strategies).flat_map(of_scenario).collect()
}

fn engine_summary(groups: &[Vec<engine::Report>], strategies: usize) -> Table {
    let of = |runs: &[engine::Report], measure: fn(&engine::Report) -> u64| {
        mean(&runs.iter().map(|run| measure(run) as f64).collect::<Vec<_>>())
    };
    let savings = savings(
        groups,
        strategies,
        |run| run.strategy == StrategyName::Broadcast.name(),
        |run| run.synchronization_tokens,
    );
    let rows = groups.iter().zip(savings).map(|(runs, saved)| {
        let values: Vec<f64> = runs.iter().map(|run| run.synchronization_tokens as f64).collect();
        let estimate = Estimate::of_mean(&values);
        let reads = of(runs, |run| run.reads);
        let share = |count: f64| if reads > 0.0 { 100.0 * count / reads } else { 0.0 };
        vec![
            runs[0].scenario.as_str().into(),
            runs[0].strategy.as_str().into(),
            (runs.len() as u64).into(),
            estimate.value.into(),
            estimate.half_width.into(),
            saved,
            of(runs, |run| run.tokens.control).into(),
            of(runs, |run| run.actions).into(),
            share(of(runs, |run| run.hits)).into(),
            share(of(runs, |run| run.stale_reads)).into(),
            runs.iter().map(|run| run.staleness_ticks.max).max().into(),
            of(runs, |run| run.lost_updates).into(),
            of(runs, |run| run.writes_lost_to_expiry).into(),
            of(runs, |run| run.ticks_waited).into(),
            of(runs, |run| run.messages.total()).into(),
            (of(runs, |run| run.wire.total()) / 1000.0).into(),
        ]
    });
    Table {
        name: "simulate".to_string(),
        title: "Means over the runs".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::text("strategy"),
            Column::integer("runs", ""),
            Column::number("synchronization", "tokens", 0),
            Column::number("half_width", "95 % CI", 0),
            Column::number("saved", "%", 1),
            Column::number("control", "tokens", 0),
            Column::number("actions", "", 0),
            Column::number("hits", "% of reads", 1),
            Column::number("stale", "% of reads", 2),
            Column::integer("oldest", "ticks"),
            Column::number("lost_updates", "", 0),
            Column::number("writes_lost", "to expiry", 1),
            Column::number("waited", "ticks", 1),
            Column::number("messages", "", 0),
            Column::number("wire", "kB", 0),
        ],
        rows: rows.collect(),
    }
}

fn published_summary(groups: &[Vec<published::Report>], strategies: usize) -> Table {
    let of = |runs: &[published::Report], measure: fn(&published::Report) -> f64| {
        mean(&runs.iter().map(measure).collect::<Vec<_>>())
    };
    let savings = savings(
        groups,
        strategies,
        |run| run.strategy == Strategy::Broadcast,
        |run| run.synchronization_tokens,
    );
    let rows = groups.iter().zip(savings).map(|(runs, saved)| {
        let values: Vec<f64> = runs.iter().map(|run| run.synchronization_tokens as f64).collect();
        let (tokens, hits) = (mean(&values), of(runs, |run| run.cache_hits as f64));
        let stale = of(runs, |run| run.stale_reads as f64);
        vec![
            runs[0].scenario.as_str().into(),
            runs[0].strategy.name().into(),
            (runs.len() as u64).into(),
            tokens.into(),
            attune_sim::stats::population_sigma(&values).into(),
            saved,
            (100.0 * of(runs, |run| run.cache_hit_rate)).into(),
            stale.into(),
            (if hits > 0.0 { 100.0 * stale / hits } else { 0.0 }).into(),
            runs.iter().map(|run| run.max_stale_steps).max().into(),
            of(runs, |run| run.staleness_bound_violations as f64).into(),
            of(runs, |run| run.message_overhead as f64).into(),
            of(runs, |run| run.newer_copies_killed as f64).into(),
            of(runs, |run| run.write_actions as f64).into(),
        ]
    });
    Table {
        name: "simulate".to_string(),
        title: "Means over the runs".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::text("strategy"),
            Column::integer("runs", ""),
            Column::number("synchronization", "tokens", 1),
            Column::number("sigma", "tokens", 1),
            Column::number("saved", "%", 1),
            Column::number("hit_rate", "%", 1),
            Column::number("stale_reads", "", 1),
            Column::number("stale_hits", "% of hits", 1),
            Column::integer("longest_stale_run", "reads"),
            Column::number("violations", "", 1),
            Column::number("messages", "", 1),
            Column::number("current_copies_killed", "by invalidations", 2),
            Column::number("writes", "", 1),
        ],
        rows: rows.collect(),
    }
}
