//! `attune predict`.

use super::{CheckFailed, progress_bar, read_scenarios};
use crate::commands::simulate::chosen;
use crate::output::{CsvSink, Format, Target, show};
use anyhow::{Context, bail};
use attune_sim::predict::{self, grid};
use attune_sim::published::Strategy;
use attune_sim::reproduce::prediction_table;
use attune_sim::results::{Column, RowSink, Table};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune predict scenarios/analysis.yaml
  attune predict scenarios/analysis.yaml --strategy lazy --format json
  attune predict --grid --out grid.csv --format csv

The derivation is in docs/expected-cost.md. Exit status: 0 done, 1 the formula and the runs of
--grid disagree, 2 misuse.")]
pub struct Arguments {
    /// Scenario files (docs/scenario-format.md).
    #[arg(required_unless_present = "grid", value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// A strategy; may be given several times. Without it, all of the published simulator's.
    #[arg(long = "strategy", value_name = "NAME")]
    strategies: Vec<String>,
    /// Compare the formula with the replica over the whole documented grid (minutes).
    #[arg(long, conflicts_with_all = ["scenarios", "strategies"])]
    grid: bool,
    /// With --grid: runs of the replica per point.
    #[arg(long, default_value_t = grid::RUNS, value_name = "N", requires = "grid", value_parser = clap::value_parser!(u32).range(2..))]
    runs: u32,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "F")]
    out: Option<PathBuf>,
}

/// One prediction, as JSON shows it.
#[derive(Serialize)]
struct Prediction {
    scenario: String,
    strategy: Strategy,
    tokens_fetch: f64,
    tokens_broadcast: f64,
    tokens_invalidation: f64,
    synchronization_tokens: f64,
    reads: f64,
    cache_hits: f64,
    /// Against broadcast, in percent.
    saved: f64,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.format == Format::Parquet {
        bail!("--format parquet: predictions come as table, json or csv");
    }
    if arguments.grid { compare_grid(arguments) } else { predict_scenarios(arguments) }
}

fn predict_scenarios(arguments: &Arguments) -> anyhow::Result<()> {
    let strategies = chosen(&arguments.strategies, &Strategy::ALL)?;
    let scenarios = read_scenarios(&arguments.scenarios)?;
    let mut predictions = Vec::new();
    for (scenario, path) in scenarios.iter().zip(&arguments.scenarios) {
        let expect = |strategy| {
            predict::expected(scenario, strategy).with_context(|| path.display().to_string())
        };
        let baseline = expect(Strategy::Broadcast)?.synchronization();
        for &strategy in &strategies {
            let expected = expect(strategy)?;
            predictions.push(Prediction {
                scenario: scenario.name.clone(),
                strategy,
                tokens_fetch: expected.fetch,
                tokens_broadcast: expected.push,
                tokens_invalidation: expected.invalidation,
                synchronization_tokens: expected.synchronization(),
                reads: expected.reads,
                cache_hits: expected.hits,
                saved: 100.0 * (1.0 - expected.synchronization() / baseline),
            });
        }
    }
    let mut out = Target::open(arguments.out.as_deref())?;
    if arguments.format == Format::Json {
        serde_json::to_writer_pretty(&mut out, &predictions).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        return Ok(out.finish()?);
    }
    write_table(arguments, out, &table(&predictions))
}

fn table(predictions: &[Prediction]) -> Table {
    let rows = predictions.iter().map(|prediction| {
        vec![
            prediction.scenario.as_str().into(),
            prediction.strategy.name().into(),
            prediction.synchronization_tokens.into(),
            prediction.saved.into(),
            prediction.tokens_fetch.into(),
            prediction.tokens_broadcast.into(),
            prediction.tokens_invalidation.into(),
            prediction.reads.into(),
            prediction.cache_hits.into(),
        ]
    });
    Table {
        name: "predictions".to_string(),
        title: "Expected totals of one run of the published simulator".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::text("strategy"),
            Column::number("synchronization", "tokens", 0),
            Column::number("saved", "%", 1),
            Column::number("fetch", "tokens", 0),
            Column::number("broadcast", "tokens", 0),
            Column::number("invalidation", "tokens", 0),
            Column::number("reads", "", 1),
            Column::number("hits", "", 1),
        ],
        rows: rows.collect(),
    }
}

fn compare_grid(arguments: &Arguments) -> anyhow::Result<()> {
    let out = Target::open(arguments.out.as_deref())?;
    let points = grid::full_grid();
    let bar = progress_bar(points.len() as u64);
    let mut comparisons = Vec::new();
    for point in points {
        bar.set_message(format!("{} n={}", point.strategy, point.agents));
        comparisons.push(grid::compare(point, arguments.runs)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let summary = grid::summary(&comparisons);
    if arguments.format == Format::Json {
        let mut out = out;
        serde_json::to_writer_pretty(&mut out, &comparisons).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        out.finish()?;
    } else {
        let table = prediction_table("expected-cost-grid", comparisons.iter().copied());
        write_table(arguments, out, &table)?;
    }
    notice!(
        "{} of {} points within 1 % or 3 standard errors; worst ratio {:.4}, mean square of the \
         difference {:.2} standard errors (1 if only chance is left)",
        summary.within,
        summary.points,
        summary.worst_ratio,
        summary.mean_square
    );
    // Of thousands of points, a few in a thousand lie beyond 3 standard errors by chance.
    if f64::from(summary.points - summary.within) > 0.005 * f64::from(summary.points) {
        return Err(CheckFailed("the formula and the runs disagree".to_string()).into());
    }
    Ok(())
}

fn write_table(arguments: &Arguments, mut out: Target, table: &Table) -> anyhow::Result<()> {
    if arguments.format == Format::Csv {
        let mut sink = Box::new(CsvSink::new(out, &table.columns)?);
        for row in &table.rows {
            sink.row(row)?;
        }
        return Ok(sink.finish()?);
    }
    out.write_all(show(table).as_bytes())?;
    Ok(out.finish()?)
}
