//! Text with its line numbers before each line, as tools show it to agents.

use attune_trace::access::LineRange;

/// A text without the numbers, and which lines it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) text: String,
    pub(crate) lines: LineRange,
}

/// Takes the numbers away from the lines at the beginning that have them: `   12→text`, with an
/// arrow, a tab, a colon (and a blank) or a bar after the number. `None` if the first one has none.
pub(crate) fn strip(shown: &str) -> Option<Numbered> {
    let mut text = String::with_capacity(shown.len());
    let mut range = None;
    for line in shown.split('\n') {
        let Some((number, rest)) = numbered(line) else { break };
        match range {
            None => range = Some((number, number)),
            Some((first, last)) if number == last + 1 => range = Some((first, number)),
            Some(_) => break,
        }
        text.push_str(rest);
        text.push('\n');
    }
    let (first, last) = range?;
    Some(Numbered { text, lines: LineRange::new(first, last).ok()? })
}

fn numbered(line: &str) -> Option<(u64, &str)> {
    let line = line.trim_start_matches(' ');
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    // More than this is no line number, and cannot be added to.
    if digits > 12 {
        return None;
    }
    let number = line[..digits].parse().ok()?;
    let rest = &line[digits..];
    let after = |mark: &str| rest.strip_prefix(mark);
    let rest = after("→")
        .or_else(|| after("\t"))
        .or_else(|| after(": "))
        .or_else(|| after(":"))
        .or_else(|| after("| "))
        .or_else(|| after("|"))?;
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_away() {
        let lines = |first, last| LineRange::new(first, last).unwrap();
        let cases = [
            ("     9→a\n    10→\n    11→ b\n\n<system-reminder>", "a\n\n b\n", lines(9, 11)),
            ("1: a\n2: b\n\n(End of file)", "a\nb\n", lines(1, 2)),
            ("00001| a\n00002| b\n", "a\nb\n", lines(1, 2)),
            ("     1\ta: 1\n     2\t\n", "a: 1\n\n", lines(1, 2)),
            ("7:a\n9:c", "a\n", lines(7, 7)),
        ];
        for (shown, text, lines) in cases {
            assert_eq!(strip(shown), Some(Numbered { text: text.to_string(), lines }), "{shown}");
        }
        for shown in ["", "a\n1→b", "1", "99999999999999999999→a", "0→a"] {
            assert_eq!(strip(shown), None, "{shown}");
        }
    }
}
