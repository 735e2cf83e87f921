use crate::Kind;
use serde::{Deserialize, Serialize};

/// The first line of an access trace: what it is, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`super::FORMAT`]; under this name, so that the first bytes of a file say what it is.
    pub attune_trace: u32,
    pub kind: Kind,
    /// The tool whose sessions these are: `claude-code`.
    pub source: String,
    /// What counted the tokens: `o200k_base`, or in words how they were estimated.
    pub tokenizer: String,
    /// The command that made the trace.
    #[serde(default)]
    pub command: String,
}

impl Header {
    pub fn new(source: &str, tokenizer: &str, command: &str) -> Header {
        Header {
            attune_trace: super::FORMAT,
            kind: Kind::Access,
            source: source.to_string(),
            tokenizer: tokenizer.to_string(),
            command: command.to_string(),
        }
    }
}
