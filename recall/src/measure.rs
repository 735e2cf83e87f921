//! Every method at every budget, on the same questions, by the same matcher.

use crate::baseline;
use crate::control;
use crate::handoff::Handoff;
use crate::matcher::Reader;
use crate::question::{Kind, Question};
use crate::transcript::transcript;
use std::collections::BTreeMap;

/// What a method keeps of a handoff in so many bytes; `None` where it has nothing to say, as the
/// tool's summary has not at a made-up cut.
pub type Keep<'a> = dyn Fn(&Handoff, usize) -> Option<String> + 'a;

/// A way to hand on.
pub struct Method<'a> {
    pub name: String,
    pub keep: Box<Keep<'a>>,
}

impl<'a> Method<'a> {
    pub fn new(name: &str, keep: impl Fn(&Handoff, usize) -> Option<String> + 'a) -> Method<'a> {
        Method { name: name.to_string(), keep: Box::new(keep) }
    }
}

/// What a handoff is compared with.
pub fn baselines() -> Vec<Method<'static>> {
    vec![
        Method::new("last bytes", |handoff, budget| Some(baseline::last(handoff, budget))),
        Method::new("first and last bytes", |handoff, budget| {
            Some(baseline::first_and_last(handoff, budget))
        }),
        Method::new("extractive summary", |handoff, budget| {
            Some(baseline::extractive(handoff, budget))
        }),
        Method::new("tool's summary, cut", baseline::summary),
    ]
}

/// A handoff with its questions.
pub struct Case {
    pub source: String,
    pub handoff: Handoff,
    pub questions: Vec<Question>,
}

/// What one method did with one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The places of the case and of its question.
    pub case: usize,
    pub question: usize,
    pub score: f64,
    pub answered: bool,
}

/// All answers of a method at a budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub method: String,
    /// `None`: as long as it is.
    pub budget: Option<usize>,
    pub answers: Vec<Answer>,
    /// Bytes of the texts, and how many there were.
    pub bytes: u64,
    pub texts: u64,
    /// Texts that were longer than the budget: nothing may be.
    pub over_budget: u64,
}

impl Outcome {
    fn new(method: &str, budget: Option<usize>) -> Outcome {
        let method = method.to_string();
        Outcome { method, budget, answers: Vec::new(), bytes: 0, texts: 0, over_budget: 0 }
    }

    fn add(&mut self, case: usize, questions: &[Question], text: &str) {
        self.texts += 1;
        self.bytes += text.len() as u64;
        self.over_budget += u64::from(self.budget.is_some_and(|budget| text.len() > budget));
        let reader = Reader::new(text);
        for (place, question) in questions.iter().enumerate() {
            self.ask(case, place, question, &reader);
        }
    }

    fn ask(&mut self, case: usize, place: usize, question: &Question, reader: &Reader) {
        let reply = reader.answer(question);
        let score = question.score(&reply.chosen);
        let answered = !reply.chosen.is_empty();
        self.answers.push(Answer { case, question: place, score, answered });
    }
}

/// The controls, then every method at every budget, then the tool's summary as long as it is.
pub fn measure(cases: &[Case], methods: &[Method], budgets: &[usize]) -> Vec<Outcome> {
    let mut outcomes = controls(cases);
    for method in methods {
        for &budget in budgets {
            let mut outcome = Outcome::new(&method.name, Some(budget));
            for (place, case) in cases.iter().enumerate() {
                if let Some(text) = (method.keep)(&case.handoff, budget) {
                    outcome.add(place, &case.questions, &text);
                }
            }
            outcomes.push(outcome);
        }
    }
    let mut whole = Outcome::new("tool's summary, whole", None);
    for (place, case) in cases.iter().enumerate() {
        if let Some(summary) = &case.handoff.summary {
            whole.add(place, &case.questions, summary);
        }
    }
    outcomes.push(whole);
    outcomes.retain(|outcome| outcome.texts > 0);
    outcomes
}

/// A text for a case, by its place.
type Control<'a> = dyn Fn(usize, &Case) -> Option<String> + 'a;

