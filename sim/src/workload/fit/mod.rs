//! The parameters of a source out of what was observed of it, and how well each fits.

mod choice;
mod numeric;
mod sizes;
mod writes;

pub(super) use numeric::logistic;

use super::law::{Law, Lognormal, Observed};
use super::model::{
    AgainAfterParts, AgainAfterWhole, Artifacts, ByPast, Discovery, FirstRead, Gap, Model, Part,
    Reads, Role, Team, Texts, Time, Turns, WriteProbability,
};
use super::observe::{RoleSample, Sample, Share, Writes};
use serde::Serialize;

/// How a parameter was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Maximum likelihood. For a share of what was seen that is the share itself.
    Likelihood,
    /// The mean.
    Moments,
}

/// One parameter (or a few that belong together), and how well it fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    pub name: String,
    /// As words and numbers.
    pub value: String,
    /// How often it could be observed.
    pub observed: u64,
    pub method: Method,
    /// Of a law of sizes: the largest distance between its distribution function and the
    /// observed one, from 0 to 1.
    pub distance: Option<f64>,
    /// Log likelihood per observation, above that of the uniform workload: nats.
    pub gain: Option<f64>,
}

/// A source, fitted.
#[derive(Clone, Debug)]
pub struct Fit {
    pub model: Model,
    pub parameters: Vec<Parameter>,
    /// Zipf's exponent of how often the artifacts of a session are touched.
    pub popularity_exponent: Option<f64>,
    /// The law of artifacts' sizes, also where the model keeps what was observed.
    pub sizes: Option<Lognormal>,
    /// What could not be fitted, and why.
    pub missing: Vec<String>,
}

/// Which artifacts are ever written, whatever the situation: one probability for each role, as
/// `new`.
pub(super) fn written_at_all(artifacts: &[[Writes; 2]]) -> writes::Fitted {
    let pooled = |artifact: &[Writes; 2]| {
        artifact.map(|role| {
            let mut all = Writes::default();
            for share in role {
                all[0].hits += share.hits;
                all[0].of += share.of;
            }
            all
        })
    };
    writes::fit(&artifacts.iter().map(pooled).collect::<Vec<_>>())
}

/// Fits what was observed. `None` if there was nothing.
pub fn fit(source: &str, kind: &str, sample: &Sample) -> Option<Fit> {
    let mut notes = Notes::default();
    let accesses = notes.lengths("accesses of a lead", &sample.lead.accesses)?;
    let popularity_exponent = choice::zipf(&sample.popularity);
    if let Some(exponent) = popularity_exponent {
        let touches = sample.popularity.iter().flatten().sum();
        notes.likelihood("popularity, Zipf's exponent", number(exponent), touches, None);
    } else {
        notes.missing("popularity: no session has two artifacts");
    }
    let written = writes::fit(&sample.artifacts);
    let artifacts = sample.artifacts.len() as u64;
    let without = |artifact: &&[Writes; 2]| artifact.iter().flatten().all(|share| share.hits == 0);
    let unwritten = sample.artifacts.iter().filter(without).count() as u64;
    let share = Share { hits: unwritten, of: artifacts }.value();
    notes.likelihood("artifacts without a write in their session", number(share), artifacts, None);
    let share = written_at_all(&sample.artifacts).never_written;
    notes.likelihood("artifacts never written, all else alike", number(share), artifacts, None);
    let share = number(written.never_written);
    notes.likelihood("artifacts never written, beyond their situations", share, artifacts, None);
    let lead = role(&mut notes, "lead", &sample.lead, accesses, written.lead);
    let helper = notes
        .lengths("accesses of a helper", &sample.helper.accesses)
        .map(|law| role(&mut notes, "helper", &sample.helper, law, written.helper));
    if sample.reads == 0 {
        notes.missing(
            "reads: none is recorded, so there is no hit, and nothing to save: what this says is \
             how writes go, and all strategies are alike in it. If the agents did read, import \
             sessions of a tool that records reads (docs/importing.md)",
        );
    }
    if sample.gaps_new.is_empty() && sample.gaps_known.is_empty() {
        notes.missing("time: none is recorded; a tick is an access");
    }
    if sample.turn_steps.is_empty() {
        notes.missing(
            "turns and bursts: the calls of a model are not recorded; each access is a call",
        );
    }
    let model = Model {
        source: source.to_string(),
        kind: kind.to_string(),
        sessions: sample.sessions,
        team: team(&mut notes, sample),
        lead,
        helper,
        artifacts: Artifacts {
            tokens: notes.law("artifact size, tokens", &sample.sizes),
            tokens_per_line: notes.law("tokens per line", &sample.tokens_per_line),
            never_written: written.never_written,
            changed_outside: sample.changed_outside.value(),
        },
        reads: reads(&mut notes, sample),
        writes: Texts {
            whole_first: sample.written_whole_first.value(),
            whole_later: sample.written_whole_later.value(),
            unrecorded: sample.text_unrecorded.value(),
            tokens: notes.law("text written, tokens", &sample.text_tokens),
        },
        time: time(&mut notes, sample),
        turns: turns(&mut notes, sample),
    };
    let Notes { parameters, missing } = notes;
    let sizes = sizes::lognormal(&sample.sizes);
    Some(Fit { model, parameters, popularity_exponent, sizes, missing })
}

