//! How large dictionaries are worth being, and how much to train them on.

use crate::compression::codec::Trained;
use crate::compression::failure::Failure;
use crate::compression::measured::{DICTIONARY_BYTES, Measured};
use crate::compression::message::Message;
use crate::compression::sizes::contents;
use crate::results::{Cell, Column, Table};
use attune_codec::Level;

pub fn table(corpus: &Measured) -> Result<Table, Failure> {
    const KIB: [usize; 6] = [4, 8, 16, 32, 64, 112];
    const SHARES: [f64; 4] = [0.1, 0.25, 0.5, 1.0];
    let trained = &corpus.split.trained;
    let samples = contents(trained);
    let mut rows = Vec::new();
    for kib in KIB {
        let mut row: Vec<Cell> = vec![(kib as u64).into()];
        for share in SHARES {
            // That of all tables.
            if (kib << 10, share) == (DICTIONARY_BYTES, 1.0) {
                row.push(corpus.frames().saved().into());
                continue;
            }
            // Every so-manieth message: a share of each session.
            let step = (1.0 / share).round() as usize;
            let some: Vec<&Message> = trained.iter().step_by(step).copied().collect();
            row.push(match Trained::train(&some, kib << 10, 1) {
                Ok(trained) => {
                    let frames = trained.frames(Level::BySize, &corpus.messages)?;
                    corpus.sizes(frames).saved().into()
                }
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
