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
//! are within it, each measure for itself.
//!
//! Resampling knows only sessions that were fitted to. Where a few of all sessions hold most of the
//! hits, it may be that none of them is among these; then the resampled samples are too much alike. Of
//! a kind of session that not one of `n` shows, there may be three in as many (the rule of three, 95 %).
//! So shares of reads have that as a part of their chance: three sessions of mean size all of whose
//! reads count. It is small beside the rest wherever many sessions share what happens.
//!
//! The other measures have no such bound. There the deviation itself is taken to be known only as well
//! as from the sessions that make it up: Student's quantile is that of fewer sessions where a few
//! differ much from the others (Satterthwaite).
//!
//! It can be wrong where such sessions are much longer than the mean, too, and where the judging
//! sessions are of another kind than the fitted ones.

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
    let mut compared = Vec::new();
    for (place, strategy) in settings.strategies.iter().enumerate() {
        for measure in Measure::ALL {
            let of = |tally: &Tally| measure.of(tally, place, settings);
            let all = [of(&fitted_sum), of(&judging), of(&synthetic), of(&uniform)];
            let [Some(fitted), Some(real), Some(synthetic), Some(uniform)] = all else {
                continue;
            };
            let values: Vec<f64> = resampled.iter().filter_map(of).collect();
            let (sessions, unseen) = match measure.is_share_of_reads() {
                true => (count(samples.fitted), 300.0 / count(samples.fitted)),
                false => (behind(samples.fitted, &fitted_sum, fitted, of), 0.0),
            };
            let chance = quantile(sessions, count(samples.fitted))
                * crate::stats::population_sigma(&values)
                * samples_apart;
            let stated_error = (synthetic - fitted).abs() + libm::hypot(chance, unseen);
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

/// How many sessions with normal differences would know the spread of a measure as well as these do:
/// from the fourth moment of what each session does to it. Fewer than there are, where a few differ
/// much.
fn behind(sessions: &[Tally], sum: &Tally, value: f64, of: impl Fn(&Tally) -> Option<f64>) -> f64 {
    let (mut squares, mut fourths) = (0.0, 0.0);
    for session in sessions {
        let without = of(&sum.without(session)).unwrap_or(value);
        let square = (value - without) * (value - without);
        squares += square;
        fourths += square * square;
    }
    let all = sessions.len().max(1) as f64;
    if fourths > 0.0 { (3.0 * squares * squares / fourths).clamp(2.0, all.max(2.0)) } else { all }
}

/// Standard deviations within which 95 % are where the deviation itself is known as well as from so
/// many values (Student's distribution, by its expansion about the normal), and is as much too small
/// as that of a resampled sample of all is.
fn quantile(known_from: f64, all: f64) -> f64 {
    let (z, free) = (Z_95, (known_from - 1.0).max(1.0));
    let (z3, z5) = (z * z * z, z * z * z * z * z);
    let student =
        z + (z3 + z) / (4.0 * free) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * free * free);
    student * libm::sqrt(all / (all - 1.0).max(0.5))
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

#[cfg(test)]
mod tests {
    use super::super::tally::Strategy;
    use super::*;

    fn sessions(count: usize, hits: u64) -> Vec<Tally> {
        let one = Strategy { tokens: 1_000 - 100 * hits, control: 0, hits, stale: 0 };
        let strategies = Settings::default().strategies.iter().map(|_| one).collect();
        vec![Tally { accesses: 10, reads: 10, today: 1_000, strategies }; count]
    }

    /// The fitted sessions hit once, all alike; a few of the judging ones hit all the time.
    #[test]
    fn a_few_sessions_of_a_kind_that_was_not_fitted_are_within_the_error_and_many_are_not() {
        let settings = Settings::default();
        let fitted = sessions(100, 1);
        let judged = |unlike: usize| {
            let judging = [sessions(100 - unlike, 1), sessions(unlike, 10)].concat();
            let (synthetic, uniform) = (&fitted, &fitted);
            judge(&Samples { fitted: &fitted, judging: &judging, synthetic, uniform }, &settings, 1)
        };
        let hits = |judgement: Judgement| {
            let mut rows = judgement.compared.into_iter();
            rows.find(|row| row.measure == Measure::HitRate).unwrap()
        };
        assert!(hits(judged(3)).within);
        assert!(!hits(judged(4)).within);
        assert!((hits(judged(3)).stated_error - 3.0).abs() < 1e-9);
    }
}
