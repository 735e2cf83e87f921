use super::sum::{Sum, Summed};
use super::{HEADER, SUM, row};
use crate::parquet::Rows;
use attune_trace::access::{Access, Header};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// Writes an access trace as Parquet.
pub struct Writer<W: Write> {
    rows: Rows<Summed<W>>,
    header: String,
    sum: Rc<RefCell<Sum>>,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W, header: &Header) -> io::Result<Writer<W>> {
        let header = serde_json::to_string(header)?;
        let sum = Rc::default();
        let out = Summed { out, sum: Rc::clone(&sum) };
        Ok(Writer { rows: Rows::new(out, &row::columns())?, header, sum })
    }

    pub fn access(&mut self, access: &Access) -> io::Result<()> {
        self.rows.push(&row::cells(access)?)
    }

    /// Writes the end, without which a file cannot be read, and gives the output back.
    pub fn finish(self) -> io::Result<W> {
        let Writer { rows, header, sum } = self;
        let entries = || vec![(HEADER, header), (SUM, sum.borrow().clone().text())];
        let mut out = rows.finish_with(entries)?.out;
        out.flush()?;
        Ok(out)
    }
}
