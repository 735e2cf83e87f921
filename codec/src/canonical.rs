//! One spelling for each JSON value: RFC 8785 (sorted names, no spaces, fewest escapes), but for
//! numbers.
//!
//! RFC 8785 reads numbers as doubles, which changes large integers and long fractions. Here a
//! number keeps its decimal value, whatever it is: an integer stays as it is written, and a number
//! with fraction or exponent becomes the shortest spelling of the same decimal that is still one
//! (`1.0` does not become `1`, since many readers tell them apart; `-0` stays `-0`). Numbers that
//! are written as JavaScript would are the same in both.
//!
//! What has no canonical form that is surely the same value is refused: names that occur twice
//! (readers differ in which they take), halves of surrogate pairs, and what is not JSON.

use thiserror::Error;

/// Values within values.
const DEPTH_MAX: usize = 128;
/// Digits of an exponent.
const EXPONENT_DIGITS_MAX: usize = 9;

/// The canonical form of a JSON value.
pub fn canonical(json: &[u8]) -> Result<Vec<u8>, NotCanonical> {
    let text = std::str::from_utf8(json)
        .map_err(|error| NotCanonical::Syntax { at: error.valid_up_to() })?;
    let mut reader = Reader { text, at: 0 };
    let mut out = Vec::with_capacity(json.len());
    reader.space();
    reader.value(0, &mut out)?;
    reader.space();
    if reader.at == text.len() { Ok(out) } else { Err(reader.syntax()) }
}

