//! From a session to its DNA: candidates by kind, what superseded them, what is taken.

mod artifacts;
mod candidate;
mod decisions;
mod explain;
mod failures;
mod inherited;
mod narrative;
mod outcome;
mod progress;
mod requests;
mod runs;
mod said;
mod select;
mod steps;
mod supersede;
mod view;
mod words;

pub use candidate::{Candidate, Kind};

use crate::Form;
use crate::dna::{Dna, FORMAT};
use attune_import::{Content, Session};
use view::View;

#[derive(Clone, Debug)]
pub struct Options {
    /// What the written DNA may not exceed. What names the session is always there.
    pub budget_bytes: usize,
    /// How it will be written.
    pub form: Form,
    /// The last record that is taken into account; `None`: all are.
    pub at: Option<u64>,
}

impl Default for Options {
    fn default() -> Options {
        Options { budget_bytes: 2048, form: Form::Text, at: None }
    }
}

/// A DNA, and how it came about.
#[derive(Clone, Debug)]
pub struct Extraction {
    pub dna: Dna,
    /// All candidates, by the records they end with; and for each, whether it was taken.
    pub candidates: Vec<(Candidate, bool)>,
}

/// What a successor of this session's agent needs, in at most so many bytes.
pub fn extract(session: &Session, options: &Options) -> Dna {
    extraction(session, options).dna
}

/// [`extract`], with all that was weighed.
pub fn extraction(session: &Session, options: &Options) -> Extraction {
    let view = View::new(session, options.at);
    let empty = Dna {
        dna: FORMAT,
        session: session.id.clone(),
        project: session.project.clone(),
        at: view.last,
        generation: inherited::generation(&view),
        goal: None,
        asked: Vec::new(),
        pending: Vec::new(),
        warnings: Vec::new(),
        state: Vec::new(),
        decisions: Vec::new(),
        artifacts: Default::default(),
        done: Vec::new(),
        facts: Vec::new(),
    };
    let candidates = candidates(&view);
    let selection = select::select(&empty, &candidates, options.form, options.budget_bytes);
    let dna = selection.dna();
    let taken: Vec<bool> = selection.taken.iter().map(Option::is_some).collect();
    let mut candidates: Vec<(Candidate, bool)> = candidates.into_iter().zip(taken).collect();
    candidates.sort_by_key(|(candidate, _)| (candidate.last_record(), candidate.kind));
    Extraction { dna, candidates }
}

fn candidates(view: &View) -> Vec<Candidate> {
    let mut all = requests::candidates(view);
    all.extend(steps::candidates(view));
    all.extend(runs::candidates(view));
    all.extend(failures::candidates(view));
    all.extend(decisions::candidates(view));
    all.extend(progress::candidates(view));
    all.extend(narrative::candidates(view));
    all.extend(artifacts::candidates(view));
    let told = inherited::candidates(view);
    let count = told.len();
    all.extend(told);
    let summary = view
        .records
        .iter()
        .rev()
        .find(|record| matches!(&record.content, Content::Compaction { summary: Some(_), .. }));
    supersede::mark(&mut all, count, summary.map(|record| record.sequence));
    all
}
