//! The paper's formulas (sections 4.3 to 4.5): computed, set beside what the paper prints, and
//! tested against every lazy run.

use super::Effort;
use super::experiment::{mean_of, on_engine, on_replica};
use crate::engine::{Failure, StrategyName};
use crate::published::Strategy;
use crate::published::figures::{Figure, all};
use crate::results::{Cell, Column, Table};
use crate::scenario::Scenario;

/// Section 4.3: `n S Σ|d|` tokens.
pub fn broadcast_cost(scenario: &Scenario) -> f64 {
    f64::from(scenario.agents) * f64::from(scenario.duration_ticks) * total_size(scenario)
}

/// Definition 3: `Σ n (n + W(d)) |d|` tokens at most, for the writes that each artifact got.
///
/// It holds where each artifact's content is far larger than its invalidation signals, which the
/// paper's formula leaves out.
pub fn coherent_cost_bound(scenario: &Scenario, writes: &[f64]) -> f64 {
    let agents = f64::from(scenario.agents);
    let artifacts = scenario.artifacts.iter().zip(writes);
    artifacts.map(|(artifact, w)| agents * (agents + w) * f64::from(artifact.size_tokens)).sum()
}

/// Theorem 1 for artifacts of one size: savings of at least `1 - (n + W) / S`.
pub fn savings_bound(agents: u32, writes: f64, ticks: u32) -> f64 {
    1.0 - (f64::from(agents) + writes) / f64::from(ticks)
}

/// Definition 5: the volatility above which the bound is negative, `V* = 1 - n / S`.
pub fn volatility_cliff(agents: u32, ticks: u32) -> f64 {
    1.0 - f64::from(agents) / f64::from(ticks)
}

fn total_size(scenario: &Scenario) -> f64 {
    scenario.artifacts.iter().map(|artifact| f64::from(artifact.size_tokens)).sum()
}

/// The bound that the paper prints beside a savings figure, in percent, if it prints one.
pub fn printed_bound(figure: &Figure) -> Option<f64> {
    Some(100.0 * savings_bound_with(figure, writes_as_printed(figure)?).max(floor(figure)))
}

/// W as the paper counts it: `V S`, but 2 for every S in Table 5.
fn writes_as_printed(figure: &Figure) -> Option<f64> {
    let scenario = figure.parameters.scenario();
    match figure.table.as_str() {
        "1" | "3" | "cliff" => {
            Some(scenario.write_probability * f64::from(scenario.duration_ticks))
        }
        "5" => Some(2.0),
        _ => None,
    }
}

/// Table 5 prints a negative bound as 0.
fn floor(figure: &Figure) -> f64 {
    if figure.table == "5" { 0.0 } else { f64::NEG_INFINITY }
}

fn savings_bound_with(figure: &Figure, writes: f64) -> f64 {
    let scenario = figure.parameters.scenario();
    savings_bound(scenario.agents, writes, scenario.duration_ticks)
}

pub struct Formulas {
    pub table: Table,
    pub bound_check: Table,
}

pub fn compare(effort: Effort) -> Result<Formulas, Box<Failure>> {
    let savings: Vec<Figure> =
        all().into_iter().filter(|figure| figure.figure == "savings").collect();
    let with_bound = || savings.iter().filter(|figure| printed_bound(figure).is_some());
    Ok(Formulas {
        table: formula_table(with_bound(), effort),
        bound_check: check_table(with_bound(), effort)?,
    })
}