/// Why a message has no canonical form, and at which byte.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NotCanonical {
    #[error("not JSON at byte {at}")]
    Syntax { at: usize },
    #[error(
        "a name occurs twice in the object that ends at byte {at}; readers differ in which they take"
    )]
    DuplicateName { at: usize },
    #[error("half of a surrogate pair at byte {at}, which is no character")]
    Surrogate { at: usize },
    #[error("more than {DEPTH_MAX} values within one another at byte {at}")]
    Depth { at: usize },
    #[error("an exponent of more than {EXPONENT_DIGITS_MAX} digits in the number at byte {at}")]
    Exponent { at: usize },
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn syntax(&self) -> NotCanonical {
        NotCanonical::Syntax { at: self.at }
    }

    fn space(&mut self) {
        let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(space).count();
    }

    /// Whether this byte is next; if so it is passed.
    fn next_is(&mut self, byte: u8) -> bool {
        let is = self.rest().first() == Some(&byte);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, byte: u8) -> Result<(), NotCanonical> {
        if self.next_is(byte) { Ok(()) } else { Err(self.syntax()) }
    }

    fn value(&mut self, depth: usize, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
        if depth > DEPTH_MAX {
            return Err(NotCanonical::Depth { at: self.at });
        }
        match self.rest().first() {
            Some(b'{') => self.object(depth, out),
            Some(b'[') => self.array(depth, out),
            Some(b'"') => {
                let string = self.string()?;
                write_string(&string, out);
                Ok(())
            }
            Some(b'-' | b'0'..=b'9') => self.number(out),
            _ => {
                let words = [&b"true"[..], b"false", b"null"];
                let word = words.into_iter().find(|word| self.rest().starts_with(word));
                let word = word.ok_or(self.syntax())?;
                self.at += word.len();
                out.extend_from_slice(word);
                Ok(())
            }
        }
    }

    fn array(&mut self, depth: usize, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
        self.expect(b'[')?;
        out.push(b'[');
        self.space();
        if !self.next_is(b']') {
            loop {
                self.space();
                self.value(depth + 1, out)?;
                self.space();
                if self.next_is(b']') {
                    break;
                }
                self.expect(b',')?;
                out.push(b',');
            }
        }
        out.push(b']');
        Ok(())
    }

    fn object(&mut self, depth: usize, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
        self.expect(b'{')?;
        let mut members = Vec::new();
        self.space();
        if !self.next_is(b'}') {
            loop {
                self.space();
                let name = self.string()?;
                self.space();
                self.expect(b':')?;
                self.space();
                let mut value = Vec::new();
                self.value(depth + 1, &mut value)?;
                members.push((name, value));
                self.space();
                if self.next_is(b'}') {
                    break;
                }
                self.expect(b',')?;
            }
        }
        // As RFC 8785 has it: by UTF-16 units.
        members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        if members.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(NotCanonical::DuplicateName { at: self.at });
        }
        out.push(b'{');
        for (place, (name, value)) in members.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            write_string(name, out);
            out.push(b':');
            out.extend_from_slice(value);
        }
        out.push(b'}');
        Ok(())
    }

    fn string(&mut self) -> Result<String, NotCanonical> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            let plain = |byte: &u8| *byte >= 0x20 && !matches!(byte, b'"' | b'\\');
            let length = self.rest().iter().take_while(|byte| plain(byte)).count();
            string.push_str(&self.text[self.at..self.at + length]);
            self.at += length;
            if self.next_is(b'"') {
                return Ok(string);
            }
            self.expect(b'\\')?;
            let escape = *self.rest().first().ok_or(self.syntax())?;
            let character = match escape {
                b'"' | b'\\' | b'/' => char::from(escape),
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'u' => {
                    string.push(self.unicode()?);
                    continue;
                }
                _ => return Err(self.syntax()),
            };
            self.at += 1;
            string.push(character);
        }
    }

    /// The character whose escape begins before the `u` that is next.
    fn unicode(&mut self) -> Result<char, NotCanonical> {
        let start = self.at;
        let surrogate = NotCanonical::Surrogate { at: start };
        let high = self.unit()?;
        let code = match high {
            0xd800..=0xdbff => {
                let low = match self.next_is(b'\\') && self.rest().first() == Some(&b'u') {
                    true => self.unit()?,
                    false => return Err(surrogate),
                };
                match low {
                    0xdc00..=0xdfff => 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00),
                    _ => return Err(surrogate),
                }
            }
            _ => high,
        };
        char::from_u32(code).ok_or(surrogate)
    }

    fn unit(&mut self) -> Result<u32, NotCanonical> {
        self.expect(b'u')?;
        let digits = self.rest().get(..4).ok_or(self.syntax())?;
        let digit = |digit: &u8| char::from(*digit).to_digit(16);
        let unit = digits.iter().try_fold(0, |unit, byte| Some(unit << 4 | digit(byte)?));
        let unit = unit.ok_or(self.syntax())?;
        self.at += 4;
        Ok(unit)
    }

    fn digits(&mut self) -> Result<&'a [u8], NotCanonical> {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 {
            return Err(self.syntax());
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn number(&mut self, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
        let negative = self.next_is(b'-');
        let start = self.at;
        let integer = self.digits()?;
        if integer.len() > 1 && integer[0] == b'0' {
            return Err(NotCanonical::Syntax { at: start });
        }
        if negative {
            out.push(b'-');
        }
        let fraction = if self.next_is(b'.') { Some(self.digits()?) } else { None };
        let mut exponent = None;
        if self.next_is(b'e') || self.next_is(b'E') {
            let below = self.next_is(b'-');
            if !below {
                self.next_is(b'+');
            }
            let at = self.at;
            let digits = self.digits()?;
            if digits.len() > EXPONENT_DIGITS_MAX {
                return Err(NotCanonical::Exponent { at });
            }
            let size = digits.iter().fold(0, |size, digit| size * 10 + i64::from(digit - b'0'));
            exponent = Some(if below { -size } else { size });
        }
        if fraction.is_none() && exponent.is_none() {
            out.extend_from_slice(integer);
            return Ok(());
        }
        let (fraction, exponent) = (fraction.unwrap_or_default(), exponent.unwrap_or(0));
        let whole = write_decimal(integer, fraction, exponent, out);
        whole.ok_or(NotCanonical::Exponent { at: start })
    }
}

