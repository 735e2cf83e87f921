//! The states that a search has met, by their fingerprints.

/// Parts that grow one by one, so that growing never needs twice the memory. A power of two.
const PARTS: usize = 64;
const SHIFT: u32 = 64 - PARTS.trailing_zeros();

/// The states met, by their fingerprints. By open addressing, in the order of the fingerprints, and
/// between 64 and 80 percent full: 10 to 12.5 bytes a fingerprint, and half as many again for a
/// number, or a cover, of each.
pub struct Fingerprints {
    parts: Vec<Part>,
    len: usize,
    kept: Kept,
}

/// What is kept beside a fingerprint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Nothing,
    /// The number of the state: in their order, from 0.
    Numbers,
    /// Of what differs in the faults left alone: all that was met or is less than that, as bits.
    Covers,
}

#[derive(Clone)]
struct Part {
    keys: Vec<u64>,
    /// Numbers or covers: as many as keys, or none.
    values: Vec<u32>,
    len: usize,
}

impl Fingerprints {
    pub fn new(kept: Kept) -> Fingerprints {
        let values = if kept == Kept::Nothing { Vec::new() } else { vec![0; 16] };
        let part = Part { keys: vec![0; 16], values, len: 0 };
        Fingerprints { parts: vec![part; PARTS], len: 0, kept }
    }

    /// How many states were new.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a state was met, or one that covers it.
    pub fn has(&self, fingerprint: u64, cover: u32) -> bool {
        let part = &self.parts[(fingerprint >> SHIFT) as usize];
        let place = part.place(fingerprint);
        part.keys[place] == fingerprint
            && (self.kept != Kept::Covers || part.values[place] & cover == cover)
    }

    /// Adds a state; whether it is new. (Its cover matters where covers are kept.)
    ///
    /// # Panics
    /// On a fingerprint of 0, and beyond 2^32 states.
    pub fn insert(&mut self, fingerprint: u64, cover: u32) -> bool {
        assert!(fingerprint != 0, "0 marks an empty place");
        let part = &mut self.parts[(fingerprint >> SHIFT) as usize];
        if part.len * 5 > part.keys.len() * 4 {
            part.grow();
        }
        let place = part.place(fingerprint);
        let number = u32::try_from(self.len).expect("fewer than 2^32 states");
        let met = part.keys[place] == fingerprint;
        match self.kept {
            Kept::Covers if part.values[place] & cover == cover => return false,
            Kept::Covers => part.values[place] |= cover,
            _ if met => return false,
            Kept::Numbers => part.values[place] = number,
            Kept::Nothing => {}
        }
        part.keys[place] = fingerprint;
        part.len += usize::from(!met);
        self.len += 1;
        true
    }

    /// The number of a state that was met, where numbers are kept.
    pub fn number(&self, fingerprint: u64) -> u32 {
        let part = &self.parts[(fingerprint >> SHIFT) as usize];
        part.values[part.place(fingerprint)]
    }
}

impl Part {
    /// Where it is, or would be.
    fn place(&self, fingerprint: u64) -> usize {
        let own = u128::from(fingerprint << PARTS.trailing_zeros());
        let mut place = ((own * self.keys.len() as u128) >> 64) as usize;
        while self.keys[place] != 0 && self.keys[place] != fingerprint {
            place += 1;
            if place == self.keys.len() {
                place = 0;
            }
        }
        place
    }

    fn grow(&mut self) {
        let larger = self.keys.len() * 5 / 4;
        let keys = std::mem::replace(&mut self.keys, vec![0; larger]);
        let size = if self.values.is_empty() { 0 } else { larger };
        let values = std::mem::replace(&mut self.values, vec![0; size]);
        for (old, &key) in keys.iter().enumerate().filter(|&(_, &key)| key != 0) {
            let place = self.place(key);
            self.keys[place] = key;
            if size > 0 {
                self.values[place] = values[old];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_there_under_its_number() {
        let mut met = Fingerprints::new(Kept::Numbers);
        // Many that want the same place, and the ends.
        let all: Vec<u64> = (1..50_000u64)
            .map(|index| index.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .chain(1..200)
            .chain((0..200).map(|index| u64::MAX - index))
            .collect();
        for (number, &fingerprint) in all.iter().enumerate() {
            assert!(!met.has(fingerprint, 1));
            assert!(met.insert(fingerprint, 1) && !met.insert(fingerprint, 1));
            assert_eq!(met.number(fingerprint) as usize, number);
        }
        for (number, &fingerprint) in all.iter().enumerate() {
            assert!(met.has(fingerprint, 1) && met.number(fingerprint) as usize == number);
        }
        assert_eq!(met.len(), all.len());
    }

    #[test]
    fn less_is_covered_by_more_and_what_is_neither_is_new() {
        let mut met = Fingerprints::new(Kept::Covers);
        // Of two faults: none left, the first, the second, both.
        let [none, first, second, both] = [0b1, 0b11, 0b101, 0b1111];
        assert!(met.insert(7, first));
        assert!(!met.insert(7, none) && met.has(7, none));
        assert!(!met.has(7, second) && met.insert(7, second));
        assert!(met.insert(7, both) && !met.insert(7, both) && !met.insert(7, second));
        assert!(!met.has(8, none));
        assert_eq!(met.len(), 3);
    }
}
