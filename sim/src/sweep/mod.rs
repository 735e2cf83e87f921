//! Sweeps: one scenario at many settings of its parameters.
//!
//! A sweep file (`docs/sweeps.md`) names a base scenario and what to vary. Its *points* are
//! numbered; each point is a scenario, read by the same reader as any scenario file, so that
//! whatever a file may hold can be varied, and a value that is not allowed is refused in the same
//! words. At each point every strategy runs with the same seeds, which are those of all other
//! points, too: differences between rows are differences of the parameters, not of luck.
//!
//! Points are computed in *parts* ([`parts`]), each a file that appears whole or not at all. That is
//! what makes a sweep resumable and divisible: whoever computes a part writes the same bytes, and
//! the result is the parts in order.
//!
//! What could make this wrong: a part that depends on anything but the sweep (threads, other
//! parts, the order of computing), or a number that is not the same after it was written to a part
//! and read back. `sim/tests/sweep.rs` compares straight, resumed and divided sweeps.

mod axis;
mod errors;
mod file;
mod measures;
pub mod parts;
mod point;
mod setting;

pub use axis::Axis;
pub use errors::SweepError;
pub use file::{Engine, Rows};
pub use point::Point;

use crate::results::{Cell, Column};
use crate::scenario::Scenario;
use serde_yaml::Value;
use std::path::Path;

/// Most points of one sweep.
pub const POINTS_MAX: usize = 10_000_000;
/// Most runs of one point under one strategy.
pub const RUNS_MAX: u32 = 100_000;

/// What to vary, how often to run it, and what to report.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    pub name: String,
    /// The base scenario as its file has it.
    base: Value,
    /// Where the base scenario came from, for messages.
    file: String,
    /// The base and what is varied, as text.
    source: String,
    pub axes: Vec<Axis>,
    pub engine: Engine,
    /// Names of the engine's strategies, in the order of the rows.
    pub strategies: Vec<&'static str>,
    pub runs: u32,
    /// The first run's seed, instead of each scenario's.
    pub seed: Option<i64>,
    pub rows: Rows,
}

impl Sweep {
    /// Reads a sweep file. Paths in it are relative to the file.
    pub fn read(path: &Path) -> Result<Sweep, SweepError> {
        file::read(path)
    }

    /// The number of points: the product of the axes' lengths.
    pub fn points(&self) -> usize {
        self.axes.iter().map(Axis::len).product()
    }

    /// The point with this number, from 0. The last axis changes fastest.
    pub fn point(&self, number: usize) -> Point<'_> {
        Point::new(self, number)
    }

    /// The scenario of a point.
    pub fn scenario(&self, number: usize) -> Result<Scenario, SweepError> {
        self.point(number).scenario()
    }

    /// The columns of every row: the point, what was varied, the strategy, what was measured.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = vec![Column::integer("point", "")];
        for axis in &self.axes {
            let of_axis = axis.parameters.iter().enumerate();
            columns.extend(of_axis.map(|(place, name)| axis.column(place, name)));
        }
        columns.push(Column::text("strategy"));
        columns.push(match self.rows {
            Rows::Mean => Column::integer("runs", ""),
            Rows::Run => Column::integer("seed", ""),
        });
        columns.extend(measures::columns(self.engine, self.rows));
        columns
    }

    /// The rows of a point, one per strategy, or one per strategy and run. `go_on` is asked before
    /// each run; `false` ends the point with [`SweepError::Stopped`].
    pub fn rows_of(
        &self,
        number: usize,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Vec<Cell>>, SweepError> {
        let point = self.point(number);
        measures::rows(self, &point, go_on)
    }

    /// Everything that the rows depend on, as text: equal for equal sweeps.
    fn identity(&self) -> String {
        let Sweep { engine, strategies, runs, seed, rows, .. } = self;
        format!("{}\n{engine:?} {strategies:?} {runs} {seed:?} {rows:?}", self.source)
    }
}
