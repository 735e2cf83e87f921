//! What an agent hands on to its successor when its context ends: the DNA of MASC's mitosis
//! (section 3.2), extracted from the recorded session by rules.
//!
//! [`extract`] is deterministic and calls no model. It makes candidates of the records (one module
//! per kind below `extract/`), drops what later records superseded, and takes what is worth most
//! per byte until the budget is used. Each item names its records; [`Extraction`] says of each
//! candidate what it was worth, and whether it was taken.
//!
//! It depends on the importers' [`attune_import::Session`] and on nothing else of this repository.
//!
//! What could make it wrong: the rules look for words. What is said in other words, or in another
//! language than English, is found only where tools record it (task lists, runs, accesses) and in
//! the user's own messages, which are taken as they are.

mod dna;
mod error;
mod extract;
mod text;

pub use dna::{About, Artifact, Decision, Dna, FORMAT, Said, State, Step, Warning, Why};
pub use error::{BudgetError, DnaError};
pub use extract::{Candidate, Extraction, Kind, Options, extract, extraction};

/// How a DNA is written, which is what the budget is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// [`Dna::to_json`]: exact, read by [`Dna::from_json`].
    Json,
    /// [`Dna::to_text`]: for a prompt; without the records, so more fits.
    #[default]
    Text,
}

impl Dna {
    /// This form of it.
    pub fn written(&self, form: Form) -> String {
        match form {
            Form::Json => self.to_json(),
            Form::Text => self.to_text(),
        }
    }

    /// One line of JSON; `handoff/schema/dna.schema.json` describes it.
    pub fn to_json(&self) -> String {
        // A structure of strings and numbers: nothing in it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For a prompt, as `docs/handoff.md` describes it.
    pub fn to_text(&self) -> String {
        text::written(self)
    }

    pub fn from_json(json: &str) -> Result<Dna, DnaError> {
        #[derive(serde::Deserialize)]
        struct Any {
            dna: u64,
        }
        match serde_json::from_str::<Any>(json) {
            Ok(Any { dna }) if dna != u64::from(FORMAT) => Err(DnaError::Format { found: dna }),
            Ok(_) => serde_json::from_str(json).map_err(DnaError::Invalid),
            Err(error) => Err(DnaError::None(error)),
        }
    }
}

/// The schema of [`Dna::to_json`] (JSON Schema, draft 2020-12).
pub const SCHEMA: &str = include_str!("../schema/dna.schema.json");

/// A number of bytes: `2000`, `2KB` (2000), `2KiB` (2048), `1MiB`; `0.5KiB`.
pub fn bytes(budget: &str) -> Result<usize, BudgetError> {
    let wrong = || BudgetError { given: budget.to_string() };
    let digits = budget.trim().trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match budget.trim()[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" | "k" => 1000,
        "kib" => 1024,
        "mb" => 1_000_000,
        "mib" => 1 << 20,
        _ => return Err(wrong()),
    };
    // In thousandths, so that `0.5KiB` is exact.
    let (whole, part) = digits.trim().split_once('.').unwrap_or((digits.trim(), "0"));
    let number = |digits: &str| digits.parse::<usize>().ok().filter(|n| *n < 1 << 30);
    let part = format!("{part:0<3}");
    let (Some(whole), Some(part)) = (number(whole), number(&part).filter(|_| part.len() == 3))
    else {
        return Err(wrong());
    };
    Ok(whole * unit + part * unit / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_have_units() {
        let of = |budget| bytes(budget).ok();
        assert_eq!(of("2KiB"), Some(2048));
        assert_eq!((of("2000"), of("2 kB"), of("0.5KiB")), (Some(2000), Some(2000), Some(512)));
        assert_eq!(
            (of(""), of("two"), of("2XB"), of("-1"), of("1.2345K")),
            (None, None, None, None, None)
        );
    }

    #[test]
    fn other_formats_are_refused() {
        let error = Dna::from_json(r#"{"dna": 2, "session": "s", "at": 1}"#).unwrap_err();
        assert!(matches!(error, DnaError::Format { found: 2 }), "{error}");
        let error =
            Dna::from_json(r#"{"dna": 1, "session": "s", "at": 1, "more": 1}"#).unwrap_err();
        assert!(matches!(error, DnaError::Invalid(_)), "{error}");
        assert!(matches!(Dna::from_json("[]").unwrap_err(), DnaError::None(_)));
    }
}