/// What the matcher itself sees.
fn controls(cases: &[Case]) -> Vec<Outcome> {
    let mut controls: Vec<(&str, Box<Control>)> = vec![
        ("control: all answers said", Box::new(|_, case| Some(control::oracle(&case.questions)))),
        ("control: whole transcript", Box::new(|_, case| Some(transcript(&case.handoff.before)))),
        ("control: nothing", Box::new(|_, _| Some(String::new()))),
        ("control: optimism", Box::new(|_, _| Some(control::OPTIMISM.to_string()))),
    ];
    let foreign = |place: usize, _: &Case| {
        // The next case of another session, by its tool's summary or its last bytes.
        let own = &cases[place].handoff.before.id;
        let others = cases[place..].iter().chain(&cases[..place]);
        let other = others.into_iter().find(|other| other.handoff.before.id != *own)?;
        let last = || baseline::last(&other.handoff, 16 << 10);
        Some(other.handoff.summary.clone().unwrap_or_else(last))
    };
    controls.push(("control: another session", Box::new(foreign)));
    let mut listed = Outcome::new("control: candidates listed", None);
    for (place, case) in cases.iter().enumerate() {
        listed.texts += 1;
        for (number, question) in case.questions.iter().enumerate() {
            // What stands alone is known where it is said.
            if question.candidates.len() > 1 {
                listed.ask(place, number, question, &Reader::new(&control::list(question)));
            }
        }
    }
    let mut outcomes = vec![listed];
    for (name, text) in &controls {
        let mut outcome = Outcome::new(name, None);
        for (place, case) in cases.iter().enumerate() {
            if let Some(text) = text(place, case) {
                outcome.add(place, &case.questions, &text);
            }
        }
        outcomes.push(outcome);
    }
    outcomes
}

/// What a group of answers comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Recall {
    pub questions: u64,
    /// Mean score: 1 all right, 0 nothing, or guessing.
    pub recall: f64,
    /// Of the questions whose answer was needed again.
    pub used: u64,
    pub recall_used: f64,
    /// Part of the questions that had a reply.
    pub answered: f64,
}

impl Recall {
    pub fn of<'a>(answers: impl Iterator<Item = (&'a Answer, &'a Question)>) -> Recall {
        let mut recall = Recall::default();
        for (answer, question) in answers {
            recall.questions += 1;
            recall.recall += answer.score;
            recall.answered += f64::from(u8::from(answer.answered));
            if question.used {
                recall.used += 1;
                recall.recall_used += answer.score;
            }
        }
        let mean = |sum: f64, count: u64| if count == 0 { 0.0 } else { sum / count as f64 };
        recall.recall_used = mean(recall.recall_used, recall.used);
        recall.answered = mean(recall.answered, recall.questions);
        recall.recall = mean(recall.recall, recall.questions);
        recall
    }
}

/// Half of the 95 % confidence interval of the overall recall: sessions are drawn, not questions
/// (linearized variance of a ratio between clusters). `None` with fewer than two sessions. With few
/// sessions it is itself uncertain.
pub fn half_width(outcome: &Outcome, cases: &[Case]) -> Option<f64> {
    let mut sessions: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for answer in &outcome.answers {
        let case = &cases[answer.case];
        if case.questions[answer.question].kind.is_of_prose() {
            let name = case.handoff.before.id.split('#').next().unwrap_or_default();
            let (score, questions) = sessions.entry(name).or_default();
            *score += answer.score;
            *questions += 1.0;
        }
    }
    let count = sessions.len() as f64;
    let (scores, questions) = sessions
        .values()
        .fold((0.0, 0.0), |(scores, all), (score, one)| (scores + score, all + one));
    if count < 2.0 {
        return None;
    }
    let mean = scores / questions;
    let squares: f64 =
        sessions.values().map(|(score, one)| score - mean * one).map(|off| off * off).sum();
    Some(1.96 * (count / (count - 1.0) * squares).sqrt() / questions)
}

/// Of all kinds that prose can answer, then of each.
pub fn by_kind(outcome: &Outcome, cases: &[Case]) -> (Recall, BTreeMap<Kind, Recall>) {
    let with = |answer: &'_ Answer| &cases[answer.case].questions[answer.question];
    let pairs: Vec<(&Answer, &Question)> =
        outcome.answers.iter().map(|answer| (answer, with(answer))).collect();
    let overall = pairs.iter().copied().filter(|(_, question)| question.kind.is_of_prose());
    let overall = Recall::of(overall);
    let of = |kind: Kind| Recall::of(pairs.iter().copied().filter(|(_, one)| one.kind == kind));
    let kinds = Kind::ALL.into_iter().map(|kind| (kind, of(kind)));
    (overall, kinds.filter(|(_, recall)| recall.questions > 0).collect())
}
