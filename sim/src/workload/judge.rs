//! How near the synthetic workload comes to the real one, and the error that is stated for it.
//!
//! # The stated error
//!
//! It is stated before the judging sessions are looked at: from the sessions that the workload was
//! fitted to, nothing else. It has two parts. *Misfit*: how far the synthetic workload is from those
//! very sessions, where nothing but the model's shape can be at fault. *Chance*: the sessions that
//! are fitted to and those that judge are two samples of what a source does, and the synthetic ones
//! a third; how much a measure differs from sample to sample is known from resampling the fitted
//! sessions (bootstrap, whole sessions). The error is the misfit and 1.96 standard deviations of
//! the difference of such samples: 95 of 100 sources whose judging sessions are of the same kind
//! are within it, each measure for itself. Of what no fitted session showed (a stale hit, say) chance
//! is taken for three in as many sessions (the rule of three).
//!
//! It can be wrong where few sessions hold most of what happens (the resampled samples are then too
//! much alike), and where the judging sessions are of another kind than the fitted ones.

use super::draw::Draw;
use super::tally::{Measure, Tally};
use crate::engine::StrategyName;
use crate::rerun::Settings;
use serde::Serialize;

/// How often the fitted sessions are resampled.
const RESAMPLES: usize = 400;

/// Standard deviations of a normal distribution within which 95 % are.
const Z_95: f64 = 1.959_963_984_540_054;

/// The comparison on the sessions kept for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    pub compared: Vec<Compared>,
    /// The strategy that the replay recommends for the real sessions, the synthetic, the uniform.
    pub best: Best,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Best {
    pub real: Option<StrategyName>,
    pub synthetic: Option<StrategyName>,
    pub uniform: Option<StrategyName>,
    /// What the synthetic's recommendation sends more than the best does on the real sessions,
    /// per cent.
    pub regret_percent: Option<f64>,
}

/// One measure of one strategy. Per cent or tokens, as [`Measure`] says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    pub strategy: StrategyName,
    pub measure: Measure,
    /// Of the sessions that were fitted to.
    pub fitted: f64,
    /// Of the judging sessions.
    pub real: f64,
    pub synthetic: f64,
    /// Synthetic less real.
    pub difference: f64,
    pub stated_error: f64,
    pub within: bool,
    pub uniform: f64,
    /// Uniform less real.
    pub uniform_difference: f64,
}

/// The tallies of each session of each kind.
pub struct Samples<'a> {
    pub fitted: &'a [Tally],
    pub judging: &'a [Tally],
    pub synthetic: &'a [Tally],
    pub uniform: &'a [Tally],
}

pub fn judge(samples: &Samples, settings: &Settings, seed: u64) -> Judgement {
    let sums = [samples.fitted, samples.judging, samples.synthetic, samples.uniform];
    let [fitted_sum, judging, synthetic, uniform] = sums.map(Tally::sum);
    let resampled = resample(samples.fitted, seed);
    let count = |tallies: &[Tally]| tallies.len().max(1) as f64;
    let samples_apart = libm::sqrt(
        1.0 + count(samples.fitted) / count(samples.judging)
            + count(samples.fitted) / count(samples.synthetic),
    );
    let quantile = quantile(samples.fitted.len());
    let mut compared = Vec::new();
    for (place, strategy) in settings.strategies.iter().enumerate() {
        for measure in Measure::ALL {
            let of = |tally| measure.of(tally, place, settings);
            let all = [of(&fitted_sum), of(&judging), of(&synthetic), of(&uniform)];
            let [Some(fitted), Some(real), Some(synthetic), Some(uniform)] = all else {
                continue;
            };
            let values: Vec<f64> = resampled.iter().filter_map(of).collect();
            let chance = quantile * crate::stats::population_sigma(&values) * samples_apart;
            let unseen = match measure.saw_nothing(&fitted_sum, place) {
                true => 300.0 / count(samples.fitted),
                false => 0.0,
            };
            let stated_error = (synthetic - fitted).abs() + chance.max(unseen);
            let difference = synthetic - real;
            compared.push(Compared {
                strategy: *strategy,
                measure,
                fitted,
                real,
                synthetic,
                difference,
                stated_error,
                within: difference.abs() <= stated_error,
                uniform,
                uniform_difference: uniform - real,
            });
        }
    }
    Judgement { compared, best: best(&judging, &synthetic, &uniform, settings) }
}

fn best(real: &Tally, synthetic: &Tally, uniform: &Tally, settings: &Settings) -> Best {
    let of = |tally: &Tally| tally.best(settings).map(|found| found.strategy);
    let sent = |name: StrategyName| {
        let place = settings.strategies.iter().position(|other| *other == name)?;
        Some(real.strategies.get(place)?.tokens)
    };
    let (right, chosen) = (of(real), of(synthetic));
    let regret = right.and_then(sent).zip(chosen.and_then(sent));
    Best {
        real: right,
        synthetic: chosen,
        uniform: of(uniform),
        regret_percent: regret
            .filter(|(right, _)| *right > 0)
            .map(|(right, chosen)| 100.0 * (chosen as f64 / right as f64 - 1.0)),
    }
}

/// Standard deviations within which 95 % are where the deviation itself is known from so many values
/// (Student's distribution, by its expansion about the normal), and is as much too small as that of
/// a resampled sample is.
fn quantile(values: usize) -> f64 {
    let (z, free) = (Z_95, values.saturating_sub(1).max(1) as f64);
    let (z3, z5) = (z * z * z, z * z * z * z * z);
    let student =
        z + (z3 + z) / (4.0 * free) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * free * free);
    student * libm::sqrt((free + 1.0) / free)
}

/// Sums of as many sessions, drawn from these with replacement.
fn resample(tallies: &[Tally], seed: u64) -> Vec<Tally> {
    if tallies.is_empty() {
        return Vec::new();
    }
    let one = |number| {
        let mut draw = Draw::new(seed, number);
        let sessions = tallies.len() as u64;
        Tally::sum((0..sessions).map(|_| &tallies[draw.below(sessions) as usize]))
    };
    (0..RESAMPLES as u64).map(one).collect()
}
