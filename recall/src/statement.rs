//! A text as statements, each below its headings: sentences and lines of prose, Markdown and
//! transcripts, members of JSON. Nothing is assumed about who wrote it.
//!
//! A heading is a line in brackets, with `#`, in bold, in capitals, or that ends with a colon; a JSON key; or
//! the label before a line's colon, for that line and those set below it. What is under which is
//! told by their rank and by indentation. Wrong: a comment in code that looks like a heading.

use crate::word::{Word, stems, words};
use serde_json::Value;

/// A statement has at most this many words; a longer one is cut.
const WORDS_MAX: usize = 60;

/// A member of JSON with more words stands alone.
const SHORT_WORDS: usize = 5;

/// A heading is no longer than this, in bytes.
const HEADING_BYTES_MAX: usize = 200;

#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) words: Vec<Word>,
    pub(crate) stems: Vec<String>,
    /// The innermost heading.
    pub(crate) heading: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Heading {
    pub(crate) words: Vec<Word>,
    pub(crate) stems: Vec<String>,
    pub(crate) parent: Option<usize>,
    /// The first statement below it.
    pub(crate) first: usize,
    /// What is below it is a call, or what a tool gave back: content, which is about anything.
    pub(crate) is_content: bool,
    rank: usize,
    /// Holds for this line, and what is set below it.
    is_label: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Statements {
    pub(crate) all: Vec<Statement>,
    pub(crate) headings: Vec<Heading>,
}

impl Statements {
    pub(crate) fn of(text: &str) -> Statements {
        let mut statements = Statements::default();
        match serde_json::from_str::<Value>(text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => statements.json(&value, None),
            _ => statements.lines(text, None),
        }
        statements
    }

    /// The innermost division that a statement is in: a record of a transcript, a member of JSON.
    pub(crate) fn division(&self, statement: usize) -> Option<usize> {
        self.above(statement).find(|heading| heading.rank == RECORDS).map(|heading| heading.first)
    }

    /// The call or result that a statement is part of.
    pub(crate) fn content(&self, statement: usize) -> Option<&Heading> {
        self.above(statement).find(|heading| heading.is_content)
    }

    /// The headings of a statement, innermost first.
    pub(crate) fn above(&self, statement: usize) -> impl Iterator<Item = &Heading> {
        let innermost = self.all[statement].heading;
        std::iter::successors(innermost, |&heading| self.headings[heading].parent)
            .map(|heading| &self.headings[heading])
    }

    fn lines(&mut self, text: &str, top: Option<usize>) {
        let mut open = top;
        for line in text.lines() {
            let text = line.trim();
            if text.is_empty() {
                continue;
            }
            if text.starts_with(['{', '['])
                && let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text)
            {
                self.item(&value, open);
                continue;
            }
            let indent = line.len() - line.trim_start().len();
            // Code has lines that look like headings; a call has only the names of its parts.
            let in_content = self.is_content(open) && !is_record(text);
            let is_part = || label(text).or(text.strip_suffix(':')).is_some_and(is_name);
            if in_content && (indent > 0 || !is_part()) {
                sentences(text).for_each(|sentence| self.statement(sentence, open));
                continue;
            }
            if let Some(rank) = heading_rank(text, indent) {
                open = self.close(open, top, |heading| heading.rank >= rank);
                let above = open;
                open = Some(self.heading(text, above, rank, false));
                // It says something itself, too.
                self.statement(text, above);
                continue;
            }
            let rank = LABELS + indent;
            open = self.close(open, top, |heading| heading.is_label && heading.rank >= rank);
            if let Some(label) = label(text) {
                open = self.close(open, top, |heading| heading.rank >= rank);
                open = Some(self.heading(label, open, rank, true));
            }
            sentences(text).for_each(|sentence| self.statement(sentence, open));
        }
    }

    fn is_content(&self, open: Option<usize>) -> bool {
        let mut headings = std::iter::successors(open, |&one| self.headings[one].parent);
        headings.any(|heading| self.headings[heading].is_content)
    }

    fn close(
        &self,
        mut open: Option<usize>,
        top: Option<usize>,
        closes: impl Fn(&Heading) -> bool,
    ) -> Option<usize> {
        while let Some(heading) = open.filter(|_| open != top)
            && closes(&self.headings[heading])
        {
            open = self.headings[heading].parent;
        }
        open
    }

    fn json(&mut self, value: &Value, top: Option<usize>) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    self.member(key, member, top);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.item(item, top)),
            Value::String(text) => self.lines(text, top),
            other => self.statement(&other.to_string(), top),
        }
    }

    fn member(&mut self, key: &str, member: &Value, top: Option<usize>) {
        let open = self.heading(key, top, RECORDS, false);
        match short(member) {
            Some(shown) => self.statement(&format!("{key}: {shown}"), Some(open)),
            None => {
                self.statement(key, top);
                self.json(member, Some(open));
            }
        }
    }

    /// Members of a list's item say something about one thing: the short ones stand together, and
    /// above the others.
    fn item(&mut self, item: &Value, top: Option<usize>) {
        let Value::Object(members) = item else {
            return self.json(item, top);
        };
        let shown = members.iter().filter_map(|(key, one)| Some(format!("{key}: {}", short(one)?)));
        let together = shown.collect::<Vec<_>>().join(", ");
        self.statement(&together, top);
        let open = self.heading(&together, top, RECORDS, false);
        for (key, member) in members.iter().filter(|(_, member)| short(member).is_none()) {
            self.member(key, member, Some(open));
        }
    }

    fn heading(&mut self, text: &str, parent: Option<usize>, rank: usize, is_label: bool) -> usize {
        let words = words(&spelt(text));
        let stems = stems(&words, true);
        let of_tool = ["[call", "[result", "[failed result"];
        let is_content = is_record(text) && of_tool.iter().any(|begins| text.starts_with(begins));
        let first = self.all.len();
        self.headings.push(Heading { words, stems, parent, first, is_content, rank, is_label });
        self.headings.len() - 1
    }

    fn statement(&mut self, text: &str, heading: Option<usize>) {
        let found = words(&spelt(text));
        for words in found.chunks(WORDS_MAX) {
            let stems = stems(words, false);
            self.all.push(Statement { words: words.to_vec(), stems, heading });
        }
    }
}

