//! Strings of JSON without their escapes, so that code and text within them look to the
//! compressor like code and text elsewhere.
//!
//! `"a\n\"b\""` becomes `␁a⏎"b"␂`: a start mark, the string itself, an end mark. Strings without
//! escapes stay as they are. A string that is itself JSON is treated the same way within.
//! Only a string is changed that [`unfold`] writes back byte for byte: each of its escapes must be
//! the one that a writer of JSON uses by default, either with other characters as they are
//! (JavaScript, Rust) or all as `\u….` (Python); the start mark says which. Anything else, also
//! what is not JSON at all, passes as it is. A text that contains one of the marks is left alone.

mod appender;

use appender::{Appender, WORD_BYTES, Word, is_special, special_in_word};
use memchr::{memchr, memchr_iter, memchr2, memchr3, memrchr};

/// A string follows whose characters beyond ASCII were not escaped.
const START: u8 = 1;
/// The string ends.
const END: u8 = 2;
/// A string follows whose characters beyond ASCII were escaped.
const START_ASCII: u8 = 3;
/// Strings within strings.
const DEPTH_MAX: usize = 4;

/// What a text became.
pub(crate) struct Folded {
    pub(crate) text: Vec<u8>,
    /// Where the longest string is in it.
    pub(crate) longest: std::ops::Range<usize>,
}

/// None where nothing is gained.
pub(crate) fn fold(text: &[u8]) -> Option<Folded> {
    memchr(b'\\', text)?;
    if next_mark(text).is_some() {
        return None;
    }
    let mut folded = Folded { text: Vec::with_capacity(text.len()), longest: 0..0 };
    let changed = fold_into(text, 0, &mut folded);
    changed.then_some(folded)
}

fn next_mark(text: &[u8]) -> Option<usize> {
    memchr3(START, END, START_ASCII, text)
}

fn is_mark(byte: u8) -> bool {
    (START..=START_ASCII).contains(&byte)
}

/// Goes from one string with escapes to the next: without a backslash, quotes only alternate.
fn fold_into(text: &[u8], depth: usize, folded: &mut Folded) -> bool {
    let mut changed = false;
    let mut rest = text;
    while let Some(escape) = memchr(b'\\', rest) {
        let before = &rest[..escape];
        let within = memchr_iter(b'"', before).count() % 2 == 1;
        let Some(open) = memrchr(b'"', before).filter(|_| within) else { break };
        let out = &mut folded.text;
        out.extend_from_slice(&rest[..open]);
        rest = &rest[open..];
        let at = out.len();
        out.push(START);
        let from = out.len();
        let Some((start, length)) = unescape(&rest[1..], out) else {
            out.truncate(at);
            let Some(length) = string_length(&rest[1..]) else { break };
            let (string, after) = rest.split_at(length + 2);
            out.extend_from_slice(string);
            rest = after;
            continue;
        };
        rest = &rest[length + 2..];
        changed = true;
        out[at] = start;
        let nested = depth + 1 < DEPTH_MAX && matches!(out.get(from), Some(b'{' | b'['));
        if nested {
            let plain = out.split_off(from);
            fold_into(&plain, depth + 1, folded);
        }
        let to = folded.text.len();
        folded.text.push(END);
        if to - from > folded.longest.len() && !nested {
            folded.longest = from..to;
        }
    }
    folded.text.extend_from_slice(rest);
    changed
}

/// Bytes up to the closing quote of the string whose opening quote is just before this text.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// Appends the string whose opening quote is just before this text, without escapes; gives the mark
/// that says how to escape it again, and the bytes up to its closing quote. None if it has none, or
/// would become other bytes again.
fn unescape(text: &[u8], plain: &mut Vec<u8>) -> Option<(u8, usize)> {
    let (mut raw, mut ascii) = (false, false);
    let mut appender = Appender::new(plain);
    let mut rest = text;
    loop {
        let is_ascii;
        (is_ascii, rest) = appender.pass(rest);
        raw |= !is_ascii;
        match rest.first()? {
            b'"' => break,
            b'\\' => {}
            // A control character as it is would be escaped.
            _ => return None,
        }
        let (character, length) = escape_at(rest)?;
        match u8::try_from(character) {
            Ok(byte) if is_mark(byte) => return None,
            Ok(byte) if byte.is_ascii() => appender.push(&[byte]),
            _ => {
                ascii = true;
                appender.push(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = &rest[length..];
    }
    appender.finish();
    let start = match (raw, ascii) {
        (true, true) => return None,
        (false, true) => START_ASCII,
        (_, false) => START,
    };
    Some((start, text.len() - rest.len()))
}

/// The character that is escaped here, and the escape's length in bytes; None if the character
/// is not escaped that way by default.
fn escape_at(text: &[u8]) -> Option<(char, usize)> {
    let short = match text.get(1)? {
        b'n' => '\n',
        b'"' => '"',
        b'\\' => '\\',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => return long_escape_at(text),
        _ => return None,
    };
    Some((short, 2))
}

fn long_escape_at(text: &[u8]) -> Option<(char, usize)> {
    let unit = unit(text)?;
    let (code, length) = match unit {
        0xd800..=0xdbff => {
            let low = self::unit(text.get(6..)?).filter(|low| (0xdc00..=0xdfff).contains(low))?;
            (0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 12)
        }
        _ => (unit, 6),
    };
    let character = char::from_u32(code)?;
    let by_default = match code {
        0x08 | 0x09 | 0x0a | 0x0c | 0x0d => false,
        0..0x20 | 0x80.. => true,
        _ => false,
    };
    by_default.then_some((character, length))
}

/// The number of `\u00e9`; in lower case only.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |number, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u32::from(digit))
    })
}

