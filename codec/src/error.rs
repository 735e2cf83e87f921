//! Why something cannot be decoded.

use crate::dictionary::DictionaryId;
use thiserror::Error;

/// Why a frame or record cannot be decoded.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    #[error("the frame ends within its {part}: it was cut short, ask for it again")]
    Truncated { part: &'static str },
    #[error("the frame is of format version {found}, this reads version 1: use a newer attune")]
    Version { found: u8 },
    #[error("the frame's {part} is not well-formed: it was damaged, ask for it again")]
    Malformed { part: &'static str },
    #[error(
        "the message has {length} bytes and at most {limit} are allowed: raise the limit if the sender is trusted"
    )]
    TooLong { length: u64, limit: usize },
    #[error(
        "dictionaries number {id} are not known here: load the file they are in, or ask the sender for it"
    )]
    UnknownDictionary { id: DictionaryId },
    #[error(
        "the frame is a delta against a version with hash {base:016x}: decode it with that version"
    )]
    NeedsBase { base: u64 },
    #[error(
        "the frame is a delta against a version with hash {expected:016x}, not against the given one, {found:016x}: fetch the whole artifact"
    )]
    WrongBase { expected: u64, found: u64 },
    #[error(
        "the frame's content cannot be decompressed ({reason}): it was damaged, ask for it again"
    )]
    Damaged { reason: &'static str },
    #[error(
        "the stream refers to 2^{found} bytes of history and 2^{max} are allowed: set up both ends with the same window"
    )]
    Window { found: u32, max: u32 },
    #[error(
        "the message has {found} bytes where its frame says {expected}: it was damaged, ask for it again"
    )]
    Length { expected: usize, found: usize },
    #[error(
        "the message does not have the checksum of its frame: it was damaged, ask for it again"
    )]
    Checksum,
    #[error("record {found} comes where {expected} was due: {} lost; send it again, or reset the stream", found - expected)]
    Lost { expected: u64, found: u64 },
    #[error("record {found} came before; {expected} is due")]
    Repeated { expected: u64, found: u64 },
    #[error(
        "the stream has no beginning yet, or lost its history to an error: the sender must reset it"
    )]
    OutOfStep,
    #[error("session {found} of the stream begins again, {due} is the earliest that may")]
    OldSession { found: u64, due: u64 },
}