/// As JavaScript writes numbers, but with `.0` where it would look like an integer. None if the
/// exponent gets more digits than are read again.
fn write_decimal(integer: &[u8], fraction: &[u8], exponent: i64, out: &mut Vec<u8>) -> Option<()> {
    let all = [integer, fraction].concat();
    let zeros = all.iter().take_while(|digit| **digit == b'0').count();
    let end = all.iter().rposition(|digit| *digit != b'0').map_or(zeros, |last| last + 1);
    let digits = &all[zeros..end];
    if digits.is_empty() {
        out.extend_from_slice(b"0.0");
        return Some(());
    }
    // The number is 0.DIGITS times ten to the power of this.
    let point = integer.len() as i64 + exponent - zeros as i64;
    let length = digits.len() as i64;
    match point {
        -5..=0 => {
            out.extend_from_slice(b"0.");
            out.extend(std::iter::repeat_n(b'0', -point as usize));
            out.extend_from_slice(digits);
        }
        1..=21 if point >= length => {
            out.extend_from_slice(digits);
            out.extend(std::iter::repeat_n(b'0', (point - length) as usize));
            out.extend_from_slice(b".0");
        }
        1..=21 => {
            let (before, after) = digits.split_at(point as usize);
            out.extend_from_slice(before);
            out.push(b'.');
            out.extend_from_slice(after);
        }
        _ => {
            out.push(digits[0]);
            if length > 1 {
                out.push(b'.');
                out.extend_from_slice(&digits[1..]);
            }
            let sign = if point > 0 { "+" } else { "" };
            let exponent = point - 1;
            if exponent.abs() >= 10i64.pow(EXPONENT_DIGITS_MAX as u32) {
                return None;
            }
            out.extend_from_slice(format!("e{sign}{exponent}").as_bytes());
        }
    }
    Some(())
}

fn write_string(string: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for character in string.bytes() {
        let short = match character {
            b'"' | b'\\' => character,
            b'\n' => b'n',
            b'\t' => b't',
            b'\r' => b'r',
            8 => b'b',
            12 => b'f',
            0..0x20 => {
                out.extend_from_slice(format!("\\u{character:04x}").as_bytes());
                continue;
            }
            _ => {
                out.push(character);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(json: &str) -> String {
        String::from_utf8(canonical(json.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn one_spelling_for_each_value() {
        assert_eq!(
            form(" { \"b\" : [ 1 , true ] ,\n\"a\" : null } "),
            r#"{"a":null,"b":[1,true]}"#
        );
        assert_eq!(form(r#""\u00e9\/\u000a\ud83d\ude00\u0007""#), "\"é/\\n😀\\u0007\"");
        // By UTF-16 units the second comes first.
        assert_eq!(form("{\"\u{fb33}\":1,\"😀\":2}"), "{\"😀\":2,\"\u{fb33}\":1}");
    }

    #[test]
    fn numbers_keep_their_decimal_value() {
        for (given, expected) in [
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("-0", "-0"),
            ("-0.0", "-0.0"),
            ("0e9", "0.0"),
            ("1.0", "1.0"),
            ("1.50", "1.5"),
            ("1E2", "100.0"),
            ("1e400", "1e+400"),
            ("12.5e-3", "0.0125"),
            ("1e-6", "0.000001"),
            ("1e-7", "1e-7"),
            ("1.25e22", "1.25e+22"),
            ("1e20", "100000000000000000000.0"),
            ("1e21", "1e+21"),
            ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ] {
            assert_eq!(form(given), expected, "{given}");
            assert_eq!(form(expected), expected, "twice");
        }
    }

    #[test]
    fn what_may_change_value_is_refused() {
        let refused = |json: &str| canonical(json.as_bytes()).unwrap_err();
        assert_eq!(refused(r#"{"a":1,"\u0061":2}"#), NotCanonical::DuplicateName { at: 18 });
        assert_eq!(refused(r#""\ud800""#), NotCanonical::Surrogate { at: 2 });
        assert_eq!(refused(r#""\ud800\u0061""#), NotCanonical::Surrogate { at: 2 });
        assert_eq!(refused("1e1234567890"), NotCanonical::Exponent { at: 2 });
        assert_eq!(refused("10e999999999"), NotCanonical::Exponent { at: 0 });
        assert_eq!(refused("-0.1e-999999999"), NotCanonical::Exponent { at: 1 });
        assert_eq!(form("1e999999999"), "1e+999999999");
        assert_eq!(refused(&"[".repeat(400)), NotCanonical::Depth { at: DEPTH_MAX + 1 });
        for (json, at) in [
            ("", 0),
            ("01", 0),
            ("1.", 2),
            ("[1,]", 3),
            ("{\"a\"}", 4),
            ("nul", 0),
            ("1 2", 2),
            ("\"\n\"", 1),
            ("[1 2]", 3),
        ] {
            assert_eq!(refused(json), NotCanonical::Syntax { at }, "{json}");
        }
    }
}
