//! Dictionaries from samples.
//!
//! zstd's own trainer takes what is frequent. Much that is frequent is so in one session alone:
//! the file that an agent read twenty times. It is of no use to the sessions to come. So the
//! content is chosen here by the number of *sessions* in which a sequence of bytes occurs. Only the
//! entropy tables are zstd's.

use crate::content::ContentType;
use crate::dictionary::{Dictionaries, DictionaryError, PART_BYTES_MAX, Part};
use crate::prepare::prepare;
use crate::select::{SEQUENCE, Text, select};
use crate::tables;
use std::borrow::Cow;
use std::collections::BTreeMap;
use thiserror::Error;

/// Of a long sample, no more than so many bytes are looked at.
const SAMPLE_BYTES_MAX: usize = 128 << 10;
/// zstd's trainer is told no more than so many bytes.
const TABLES_BYTES_MAX: usize = 8 << 20;
/// zstd refuses tables with less content than this, which their first offsets reach back.
const CONTENT_BYTES_MIN: usize = 8;

/// A message to train on, and the session it comes from. Split samples from test messages by
/// session: messages of one session repeat one another.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Any name that is its own.
    pub session: &'a str,
    /// The message.
    pub message: &'a [u8],
}

/// What to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainOptions {
    /// Of two sets that both ends know, that with the higher version is taken.
    pub version: u32,
    /// Bytes of content for each type, on average. Fewer where the samples do not repeat one another
    /// enough; what a type has no use for, the others get. At most 8 MiB.
    pub bytes_per_type: usize,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { version: 1, bytes_per_type: 64 << 10 }
    }
}

/// Trains dictionaries. The same samples in the same order give the same bytes.
pub fn train(samples: &[Sample], options: TrainOptions) -> Result<Dictionaries, TrainError> {
    if samples.iter().all(|sample| sample.message.is_empty()) {
        return Err(TrainError::NoSamples);
    }
    if options.bytes_per_type > PART_BYTES_MAX as usize {
        return Err(TrainError::Size { bytes: options.bytes_per_type });
    }
    let mut sessions = BTreeMap::new();
    let mut texts: [Vec<Text>; 4] = Default::default();
    for sample in samples {
        let count = sessions.len() as u32;
        let session = *sessions.entry(sample.session).or_insert(count);
        let prepared = prepare(sample.message);
        let bytes = match prepared.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[..text.len().min(SAMPLE_BYTES_MAX)]),
            Cow::Owned(mut text) => {
                text.truncate(SAMPLE_BYTES_MAX);
                Cow::Owned(text)
            }
        };
        texts[usize::from(prepared.kind.number())].push(Text { session, bytes });
    }
    // Tables for all the distances that the joined contents give.
    let reach = options.bytes_per_type * ContentType::ALL.len();
    let contents = contents(&texts, options.bytes_per_type);
    let has_tables = contents.iter().map(Vec::len).sum::<usize>() >= CONTENT_BYTES_MIN;
    let mut contents = contents.into_iter();
    let parts = ContentType::ALL.map(|kind| {
        let texts = &texts[usize::from(kind.number())];
        let entropy = has_tables.then(|| tables::train(texts, reach, TABLES_BYTES_MAX));
        let content = contents.next().unwrap_or_default();
        Part { entropy: entropy.unwrap_or_default(), content }
    });
    Ok(Dictionaries::from_parts(options.version, &parts)?)
}

/// What each type's dictionary holds. What some types have no use for, the others share: many agents
/// hardly write prose, or read nothing but code.
fn contents(texts: &[Vec<Text>; 4], bytes_per_type: usize) -> Vec<Vec<u8>> {
    let select_all = |room: &[usize; 4]| -> Vec<Vec<u8>> {
        texts.iter().zip(room).map(|(texts, room)| select(texts, *room)).collect()
    };
    let mut room = [bytes_per_type; 4];
    let contents = select_all(&room);
    let is_full = |place: usize| contents[place].len() + SEQUENCE > room[place];
    let full: Vec<usize> = (0..contents.len()).filter(|place| is_full(*place)).collect();
    let used: usize = contents.iter().map(Vec::len).sum();
    let unused = (bytes_per_type * contents.len()).saturating_sub(used);
    if full.is_empty() || unused < full.len() * SEQUENCE {
        return contents;
    }
    for place in &full {
        room[*place] = (room[*place] + unused / full.len()).min(PART_BYTES_MAX as usize);
    }
    select_all(&room)
}

/// Why dictionaries cannot be trained.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TrainError {
    #[error("there are no samples to train on: give messages that are not empty")]
    NoSamples,
    #[error(
        "dictionaries of {bytes} bytes for each type are too long: at most {} MiB",
        PART_BYTES_MAX >> 20
    )]
    Size { bytes: usize },
    #[error(transparent)]
    Unusable(#[from] DictionaryError),
}
