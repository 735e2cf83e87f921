//! What the Compact Protocol is said to save (MASC, sections 3.3 and 4.1, workload 3), and what it
//! saves here.
//!
//! Every figure is of messages of sessions that nothing was trained on, unless its row says
//! otherwise. *Saved* is of all bytes together: long messages count for more, as they do on a wire;
//! the median message's saving stands beside it, which is what a mean over messages is nearer to.

use super::baseline::{Baseline, PlainDictionary};
use super::codec::{Failure, Trained};
use super::corpus::{Corpus, Split, SplitBy};
use super::message::Message;
use crate::results::{Cell, Column, Table};
use std::collections::BTreeMap;
use std::io;

/// The split of sessions that all tables share.
pub const SPLIT_SEED: u64 = 1;
/// All dictionaries of a set together, bytes; also of the one that they are compared with.
pub const DICTIONARY_BYTES: usize = 112 << 10;
/// Messages a second of the paper's throughput simulation.
const RATE: f64 = 100.0;

/// Sizes before and after.
pub(super) struct Sizes {
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Sizes {
    pub(super) fn new(messages: &[&[u8]], after: Vec<usize>) -> Sizes {
        Sizes { before: messages.iter().map(|bytes| bytes.len()).collect(), after }
    }

    /// Percent of all bytes.
    pub(super) fn saved(&self) -> f64 {
        let sum = |sizes: &[usize]| sizes.iter().sum::<usize>() as f64;
        100.0 * (1.0 - sum(&self.after) / sum(&self.before))
    }

    /// Percent of the median message.
    fn saved_median(&self) -> f64 {
        let pairs = self.before.iter().zip(&self.after);
        let mut shares: Vec<f64> =
            pairs.map(|(before, after)| 100.0 * (1.0 - *after as f64 / *before as f64)).collect();
        shares.sort_by(f64::total_cmp);
        shares[shares.len() / 2]
    }
}

/// The contents, without the empty ones.
pub(super) fn contents<'m>(messages: &[&'m Message]) -> Vec<&'m [u8]> {
    let bytes = messages.iter().map(|message| message.content.as_bytes());
    bytes.filter(|bytes| !bytes.is_empty()).collect()
}

/// The sessions' messages, each in order.
pub(super) fn sessions<'m>(messages: &[&'m Message]) -> Vec<Vec<&'m [u8]>> {
    let mut sessions: Vec<(&str, Vec<&[u8]>)> = Vec::new();
    for message in messages.iter().filter(|message| !message.content.is_empty()) {
        match sessions.last_mut() {
            Some((name, session)) if *name == message.session => {
                session.push(message.content.as_bytes());
            }
            _ => sessions.push((&message.session, vec![message.content.as_bytes()])),
        }
    }
    sessions.into_iter().map(|(_, session)| session).collect()
}

/// A corpus, divided and trained on.
pub struct Prepared<'c> {
    pub name: &'c str,
    split: Split<'c>,
    trained: Trained,
    plain: PlainDictionary,
}

impl<'c> Prepared<'c> {
    /// `None` if there is too little to train on or to measure.
    pub fn new(corpus: &'c Corpus) -> Result<Option<Prepared<'c>>, Failure> {
        let split = corpus.split(SplitBy::Session, SPLIT_SEED);
        if split.trained.len() < 20 || split.measured.is_empty() {
            return Ok(None);
        }
        let samples = contents(&split.trained);
        let size = DICTIONARY_BYTES;
        Ok(Some(Prepared {
            name: &corpus.name,
            trained: Trained::train(&split.trained, size, 1)?,
            plain: PlainDictionary::train(&samples, size)?,
            split,
        }))
    }

    pub(super) fn measured(&self) -> &Vec<&'c Message> {
        &self.split.measured
    }

    fn messages(&self) -> Vec<&'c [u8]> {
        contents(&self.split.measured)
    }
}