/// Why a text cannot have come from [`fold`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotFolded {
    /// A mark without its other, or too many strings within strings.
    Marks,
    /// Not text where characters have to be escaped.
    Text,
    /// It becomes longer than it may.
    Length,
}

/// What [`fold`] was given, unless it is longer than `length_max` bytes. `out` is empty before.
pub(crate) fn unfold(text: &[u8], length_max: usize, out: &mut Vec<u8>) -> Result<(), NotFolded> {
    // What waits outside of the string that is being read, by depth. All of it will be part of
    // the whole, so it counts as such.
    let mut outer: Vec<(Vec<u8>, u8)> = Vec::new();
    let mut room = length_max;
    let mut rest = text;
    loop {
        let next = next_mark(rest);
        let plain = &rest[..next.unwrap_or(rest.len())];
        let mark = next.map(|next| rest[next]);
        rest = &rest[next.map_or(rest.len(), |next| next + 1)..];
        let innermost = out.is_empty() && !outer.is_empty();
        if mark == Some(END) && innermost {
            // Most strings: escaped without another copy.
            close(plain, &mut outer, &mut room, out)?;
            continue;
        }
        if out.len() + plain.len() > room {
            return Err(NotFolded::Length);
        }
        out.extend_from_slice(plain);
        match mark {
            None => break,
            Some(END) => {
                let string = std::mem::take(out);
                close(&string, &mut outer, &mut room, out)?;
            }
            Some(start) => {
                if outer.len() == DEPTH_MAX {
                    return Err(NotFolded::Marks);
                }
                room -= out.len();
                outer.push((std::mem::take(out), start));
            }
        }
    }
    if outer.is_empty() { Ok(()) } else { Err(NotFolded::Marks) }
}

/// Appends a string to what was waiting for it.
fn close(
    string: &[u8],
    outer: &mut Vec<(Vec<u8>, u8)>,
    room: &mut usize,
    out: &mut Vec<u8>,
) -> Result<(), NotFolded> {
    let (before, start) = outer.pop().ok_or(NotFolded::Marks)?;
    *room += before.len();
    *out = before;
    escape(string, start, *room, out)
}

/// Appends a string with quotes and escapes.
fn escape(string: &[u8], start: u8, length_max: usize, out: &mut Vec<u8>) -> Result<(), NotFolded> {
    let ascii = start == START_ASCII;
    out.push(b'"');
    let mut rest = string;
    loop {
        if out.len() > length_max {
            return Err(NotFolded::Length);
        }
        let at = match rest.first_chunk::<WORD_BYTES>() {
            Some(word) => {
                let at = special_in_word(Word::from_le_bytes(*word), ascii);
                // A copy of known length, of which the end is taken back, is the fastest.
                out.extend_from_slice(word);
                out.truncate(out.len() - (WORD_BYTES - at));
                if at == WORD_BYTES {
                    rest = &rest[at..];
                    continue;
                }
                at
            }
            None => {
                let special = |byte: &u8| is_special(*byte, ascii);
                let at = rest.iter().position(special).unwrap_or(rest.len());
                out.extend_from_slice(&rest[..at]);
                at
            }
        };
        rest = &rest[at..];
        let Some(&byte) = rest.first() else { break };
        if byte >= 0x80 {
            rest = escape_beyond_ascii(rest, out)?;
            continue;
        }
        rest = &rest[1..];
        match SHORT_ESCAPES[usize::from(byte)] {
            0 => push_unit(u32::from(byte), out),
            short => out.extend_from_slice(&[b'\\', short]),
        }
    }
    out.push(b'"');
    if out.len() > length_max { Err(NotFolded::Length) } else { Ok(()) }
}

