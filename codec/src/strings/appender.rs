//! Copies what needs no escape, several bytes at a time.

/// Bytes that are looked at together.
pub(super) type Word = u64;
pub(super) const WORD_BYTES: usize = size_of::<Word>();
const ONES: Word = Word::MAX / 0xff;
const HIGH: Word = ONES << 7;

/// Whether a character has to be escaped.
pub(super) fn is_special(byte: u8, ascii: bool) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\') || ascii && byte >= 0x80
}

/// Where the first such character is, or how many there are: all at a time, since most are not. A
/// borrow can only spoil what is above the first hit.
pub(super) fn special_in_word(word: Word, ascii: bool) -> usize {
    let zeros = |word: Word| word.wrapping_sub(ONES) & !word & HIGH;
    let below_space = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    let quotes = zeros(word ^ (ONES * Word::from(b'"')));
    let backslashes = zeros(word ^ (ONES * Word::from(b'\\')));
    let beyond = if ascii { word & HIGH } else { 0 };
    (below_space | quotes | backslashes | beyond).trailing_zeros() as usize / 8
}

/// Bytes by which an [`Appender`] goes ahead.
const ROOM_BYTES: usize = 128;

/// Appends to a `Vec` that goes a little ahead of what is in it, so that it need not be asked for room
/// at every few bytes.
pub(super) struct Appender<'a> {
    out: &'a mut Vec<u8>,
    filled: usize,
}

impl<'a> Appender<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        let filled = out.len();
        Self { out, filled }
    }

    pub(super) fn finish(self) {
        self.out.truncate(self.filled);
    }

    fn make_room(&mut self) {
        if self.out.len() - self.filled < WORD_BYTES {
            self.out.resize(self.filled + ROOM_BYTES, 0);
        }
    }

    /// At most [`WORD_BYTES`] bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.make_room();
        self.out[self.filled..][..bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
    }

    /// Takes over what comes before the first special character; gives whether that is ASCII, and
    /// what follows.
    pub(super) fn pass<'b>(&mut self, mut text: &'b [u8]) -> (bool, &'b [u8]) {
        let mut high = 0;
        while let Some(bytes) = text.first_chunk::<WORD_BYTES>() {
            self.make_room();
            // A copy of known length, of which the end is taken back, is the fastest.
            self.out[self.filled..][..WORD_BYTES].copy_from_slice(bytes);
            let word = Word::from_le_bytes(*bytes);
            let at = special_in_word(word, false);
            self.filled += at;
            text = &text[at..];
            if at < WORD_BYTES {
                high |= word & !(Word::MAX << (8 * at));
                return (high & HIGH == 0, text);
            }
            high |= word;
        }
        let at = text.iter().position(|byte| is_special(*byte, false)).unwrap_or(text.len());
        self.push(&text[..at]);
        (high & HIGH == 0 && text[..at].is_ascii(), &text[at..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_searched_as_its_bytes_are() {
        for byte in 0..=255 {
            for other in [0, 0x1f, 0x20, b'"', b'a', b'\\', 0x7f, 0x80, 0xff] {
                for place in 0..WORD_BYTES {
                    let mut word = [other; WORD_BYTES];
                    word[..place].fill(b'x');
                    word[place] = byte;
                    for ascii in [false, true] {
                        let special = |byte: &u8| is_special(*byte, ascii);
                        let expected = word.iter().position(special).unwrap_or(word.len());
                        let found = special_in_word(Word::from_le_bytes(word), ascii);
                        assert_eq!(found, expected, "{word:?}");
                    }
                }
            }
        }
    }
}
