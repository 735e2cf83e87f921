//! One direction of a connection, with its history.
//!
//! Each message is a record that is complete when it is sent, and refers to all messages before
//! it within the window: so it compresses as in a batch with those, without waiting for others.
//! A stream begins with a dictionary, as if that had been sent before.
//!
//! Records must arrive whole and in order, as TCP delivers them. A repeated or missing one is
//! told by its number, and changes nothing; damage, which its checksum tells, ends the session,
//! and the sender has to [`StreamEncoder::reset`].
//!
//! **What is secret and what an attacker can write must not share a stream whose record lengths
//! the attacker can see**: a guess that repeats the secret makes a shorter record (as in CRIME).
//! Use streams of their own, or frames without history.

use crate::blocks::{Blocks, MAGIC, damaged, window_log};
use crate::content::ContentType;
use crate::decode::{LIMIT_DEFAULT, unfold};
use crate::dictionary::{Dictionaries, DictionaryId};
use crate::error::DecodeError;
use crate::frame::{checksum, number};
use crate::level::ZstdLevel;
use crate::prepare::prepare;
use crate::registry::Registry;
use crate::varint;
use std::sync::Arc;
use zstd_safe::zstd_sys::ZSTD_EndDirective::ZSTD_e_flush;
use zstd_safe::{CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective};

const SINGLE: u8 = 1;
const FOLDED: u8 = 1 << 1;
/// The record begins a session, whose description follows.
const BEGINS: u8 = 1 << 2;
const NUMBER_SHIFT: u8 = 3;
/// Records are told apart by this many numbers; the checksum covers the whole number.
const NUMBERS: u64 = 1 << (8 - NUMBER_SHIFT);
const CHECKSUM_BYTES: usize = 4;
/// What a decoder makes room for at first, in bytes.
const ROOM: usize = 4 << 10;

/// How a stream is set up. Both ends need the same window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamOptions {
    /// How hard the encoder tries.
    pub level: ZstdLevel,
    /// Logarithm of the bytes of history that messages refer to, 10 to 23. The decoder takes that
    /// much memory and some 200 KiB; the encoder that much and 2 MiB at level 9, 5 MiB at level 19
    /// ([`StreamEncoder::memory`]).
    pub window_log: u32,
    /// The part of the dictionaries that a session begins with: what most messages will be.
    pub kind: ContentType,
}

impl Default for StreamOptions {
    fn default() -> Self {
        let level = ZstdLevel::new(9).unwrap_or(ZstdLevel::MAX);
        Self { level, window_log: 20, kind: ContentType::Json }
    }
}

impl StreamOptions {
    fn window_log(self) -> u32 {
        self.window_log.clamp(10, 23)
    }
}

/// The sending end of a stream.
pub struct StreamEncoder {
    context: CCtx<'static>,
    dictionary: Option<DictionaryId>,
    kind: ContentType,
    /// Sessions that have begun.
    sessions: u64,
    /// Records of this session.
    records: u64,
    /// Whether zstd wrote its header. It does with the first text that is not empty.
    header: bool,
    flushed: Vec<u8>,
}

impl StreamEncoder {
    /// Begins with these dictionaries, which the receiver must know.
    pub fn new(
        dictionaries: Option<&Arc<Dictionaries>>,
        options: StreamOptions,
    ) -> Result<Self, StreamSetup> {
        let mut context = CCtx::try_create().ok_or(StreamSetup::Memory)?;
        let refused = |_| StreamSetup::Refused;
        for parameter in [
            CParameter::CompressionLevel(options.level.number()),
            CParameter::WindowLog(options.window_log()),
            CParameter::ContentSizeFlag(false),
            CParameter::DictIdFlag(false),
        ] {
            context.set_parameter(parameter).map_err(refused)?;
        }
        if let Some(set) = dictionaries {
            context.load_dictionary(set.zstd_dictionary(options.kind)).map_err(refused)?;
        }
        let dictionary = dictionaries.map(|set| set.id());
        Ok(Self {
            context,
            dictionary,
            kind: options.kind,
            sessions: 0,
            records: 0,
            header: false,
            flushed: Vec::new(),
        })
    }

    /// What the receiver calls the dictionaries, where both ends agreed on a number.
    #[must_use]
    pub fn known_as(mut self, id: DictionaryId) -> Self {
        self.dictionary = self.dictionary.map(|_| id);
        self
    }

