//! The states that wait to be looked at, as bytes: each written by postcard, a byte for most
//! numbers, and of these the small ones in half a byte.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A state that can be written as bytes and read back.
pub trait Packed: Serialize + DeserializeOwned {}

impl<S: Serialize + DeserializeOwned> Packed for S {}

/// States in a row, packed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    bytes: Vec<u8>,
    states: usize,
}

impl Block {
    pub fn len(&self) -> usize {
        self.states
    }

    pub fn is_empty(&self) -> bool {
        self.states == 0
    }

    /// Adds what [`Packer::pack`] has made.
    ///
    /// # Panics
    /// If it takes 64 KiB or more.
    pub fn push(&mut self, packed: &[u8]) {
        let length = u16::try_from(packed.len()).expect("a state takes less than 64 KiB");
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(packed);
        self.states += 1;
    }

    /// The states in their order, unpacked.
    pub fn states<S: Packed>(&self) -> impl Iterator<Item = S> {
        let mut rest = self.bytes.as_slice();
        let mut loose = Vec::new();
        std::iter::from_fn(move || {
            let (length, after) = rest.split_first_chunk()?;
            let (packed, after) = after.split_at(u16::from_le_bytes(*length).into());
            rest = after;
            loose.clear();
            unsqueeze(packed, &mut loose);
            Some(postcard::from_bytes(&loose).expect("what was packed can be read"))
        })
    }
}

/// Packs states, one after the other in the same memory.
#[derive(Default)]
pub struct Packer {
    loose: Vec<u8>,
}

impl Packer {
    /// Adds a state to these bytes; gives how many it takes.
    pub fn pack(&mut self, state: &impl Packed, into: &mut Vec<u8>) -> usize {
        let mut loose = std::mem::take(&mut self.loose);
        loose.clear();
        self.loose = postcard::to_extend(state, loose).expect("plain data is written to memory");
        let before = into.len();
        squeeze(&self.loose, into);
        into.len() - before
    }
}

/// Two small numbers to a byte; where one of two is not small, a mark and both as they are. An odd
/// one out is followed by a 0.
fn squeeze(loose: &[u8], into: &mut Vec<u8>) {
    into.reserve(loose.len() * 3 / 2 + 3);
    for pair in loose.chunks(2) {
        let (one, other) = (pair[0], pair.get(1).copied().unwrap_or(0));
        if one < 15 && other < 16 {
            into.push(one << 4 | other);
        } else {
            into.extend([MARK, one, other]);
        }
    }
}

const MARK: u8 = 0xf0;

fn unsqueeze(packed: &[u8], into: &mut Vec<u8>) {
    let mut bytes = packed.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte < MARK {
            into.extend([byte >> 4, byte & 15]);
        } else {
            into.extend(bytes.by_ref().take(2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let mut bytes = Vec::new();
        for length in 0..600usize {
            let (mut packed, mut back) = (Vec::new(), Vec::new());
            squeeze(&bytes, &mut packed);
            unsqueeze(&packed, &mut back);
            // What reads it knows where it ends.
            assert_eq!(back[..length], bytes);
            assert!(back[length..].iter().all(|&byte| byte == 0) && back.len() <= length + 1);
            bytes.push((length * 7 % 256) as u8 >> (length % 8));
        }
    }

    #[test]
    fn states_come_back_in_their_order() {
        let states = [(1u32, Some(255u8)), (70_000, None), (14, Some(15))];
        let (mut block, mut packer) = (Block::default(), Packer::default());
        for state in &states {
            let mut bytes = Vec::new();
            assert_eq!(packer.pack(state, &mut bytes), bytes.len());
            block.push(&bytes);
        }
        assert_eq!(block.len(), 3);
        assert_eq!(block.states().collect::<Vec<(u32, Option<u8>)>>(), states);
    }
}
