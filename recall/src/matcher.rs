//! The matcher: answers a question from a text alone, by rules that are the same for every text.
//!
//! Each candidate is looked for among the text's statements ([`crate::statement`]). A mention says
//! more where words of the question stand with it ([`crate::cue`]): in its statement, or in a
//! heading above. The candidate of which most is said is the reply; where several are said equally
//! much, and the question does not ask for the first or last, they tie and share. A candidate
//! that is only mentioned against (done, where what is left is asked) is no reply, nor is one that
//! is not mentioned.
//!
//! What could make it wrong: it takes a text that mentions one candidate only to mean that one,
//! which is an inference; that it is worth nothing on average where the text mentions candidates
//! for other reasons is the work of the correction for guessing. It knows no synonyms but the
//! cues', so that paraphrase costs; and of an account in order it believes the last statement.

mod mention;
mod outcome;

use crate::cue::{Cues, Near, Order, Telling};
use crate::question::{Form, Question};
use crate::statement::{Heading, Statements};
use std::collections::{BTreeMap, BTreeSet};

/// A text that questions are answered from.
pub struct Reader {
    statements: Statements,
    /// Where each word stands: statement and place in it.
    places: BTreeMap<String, Vec<(usize, usize)>>,
    stems: BTreeMap<String, Vec<usize>>,
}

/// Which candidates a text points to: none, one, or several that it does not tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub chosen: Vec<usize>,
}

/// Where a candidate was found, and what is said of it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mention {
    level: i32,
    /// How much of the candidate's words there are, in per cent.
    cover: u32,
    /// Later in what the text tells is more.
    position: i64,
}

/// What a word of the question is worth: in the statement, or in a heading above.
const IN_STATEMENT: i32 = 2;
const IN_HEADING: i32 = 1;
/// Being said outright is worth more than any hint.
const DECISIVE: i32 = 3;

/// Of prose that is found in part, places are meant that have so many per cent of what the best
/// place of the candidate has, and of what the best candidate has.
const OWN_COVER_PERCENT: u32 = 85;
const COVER_PERCENT: u32 = 60;

/// Positions of statements, with room for those that are told backwards.
const STRIDE: i64 = 1 << 20;

