//! Frames to messages.

use crate::blocks::{self, Blocks, Decompressor};
use crate::delta;
use crate::error::DecodeError;
use crate::frame::{Body, Header, Mode};
use crate::registry::Registry;
use crate::strings::{self, NotFolded};

/// What a message may be long, in bytes, unless it is said: 16 MiB.
pub const LIMIT_DEFAULT: usize = 16 << 20;

/// Reads frames. It keeps contexts and buffers, so use one for many messages; for several
/// threads, make several that share their dictionaries.
///
/// Whatever the bytes: it does not panic, and allocates no more than seven times the limit plus
/// the length of the frame, and nothing before the header was checked. An error leaves it as it
/// was. Of damaged frames, one in 2^32 gives a wrong message instead of an error.
pub struct Decoder {
    registry: Registry,
    limit: usize,
    decompressor: Decompressor,
    folded: Vec<u8>,
}

impl Default for Decoder {
    /// Knows the dictionaries that ship with this library.
    fn default() -> Self {
        Self::new(Registry::default())
    }
}

impl Decoder {
    /// Knows these dictionaries.
    pub fn new(registry: Registry) -> Self {
        let decompressor = Decompressor::new();
        Self { registry, limit: LIMIT_DEFAULT, decompressor, folded: Vec::new() }
    }

    /// No message may be longer than so many bytes; [`LIMIT_DEFAULT`] unless told.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The message in a frame, and what is promised of it.
    pub fn decode(&mut self, frame: &[u8]) -> Result<(Vec<u8>, Mode), DecodeError> {
        let mut message = Vec::new();
        let mode = self.decode_into(frame, &mut message)?;
        Ok((message, mode))
    }

    /// Replaces what is in `out` by the message. After an error it may hold anything.
    pub fn decode_into(&mut self, frame: &[u8], out: &mut Vec<u8>) -> Result<Mode, DecodeError> {
        self.read(None, frame, out)
    }

    /// The message in a frame that may be a delta against this version of the artifact.
    pub fn decode_delta(&mut self, base: &[u8], frame: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let mut message = Vec::new();
        self.read(Some(base), frame, &mut message)?;
        Ok(message)
    }

    fn read(
        &mut self,
        base: Option<&[u8]>,
        frame: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Mode, DecodeError> {
        let (header, checksum, bytes) = Header::read(frame, self.limit)?;
        out.clear();
        match header.body {
            // Before it is copied, so that a long frame with a short length costs nothing.
            Body::Raw => {
                checksum.check(&header, bytes, &[])?;
                out.extend_from_slice(bytes);
                return Ok(header.mode);
            }
            Body::Compressed { single, folded, kind, dictionary } => {
                let dictionary = match dictionary {
                    None => None,
                    Some(id) => Some(
                        self.registry
                            .get(id)
                            .ok_or(DecodeError::UnknownDictionary { id })?
                            .decoding(kind),
                    ),
                };
                let blocks = Blocks { single, bytes };
                let text = if folded { &mut self.folded } else { &mut *out };
                self.decompressor.decompress(blocks, dictionary, header.length, text)?;
                if folded {
                    // Most get hardly longer; none makes more room than its text accounts for.
                    out.reserve_exact(header.length.min(self.folded.len().saturating_mul(2)));
                    unfold(&self.folded, header.length, out)?;
                }
            }
            Body::Delta { single, base: expected } => {
                let base = base.ok_or(DecodeError::NeedsBase { base: expected })?;
                let found = delta::hash(base);
                if found != expected {
                    return Err(DecodeError::WrongBase { expected, found });
                }
                let blocks = Blocks { single, bytes };
                blocks::decompress_against(base, blocks, header.length, out)?;
            }
        }
        checksum.check(&header, out, bytes)?;
        Ok(header.mode)
    }
}

pub(crate) fn unfold(text: &[u8], length_max: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    strings::unfold(text, length_max, out).map_err(|error| DecodeError::Damaged {
        reason: match error {
            NotFolded::Marks => "marks of strings do not match",
            NotFolded::Text => "a string is not text",
            NotFolded::Length => "strings that become too long",
        },
    })
}
