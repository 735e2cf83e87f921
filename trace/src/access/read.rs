use super::{Access, Header, Order};
use crate::header::Kind;
use crate::open::first_line;
use crate::{ReadError, lines};
use std::io::BufRead;

/// Reads an access trace line by line, however long it is. As an iterator it gives the accesses,
/// and stops after an error.
///
/// A file that ends within a line was cut off, or is still being written: what is whole is given,
/// and [`Reader::truncated`] says so afterwards.
pub struct Reader<R> {
    source: R,
    header: Header,
    /// The line that was read last.
    line: u64,
    order: Order,
    truncated: bool,
    failed: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    pub fn new(mut source: R) -> Result<Reader<R>, ReadError> {
        let (beginning, text, line) = first_line(&mut source)?;
        beginning.expect(Kind::Access, "`access`")?;
        Reader::after(&text, source, line)
    }

    /// Goes on after a header.
    pub(crate) fn after(text: &[u8], source: R, line: u64) -> Result<Reader<R>, ReadError> {
        let header = lines::parse(text, line)?;
        Ok(Reader {
            source,
            header,
            line,
            order: Order::default(),
            truncated: false,
            failed: false,
        })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The line that was read last, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether the file ended within a line, which is left out.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    fn access(&mut self) -> Result<Option<Access>, ReadError> {
        let Some(text) = lines::next(&mut self.source, &mut self.line)? else { return Ok(None) };
        let line = self.line;
        let access: Access = match lines::parse(&text, line) {
            Err(ReadError::Truncated { .. }) => {
                self.truncated = true;
                return Ok(None);
            }
            parsed => parsed?,
        };
        access.fits().map_err(|what| ReadError::Number { line, what })?;
        self.order.follow(&access).map_err(|what| ReadError::Order { line, what })?;
        Ok(Some(access))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Access, ReadError>;

    fn next(&mut self) -> Option<Result<Access, ReadError>> {
        if self.failed || self.truncated {
            return None;
        }
        let access = self.access().transpose();
        self.failed = matches!(access, Some(Err(_)));
        access
    }
}
