//! Bytes on the wire, beside tokens: what compression, streams and deltas save.
//!
//! Tokens are what a model is charged for; they are the same however a message travels. Bytes are
//! what travels. An uncompressed message is an envelope of JSON and the content; how small the codec
//! makes it is taken for linear in the content's size, `message_bytes + content_ratio * bytes`, with
//! the two numbers measured by `attune codec measure`, by default on this repository's corpus
//! (`results/compression/`). With deltas an agent that has an older version is sent only what has
//! changed since.
//!
//! # What can make it wrong
//!
//! - Bytes per token are assumed, 4 by default: they depend on the model's vocabulary and on the
//!   content, and every byte of content here is tokens times them. `attune codec measure` shows what
//!   they are by one public vocabulary; what providers counted is in no corpus here.
//! - A stream's ratio depends on what was sent before over the same connection; here it is a mean.
//! - Each write changes the same share of an artifact, anywhere in it, so k writes change
//!   1 - (1 - share)^k. Writes that hit the same place change less.
//! - Whether an agent has an older version is known for certain only to that agent: a real authority
//!   must be told, as a fetch does. A message that was lost is counted whole, and where
//!   the network repeats messages, so is a pushed version that the agent had.

use attune_protocol::Version;
use serde::Serialize;

/// How messages travel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wire {
    pub compression: Compression,
    pub deltas: bool,
    /// Share of an artifact that a write changes, from 0 to 1.
    pub changed_share: f64,
    /// Bytes of content per token: assumed, see above.
    pub bytes_per_token: f64,
    /// JSON around a message, uncompressed: all of a message without content.
    pub envelope_bytes: f64,
    /// Each message compressed by itself, with a dictionary.
    pub frames: Compressed,
    /// Each connection's messages compressed one after the other.
    pub streams: Compressed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    #[default]
    None,
    Frames,
    Streams,
}

impl Compression {
    pub const ALL: [Compression; 3] =
        [Compression::None, Compression::Frames, Compression::Streams];

    /// The name in a scenario file.
    pub const fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Frames => "frames",
            Compression::Streams => "streams",
        }
    }
}

/// What compression leaves of a message.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Compressed {
    /// Of a message without content, bytes.
    pub message_bytes: f64,
    /// Bytes per byte of content.
    pub content_ratio: f64,
}

impl Wire {
    /// Bytes of so many messages with so much content in all.
    pub fn bytes(&self, messages: u64, content_tokens: f64) -> u64 {
        let Compressed { message_bytes, content_ratio } = match self.compression {
            Compression::None => {
                Compressed { message_bytes: self.envelope_bytes, content_ratio: 1.0 }
            }
            Compression::Frames => self.frames,
            Compression::Streams => self.streams,
        };
        let content = content_tokens * self.bytes_per_token * content_ratio;
        (messages as f64 * message_bytes + content).round() as u64
    }

    /// Share of an artifact's content that an agent which has `held` need not be sent, to have
    /// `version`.
    pub fn known_share(&self, held: Option<Version>, version: Version) -> f64 {
        match held {
            Some(held) if self.deltas && held <= version => {
                let writes = version.get() - held.get();
                libm::pow(1.0 - self.changed_share, f64::from(writes))
            }
            _ => 0.0,
        }
    }
}

/// Bytes that a run put on the wire, by kind of message as in the token ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WireBytes {
    pub fetch: u64,
    pub push: u64,
    pub invalidation: u64,
    pub control: u64,
}

impl WireBytes {
    pub fn total(&self) -> u64 {
        self.fetch + self.push + self.invalidation + self.control
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: u32) -> Version {
        Version::new(number).unwrap()
    }

    #[test]
    fn what_is_known_shrinks_with_each_write() {
        let wire = Wire { deltas: true, changed_share: 0.1, ..Wire::default() };
        let known = |held, now| wire.known_share(held, version(now));
        assert_eq!(known(None, 5), 0.0);
        assert_eq!(known(Some(version(5)), 5), 1.0);
        assert!((known(Some(version(3)), 5) - 0.81).abs() < 1e-12);
        assert_eq!(known(Some(version(6)), 5), 0.0);
        let whole = Wire { deltas: false, ..wire };
        assert_eq!(whole.known_share(Some(version(5)), version(5)), 0.0);
    }

    #[test]
    fn bytes_are_linear_in_messages_and_content() {
        let wire = Wire {
            compression: Compression::Frames,
            bytes_per_token: 4.0,
            frames: Compressed { message_bytes: 20.0, content_ratio: 0.25 },
            ..Wire::default()
        };
        assert_eq!(wire.bytes(3, 100.0), 160);
        let plain = Wire { compression: Compression::None, envelope_bytes: 150.0, ..wire };
        assert_eq!(plain.bytes(3, 100.0), 850);
    }
}
