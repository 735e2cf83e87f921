//! Sessions to a workload, and what it is worth.

use super::draw::Draw;
use super::fit::{Fit, Parameter, fit};
use super::generate;
use super::judge::{Judgement, Samples, judge};
use super::kinds::{Kind, by_length};
use super::model::Model;
use super::observe::Sample;
use super::tally::Tally;
use super::tick;
use super::{split, uniform};
use crate::rerun::Settings;
use crate::scenario::Scenario;
use attune_trace::access::Access;
use rayon::prelude::*;
use serde::Serialize;

/// Fewer sessions than this, or accesses, on either side say little.
const SESSIONS_MIN: u64 = 20;
const ACCESSES_MIN: u64 = 200;

/// Streams of draws that are not a session's own.
const RESAMPLING: u64 = 0x7265_7361;
const UNIFORM: u64 = 0x756e_6966;

#[derive(Clone, Debug)]
pub struct Options {
    /// Of the sessions, those to fit to; the others judge.
    pub fit_share: f64,
    pub seed: u64,
    /// How many sessions are made up to compare.
    pub sessions: u64,
    pub settings: Settings,
}

/// All sessions of one source.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub name: String,
    pub sessions: Vec<Vec<Access>>,
}

/// One source, fitted and judged.
#[derive(Clone, Debug, Serialize)]
pub struct Calibration {
    pub source: String,
    pub fitted: Seen,
    pub judging: Seen,
    pub synthetic_sessions: u64,
    /// One for each kind of sessions.
    pub models: Vec<Model>,
    /// What the tick engine can take of it.
    pub scenario: Option<Scenario>,
    pub parameters: Vec<Parameter>,
    pub popularity_exponent: Option<f64>,
    /// What could not be fitted, or is not to be relied on, and why.
    pub warnings: Vec<String>,
    pub judgement: Option<Judgement>,
}

/// What was done in some sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    pub sessions: u64,
    pub reads: u64,
    pub writes: u64,
}

/// Fits a source and judges the fit. `done` is told of each session that was run again.
pub fn calibrate(source: &Source, options: &Options, done: &(dyn Fn() + Sync)) -> Calibration {
    let one_session = source.sessions.len() == 1;
    let (fitted, judging): (Vec<&Vec<Access>>, Vec<&Vec<Access>>) =
        source.sessions.iter().partition(|session| {
            let name = session.first().map_or("", |access| &access.session);
            one_session || split::fits(name, options.seed, options.fit_share)
        });
    let mut sample = Sample::default();
    fitted.iter().for_each(|session| sample.observe(session));
    let mut calibration = Calibration {
        source: source.name.clone(),
        fitted: seen(&fitted),
        judging: seen(&judging),
        synthetic_sessions: 0,
        models: Vec::new(),
        scenario: None,
        parameters: Vec::new(),
        popularity_exponent: None,
        warnings: Vec::new(),
        judgement: None,
    };
    let Some(found) = fit(&source.name, "all", &sample) else {
        calibration.warnings.push("no access to fit to".to_string());
        return calibration;
    };
    let scenario = tick::scenario(&found, &sample, found.sizes);
    let Fit { parameters, popularity_exponent, missing, .. } = found;
    let models = models(&source.name, &fitted);
    calibration.warnings = missing;
    calibration.warn_of_size();
    if !judging.is_empty() && sample.sessions > 1 {
        calibration.synthetic_sessions = options.sessions;
        calibration.judgement = Some(compare(&models, &sample, &fitted, &judging, options, done));
    }
    let scenario = Some(scenario);
    Calibration { models, scenario, parameters, popularity_exponent, ..calibration }
}

fn models(source: &str, sessions: &[&Vec<Access>]) -> Vec<Model> {
    let kinds = by_length(sessions);
    let model = |kind: &Kind| {
        let mut sample = Sample::default();
        kind.sessions.iter().for_each(|session| sample.observe(session));
        Some(fit(source, &kind.name, &sample)?.model)
    };
    kinds.iter().filter_map(model).collect()
}

fn compare(
    models: &[Model],
    sample: &Sample,
    fitted: &[&Vec<Access>],
    judging: &[&Vec<Access>],
    options: &Options,
    done: &(dyn Fn() + Sync),
) -> Judgement {
    let Options { seed, sessions, settings, .. } = options;
    let real = |sessions: &[&Vec<Access>]| -> Vec<Tally> {
        let one = |session: &&Vec<Access>| {
            let tally = Tally::of(session, settings);
            done();
            tally
        };
        sessions.par_iter().map(one).collect()
    };
    let write_probability = sample.written as f64 / sample.accesses as f64;
    let made: Vec<(Tally, Tally)> = (0..*sessions)
        .into_par_iter()
        .map(|number| {
            let session = generate::made_up(models, *seed, number).unwrap_or_default();
            let mut draw = Draw::new(seed ^ UNIFORM, number);
            let uniform = uniform::session(&session, write_probability, &mut draw);
            let both = (Tally::of(&session, settings), Tally::of(&uniform, settings));
            done();
            both
        })
        .collect();
    let (synthetic, uniform): (Vec<Tally>, Vec<Tally>) = made.into_iter().unzip();
    let (fitted, judging) = (real(fitted), real(judging));
    let samples =
        Samples { fitted: &fitted, judging: &judging, synthetic: &synthetic, uniform: &uniform };
    judge(&samples, settings, seed ^ RESAMPLING)
}

impl Calibration {
    fn warn_of_size(&mut self) {
        let sides = [("fit to", self.fitted), ("judge by", self.judging)];
        for (what, Seen { sessions, reads, writes }) in sides {
            let accesses = reads + writes;
            if sessions == 0 {
                self.warnings.push(format!("no session is left to {what}"));
            } else if sessions < SESSIONS_MIN || accesses < ACCESSES_MIN {
                self.warnings.push(format!(
                    "small: {sessions} sessions with {accesses} accesses to {what} (from \
                     {SESSIONS_MIN} and {ACCESSES_MIN} on the stated error means something)"
                ));
            }
        }
    }
}

fn seen(sessions: &[&Vec<Access>]) -> Seen {
    use attune_trace::access::Op;
    let mut seen = Seen { sessions: sessions.len() as u64, ..Seen::default() };
    let done = sessions.iter().copied().flatten().filter(|access| access.outcome.is_done());
    for access in done {
        match access.op {
            Op::Read => seen.reads += 1,
            Op::Write => seen.writes += 1,
        }
    }
    seen
}
