//! The DNA as data: what a successor needs to go on, and which records say so.
//!
//! The structure is that of MASC (section 3.2: goal, completed and pending steps, decisions with
//! their rationale, warnings, files), with three changes. Files are [`Artifact`]s with the version
//! that the agent last held, so that a successor fetches only what has changed. What is so now
//! ([`State`]) stands apart from what was decided ([`Decision`]). And every item names the records
//! it was taken from.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the structure. A reader refuses others: see [`crate::DnaError`].
pub const FORMAT: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dna {
    /// [`FORMAT`].
    pub dna: u32,
    pub session: String,
    /// What artifacts' names are relative to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The last record that was taken into account.
    pub at: u64,
    /// How often this work had been handed over before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub generation: u32,
    /// What the user asked for first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Said>,
    /// What the user asked for or said since, in order; the last is what is to be done now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Said>,
    /// Steps that are not done, the one under way first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Step>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<State>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
    /// By folder, which ends with a slash or is empty.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub artifacts: BTreeMap<String, Vec<Artifact>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<Said>,
    /// What was found out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Said>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// A text, as it was said or briefly told. `…` stands where something was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub text: String,
    /// Sequence numbers of the session's records, ascending.
    pub from: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub text: String,
    /// It was begun.
    #[serde(default, skip_serializing_if = "is_false")]
    pub doing: bool,
    pub from: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    pub why: Why,
    pub text: String,
    pub from: Vec<u64>,
}

/// Where a warning comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The user forbade it, or said how it always has to be.
    Rule,
    /// The user rejected what the agent did or planned.
    Rejected,
    /// The user corrected the agent.
    Corrected,
    /// It failed more than once.
    Failed,
}

/// Something that is so at the end, until somebody changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub about: About,
    /// Of something that was run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    pub text: String,
    pub from: Vec<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// What the agent said last of what it does.
    Doing,
    /// A question to the user that is not answered.
    Question,
    /// The last run of tests.
    Test,
    Build,
    Lint,
    /// The last thing that failed and was not mended.
    Error,
    /// The last change of an artifact.
    Change,
    Commit,
    Branch,
    /// A pull request or other page that belongs to the work.
    Link,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What it is about, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    pub choice: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What was not chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<String>,
    /// The user decided it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub user: bool,
    pub from: Vec<u64>,
}

/// An artifact that the agent held: what it knew of it, and whether that may still be so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Without its folder.
    pub name: String,
    /// The content the agent held last, whole: the first digits (at least 8) of its content id.
    /// `None`: it never held the whole, or not that is known; then nothing can be reused unseen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The lines it was shown since the last version that it held whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<[u64; 2]>,
    /// How many lines there were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// How often the agent and its sub-agents changed it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub writes: u32,
    /// It was changed after the last commit that was seen.
    #[serde(default, skip_serializing_if = "is_false")]
    pub uncommitted: bool,
    /// It was changed after `version` and `lines` were seen, in a way that the agent did not see:
    /// by a sub-agent, or by an edit whose result is not recorded. Fetch it before use.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stale: bool,
    /// The record of the last access.
    pub from: Vec<u64>,
}