/// What each method saves on each corpus, message by message.
pub fn methods(corpora: &[Prepared]) -> Result<Table, Failure> {
    let mut rows = Vec::new();
    for corpus in corpora {
        let messages = corpus.messages();
        let bytes: usize = messages.iter().map(|bytes| bytes.len()).sum();
        let streams = sessions(&corpus.split.measured);
        let flat: Vec<&[u8]> = streams.iter().flatten().copied().collect();
        let mut row = |method: &str, sizes: Sizes, printed: Option<f64>| {
            rows.push(vec![
                corpus.name.into(),
                method.into(),
                (messages.len() as u64).into(),
                (bytes as u64).into(),
                sizes.saved().into(),
                sizes.saved_median().into(),
                printed.into(),
            ]);
        };
        let of = |after| Sizes::new(&messages, after);
        row("compact, in-domain", of(corpus.trained.frames(&messages)?), Some(96.9));
        let at_19 = corpus.trained.frames_at_level(19, &messages)?;
        row("compact 19, in-domain", of(at_19), Some(96.9));
        row("compact, as shipped", of(Trained::shipped().frames(&messages)?), None);
        let at_19 = Trained::shipped().frames_at_level(19, &messages)?;
        row("compact 19, as shipped", of(at_19), None);
        let plain = corpus.plain.sizes(19, &messages)?;
        row("zstd 19, plain dictionary", of(plain), None);
        row("brotli 11", of(Baseline::Brotli.sizes(&messages)?), Some(66.9));
        row("zstd 19", of(Baseline::Zstd { level: 19 }.sizes(&messages)?), Some(60.7));
        row("gzip 6", of(Baseline::Gzip.sizes(&messages)?), Some(59.4));
        let stream = Sizes::new(&flat, corpus.trained.streams(&streams)?);
        row("compact stream, in-domain", stream, None);
    }
    Ok(Table {
        name: "compression-methods".to_string(),
        title: "What each method saves, message by message, on sessions kept apart".to_string(),
        columns: vec![
            Column::text("corpus"),
            Column::text("method"),
            Column::integer("messages", ""),
            Column::integer("bytes", ""),
            Column::number("saved", "% of all bytes", 1),
            Column::number("saved_median", "% of the median message", 1),
            Column::number("printed", "%", 1),
        ],
        rows,
    })
}

/// What waiting for a batch saves, beside streams, which do not wait.
pub fn batches(corpora: &[Prepared]) -> Result<Table, Failure> {
    const PRINTED: [(usize, f64); 4] = [(1, 23.4), (10, 63.7), (50, 72.7), (100, 74.4)];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for corpus in corpora {
        let streams = sessions(&corpus.split.measured);
        let flat: Vec<&[u8]> = streams.iter().flatten().copied().collect();
        let mean = flat.iter().map(|bytes| bytes.len()).sum::<usize>() as f64 / flat.len() as f64;
        let mut row = |way: &str, batch: usize, saved: f64, printed: Option<f64>| {
            let waits = 1000.0 * (batch - 1) as f64 / 2.0 / RATE;
            let before = RATE * mean / 1000.0;
            let after = before * (1.0 - saved / 100.0);
            rows.push(vec![
                corpus.name.into(),
                way.into(),
                (batch as u64).into(),
                saved.into(),
                printed.into(),
                waits.into(),
                before.into(),
                after.into(),
                (before / after).into(),
            ]);
        };
        for (batch, printed) in PRINTED {
            // A batch is of one connection.
            let joined: Vec<Vec<u8>> = streams
                .iter()
                .flat_map(|session| session.chunks(batch).map(|chunk| chunk.join(&b'\n')))
                .collect();
            let joined: Vec<&[u8]> = joined.iter().map(Vec::as_slice).collect();
            let sizes = Baseline::Zstd { level: 3 }.sizes(&joined)?;
            row("batches, zstd 3", batch, Sizes::new(&joined, sizes).saved(), Some(printed));
        }
        let stream = Sizes::new(&flat, corpus.trained.streams(&streams)?);
        row("compact stream", 1, stream.saved(), None);
        let frames = Sizes::new(&flat, corpus.trained.frames(&flat)?);
        row("compact frames", 1, frames.saved(), None);
    }
    Ok(Table {
        name: "compression-batches".to_string(),
        title: format!(
            "What a batch saves, and what it costs in waiting, at {RATE} messages a second"
        ),
        columns: vec![
            Column::text("corpus"),
            Column::text("way"),
            Column::integer("batch", "messages"),
            Column::number("saved", "% of all bytes", 1),
            Column::number("printed", "%", 1),
            Column::number("waits", "ms, mean", 0),
            Column::number("before", "kB/s", 1),
            Column::number("after", "kB/s", 1),
            Column::number("smaller", "times; printed: 3.9 at batch 100", 1),
        ],
        rows,
    })
}

