use crate::FORMAT;

/// Why a text is no DNA that this version reads.
#[derive(Debug, thiserror::Error)]
pub enum DnaError {
    #[error("this is no DNA: {0}; `attune handoff extract --format json` writes one")]
    None(serde_json::Error),
    #[error(
        "format {found} of the DNA is not known, only {FORMAT}; read it with the attune that wrote it"
    )]
    Format { found: u64 },
    #[error(
        "a DNA of format {FORMAT}, but damaged: {0}; `attune handoff schema` says what it holds"
    )]
    Invalid(serde_json::Error),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no number of bytes; write 2000, 2KB (2000) or 2KiB (2048)")]
pub struct BudgetError {
    pub given: String,
}
