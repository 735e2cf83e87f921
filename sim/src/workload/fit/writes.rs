//! Which artifacts are ever written, and how often those are.

use crate::workload::model::{Situation, WriteProbability};
use crate::workload::observe::Writes;

/// The share of artifacts that are never written, and the probabilities of a write on the others,
/// for the lead and for helpers.
#[derive(Clone, Debug)]
pub struct Fitted {
    pub never_written: f64,
    pub lead: WriteProbability,
    pub helper: WriteProbability,
}

/// By maximum likelihood (expectation maximisation): an artifact without a write is one that is
/// never written, or had no luck.
pub fn fit(artifacts: &[[Writes; 2]]) -> Fitted {
    let is_written = |artifact: &[Writes; 2]| artifact.iter().flatten().any(|share| share.hits > 0);
    let mut never = 0.5;
    let mut rates = [[0.5; Situation::COUNT]; 2];
    for _ in 0..500 {
        let mut hits = [[0.0; Situation::COUNT]; 2];
        let mut of = [[0.0; Situation::COUNT]; 2];
        let mut writable = 0.0;
        for artifact in artifacts {
            let weight = if is_written(artifact) {
                1.0
            } else {
                let unlucky = (1.0 - never) * quiet(artifact, &rates);
                unlucky / (unlucky + never).max(1e-300)
            };
            writable += weight;
            for role in 0..2 {
                for (place, share) in artifact[role].iter().enumerate() {
                    hits[role][place] += weight * share.hits as f64;
                    of[role][place] += weight * share.of as f64;
                }
            }
        }
        let next = 1.0 - writable / artifacts.len().max(1) as f64;
        let moved = (next - never).abs();
        never = next;
        for role in 0..2 {
            for place in 0..Situation::COUNT {
                let seen = of[role][place];
                rates[role][place] = if seen > 0.0 { hits[role][place] / seen } else { 0.0 };
            }
        }
        if moved < 1e-9 {
            break;
        }
    }
    Fitted {
        never_written: never,
        lead: WriteProbability::from_array(rates[0]),
        helper: WriteProbability::from_array(rates[1]),
    }
}

/// That a writable artifact had no write.
fn quiet(artifact: &[Writes; 2], rates: &[[f64; Situation::COUNT]; 2]) -> f64 {
    let all = artifact.iter().flatten().zip(rates.iter().flatten());
    all.map(|(share, rate)| libm::pow(1.0 - rate, share.of as f64)).product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::draw::Draw;
    use crate::workload::observe::Share;

    /// 60 % never written; the others one access in four, whatever the situation.
    #[test]
    fn what_is_never_written_is_told_from_what_was_not() {
        let mut draw = Draw::new(3, 1);
        let artifacts: Vec<[Writes; 2]> = (0..4000)
            .map(|_| {
                let written = draw.hits(0.4);
                let mut writes = [Writes::default(), Writes::default()];
                for place in [0, 2, 4, 4, 9] {
                    let write = written && draw.hits(0.25);
                    let share: &mut Share = &mut writes[0][place];
                    share.add(write);
                }
                writes
            })
            .collect();
        let found = fit(&artifacts);
        assert!((found.never_written - 0.6).abs() < 0.03, "{found:?}");
        assert!((found.lead.stay.wrote_whole - 0.25).abs() < 0.03, "{found:?}");
        let none = artifacts.iter().filter(|artifact| artifact[0].iter().all(|s| s.hits == 0));
        assert!(none.count() as f64 / 4000.0 > 0.68, "so it is not just counting");
    }
}