    /// Appends the record of a message, without its length, as [`StreamDecoder::decode`] takes it.
    pub fn encode_into(&mut self, message: &[u8], out: &mut Vec<u8>) -> Result<(), StreamSetup> {
        let prepared = prepare(message);
        let begins = self.records == 0;
        self.flush(&prepared.text)?;
        let start = out.len();
        let control = (self.records % NUMBERS) as u8;
        let mut control = control << NUMBER_SHIFT | if prepared.folded { FOLDED } else { 0 };
        if begins {
            control |= BEGINS;
        }
        let blocks = match self.flushed.strip_prefix(&MAGIC).filter(|_| !self.header) {
            // zstd's own header, but for its magic number: it tells the window.
            Some(bytes) => Blocks { single: false, bytes },
            None => Blocks::of_flush(&self.flushed),
        };
        self.header |= !self.flushed.is_empty();
        out.push(control | if blocks.single { SINGLE } else { 0 });
        if begins {
            varint::write(out, self.sessions);
            varint::write(out, self.dictionary.map_or(0, |id| u64::from(id.number())));
            out.push(self.kind.number());
        }
        let checksum = record_checksum(message, &out[start..], blocks.bytes, self.records);
        out.extend_from_slice(&checksum);
        out.extend_from_slice(blocks.bytes);
        self.records += 1;
        Ok(())
    }

    /// The record of a message, as [`StreamDecoder::decode`] takes it. On a connection each goes
    /// after its length ([`crate::push_frame`]).
    pub fn encode(&mut self, message: &[u8]) -> Result<Vec<u8>, StreamSetup> {
        let mut out = Vec::new();
        self.encode_into(message, &mut out)?;
        Ok(out)
    }

    /// Forgets the history. The next record begins a session that a decoder can enter whatever
    /// happened before.
    pub fn reset(&mut self) -> Result<(), StreamSetup> {
        self.context.reset(ResetDirective::SessionOnly).map_err(|_| StreamSetup::Refused)?;
        if self.records > 0 {
            self.sessions += 1;
        }
        self.records = 0;
        self.header = false;
        Ok(())
    }

    /// Bytes of memory that zstd takes for this stream.
    pub fn memory(&self) -> usize {
        self.context.sizeof()
    }

    fn flush(&mut self, text: &[u8]) -> Result<(), StreamSetup> {
        self.flushed.clear();
        let mut input = InBuffer::around(text);
        loop {
            self.flushed.reserve(zstd_safe::compress_bound(text.len() - input.pos()) + 64);
            let written = self.flushed.len();
            let mut output = OutBuffer::around_pos(&mut self.flushed, written);
            let left = self.context.compress_stream2(&mut output, &mut input, ZSTD_e_flush);
            if left.map_err(|_| StreamSetup::Memory)? == 0 {
                return Ok(());
            }
        }
    }
}

/// Why a stream cannot be written.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum StreamSetup {
    #[error("there is not enough memory for the stream: choose a smaller window")]
    Memory,
    #[error("zstd refuses the stream's options or dictionaries: choose others")]
    Refused,
}

fn record_checksum(message: &[u8], head: &[u8], body: &[u8], record: u64) -> [u8; CHECKSUM_BYTES] {
    let mut numbered = head.to_vec();
    varint::write(&mut numbered, record);
    checksum(message, &numbered, body).to_le_bytes()
}

/// The receiving end of a stream.
///
/// Whatever the bytes: it does not panic, and takes no more memory than the window and six
/// times the limit.
pub struct StreamDecoder {
    context: DCtx<'static>,
    registry: Registry,
    window_log: u32,
    limit: usize,
    /// The earliest session that may begin.
    session_due: u64,
    /// None before the first session, and after damage.
    record_due: Option<u64>,
    /// Whether zstd's header came.
    header: bool,
    folded: Vec<u8>,
}

impl StreamDecoder {
    /// Knows these dictionaries. Of the options, only the window matters: a stream that asks for
    /// a longer one is refused.
    pub fn new(registry: Registry, options: StreamOptions) -> Result<Self, StreamSetup> {
        let mut context = DCtx::try_create().ok_or(StreamSetup::Memory)?;
        context
            .set_parameter(DParameter::WindowLogMax(options.window_log()))
            .map_err(|_| StreamSetup::Refused)?;
        let folded = Vec::new();
        Ok(Self {
            context,
            registry,
            window_log: options.window_log(),
            limit: LIMIT_DEFAULT,
            session_due: 0,
            record_due: None,
            header: false,
            folded,
        })
    }

    /// No message may be longer than so many bytes; [`LIMIT_DEFAULT`] unless told.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The message of the next record. On a connection, [`crate::Frames`] takes the lengths off.
    pub fn decode(&mut self, record: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let mut message = Vec::new();
        self.decode_into(record, &mut message)?;
        Ok(message)
    }

