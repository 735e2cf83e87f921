//! Why a DNA is as it is: each candidate with its value, records and reason.

use super::words::clipped;
use super::{Candidate, Extraction};
use std::fmt::Write;

impl Extraction {
    /// What was taken, what was left out (worth most first), what was superseded: a line each, with
    /// the value, the kind, the text, the reason and the records.
    pub fn explained(&self) -> String {
        let mut text = String::new();
        let by_value = |one: &&Candidate, other: &&Candidate| {
            other.value.total_cmp(&one.value).then(one.from.cmp(&other.from))
        };
        let mut of = |title: &str, mut chosen: Vec<&Candidate>| {
            chosen.sort_by(by_value);
            let _ = writeln!(text, "{title} ({})", chosen.len());
            for candidate in chosen {
                let Candidate { kind, value, why, from, superseded, .. } = candidate;
                let told = clipped(&candidate.text, 100);
                let from: Vec<String> = from.iter().map(u64::to_string).collect();
                let superseded = superseded.as_ref().map(|by| format!("; superseded: {by}"));
                let _ = writeln!(
                    text,
                    "{value:6.1} {:8} {told} | {why}{} | records {}",
                    kind.name(),
                    superseded.unwrap_or_default(),
                    from.join(", ")
                );
            }
        };
        let taken = self.candidates.iter().filter(|(_, taken)| *taken);
        of("taken", taken.map(|(candidate, _)| candidate).collect());
        let not_taken = || self.candidates.iter().filter(|(_, taken)| !taken).map(|(one, _)| one);
        of("left out", not_taken().filter(|one| one.superseded.is_none()).collect());
        of("superseded", not_taken().filter(|one| one.superseded.is_some()).collect());
        text
    }
}