/// One row per printed bound: what it assumes, and what the runs behind it had.
fn formula_table<'a>(figures: impl Iterator<Item = &'a Figure>, effort: Effort) -> Table {
    let rows = figures.map(|figure| {
        let scenario = figure.parameters.scenario();
        let runs = on_replica(scenario, Strategy::Lazy, effort.seeds);
        let baseline = on_replica(scenario, Strategy::Broadcast, effort.seeds);
        let artifacts = scenario.artifacts.len() as f64;
        let real_writes = mean_of(&runs, |run| run.write_actions as f64) / artifacts;
        let assumed_writes = writes_as_printed(figure).expect("the figure has a printed bound");
        let lazy = mean_of(&runs, |run| run.synchronization_tokens as f64);
        let broadcast = mean_of(&baseline, |run| run.synchronization_tokens as f64);
        vec![
            figure.table.as_str().into(),
            figure.row.as_str().into(),
            broadcast_cost(scenario).into(),
            broadcast.into(),
            assumed_writes.into(),
            real_writes.into(),
            coherent_cost_bound(scenario, &vec![real_writes; scenario.artifacts.len()]).into(),
            lazy.into(),
            volatility_cliff(scenario.agents, scenario.duration_ticks).into(),
            (100.0 * savings_bound(scenario.agents, 0.0, scenario.duration_ticks)).into(),
            (i64::from(scenario.duration_ticks) - i64::from(scenario.agents)).into(),
            printed_bound(figure).into(),
            (100.0 * savings_bound_with(figure, real_writes)).into(),
            (100.0 * (1.0 - lazy / broadcast)).into(),
        ]
    });
    Table {
        name: "formulas".to_string(),
        title: "The paper's formulas beside its runs".to_string(),
        columns: vec![
            Column::text("table"),
            Column::text("row"),
            Column::number("broadcast_formula", "tokens", 0),
            Column::number("broadcast_replica", "tokens", 0),
            Column::number("writes_assumed", "per artifact", 2),
            Column::number("writes_real", "per artifact", 2),
            Column::number("definition_3", "tokens", 0),
            Column::number("lazy_replica", "tokens", 0),
            Column::number("cliff", "V*", 3),
            Column::number("corollary_1", "% saved without writes", 1),
            Column::integer("corollary_2", "writes at collapse"),
            Column::number("bound_printed", "% saved", 1),
            Column::number("bound_with_real_writes", "% saved", 1),
            Column::number("observed", "% saved", 1),
        ],
        rows: rows.collect(),
    }
}

/// Definition 3 as an invariant of every lazy run, with the writes that each artifact really got;
/// and the same with the W of which the paper's printed bound is made.
fn check_table<'a>(
    figures: impl Iterator<Item = &'a Figure>,
    effort: Effort,
) -> Result<Table, Box<Failure>> {
    let mut rows = Vec::new();
    for figure in figures {
        let scenario = figure.parameters.scenario();
        rows.push(check(figure, "replica", &replica_lazy(scenario, effort)));
        rows.push(check(figure, "engine", &engine_lazy(scenario, effort)?));
    }
    Ok(Table {
        name: "bound-check".to_string(),
        title: "Definition 3 against every lazy run".to_string(),
        columns: vec![
            Column::text("table"),
            Column::text("row"),
            Column::text("simulator"),
            Column::integer("runs", ""),
            Column::integer("above_bound_with_real_writes", "runs"),
            Column::number("largest_share_of_bound", "", 3),
            Column::integer("above_bound_with_printed_writes", "runs"),
        ],
        rows,
    })
}

/// A lazy run, for the bound: its tokens, and the writes of each artifact.
pub struct LazyRun {
    pub tokens: f64,
    pub writes: Vec<f64>,
}

pub fn replica_lazy(scenario: &Scenario, effort: Effort) -> Vec<LazyRun> {
    on_replica(scenario, Strategy::Lazy, effort.seeds)
        .iter()
        .map(|run| LazyRun {
            tokens: run.synchronization_tokens as f64,
            writes: run.writes_per_artifact.iter().map(|&writes| writes as f64).collect(),
        })
        .collect()
}

pub fn engine_lazy(scenario: &Scenario, effort: Effort) -> Result<Vec<LazyRun>, Box<Failure>> {
    let reports = on_engine(scenario, StrategyName::Lazy, effort)?;
    let runs = reports.iter().map(|run| LazyRun {
        tokens: run.synchronization_tokens as f64,
        writes: run.commits_per_artifact.iter().map(|&commits| f64::from(commits)).collect(),
    });
    Ok(runs.collect())
}

fn check(figure: &Figure, simulator: &str, runs: &[LazyRun]) -> Vec<Cell> {
    let scenario = figure.parameters.scenario();
    let assumed = writes_as_printed(figure).expect("the figure has a printed bound");
    let assumed = vec![assumed; scenario.artifacts.len()];
    let shares: Vec<f64> =
        runs.iter().map(|run| run.tokens / coherent_cost_bound(scenario, &run.writes)).collect();
    let above = shares.iter().filter(|&&share| share > 1.0).count();
    assert_eq!(above, 0, "Definition 3 fails in {} of {simulator}", figure.parameters.text());
    let bound = coherent_cost_bound(scenario, &assumed);
    let above_assumed = runs.iter().filter(|run| run.tokens > bound).count();
    vec![
        figure.table.as_str().into(),
        figure.row.as_str().into(),
        simulator.into(),
        (runs.len() as u64).into(),
        (above as u64).into(),
        shares.iter().copied().fold(0.0, f64::max).into(),
        (above_assumed as u64).into(),
    ]
}
