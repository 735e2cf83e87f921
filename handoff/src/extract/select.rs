//! Which candidates are taken, and at which length: what is worth most per byte, until the budget is
//! used.
//!
//! First a fixed order of short items, as far as they fit: the best of each kind, then all pending
//! steps, the warnings and artifacts that are worth it, then the best of what is history. Since the order does not
//! depend on the budget, a larger one never loses a kind. Then the rest is filled greedily, with
//! items and with longer forms of what is there; an item is worth less the more of its words are
//! said already, and the more of its kind there are.

use super::candidate::{Candidate, Item, Kind, Shape};
use crate::Form;
use crate::dna::Dna;
use std::collections::{BTreeMap, BTreeSet};

/// Warnings that are worth less are no claim on the first bytes.
const WARNING_VALUE_MIN: f64 = 25.0;

/// The same of artifacts: what was changed lately.
const ARTIFACT_VALUE_MIN: f64 = 25.0;

/// And of what is so now: recent runs, a recent commit.
const STATE_VALUE_MIN: f64 = 38.0;

/// What an item costs a reader, beside its bytes.
const OVERHEAD_BYTES: f64 = 14.0;

/// What of an item's value remains if all its words are said already.
const REPEATED: f64 = 0.2;

/// The longest that is looked at: a budget beyond it takes everything anyway.
const CANDIDATES_MAX: usize = 1500;

pub(super) struct Selection<'a> {
    empty: &'a Dna,
    candidates: &'a [Candidate],
    form: Form,
    budget_bytes: usize,
    /// The form that is taken of each.
    pub(super) taken: Vec<Option<usize>>,
    /// Forms that did not fit: none longer will.
    too_long: Vec<bool>,
    /// How often each word is said.
    said: BTreeMap<&'a str, u32>,
    counts: BTreeMap<Kind, u32>,
    /// The folders of artifacts that are there.
    folders: BTreeSet<&'a str>,
    /// The bytes that each form adds.
    costs: Vec<Vec<Cost>>,
}

/// The bytes of a form, with the title of its section (and its folder), and beside another there.
#[derive(Clone, Copy)]
struct Cost {
    first: usize,
    further: usize,
}

pub(super) fn select<'a>(
    empty: &'a Dna,
    candidates: &'a [Candidate],
    form: Form,
    budget_bytes: usize,
) -> Selection<'a> {
    let nothing = empty.written(form).len();
    let cost = |shape: &Shape| {
        let mut dna = empty.clone();
        put(&mut dna, &shape.item);
        let one = dna.written(form).len();
        put(&mut dna, &shape.item);
        let two = dna.written(form).len();
        Cost { first: one.saturating_sub(nothing), further: two.saturating_sub(one) }
    };
    let mut selection = Selection {
        empty,
        candidates,
        form,
        budget_bytes,
        taken: vec![None; candidates.len()],
        too_long: candidates.iter().map(|one| one.superseded.is_some()).collect(),
        said: BTreeMap::new(),
        counts: BTreeMap::new(),
        folders: BTreeSet::new(),
        costs: candidates.iter().map(|one| one.forms.iter().map(cost).collect()).collect(),
    };
    selection.drop_the_least();
    let kinds = selection.claims();
    selection.fill(&kinds);
    selection
}

impl<'a> Selection<'a> {
    /// Very long sessions: what is worth least by far is not weighed.
    fn drop_the_least(&mut self) {
        let mut order: Vec<usize> =
            (0..self.candidates.len()).filter(|n| !self.too_long[*n]).collect();
        order.sort_by(|one, other| {
            self.candidates[*other].value.total_cmp(&self.candidates[*one].value)
        });
        for place in order.into_iter().skip(CANDIDATES_MAX) {
            self.too_long[place] = true;
        }
    }

    /// Takes what comes first whatever the budget is, as far as it fits; gives the kinds that have
    /// something then.
    fn claims(&mut self) -> Vec<Kind> {
        let mut order: Vec<usize> =
            (0..self.candidates.len()).filter(|n| !self.too_long[*n]).collect();
        order.sort_by(|one, other| {
            self.candidates[*other].value.total_cmp(&self.candidates[*one].value)
        });
        let best = |history: bool| {
            let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
            for &place in &order {
                let kind = self.candidates[place].kind;
                if kind.is_history() == history {
                    kinds.entry(kind).or_insert(place);
                }
            }
            kinds.into_values().collect::<Vec<usize>>()
        };
        let due = order.iter().copied().filter(|place| {
            let Candidate { kind, value, .. } = &self.candidates[*place];
            match kind {
                Kind::Pending => true,
                Kind::Warning => *value >= WARNING_VALUE_MIN,
                Kind::Artifact => *value >= ARTIFACT_VALUE_MIN,
                Kind::State => *value >= STATE_VALUE_MIN,
                _ => false,
            }
        });
        let all: Vec<usize> = best(false).into_iter().chain(due).chain(best(true)).collect();
        for place in all {
            if self.taken[place].is_none() && !self.take(place, 0) {
                break;
            }
        }
        self.counts.keys().copied().collect()
    }

