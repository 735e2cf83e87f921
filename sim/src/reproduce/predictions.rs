//! The expected-cost formula against the replica, on a sample of the grid. The whole grid is
//! `make predict-grid`.

use super::Effort;
use crate::predict::grid::{self, Comparison};
use crate::results::{Cell, Column, Table};

pub fn compare(effort: Effort) -> Table {
    let comparisons = grid::sample_grid().into_iter().map(|point| {
        grid::compare(point, effort.seeds.max(2)).expect("the grid is what the formula supports")
    });
    table("expected-cost-sample", comparisons)
}

/// One row per point.
pub fn table(name: &str, comparisons: impl Iterator<Item = Comparison>) -> Table {
    Table {
        name: name.to_string(),
        title: "Expected synchronization tokens beside the mean of the replica's runs".to_string(),
        columns: vec![
            Column::text("strategy"),
            Column::integer("agents", ""),
            Column::integer("artifacts", ""),
            Column::integer("steps", "ticks"),
            Column::number("volatility", "", 2),
            Column::number("expected", "tokens", 0),
            Column::number("mean", "tokens", 0),
            Column::number("ratio", "", 4),
            Column::number("difference", "standard errors", 2),
            Column::text("verdict"),
        ],
        rows: comparisons.map(|comparison| row(&comparison)).collect(),
    }
}

fn row(comparison: &Comparison) -> Vec<Cell> {
    let verdict = match (comparison.within_tolerance(), comparison.within) {
        (true, _) => "within 1 %",
        (false, true) => "within 3 standard errors",
        (false, false) => "outside",
    };
    let point = &comparison.point;
    vec![
        point.strategy.name().into(),
        point.agents.into(),
        point.artifacts.into(),
        point.ticks.into(),
        point.write_probability.into(),
        comparison.predicted.into(),
        comparison.mean.into(),
        comparison.ratio().into(),
        comparison.standard_errors().into(),
        verdict.into(),
    ]
}
