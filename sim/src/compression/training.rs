//! Dictionaries for use, and what is to be expected of them.

use super::codec::Trained;
use super::corpus::{Corpus, SplitBy};
use super::failure::Failure;
use super::measured::SPLIT_SEED;
use super::sizes::{Sizes, contents};
use attune_codec::{Dictionaries, Level};
use std::sync::Arc;

/// How dictionaries are trained on a corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Training {
    /// Content of all types together, bytes.
    pub bytes: usize,
    pub version: u32,
    /// Without the sessions that are kept apart for measuring.
    pub keep_apart: bool,
}

/// What came of it.
pub struct Outcome {
    pub dictionaries: Arc<Dictionaries>,
    /// How many messages they were trained on.
    pub messages: usize,
    /// Percent of all bytes, of sessions kept apart; `None` if there are none.
    pub saved: Option<f64>,
}

impl Training {
    /// Fails if there is too little to train on.
    pub fn train(self, corpus: &Corpus) -> Result<Outcome, Failure> {
        let split = corpus.split(SplitBy::Session, SPLIT_SEED);
        let apart = Trained::train(&split.trained, self.bytes, self.version)?;
        let measured = contents(&split.measured);
        let saved = match measured.is_empty() {
            true => None,
            false => Some(Sizes::new(&measured, apart.frames(Level::BySize, &measured)?).saved()),
        };
        if self.keep_apart {
            let messages = split.trained.len();
            return Ok(Outcome { dictionaries: apart.dictionaries(), messages, saved });
        }
        let all: Vec<_> = corpus.messages.iter().collect();
        let trained = Trained::train(&all, self.bytes, self.version)?;
        Ok(Outcome { dictionaries: trained.dictionaries(), messages: all.len(), saved })
    }
}