    fn fill(&mut self, kinds: &[Kind]) {
        loop {
            let mut best: Option<(f64, usize)> = None;
            for place in 0..self.candidates.len() {
                if self.too_long[place] || !kinds.contains(&self.candidates[place].kind) {
                    continue;
                }
                let rate = self.rate(place);
                if rate > 0.0 && best.is_none_or(|(other, _)| rate > other) {
                    best = Some((rate, place));
                }
            }
            let Some((_, place)) = best else { return };
            let next = self.taken[place].map_or(0, |form| form + 1);
            if !self.take(place, next) {
                self.too_long[place] = true;
            }
        }
    }

    /// What the next form of a candidate adds per byte.
    fn rate(&self, place: usize) -> f64 {
        let candidate = &self.candidates[place];
        let cost = |form: usize| Some(self.cost(candidate, *self.costs[place].get(form)?));
        let (shape, before, cost) = match self.taken[place] {
            None => (candidate.forms.first(), 0.0, cost(0)),
            Some(form) => {
                let more = cost(form + 1).zip(cost(form));
                let more = more.map(|(next, now)| next.saturating_sub(now));
                (candidate.forms.get(form + 1), candidate.forms[form].share, more)
            }
        };
        let (Some(shape), Some(cost)) = (shape, cost) else { return 0.0 };
        let others = match self.taken[place] {
            None => f64::from(self.counts.get(&candidate.kind).copied().unwrap_or(0)),
            Some(_) => 0.0,
        };
        let crowded = if candidate.kind == Kind::Artifact { 0.05 } else { 0.06 };
        let value = candidate.value * (shape.share - before) * self.novelty(candidate, shape);
        value / (1.0 + crowded * others) / (cost as f64 + OVERHEAD_BYTES)
    }

    /// The bytes that a form takes beside what is there.
    fn cost(&self, candidate: &Candidate, cost: Cost) -> usize {
        let is_there = self.counts.contains_key(&candidate.kind);
        match candidate.folder() {
            _ if !is_there || candidate.kind == Kind::Goal => cost.first,
            Some(folder) if !self.folders.contains(folder) => cost.further + folder.len() + 3,
            _ => cost.further,
        }
    }

    /// The share of its value that is not said elsewhere.
    fn novelty(&self, candidate: &Candidate, shape: &Shape) -> f64 {
        // A state or a task is one whatever words it has.
        if matches!(candidate.kind, Kind::Artifact | Kind::State | Kind::Pending | Kind::Goal) {
            return 1.0;
        }
        let words = shape.words.len();
        if words == 0 {
            return REPEATED;
        }
        let new = shape.words.iter().filter(|word| !self.said.contains_key(word.as_str())).count();
        // Of history, what is said elsewhere is not worth a byte.
        let repeated = if candidate.kind.is_history() { 0.0 } else { REPEATED };
        repeated + (1.0 - repeated) * new as f64 / words as f64
    }

    /// Takes this form if all still fits.
    fn take(&mut self, place: usize, form: usize) -> bool {
        if form >= self.candidates[place].forms.len() {
            return false;
        }
        let before = self.taken[place].replace(form);
        if self.dna().written(self.form).len() > self.budget_bytes {
            self.taken[place] = before;
            return false;
        }
        let candidate = &self.candidates[place];
        match before {
            None => {
                *self.counts.entry(candidate.kind).or_default() += 1;
                self.folders.extend(candidate.folder());
            }
            Some(before) => {
                for word in &candidate.forms[before].words {
                    if let Some(count) = self.said.get_mut(word.as_str()) {
                        *count -= 1;
                    }
                }
                self.said.retain(|_, count| *count > 0);
            }
        }
        for word in &candidate.forms[form].words {
            *self.said.entry(word).or_default() += 1;
        }
        true
    }

    pub(super) fn dna(&self) -> Dna {
        let mut dna = self.empty.clone();
        for (candidate, taken) in self.candidates.iter().zip(&self.taken) {
            if let Some(form) = taken {
                put(&mut dna, &candidate.forms[*form].item);
            }
        }
        in_order(&mut dna);
        dna
    }
}

fn put(dna: &mut Dna, item: &Item) {
    match item.clone() {
        Item::Goal(said) => dna.goal = Some(said),
        Item::Asked(said) => dna.asked.push(said),
        Item::Pending(step) => dna.pending.push(step),
        Item::Warning(warning) => dna.warnings.push(warning),
        Item::State(state) => dna.state.push(state),
        Item::Decision(decision) => dna.decisions.push(decision),
        Item::Artifact(folder, artifact) => dna.artifacts.entry(folder).or_default().push(artifact),
        Item::Done(said) => dna.done.push(said),
        Item::Fact(said) => dna.facts.push(said),
    }
}

/// As the records came; the step under way first, artifacts by name.
fn in_order(dna: &mut Dna) {
    let first = |from: &[u64]| from.first().copied().unwrap_or(0);
    dna.asked.sort_by_key(|said| first(&said.from));
    dna.pending.sort_by_key(|step| (!step.doing, first(&step.from)));
    dna.warnings.sort_by_key(|warning| (warning.why, first(&warning.from)));
    dna.state.sort_by_key(|state| (state.about, first(&state.from)));
    dna.decisions.sort_by_key(|decision| first(&decision.from));
    dna.done.sort_by_key(|said| first(&said.from));
    dna.facts.sort_by_key(|said| first(&said.from));
    for files in dna.artifacts.values_mut() {
        files.sort_by(|one, other| one.name.cmp(&other.name));
    }
}
