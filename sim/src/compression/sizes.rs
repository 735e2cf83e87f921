//! Sizes of messages before and after, and what is said of them.
//!
//! *Saved* is of all bytes together: long messages count for more, as they do on a wire. The median
//! message's saving and the mean over messages stand beside it; in these short messages count for as
//! much as long ones.

use super::message::Message;

/// Sizes before and after, bytes, in the order of the messages.
pub struct Sizes {
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Sizes {
    pub fn new(messages: &[&[u8]], after: Vec<usize>) -> Sizes {
        Sizes { before: messages.iter().map(|bytes| bytes.len()).collect(), after }
    }

    /// Each after its own length, a varint.
    pub fn after_lengths(mut self) -> Sizes {
        for size in &mut self.after {
            *size += (usize::BITS - size.leading_zeros()).div_ceil(7).max(1) as usize;
        }
        self
    }

    /// Percent of all bytes.
    pub fn saved(&self) -> f64 {
        let sum = |sizes: &[usize]| sizes.iter().sum::<usize>() as f64;
        100.0 * (1.0 - sum(&self.after) / sum(&self.before))
    }

    /// Percent of the median message.
    pub fn saved_median(&self) -> f64 {
        let mut shares: Vec<f64> = self.shares().collect();
        shares.sort_by(f64::total_cmp);
        shares[shares.len() / 2]
    }

    /// Percent, the mean over messages.
    pub fn saved_mean(&self) -> f64 {
        self.shares().sum::<f64>() / self.before.len() as f64
    }

    fn shares(&self) -> impl Iterator<Item = f64> {
        let pairs = self.before.iter().zip(&self.after);
        pairs.map(|(before, after)| 100.0 * (1.0 - *after as f64 / *before as f64))
    }
}

/// The contents, without the empty ones.
pub fn contents<'m>(messages: &[&'m Message]) -> Vec<&'m [u8]> {
    let bytes = messages.iter().map(|message| message.content.as_bytes());
    bytes.filter(|bytes| !bytes.is_empty()).collect()
}

/// The same, by session: what follows one another of the same session is of one connection.
pub fn sessions<'m>(messages: &[&'m Message]) -> Vec<Vec<&'m [u8]>> {
    let said = messages.iter().copied().filter(|message| !message.content.is_empty());
    let said: Vec<&Message> = said.collect();
    said.chunk_by(|one, next| (&one.source, &one.session) == (&next.source, &next.session))
        .map(contents)
        .collect()
}
