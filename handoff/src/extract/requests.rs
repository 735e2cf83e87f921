//! What the user asked for and said: the goal, what is to be done now, rules and corrections.

use super::candidate::{Candidate, Item, Kind, aged};
use super::said::{is_assent, is_correction, is_rejection, is_rule};
use super::view::{Spoken, View};
use super::words::{clipped, one_line, sentences};
use crate::dna::{Said, Warning, Why};

const GOAL_LENGTHS: [usize; 5] = [130, 240, 480, 900, 2000];
const LENGTHS: [usize; 4] = [80, 180, 400, 900];

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let mut found = Vec::new();
    found.extend(without_user(view));
    let mut requests = view.user.iter().filter(|said| !is_assent(&said.text));
    if let Some(first) = requests.next() {
        let item = |text| Item::Goal(Said { text, from: vec![first.sequence] });
        let text = head(&first.text);
        let from = vec![first.sequence];
        let why = "the user's first request";
        found.push(Candidate::of_text(Kind::Goal, &text, from, 110.0, why, &GOAL_LENGTHS, item));
        found.extend(rules(view, first));
    }
    let rest: Vec<&Spoken> = requests.collect();
    for said in &rest {
        let is_last = said.sequence == rest.last().map_or(0, |last| last.sequence);
        found.push(later(view, said, is_last));
        found.extend(rules(view, said));
    }
    found.extend(assent(view));
    found
}

/// Agents among themselves: the first message says what it is about.
fn without_user(view: &View) -> Option<Candidate> {
    let first = view.agent.first().filter(|_| view.user.is_empty())?;
    let item = |text| Item::Goal(Said { text, from: vec![first.sequence] });
    let (text, from) = (head(&first.text), vec![first.sequence]);
    let why = "the first message, since no user spoke";
    Some(Candidate::of_text(Kind::Goal, &text, from, 110.0, why, &GOAL_LENGTHS, item))
}

/// What comes before a paste of output or code, if something does.
fn head(text: &str) -> String {
    const BYTES_MIN: usize = 20;
    let mut said = String::new();
    for line in text.lines() {
        if said.len() >= BYTES_MIN && is_pasted(line) {
            break;
        }
        said.push_str(line.trim());
        said.push(' ');
    }
    one_line(&said)
}

/// Lines that a program wrote: of code, of a stack, of a log.
fn is_pasted(line: &str) -> bool {
    const STARTS: [&str; 9] = ["```", "at ", "File \"", "===", "$ ", "{", "}", "<", "error["];
    let trimmed = line.trim();
    let words = trimmed.chars().filter(|c| c.is_alphabetic() || *c == ' ').count();
    let is_prose = words * 10 >= trimmed.chars().count() * 7;
    STARTS.iter().any(|start| trimmed.starts_with(start)) || trimmed.len() > 30 && !is_prose
}

fn later(view: &View, said: &Spoken, is_last: bool) -> Candidate {
    let text = head(&said.text);
    let from = vec![said.sequence];
    let recency = view.recency(said.sequence);
    if is_last {
        let item = |text| Item::Asked(Said { text, from: vec![said.sequence] });
        let why = "the user's last request";
        return Candidate::of_text(Kind::Asked, &text, from, 150.0, why, &GOAL_LENGTHS, item);
    }
    if is_correction(&said.text) {
        let (why, reason, value) = match is_rejection(&said.text) {
            true => (Why::Rejected, "the user took something back", 52.0),
            false => (Why::Corrected, "the user corrected the agent", 44.0),
        };
        let item = |text| Item::Warning(Warning { why, text, from: vec![said.sequence] });
        let value = aged(value, recency);
        return Candidate::of_text(Kind::Warning, &text, from, value, reason, &LENGTHS, item);
    }
    let (value, why) = match text.trim_end().ends_with('?') {
        true => (9.0, "a question of the user, answered since"),
        false => (30.0, "an earlier request"),
    };
    let item = |text| Item::Asked(Said { text, from: vec![said.sequence] });
    Candidate::of_text(Kind::Asked, &text, from, aged(value, recency), why, &LENGTHS, item)
}

/// Sentences that forbid, or say how things have to be. Of a long text (a plan, instructions) only
/// a few are the user's own rules.
fn rules(view: &View, said: &Spoken) -> Vec<Candidate> {
    const SENTENCES_MAX: usize = 6;
    const BYTES_MAX: usize = 300;
    let all = sentences(&said.text);
    let dilution = if all.len() > 12 { 0.5 } else { 1.0 };
    let rules = all.iter().filter(|sentence| is_rule(sentence) && sentence.len() <= BYTES_MAX);
    let rules = rules.take(SENTENCES_MAX).map(|sentence| {
        let why = "the user's rule";
        let value = aged(50.0, view.recency(said.sequence).max(0.6)) * dilution;
        let item =
            |text| Item::Warning(Warning { why: Why::Rule, text, from: vec![said.sequence] });
        let from = vec![said.sequence];
        Candidate::of_text(Kind::Warning, sentence, from, value, why, &[80, 300], item)
    });
    rules.collect()
}

/// An agreement at the end stands for what was agreed to.
fn assent(view: &View) -> Option<Candidate> {
    let last = view.user.last().filter(|said| is_assent(&said.text))?;
    let proposal = view.agent.iter().rev().find(|said| said.sequence < last.sequence)?;
    let said = sentences(&proposal.text);
    let proposed = said.iter().rev().find(|sentence| sentence.ends_with('?')).or(said.last())?;
    let text = format!("{} (to: {})", clipped(&last.text, 60), clipped(proposed, 400));
    let from = vec![proposal.sequence, last.sequence];
    let item = |text| Item::Asked(Said { text, from: vec![proposal.sequence, last.sequence] });
    let why = "the user's last word, and what it answers";
    Some(Candidate::of_text(Kind::Asked, &text, from, 130.0, why, &[90, 200, 480], item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_is_not_what_was_said() {
        let text =
            "The plan makes a warning in the console:\n    at plan (src/plan.ts:3)\n    at main";
        assert_eq!(head(text), "The plan makes a warning in the console:");
        assert_eq!(head("$ make\nall is well"), "$ make all is well");
    }
}
