//! Dictionaries of one source on messages of another.

use crate::compression::failure::Failure;
use crate::compression::measured::Measured;
use crate::compression::untrained::{Untrained, Way};
use crate::results::{Cell, Column, Table};
use attune_codec::Level;

pub fn table(corpora: &[&Measured], untrained: &Untrained) -> Result<Table, Failure> {
    let mut columns = vec![Column::text("trained_on")];
    columns.extend(corpora.iter().map(|corpus| Column::number(corpus.name, "% saved", 1)));
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (place, of) in corpora.iter().enumerate() {
        let mut row: Vec<Cell> = vec![of.name.into()];
        for (column, corpus) in corpora.iter().enumerate() {
            let sizes = match place == column {
                true => corpus.frames(),
                false => corpus.sizes(of.trained.frames(Level::BySize, &corpus.messages)?),
            };
            row.push(sizes.saved().into());
        }
        rows.push(row);
    }
    let mut shipped: Vec<Cell> = vec!["(shipped)".into()];
    shipped.extend(corpora.iter().map(|corpus| {
        let sizes = untrained.sizes(Way::Shipped, &corpus.messages);
        Cell::from(corpus.sizes(sizes).saved())
    }));
    rows.push(shipped);
    Ok(Table {
        name: "compression-domains".to_string(),
        title: "Dictionaries of one source on messages of another".to_string(),
        columns,
        rows,
    })
}
