//! Which sessions are on which side.

use crate::compression::corpus::{Corpus, Split, SplitBy};
use crate::compression::measured::SPLIT_SEED;
use crate::results::{Column, Table};
use std::collections::BTreeMap;

pub fn table<'c>(corpora: impl IntoIterator<Item = &'c Corpus>) -> Table {
    let mut rows = Vec::new();
    for corpus in corpora {
        let Split { trained, measured } = corpus.split(SplitBy::Session, SPLIT_SEED);
        for (side, messages) in [("trained on", trained), ("measured", measured)] {
            let mut sessions: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
            for message in messages {
                let session = (&*message.source, &*message.session);
                let (count, bytes) = sessions.entry(session).or_default();
                *count += 1;
                *bytes += message.content.len() as u64;
            }
            rows.extend(sessions.into_iter().map(|((source, session), (count, bytes))| {
                vec![source.into(), session.into(), side.into(), count.into(), bytes.into()]
            }));
        }
    }
    Table {
        name: "compression-division".to_string(),
        title: "Which sessions were trained on, and which measured".to_string(),
        columns: vec![
            Column::text("source"),
            Column::text("session"),
            Column::text("side"),
            Column::integer("messages", ""),
            Column::integer("bytes", ""),
        ],
        rows,
    }
}
