//! What waiting for a batch saves and costs, beside streams, which do not wait.
//!
//! A batch is of one session, as a stream is, and is sent when it is full or the session ends. So
//! sessions that are shorter than a batch neither save nor wait as much as full ones would; how full
//! batches were stands in the table.

use crate::compression::baseline::Baseline;
use crate::compression::failure::Failure;
use crate::compression::measured::Measured;
use crate::compression::sizes::Sizes;
use crate::results::{Cell, Column, Table};

/// Messages a second of the paper's throughput simulation.
const RATE: f64 = 100.0;
/// The batch of that simulation, messages.
const BATCH: usize = 100;

pub fn table(corpora: &[&Measured]) -> Result<Table, Failure> {
    const PRINTED: [(usize, f64); 4] = [(1, 23.4), (10, 63.7), (50, 72.7), (BATCH, 74.4)];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for corpus in corpora {
        let mut row =
            |way: &str, filled: Filled, batch: usize, saved: f64, printed: Option<f64>| {
                rows.push(vec![
                    corpus.name.into(),
                    way.into(),
                    (batch as u64).into(),
                    filled.messages.into(),
                    saved.into(),
                    printed.into(),
                    filled.waits.into(),
                ]);
            };
        for (batch, printed) in PRINTED {
            let (filled, saved) = saved(corpus, batch, 3)?;
            row("batches, zstd 3", filled, batch, saved, Some(printed));
        }
        let (filled, saved) = saved(corpus, BATCH, 19)?;
        row("batches, zstd 19", filled, BATCH, saved, None);
        row("compact stream", Filled::ONE, 1, corpus.streams().saved(), None);
        row("compact frames", Filled::ONE, 1, corpus.frames().saved(), None);
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
            Column::number("filled", "messages, mean", 1),
            Column::number("saved", "% of all bytes", 1),
            Column::number("printed", "%", 1),
            Column::number("waits", "ms, mean", 0),
        ],
        rows,
    })
}

/// The paper's throughput simulation, with its own figures in the first row.
pub fn throughput(corpora: &[&Measured]) -> Result<Table, Failure> {
    let number = Cell::from;
    let mut rows: Vec<Vec<Cell>> = vec![vec![
        "printed (MASC)".into(),
        format!("batches of {BATCH}, zstd").into(),
        number(30.8),
        number(7.9),
        number(22.9),
        number(3.9),
        Cell::Missing,
        Cell::Missing,
    ]];
    for corpus in corpora {
        let json = RATE * corpus.bytes() as f64 / corpus.messages.len() as f64 / 1000.0;
        let (filled, batches) = saved(corpus, BATCH, 3)?;
        for (way, filled, saved) in [
            (format!("batches of {BATCH}, zstd 3"), filled, batches),
            ("compact stream".to_string(), Filled::ONE, corpus.streams().saved()),
            ("compact frames".to_string(), Filled::ONE, corpus.frames().saved()),
        ] {
            let sent = json * (1.0 - saved / 100.0);
            rows.push(vec![
                corpus.name.into(),
                way.into(),
                number(json),
                number(sent),
                number(json - sent),
                number(json / sent),
                number(filled.waits),
                number(filled.waits_longest),
            ]);
        }
    }
    Ok(Table {
        name: "compression-throughput".to_string(),
        title: format!("{RATE} messages a second: bytes a second, and how long messages wait"),
        columns: vec![
            Column::text("corpus"),
            Column::text("way"),
            Column::number("json", "kB/s", 1),
            Column::number("sent", "kB/s", 1),
            Column::number("saved", "kB/s", 1),
            Column::number("smaller", "times", 1),
            Column::number("waits", "ms, mean", 0),
            Column::number("waits_longest", "ms", 0),
        ],
        rows,
    })
}

/// How full batches were, and how long messages waited in them.
#[derive(Clone, Copy)]
pub struct Filled {
    /// A batch, on average.
    messages: f64,
    /// Milliseconds, on average over messages, and at most.
    waits: f64,
    waits_longest: f64,
}

impl Filled {
    /// Each message is sent at once.
    const ONE: Filled = Filled { messages: 1.0, waits: 0.0, waits_longest: 0.0 };

    fn new(batches: &[usize]) -> Filled {
        let interval = 1000.0 / RATE;
        let messages = batches.iter().sum::<usize>() as f64;
        // The first of a batch waits for all others, the last for none.
        let waited: usize = batches.iter().map(|batch| batch * (batch - 1) / 2).sum();
        let longest = batches.iter().max().map_or(0, |batch| batch - 1);
        Filled {
            messages: messages / batches.len() as f64,
            waits: interval * waited as f64 / messages,
            waits_longest: interval * longest as f64,
        }
    }
}

/// What batches of up to so many messages save at a level of zstd, percent of all bytes.
pub fn saved(corpus: &Measured, batch: usize, level: i32) -> Result<(Filled, f64), Failure> {
    let chunks = || corpus.sessions.iter().flat_map(|session| session.chunks(batch));
    let filled: Vec<usize> = chunks().map(<[&[u8]]>::len).collect();
    let joined: Vec<Vec<u8>> = chunks().map(|chunk| chunk.join(&b'\n')).collect();
    let joined: Vec<&[u8]> = joined.iter().map(Vec::as_slice).collect();
    let sizes = Baseline::Zstd { level }.sizes(&joined)?;
    Ok((Filled::new(&filled), Sizes::new(&joined, sizes).saved()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_batch_waits_and_a_single_message_does_not() {
        let full = Filled::new(&[100]);
        assert_eq!((full.messages, full.waits, full.waits_longest), (100.0, 495.0, 990.0));
        let partly = Filled::new(&[3, 1]);
        // Three messages wait 20, 10 and 0 ms, one 0.
        assert_eq!((partly.messages, partly.waits, partly.waits_longest), (2.0, 7.5, 20.0));
    }
}
