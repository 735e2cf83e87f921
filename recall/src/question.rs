//! Questions, and what an answer is worth.

use crate::cue::Cues;
use std::collections::BTreeMap;

/// What is asked for. The order is that of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Which file was changed last?
    LastChanged,
    /// Which of these files was changed, and not only read?
    Changed,
    /// Did the last run of the tests, or of the checks, pass?
    Run,
    /// Which of these tests failed in the last run that failed?
    Failure,
    /// Which of these tasks is left?
    TaskLeft,
    /// Which of these tasks is done?
    TaskDone,
    /// What was rejected?
    Rejected,
    /// What did the person forbid or demand throughout?
    Rule,
    /// What did the person ask for first?
    FirstRequest,
    /// What did the person ask for last?
    LastRequest,
    /// What was the agent about to do, or what had it just found?
    Current,
    /// Which of these names did the agent introduce?
    Introduced,
    /// Which commit, branch, pull request or port is the newest?
    Reference,
    /// Which error came last?
    Error,
    /// What did a sub-agent find?
    Finding,
    /// Which of these lines does the file have now?
    Line,
    /// Which version of the file did the agent hold?
    Version,
}

impl Kind {
    pub const ALL: [Kind; 17] = [
        Kind::LastChanged,
        Kind::Changed,
        Kind::Run,
        Kind::Failure,
        Kind::TaskLeft,
        Kind::TaskDone,
        Kind::Rejected,
        Kind::Rule,
        Kind::FirstRequest,
        Kind::LastRequest,
        Kind::Current,
        Kind::Introduced,
        Kind::Reference,
        Kind::Error,
        Kind::Finding,
        Kind::Line,
        Kind::Version,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::LastChanged => "last_changed",
            Kind::Changed => "changed",
            Kind::Run => "run",
            Kind::Failure => "failure",
            Kind::TaskLeft => "task_left",
            Kind::TaskDone => "task_done",
            Kind::Rejected => "rejected",
            Kind::Rule => "rule",
            Kind::FirstRequest => "first_request",
            Kind::LastRequest => "last_request",
            Kind::Current => "current",
            Kind::Introduced => "introduced",
            Kind::Reference => "reference",
            Kind::Error => "error",
            Kind::Finding => "finding",
            Kind::Line => "line",
            Kind::Version => "version",
        }
    }

    /// Whether prose could be expected to answer: a summary for people has no hashes of contents,
    /// so that counting this kind would flatter whoever writes them down.
    pub fn is_of_prose(self) -> bool {
        self != Kind::Version
    }
}

/// How a candidate is found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A path: its name, with as many folders as tell the candidates apart.
    Path,
    /// Words in this order.
    Name,
    /// Hexadecimal digits, of which the first seven suffice.
    Digits,
    /// Half of its words, the rare ones counting more, near one another.
    Prose,
    /// Nearly all of its words in one statement.
    Line,
    /// A good or a bad outcome, near what it is an outcome of.
    Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub text: String,
    /// Other ways to name it, as words in order: a task's number.
    pub aliases: Vec<String>,
}

impl Candidate {
    pub fn new(text: impl Into<String>) -> Candidate {
        Candidate { text: text.into(), aliases: Vec::new() }
    }
}

/// The words of an outcome's two candidates.
pub(crate) const PASSED: &str = "passed";
pub(crate) const FAILED: &str = "failed";

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub kind: Kind,
    /// In words, for people.
    pub asked: String,
    /// What it is about, if a statement has to name it: the words of a command.
    pub subject: Vec<String>,
    pub form: Form,
    /// In an order that says nothing about which is right.
    pub candidates: Vec<Candidate>,
    /// Which of them is right.
    pub answer: usize,
    /// The sequence numbers of the records that it was found in.
    pub records: Vec<u64>,
    /// Whether the agent's calls or words had need of the answer afterwards.
    pub used: bool,
    /// What each word says, for prose: rare words more.
    pub weights: BTreeMap<String, u32>,
}

impl Question {
    /// A question whose candidates are sorted; `None` if a distractor is the answer.
    pub(crate) fn new(
        kind: Kind,
        form: Form,
        asked: impl Into<String>,
        answer: Candidate,
        distractors: Vec<Candidate>,
        records: Vec<u64>,
    ) -> Question {
        let mut candidates = distractors;
        candidates.retain(|one| one.text != answer.text);
        candidates.push(answer.clone());
        candidates.sort_by(|one, other| one.text.cmp(&other.text));
        candidates.dedup_by(|one, other| one.text == other.text);
        let place = candidates.iter().position(|one| one.text == answer.text).unwrap_or(0);
        Question {
            kind,
            asked: asked.into(),
            subject: Vec::new(),
            form,
            candidates,
            answer: place,
            records,
            used: false,
            weights: BTreeMap::new(),
        }
    }

    pub fn answer_text(&self) -> &str {
        &self.candidates[self.answer].text
    }

    /// The chance that a guess is right. Prose without others of its sort cannot be guessed.
    pub fn chance(&self) -> f64 {
        match self.candidates.len() {
            0 | 1 => 0.0,
            count => 1.0 / count as f64,
        }
    }

    /// What a reply is worth, corrected for guessing: of n candidates, 1 if right, -1/(n-1) if
    /// wrong, 0 if there is none. A reply that names several is the mean of guessing among them.
    pub fn score(&self, chosen: &[usize]) -> f64 {
        if chosen.is_empty() {
            return 0.0;
        }
        let right = f64::from(u8::from(chosen.contains(&self.answer))) / chosen.len() as f64;
        (right - self.chance()) / (1.0 - self.chance())
    }

    pub(crate) fn cues(&self) -> &'static Cues {
        Cues::of(self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_worth_nothing_on_average() {
        let others = ["b", "c", "d"].map(Candidate::new).to_vec();
        let question =
            Question::new(Kind::Changed, Form::Name, "?", Candidate::new("a"), others, Vec::new());
        let each: f64 = (0..4).map(|place| question.score(&[place])).sum();
        assert!(each.abs() < 1e-12, "{each}");
        assert!(question.score(&[0, 1, 2, 3]).abs() < 1e-12);
        assert_eq!(question.score(&[question.answer]), 1.0);
        assert_eq!(question.score(&[]), 0.0);
    }
}
