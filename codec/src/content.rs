//! What a message is made of, told from its first two kilobytes.
//!
//! A wrong guess costs bytes, never correctness: every type's dictionary holds the content of all
//! (see [`crate::Dictionaries`]), only nearer or farther.

use memchr::{memchr_iter, memchr3};
use std::fmt;

/// Bytes that are looked at.
const SAMPLE: usize = 2048;

/// The kinds of content that have a dictionary each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContentType {
    /// JSON-RPC, tool calls, and other JSON.
    Json,
    /// Markdown.
    Markdown,
    /// Code, and what tools print: listings, logs, tables of numbers.
    Code,
    /// Sentences.
    Prose,
}

impl ContentType {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Json, Self::Markdown, Self::Code, Self::Prose];

    /// What a message is made of. Depends on nothing but its bytes.
    pub fn detect(message: &[u8]) -> Self {
        let message = message.trim_ascii_start();
        if looks_like_json(message) {
            return Self::Json;
        }
        let sample = &message[..message.len().min(SAMPLE)];
        let mut marks = Marks::default();
        let mut start = 0;
        for end in memchr_iter(b'\n', sample) {
            marks.line(&sample[start..end]);
            start = end + 1;
        }
        // The last line of a sample may be cut.
        if start < sample.len() && (sample.len() == message.len() || marks.lines == 0) {
            marks.line(&sample[start..]);
        }
        marks.code += pairs(sample, b'(', b')') + pairs(sample, b' ', b'=');
        marks.fence_or_bold |= pairs(sample, b'*', b'*') > 0;
        marks.judge()
    }

    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_number(number: u8) -> Self {
        Self::ALL[usize::from(number & 3)]
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Code => "code",
            Self::Prose => "prose",
        })
    }
}

/// Whether this may be a JSON object or array. Its end is not looked at.
pub(crate) fn looks_like_json(message: &[u8]) -> bool {
    let Some((open, rest)) = message.split_first() else { return false };
    match (open, rest.trim_ascii_start().first()) {
        (b'{', Some(b'"' | b'}')) => true,
        (b'[', Some(b'{' | b'[' | b'"' | b']')) => !rest.starts_with(b"["),
        _ => false,
    }
}

/// How often one byte follows the other.
fn pairs(text: &[u8], first: u8, second: u8) -> usize {
    memchr_iter(second, text).filter(|at| *at > 0 && text[at - 1] == first).count()
}

/// Lines counted by what they look like.
#[derive(Default)]
struct Marks {
    lines: usize,
    code: usize,
    markdown: usize,
    technical: usize,
    fence_or_bold: bool,
}

impl Marks {
    fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        let line = line.trim_ascii_end();
        let indented = line.starts_with(b"    ") || line.starts_with(b"\t");
        let text = line.trim_ascii_start();
        let ends_like_code =
            matches!(line.last(), Some(b'{' | b'}' | b';')) || line.ends_with(b"):");
        if ends_like_code || indented || text.starts_with(b"//") {
            self.code += 1;
        }
        let fence = text.starts_with(b"```");
        self.fence_or_bold |= fence;
        let item = match line {
            [b'#', ..] | [b'-' | b'*' | b'|', b' ', ..] => true,
            [digit, b'.', b' ', ..] => digit.is_ascii_digit(),
            _ => text.starts_with(b"**"),
        };
        if item || fence {
            self.markdown += 1;
        }
        if memchr3(b'/', b':', b'(', text).is_some() {
            self.technical += 1;
        }
    }

    fn judge(&self) -> ContentType {
        if self.code * 3 >= self.lines {
            ContentType::Code
        } else if self.markdown * 5 >= self.lines || self.fence_or_bold {
            ContentType::Markdown
        } else if self.lines > 3 && self.technical * 2 > self.lines {
            ContentType::Code
        } else {
            ContentType::Prose
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_told_by_what_it_looks_like() {
        let json = r#" {"jsonrpc":"2.0","id":7,"method":"tools/call"}"#;
        let markdown = "## What changed\n\nTwo files.\n\n- the reader\n- its test\n";
        let code = "fn main() {\n    let sum = add(1, 2);\n    println!(\"{sum}\");\n}\n";
        let listing = "src/lib.rs:12: unused\nsrc/a.rs:9: unused\nsrc/b.rs:1: x\na/b: y\nb/c: z";
        let prose = "The test fails since the clock of the second agent runs behind.";
        assert_eq!(ContentType::detect(json.as_bytes()), ContentType::Json);
        assert_eq!(ContentType::detect(markdown.as_bytes()), ContentType::Markdown);
        assert_eq!(ContentType::detect(code.as_bytes()), ContentType::Code);
        assert_eq!(ContentType::detect(listing.as_bytes()), ContentType::Code);
        assert_eq!(ContentType::detect(prose.as_bytes()), ContentType::Prose);
        assert_eq!(ContentType::detect(b"[1] see the note"), ContentType::Prose);
    }

    #[test]
    fn the_number_and_the_type_are_the_same() {
        for kind in ContentType::ALL {
            assert_eq!(ContentType::from_number(kind.number()), kind);
        }
    }
}
