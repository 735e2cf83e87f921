use serde::{Deserialize, Serialize};
use std::fmt;

/// One line: an agent read or wrote an artifact, or tried to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    pub session: String,
    /// The place among the session's records, which are also messages and calls that touch no
    /// artifact: ascending, not without gaps.
    pub sequence: u64,
    /// Milliseconds since 1970-01-01T00:00Z, where the tool recorded a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<i64>,
    pub agent: String,
    /// How often the model had answered this agent by then, this answer included; counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<u64>,
    /// What the artifact's name is relative to. The same name in another project is another
    /// artifact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    pub artifact: String,
    pub op: Op,
    /// What the agent was given, or the new text that it wrote. `None`: not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// The whole artifact: as it was read, or as it is after the write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_tokens: Option<u64>,
    /// The lines that were read. `None`: not known which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineRange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_lines: Option<u64>,
    /// The content that was read, or that the write made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<ContentId>,
    /// The content that the write replaced. If the writer's last read was of another, it wrote
    /// over something it had not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<ContentId>,
    #[serde(default, skip_serializing_if = "Outcome::is_done")]
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// No size, line or turn of an access is greater: sums of greater ones would not fit.
pub const NUMBER_MAX: u64 = 1 << 40;

/// A number that is none of an artifact or session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is {found}: beyond 2^40 sums do not fit; leave it out if it is not known")]
pub struct TooLarge {
    pub field: &'static str,
    pub found: u64,
}

impl Access {
    /// Whether its numbers can be added up.
    pub fn fits(&self) -> Result<(), TooLarge> {
        let numbers = [
            ("turn", self.turn),
            ("tokens", self.tokens),
            ("artifact_tokens", self.artifact_tokens),
            ("lines", self.lines.map(LineRange::last)),
            ("total_lines", self.total_lines),
        ];
        let large = |(field, number): (_, Option<u64>)| {
            number.filter(|found| *found > NUMBER_MAX).map(|found| TooLarge { field, found })
        };
        numbers.into_iter().find_map(large).map_or(Ok(()), Err)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Read,
    Write,
}

/// What came of it. Only what is [`Outcome::Done`] moved content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    #[default]
    Done,
    /// The tool refused or failed; nothing was read or written.
    Failed,
    /// The tool refused a write because the artifact had changed since the agent read it.
    Conflict,
}

impl Outcome {
    pub fn is_done(&self) -> bool {
        *self == Outcome::Done
    }
}

/// Names a content of an artifact: a hash or a counter. Equal names are equal contents; of unequal
/// ones nothing is known but that they differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentId(pub String);

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lines of a text, both ends included, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(u64, u64)", into = "(u64, u64)")]
pub struct LineRange {
    first: u64,
    last: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("lines [{first}, {last}]: the first is at least 1, and the last not before it")]
pub struct NotARange {
    pub first: u64,
    pub last: u64,
}

impl LineRange {
    pub fn new(first: u64, last: u64) -> Result<LineRange, NotARange> {
        if first == 0 || last < first {
            return Err(NotARange { first, last });
        }
        Ok(LineRange { first, last })
    }

    pub fn first(self) -> u64 {
        self.first
    }

    pub fn last(self) -> u64 {
        self.last
    }

    /// How many lines.
    pub fn count(self) -> u64 {
        self.last - self.first + 1
    }
}

impl TryFrom<(u64, u64)> for LineRange {
    type Error = NotARange;

    fn try_from((first, last): (u64, u64)) -> Result<LineRange, NotARange> {
        LineRange::new(first, last)
    }
}

impl From<LineRange> for (u64, u64) {
    fn from(lines: LineRange) -> (u64, u64) {
        (lines.first, lines.last)
    }
}
