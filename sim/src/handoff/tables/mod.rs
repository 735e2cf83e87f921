//! What is printed of MASC's workload 2 beside what is simulated, and what it depends on.
//!
//! All tables are of one scenario, `scenarios/handoff/long-task.yaml`, with what a row names changed.
//! Rows of one table use the same seeds, and so the same tasks.

mod generations;
mod shared;
mod solve;
mod sweeps;
mod workload;

use super::{Failure, Report, run};
use crate::engine::StrategyName;
use crate::results::{Cell, Plot, Table};
use crate::scenario::{KeepBy, Scenario};
use crate::stats::Estimate;
use rayon::prelude::*;

/// The tables of `attune reproduce --paper masc`.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Handoffs, preserved, completed: printed beside simulated.
    pub workload: Table,
    /// Which share of lost facts has to be findable for the printed completion, by reading.
    pub solved: Table,
    /// What is left of the first generation's facts, and of what later ones need.
    pub generations: Table,
    pub generations_plot: Plot,
    pub budgets: Table,
    pub budgets_plot: Plot,
    pub thresholds: Table,
    pub contexts: Table,
    /// Several lineages on shared artifacts.
    pub shared: Table,
}

/// Runs everything, `runs` seeds per row. `progress` is told of each part as it begins.
pub fn tables(runs: u32, progress: impl Fn(&str)) -> Result<Tables, Box<Failure>> {
    let base = base();
    progress("workload 2");
    let workload = workload::table(&base, runs)?;
    progress("what would give the printed completion");
    let solved = solve::table(&base, runs)?;
    progress("generations");
    let (generations, generations_plot) = generations::table(&base, runs)?;
    progress("budgets");
    let (budgets, budgets_plot) = sweeps::budgets(&base, runs)?;
    progress("thresholds");
    let thresholds = sweeps::thresholds(&base, runs)?;
    progress("sizes of contexts");
    let contexts = sweeps::contexts(&base, runs)?;
    progress("shared artifacts");
    let shared = shared::table(&base, runs)?;
    Ok(Tables {
        workload,
        solved,
        generations,
        generations_plot,
        budgets,
        budgets_plot,
        thresholds,
        contexts,
        shared,
    })
}

/// Percent preserved by a handoff, as printed: by hand and by Mitosis (MASC paper, 3.2).
const PRINTED: [Printed; 2] = [
    Printed { name: "by hand", preserved: 0.52, completed: 0.67 },
    Printed { name: "MASC", preserved: 0.94, completed: 0.98 },
];
/// Handoffs of the task (outline, workload 2).
const PRINTED_HANDOFFS: i32 = 6;

struct Printed {
    name: &'static str,
    preserved: f64,
    completed: f64,
}

fn base() -> Scenario {
    let text = include_str!("../../../../scenarios/handoff/long-task.yaml");
    Scenario::from_yaml(text, "long-task.yaml").unwrap_or_else(|errors| panic!("{errors}"))
}

/// The scenario with each fact kept at this rate.
fn keeping(base: &Scenario, share: f64) -> Scenario {
    let mut scenario = base.clone();
    scenario.handoff.keep_by = KeepBy::Share;
    scenario.handoff.kept_share = share;
    scenario
}

fn reports(scenario: &Scenario, runs: u32) -> Result<Vec<Report>, Box<Failure>> {
    reports_under(scenario, StrategyName::Lazy, runs)
}

fn reports_under(
    scenario: &Scenario,
    strategy: StrategyName,
    runs: u32,
) -> Result<Vec<Report>, Box<Failure>> {
    let seeds = (0..runs).into_par_iter().map(|seed| scenario.seed + i64::from(seed));
    let reports: Vec<_> = seeds.map(|seed| run(scenario, strategy, seed)).collect();
    // Of several failures the first, however many threads there are.
    reports.into_iter().collect()
}

/// The percentage of two counts over all runs, with its uncertainty; missing if of nothing.
fn share(
    reports: &[Report],
    part: fn(&Report) -> u64,
    whole: fn(&Report) -> u64,
) -> Option<Estimate> {
    let counts = |of: fn(&Report) -> u64| -> Vec<f64> {
        reports.iter().map(|report| of(report) as f64).collect()
    };
    let whole = counts(whole);
    let any = whole.iter().any(|&count| count > 0.0);
    any.then(|| Estimate::of_ratio(&counts(part), &whole).scaled(100.0, 0.0))
}

/// The same as a cell, without the uncertainty.
fn percent(reports: &[Report], part: fn(&Report) -> u64, whole: fn(&Report) -> u64) -> Cell {
    share(reports, part, whole).map(|share| share.value).into()
}

fn per_lineage(reports: &[Report], of: fn(&Report) -> u64) -> f64 {
    let lineages: u64 = reports.iter().map(|report| u64::from(report.lineages)).sum();
    reports.iter().map(of).sum::<u64>() as f64 / lineages as f64
}

/// Mean time of the tasks that were done; missing if none was.
fn time(reports: &[Report]) -> Cell {
    let sum = |of: fn(&Report) -> u64| reports.iter().map(of).sum::<u64>();
    let done = sum(|run| run.tasks_done);
    (done > 0).then(|| sum(|run| run.ticks_to_done) as f64 / done as f64).into()
}

fn right(reports: &[Report]) -> f64 {
    share(reports, |run| run.steps_right, |run| run.steps).map_or(0.0, |share| share.value)
}

fn all_right(reports: &[Report]) -> f64 {
    share(reports, |run| run.tasks_right, |run| run.lineages.into())
        .map_or(0.0, |share| share.value)
}
