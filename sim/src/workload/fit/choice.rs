//! What an agent turns to: what is new to it, and what it returns to.

use super::numeric::peak;
use crate::workload::model::{Discovery, Returns};
use crate::workload::observe::{Move, Return};

/// Strength and discount by maximum likelihood: the strength for each discount, and of these the
/// best. `None` if nothing was seen.
pub fn discovery(moves: &[Move]) -> Option<(f64, f64)> {
    if moves.is_empty() {
        return None;
    }
    let strength = |discount: f64| {
        let at = |log: f64| log_likelihood(moves, libm::exp(log) - discount, discount);
        libm::exp(peak(-6.0, 9.0, at)) - discount
    };
    let discount = peak(0.0, 0.99, |discount| log_likelihood(moves, strength(discount), discount));
    Some((strength(discount), discount))
}

/// The probability of what was seen, as a logarithm.
pub fn log_likelihood(moves: &[Move], strength: f64, discount: f64) -> f64 {
    let law = Discovery { strength, discount, shared: 0.0 };
    let one = |step: &Move| {
        let new = law.probability(step.moves, step.distinct);
        libm::log(if step.new { new } else { 1.0 - new }.max(1e-300))
    };
    moves.iter().map(one).sum()
}

/// Both exponents by maximum likelihood: a conditional logit, whose likelihood has one peak (found
/// by Newton's method, with a weak pull towards 0). `None` if there was never a choice.
pub fn returns(seen: &[Return]) -> Option<Returns> {
    const PULL: f64 = 0.01;
    if seen.is_empty() {
        return None;
    }
    let (mut popularity, mut recency) = (0.0, 0.0);
    for _ in 0..50 {
        let (mut g0, mut g1) = (-PULL * popularity, -PULL * recency);
        let (mut h00, mut h01, mut h11) = (PULL, 0.0, PULL);
        for Return { choices, taken } in seen {
            let weights = weights(choices, popularity, recency);
            let total: f64 = weights.iter().sum();
            let (mut m0, mut m1, mut s00, mut s01, mut s11) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (choice, weight) in choices.iter().zip(&weights) {
                let (p, (x, y)) = (weight / total, features(*choice));
                m0 += p * x;
                m1 += p * y;
                s00 += p * x * x;
                s01 += p * x * y;
                s11 += p * y * y;
            }
            let (x, y) = features(choices[*taken]);
            g0 += x - m0;
            g1 += y - m1;
            h00 += s00 - m0 * m0;
            h01 += s01 - m0 * m1;
            h11 += s11 - m1 * m1;
        }
        let determinant = h00 * h11 - h01 * h01;
        let step0 = (h11 * g0 - h01 * g1) / determinant;
        let step1 = (h00 * g1 - h01 * g0) / determinant;
        popularity += step0.clamp(-1.0, 1.0);
        recency += step1.clamp(-1.0, 1.0);
        if step0.abs() + step1.abs() < 1e-10 {
            break;
        }
    }
    Some(Returns { popularity, recency })
}

/// What `returns` gains over a choice at random, nats per return.
pub fn gain(seen: &[Return], law: &Returns) -> f64 {
    let one = |Return { choices, taken }: &Return| {
        let weights = weights(choices, law.popularity, law.recency);
        let total: f64 = weights.iter().sum();
        libm::log(weights[*taken] / total * choices.len() as f64)
    };
    seen.iter().map(one).sum::<f64>() / seen.len().max(1) as f64
}

fn features((count, age): (u64, u64)) -> (f64, f64) {
    (libm::log(count as f64), -libm::log(age as f64))
}

fn weights(choices: &[(u64, u64)], popularity: f64, recency: f64) -> Vec<f64> {
    let weight = |choice: &(u64, u64)| {
        let (x, y) = features(*choice);
        libm::exp(popularity * x + recency * y)
    };
    choices.iter().map(weight).collect()
}

/// Zipf's exponent of sessions' counts, by maximum likelihood over each session's own number of
/// artifacts. `None` if no session has two.
pub fn zipf(sessions: &[Vec<u64>]) -> Option<f64> {
    let ranked: Vec<Vec<u64>> = sessions
        .iter()
        .filter(|counts| counts.len() > 1)
        .map(|counts| {
            let mut counts = counts.clone();
            counts.sort_by(|a, b| b.cmp(a));
            counts
        })
        .collect();
    let logs: Vec<f64> =
        (1..=ranked.iter().map(Vec::len).max()?).map(|rank| libm::log(rank as f64)).collect();
    let likelihood = |exponent: f64| {
        let one = |counts: &Vec<u64>| {
            let total: u64 = counts.iter().sum();
            let of_ranks: f64 =
                counts.iter().zip(&logs).map(|(count, log)| *count as f64 * log).sum();
            let norm: f64 = logs[..counts.len()].iter().map(|log| libm::exp(-exponent * log)).sum();
            -exponent * of_ranks - total as f64 * libm::log(norm)
        };
        ranked.iter().map(one).sum::<f64>()
    };
    Some(peak(0.0, 5.0, likelihood))
}