/// A line in capitals is a heading if it has no more words.
const CAPITALS_WORDS: usize = 6;

/// The ranks of headings, outermost first.
const RECORDS: usize = 0;
const BOLD: usize = 7;
const LABELS: usize = 8;

fn is_record(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']') && !text.starts_with("[ ]")
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn heading_rank(text: &str, indent: usize) -> Option<usize> {
    if text.len() > HEADING_BYTES_MAX {
        return None;
    }
    if is_record(text) {
        return Some(RECORDS);
    }
    let marks = text.bytes().take_while(|byte| *byte == b'#').count();
    if (1..BOLD).contains(&marks) && text[marks..].starts_with(' ') {
        return Some(marks);
    }
    let bare = text.trim_end_matches(['*', '_']);
    if bare.ends_with(':') {
        return Some(LABELS + indent);
    }
    let is_spoken = text.split_whitespace().count() <= CAPITALS_WORDS;
    let letters = || text.chars().filter(|character| character.is_alphabetic());
    if is_spoken && letters().count() >= 3 && letters().all(char::is_uppercase) {
        return Some(BOLD);
    }
    let inner = text.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"));
    inner.filter(|inner| !inner.contains("**")).map(|_| BOLD)
}

/// What stands before a line's first colon, if it is short and followed by something.
fn label(text: &str) -> Option<&str> {
    let (label, rest) = text.split_once(':')?;
    let short = label.len() <= 60 && label.split_whitespace().count() <= 6;
    (short && rest.starts_with([' ', '*']) && label.contains(char::is_alphabetic)).then_some(label)
}

/// Divides a line at the ends of its sentences.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let mut ends = Vec::new();
    let bytes = line.as_bytes();
    for (place, byte) in bytes.iter().enumerate() {
        let ends_here = match byte {
            b'.' | b'!' | b'?' => bytes.get(place + 1).is_none_or(u8::is_ascii_whitespace),
            b';' => true,
            _ => false,
        };
        if ends_here {
            ends.push(start..place + 1);
            start = place + 1;
        }
    }
    ends.push(start..bytes.len());
    ends.into_iter().map(|range| &line[range]).filter(|sentence| !sentence.trim().is_empty())
}

/// A member that is shown beside its key.
fn short(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.split_whitespace().count() <= SHORT_WORDS => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) | Value::Null => Some(value.to_string()),
        _ => None,
    }
}

/// Signs as words, and escapes of JSON as spaces: of a text that was cut anywhere.
fn spelt(text: &str) -> String {
    let mut spelt = text.to_string();
    for (sign, word) in [
        ("\\n", " "),
        ("\\t", " "),
        ("\\r", " "),
        ("\\\"", " "),
        ("[x]", " done "),
        ("[X]", " done "),
        ("[ ]", " pending "),
        ("✅", " done "),
        ("✓", " done "),
        ("☑", " done "),
        ("☐", " pending "),
        ("TO DO", " todo "),
        ("To do", " todo "),
        ("to-do", " todo "),
        ("n't", " not"),
        ("n’t", " not"),
        ("✗", " failed "),
        ("❌", " failed "),
    ] {
        if spelt.contains(sign) {
            spelt = spelt.replace(sign, word);
        }
    }
    spelt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let statements = Statements::of(text);
        let each = |place: usize| {
            let join = |words: &[Word]| {
                words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
            };
            let above: Vec<String> =
                statements.above(place).map(|heading| join(&heading.words)).collect();
            format!("{} < {}", join(&statements.all[place].words), above.join(" < "))
        };
        (0..statements.all.len()).map(each).collect()
    }

    #[test]
    fn lines_stand_below_their_headings() {
        let text = "# Work\nPending:\n- fix a.rs\n- [x] b. Then c\n**Files**\nread: x.rs\nmore";
        assert_eq!(
            shown(text),
            [
                "work < ",
                "pending < work",
                "fix a rs < pending < work",
                "done b < pending < work",
                "then c < pending < work",
                "files < work",
                "read x rs < read < files < work",
                "more < files < work",
            ]
        );
    }

    #[test]
    fn members_of_json_stand_below_their_keys() {
        let text =
            r#"{"files":{"changed":[{"path":"a.rs","edits":2}],"read":["b.rs"]},"goal":"x"}"#;
        assert_eq!(
            shown(text),
            [
                "files < ",
                "changed < files",
                "path a rs edits 2 < changed < files",
                "read < files",
                "b rs < read < files",
                "goal x < goal",
            ]
        );
    }
}
