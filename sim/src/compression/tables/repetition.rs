//! What the printed figures would take.

use crate::compression::codec::Trained;
use crate::compression::corpus::{self, Split, SplitBy};
use crate::compression::failure::Failure;
use crate::compression::generate::Generator;
use crate::compression::measured::{DICTIONARY_BYTES, SPLIT_SEED};
use crate::compression::sizes::{Sizes, contents, sessions};
use crate::results::{Cell, Column, Table};
use attune_codec::{Level, StreamOptions};

/// How much of what is said must have been said before, for the printed 96.9 %, and what it is worth
/// to have trained on other messages of the same sessions.
pub fn table() -> Result<Table, Failure> {
    let mut rows = Vec::new();
    let mut row = |repeated: &str, generator: &Generator| -> Result<(), Failure> {
        let corpus = corpus::made_up(generator)?;
        let mut row: Vec<Cell> = vec![
            repeated.into(),
            generator.repeat_within.max(generator.repeat_across).into(),
            generator.change.into(),
        ];
        for by in [SplitBy::Session, SplitBy::Message] {
            let Split { trained, measured } = corpus.split(by, SPLIT_SEED);
            let trained = Trained::train(&trained, DICTIONARY_BYTES, 1)?;
            let messages = contents(&measured);
            row.push(
                Sizes::new(&messages, trained.frames(Level::BySize, &messages)?).saved().into(),
            );
            if by == SplitBy::Session {
                let streams = sessions(&measured);
                let records = trained.streams(StreamOptions::default().level, &streams)?;
                row.push(Sizes::new(&messages, records).saved().into());
            }
        }
        rows.push(row);
        Ok(())
    };
    let base = Generator { repeat_within: 0.0, ..Generator::default() };
    row("nothing", &base)?;
    for share in [0.5, 0.9, 0.99] {
        row("own session", &Generator { repeat_within: share, ..base.clone() })?;
    }
    for share in [0.5, 0.9, 0.99] {
        row("any session", &Generator { repeat_across: share, ..base.clone() })?;
    }
    let exact = Generator { repeat_across: 0.99, change: 0.0, ..base };
    row("any session", &exact)?;
    Ok(Table {
        name: "compression-repetition".to_string(),
        title: "Made-up messages that repeat earlier ones: what that saves".to_string(),
        columns: vec![
            Column::text("repeated"),
            Column::number("share", "of messages", 2),
            Column::number("changed", "share of words", 2),
            Column::number("frames", "% saved, split by session", 1),
            Column::number("streams", "% saved, split by session", 1),
            Column::number("frames_by_message", "% saved, split by message", 1),
        ],
        rows,
    })
}
