use super::{Access, Header};
use serde::Serialize;
use std::io::{self, Write};

/// Writes an access trace line by line.
pub struct Writer<W> {
    out: W,
}

impl<W: Write> Writer<W> {
    /// Writes the header.
    pub fn new(out: W, header: &Header) -> io::Result<Writer<W>> {
        let mut writer = Writer { out };
        writer.line(header)?;
        Ok(writer)
    }

    pub fn access(&mut self, access: &Access) -> io::Result<()> {
        self.line(access)
    }

    /// Gives the output back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}
