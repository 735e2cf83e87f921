//! What of many texts should be in a dictionary: a greedy cover of the short sequences of bytes
//! that occur in several sessions.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Bytes of the sequences that are counted.
pub(crate) const SEQUENCE: usize = 6;
/// Bytes of the pieces that are chosen.
const PIECE: usize = 128;
/// Logarithm of the number of counters, at most: 64 MiB.
const COUNTERS_LOG_MAX: u32 = 23;

pub(crate) struct Text<'a> {
    pub(crate) session: u32,
    pub(crate) bytes: Cow<'a, [u8]>,
}

/// At most so many bytes, the most useful last.
pub(crate) fn select(texts: &[Text], bytes_max: usize) -> Vec<u8> {
    let mut pieces = Vec::new();
    let mut left = bytes_max;
    let mut worth = Worth::new(texts.iter().map(|text| text.bytes.len()).sum());
    worth.count(texts, |text, _| text.session);
    cover(texts, &mut worth, &mut left, &mut pieces);
    // Where sessions have too little in common, what messages have in common is better than nothing.
    worth.count(texts, |_, place| place as u32);
    pieces.iter().for_each(|piece| worth.spend(piece));
    cover(texts, &mut worth, &mut left, &mut pieces);
    pieces.reverse();
    pieces.concat()
}

/// What each sequence is worth, by its hash: two that share a hash share their worth.
struct Worth {
    counters_log: u32,
    worth: Vec<u32>,
    last: Vec<u32>,
}

impl Worth {
    /// For texts of so many bytes.
    fn new(bytes: usize) -> Self {
        let counters_log = (bytes.max(256).ilog2() + 2).min(COUNTERS_LOG_MAX);
        Self { counters_log, worth: Vec::new(), last: Vec::new() }
    }

    fn place(&self, sequence: &[u8]) -> usize {
        let number = sequence.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        (number.wrapping_mul(0x9e37_79b1_85eb_ca87) >> (64 - self.counters_log)) as usize
    }

    /// A sequence is worth the square root of the number of groups it occurs in, if there are two:
    /// less than the number itself, so that what is very frequent does not crowd out the rest.
    fn count(&mut self, texts: &[Text], group: impl Fn(&Text, usize) -> u32) {
        self.worth = vec![0; 1 << self.counters_log];
        self.last = vec![u32::MAX; 1 << self.counters_log];
        for (place, text) in texts.iter().enumerate() {
            let group = group(text, place);
            for sequence in text.bytes.windows(SEQUENCE) {
                let place = self.place(sequence);
                if self.last[place] != group {
                    self.last[place] = group;
                    self.worth[place] += 1;
                }
            }
        }
        for worth in &mut self.worth {
            *worth = (256 * worth.saturating_sub(1)).isqrt();
        }
    }

    fn of(&self, sequence: &[u8]) -> u32 {
        self.worth[self.place(sequence)]
    }

    /// The worth of all sequences of a piece, each once.
    fn of_piece(&self, piece: &[u8], places: &mut Vec<usize>) -> u64 {
        places.clear();
        places.extend(piece.windows(SEQUENCE).map(|sequence| self.place(sequence)));
        places.sort_unstable();
        places.dedup();
        places.iter().map(|place| u64::from(self.worth[*place])).sum()
    }

    /// What the dictionary has already is worth nothing more.
    fn spend(&mut self, piece: &[u8]) {
        for sequence in piece.windows(SEQUENCE) {
            let place = self.place(sequence);
            self.worth[place] = 0;
        }
    }
}

/// Takes the piece that is worth most, again and again. Worth only falls, so a piece whose worth
/// is still what it was when it was put on the heap is the best.
fn cover(texts: &[Text], worth: &mut Worth, left: &mut usize, pieces: &mut Vec<Vec<u8>>) {
    let mut places = Vec::new();
    let mut heap = BinaryHeap::new();
    for (number, text) in texts.iter().enumerate() {
        for start in (0..text.bytes.len()).step_by(PIECE / 2) {
            let end = text.bytes.len().min(start + PIECE);
            let total = worth.of_piece(&text.bytes[start..end], &mut places);
            if total > 0 {
                heap.push((total, Reverse((number, start))));
            }
        }
    }
    while *left >= SEQUENCE
        && let Some((total, Reverse((number, start)))) = heap.pop()
    {
        let text = &texts[number].bytes;
        let piece = &text[start..text.len().min(start + PIECE)];
        let now = worth.of_piece(piece, &mut places);
        if now < total {
            if now > 0 {
                heap.push((now, Reverse((number, start))));
            }
            continue;
        }
        let piece = trim(piece, worth);
        let piece = &piece[..piece.len().min(*left)];
        worth.spend(piece);
        *left -= piece.len();
        pieces.push(piece.to_vec());
    }
}

/// Without what is worth nothing at both ends.
fn trim<'a>(piece: &'a [u8], worth: &Worth) -> &'a [u8] {
    let counts = |sequence: &[u8]| worth.of(sequence) > 0;
    let Some(first) = piece.windows(SEQUENCE).position(counts) else { return piece };
    let last = piece.windows(SEQUENCE).rposition(counts).unwrap_or(first);
    &piece[first..last + SEQUENCE]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(session: u32, bytes: &str) -> Text<'_> {
        Text { session, bytes: Cow::Borrowed(bytes.as_bytes()) }
    }

    #[test]
    fn what_sessions_share_comes_before_what_one_repeats() {
        let own = "a file that one agent reads again and again";
        let texts = [
            text(0, own),
            text(0, own),
            text(0, own),
            text(0, own),
            text(1, "The tests pass."),
            text(2, "The tests pass."),
        ];
        let chosen = select(&texts, 15);
        assert_eq!(String::from_utf8(chosen).unwrap(), "The tests pass.");
        let chosen = String::from_utf8(select(&texts, 100)).unwrap();
        assert_eq!(chosen, format!("{own}The tests pass."), "the most useful is last");
    }

    #[test]
    fn nothing_in_common_gives_nothing() {
        assert!(
            select(&[text(0, "one thing here"), text(1, "another over there")], 100).is_empty()
        );
        assert!(select(&[], 100).is_empty());
    }
}
