//! Access traces: what agents did to artifacts, as their tools recorded it. Nothing here was run
//! by the protocol; a strategy can be tried on it.
//!
//! # Format
//!
//! JSON, one object per line (`docs/trace-format.md` has every field): [`Header`], then any number
//! of times an [`Access`]. Contents are not in it, only how large they were. Fields that are not
//! known here are passed over, so that newer traces of the same format can be read.

mod header;
mod order;
mod read;
mod row;
mod write;

pub use header::Header;
pub use order::{Order, OutOfOrder};
pub use read::Reader;
pub use row::{Access, ContentId, LineRange, NUMBER_MAX, NotARange, Op, Outcome, TooLarge};
pub use write::Writer;

/// The version of the format that this crate reads and writes. It changes only when an old reader
/// would get a new file wrong; a new field that may be missing does not change it.
pub const FORMAT: u32 = 1;
