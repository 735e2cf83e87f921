//! Results on disk: one Markdown report, and every table and figure in it as a file of its own.
//!
//! - [`Document`]: what a report is made of, in order.
//! - [`write()`]: `REPORT.md`, `tables/*.csv`, `tables/*.parquet`, `figures/*.svg` and
//!   `manifest.json`, all or nothing.
//! - [`compare()`]: what in a directory differs from what would be written now.
//! - [`parquet_sink`], [`write_parquet`]: single Parquet files; the sink for results too large
//!   to hold.
//! - [`page()`]: what is in a directory, as one HTML page.
//! - [`access`]: access traces as Parquet.
//!
//! The same document gives the same bytes on every machine and with any number of threads:
//! nothing here reads a clock, a host name or an environment variable, nothing is compressed,
//! nothing is drawn with the platform's mathematics or fonts.

pub mod access;
mod compare;
mod csv;
mod document;
mod error;
mod figure;
mod manifest;
mod markdown;
mod page;
mod parquet;
mod render;
mod write;

pub use compare::{Difference, DifferingLine, compare};
pub use document::{Block, Document};
pub use error::WriteError;
pub use manifest::{FileEntry, Manifest};
pub use page::{PageError, anchor, page};
pub use parquet::{ParquetSink, parquet_sink, write_parquet};
pub use write::{Written, write};
