//! No text is too strange to be read, and no session to be asked about.

mod common;

use attune_recall::baseline::{extractive, first_and_last, first_bytes, last, last_bytes};
use attune_recall::{Handoff, Reader, questions};
use common::{Story, eventful};
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_text_is_read(text in "(\\PC|[\\[\\]{}:#*\n\"\\\\-]){0,300}") {
        let handoff = Handoff::find(&eventful()).remove(0);
        let reader = Reader::new(&text);
        for question in questions(&handoff) {
            let score = question.score(&reader.answer(&question).chosen);
            prop_assert!((-1.0..=1.0).contains(&score));
        }
    }

    #[test]
    fn any_session_is_asked_about(texts in prop::collection::vec("(\\PC|[\n.!?:`-]){0,80}", 8..14)) {
        let mut story = Story::default();
        for (place, text) in texts.iter().enumerate() {
            match place % 4 {
                0 => story.user(text),
                1 => story.agent(text),
                2 => story.run(text, text),
                _ => story.edit("a/ü.rs", text, &texts[place - 1]),
            };
        }
        story.compaction("It ends.");
        for handoff in Handoff::find(&story.session()) {
            for question in questions(&handoff) {
                prop_assert!(question.answer < question.candidates.len());
            }
            for budget in [0, 1, 7, 100] {
                for text in [last(&handoff, budget), first_and_last(&handoff, budget), extractive(&handoff, budget)] {
                    prop_assert!(text.len() <= budget.max("\n[left out]\n".len()));
                }
            }
        }
    }

    #[test]
    fn texts_are_cut_between_characters(text in "\\PC{0,40}", bytes in 0usize..80) {
        prop_assert!(first_bytes(&text, bytes).len() <= bytes);
        prop_assert!(last_bytes(&text, bytes).len() <= bytes);
    }
}