    /// Replaces what is in `out` by the message. After an error it may hold anything.
    pub fn decode_into(&mut self, record: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let (&control, mut rest) =
            record.split_first().ok_or(DecodeError::Truncated { part: "header" })?;
        let begins = (control & BEGINS != 0).then(|| Beginning::read(&mut rest)).transpose()?;
        let head = &record[..record.len() - rest.len()];
        let (stated, bytes) = rest
            .split_first_chunk::<CHECKSUM_BYTES>()
            .ok_or(DecodeError::Truncated { part: "checksum" })?;
        let number = u64::from(control >> NUMBER_SHIFT);
        let due = match begins {
            Some(_) if number != 0 || control & SINGLE != 0 => {
                return Err(DecodeError::Malformed { part: "first byte" });
            }
            Some(beginning) => {
                self.begin(beginning)?;
                0
            }
            None => self.due(number)?,
        };
        // Whatever goes wrong from here on, the history is no longer that of the sender.
        self.record_due = None;
        let blocks = Blocks { single: control & SINGLE != 0, bytes };
        let folded = control & FOLDED != 0;
        let mut text = if folded { std::mem::take(&mut self.folded) } else { std::mem::take(out) };
        let read = self.decompress(blocks, &mut text);
        if folded {
            out.clear();
            let read = read.and_then(|()| unfold(&text, self.limit, out));
            self.folded = text;
            read?;
        } else {
            *out = text;
            read?;
        }
        if record_checksum(out, head, bytes, due) != *stated {
            return Err(DecodeError::Checksum);
        }
        self.record_due = Some(due + 1);
        // Not before, so that a damaged number cannot make later sessions look old.
        if let Some(beginning) = begins {
            self.session_due = beginning.session.saturating_add(1);
        }
        Ok(())
    }

    /// The whole number of a record that has this one, if it is due.
    fn due(&self, number: u64) -> Result<u64, DecodeError> {
        let expected = self.record_due.ok_or(DecodeError::OutOfStep)?;
        let ahead = (number + NUMBERS - expected % NUMBERS) % NUMBERS;
        if ahead == 0 {
            Ok(expected)
        } else if ahead <= NUMBERS / 2 || expected < NUMBERS - ahead {
            Err(DecodeError::Lost { expected, found: expected + ahead })
        } else {
            Err(DecodeError::Repeated { expected, found: expected + ahead - NUMBERS })
        }
    }

    fn begin(&mut self, beginning: Beginning) -> Result<(), DecodeError> {
        let Beginning { session, dictionary, kind } = beginning;
        if session < self.session_due {
            return Err(DecodeError::OldSession { found: session, due: self.session_due });
        }
        let dictionary = match dictionary {
            None => &[][..],
            Some(id) => match self.registry.get(id) {
                None => return Err(DecodeError::UnknownDictionary { id }),
                Some(set) => set.zstd_dictionary(kind),
            },
        };
        self.record_due = None;
        self.context.reset(ResetDirective::SessionOnly).map_err(damaged)?;
        self.context.load_dictionary(dictionary).map_err(damaged)?;
        self.header = false;
        Ok(())
    }

    fn decompress(&mut self, blocks: Blocks, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        out.clear();
        if !self.header && !blocks.bytes.is_empty() {
            self.header = true;
            let max = self.window_log;
            if let Some(found) = window_log(blocks.bytes).filter(|found| *found > max) {
                return Err(DecodeError::Window { found, max });
            }
            self.feed(&MAGIC, out)?;
        }
        if let Some(header) = blocks.flushed_header()? {
            self.feed(&header, out)?;
        }
        self.feed(blocks.bytes, out)
    }

    /// Decompresses all of it, to the end of `out`.
    fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let mut input = InBuffer::around(bytes);
        loop {
            if out.len() == out.capacity() {
                // One byte more tells a message that is too long from one that just fits.
                let more =
                    out.len().max(ROOM).min(self.limit.saturating_add(1).saturating_sub(out.len()));
                out.reserve_exact(more);
            }
            let written = out.len();
            let mut output = OutBuffer::around_pos(out, written);
            let ended =
                self.context.decompress_stream(&mut output, &mut input).map_err(damaged)? == 0;
            if out.len() > self.limit {
                return Err(DecodeError::TooLong { length: out.len() as u64, limit: self.limit });
            }
            if ended && !bytes.is_empty() {
                return Err(DecodeError::Damaged { reason: "a stream that ends" });
            }
            if input.pos() == bytes.len() && out.len() < out.capacity() {
                return Ok(());
            }
        }
    }
}

/// How a session begins.
#[derive(Clone, Copy)]
struct Beginning {
    session: u64,
    dictionary: Option<DictionaryId>,
    kind: ContentType,
}

impl Beginning {
    fn read(rest: &mut &[u8]) -> Result<Self, DecodeError> {
        let session = number(rest, "session")?;
        let malformed = DecodeError::Malformed { part: "dictionary id" };
        let dictionary = match number(rest, "dictionary id")? {
            0 => None,
            id => Some(DictionaryId::from_number(id).ok_or(malformed)?),
        };
        let (&kind, after) = rest.split_first().ok_or(DecodeError::Truncated { part: "type" })?;
        *rest = after;
        if usize::from(kind) >= ContentType::ALL.len() {
            return Err(DecodeError::Malformed { part: "type" });
        }
        Ok(Self { session, dictionary, kind: ContentType::from_number(kind) })
    }
}
