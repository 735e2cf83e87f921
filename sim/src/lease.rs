//! How long a write lease must be (paper, section 5.3, which wishes for "a formal relationship
//! between expected inference latency, τ, and write-loss probability").
//!
//! A grant is given at tick 0 of its own clock. It reaches the agent after a request latency `L`,
//! the agent writes for `W` ticks, and its commit travels `L'` ticks back: it arrives after
//! `D = L + W + L'`. A line acts on its deadline first, so the commit is accepted if `D < τ`, and
//! without a crash
//!
//! > P(lost) = P(D ≥ τ)
//!
//! whatever else happens, since nobody else touches a granted line. A longer lease loses less, and
//! keeps a line locked longer when its writer has crashed: with a crash in each tick with
//! probability `c`, a write of `w` ticks survives with `(1 − c)^w`, and a line is locked for
//! `min(D, τ)` ticks by a writer that lives, for `τ` by one that does not. By renewal, each
//! committed write costs
//!
//! > E\[ticks locked\] / P(committed)
//!
//! ticks of the line, which has a least value in τ: the best lease for a line that somebody always
//! waits for. `docs/leases.md` sets both beside the simulation.
//!
//! That supposes that who crashed stays away until the lease ends: an agent that comes back and asks
//! for the line that it holds is given it anew at once.
//!
//! It also supposes that nothing is sent twice. With random latencies a grant or commit that was asked
//! for again can overtake the first one, and the loss is below the formula (`docs/leases.md` has by
//! how much).
//!
//! Not covered: renewals (a writer that renews often enough loses nothing but to lost messages),
//! and messages that are lost. [`Timing::of`] refuses scenarios with either.

use crate::engine::{self, Failure, StrategyName};
use crate::scenario::{Scenario, Ticks};
use crate::stats::Estimate;
use rayon::prelude::*;

/// The formula is for request latencies up to this.
const LATENCY_TICKS_MAX: usize = 1_000;
/// What is less likely than this is left out of sums.
const NEGLIGIBLE: f64 = 1e-15;

