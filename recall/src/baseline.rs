//! What a handoff without understanding would keep.

use crate::handoff::Handoff;
use crate::transcript::transcript;
use crate::word::content;
use std::collections::{BTreeMap, BTreeSet};

/// The first bytes of a text, up to the end of a character.
pub fn first_bytes(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The last bytes of a text, from the start of a character.
pub fn last_bytes(text: &str, bytes: usize) -> &str {
    let mut start = text.len() - bytes.min(text.len());
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

/// The last bytes of the transcript: what a full context forgets last.
pub fn last(handoff: &Handoff, budget: usize) -> String {
    last_bytes(&transcript(&handoff.before), budget).to_string()
}

/// Half from the start, half from the end.
pub fn first_and_last(handoff: &Handoff, budget: usize) -> String {
    let text = transcript(&handoff.before);
    if text.len() <= budget {
        return text;
    }
    const BETWEEN: &str = "\n[left out]\n";
    let half = budget.saturating_sub(BETWEEN.len()) / 2;
    format!("{}{BETWEEN}{}", first_bytes(&text, half), last_bytes(&text, half))
}

/// The summary that the tool wrote, or as much of its beginning as there is room for.
pub fn summary(handoff: &Handoff, budget: usize) -> Option<String> {
    handoff.summary.as_deref().map(|summary| first_bytes(summary, budget).to_string())
}

/// Lines that are sentences, in bytes.
const SENTENCE_BYTES: std::ops::RangeInclusive<usize> = 20..=300;

/// A sentence of whose words more than this is there already, in per cent, is not taken.
const OVERLAP_PERCENT: usize = 60;

/// A summary by extraction: the sentences nearest to what the whole is about, as far as there is
/// room, in their order. How near is the mean weight of a sentence's words: how often the session
/// has them, times how few sentences do (centroid-based, as in MEAD; Radev et al. 2004).
pub fn extractive(handoff: &Handoff, budget: usize) -> String {
    let text = transcript(&handoff.before);
    let lines = text.lines().map(str::trim);
    let mut known = BTreeSet::new();
    let sentences: Vec<&str> =
        lines.filter(|line| SENTENCE_BYTES.contains(&line.len()) && known.insert(*line)).collect();
    let words: Vec<Vec<String>> = sentences.iter().map(|sentence| content(sentence)).collect();
    let mut having: BTreeMap<&str, u64> = BTreeMap::new();
    for word in words.iter().flatten() {
        *having.entry(word).or_default() += 1;
    }
    let count = sentences.len() as u64;
    // Each sentence has a word once, so that how many have it is also how often it occurs.
    let weight = |word: &String| {
        let having = having[word.as_str()];
        having.min(64) * u64::from((count / having).max(1).ilog2())
    };
    let score =
        |words: &[String]| words.iter().map(weight).sum::<u64>() * 16 / (words.len() as u64 + 4);
    let mut order: Vec<(u64, usize)> =
        words.iter().enumerate().map(|(place, words)| (score(words), place)).collect();
    order.sort_by_key(|&(score, place)| (std::cmp::Reverse(score), place));
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut covered: BTreeSet<&str> = BTreeSet::new();
    let mut left = budget;
    for (_, place) in order {
        let size = sentences[place].len() + 1;
        let there = words[place].iter().filter(|word| covered.contains(word.as_str())).count();
        if size > left || there * 100 > words[place].len() * OVERLAP_PERCENT {
            continue;
        }
        left -= size;
        taken.insert(place);
        covered.extend(words[place].iter().map(String::as_str));
    }
    taken.into_iter().map(|place| format!("{}\n", sentences[place])).collect()
}
