use super::{HEADER, row};
use crate::parquet::Rows;
use attune_trace::access::{Access, Header};
use std::io::{self, Write};

/// Writes an access trace as Parquet.
pub struct Writer<W: Write> {
    rows: Rows<W>,
    header: String,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W, header: &Header) -> io::Result<Writer<W>> {
        let header = serde_json::to_string(header)?;
        Ok(Writer { rows: Rows::new(out, &row::columns())?, header })
    }

    pub fn access(&mut self, access: &Access) -> io::Result<()> {
        self.rows.push(&row::cells(access)?)
    }

    /// Writes the end, without which a file cannot be read, and gives the output back.
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.rows.finish_with(HEADER, self.header)?;
        out.flush()?;
        Ok(out)
    }
}
