//! How much room texts take. There are no font files here, and readers' fonts differ, so widths
//! are estimates on the wide side.

/// How much wider bold letters are.
pub(super) const BOLDER: f64 = 1.1;

/// The width of a text in picture units.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// The width of a letter, in parts of the font's size.
fn advance(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '’' => 0.32,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | 'I' | '/' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' => 0.95,
        'A'..='Z' => 0.7,
        _ if letter.is_ascii() => 0.6,
        // Letters with accents are no wider than those without; ideographs are square.
        '\u{80}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{2000}'..='\u{22ff}' => 0.65,
        _ => 1.0,
    }
}

/// Breaks a text at its spaces into lines no wider than `most`, where words allow. What is in
/// parentheses stays together if it fits into a line.
pub(super) fn wrap(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts(text, |part| width(part, size) <= most) {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(&part, size) + 0.4 * size <= most => {
                line.push(' ');
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    lines
}

/// Words, and words in parentheses together.
fn parts(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match parts.last_mut() {
            Some(part) if part.starts_with('(') && !part.contains(')') => {
                let joined = format!("{part} {word}");
                if fits(&joined) { *part = joined } else { parts.push(word.to_string()) }
            }
            _ => parts.push(word.to_string()),
        }
    }
    parts
}
