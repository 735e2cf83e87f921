//! Whether a text says that something passed or failed: the last statement about it counts. The
//! records of a transcript are one statement each, in which a failure outweighs what passed.

use super::Reader;
use crate::cue::outcomes;
use crate::question::{PASSED, Question};
use crate::word::stem;
use std::collections::BTreeSet;

impl Reader {
    /// The candidate that the text points to.
    pub(super) fn outcome(&self, question: &Question) -> Option<usize> {
        let subject: BTreeSet<String> = question.subject.iter().map(|word| stem(word)).collect();
        let mut last: Option<bool> = None;
        let mut record: Option<usize> = None;
        for (place, statement) in self.statements.all.iter().enumerate() {
            let is_about = |stems: &[String]| stems.iter().any(|stem| subject.contains(stem));
            let above = self.statements.above(place).any(|heading| is_about(&heading.stems));
            if !above && !is_about(&statement.stems) {
                continue;
            }
            let Some(passed) = polarity(&statement.stems) else { continue };
            let innermost = statement.heading;
            let in_record = self.statements.above(place).any(|heading| heading.is_record);
            let same = in_record && innermost.is_some() && record == innermost;
            record = innermost.filter(|_| in_record);
            last = Some(if same { last.unwrap_or(true) && passed } else { passed });
        }
        let passed = last?;
        question.candidates.iter().position(|one| (one.text == PASSED) == passed)
    }
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
