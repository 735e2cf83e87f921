//! Why nothing can be said of these messages.

use super::generate::BadParameter;
use attune_codec::{Clash, DecodeError, StreamSetup, TrainError};
use std::io;

/// The fewest messages that dictionaries are trained on.
pub const TRAINED_MIN: usize = 20;

/// Why nothing was measured or trained.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No source can be divided into messages to train on and others to measure.
    #[error(
        "no source has enough messages: at least {TRAINED_MIN} to train on that are not tiny, and another \
         session to measure; give more sessions"
    )]
    TooFew,
    /// A promise of the codec is broken.
    #[error(
        "a message of {bytes} bytes comes back from the codec as another: please report it, with the message"
    )]
    Changed { bytes: usize },
    /// A promise of the codec is broken: it refuses what it has made.
    #[error(
        "what the codec made of a message of {bytes} bytes cannot be decoded ({why}): please report it, with \
         the message"
    )]
    Refused { bytes: usize, why: DecodeError },
    /// Dictionaries cannot be trained.
    #[error(transparent)]
    Training(#[from] TrainError),
    /// A connection cannot be set up.
    #[error(transparent)]
    Stream(#[from] StreamSetup),
    /// Dictionaries cannot be known by the number that both ends would agree on.
    #[error(transparent)]
    Number(#[from] Clash),
    /// Messages cannot be made up.
    #[error(transparent)]
    Parameter(#[from] BadParameter),
    /// One of the compressors that the codec is compared with failed.
    #[error("another compressor failed: {0}")]
    Other(#[from] io::Error),
}

impl Failure {
    /// Whether the codec did not do what it promises, which is no mistake of whoever asked.
    pub fn is_broken_promise(&self) -> bool {
        matches!(self, Failure::Changed { .. } | Failure::Refused { .. })
    }
}
