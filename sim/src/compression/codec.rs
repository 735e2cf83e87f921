//! The codec, as the tables use it: sizes of what it makes, in the order of the messages. What it
//! makes is decoded again, so that no table counts bytes that do not come back.

use super::message::Message;
use attune_codec::{
    ContentType, Decoder, Dictionaries, DictionaryId, Encoder, Level, Registry, Sample,
    StreamDecoder, StreamEncoder, StreamOptions, TrainOptions, ZstdLevel, push_frame, train,
};
use rayon::prelude::*;
use std::sync::Arc;

/// Dictionaries, trained or shipped.
pub struct Trained(Arc<Dictionaries>);

/// The number by which both ends of a connection call the dictionaries.
const SLOT: u8 = 0;

/// Something that the codec must do was not done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

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
        train(&samples, options)
            .map(|set| Trained(Arc::new(set)))
            .map_err(|error| Failure(error.to_string()))
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
        let bound = registry.bind(SLOT, self.0.clone());
        Ok((registry, bound.map_err(|error| Failure(error.to_string()))?))
    }

    /// Sizes of frames, bytes, at the level that the codec chooses for each.
    pub fn frames(&self, messages: &[&[u8]]) -> Result<Vec<usize>, Failure> {
        self.frames_at(Level::BySize, messages)
    }

    /// The same at one level of zstd, 1 to 22.
    pub fn frames_at_level(&self, level: u8, messages: &[&[u8]]) -> Result<Vec<usize>, Failure> {
        let level = ZstdLevel::new(level).ok_or(Failure(format!("there is no level {level}")))?;
        self.frames_at(Level::Fixed(level), messages)
    }

    fn frames_at(&self, level: Level, messages: &[&[u8]]) -> Result<Vec<usize>, Failure> {
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
    pub fn streams(&self, sessions: &[Vec<&[u8]>]) -> Result<Vec<usize>, Failure> {
        let (registry, slot) = self.agreed()?;
        let stream = |session: &Vec<&[u8]>| -> Result<Vec<usize>, Failure> {
            let setup = |error: attune_codec::StreamSetup| Failure(error.to_string());
            let options = StreamOptions::default();
            let mut encoder =
                StreamEncoder::new(Some(&self.0), options).map_err(setup)?.known_as(slot);
            let mut decoder = StreamDecoder::new(registry.clone(), options).map_err(setup)?;
            session
                .iter()
                .map(|message| {
                    let record = encoder.encode(message).map_err(setup)?;
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

fn same(
    message: &[u8],
    decoded: Result<Vec<u8>, attune_codec::DecodeError>,
) -> Result<(), Failure> {
    match decoded {
        Ok(decoded) if decoded == message => Ok(()),
        Ok(_) => Err(Failure("what was decoded is not what was encoded".to_string())),
        Err(error) => Err(Failure(format!("what was encoded cannot be decoded: {error}"))),
    }
}
