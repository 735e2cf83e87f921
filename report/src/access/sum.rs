//! What tells a damaged file before its pages are decoded, which could take any amount of memory.

use sha2::{Digest, Sha256};
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Every Parquet file begins with so many bytes of no meaning; they are not summed, since they are
/// written late where there are no rows.
const BEGINNING: u64 = 4;

/// The SHA-256 of the rows of a file, as they are written.
#[derive(Clone, Default)]
pub(super) struct Sum {
    digest: Sha256,
    /// How many bytes have gone by.
    length: u64,
}

impl Sum {
    pub fn update(&mut self, bytes: &[u8]) {
        let passed = BEGINNING.saturating_sub(self.length).min(bytes.len() as u64);
        self.digest.update(&bytes[passed as usize..]);
        self.length += bytes.len() as u64;
    }

    /// Where the rows end, and the digits of the sum.
    pub fn text(self) -> String {
        let digits: String = self.digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
        format!("{} {digits}", self.length)
    }
}

/// Whether the rows of a file are those of which this is the [`Sum::text`].
pub(super) fn agrees(source: &mut (impl Read + Seek), text: &str) -> io::Result<bool> {
    let Some(length) = text.split(' ').next().and_then(|length| length.parse().ok()) else {
        return Ok(false);
    };
    source.seek(SeekFrom::Start(0))?;
    let mut rows = source.take(length);
    let (mut sum, mut piece) = (Sum::default(), vec![0; 1 << 16]);
    loop {
        match rows.read(&mut piece)? {
            // Without rows the beginning is all that was there.
            0 => return Ok(sum.text() == text),
            read => sum.update(&piece[..read]),
        }
    }
}

/// An output that sums what goes through it.
pub(super) struct Summed<W> {
    pub out: W,
    pub sum: std::rc::Rc<std::cell::RefCell<Sum>>,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.borrow_mut().update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
