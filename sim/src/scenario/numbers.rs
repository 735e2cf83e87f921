//! Numbers as a scenario file writes them.

/// A whole number in decimal. No leading zeros: YAML 1.1 reads those as octal and 1.2 does not.
pub(super) fn whole(text: &str) -> Option<i128> {
    let digits = without_underscores(text)?;
    let unsigned = digits.trim_start_matches(['+', '-']);
    let canonical = unsigned == "0" || unsigned.starts_with(|c: char| ('1'..='9').contains(&c));
    if canonical { digits.parse().ok() } else { None }
}

/// A finite number in decimal notation.
pub(super) fn number(text: &str) -> Option<f64> {
    let digits = without_underscores(text)?;
    let decimal = digits.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    let value: f64 = if decimal { digits.parse().ok()? } else { return None };
    // Adding zero turns -0 into 0.
    value.is_finite().then_some(value + 0.0)
}

/// `1_000_000` is `1000000`; an underscore that is not between digits is no number.
fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let placed = |(index, &byte): (usize, &u8)| {
        byte != b'_' || (index > 0 && digit(index - 1) && digit(index + 1))
    };
    bytes.iter().enumerate().all(placed).then(|| text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_decimal() {
        assert_eq!(whole("0"), Some(0));
        assert_eq!(whole("+7"), Some(7));
        assert_eq!(whole("-12"), Some(-12));
        assert_eq!(whole("1_000_000"), Some(1_000_000));
        assert_eq!(whole("9223372036854775808"), Some(9_223_372_036_854_775_808));
        for text in ["", "-", "+-1", "012", "0x10", "4.0", "1e3", "_1", "1_", "1__0", "١", " 1"] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_finite_and_decimal() {
        assert_eq!(number("0.25"), Some(0.25));
        assert_eq!(number("1e-3"), Some(0.001));
        assert_eq!(number("1_000.5"), Some(1000.5));
        assert_eq!(number("-0.0").map(f64::to_bits), Some(0));
        for text in ["", ".inf", ".nan", "inf", "nan", "1e999", "0x1p3", "1e", "a"] {
            assert_eq!(number(text), None, "{text:?}");
        }
    }
}
