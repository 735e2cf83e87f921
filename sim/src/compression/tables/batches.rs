//! What waiting for a batch saves and costs, beside streams, which do not wait.

use crate::compression::baseline::Baseline;
use crate::compression::failure::Failure;
use crate::compression::measured::Measured;
use crate::compression::sizes::Sizes;
use crate::results::{Cell, Column, Table};

/// Messages a second of the paper's throughput simulation.
const RATE: f64 = 100.0;

pub fn table(corpora: &[&Measured]) -> Result<Table, Failure> {
    const PRINTED: [(usize, f64); 4] = [(1, 23.4), (10, 63.7), (50, 72.7), (100, 74.4)];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for corpus in corpora {
        let mean = corpus.bytes() as f64 / corpus.messages.len() as f64;
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
            let joined: Vec<Vec<u8>> = corpus
                .sessions
                .iter()
                .flat_map(|session| session.chunks(batch).map(|chunk| chunk.join(&b'\n')))
                .collect();
            let joined: Vec<&[u8]> = joined.iter().map(Vec::as_slice).collect();
            let sizes = Baseline::Zstd { level: 3 }.sizes(&joined)?;
            row("batches, zstd 3", batch, Sizes::new(&joined, sizes).saved(), Some(printed));
        }
        row("compact stream", 1, corpus.streams().saved(), None);
        row("compact frames", 1, corpus.frames().saved(), None);
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
