//! What compressors make of messages without having been trained on others like them: the same
//! for a message wherever it is measured, so it is computed once for each content.

use super::baseline::Baseline;
use super::codec::{LEVEL_19, Trained};
use super::failure::Failure;
use attune_codec::Level;
use std::collections::{BTreeMap, BTreeSet};

/// A way that needs no training here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Gzip,
    Brotli,
    Zstd19,
    /// Frames with the dictionaries inside the codec.
    Shipped,
    Shipped19,
}

impl Way {
    const ALL: [Way; 5] = [Way::Gzip, Way::Brotli, Way::Zstd19, Way::Shipped, Way::Shipped19];

    fn sizes(self, messages: &[&[u8]]) -> Result<Vec<usize>, Failure> {
        Ok(match self {
            Way::Gzip => Baseline::Gzip.sizes(messages)?,
            Way::Brotli => Baseline::Brotli.sizes(messages)?,
            Way::Zstd19 => Baseline::Zstd { level: 19 }.sizes(messages)?,
            Way::Shipped => Trained::shipped().frames(Level::BySize, messages)?,
            Way::Shipped19 => Trained::shipped().frames(LEVEL_19, messages)?,
        })
    }
}

/// Sizes by content, bytes.
pub struct Untrained<'m>(BTreeMap<&'m [u8], [usize; Way::ALL.len()]>);

impl<'m> Untrained<'m> {
    pub fn new(messages: impl IntoIterator<Item = &'m [u8]>) -> Result<Untrained<'m>, Failure> {
        let messages: Vec<&[u8]> = BTreeSet::from_iter(messages).into_iter().collect();
        let mut sizes = vec![[0; Way::ALL.len()]; messages.len()];
        for way in Way::ALL {
            for (sizes, size) in sizes.iter_mut().zip(way.sizes(&messages)?) {
                sizes[way as usize] = size;
            }
        }
        Ok(Untrained(messages.into_iter().zip(sizes).collect()))
    }

    /// Of messages that are among those it was made with.
    pub fn sizes(&self, way: Way, messages: &[&[u8]]) -> Vec<usize> {
        messages.iter().map(|message| self.0[message][way as usize]).collect()
    }
}