/// When writes commit, as a distribution over whole ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// Of a write's duration, by tick.
    write: Vec<f64>,
    /// Of the two latencies' sum, by tick.
    travel: Vec<f64>,
    crash: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFormula {
    #[error("writes take no time (protocol.write_ticks is 0): every lease is long enough")]
    Instant,
    #[error("writers renew (protocol.heartbeat_ticks): the formula is for leases without renewal")]
    Renewed,
    #[error("{0} is not 0: the formula is for requests that arrive, once")]
    Unreliable(&'static str),
    #[error("network.request_latency_ticks exceeds {LATENCY_TICKS_MAX}")]
    TooFar,
}

impl Timing {
    /// The timing of a scenario's writes.
    pub fn of(scenario: &Scenario) -> Result<Timing, NoFormula> {
        let network = &scenario.network;
        if scenario.protocol.heartbeat_ticks.is_some() {
            return Err(NoFormula::Renewed);
        }
        if network.request_loss_rate > 0.0 {
            return Err(NoFormula::Unreliable("network.request_loss_rate"));
        }
        if network.reorder_rate > 0.0 {
            return Err(NoFormula::Unreliable("network.reorder_rate"));
        }
        let write = probabilities(&scenario.protocol.write_ticks);
        if write.len() == 1 {
            return Err(NoFormula::Instant);
        }
        let one_way = probabilities(&network.request_latency);
        if one_way.len() > LATENCY_TICKS_MAX + 1 {
            return Err(NoFormula::TooFar);
        }
        let travel = convolved(&one_way, &one_way);
        Ok(Timing { write, travel, crash: scenario.faults.crash_probability })
    }

    /// The mean duration of a write, ticks.
    pub fn mean_write(&self) -> f64 {
        self.write.iter().enumerate().map(|(ticks, p)| ticks as f64 * p).sum()
    }

    /// The longest time from grant to commit, ticks: from the next tick on, a lease loses nothing.
    pub fn longest(&self) -> usize {
        self.write.len() + self.travel.len() - 2
    }

    /// The probability that a write is lost under a lease of `lease` ticks, if its agent does not
    /// crash.
    pub fn loss(&self, lease: usize) -> f64 {
        let arrival = self.arrival();
        let all: f64 = arrival.iter().sum();
        // The sum of nothing is −0, which would be shown.
        let late = arrival.iter().skip(lease).fold(0.0, |sum, share| sum + share);
        (late / all).clamp(0.0, 1.0)
    }

    /// The shortest lease under which at most this share of writes is lost, as in
    /// [`Timing::loss`].
    pub fn shortest(&self, allowed: f64) -> usize {
        let arrival = self.arrival();
        // A share that is allowed exactly is allowed, whatever was rounded.
        let allowed = allowed * arrival.iter().sum::<f64>() + 1e-12;
        let mut lost = 0.0;
        let mut lease = arrival.len();
        while lease > 1 && lost + arrival[lease - 1] <= allowed {
            lost += arrival[lease - 1];
            lease -= 1;
        }
        lease
    }

    /// Of all writes, the share that arrives in each tick after its grant; the rest crash.
    fn arrival(&self) -> Vec<f64> {
        let survives = |ticks: usize| libm::pow(1.0 - self.crash, ticks as f64);
        let living: Vec<f64> =
            self.write.iter().enumerate().map(|(ticks, p)| p * survives(ticks)).collect();
        convolved(&living, &self.travel)
    }

    /// Ticks of the line per committed write, for each lease from 0 to one tick beyond
    /// [`Timing::longest`]; infinite where nothing is ever committed.
    pub fn locked_per_commit(&self) -> Vec<f64> {
        let leases = self.longest() + 2;
        let arrival = self.arrival();
        let alive: f64 = arrival.iter().sum();
        let crashed = 1.0 - alive;
        let mut committed = 0.0;
        let mut ticks_committed = 0.0;
        let mut locked = Vec::with_capacity(leases);
        for lease in 0..leases {
            // Commits that arrive before `lease`.
            if let Some(before) = lease.checked_sub(1).filter(|&before| before < arrival.len()) {
                committed += arrival[before];
                ticks_committed += arrival[before] * before as f64;
            }
            let late = (alive - committed).max(0.0);
            let ticks = ticks_committed + lease as f64 * (late + crashed);
            locked.push(if committed > 0.0 { ticks / committed } else { f64::INFINITY });
        }
        locked
    }

    /// The shortest lease that locks a line for the least time per committed write.
    pub fn best(&self) -> usize {
        let locked = self.locked_per_commit();
        let least = locked.iter().copied().fold(f64::INFINITY, f64::min);
        // Beyond the longest write nothing changes but rounding.
        locked.iter().position(|&ticks| ticks <= least * (1.0 + 1e-9)).unwrap_or(0)
    }
}

/// Writes lost under a lease, in percent of those whose agents lived to end them: over runs with
/// consecutive seeds, under lazy invalidation.
pub fn simulated(scenario: &Scenario, lease: u32, runs: u32) -> Result<Estimate, Box<Failure>> {
    let mut scenario = scenario.clone();
    scenario.protocol.lease_ticks = lease;
    let seeds = (0..i64::from(runs)).into_par_iter().map(|run| scenario.seed.saturating_add(run));
    let runs: Vec<_> = seeds.map(|seed| engine::run(&scenario, StrategyName::Lazy, seed)).collect();
    // Of several failures the first, however many threads there are.
    let runs: Vec<_> = runs.into_iter().collect::<Result<_, _>>()?;
    Ok(engine::lost_to_expiry(&runs).scaled(100.0, 0.0))
}

/// The probability of each whole number of ticks, as the engine draws them: rounded to the nearest
/// tick, and cut.
fn probabilities(ticks: &Ticks) -> Vec<f64> {
    let of = |max: u32, below: &dyn Fn(f64) -> f64| {
        let mut all = Vec::new();
        let mut before = 0.0;
        for value in 0..max {
            let until = below(f64::from(value) + 0.5);
            all.push(until - before);
            before = until;
            if 1.0 - before < NEGLIGIBLE {
                return all;
            }
        }
        all.push((1.0 - before).max(0.0));
        all
    };
    match *ticks {
        Ticks::Constant(ticks) => {
            let mut all = vec![0.0; ticks as usize];
            all.push(1.0);
            all
        }
        Ticks::Uniform { min, max } => {
            let share = 1.0 / (f64::from(max - min) + 1.0);
            (0..=max).map(|value| if value < min { 0.0 } else { share }).collect()
        }
        Ticks::Exponential { mean, max } => of(max, &|x| -libm::expm1(-x / mean)),
        Ticks::Lognormal { median, sigma: 0.0, max } => {
            of(max, &|x| if x > median { 1.0 } else { 0.0 })
        }
        Ticks::Lognormal { median, sigma, max } => of(max, &|x| {
            let deviations = libm::log(x / median) / sigma;
            0.5 * libm::erfc(-deviations / core::f64::consts::SQRT_2)
        }),
    }
}

/// The distribution of a sum.
fn convolved(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; one.len() + other.len() - 1];
    for (place, p) in one.iter().enumerate().filter(|(_, p)| **p > 0.0) {
        for (further, q) in other.iter().enumerate() {
            sum[place + further] += p * q;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(write: Ticks, crash: f64) -> Timing {
        Timing { write: probabilities(&write), travel: vec![0.0, 0.0, 1.0], crash }
    }

    #[test]
    fn a_lease_of_the_longest_write_still_loses_it() {
        let timing = timing(Ticks::Uniform { min: 1, max: 10 }, 0.0);
        assert_eq!(timing.longest(), 12);
        assert_eq!((timing.loss(13), timing.loss(13).is_sign_negative()), (0.0, false));
        assert!((timing.loss(12) - 0.1).abs() < 1e-12);
        assert!((timing.loss(3) - 1.0).abs() < 1e-12);
        assert_eq!(
            (timing.shortest(0.0), timing.shortest(0.1), timing.shortest(0.25)),
            (13, 12, 11)
        );
    }

    #[test]
    fn without_crashes_a_line_is_locked_for_the_mean_write() {
        let timing = timing(Ticks::Exponential { mean: 12.0, max: 500 }, 0.0);
        let locked = timing.locked_per_commit();
        assert!((locked.last().unwrap() - timing.mean_write() - 2.0).abs() < 1e-6);
    }

    /// By hand: two writes in three survive with c = 1/3 and W = 1; D = 3; a lease of 9.
    #[test]
    fn a_crash_locks_for_the_lease() {
        let timing = timing(Ticks::Constant(1), 1.0 / 3.0);
        let locked = timing.locked_per_commit();
        assert_eq!(locked.len(), 5);
        // Committed 2/3: locked 3 · 2/3 + 4 · 1/3, per 2/3.
        assert!((locked[4] - (2.0 + 4.0 / 3.0) / (2.0 / 3.0)).abs() < 1e-12);
        assert_eq!(locked[3], f64::INFINITY);
        assert_eq!(timing.best(), 4);
    }

    #[test]
    fn crashes_make_the_best_lease_shorter() {
        let write = Ticks::Lognormal { median: 12.0, sigma: 0.5, max: 1_000 };
        let best: Vec<usize> = [0.0, 0.001, 0.01, 0.1].map(|c| timing(write, c).best()).to_vec();
        assert!(best.is_sorted_by(|longer, shorter| longer > shorter), "{best:?}");
    }
}
