use super::{Access, Header};
use crate::lines;
use std::io::{self, Write};

/// Writes an access trace line by line.
pub struct Writer<W> {
    out: W,
}

impl<W: Write> Writer<W> {
    /// Writes the header.
    pub fn new(out: W, header: &Header) -> io::Result<Writer<W>> {
        let mut writer = Writer { out };
        lines::write(&mut writer.out, header)?;
        Ok(writer)
    }

    pub fn access(&mut self, access: &Access) -> io::Result<()> {
        lines::write(&mut self.out, access)
    }

    /// Gives the output back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
