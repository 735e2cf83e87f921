//! An agent: a place for one process at a time, and what that process has in mind.

use super::chance::{Draws, stream};
use attune_protocol::lineage::{Carrier, Generation, StepId};
use attune_protocol::{AgentId, RequestId, ToLine, Version};
use rand_chacha::ChaCha8Rng;
use std::collections::VecDeque;

/// Agents of a lineage: a generation, its successor, and one more, should that fail to start; then
/// the estate, which has no process.
pub const AGENTS: u32 = 4;
pub const ESTATE: u32 = AGENTS - 1;

pub struct Agent {
    pub id: AgentId,
    pub carrier: Carrier,
    pub doing: Doing,
    /// The request to a line that waits for an answer.
    pub asked: Option<Asked>,
    /// When the carrier's request was last sent.
    pub carrier_sent: u32,
    pub crashes: ChaCha8Rng,
    /// Kept across crashes.
    requests: RequestId,
}

#[derive(Clone, Copy)]
pub struct Asked {
    pub artifact: usize,
    pub message: ToLine,
    pub sent: u32,
}

pub enum Doing {
    Idle,
    /// Its process is being started, for this generation.
    Starting {
        at: u32,
        generation: Generation,
    },
    /// It has asked to be a generation.
    Asking,
    Working(Box<Mind>),
}

/// What is lost when a process ends.
pub struct Mind {
    pub generation: Generation,
    /// Tokens.
    pub context: u64,
    /// By fact.
    pub known: Vec<bool>,
    /// By artifact: the version that is in the context.
    pub seen: Vec<Option<Version>>,
    /// By artifact: the version on the disk that it took over, as far as its DNA says.
    pub disk: Vec<Option<Version>>,
    /// It has handed in a draft.
    pub prepared: bool,
    /// The steps that are not done, in order.
    pub todo: VecDeque<StepId>,
    /// A fact that the step needs is missing.
    pub wrong: bool,
    /// When it last sent a heartbeat.
    pub heartbeat: u32,
    pub activity: Activity,
}

#[derive(Clone, Copy)]
pub enum Activity {
    Choosing,
    Drafting {
        until: u32,
        divides: bool,
    },
    Dividing,
    /// It has asked to begin the first step.
    Beginning,
    /// The step is in doubt: it looks whether it took effect.
    Looking {
        until: u32,
    },
    /// It finds facts again.
    Finding {
        until: u32,
        tokens: u64,
    },
    Acting {
        action: usize,
        stage: Stage,
    },
    /// The step took effect.
    Completing,
    /// Nothing is left to do.
    Resting,
}

/// How far an action is.
#[derive(Clone, Copy)]
pub enum Stage {
    Ready,
    /// A line was asked.
    Asked,
    /// Somebody else writes: it asks again then.
    Held {
        again: u32,
    },
    Busy {
        until: u32,
    },
    Done,
}

impl Agent {
    pub fn new(id: AgentId, seed: i64) -> Agent {
        Agent {
            id,
            carrier: Carrier::default(),
            doing: Doing::Idle,
            asked: None,
            carrier_sent: 0,
            crashes: stream(seed, Draws::Crashes { agent: id.0 }),
            requests: RequestId::default(),
        }
    }

    pub fn lineage(&self) -> usize {
        (self.id.0 / AGENTS) as usize
    }

    pub fn next_request(&mut self) -> RequestId {
        self.requests = self.requests.next();
        self.requests
    }

    pub fn mind(&mut self) -> Option<&mut Mind> {
        match &mut self.doing {
            Doing::Working(mind) => Some(mind),
            Doing::Idle | Doing::Starting { .. } | Doing::Asking => None,
        }
    }
}