fn role(
    notes: &mut Notes,
    name: &str,
    sample: &RoleSample,
    accesses: Law,
    write: WriteProbability,
) -> Role {
    let locality = ByPast::from_array(sample.stay.map(Share::value));
    let [a, b, c, d] = locality.to_array();
    let value = format!("{a:.3} whole read, {b:.3} part, {c:.3} write of whole, {d:.3} of part");
    let observed = sample.stay.iter().map(|share| share.of).sum();
    notes.likelihood(&format!("{name}: same artifact after a"), value, observed, None);
    let (strength, discount) = choice::discovery(&sample.moves).unwrap_or((1.0, 0.0));
    let value = format!("strength {strength:.2}, discount {discount:.2}");
    let moves = sample.moves.len() as u64;
    let new = sample.moves.iter().filter(|step| step.new).count() as f64 / moves.max(1) as f64;
    // The uniform workload: each artifact as likely, so new ones become rarer in no such way; the
    // closest constant stands for it.
    let constant: f64 = sample
        .moves
        .iter()
        .map(|step| libm::log(if step.new { new } else { 1.0 - new }.max(1e-300)))
        .sum();
    let gain = choice::log_likelihood(&sample.moves, strength, discount) - constant;
    notes.likelihood(
        &format!("{name}: new artifacts"),
        value,
        moves,
        Some(gain / moves.max(1) as f64),
    );
    let returns = choice::returns(&sample.returns).unwrap_or_default();
    let value = format!("popularity {:.2}, recency {:.2}", returns.popularity, returns.recency);
    let gain = choice::gain(&sample.returns, &returns);
    let observed = sample.returns.len() as u64;
    notes.likelihood(&format!("{name}: returns"), value, observed, Some(gain));
    let discovery = Discovery { strength, discount, shared: sample.shared.value() };
    Role { accesses, locality, discovery, returns, write }
}

fn team(notes: &mut Notes, sample: &Sample) -> Team {
    let with = sample.helpers.iter().filter(|helpers| **helpers > 0).count() as f64;
    let helpers: u64 = sample.helpers.iter().sum();
    let team = Team {
        alone: 1.0 - with / sample.sessions as f64,
        // Geometric, from one on.
        another_helper: if helpers == 0 { 0.0 } else { 1.0 - with / helpers as f64 },
        stay: sample.stay.value(),
    };
    let value = format!("{:.3}, else {:.2} helpers", team.alone, helpers as f64 / with.max(1.0));
    notes.likelihood("sessions with one agent", value, sample.sessions, None);
    notes.likelihood("turn-taking: same agent goes on", number(team.stay), sample.stay.of, None);
    team
}

fn reads(notes: &mut Notes, sample: &Sample) -> Reads {
    let (whole_log_odds, whole_slope) = sizes::whole_by_size(&sample.first_whole);
    let value = format!("log odds {whole_log_odds:.2} {whole_slope:+.2} ln(tokens)");
    notes.likelihood("first read is whole", value, sample.first_whole.len() as u64, None);
    notes.likelihood(
        "read again in part: same lines",
        number(sample.parts_same.value()),
        sample.parts_same.of,
        None,
    );
    let fresh = &sample.parts_fresh;
    let first = notes.part("first read in part", &sample.first_parts).unwrap_or_else(|| {
        notes.missing("first read in part: none is recorded");
        Part { slope: 0.0, draw: Law::one() }
    });
    let or_first = |part: Option<Part>| part.unwrap_or_else(|| first.clone());
    Reads {
        first: FirstRead {
            whole_log_odds,
            whole_slope,
            scattered: sample.first_scattered.value(),
            part: first.clone(),
        },
        again_after_whole: AgainAfterWhole {
            whole: sample.whole_again.value(),
            scattered: sample.whole_scattered.value(),
            part: or_first(notes.part("part of what was read whole", &sample.whole_parts)),
        },
        again_after_parts: AgainAfterParts {
            whole: sample.parts_whole.value(),
            scattered: sample.parts_scattered.value(),
            same_lines: sample.parts_same.value(),
            fresh: if fresh.is_empty() { 1.0 } else { crate::stats::mean(fresh) },
            part: or_first(notes.part("read again in part", &sample.parts_parts)),
        },
    }
}

