//! The expected cost against the mean of the replica's runs, over a grid of scenarios.

use super::{Unsupported, expected};
use crate::published::{self, Strategy};
use crate::scenario::Scenario;
use rayon::prelude::*;
use serde::Serialize;

/// Runs per point at which the documented accuracy was measured.
pub const RUNS: u32 = 1_000;
/// Accepted relative difference between prediction and mean.
pub const TOLERANCE: f64 = 0.01;
/// Accepted difference in standard errors of the mean, where that is more.
pub const STANDARD_ERRORS: f64 = 3.0;

const AGENTS: [u32; 5] = [2, 4, 8, 16, 64];
const WRITE_PROBABILITIES: [f64; 8] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0];
const TICKS: [u32; 6] = [5, 10, 20, 40, 100, 400];
const ARTIFACTS: [u32; 3] = [1, 3, 10];
/// Every point draws from its own stretch of seeds, or their chance deviations would agree.
const SEED_STRIDE: i64 = 1_000_000;
/// One in this many points, a number coprime to every side of the grid, makes the sample.
const SAMPLE_STRIDE: usize = 91;

/// One scenario of the published workload, under one strategy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GridPoint {
    pub strategy: Strategy,
    pub agents: u32,
    pub write_probability: f64,
    pub ticks: u32,
    pub artifacts: u32,
    /// Run `r` uses `seed + r`.
    pub seed: i64,
}

/// Prediction and measurement of the synchronization tokens at one point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub point: GridPoint,
    pub predicted: f64,
    pub mean: f64,
    /// Of the mean.
    pub standard_error: f64,
    /// Within [`TOLERANCE`] or [`STANDARD_ERRORS`], whichever is more.
    pub within: bool,
}

/// What a whole comparison comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    pub points: u32,
    pub within: u32,
    pub within_tolerance: u32,
    pub within_standard_errors: u32,
    /// The farthest ratio of prediction to mean.
    pub worst_ratio: f64,
    /// The farthest difference, in standard errors.
    pub worst_standard_errors: f64,
    /// Mean square of the difference in standard errors: 1 if only chance is left.
    pub mean_square: f64,
}

impl GridPoint {
    /// The scenario of this point: action probability 0.75, latency 1, no loss, artifacts of
    /// 4,096 tokens, lease of 10 ticks, 8 accesses.
    pub fn scenario(&self) -> Scenario {
        let sizes = vec![4_096; self.artifacts as usize];
        let scenario = Scenario::published(
            self.agents,
            self.ticks,
            &sizes,
            self.write_probability,
            0.75,
            self.seed,
        );
        Scenario { lease_ttl_ticks: 10, access_count_k: 8, ..scenario }
    }

    /// The same point with seeds that no point of the grid has used yet, for `round` ≥ 1.
    pub fn with_other_seeds(self, round: u32) -> Self {
        let beyond_the_grid = SEED_STRIDE * full_size() as i64;
        Self { seed: self.seed + beyond_the_grid * i64::from(round), ..self }
    }
}

impl Comparison {
    /// Prediction over mean.
    pub fn ratio(&self) -> f64 {
        if self.predicted == self.mean { 1.0 } else { self.predicted / self.mean }
    }

    /// The difference in standard errors of the mean.
    pub fn standard_errors(&self) -> f64 {
        let difference = self.predicted - self.mean;
        if difference == 0.0 { 0.0 } else { difference / self.standard_error }
    }

    pub fn within_tolerance(&self) -> bool {
        (self.predicted - self.mean).abs() <= TOLERANCE * self.mean
    }

    pub fn within_standard_errors(&self) -> bool {
        (self.predicted - self.mean).abs() <= STANDARD_ERRORS * self.standard_error
    }
}

/// Every point of the documented grid.
pub fn full_grid() -> Vec<GridPoint> {
    let mut points = Vec::with_capacity(full_size());
    for strategy in Strategy::ALL {
        for agents in AGENTS {
            for write_probability in WRITE_PROBABILITIES {
                for ticks in TICKS {
                    for artifacts in ARTIFACTS {
                        let seed = points.len() as i64 * SEED_STRIDE;
                        points.push(GridPoint {
                            strategy,
                            agents,
                            write_probability,
                            ticks,
                            artifacts,
                            seed,
                        });
                    }
                }
            }
        }
    }
    points
}

/// A few dozen points spread over the grid, for a quick check.
pub fn sample_grid() -> Vec<GridPoint> {
    full_grid().into_iter().step_by(SAMPLE_STRIDE).collect()
}

/// Compares the prediction at `point` with the mean of `runs` runs of the replica. The runs go
/// over all cores; the sums are of integers, so their order is immaterial.
///
/// # Panics
///
/// With fewer than two runs, for they have no standard error.
pub fn compare(point: GridPoint, runs: u32) -> Result<Comparison, Unsupported> {
    assert!(runs >= 2, "one run has no standard error");
    let scenario = point.scenario();
    let predicted = expected(&scenario, point.strategy)?.synchronization();
    let (sum, squares) = (0..runs)
        .into_par_iter()
        .map(|run| {
            let seed = point.seed + i64::from(run);
            let tokens = published::run(&scenario, point.strategy, seed).synchronization_tokens;
            (u128::from(tokens), u128::from(tokens) * u128::from(tokens))
        })
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let count = f64::from(runs);
    let mean = sum as f64 / count;
    // Exact in integers: n Σx² − (Σx)² = n (n − 1) s².
    let spread = (u128::from(runs) * squares - sum * sum) as f64;
    let standard_error = (spread / (count - 1.0)).sqrt() / count;
    let mut comparison = Comparison { point, predicted, mean, standard_error, within: false };
    comparison.within = comparison.within_tolerance() || comparison.within_standard_errors();
    Ok(comparison)
}

/// Sums up comparisons.
pub fn summary<'a>(comparisons: impl IntoIterator<Item = &'a Comparison>) -> Summary {
    let mut summary = Summary { worst_ratio: 1.0, ..Summary::default() };
    for comparison in comparisons {
        let (ratio, errors) = (comparison.ratio(), comparison.standard_errors());
        summary.points += 1;
        summary.within += u32::from(comparison.within);
        summary.within_tolerance += u32::from(comparison.within_tolerance());
        summary.within_standard_errors += u32::from(comparison.within_standard_errors());
        if (ratio - 1.0).abs() > (summary.worst_ratio - 1.0).abs() {
            summary.worst_ratio = ratio;
        }
        if errors.abs() > summary.worst_standard_errors.abs() {
            summary.worst_standard_errors = errors;
        }
        summary.mean_square += errors * errors;
    }
    if summary.points > 0 {
        summary.mean_square /= f64::from(summary.points);
    }
    summary
}

fn full_size() -> usize {
    Strategy::ALL.len() * AGENTS.len() * WRITE_PROBABILITIES.len() * TICKS.len() * ARTIFACTS.len()
}
