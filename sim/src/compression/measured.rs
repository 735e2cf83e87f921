//! Messages, divided, with dictionaries trained on one side, and what these make of the other:
//! computed once, for all tables that show it.

use super::baseline::PlainDictionary;
use super::codec::Trained;
use super::corpus::{Corpus, Split, SplitBy};
use super::failure::{Failure, TRAINED_MIN};
use super::sizes::{Sizes, contents, sessions};
use attune_codec::{Level, StreamOptions};

/// The split of sessions that all tables share.
pub const SPLIT_SEED: u64 = 1;
/// All dictionaries of a set together, bytes; also of the one that they are compared with.
pub const DICTIONARY_BYTES: usize = 112 << 10;

pub struct Measured<'c> {
    pub name: &'c str,
    pub split: Split<'c>,
    pub trained: Trained,
    pub plain: PlainDictionary,
    /// What is measured, in order, without empty messages.
    pub messages: Vec<&'c [u8]>,
    /// The same, by session.
    pub sessions: Vec<Vec<&'c [u8]>>,
    /// What the codec makes of each message: frames at the level by size, and records of streams.
    frames: Vec<usize>,
    streams: Vec<usize>,
}

impl<'c> Measured<'c> {
    /// Divided by session. `None` if there is too little to train on or to measure.
    pub fn apart(corpus: &'c Corpus) -> Result<Option<Measured<'c>>, Failure> {
        Measured::new(&corpus.name, corpus.split(SplitBy::Session, SPLIT_SEED))
    }

    pub fn new(name: &'c str, split: Split<'c>) -> Result<Option<Measured<'c>>, Failure> {
        let (samples, messages) = (contents(&split.trained), contents(&split.measured));
        if split.trained.len() < TRAINED_MIN || samples.is_empty() || messages.is_empty() {
            return Ok(None);
        }
        // It fails where the messages are few or tiny, and for no other reason.
        let Ok(plain) = PlainDictionary::train(&samples, DICTIONARY_BYTES) else { return Ok(None) };
        let trained = Trained::train(&split.trained, DICTIONARY_BYTES, 1)?;
        let sessions = sessions(&split.measured);
        let frames = trained.frames(Level::BySize, &messages)?;
        let streams = trained.streams(StreamOptions::default().level, &sessions)?;
        Ok(Some(Measured { name, split, trained, plain, messages, sessions, frames, streams }))
    }

    /// What is measured, of these sizes.
    pub fn sizes(&self, after: Vec<usize>) -> Sizes {
        Sizes::new(&self.messages, after)
    }

    pub fn frames(&self) -> Sizes {
        self.sizes(self.frames.clone())
    }

    pub fn streams(&self) -> Sizes {
        self.sizes(self.streams.clone())
    }

    pub fn bytes(&self) -> usize {
        self.messages.iter().map(|bytes| bytes.len()).sum()
    }
}
