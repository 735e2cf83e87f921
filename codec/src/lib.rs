//! The Compact Protocol: agents' messages in few bytes.
//!
//! | | for |
//! | --- | --- |
//! | [`Encoder`], [`Decoder`] | messages on their own, each a frame |
//! | [`StreamEncoder`], [`StreamDecoder`] | one direction of a connection, whose history each message refers to |
//! | [`Encoder::encode_delta`], [`Decoder::decode_delta`] | a new version of an artifact, against the one the receiver has |
//! | [`train`], [`Dictionaries`], [`Registry`] | dictionaries: from samples, as files, by number |
//! | [`push_frame`], [`Frames`] | several frames or records in one buffer |
//!
//! ```
//! use attune_codec::{Decoder, Encoder, Mode};
//!
//! let message = br#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
//! let frame = Encoder::default().encode(message);
//! assert!(frame.len() < message.len());
//! assert_eq!(Decoder::default().decode(&frame)?, (message.to_vec(), Mode::Exact));
//! # Ok::<(), attune_codec::DecodeError>(())
//! ```
//!
//! # What is promised
//!
//! - **Exact** frames give back the bytes that went in. **Canonical** ones give back the same JSON
//!   value in one spelling ([`canonical`]); where that is not sure the frame is exact.
//! - Encoding cannot fail for what the message is: what cannot be compressed is stored.
//! - Decoders take any bytes: they do not panic, and what they allocate is bounded by a limit.
//! - Nothing depends on time, chance or the machine; with the same version of zstd, the same calls
//!   give the same bytes.
//!
//! `docs/compact-protocol.md` has the format byte by byte, and what was measured.

#![forbid(unsafe_code)]

mod blocks;
mod canonical;
mod content;
mod decode;
mod delta;
mod dictionary;
mod encode;
mod error;
mod frame;
mod level;
mod prepare;
mod registry;
mod select;
mod sequence;
mod stream;
mod strings;
mod tables;
mod train;
mod varint;

pub use canonical::{NotCanonical, canonical};
pub use content::ContentType;
pub use decode::{Decoder, LIMIT_DEFAULT};
pub use dictionary::{Dictionaries, DictionaryError, DictionaryHash, DictionaryId};
pub use encode::Encoder;
pub use error::DecodeError;
pub use frame::Mode;
pub use level::{Level, ZstdLevel};
pub use registry::{Clash, Registry};
pub use sequence::{Frames, push_frame};
pub use stream::{StreamDecoder, StreamEncoder, StreamOptions, StreamSetup};
pub use train::{Sample, TrainError, TrainOptions, train};
