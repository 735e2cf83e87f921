//! One line of an event trace: what was done, what came of it, and what is different now.

use crate::{EntryView, LineView};
use attune_protocol::{
    AgentId, Event as Effect, Miss, NotOwner, RequestId, Tick, ToAgent, ToLine, Version,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Counted from 1 without gaps.
    pub step: u32,
    pub artifact: u32,
    pub action: Action,
    pub outcome: Outcome,
    pub after: After,
}

/// The inputs: what an agent, the network, time or the authority's disk can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Reads the copy; a miss asks for nothing.
    Read {
        agent: AgentId,
        now: Tick,
    },
    Fetch {
        agent: AgentId,
        now: Tick,
        request: RequestId,
    },
    Upgrade {
        agent: AgentId,
        now: Tick,
        request: RequestId,
    },
    Write {
        agent: AgentId,
        now: Tick,
    },
    Commit {
        agent: AgentId,
        now: Tick,
        request: RequestId,
    },
    Release {
        agent: AgentId,
        now: Tick,
        request: RequestId,
    },
    Heartbeat {
        agent: AgentId,
        now: Tick,
        request: RequestId,
    },
    /// Sends the request that waits for an answer again, unchanged.
    Resend {
        agent: AgentId,
        message: ToLine,
    },
    /// A message that no entry made is on its way to the line: somebody who does not go by the
    /// entry uses the agent's name.
    Forge {
        message: ToLine,
    },
    /// A message arrives at the line. `kept`: a duplicate stays in flight. `answers_lost`: the
    /// authority stops after it has recorded the message and before it says anything.
    LineGets {
        message: ToLine,
        now: Tick,
        kept: bool,
        answers_lost: bool,
    },
    /// A message arrives at its agent. `kept`: a duplicate stays in flight.
    AgentGets {
        message: ToAgent,
        now: Tick,
        kept: bool,
    },
    LoseToLine {
        message: ToLine,
    },
    LoseToAgent {
        message: ToAgent,
    },
    /// The agent loses its memory, but for the request counter.
    Crash {
        agent: AgentId,
    },
    /// The authority looks after deadlines.
    Expire {
        now: Tick,
    },
    /// The authority sends the content to everybody.
    Publish {
        now: Tick,
    },
    /// The line's clock moves on.
    LineTime {
        now: Tick,
    },
    /// An agent's clock moves on.
    AgentTime {
        agent: AgentId,
        now: Tick,
    },
    /// The authority writes down what the line is.
    Snapshot,
    /// The authority stops, and recovers the line from the last snapshot and the log of what the
    /// line was given since. What is in flight stays in flight: what a stop takes with it is lost
    /// by steps of its own.
    Restart,
}

/// What an action did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// The read got this version.
    Hit(Version),
    /// The read found nothing to use.
    Miss(Miss),
    /// The agent sent this.
    Sent(ToLine),
    /// The line said this, in order. (With `answers_lost`: would have said.)
    Told(Vec<ToAgent>),
    /// What a message did to the agent, and what it sent back.
    Heard { event: Effect, reply: Option<ToLine> },
    /// The agent does not hold the grant: nothing was written or sent.
    Refused(NotOwner),
    /// Nothing beyond the action itself.
    Nothing,
    /// The core panicked, saying this; what it was changing is left half done.
    Panicked(String),
}

/// The parts that the action touched, as they are afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineView>,
    /// The entry of the agent concerned ([`Action::agent`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryView>,
}

impl Action {
    /// The agent that acts, gets a message or crashes.
    pub fn agent(&self) -> Option<AgentId> {
        match *self {
            Action::Read { agent, .. }
            | Action::Fetch { agent, .. }
            | Action::Upgrade { agent, .. }
            | Action::Write { agent, .. }
            | Action::Commit { agent, .. }
            | Action::Release { agent, .. }
            | Action::Heartbeat { agent, .. }
            | Action::Resend { agent, .. }
            | Action::Crash { agent }
            | Action::AgentTime { agent, .. } => Some(agent),
            Action::AgentGets { message, .. } => Some(message.agent),
            Action::Forge { .. }
            | Action::LineGets { .. }
            | Action::LoseToLine { .. }
            | Action::LoseToAgent { .. }
            | Action::Expire { .. }
            | Action::Publish { .. }
            | Action::LineTime { .. }
            | Action::Snapshot
            | Action::Restart => None,
        }
    }
}
