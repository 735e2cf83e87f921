//! Texts: sentences, clipping, and what words they have in common.

use std::collections::BTreeSet;

/// The sentences and lines of a text, without Markdown's marks, code blocks and tables.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code || line.starts_with('|') || line.starts_with("---") {
            continue;
        }
        let line = plain(line);
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        found.extend(split(&line));
    }
    found
}

/// A line without Markdown's marks of lists, quotations and emphasis.
pub(super) fn plain(line: &str) -> String {
    let line = line.trim().trim_start_matches(['-', '*', '>', '•', '+']).trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let line = match line[digits..].strip_prefix(". ").or(line[digits..].strip_prefix(") ")) {
        Some(rest) if (1..3).contains(&digits) => rest,
        _ => line,
    };
    line.replace("**", "").trim().to_string()
}

fn split(line: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut start = 0;
    let bytes = line.as_bytes();
    for (place, byte) in bytes.iter().enumerate() {
        let ends = matches!(byte, b'.' | b'!' | b'?') && bytes.get(place + 1) == Some(&b' ');
        if !ends || place - start <= 12 {
            continue;
        }
        // `e.g. this`, `No. 5`: a sentence has more, and the next begins with a capital or a mark.
        let next = line[place + 1..].trim_start().chars().next();
        let begins = next.is_some_and(|next| !next.is_lowercase());
        if begins {
            parts.push(line[start..=place].trim().to_string());
            start = place + 1;
        }
    }
    let rest = line[start..].trim();
    if !rest.is_empty() {
        parts.push(rest.to_string());
    }
    parts
}

/// In one line, single blanks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, at most this many bytes: whole sentences if one fits, else words, with
/// `…` where it was cut.
pub(super) fn clipped(text: &str, bytes_max: usize) -> String {
    let text = one_line(text);
    if text.len() <= bytes_max {
        return text;
    }
    let room = bytes_max.saturating_sub('…'.len_utf8());
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let start = &text[..end];
    let sentence = start
        .match_indices(['.', '!', '?'])
        .filter(|(place, mark)| text[place + mark.len()..].starts_with(' '))
        .map(|(place, mark)| place + mark.len())
        .next_back()
        .filter(|end| end * 2 > bytes_max);
    let word = start.rfind(' ').filter(|end| end * 2 > bytes_max);
    let end = sentence.or(word).unwrap_or(end);
    format!("{}…", text[..end].trim_end())
}

/// What a text speaks of: its words in lower case, without the most common.
pub(super) fn content_words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words = words.filter(|word| word.chars().count() > 2).map(str::to_lowercase);
    words.filter(|word| !COMMON.contains(&word.as_str())).collect()
}

/// The share of the smaller set that is in both; 0 if one is empty.
pub(super) fn overlap(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let smaller = one.len().min(other.len());
    if smaller == 0 { 0.0 } else { one.intersection(other).count() as f64 / smaller as f64 }
}

const COMMON: [&str; 74] = [
    "about", "after", "all", "also", "and", "any", "are", "because", "been", "before", "but",
    "can", "could", "did", "does", "doing", "done", "first", "for", "from", "get", "had", "has",
    "have", "here", "how", "into", "its", "just", "let", "lets", "like", "look", "make", "may",
    "more", "need", "new", "not", "now", "one", "only", "our", "out", "over", "same", "see",
    "should", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "too", "update", "use", "used", "using", "want", "was", "what", "when",
    "which", "will", "with", "you", "your",
];

/// Whether a text has one of these, in any case, as whole words.
pub(super) fn has_any(text: &str, phrases: &[&str]) -> bool {
    let text = text.to_lowercase().replace('’', "'");
    phrases.iter().any(|phrase| find_words(&text, phrase).is_some())
}

/// Where a phrase stands in a text (both in lower case), not within longer words.
pub(super) fn find_words(text: &str, phrase: &str) -> Option<usize> {
    text.match_indices(phrase).map(|(place, _)| place).find(|place| {
        let before = text[..*place].chars().next_back();
        let after = text[place + phrase.len()..].chars().next();
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !(inside(before) || inside(after) && phrase.ends_with(char::is_alphanumeric))
    })
}

/// The text before and after the first of these phrases.
pub(super) fn divided<'a>(text: &'a str, phrases: &[&str]) -> Option<(&'a str, &'a str)> {
    // Lower case of other alphabets may have another length.
    let lower = text.to_ascii_lowercase();
    let places = phrases.iter().filter_map(|phrase| Some((find_words(&lower, phrase)?, *phrase)));
    let (place, phrase) = places.min()?;
    Some((text[..place].trim(), text[place + phrase.len()..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_without_marks_and_code() {
        let text = "## Plan\n- **Add** the field → now. Then test it, e.g. with go.\n```\ncode\n```\n2. Push";
        assert_eq!(
            sentences(text),
            ["Add the field → now.", "Then test it, e.g. with go.", "Push"]
        );
    }

    #[test]
    fn clipped_texts_fit_and_end_at_words() {
        let text = "The first sentence is here. The second one is longer than that.";
        assert_eq!(clipped(text, 100), text);
        assert_eq!(clipped(text, 40), "The first sentence is here.…");
        assert_eq!(clipped("one two three four", 12), "one two…");
        for bytes in 0..40 {
            assert!(clipped("äöü ßäö üßä öüß äöü", bytes).len() <= bytes.max(3));
        }
    }

    #[test]
    fn phrases_are_whole_words() {
        assert!(has_any("No, don’t do that", &["don't"]));
        assert!(!has_any("nobody knows", &["no"]));
        assert_eq!(divided("Use B instead of A", &["instead of"]), Some(("Use B", "A")));
    }
}
