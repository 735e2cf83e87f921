//! What is wrong with a scenario file: every mistake with its place, what was found there and
//! what is allowed.

use std::fmt;

use thiserror::Error;

/// More mistakes than this are counted, not printed.
const PRINTED_MAX: usize = 50;
/// Longer source lines are printed in part, around the mistake.
const LINE_CHARACTERS_MAX: usize = 120;

/// All the mistakes of one file, in the order of its lines.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ScenarioErrors {
    pub file_name: String,
    pub mistakes: Vec<Mistake>,
    /// The source line of each mistake that has a place.
    source_lines: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// `None`: the file as a whole.
    pub place: Option<Place>,
    /// The field, `artifacts[2].size_tokens`; empty where no field is concerned.
    pub path: String,
    pub problem: Problem,
}

/// A stretch of one line. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
    /// `None`: to the end of the line.
    pub width: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("is a directory; name one scenario file in it")]
    Directory,
    #[error("is not UTF-8 text: byte {} is not; save the file as UTF-8", bytes_before + 1)]
    NotUtf8 { bytes_before: usize },
    #[error("is larger than {} MiB; give equal artifacts once, with count", super::FILE_BYTES_MAX >> 20)]
    TooLarge,
    #[error("is empty; docs/scenario-format.md has an example to start from")]
    Empty,
    #[error("not valid YAML: {0}")]
    Syntax(String),
    #[error("a second document starts here; a scenario file holds one")]
    SecondDocument,
    #[error("nested deeper than {0} levels; no scenario needs that")]
    TooDeep(usize),
    #[error("more than {0} keys in one mapping; no scenario needs that")]
    TooManyKeys(usize),
    #[error(
        "the aliases merged with << add up to more than {0} keys; write the artifacts out or use count"
    )]
    TooManyMerged(usize),
    #[error("a key must be a plain word")]
    KeyNotText,
    #[error("a tag has no meaning in a scenario file; remove it")]
    Tag,
    #[error("this alias stands inside the value that it names")]
    AliasInsideItself,
    #[error("<< takes a mapping, or a list of mappings")]
    MergeNotMapping,
    #[error("set twice, first on line {first_line}; keep one")]
    SetTwice { first_line: usize },
    #[error("unknown key; {hint}")]
    UnknownKey { hint: String },
    #[error("missing; add {addition}: {allowed}")]
    Missing { addition: String, allowed: String },
    #[error("found {found}, allowed: {allowed}")]
    Value { found: String, allowed: String },
    #[error("{id:?} is already the id of the artifact on line {first_line}")]
    SameId { id: String, first_line: usize },
    #[error("this scenario can come to {count} {what}, allowed: at most {allowed}")]
    TooMuch { what: &'static str, count: u128, allowed: u64 },
}

impl ScenarioErrors {
    pub(super) fn whole_file(file_name: &str, problem: Problem) -> ScenarioErrors {
        ScenarioErrors {
            file_name: file_name.to_owned(),
            mistakes: vec![Mistake { place: None, path: String::new(), problem }],
            source_lines: vec![String::new()],
        }
    }

    pub(super) fn new(file_name: &str, text: &str, mut mistakes: Vec<Mistake>) -> ScenarioErrors {
        // The sort is stable: mistakes of one place stay in the order of checking.
        mistakes.sort_by_key(|mistake| mistake.place.map(|place| (place.line, place.column)));
        // A value that is used through several aliases is one mistake, not several.
        mistakes.dedup_by(|later, earlier| {
            later.place == earlier.place && later.problem == earlier.problem
        });
        let lines: Vec<&str> = lines(text).collect();
        let line_of = |mistake: &Mistake| {
            let line = mistake.place.and_then(|place| lines.get(place.line - 1));
            line.copied().unwrap_or_default().to_owned()
        };
        let source_lines = mistakes.iter().take(PRINTED_MAX).map(line_of).collect();
        ScenarioErrors { file_name: file_name.to_owned(), mistakes, source_lines }
    }
}

/// Lines as the YAML parser counts them: a carriage return alone ends one, too.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}')
        .split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// As a compiler prints it: one line, then the source line with a caret below the place.
impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printed = self.mistakes.iter().zip(&self.source_lines).enumerate();
        for (index, (mistake, source_line)) in printed {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "error: {}:", self.file_name)?;
            if let Some(place) = mistake.place {
                write!(f, "{}:{}:", place.line, place.column)?;
            }
            if !mistake.path.is_empty() {
                write!(f, " {}:", printable(&mistake.path))?;
            }
            write!(f, " {}", printable(&mistake.problem.to_string()))?;
            if let Some(place) = mistake.place {
                write_snippet(f, place, source_line)?;
            }
        }
        let more = self.mistakes.len().saturating_sub(PRINTED_MAX);
        if more > 0 {
            write!(f, "\nerror: {}: and at least {more} more mistakes", self.file_name)?;
        }
        Ok(())
    }
}

fn write_snippet(f: &mut fmt::Formatter<'_>, place: Place, source_line: &str) -> fmt::Result {
    let characters: Vec<char> = printable(source_line).chars().collect();
    let start = (place.column - 1).min(characters.len());
    let width = place.width.unwrap_or(usize::MAX).clamp(1, (characters.len() - start).max(1));

    let first = start.saturating_sub(LINE_CHARACTERS_MAX / 2);
    let first = if characters.len() <= LINE_CHARACTERS_MAX { 0 } else { first };
    let last = characters.len().min(first + LINE_CHARACTERS_MAX);
    let shown: String = characters[first..last].iter().collect();
    let before = if first > 0 { "…" } else { "" };
    let after = if last < characters.len() { "…" } else { "" };

    let gutter = place.line.to_string().len().max(3);
    let line = format!("{:>gutter$} | {before}{shown}{after}", place.line);
    write!(f, "\n{}", line.trim_end())?;
    // Tabs are repeated, so that the caret lands below its text however wide a tab is.
    let tab_or_space = |&c: &char| if c == '\t' { '\t' } else { ' ' };
    let padding: String = before
        .chars()
        .map(|_| ' ')
        .chain(characters[first..start].iter().map(tab_or_space))
        .collect();
    let carets = "^".repeat(width.min((last - start).max(1)));
    write!(f, "\n{:>gutter$} | {padding}{carets}", "")
}

/// A file's control characters must not reach the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}
