//! What a report is made of.

use attune_sim::results::{Plot, Table};

/// A report: its parts, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub title: String,
    pub blocks: Vec<Block>,
}

/// One part of a report. Texts are Markdown; what is in a table is taken literally.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// `level` 2 is a section; 1 is the title's.
    Heading {
        level: u8,
        text: String,
    },
    Paragraph(String),
    List(Vec<String>),
    /// `language` may be empty.
    Code {
        language: String,
        text: String,
    },
    /// `shown`: how many rows the report shows; the files have them all.
    Table {
        table: Table,
        shown: Option<usize>,
    },
    Plot(Plot),
}

impl Document {
    pub fn new(title: impl Into<String>) -> Document {
        Document { title: title.into(), blocks: Vec::new() }
    }

    pub fn heading(&mut self, level: u8, text: impl Into<String>) {
        self.blocks.push(Block::Heading { level, text: text.into() });
    }

    pub fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    pub fn list<T: Into<String>>(&mut self, items: impl IntoIterator<Item = T>) {
        self.blocks.push(Block::List(items.into_iter().map(Into::into).collect()));
    }

    pub fn code(&mut self, language: impl Into<String>, text: impl Into<String>) {
        self.blocks.push(Block::Code { language: language.into(), text: text.into() });
    }

    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table { table, shown: None });
    }

    /// A table of which the report shows only the first rows.
    pub fn first_rows(&mut self, table: Table, shown: usize) {
        self.blocks.push(Block::Table { table, shown: Some(shown) });
    }

    pub fn plot(&mut self, plot: Plot) {
        self.blocks.push(Block::Plot(plot));
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Table { table, .. } => Some(table),
            _ => None,
        })
    }

    pub(crate) fn plots(&self) -> impl Iterator<Item = &Plot> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Plot(plot) => Some(plot),
            _ => None,
        })
    }
}
