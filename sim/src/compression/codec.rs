//! The codec, as the tables use it: sizes of what it makes, in the order of the messages. What it
//! makes is decoded again, so that no table counts bytes that do not come back.

use super::failure::Failure;
use super::message::Message;
use attune_codec::{
    ContentType, DecodeError, Decoder, Dictionaries, DictionaryId, Encoder, Level, Registry,
    Sample, StreamDecoder, StreamEncoder, StreamOptions, TrainOptions, ZstdLevel, push_frame,
    train,
};
use rayon::prelude::*;
use std::sync::Arc;

/// Dictionaries, trained or shipped.
pub struct Trained(Arc<Dictionaries>);

/// The number by which both ends of a connection call the dictionaries.
const SLOT: u8 = 0;

/// The level at which compressors are compared.
pub const LEVEL_19: Level = level(19);

/// A level of zstd, 1 to 22.
pub const fn level(number: u8) -> Level {
    match ZstdLevel::new(number) {
        Some(level) => Level::Fixed(level),
        None => panic!("no level of zstd"),
    }
}

impl Trained {
    /// One per type of content, `bytes` together.
    pub fn train(samples: &[&Message], bytes: usize, version: u32) -> Result<Trained, Failure> {
        let samples: Vec<Sample> = samples
            .iter()
            .map(|message| Sample {
                session: &message.session,
                message: message.content.as_bytes(),
            })
            .collect();
        let options = TrainOptions { version, bytes_per_type: bytes / ContentType::ALL.len() };
        Ok(Trained(Arc::new(train(&samples, options)?)))
    }

    /// The dictionaries inside the codec.
    pub fn shipped() -> Trained {
        Trained(Dictionaries::shipped())
    }

    pub fn dictionaries(&self) -> Arc<Dictionaries> {
        self.0.clone()
    }

    /// What both ends of a connection have agreed on: one byte names the dictionaries.
    fn agreed(&self) -> Result<(Registry, DictionaryId), Failure> {
        let mut registry = Registry::empty();
        let slot = registry.bind(SLOT, self.0.clone())?;
        Ok((registry, slot))
    }

    /// Sizes of frames, bytes.
    pub fn frames(&self, level: Level, messages: &[&[u8]]) -> Result<Vec<usize>, Failure> {
        let (registry, slot) = self.agreed()?;
        messages
            .par_iter()
            .map_init(
                || {
                    (
                        Encoder::new(self.0.clone()).known_as(slot).level(level),
                        Decoder::new(registry.clone()),
                    )
                },
                |(encoder, decoder), message| {
                    let frame = encoder.encode(message);
                    same(message, decoder.decode(&frame).map(|(decoded, _)| decoded))?;
                    Ok(frame.len())
                },
            )
            .collect()
    }

    /// Sizes of the records of streams, a stream per session, in the order of the messages.
    pub fn streams(
        &self,
        level: ZstdLevel,
        sessions: &[Vec<&[u8]>],
    ) -> Result<Vec<usize>, Failure> {
        let (registry, slot) = self.agreed()?;
        let options = StreamOptions { level, ..StreamOptions::default() };
        let stream = |session: &Vec<&[u8]>| -> Result<Vec<usize>, Failure> {
            let mut encoder = StreamEncoder::new(Some(&self.0), options)?.known_as(slot);
            let mut decoder = StreamDecoder::new(registry.clone(), options)?;
            session
                .iter()
                .map(|message| {
                    let record = encoder.encode(message)?;
                    same(message, decoder.decode(&record))?;
                    let mut sent = Vec::new();
                    push_frame(&record, &mut sent);
                    Ok(sent.len())
                })
                .collect()
        };
        let sizes: Result<Vec<Vec<usize>>, Failure> = sessions.par_iter().map(stream).collect();
        Ok(sizes?.concat())
    }

    /// Sizes of new versions against those that the receiver has.
    pub fn deltas(&self, versions: &[(&[u8], Vec<u8>)]) -> Result<Vec<usize>, Failure> {
        let (registry, slot) = self.agreed()?;
        versions
            .par_iter()
            .map_init(
                || (Encoder::new(self.0.clone()).known_as(slot), Decoder::new(registry.clone())),
                |(encoder, decoder), (base, version)| {
                    let frame = encoder.encode_delta(base, version);
                    same(version, decoder.decode_delta(base, &frame))?;
                    Ok(frame.len())
                },
            )
            .collect()
    }
}

fn same(message: &[u8], decoded: Result<Vec<u8>, DecodeError>) -> Result<(), Failure> {
    let bytes = message.len();
    match decoded {
        Ok(decoded) if decoded == message => Ok(()),
        Ok(_) => Err(Failure::Changed { bytes }),
        Err(why) => Err(Failure::Refused { bytes, why }),
    }
}
