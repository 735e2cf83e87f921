//! zstd's frames without what our own say better: magic number, window, content size, and, where
//! there is but one block, the block's header. That saves ten bytes or more a message.

use crate::error::DecodeError;
use crate::level::ZstdLevel;
use zstd_safe::{CCtx, CDict, DCtx, DDict};

pub(crate) const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A frame header that fits all: no content size, no checksum, a window of 128 MiB. Nothing is
/// allocated for the window, since frames are decompressed in one go.
const HEADER: [u8; 6] =
    [MAGIC[0], MAGIC[1], MAGIC[2], MAGIC[3], 0, (27 - WINDOW_LOG_MIN as u8) << 3];
/// Logarithm of the shortest window that a frame can have.
const WINDOW_LOG_MIN: u32 = 10;
const BLOCK_HEADER_BYTES: usize = 3;
/// The most that zstd puts into a block, in bytes.
const BLOCK_BYTES_MAX: usize = 128 << 10;
const LAST: u32 = 1;
const COMPRESSED: u32 = 2 << 1;

/// What is left of a frame.
#[derive(Clone, Copy)]
pub(crate) struct Blocks<'a> {
    /// One compressed block, without its header.
    pub(crate) single: bool,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Blocks<'a> {
    /// Of a frame that zstd wrote.
    pub(crate) fn of_frame(frame: &'a [u8]) -> Option<Self> {
        frame.get(header_bytes(frame)?..).map(Self::of_blocks)
    }

    fn of_blocks(blocks: &'a [u8]) -> Self {
        if let Some((header, body)) = blocks.split_at_checked(BLOCK_HEADER_BYTES)
            && header == block_header(body.len(), LAST)
        {
            return Self { single: true, bytes: body };
        }
        Self { single: false, bytes: blocks }
    }

    /// Of what zstd wrote up to a flush.
    pub(crate) fn of_flush(blocks: &'a [u8]) -> Self {
        if let Some((header, body)) = blocks.split_at_checked(BLOCK_HEADER_BYTES)
            && header == block_header(body.len(), 0)
        {
            return Self { single: true, bytes: body };
        }
        Self { single: false, bytes: blocks }
    }

    /// The frame as zstd reads it.
    fn frame(self, frame: &mut Vec<u8>) -> Result<(), DecodeError> {
        frame.clear();
        frame.extend_from_slice(&HEADER);
        if self.single {
            frame.extend_from_slice(&self.checked_header(LAST)?);
        }
        frame.extend_from_slice(self.bytes);
        Ok(())
    }

    /// What can come out at most, in bytes, as far as their number tells.
    fn text_bytes_max(self) -> usize {
        let blocks = if self.single { 1 } else { self.bytes.len().div_ceil(BLOCK_HEADER_BYTES) };
        blocks.saturating_mul(BLOCK_BYTES_MAX)
    }

    /// The header that was left out within a stream, if it was.
    pub(crate) fn flushed_header(self) -> Result<Option<[u8; BLOCK_HEADER_BYTES]>, DecodeError> {
        self.single.then(|| self.checked_header(0)).transpose()
    }

    fn checked_header(self, last: u32) -> Result<[u8; BLOCK_HEADER_BYTES], DecodeError> {
        if self.bytes.len() > BLOCK_BYTES_MAX {
            return Err(DecodeError::Damaged { reason: "a block that is too long" });
        }
        Ok(block_header(self.bytes.len(), last))
    }
}

fn block_header(length: usize, last: u32) -> [u8; BLOCK_HEADER_BYTES] {
    let header = (length as u32) << 3 | COMPRESSED | last;
    let [a, b, c, _] = header.to_le_bytes();
    // A length that does not fit gives a header that no block has.
    if length <= BLOCK_BYTES_MAX { [a, b, c] } else { [0xff; 3] }
}

/// Bytes of the header of a frame that zstd wrote.
fn header_bytes(frame: &[u8]) -> Option<usize> {
    let descriptor = frame.get(MAGIC.len())?;
    let single_segment = descriptor >> 5 & 1;
    let window = 1 - single_segment;
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = [single_segment, 2, 4, 8][usize::from(descriptor >> 6)];
    Some(MAGIC.len() + usize::from(1 + window + dictionary + size))
}

/// Logarithm of the window, rounded down, in the header of a frame that was left without its magic
/// number. None if it has none: then the frame's length is the window.
pub(crate) fn window_log(header: &[u8]) -> Option<u32> {
    let single_segment = header.first()? >> 5 & 1 == 1;
    let exponent = u32::from(header.get(1)? >> 3);
    (!single_segment).then_some(WINDOW_LOG_MIN + exponent)
}

/// A context for compression, and what it writes to.
pub(crate) struct Compressor {
    context: CCtx<'static>,
    frame: Vec<u8>,
}

impl Compressor {
    pub(crate) fn new() -> Self {
        Self { context: CCtx::create(), frame: Vec::new() }
    }

    /// None if zstd cannot, which it can unless memory is short.
    pub(crate) fn compress(
        &mut self,
        text: &[u8],
        dictionary: Option<&CDict<'static>>,
        level: ZstdLevel,
    ) -> Option<Blocks<'_>> {
        self.frame.clear();
        self.frame.reserve(zstd_safe::compress_bound(text.len()));
        let written = match dictionary {
            Some(dictionary) => {
                self.context.compress_using_cdict(&mut self.frame, text, dictionary)
            }
            None => self.context.compress(&mut self.frame, text, level.number()),
        };
        written.ok()?;
        Blocks::of_frame(&self.frame)
    }
}

/// A context for decompression, and what it reads from.
pub(crate) struct Decompressor {
    context: DCtx<'static>,
    frame: Vec<u8>,
}

impl Decompressor {
    pub(crate) fn new() -> Self {
        Self { context: DCtx::create(), frame: Vec::new() }
    }

    /// At most `length_max` bytes are written to `out`, or what it already has room for.
    pub(crate) fn decompress(
        &mut self,
        blocks: Blocks,
        dictionary: Option<&DDict<'static>>,
        length_max: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), DecodeError> {
        blocks.frame(&mut self.frame)?;
        out.clear();
        out.reserve_exact(length_max.min(blocks.text_bytes_max()));
        let written = match dictionary {
            Some(dictionary) => self.context.decompress_using_ddict(out, &self.frame, dictionary),
            None => self.context.decompress(out, &self.frame),
        };
        written.map(|_| ()).map_err(damaged)
    }
}

/// Decompresses against a text that the blocks refer to.
pub(crate) fn decompress_against(
    base: &[u8],
    blocks: Blocks,
    length_max: usize,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    let mut frame = Vec::with_capacity(HEADER.len() + BLOCK_HEADER_BYTES + blocks.bytes.len());
    blocks.frame(&mut frame)?;
    let mut context = DCtx::create();
    context.ref_prefix(base).map_err(damaged)?;
    out.clear();
    out.reserve_exact(length_max.min(blocks.text_bytes_max()));
    context.decompress(out, &frame).map(|_| ()).map_err(damaged)
}

pub(crate) fn damaged(code: zstd_safe::ErrorCode) -> DecodeError {
    DecodeError::Damaged { reason: zstd_safe::get_error_name(code) }
}
