//! Message by message: what each method saves, with dictionaries of the same sources and of others.
//!
//! Frames are counted without the length that each needs in a buffer with others; the row that is
//! named so has it. Records of streams are counted with theirs.

use super::batches;
use crate::compression::codec::{LEVEL_19, level};
use crate::compression::corpus::{Corpus, Split};
use crate::compression::failure::Failure;
use crate::compression::measured::Measured;
use crate::compression::sizes::Sizes;
use crate::compression::untrained::{Untrained, Way};
use crate::results::{Cell, Column, Table};
use attune_codec::ZstdLevel;

/// What is left of each message, and what MASC prints as saved.
type Method = (&'static str, Sizes, Option<f64>);

/// On sessions kept apart of the sources that were trained on.
pub fn table(corpora: &[&Measured], untrained: &Untrained) -> Result<Table, Failure> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for corpus in corpora {
        let shipped = |way| corpus.sizes(untrained.sizes(way, &corpus.messages));
        let shipped = [
            ("compact, as shipped", shipped(Way::Shipped), None),
            ("compact 19, as shipped", shipped(Way::Shipped19), None),
        ];
        for (method, sizes, printed) in methods(corpus, untrained)?.into_iter().chain(shipped) {
            let mut row = row(corpus, &in_domain(method), &sizes);
            row.push(printed.into());
            rows.push(row);
        }
    }
    let mut columns = columns();
    columns.push(Column::number("printed", "%", 1));
    Ok(Table {
        name: "compression-methods".to_string(),
        title: "What each method saves, message by message, on sessions kept apart".to_string(),
        columns,
        rows,
    })
}

/// Names the ways whose dictionaries are of the messages' own sources as such.
fn in_domain(method: &str) -> String {
    let own = method.starts_with("compact") && !method.ends_with("as shipped");
    if own { format!("{method}, in-domain") } else { method.to_string() }
}

/// On each source whole, with dictionaries trained on all the others; `None` if there is only one.
/// The shipped dictionaries are left out: they were trained on sources of the repository's corpus.
pub fn unseen(sources: &[Corpus], untrained: &Untrained) -> Result<Option<Table>, Failure> {
    if sources.len() < 2 {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for source in sources {
        let others = sources.iter().filter(|other| other.name != source.name);
        let trained = others.flat_map(|other| &other.messages).collect();
        let split = Split { trained, measured: source.messages.iter().collect() };
        let Some(corpus) = Measured::new(&source.name, split)? else { continue };
        for (method, sizes, _) in methods(&corpus, untrained)? {
            rows.push(row(&corpus, method, &sizes));
        }
        for level in [3, 19] {
            let (_, saved) = batches::saved(&corpus, 100, level)?;
            rows.push(vec![
                corpus.name.into(),
                format!("batches of 100, zstd {level}").into(),
                (corpus.messages.len() as u64).into(),
                (corpus.bytes() as u64).into(),
                saved.into(),
                Cell::Missing,
                Cell::Missing,
            ]);
        }
    }
    Ok(Some(Table {
        name: "compression-unseen".to_string(),
        title: "What each method saves on a source, with dictionaries of all the others"
            .to_string(),
        columns: columns(),
        rows,
    }))
}

fn methods(corpus: &Measured, untrained: &Untrained) -> Result<Vec<Method>, Failure> {
    let Measured { messages, trained, plain, .. } = corpus;
    let other = |way| corpus.sizes(untrained.sizes(way, messages));
    let frames = |level| trained.frames(level, messages).map(|sizes| corpus.sizes(sizes));
    let stream_19 =
        trained.streams(ZstdLevel::new(19).unwrap_or(ZstdLevel::MAX), &corpus.sessions)?;
    Ok(vec![
        ("compact", corpus.frames(), Some(96.9)),
        ("compact after its length", corpus.frames().after_lengths(), None),
        ("compact 3", frames(level(3))?, Some(96.9)),
        ("compact 19", frames(LEVEL_19)?, Some(96.9)),
        ("zstd 3, plain dictionary", corpus.sizes(plain.sizes(3, messages)?), None),
        ("zstd 19, plain dictionary", corpus.sizes(plain.sizes(19, messages)?), None),
        ("brotli 11", other(Way::Brotli), Some(66.9)),
        ("zstd 19", other(Way::Zstd19), Some(60.7)),
        ("gzip 6", other(Way::Gzip), Some(59.4)),
        ("compact stream", corpus.streams(), None),
        ("compact stream 19", corpus.sizes(stream_19), None),
    ])
}

fn row(corpus: &Measured, method: &str, sizes: &Sizes) -> Vec<Cell> {
    vec![
        corpus.name.into(),
        method.into(),
        (corpus.messages.len() as u64).into(),
        (corpus.bytes() as u64).into(),
        sizes.saved().into(),
        sizes.saved_median().into(),
        sizes.saved_mean().into(),
    ]
}

fn columns() -> Vec<Column> {
    vec![
        Column::text("corpus"),
        Column::text("method"),
        Column::integer("messages", ""),
        Column::integer("bytes", ""),
        Column::number("saved", "% of all bytes", 1),
        Column::number("saved_median", "% of the median message", 1),
        Column::number("saved_mean", "%, mean over messages", 1),
    ]
}
