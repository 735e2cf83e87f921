//! Whether a text says that something passed or failed: the last of the statements that say most
//! about it counts. The records of a transcript are one statement each, in which a failure outweighs
//! what passed; calls and results that are about something else say nothing.

use super::Reader;
use crate::cue::outcomes;
use crate::question::{PASSED, Question};
use crate::statement::Heading;
use crate::word::stem;
use std::collections::BTreeSet;

impl Reader {
    /// The candidate that the text points to.
    pub(super) fn outcome(&self, question: &Question) -> Option<usize> {
        let subject: BTreeSet<String> = question.subject.iter().map(|word| stem(word)).collect();
        let is_about = |stems: &[String]| stems.iter().any(|stem| subject.contains(stem));
        // The strongest statements so far agree on the last of them.
        let mut last: Option<(Strength, bool)> = None;
        let mut record: Option<usize> = None;
        for (place, statement) in self.statements.all.iter().enumerate() {
            let content = self.statements.content(place);
            let strength = match content {
                Some(heading) if names(heading, &subject) => Strength::Record,
                Some(_) => continue,
                None if !is_about(&statement.stems) => {
                    let above = self.statements.above(place).any(|one| is_about(&one.stems));
                    if !above {
                        continue;
                    }
                    Strength::Below
                }
                None => match statement.stems.iter().any(|stem| outcomes().whole.contains(stem)) {
                    true => Strength::Whole,
                    false => Strength::Said,
                },
            };
            let near = match strength {
                Strength::Said | Strength::Whole => near(&statement.stems, &subject),
                Strength::Below | Strength::Record => &statement.stems,
            };
            let Some(passed) = polarity(near) else { continue };
            let within = content.map(|heading| heading.first);
            let same = within.is_some() && record == within;
            record = within;
            if last.is_none_or(|(known, _)| strength >= known) {
                let before = last.is_none_or(|(_, passed)| passed);
                last = Some((strength, if same { before && passed } else { passed }));
            }
        }
        let (_, passed) = last?;
        question.candidates.iter().position(|one| (one.text == PASSED) == passed)
    }
}

/// How much a statement about an outcome says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// The subject is in a heading above.
    Below,
    Said,
    /// It is about how things are in the end.
    Whole,
    /// It is what the tool gave back.
    Record,
}

/// Whether a record is of a command about the subject: its word, and not part of a path.
fn names(heading: &Heading, subject: &BTreeSet<String>) -> bool {
    heading.words.iter().enumerate().any(|(place, word)| {
        let goes_on = heading.words.get(place + 1).is_some_and(|next| next.joined);
        !word.joined && !goes_on && subject.contains(&stem(&word.text))
    })
}

/// So many words around the subject are about it.
const NEAR: usize = 12;

/// The words around the subject, from its first mention to its last.
fn near<'s>(stems: &'s [String], subject: &BTreeSet<String>) -> &'s [String] {
    let is_it = |stem: &String| subject.contains(stem);
    let first = stems.iter().position(is_it).unwrap_or(0);
    let last = stems.iter().rposition(is_it).unwrap_or(0);
    &stems[first.saturating_sub(NEAR)..(last + NEAR).min(stems.len())]
}

/// Whether these words say that something passed (`true`) or failed; the last of them counts, but a
/// failure outweighs.
fn polarity(stems: &[String]) -> Option<bool> {
    let words = outcomes();
    let mut found: Option<bool> = None;
    for (place, stem) in stems.iter().enumerate() {
        let before = &stems[place.saturating_sub(2)..place];
        let negated = before.iter().any(|word| words.not.contains(word));
        let says = if words.bad.contains(stem) {
            let near = &stems[place.saturating_sub(4)..(place + 4).min(stems.len())];
            if near.iter().any(|word| words.mended.contains(word)) {
                continue;
            }
            negated
        } else if words.good.contains(stem) {
            !negated
        } else {
            continue;
        };
        found = Some(found.unwrap_or(true) && says);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_is_the_opposite() {
        let says = |text: &str| {
            let stems: Vec<String> =
                crate::word::plain(text).iter().map(|word| stem(word)).collect();
            polarity(&stems)
        };
        assert_eq!(says("all 12 tests pass"), Some(true));
        assert_eq!(says("2 passed, 1 failed"), Some(false));
        assert_eq!(says("12 passed, 0 failed"), Some(true));
        assert_eq!(says("the build is not passing"), Some(false));
        assert_eq!(says("no errors"), Some(true));
        assert_eq!(says("fixed the failing test"), None);
        assert_eq!(says("ran the tests"), None);
    }
}
