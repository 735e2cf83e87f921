//! A workload as data: what `attune calibrate` writes and `attune synthesize` draws from.

use super::law::Law;
use attune_trace::access::Op;
use serde::{Deserialize, Serialize};

/// How the sessions of one source go, or those of one kind. Shares and probabilities are from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub source: String,
    /// Which of its sessions, by their length.
    pub kind: String,
    /// How many sessions it was fitted to: its weight among others.
    pub sessions: u64,
    pub team: Team,
    pub lead: Role,
    /// Missing: no session has a second agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helper: Option<Role>,
    pub artifacts: Artifacts,
    pub reads: Reads,
    pub writes: Texts,
    /// Missing: no times are recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// Missing: the calls of a model are not recorded; each access is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns: Option<Turns>,
}

/// Who works in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Sessions with one agent.
    pub alone: f64,
    /// After each helper of a session that has any: that there is another.
    pub another_helper: f64,
    /// The next access is by the same agent, where another has something left to do.
    pub stay: f64,
}

/// How one kind of agent works: the lead of a session (who accesses most), or a helper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Per agent.
    pub accesses: Law,
    /// The next access is to the same artifact as the agent's last one, by what it did there.
    pub locality: ByPast,
    pub discovery: Discovery,
    pub returns: Returns,
    /// Of accesses to artifacts that may be written, by what came before.
    pub write: WriteProbability,
}

/// An access that leaves the last artifact goes to one that is new to the agent with probability
/// (strength + discount × distinct) / (strength + moves), after so many moves to so many distinct
/// artifacts: the process of Pitman and Yor, whose popularity follows Zipf's law.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discovery {
    pub strength: f64,
    pub discount: f64,
    /// What is new to the agent is one that others of the session have touched, if there is one.
    pub shared: f64,
}

/// To which of its artifacts an agent returns: with weight count^popularity / age^recency, the age
/// of the one touched last being 1, of the one before it 2, and so on; times e^past, by what it did
/// there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    pub popularity: f64,
    pub recency: f64,
    /// That of `read_whole` is 0: only differences count.
    pub past: ByPast,
}

/// That an access is a write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteProbability {
    /// Nobody of the session has touched the artifact.
    pub new: f64,
    /// Others have.
    pub shared: f64,
    /// It is the agent's last artifact.
    pub stay: ByPast,
    /// It is an earlier one.
    pub back: ByPast,
}

/// What an agent did to an artifact before: its last access, and what it has seen of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    ReadWhole,
    ReadPart,
    WroteWhole,
    WrotePart,
}

/// A number for each [`Past`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByPast {
    /// Its last access was a read, and it has read all of the artifact.
    pub read_whole: f64,
    /// A read, and it has not.
    pub read_part: f64,
    /// A write, and it has read or written all of it.
    pub wrote_whole: f64,
    pub wrote_part: f64,
}

impl Past {
    pub const COUNT: usize = 4;

    pub fn new(op: Op, whole: bool) -> Past {
        match (op, whole) {
            (Op::Read, true) => Past::ReadWhole,
            (Op::Read, false) => Past::ReadPart,
            (Op::Write, true) => Past::WroteWhole,
            (Op::Write, false) => Past::WrotePart,
        }
    }
}

impl ByPast {
    pub fn from_array([read_whole, read_part, wrote_whole, wrote_part]: [f64; 4]) -> ByPast {
        ByPast { read_whole, read_part, wrote_whole, wrote_part }
    }

    pub fn to_array(self) -> [f64; Past::COUNT] {
        [self.read_whole, self.read_part, self.wrote_whole, self.wrote_part]
    }

    pub fn of(self, past: Past) -> f64 {
        self.to_array()[past as usize]
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifacts {
    pub tokens: Law,
    pub tokens_per_line: Law,
    /// Artifacts that nobody ever writes, however often they are touched.
    pub never_written: f64,
    /// Accesses (but the first) that find a content which no recorded write made.
    pub changed_outside: f64,
}

/// Which part of an artifact is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    pub first: FirstRead,
    /// By an agent that has read it whole.
    pub again_after_whole: AgainAfterWhole,
    /// By an agent that has read parts of it.
    pub again_after_parts: AgainAfterParts,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstRead {
    /// Whole: log odds at an artifact of one token, and their slope over the logarithm of its size.
    pub whole_log_odds: f64,
    pub whole_slope: f64,
    /// Of the others: unknown lines, as a search gives them.
    pub scattered: f64,
    pub part: Part,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgainAfterWhole {
    pub whole: f64,
    /// Of the others.
    pub scattered: f64,
    pub part: Part,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgainAfterParts {
    pub whole: f64,
    /// Of those not whole: unknown lines.
    pub scattered: f64,
    /// Of known lines: only what the agent has read before.
    pub same_lines: f64,
    /// Of other lines: the share that it has not.
    pub fresh: f64,
    pub part: Part,
}

/// How large a part of an artifact is: size^slope times a draw, and less than all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub slope: f64,
    pub draw: Law,
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// A write that is the first access of the session to the artifact makes it whole.
    pub whole_first: f64,
    /// Any other write does.
    pub whole_later: f64,
    /// Of writes that do not: the size of the text is not recorded.
    pub unrecorded: f64,
    /// Of writes that do not.
    pub tokens: Law,
}

/// From the access before it in the session, whoever did that, to an access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Time {
    /// To an artifact that is new to the agent.
    pub new: Gap,
    /// To one that it knows.
    pub known: Gap,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Less than one second.
    pub together: f64,
    /// Otherwise.
    pub seconds: Law,
}

/// Calls of the model by one agent: a chain of two states, touching artifacts or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turns {
    /// Calls before the first access, on average.
    pub before_first: f64,
    /// The next access belongs to the same call.
    pub same: f64,
    /// Otherwise: the next call touches an artifact again; the burst goes on.
    pub touch_after_touch: f64,
    /// After a call that touched none, the next one does; the pause ends.
    pub touch_after_pause: f64,
}

impl Turns {
    /// Of all calls, those that touch an artifact.
    pub fn touching(&self) -> f64 {
        self.touch_after_pause / (self.touch_after_pause + 1.0 - self.touch_after_touch)
    }
}

/// What an access is to its agent, as far as the probability of a write depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    New,
    Shared,
    Stay(Past),
    Back(Past),
}

impl Situation {
    pub const COUNT: usize = 2 + 2 * Past::COUNT;

    pub fn index(self) -> usize {
        match self {
            Situation::New => 0,
            Situation::Shared => 1,
            Situation::Stay(past) => 2 + past as usize,
            Situation::Back(past) => 2 + Past::COUNT + past as usize,
        }
    }
}

impl WriteProbability {
    pub fn from_array(
        [new, shared, a, b, c, d, e, f, g, h]: [f64; Situation::COUNT],
    ) -> WriteProbability {
        let (stay, back) = (ByPast::from_array([a, b, c, d]), ByPast::from_array([e, f, g, h]));
        WriteProbability { new, shared, stay, back }
    }

    pub fn of(&self, situation: Situation) -> f64 {
        match situation {
            Situation::New => self.new,
            Situation::Shared => self.shared,
            Situation::Stay(past) => self.stay.of(past),
            Situation::Back(past) => self.back.of(past),
        }
    }
}

impl Discovery {
    /// That a move goes to an artifact new to the agent. With at most one artifact there is no other.
    pub fn probability(&self, moves: u64, distinct: u64) -> f64 {
        if distinct <= 1 {
            return 1.0;
        }
        let Discovery { strength, discount, .. } = *self;
        (strength + discount * distinct as f64) / (strength + moves as f64)
    }
}