/// What dictionaries of one source save on another.
pub fn domains(corpora: &[Prepared]) -> Result<Table, Failure> {
    let mut columns = vec![Column::text("trained_on")];
    columns.extend(corpora.iter().map(|corpus| Column::number(corpus.name, "% saved", 1)));
    let mut rows = Vec::new();
    let shipped = Trained::shipped();
    let sets = corpora.iter().map(|corpus| (corpus.name, &corpus.trained));
    for (name, trained) in sets.chain([("(shipped)", &shipped)]) {
        let mut row: Vec<Cell> = vec![name.into()];
        for corpus in corpora {
            let messages = corpus.messages();
            row.push(Sizes::new(&messages, trained.frames(&messages)?).saved().into());
        }
        rows.push(row);
    }
    Ok(Table {
        name: "compression-domains".to_string(),
        title: "Dictionaries of one source on messages of another".to_string(),
        columns,
        rows,
    })
}

/// How large a dictionary is worth having, and how much to train it on.
pub fn dictionaries(corpora: &[Prepared]) -> Result<Table, Failure> {
    const KIB: [usize; 6] = [4, 8, 16, 32, 64, 112];
    const SHARES: [f64; 4] = [0.1, 0.25, 0.5, 1.0];
    let trained = merged(corpora, |corpus| &corpus.split.trained);
    let measured = merged(corpora, |corpus| &corpus.split.measured);
    let samples = contents(&trained);
    let messages = contents(&measured);
    let mut rows = Vec::new();
    for kib in KIB {
        let mut row: Vec<Cell> = vec![(kib as u64).into()];
        for share in SHARES {
            // Every so-manieth message: a share of each session.
            let step = (1.0 / share).round() as usize;
            let some: Vec<&Message> = trained.iter().step_by(step).copied().collect();
            row.push(match Trained::train(&some, kib << 10, 1) {
                Ok(trained) => Sizes::new(&messages, trained.frames(&messages)?).saved().into(),
                Err(_) => Cell::Missing,
            });
        }
        rows.push(row);
    }
    let mut columns = vec![Column::integer("dictionaries", "KiB, all types together")];
    let names = ["tenth", "quarter", "half", "all"];
    let bytes = |share: f64| {
        let step = (1.0 / share).round() as usize;
        samples.iter().step_by(step).map(|bytes| bytes.len()).sum::<usize>() / 1000
    };
    columns.extend(names.iter().zip(SHARES).map(|(name, share)| {
        Column::number(name, &format!("% saved, trained on {} kB", bytes(share)), 1)
    }));
    Ok(Table {
        name: "compression-dictionaries".to_string(),
        title: "What is saved, by the size of the dictionaries and of what they are trained on"
            .to_string(),
        columns,
        rows,
    })
}

/// Which sessions were trained on, and which measured.
pub fn division(corpora: &[Corpus]) -> Table {
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

pub(super) fn merged<'p, 'c>(
    corpora: &'p [Prepared<'c>],
    side: impl Fn(&'p Prepared<'c>) -> &'p Vec<&'c Message>,
) -> Vec<&'c Message> {
    corpora.iter().flat_map(|corpus| side(corpus).iter().copied()).collect()
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure(error.to_string())
    }
}
