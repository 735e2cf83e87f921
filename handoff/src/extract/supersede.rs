//! What later records made obsolete. Superseded candidates stay in the list, with the reason, so
//! that an extraction can be explained.

use super::candidate::{Candidate, Item, Kind};
use super::narrative::{CHANGED, SAID};
use super::progress::REPORT;
use super::words::overlap;
use crate::dna::{About, State, Warning, Why};
use std::collections::BTreeSet;

/// Two texts with so many words in common say the same.
const SAME: f64 = 0.8;

/// A finished task or report with so many words of a task in common says that it is done.
const FINISHED: f64 = 0.7;

/// `inherited`: how many of the candidates, the last ones, come from a summary made at this record.
pub(super) fn mark(candidates: &mut [Candidate], inherited: usize, summary: Option<u64>) {
    let own = candidates.len() - inherited;
    one_goal(candidates, own, summary);
    if let Some(summary) = summary {
        inherited_state(candidates, own, summary);
    }
    finished(candidates);
    said_as_something_else(candidates);
    said_again(candidates);
}

/// There is one goal: the user's, unless a summary that came before tells an earlier one.
fn one_goal(candidates: &mut [Candidate], own: usize, summary: Option<u64>) {
    let goals: Vec<usize> =
        (0..candidates.len()).filter(|place| candidates[*place].kind == Kind::Goal).collect();
    let told = goals.iter().copied().rfind(|place| *place >= own);
    let of_user = goals.iter().copied().find(|place| *place < own);
    let user_is_later = |place: usize| candidates[place].last_record() > summary.unwrap_or(0);
    let chosen = match (of_user, told) {
        (Some(of_user), Some(told)) if user_is_later(of_user) => {
            a_request(&mut candidates[of_user]);
            Some(told)
        }
        (of_user, told) => of_user.or(told),
    };
    for place in goals {
        let goal = &mut candidates[place];
        if goal.kind == Kind::Goal && Some(place) != chosen {
            goal.superseded = Some("the goal is told in other words".to_string());
        }
    }
}

/// The first request after an earlier handover is not what it all began with.
fn a_request(goal: &mut Candidate) {
    goal.kind = Kind::Asked;
    goal.why = "a request after an earlier handover".to_string();
    goal.value = 60.0;
    for shape in &mut goal.forms {
        if let Item::Goal(said) = &shape.item {
            shape.item = Item::Asked(said.clone());
        }
    }
}

/// What a summary tells of the state is overtaken by what was said and done since.
fn inherited_state(candidates: &mut [Candidate], own: usize, summary: u64) {
    let since = |kind: Kind, all: &[Candidate]| {
        all[..own].iter().any(|one| one.kind == kind && one.last_record() > summary)
    };
    let requests = candidates[..own].iter().filter(|one| {
        one.last_record() > summary && (one.kind == Kind::Asked || one.why.starts_with("the user "))
    });
    // Who asked for other things twice does not wait for what was pending before.
    let moved_on = requests.count() > 1;
    // Who reported an end at the end has nothing left of it.
    let newest = candidates[..own].iter().map(Candidate::last_record).max();
    let ended = candidates[..own].iter().any(|one| {
        one.kind == Kind::Done && one.why == REPORT && Some(one.last_record()) == newest
    });
    let steps = since(Kind::Pending, candidates) || moved_on || ended;
    let state = since(Kind::State, candidates);
    for told in &mut candidates[own..] {
        let overtaken = match told.kind {
            Kind::Pending => steps,
            Kind::State => state,
            _ => false,
        };
        if overtaken {
            told.superseded = Some("later records say more".to_string());
        }
    }
}

/// Tasks of a summary or a list that were reported done later.
fn finished(candidates: &mut [Candidate]) {
    let done: Vec<(u64, BTreeSet<String>)> = candidates
        .iter()
        .filter(|one| one.kind == Kind::Done)
        .map(|one| (one.last_record(), one.words()))
        .collect();
    for one in candidates.iter_mut().filter(|one| one.kind == Kind::Pending) {
        // What the task list itself says last is right.
        if !one.why.starts_with("the summary") {
            continue;
        }
        let words = one.words();
        let later = done.iter().find(|(record, said)| {
            *record > one.last_record()
                && words.len() > 1
                && words.intersection(said).count() as f64 >= FINISHED * words.len() as f64
        });
        if let Some((record, _)) = later {
            one.superseded = Some(format!("record {record} says that it is done"));
        }
    }
}

/// A message that is told as state or report is not told as what was said besides.
fn said_as_something_else(candidates: &mut [Candidate]) {
    let of = |chosen: &dyn Fn(&Candidate) -> bool| -> BTreeSet<u64> {
        let chosen = candidates.iter().filter(|one| chosen(one));
        chosen.map(Candidate::last_record).collect()
    };
    let state = |about: About| {
        of(&|one| match one.forms.first().map(|shape| &shape.item) {
            Some(Item::State(state)) => state.about == about,
            _ => false,
        })
    };
    let (doing, changed) = (state(About::Doing), state(About::Change));
    let reports = of(&|one| one.why == REPORT);
    for one in candidates {
        let record = one.last_record();
        let told = (one.why == REPORT || one.why == SAID) && doing.contains(&record)
            || one.why == SAID && reports.contains(&record)
            || one.why == CHANGED && changed.contains(&record);
        if told {
            one.superseded = Some("it is told as state or report".to_string());
        }
    }
}

/// The later of two that say the same stays; it is worth a little more for having been said twice.
fn said_again(candidates: &mut [Candidate]) {
    let words: Vec<BTreeSet<String>> = candidates.iter().map(Candidate::words).collect();
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|place| (candidates[*place].last_record(), *place));
    for (rank, &later) in order.iter().enumerate().rev() {
        if candidates[later].superseded.is_some() {
            continue;
        }
        let record = candidates[later].last_record();
        for &earlier in &order[..rank] {
            let alike = candidates[earlier].kind == candidates[later].kind
                && candidates[earlier].superseded.is_none()
                && may_repeat(&candidates[later])
                && words[later].len() > 2
                && similar_length(&words[later], &words[earlier])
                && overlap(&words[later], &words[earlier]) >= SAME
                && same_sense(&candidates[later], &candidates[earlier]);
            if alike {
                candidates[earlier].superseded = Some(format!("record {record} says it again"));
                candidates[later].value *= 1.1;
            }
        }
    }
}

/// Of artifacts and what was run there is one each already.
fn may_repeat(candidate: &Candidate) -> bool {
    !matches!(candidate.kind, Kind::Artifact | Kind::State | Kind::Pending | Kind::Goal)
}

fn similar_length(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    one.len().min(other.len()) * 2 >= one.len().max(other.len())
}

/// A rule and a failure about the same thing are two warnings.
fn same_sense(one: &Candidate, other: &Candidate) -> bool {
    let sense = |candidate: &Candidate| match candidate.forms.first().map(|shape| &shape.item) {
        Some(Item::Warning(Warning { why, .. })) => (Some(*why), None),
        Some(Item::State(State { about, .. })) => (None, Some(*about)),
        _ => (None::<Why>, None::<About>),
    };
    sense(one) == sense(other)
}
