//! What an agent turns to: what is new to it, and what it returns to.

use super::numeric::{peak, solve};
use crate::workload::history::Choice;
use crate::workload::model::{ByPast, Discovery, Returns};
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

/// What is weighed in a return.
const WEIGHED: usize = 5;

/// All weights by maximum likelihood: a conditional logit, whose likelihood has one peak (found by
/// Newton's method, with a weak pull towards 0). `None` if there was never a choice.
pub fn returns(seen: &[Return]) -> Option<Returns> {
    const PULL: f64 = 0.05;
    if seen.is_empty() {
        return None;
    }
    let mut weights = [0.0; WEIGHED];
    for _ in 0..50 {
        let mut slope = weights.map(|weight| -PULL * weight);
        let mut curve = [[0.0; WEIGHED]; WEIGHED];
        (0..WEIGHED).for_each(|place| curve[place][place] = PULL);
        for Return { choices, taken } in seen {
            let odds = odds(choices, &weights);
            let total: f64 = odds.iter().sum();
            let mut mean = [0.0; WEIGHED];
            for (choice, odds) in choices.iter().zip(&odds) {
                let x = choice.features();
                for i in 0..WEIGHED {
                    mean[i] += odds / total * x[i];
                    (0..WEIGHED).for_each(|j| curve[i][j] += odds / total * x[i] * x[j]);
                }
            }
            let x = choices[*taken].features();
            for i in 0..WEIGHED {
                slope[i] += x[i] - mean[i];
                (0..WEIGHED).for_each(|j| curve[i][j] -= mean[i] * mean[j]);
            }
        }
        let step = solve(curve, slope);
        (0..WEIGHED).for_each(|place| weights[place] += step[place].clamp(-1.0, 1.0));
        if step.iter().all(|step| step.abs() < 1e-10) {
            break;
        }
    }
    let [popularity, recency, part, wrote_whole, wrote_part] = weights;
    let past = ByPast::from_array([0.0, part, wrote_whole, wrote_part]);
    Some(Returns { popularity, recency, past })
}

/// What `returns` gains over a choice at random, nats per return.
pub fn gain(seen: &[Return], law: &Returns) -> f64 {
    let [_, part, wrote_whole, wrote_part] = law.past.to_array();
    let weights = [law.popularity, law.recency, part, wrote_whole, wrote_part];
    let one = |Return { choices, taken }: &Return| {
        let odds = odds(choices, &weights);
        let total: f64 = odds.iter().sum();
        libm::log(odds[*taken] / total * choices.len() as f64)
    };
    seen.iter().map(one).sum::<f64>() / seen.len().max(1) as f64
}

fn odds(choices: &[Choice], weights: &[f64; WEIGHED]) -> Vec<f64> {
    let one = |choice: &Choice| {
        libm::exp(choice.features().iter().zip(weights).map(|(x, weight)| x * weight).sum())
    };
    choices.iter().map(one).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::draw::Draw;

    /// Sessions that draw from a catalogue of fifty artifacts by Zipf's law. Ranks are those that
    /// were observed: chance makes a few accesses look uneven, and rare artifacts are not seen.
    #[test]
    fn zipf_is_found_again_where_sessions_are_long() {
        let found = |exponent: f64, accesses: usize| {
            let sessions: Vec<Vec<u64>> = (0..200)
                .map(|session| {
                    let mut draw = Draw::new(3, session);
                    let mut counts = vec![0; 50];
                    for _ in 0..accesses {
                        let weights = (1..=50).map(|rank| libm::pow(f64::from(rank), -exponent));
                        counts[draw.weighted(weights).unwrap()] += 1;
                    }
                    counts.into_iter().filter(|count| *count > 0).collect()
                })
                .collect();
            zipf(&sessions).unwrap()
        };
        for exponent in [0.0, 0.5, 1.0, 1.5] {
            let all = [20, 100, 1000].map(|accesses| found(exponent, accesses));
            println!("| {exponent} | {:.2} | {:.2} | {:.2} |", all[0], all[1], all[2]);
            assert!((all[0] - exponent).abs() < 0.45, "{exponent}: {all:?}");
            if exponent >= 0.5 {
                assert!((all[1] - exponent).abs() < 0.15, "{exponent}: {all:?}");
                assert!((all[2] - exponent).abs() < 0.05, "{exponent}: {all:?}");
            }
        }
    }
}
