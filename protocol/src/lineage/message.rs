//! Messages between the record of a lineage and its agents. Each names the generation it speaks of.

use super::{Dna, Generation, StepId};
use crate::{AgentId, RequestId};

/// From an agent to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ToLineage {
    pub agent: AgentId,
    pub request: RequestId,
    /// The agent's own. Inherit: the one that it was started for.
    pub generation: Generation,
    pub ask: Ask,
}

/// What an agent asks of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Ask {
    /// To be this generation.
    Inherit,
    /// To renew the lease.
    Heartbeat,
    /// To add this step, the next one in number.
    Add(StepId),
    /// To begin this step: its effect may take place from the answer on.
    Begin(StepId),
    /// To count this step as done.
    Complete(StepId),
    /// To hand this draft over if it comes to that.
    Prepare(Dna),
    /// To hand over now, with this draft. Who says so has stopped.
    Divide(Dna),
    /// Nothing: this generation has stopped, and knows that it is over.
    Retire,
}

/// From the record to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ToAgent {
    pub agent: AgentId,
    /// The request that this answers; 0 for [`Tell::Retire`].
    pub request: RequestId,
    /// The generation that asked, or that is over.
    pub generation: Generation,
    pub tell: Tell,
}

/// What the record tells an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Tell {
    /// It is the generation that it asked to be. The driver sends the draft's content and
    /// [`super::Lineage::undone`] along.
    Inherited {
        dna: Option<Dna>,
    },
    Renewed,
    Added(StepId),
    /// The effect may take place now. `doubt`: it may have taken place already; look first.
    Begun {
        step: StepId,
        doubt: bool,
    },
    /// The step is done.
    Done(StepId),
    /// This is the draft that would be handed over.
    Prepared(Option<Dna>),
    /// The next generation is offered.
    Divided,
    Refused(Refusal),
    /// Unasked: this generation is over.
    Retire,
}

/// Why something was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Refusal {
    /// The generation is over, or never was this agent's. Stop.
    Over,
    /// Somebody else is this generation. Nothing is left to do.
    Taken { by: AgentId },
    /// There is no such step; the next one to be added is this.
    NoSuchStep { next: StepId },
    /// This generation has not begun the step. Begin it.
    NotBegun(StepId),
}
