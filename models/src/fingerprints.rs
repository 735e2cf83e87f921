//! The states that a search has met, by their fingerprints.

/// A table from fingerprints to state numbers, by open addressing: 12 bytes an entry.
pub struct Fingerprints {
    keys: Vec<u64>,
    numbers: Vec<u32>,
    len: usize,
}

impl Default for Fingerprints {
    fn default() -> Fingerprints {
        Fingerprints { keys: vec![0; 1 << 10], numbers: vec![0; 1 << 10], len: 0 }
    }
}

impl Fingerprints {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of a state, and whether it is new. Numbers are given in order, from 0.
    ///
    /// # Panics
    /// On a fingerprint of 0, and beyond 2^32 states.
    pub fn number(&mut self, fingerprint: u64) -> (u32, bool) {
        assert!(fingerprint != 0, "0 marks an empty place");
        if self.len * 3 > self.keys.len() * 2 {
            self.grow();
        }
        let place = self.place(fingerprint);
        if self.keys[place] == fingerprint {
            return (self.numbers[place], false);
        }
        let number = u32::try_from(self.len).expect("fewer than 2^32 states");
        self.keys[place] = fingerprint;
        self.numbers[place] = number;
        self.len += 1;
        (number, true)
    }

    fn place(&self, fingerprint: u64) -> usize {
        let mask = self.keys.len() - 1;
        let mut place = (fingerprint.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as usize & mask;
        while self.keys[place] != 0 && self.keys[place] != fingerprint {
            place = (place + 1) & mask;
        }
        place
    }

    fn grow(&mut self) {
        let larger = self.keys.len() * 2;
        let keys = std::mem::replace(&mut self.keys, vec![0; larger]);
        let numbers = std::mem::replace(&mut self.numbers, vec![0; larger]);
        for (key, number) in keys.into_iter().zip(numbers) {
            if key != 0 {
                let place = self.place(key);
                self.keys[place] = key;
                self.numbers[place] = number;
            }
        }
    }
}
