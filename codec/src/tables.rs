//! The entropy tables of a zstd dictionary, taken from one that zstd's trainer made.

use crate::select::Text;

/// The trainer reads so many bytes at once, and does not check that the samples it takes for training,
/// three in four, have them: without this, seventeen empty samples and two others end the program.
const SAMPLE_BYTES_MIN: usize = 8;
const MAGIC_AND_NUMBER_BYTES: usize = 8;
const REPEATED_OFFSETS_BYTES: usize = 12;
/// The largest symbols of the three tables: offsets, match lengths, literal lengths.
const SYMBOLS_MAX: [usize; 3] = [31, 52, 35];

/// The head of a dictionary, up to its content. Empty if zstd cannot make one, which is so where
/// samples are few.
pub(crate) fn train(texts: &[Text], dictionary_bytes: usize, samples_bytes_max: usize) -> Vec<u8> {
    let total: usize = texts.iter().map(|text| text.bytes.len()).sum();
    // Evenly from all of them, where there is too much.
    let step = total.div_ceil(samples_bytes_max).max(1);
    let mut samples = Vec::new();
    let mut sizes = Vec::new();
    let long_enough = |text: &&Text| text.bytes.len() >= SAMPLE_BYTES_MIN;
    for text in texts.iter().step_by(step).filter(long_enough) {
        samples.extend_from_slice(&text.bytes);
        sizes.push(text.bytes.len());
    }
    let mut dictionary = Vec::with_capacity(dictionary_bytes.max(1 << 10));
    if zstd_safe::train_from_buffer(&mut dictionary, &samples, &sizes).is_err() {
        return Vec::new();
    }
    let head = head_bytes(&dictionary);
    head.and_then(|head| dictionary.get(..head)).unwrap_or_default().to_vec()
}

/// Bytes before the content.
fn head_bytes(dictionary: &[u8]) -> Option<usize> {
    let mut at = MAGIC_AND_NUMBER_BYTES;
    let literals = usize::from(*dictionary.get(at)?);
    // Weights are either compressed, after their length, or four bits each, after their number.
    at += 1 + if literals < 128 { literals } else { (literals - 127).div_ceil(2) };
    for symbol_max in SYMBOLS_MAX {
        at += table_bytes(dictionary.get(at..)?, symbol_max)?;
    }
    Some(at + REPEATED_OFFSETS_BYTES)
}

/// Bytes of one table of probabilities, as the zstd format describes it (RFC 8878, 4.1.1).
fn table_bytes(table: &[u8], symbol_max: usize) -> Option<usize> {
    let mut bits = Bits { bytes: table, at: 0 };
    let accuracy = bits.take(4)? + 5;
    let mut left = (1i32 << accuracy) + 1;
    let mut symbol = 0;
    while left > 1 && symbol <= symbol_max {
        // Values up to what is left, the low ones in one bit less.
        let width = left.ilog2() + 1;
        let short = (1 << width) - 1 - left;
        let low = bits.peek(width - 1)?;
        let value = if low < short {
            bits.take(width - 1)?
        } else {
            let value = bits.take(width)?;
            if value >= 1 << (width - 1) { value - short } else { value }
        };
        let probability = value - 1;
        left -= probability.abs();
        symbol += 1;
        if probability == 0 {
            loop {
                let zeros = bits.take(2)?;
                symbol += zeros as usize;
                if zeros < 3 {
                    break;
                }
            }
        }
    }
    (left == 1 && symbol <= symbol_max + 1).then(|| bits.at.div_ceil(8))
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn peek(&self, count: u32) -> Option<i32> {
        (0..count as usize).try_fold(0, |bits, place| {
            let at = self.at + place;
            let bit = self.bytes.get(at / 8)? >> (at % 8) & 1;
            Some(bits | i32::from(bit) << place)
        })
    }

    fn take(&mut self, count: u32) -> Option<i32> {
        let bits = self.peek(count)?;
        self.at += count as usize;
        Some(bits)
    }
}