/// What follows the backslash, by character; 0 for those without a short escape. A table, since no
/// branch on the character could be foreseen.
const SHORT_ESCAPES: [u8; 0x80] = {
    let mut escapes = [0; 0x80];
    escapes[b'\n' as usize] = b'n';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes[b'\t' as usize] = b't';
    escapes[b'\r' as usize] = b'r';
    escapes[8] = b'b';
    escapes[12] = b'f';
    escapes
};

/// Escapes the character at the start of this text; gives what follows it.
fn escape_beyond_ascii<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], NotFolded> {
    let length = match text[0] {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    let bytes = text.get(..length).ok_or(NotFolded::Text)?;
    let character = std::str::from_utf8(bytes).map_err(|_| NotFolded::Text)?.chars().next();
    for unit in character.ok_or(NotFolded::Text)?.encode_utf16(&mut [0; 2]) {
        push_unit(u32::from(*unit), out);
    }
    Ok(&text[length..])
}

fn push_unit(unit: u32, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let [a, b, c, d] = [12, 8, 4, 0].map(|shift| DIGITS[(unit >> shift & 15) as usize]);
    out.extend_from_slice(&[b'\\', b'u', a, b, c, d]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> Option<String> {
        fold(text.as_bytes()).map(|folded| String::from_utf8(folded.text).unwrap())
    }

    fn back(text: &[u8], length_max: usize) -> Result<Vec<u8>, NotFolded> {
        let mut out = Vec::new();
        unfold(text, length_max, &mut out).map(|()| out)
    }

    #[test]
    fn strings_lose_their_escapes_and_get_them_back() {
        let inner = r#"{"path":"a.rs","text":"fn a() {\n\t\"b\"\n}"}"#;
        let nested = format!(r#"{{"name":"write","arguments":{inner:?},"n":[1,"é"]}}"#);
        for (text, expected) in [
            (r#"{"a":"x\ny"}"#, "{\"a\":\u{1}x\ny\u{2}}"),
            (r#"["é\n","\u00e9"]"#, "[\u{1}é\n\u{2},\u{3}é\u{2}]"),
            (r#"["\ud83d\ude00 ok"]"#, "[\u{3}😀 ok\u{2}]"),
            (
                nested.as_str(),
                "{\"name\":\"write\",\"arguments\":\u{1}{\"path\":\"a.rs\",\"text\":\u{1}fn a() {\n\t\"b\"\n}\u{2}}\u{2},\"n\":[1,\"é\"]}",
            ),
        ] {
            assert_eq!(folded(text).as_deref(), Some(expected));
            assert_eq!(back(expected.as_bytes(), text.len()).unwrap(), text.as_bytes());
            let short = back(expected.as_bytes(), text.len() - 1);
            assert_eq!(short, Err(NotFolded::Length));
        }
    }

    #[test]
    fn what_would_not_come_back_is_left_alone() {
        for text in [
            r#"{"a":"\u00E9"}"#,
            r#"{"a":"\/"}"#,
            r#"{"a":"\u000a"}"#,
            r#"{"a":"é\u00e9"}"#,
            r#"{"a":"\ud83d"}"#,
            r#"{"a":"\u0001\n"}"#,
            "{\"a\":\"\u{2}\\n\"}",
            r#"{"a":"\n"#,
        ] {
            assert_eq!(folded(text), None, "{text}");
        }
    }

    #[test]
    fn marks_that_do_not_match_are_refused() {
        for text in [&[1][..], &[2], &[1, 2, 2], &[3, 1, 2], &[1; 9]] {
            assert_eq!(back(text, 100), Err(NotFolded::Marks), "{text:?}");
        }
        assert_eq!(back(&[3, 0xff, 2], 100), Err(NotFolded::Text));
    }

    fn json_like() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\""),
            Just("\\"),
            Just("\\n"),
            Just("\\\""),
            Just("\\u00e9"),
            Just("\\ud83d\\ude00"),
            Just("é"),
            Just("{"),
            Just("[\""),
            Just("\":"),
            Just("a"),
            Just("\n"),
            Just("\\\\"),
            Just("{\\\""),
            Just("\\\":\\\"x\\\\n\\\"}"),
            Just("\\u0007"),
            Just("\u{1}"),
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn unfold_undoes_fold(text in json_like()) {
            if let Some(folded) = fold(text.as_bytes()) {
                prop_assert!(folded.text.len() <= text.len());
                prop_assert_eq!(back(&folded.text, text.len()).unwrap(), text.as_bytes());
            }
        }

        #[test]
        fn unfold_never_panics(text in proptest::collection::vec(prop_oneof![0u8..5, any::<u8>()], 0..60)) {
            if let Ok(out) = back(&text, 200) {
                prop_assert!(out.len() <= 200);
            }
        }
    }
}
