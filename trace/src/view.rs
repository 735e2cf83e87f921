//! States as data: what can be seen of a line and of an entry, and the state at the end.

use attune_protocol::{AgentId, AgentSet, Entry, Epoch, Hold, Line, State, Version};
use serde::{Deserialize, Serialize};

/// What can be seen of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineView {
    pub version: Version,
    pub epoch: Epoch,
    pub hold: Hold,
    /// The agents that may hold the current version, in ascending order.
    pub current: Vec<AgentId>,
    /// The agents that may still hold an older version, in ascending order.
    pub behind: Vec<AgentId>,
}

/// What can be seen of an agent's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryView {
    pub state: State,
    pub version: Option<Version>,
    pub epoch: Epoch,
    pub reads: u16,
}

/// The last line of a trace: why it ends there, and in what state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EndForm", into = "EndForm")]
pub struct End {
    pub verdict: Verdict,
    /// By artifact.
    pub lines: Vec<LineView>,
    /// By artifact, then by agent.
    pub entries: Vec<Vec<EntryView>>,
}

/// Why a trace ends where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The last event broke this property. `how`: the event in sentences, for who reads nothing else.
    Broken { property: String, what: String, how: Vec<String> },
    /// What the property asks for never comes: the events from this step to the last can follow
    /// one another again and again, and all that fairness asks for has happened each time.
    Repeats { property: String, what: String, from_step: u32 },
    /// The last event reached what the trace was to show: the name of a witness.
    Reached { witness: String },
    /// The run was over.
    Complete,
}

/// [`End`] as it is written: one of the first four, and the states.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    broken: Option<Broken>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeats: Option<Repeats>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reached: Option<Reached>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
    lines: Vec<LineView>,
    entries: Vec<Vec<EntryView>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Broken {
    property: String,
    what: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    how: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeats {
    property: String,
    what: String,
    from_step: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reached {
    witness: String,
}

impl TryFrom<EndForm> for End {
    type Error = &'static str;

    fn try_from(form: EndForm) -> Result<End, &'static str> {
        let verdict = match (form.broken, form.repeats, form.reached, form.complete) {
            (Some(Broken { property, what, how }), None, None, None) => {
                Verdict::Broken { property, what, how }
            }
            (None, Some(Repeats { property, what, from_step }), None, None) => {
                Verdict::Repeats { property, what, from_step }
            }
            (None, None, Some(Reached { witness }), None) => Verdict::Reached { witness },
            (None, None, None, Some(true)) => Verdict::Complete,
            _ => {
                return Err(
                    "an end is one of `broken`, `repeats`, `reached` and `\"complete\": true`",
                );
            }
        };
        Ok(End { verdict, lines: form.lines, entries: form.entries })
    }
}

impl From<End> for EndForm {
    fn from(end: End) -> EndForm {
        let (lines, entries) = (end.lines, end.entries);
        let (mut broken, mut repeats, mut reached, mut complete) = (None, None, None, None);
        match end.verdict {
            Verdict::Broken { property, what, how } => {
                broken = Some(Broken { property, what, how });
            }
            Verdict::Repeats { property, what, from_step } => {
                repeats = Some(Repeats { property, what, from_step });
            }
            Verdict::Reached { witness } => reached = Some(Reached { witness }),
            Verdict::Complete => complete = Some(true),
        }
        EndForm { broken, repeats, reached, complete, lines, entries }
    }
}

impl<S: AgentSet> From<&Line<S>> for LineView {
    fn from(line: &Line<S>) -> LineView {
        LineView {
            version: line.version(),
            epoch: line.epoch(),
            hold: line.hold(),
            current: members(line.current()),
            behind: members(line.behind()),
        }
    }
}

fn members(agents: &impl AgentSet) -> Vec<AgentId> {
    let mut members = Vec::with_capacity(agents.len());
    agents.for_each(|agent| members.push(agent));
    members
}

impl From<&Entry> for EntryView {
    fn from(entry: &Entry) -> EntryView {
        EntryView {
            state: entry.state(),
            version: entry.version(),
            epoch: entry.epoch(),
            reads: entry.reads(),
        }
    }
}
