//! Words: what texts are compared by, whoever wrote them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Words that say nothing about what a sentence is about.
const STOP: &str = "a about above after again all also am an and any are as at be because been before being both but \
by can could did do does doing down during each few for from further get got had has have having he her \
here him his how i if in into is it its itself just let like ll me more most my need now of off on once \
only or other our out over own please re s same she should so some such t than that the their them then \
there these they this those through to too under until up us use used using ve very want was we were \
what when where which while who why will with would you your yes ok okay sure see look also make sure \
m d don doesn didn isn aren wasn won one two";

static STOPS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| STOP.split_whitespace().collect());

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In small letters.
    pub(crate) text: String,
    /// Whether a `/` or `\` alone stands between it and the word before: it goes on a path.
    pub(crate) joined: bool,
    /// Whether a colon follows: it is a key.
    pub(crate) is_key: bool,
}

/// Runs of letters, digits and underscores. Nothing else counts: `a-b.rs` is `a`, `b`, `rs`.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut between = String::new();
    let mut word = String::new();
    for character in text.chars().chain([' ']) {
        if character.is_alphanumeric() || character == '_' {
            word.extend(character.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            let joined = !found.is_empty() && matches!(between.as_str(), "/" | "\\");
            let is_key = character == ':';
            found.push(Word { text: std::mem::take(&mut word), joined, is_key });
            between.clear();
        }
        between.push(character);
    }
    found
}

/// The words alone.
pub(crate) fn plain(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.text).collect()
}

/// One form for a word's forms: `creates`, `created`, `creating` are `creat`. Names with digits or
/// underscores stay as they are.
pub(crate) fn stem(word: &str) -> String {
    if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_string();
    }
    let mut stem = word;
    if !stem.ends_with("ss") {
        stem = stem.strip_suffix('s').unwrap_or(stem);
    }
    for end in ["ing", "ed"] {
        if let Some(shorter) = stem.strip_suffix(end).filter(|shorter| shorter.len() >= 3) {
            stem = shorter;
            break;
        }
    }
    stem = stem.strip_suffix('e').filter(|shorter| shorter.len() >= 3).unwrap_or(stem);
    let bytes = stem.as_bytes();
    if let [.., before, last] = bytes
        && before == last
        && stem.len() > 3
    {
        stem = &stem[..stem.len() - 1];
    }
    match stem.strip_suffix('y') {
        Some(shorter) if shorter.len() >= 2 => format!("{shorter}i"),
        _ => stem.to_string(),
    }
}

/// One form of each word, and of the parts of keys: `last_changed:` is `last`, `changed`, too.
pub(crate) fn stems(words: &[Word], is_heading: bool) -> Vec<String> {
    let mut stems = Vec::with_capacity(words.len());
    for word in words {
        stems.push(stem(&word.text));
        if (word.is_key || is_heading) && word.text.contains('_') {
            stems.extend(word.text.split('_').filter(|part| !part.is_empty()).map(stem));
        }
    }
    stems
}

/// The words that a sentence is about, in one form each, in order, each once.
pub(crate) fn content(text: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let words = words(text).into_iter().map(|word| word.text);
    let telling = words.filter(|word| !STOPS.contains(word.as_str()) && word.chars().count() > 1);
    telling.map(|word| stem(&word)).filter(|stem| seen.insert(stem.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one() {
        for forms in [
            ["create", "created", "creating", "creates"].as_slice(),
            &["pass", "passed", "passes", "passing"],
            &["fix", "fixed", "fixes", "fixing"],
            &["run", "runs", "running"],
            &["try", "tried", "tries"],
        ] {
            let stems: BTreeSet<String> = forms.iter().map(|form| stem(form)).collect();
            // `tried` and `tries` lose their vowel to the ending.
            assert!(stems.len() <= 2, "{stems:?}");
        }
        assert_eq!(stem("test_files"), "test_files");
    }

    #[test]
    fn paths_are_words_that_are_joined() {
        let found = words("see src/a-b.rs.");
        let texts: Vec<_> = found.iter().map(|word| (word.text.as_str(), word.joined)).collect();
        assert_eq!(
            texts,
            [("see", false), ("src", false), ("a", true), ("b", false), ("rs", false)]
        );
    }
}
