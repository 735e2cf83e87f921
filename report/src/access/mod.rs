//! Access traces as Parquet: the columns are the fields of [`attune_trace::access::Access`], the
//! lines as `first_line` and `last_line`; the header is the file's metadata under
//! [`HEADER`]. Both are read and written a group of rows at a time.

mod read;
mod row;
mod sum;
mod write;

pub use read::{ReadError, Reader};
pub(crate) use read::{column_arrays, sound};
pub use write::Writer;

/// The name of the header, as JSON, among the file's metadata.
pub const HEADER: &str = "attune_trace";

/// The name of where the rows end and their SHA-256.
const SUM: &str = "sha256";
