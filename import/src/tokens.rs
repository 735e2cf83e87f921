//! How large a text is for a model.

use attune_trace::access::ContentId;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tiktoken_rs::CoreBPE;

/// The vocabulary that counts: that of GPT-4o and later. Other models' differ by some percent.
pub const TOKENIZER: &str = "o200k_base";

/// Shorter texts are counted faster than looked up.
const REMEMBERED_BYTES_MIN: usize = 256;

/// Counts the tokens of texts by [`TOKENIZER`], each longer text once.
pub struct Counter {
    vocabulary: &'static CoreBPE,
    counted: BTreeMap<[u8; 16], u64>,
}

impl Default for Counter {
    fn default() -> Counter {
        Counter::new()
    }
}

impl Counter {
    pub fn new() -> Counter {
        Counter { vocabulary: tiktoken_rs::o200k_base_singleton(), counted: BTreeMap::new() }
    }

    /// Tokens of the text.
    pub fn count(&mut self, text: &str) -> u64 {
        if text.len() < REMEMBERED_BYTES_MIN {
            return self.encode(text);
        }
        let mut key = [0; 16];
        key.copy_from_slice(&Sha256::digest(text)[..16]);
        if let Some(&count) = self.counted.get(&key) {
            return count;
        }
        let count = self.encode(text);
        self.counted.insert(key, count);
        count
    }

    /// Forgets what was counted, so that memory is bounded by one session's texts.
    pub(crate) fn forget(&mut self) {
        self.counted.clear();
    }

    fn encode(&self, text: &str) -> u64 {
        let encoded = self.vocabulary.encode(text, &Default::default());
        // The splitting expression can give up on a text, in theory: then the usual size.
        encoded.map_or(text.len() as u64 / 4, |(tokens, _)| tokens.len() as u64)
    }
}

/// Names a content. Line ends, and whether there is one at the end, make no difference: tools
/// show the same file with and without.
pub(crate) fn content_id(text: &str) -> ContentId {
    let mut hash = Sha256::new();
    for line in text.trim_end_matches(['\r', '\n']).split('\n') {
        hash.update(line.strip_suffix('\r').unwrap_or(line));
        hash.update("\n");
    }
    ContentId(hexadecimal(&hash.finalize()[..8]))
}

/// The first digits of the SHA-256 of a name.
pub(crate) fn short_hash(name: &str) -> String {
    hexadecimal(&Sha256::digest(name)[..3])
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted_as_its_model_counts_it() {
        let mut counter = Counter::new();
        // From OpenAI's cookbook on tiktoken.
        assert_eq!(counter.count("antidisestablishmentarianism"), 6);
        assert_eq!(counter.count("2 + 2 = 4"), 7);
        assert_eq!(counter.count("お誕生日おめでとう"), 8);
        assert_eq!(counter.count(""), 0);
        let long = "word ".repeat(400);
        assert_eq!(counter.count(&long), counter.count(&long));
        // What stands for a special token is text in a file.
        assert!(counter.count("<|endoftext|>") > 1);
    }

    #[test]
    fn line_ends_make_no_other_content() {
        assert_eq!(content_id("a\nb"), content_id("a\r\nb\n"));
        assert_ne!(content_id("a\nb"), content_id("a\n\nb"));
        assert_ne!(content_id("a"), content_id("b"));
    }
}
