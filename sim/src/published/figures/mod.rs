//! The paper's printed figures, and what the replica gets for each.

mod parameters;

pub use parameters::{BadParameters, Parameters};

use serde::{Deserialize, Serialize};

/// One printed figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// `1` to `5`, `cliff` or `pointer`.
    pub table: String,
    pub row: String,
    /// What is measured: see [`crate::reproduce::replica_values`].
    pub figure: String,
    /// As printed, with the printed digits.
    pub printed: String,
    /// What the published rules give, to full precision.
    pub recomputed: f64,
    /// Of `printed` and `recomputed`: `K tokens`, `tokens`, `%`, or empty for a plain ratio.
    pub unit: String,
    pub parameters: Parameters,
    pub status: Status,
    /// Why the printed figure differs, where it does.
    pub note: String,
}

/// Whether the published rules give the printed figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Exact,
    Differs,
}

/// Every printed figure, in the paper's order.
pub fn all() -> Vec<Figure> {
    csv::Reader::from_reader(include_str!("../../../fixtures/figures.csv").as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("the figures built into the program are well formed")
}

/// Whether a value, rounded to as many digits as were printed, is what was printed.
pub fn rounds_to_printed(value: f64, printed: &str) -> bool {
    let digits = printed.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    format!("{value:.digits$}") == printed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_keeps_the_printed_digits() {
        assert!(rounds_to_printed(94.95, "94.95"));
        assert!(rounds_to_printed(95.046, "95.0"));
        assert!(rounds_to_printed(0.0495, "0.050"));
        assert!(rounds_to_printed(16798.4, "16798"));
        assert!(!rounds_to_printed(95.06, "95.0"));
        assert!(!rounds_to_printed(0.05, "0.0500000001"));
    }
}