fn time(notes: &mut Notes, sample: &Sample) -> Option<Time> {
    if sample.gaps_new.is_empty() && sample.gaps_known.is_empty() {
        return None;
    }
    Some(Time {
        new: gap(notes, "a new artifact", &sample.gaps_new),
        known: gap(notes, "a known artifact", &sample.gaps_known),
    })
}

fn gap(notes: &mut Notes, name: &str, gaps: &[f64]) -> Gap {
    let apart: Vec<f64> = gaps.iter().copied().filter(|gap| *gap >= 1.0).collect();
    let together = 1.0 - apart.len() as f64 / gaps.len().max(1) as f64;
    let observed = gaps.len() as u64;
    notes.likelihood(&format!("within a second, to {name}"), number(together), observed, None);
    Gap { together, seconds: notes.law(&format!("else seconds, to {name}"), &apart) }
}

fn turns(notes: &mut Notes, sample: &Sample) -> Option<Turns> {
    if sample.turn_steps.is_empty() {
        return None;
    }
    let moved: Vec<u64> = sample.turn_steps.iter().copied().filter(|step| *step > 0).collect();
    let paused = moved.iter().filter(|step| **step > 1).count() as f64;
    let quiet: u64 = moved.iter().map(|step| step - 1).sum();
    let turns = Turns {
        before_first: crate::stats::mean(&sample.turns_before_first),
        same: 1.0 - moved.len() as f64 / sample.turn_steps.len() as f64,
        touch_after_touch: if moved.is_empty() { 1.0 } else { 1.0 - paused / moved.len() as f64 },
        touch_after_pause: if quiet == 0 { 1.0 } else { paused / quiet as f64 },
    };
    let value = format!(
        "{:.3} after one that does, {:.3} after one that does not",
        turns.touch_after_touch, turns.touch_after_pause
    );
    let observed = moved.len() as u64;
    notes.likelihood("bursts: a call touches an artifact", value, observed, None);
    notes.parameters.push(Parameter {
        name: "calls before the first access".to_string(),
        value: number(turns.before_first),
        observed: sample.turns_before_first.len() as u64,
        method: Method::Moments,
        distance: None,
        gain: None,
    });
    Some(turns)
}

fn number(value: f64) -> String {
    format!("{value:.3}")
}

/// What is said about the parameters.
#[derive(Default)]
struct Notes {
    parameters: Vec<Parameter>,
    missing: Vec<String>,
}

impl Notes {
    fn likelihood(&mut self, name: &str, value: String, observed: u64, gain: Option<f64>) {
        if observed > 0 {
            let name = name.to_string();
            let method = Method::Likelihood;
            self.parameters.push(Parameter { name, value, observed, method, distance: None, gain });
        }
    }

    /// A lognormal, or what was observed where that is rejected. `None` if there is nothing to fit
    /// it to.
    fn try_law(&mut self, name: &str, values: &[f64]) -> Option<Law> {
        let law = sizes::lognormal(values)?;
        let distance = sizes::distance(&law, values);
        let rejected = sizes::is_rejected(distance, values.len());
        let kept = if rejected { "; rejected, quantiles kept" } else { "" };
        self.parameters.push(Parameter {
            name: name.to_string(),
            value: format!("median {:.1}, sigma {:.2}{kept}", law.median, law.sigma),
            observed: values.len() as u64,
            method: Method::Likelihood,
            distance: Some(distance),
            gain: None,
        });
        Some(if rejected { Law::Observed(Observed::of(values)) } else { Law::Lognormal(law) })
    }

    fn part(&mut self, name: &str, parts: &[(f64, f64)]) -> Option<Part> {
        let slope = sizes::slope(parts);
        let rest: Vec<f64> =
            parts.iter().map(|(whole, part)| part / libm::pow(*whole, slope)).collect();
        let name = format!("{name}: tokens / size^{slope:.2}");
        Some(Part { slope, draw: self.try_law(&name, &rest)? })
    }

    /// Lengths of sessions as they were observed, where there are enough: sums are of the long ones
    /// for the most part, which a law that is nearly right gets wrong.
    fn lengths(&mut self, name: &str, values: &[f64]) -> Option<Law> {
        let law = self.try_law(name, values)?;
        let few = values.len() < sizes::VALUES_MIN;
        Some(if few { law } else { Law::Observed(Observed::of(values)) })
    }

    /// The same where something has to stand.
    fn law(&mut self, name: &str, values: &[f64]) -> Law {
        self.try_law(name, values).unwrap_or_else(|| {
            self.missing(&format!("{name}: none is recorded"));
            Law::one()
        })
    }

    fn missing(&mut self, what: &str) {
        self.missing.push(what.to_string());
    }
}