impl Reader {
    pub fn new(text: &str) -> Reader {
        let statements = Statements::of(text);
        let mut places: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        let mut stems: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, statement) in statements.all.iter().enumerate() {
            for (at, word) in statement.words.iter().enumerate() {
                places.entry(word.text.clone()).or_default().push((place, at));
            }
            for stem in &statement.stems {
                let found = stems.entry(stem.clone()).or_default();
                if found.last() != Some(&place) {
                    found.push(place);
                }
            }
        }
        Reader { statements, places, stems }
    }

    /// The reply to a question.
    pub fn answer(&self, question: &Question) -> Reply {
        if question.form == Form::Outcome {
            return Reply { chosen: self.outcome(question).into_iter().collect() };
        }
        let cues = question.cues();
        let mentions: Vec<Vec<Mention>> = (0..question.candidates.len())
            .map(|candidate| self.mentions(question, candidate))
            .collect();
        let most = mentions.iter().flatten().map(|mention| mention.cover).max().unwrap_or(0);
        let found: Vec<(usize, (i32, i64))> = mentions
            .iter()
            .enumerate()
            .filter_map(|(candidate, mentions)| Some((candidate, weigh(mentions, most, cues)?)))
            .collect();
        let best = found.iter().map(|(_, weight)| *weight).max();
        let Some(best) = best.filter(|(level, _)| *level >= 0) else {
            return Reply { chosen: Vec::new() };
        };
        let chosen = found.iter().filter(|(_, weight)| *weight == best);
        Reply { chosen: chosen.map(|(candidate, _)| *candidate).collect() }
    }

    /// Whether the right answer is mentioned at all.
    pub(crate) fn mentions_answer(&self, question: &Question) -> bool {
        !self.mentions(question, question.answer).is_empty()
    }

    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.places.contains_key(word)
    }

    /// Where a statement stands in what the text tells.
    fn position(&self, statement: usize) -> i64 {
        let backwards = self.statements.above(statement).find(|heading| {
            let has = |word: &str| heading.words.iter().any(|one| one.text == word);
            has("first") && ["latest", "newest", "recent", "last"].into_iter().any(has)
        });
        match backwards {
            Some(heading) => heading.first as i64 * STRIDE - (statement - heading.first) as i64,
            None => statement as i64 * STRIDE,
        }
    }

    /// How near the words of the question are to a mention; `own` are the candidate's words, which
    /// are not the text's. Of one thing at a place, the words before it are said, up to the nearest;
    /// those after it, if there are none.
    fn level(
        &self,
        statement: usize,
        at: Option<usize>,
        cues: &Cues,
        own: &dyn Fn(&str) -> bool,
    ) -> i32 {
        let stems = &self.statements.all[statement].stems;
        let counts = match cues.near {
            Near::Headings => false,
            Near::Said => self.statements.content(statement).is_none(),
            Near::Anywhere => true,
        };
        let says = |set: &BTreeSet<String>, stem: &String| set.contains(stem) && !own(stem);
        let is_cue = |stem: &&String| says(&cues.positive, stem) || says(&cues.negative, stem);
        let (before, after) = stems.split_at(at.unwrap_or(0).min(stems.len()));
        let nearest = before.iter().rev().find(is_cue).or_else(|| after.iter().find(is_cue));
        let here = |set: &BTreeSet<String>| match at {
            _ if !counts => false,
            Some(_) => nearest.is_some_and(|stem| says(set, stem)),
            None => stems.iter().any(|stem| says(set, stem)),
        };
        // The innermost heading that says anything: a list of tasks to do has some that are done.
        let has = |heading: &&Heading, set: &BTreeSet<String>| {
            heading.stems.iter().any(|stem| set.contains(stem))
        };
        let telling = self
            .statements
            .above(statement)
            .find(|heading| has(heading, &cues.positive) || has(heading, &cues.negative));
        let above = |set: &BTreeSet<String>| telling.is_some_and(|heading| has(&heading, set));
        let worth = |set: &BTreeSet<String>| match (here(set), above(set)) {
            (true, _) => IN_STATEMENT,
            (false, true) => IN_HEADING,
            (false, false) => 0,
        };
        let hinted = worth(&cues.positive) - worth(&cues.negative);
        match cues.order {
            Order::Any => hinted,
            _ if self.is_said_outright(statement, cues) => DECISIVE,
            // Time decides among hints.
            _ => hinted.signum(),
        }
    }

    /// Whether a heading says that this is what is asked for, or the statement does: "last changed".
    /// "Last" alone, where nothing says what was last, is none; and content says nothing about itself.
    fn is_said_outright(&self, statement: usize, cues: &Cues) -> bool {
        if self.statements.content(statement).is_some() {
            return false;
        }
        let says = |stems: &[String]| match cues.positive.is_empty() {
            true => stems.iter().any(|stem| cues.decisive.contains(stem)),
            false => stems.iter().enumerate().any(|(place, stem)| {
                let end = (place + 3).min(stems.len());
                let near = &stems[place + 1..end.max(place + 1)];
                cues.decisive.contains(stem) && near.iter().any(|one| cues.positive.contains(one))
            }),
        };
        let in_heading = self.statements.above(statement).any(|heading| says(&heading.stems));
        in_heading || cues.near != Near::Headings && says(&self.statements.all[statement].stems)
    }
}

/// What all mentions of a candidate come to; `most` is the best cover of any candidate.
fn weigh(mentions: &[Mention], most: u32, cues: &Cues) -> Option<(i32, i64)> {
    let own = mentions.iter().map(|mention| mention.cover).max()?;
    let least = (own * OWN_COVER_PERCENT).max(most * COVER_PERCENT);
    let meant = |mention: &&Mention| mention.cover * 100 >= least;
    let mentions: Vec<&Mention> = mentions.iter().filter(meant).collect();
    let in_order = |mention: &&Mention| match cues.order {
        Order::Latest => mention.position,
        Order::Earliest => -mention.position,
        Order::Any => 0,
    };
    let telling = || mentions.iter().filter(|mention| mention.level != 0);
    let one = match cues.telling {
        Telling::Most => return mentions.iter().map(|one| (one.level, in_order(one))).max(),
        Telling::First => telling().min_by_key(|mention| mention.position),
        Telling::Last => telling().max_by_key(|mention| mention.position),
    };
    let one = one.or(mentions.first())?;
    Some((one.level.signum(), in_order(one)))
}
