//! Running many seeds, and reducing them in a fixed order.

use super::Effort;
use crate::engine::{self, Failure, StrategyName};
use crate::published;
use crate::scenario::Scenario;
use crate::stats::{Estimate, mean, population_sigma};
use rayon::prelude::*;

/// What the printed figures are made of, per run.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Synchronization tokens.
    pub tokens: Vec<f64>,
    pub hit_rates: Vec<f64>,
    /// Stale reads per read.
    pub stale_shares: Vec<f64>,
}

/// Runs the engine on seeds `scenario.seed ..`, on all cores; the reports come in order of seed.
pub fn on_engine(
    scenario: &Scenario,
    strategy: StrategyName,
    effort: Effort,
) -> Result<Vec<engine::Report>, Box<Failure>> {
    (0..i64::from(effort.seeds))
        .into_par_iter()
        .map(|index| engine::run(scenario, strategy, scenario.seed + index))
        .collect::<Vec<_>>()
        // Of several failures the first, however many threads there are.
        .into_iter()
        .collect()
}

/// Runs the replica on `runs` seeds; the reports come in order of seed.
pub fn on_replica(
    scenario: &Scenario,
    strategy: published::Strategy,
    runs: u32,
) -> Vec<published::Report> {
    (0..i64::from(runs))
        .into_par_iter()
        .map(|index| published::run(scenario, strategy, scenario.seed + index))
        .collect()
}

impl Sample {
    pub fn of_engine(reports: &[engine::Report]) -> Sample {
        Sample {
            tokens: reports.iter().map(|report| report.synchronization_tokens as f64).collect(),
            hit_rates: reports.iter().map(|report| report.hit_rate).collect(),
            stale_shares: shares(reports, |report| (report.stale_reads, report.reads)),
        }
    }

    pub fn of_replica(reports: &[published::Report]) -> Sample {
        Sample {
            tokens: reports.iter().map(|report| report.synchronization_tokens as f64).collect(),
            hit_rates: reports.iter().map(|report| report.cache_hit_rate).collect(),
            stale_shares: shares(reports, |report| (report.stale_reads, report.read_actions)),
        }
    }

    /// One of the paper's statistics of this sample, against the broadcast baseline, in `unit`.
    ///
    /// `T_broadcast`, `T_coherent`, `T_sync` and `sync_tokens` are mean synchronization tokens;
    /// `savings` is 1 - own mean / broadcast mean, `CRR` that ratio itself, `absolute savings`
    /// the difference; `hit rate` is the mean of hits per read. With ` sigma` after the name, it
    /// is the population standard deviation of the runs' values.
    ///
    /// # Panics
    /// If `figure` has none of these names.
    pub fn statistic(&self, figure: &str, unit: &str, broadcast: &Sample) -> Estimate {
        let pairs = || self.tokens.iter().zip(&broadcast.tokens);
        let plain = match figure {
            "T_broadcast" | "T_coherent" | "T_sync" | "sync_tokens" => {
                Estimate::of_mean(&self.tokens)
            }
            "T_broadcast sigma" | "T_coherent sigma" | "T_sync sigma" => {
                Estimate::exact(population_sigma(&self.tokens))
            }
            "savings" => Estimate::of_ratio(&self.tokens, &broadcast.tokens).scaled(-1.0, 1.0),
            "savings sigma" => {
                let savings: Vec<f64> = pairs().map(|(own, base)| 1.0 - own / base).collect();
                Estimate::exact(population_sigma(&savings))
            }
            "absolute savings" => {
                let saved: Vec<f64> = pairs().map(|(own, base)| base - own).collect();
                // The difference of the means, as the paper takes it, to the last bit.
                let value = mean(&broadcast.tokens) - mean(&self.tokens);
                Estimate { value, ..Estimate::of_mean(&saved) }
            }
            "CRR" => Estimate::of_ratio(&self.tokens, &broadcast.tokens),
            "hit rate" => Estimate::of_mean(&self.hit_rates),
            "hit rate sigma" => Estimate::exact(population_sigma(&self.hit_rates)),
            unknown => panic!("no figure is called {unknown:?}"),
        };
        match unit {
            "K tokens" => plain.scaled(1e-3, 0.0),
            "%" => plain.scaled(100.0, 0.0),
            _ => plain,
        }
    }
}

fn shares<R>(reports: &[R], part_and_whole: fn(&R) -> (u64, u64)) -> Vec<f64> {
    let share = |report| match part_and_whole(report) {
        (_, 0) => 0.0,
        (part, whole) => part as f64 / whole as f64,
    };
    reports.iter().map(share).collect()
}

/// The mean of one measure over reports.
pub fn mean_of<R>(reports: &[R], measure: impl Fn(&R) -> f64) -> f64 {
    mean(&reports.iter().map(measure).collect::<Vec<_>>())
}

/// The mean of one measure over reports, with its uncertainty.
pub fn estimate_of<R>(reports: &[R], measure: impl Fn(&R) -> f64) -> Estimate {
    Estimate::of_mean(&reports.iter().map(measure).collect::<Vec<_>>())
}
