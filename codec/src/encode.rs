//! Messages to frames.

use crate::blocks::{Blocks, Compressor};
use crate::canonical::{self, NotCanonical};
use crate::delta;
use crate::dictionary::{Dictionaries, DictionaryId};
use crate::frame::{Body, Header, Mode};
use crate::level::Level;
use crate::prepare::prepare;
use crate::varint;
use std::sync::Arc;

/// Writes frames. It keeps contexts and buffers, so use one for many messages; for several
/// threads, make several that share their dictionaries.
///
/// Frames do not depend on what was encoded before.
pub struct Encoder {
    dictionaries: Option<Arc<Dictionaries>>,
    id: Option<DictionaryId>,
    level: Level,
    compressor: Compressor,
}

impl Default for Encoder {
    /// With the dictionaries that ship with this library.
    fn default() -> Self {
        Self::new(Dictionaries::shipped())
    }
}

impl Encoder {
    /// With these dictionaries, which the receiver must know.
    pub fn new(dictionaries: Arc<Dictionaries>) -> Self {
        let id = Some(dictionaries.id());
        Self { dictionaries: Some(dictionaries), id, ..Self::without_dictionaries() }
    }

    /// Without dictionaries.
    pub fn without_dictionaries() -> Self {
        Self {
            dictionaries: None,
            id: None,
            level: Level::default(),
            compressor: Compressor::new(),
        }
    }

    /// How hard to try; [`Level::BySize`] unless told.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// What frames call the dictionaries, where both ends of a connection agreed on a number
    /// (see [`crate::Registry::bind`]).
    #[must_use]
    pub fn known_as(mut self, id: DictionaryId) -> Self {
        self.id = self.id.map(|_| id);
        self
    }

    /// A frame in exact mode.
    pub fn encode(&mut self, message: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        self.encode_into(message, &mut frame);
        frame
    }

    /// Appends a frame in exact mode.
    pub fn encode_into(&mut self, message: &[u8], out: &mut Vec<u8>) {
        self.append(Mode::Exact, message, out);
    }

    /// A frame in canonical mode: the same JSON value comes back, in canonical form. Where the
    /// message has no canonical form that is surely the same value, the frame is in exact mode,
    /// and the reason is given with it.
    pub fn encode_canonical(&mut self, message: &[u8]) -> (Vec<u8>, Option<NotCanonical>) {
        let mut frame = Vec::new();
        let (mode, canonical, reason) = match canonical::canonical(message) {
            Ok(canonical) => (Mode::Canonical, Some(canonical), None),
            Err(reason) => (Mode::Exact, None, Some(reason)),
        };
        self.append(mode, canonical.as_deref().unwrap_or(message), &mut frame);
        (frame, reason)
    }

    /// A frame in exact mode for a receiver that has another version of the same artifact: a
    /// delta against it, or, where that is shorter, a frame that needs none.
    pub fn encode_delta(&mut self, base: &[u8], message: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        let delta = delta::compress(base, message, self.level);
        if let Some(delta) = delta.as_deref().and_then(Blocks::of_frame) {
            let body = Body::Delta { single: delta.single, base: delta::hash(base) };
            let header = Header { mode: Mode::Exact, body, length: message.len() };
            header.write(message, delta.bytes, &mut frame);
            if frame.len() < message.len() / delta::SURELY_SHORTER {
                return frame;
            }
        }
        let plain = self.encode(message);
        if frame.is_empty() || plain.len() <= frame.len() { plain } else { frame }
    }

    fn append(&mut self, mode: Mode, message: &[u8], out: &mut Vec<u8>) {
        let prepared = prepare(message);
        let level = self.level.of(prepared.text.len());
        let encoding =
            self.dictionaries.as_ref().and_then(|set| set.encoding(prepared.kind, level));
        let dictionary = self.id.filter(|_| encoding.is_some());
        let mut body = Body::Raw;
        let mut bytes = &[][..];
        if let Some(blocks) = self.compressor.compress(&prepared.text, encoding, level)
            // What is stored as it is has no dictionary id.
            && blocks.bytes.len() + id_bytes(dictionary) <= message.len()
        {
            bytes = blocks.bytes;
            body = Body::Compressed {
                single: blocks.single,
                folded: prepared.folded,
                kind: prepared.kind,
                dictionary,
            };
        }
        Header { mode, body, length: message.len() }.write(message, bytes, out);
    }
}

/// Bytes of a dictionary id in a frame.
fn id_bytes(id: Option<DictionaryId>) -> usize {
    varint::length(id.map_or(0, |id| u64::from(id.number())))
}
