//! A frame's header. `docs/compact-protocol.md` has it byte by byte.

use crate::content::ContentType;
use crate::dictionary::DictionaryId;
use crate::error::DecodeError;
use crate::varint::{self, Malformed};
use xxhash_rust::xxh3::xxh3_64;

const VERSION: u8 = 1;
const VERSION_SHIFT: u8 = 6;
const CANONICAL: u8 = 1 << 5;
const BODY_SHIFT: u8 = 3;
/// Of a compressed body: the strings were folded. Of a delta: it is one block.
const FLAG: u8 = 1 << 2;
const CHECKSUM_BYTES: usize = 4;

/// What a frame promises about the message that comes out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The bytes that went in.
    Exact,
    /// The same JSON value, in canonical form.
    Canonical,
}

/// How the message is in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// As it is.
    Raw,
    Compressed {
        single: bool,
        folded: bool,
        kind: ContentType,
        dictionary: Option<DictionaryId>,
    },
    Delta {
        single: bool,
        base: u64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) mode: Mode,
    pub(crate) body: Body,
    /// Bytes of the message.
    pub(crate) length: usize,
}

impl Header {
    /// Appends the frame of this message with this body, which is not looked at if it is raw.
    pub(crate) fn write(&self, message: &[u8], body: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        let mode = if self.mode == Mode::Canonical { CANONICAL } else { 0 };
        let (number, flag, kind) = match self.body {
            Body::Raw => (0, false, 0),
            Body::Compressed { single: true, folded, kind, .. } => (1, folded, kind.number()),
            Body::Compressed { single: false, folded, kind, .. } => (2, folded, kind.number()),
            Body::Delta { single, .. } => (3, single, 0),
        };
        let flag = if flag { FLAG } else { 0 };
        out.push(VERSION << VERSION_SHIFT | mode | number << BODY_SHIFT | flag | kind);
        match self.body {
            Body::Raw => {}
            Body::Compressed { dictionary, .. } => {
                varint::write(out, dictionary.map_or(0, |id| u64::from(id.number())));
            }
            Body::Delta { base, .. } => out.extend_from_slice(&base.to_le_bytes()),
        }
        varint::write(out, self.length as u64);
        let raw = self.body == Body::Raw;
        let checksum = checksum(message, &out[start..], if raw { &[] } else { body });
        out.extend_from_slice(&checksum.to_le_bytes());
        out.extend_from_slice(if raw { message } else { body });
    }

    /// The header of a frame, its checksum and its body. No message longer than `limit` bytes.
    pub(crate) fn read(
        frame: &[u8],
        limit: usize,
    ) -> Result<(Self, Checksum<'_>, &[u8]), DecodeError> {
        let truncated = DecodeError::Truncated { part: "header" };
        let (&first, mut rest) = frame.split_first().ok_or(truncated)?;
        if first >> VERSION_SHIFT != VERSION {
            return Err(DecodeError::Version { found: first >> VERSION_SHIFT });
        }
        let mode = if first & CANONICAL == 0 { Mode::Exact } else { Mode::Canonical };
        let flag = first & FLAG != 0;
        let kind = ContentType::from_number(first);
        let body = match first >> BODY_SHIFT & 3 {
            0 if first & (FLAG | 3) == 0 => Body::Raw,
            body @ (1 | 2) => {
                let number = number(&mut rest, "dictionary id")?;
                let dictionary = match number {
                    0 => None,
                    _ => Some(
                        DictionaryId::from_number(number)
                            .ok_or(DecodeError::Malformed { part: "dictionary id" })?,
                    ),
                };
                Body::Compressed { single: body == 1, folded: flag, kind, dictionary }
            }
            3 if first & 3 == 0 => {
                let (base, after) =
                    rest.split_first_chunk().ok_or(DecodeError::Truncated { part: "base" })?;
                rest = after;
                Body::Delta { single: flag, base: u64::from_le_bytes(*base) }
            }
            _ => return Err(DecodeError::Malformed { part: "first byte" }),
        };
        let length = number(&mut rest, "length")?;
        let too_long = DecodeError::TooLong { length, limit };
        let length =
            usize::try_from(length).ok().filter(|length| *length <= limit).ok_or(too_long)?;
        let head = &frame[..frame.len() - rest.len()];
        let (stated, rest) = rest
            .split_first_chunk::<CHECKSUM_BYTES>()
            .ok_or(DecodeError::Truncated { part: "checksum" })?;
        let checksum = Checksum { stated: u32::from_le_bytes(*stated), head };
        Ok((Self { mode, body, length }, checksum, rest))
    }
}

/// What a frame says the checksum is, and the part of its header that goes into it.
pub(crate) struct Checksum<'a> {
    stated: u32,
    head: &'a [u8],
}

impl Checksum<'_> {
    /// The body is empty if it is the message.
    pub(crate) fn check(
        &self,
        header: &Header,
        message: &[u8],
        body: &[u8],
    ) -> Result<(), DecodeError> {
        if message.len() != header.length {
            return Err(DecodeError::Length { expected: header.length, found: message.len() });
        }
        let right = checksum(message, self.head, body) == self.stated;
        if right { Ok(()) } else { Err(DecodeError::Checksum) }
    }
}

/// Half of the XXH3 of the message, mixed with those of what else must not change. The body is
/// there since not every change of it changes the message.
pub(crate) fn checksum(message: &[u8], head: &[u8], body: &[u8]) -> u32 {
    let also = xxh3_64(head).rotate_left(29) ^ xxh3_64(body).rotate_left(47);
    (xxh3_64(message) ^ also) as u32
}

pub(crate) fn number(rest: &mut &[u8], part: &'static str) -> Result<u64, DecodeError> {
    let (number, after) = varint::read(rest).map_err(|malformed| match malformed {
        Malformed::Truncated => DecodeError::Truncated { part },
        Malformed::Overlong => DecodeError::Malformed { part },
    })?;
    *rest = after;
    Ok(number)
}
