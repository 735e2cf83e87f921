//! Message by message: what each method saves.

use crate::compression::codec::LEVEL_19;
use crate::compression::failure::Failure;
use crate::compression::measured::Measured;
use crate::compression::untrained::{Untrained, Way};
use crate::results::{Cell, Column, Table};

pub fn table(corpora: &[&Measured], untrained: &Untrained) -> Result<Table, Failure> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for corpus in corpora {
        let Measured { messages, trained, .. } = corpus;
        let other = |way| corpus.sizes(untrained.sizes(way, messages));
        let frames_19 = corpus.sizes(trained.frames(LEVEL_19, messages)?);
        let plain_19 = corpus.sizes(corpus.plain.sizes(19, messages)?);
        rows.extend(
            [
                ("compact, in-domain", corpus.frames(), Some(96.9)),
                ("compact 19, in-domain", frames_19, Some(96.9)),
                ("compact, as shipped", other(Way::Shipped), None),
                ("compact 19, as shipped", other(Way::Shipped19), None),
                ("zstd 19, plain dictionary", plain_19, None),
                ("brotli 11", other(Way::Brotli), Some(66.9)),
                ("zstd 19", other(Way::Zstd19), Some(60.7)),
                ("gzip 6", other(Way::Gzip), Some(59.4)),
                ("compact stream, in-domain", corpus.streams(), None),
            ]
            .map(|(method, sizes, printed)| {
                vec![
                    corpus.name.into(),
                    method.into(),
                    (messages.len() as u64).into(),
                    (corpus.bytes() as u64).into(),
                    sizes.saved().into(),
                    sizes.saved_median().into(),
                    printed.into(),
                ]
            }),
        );
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
