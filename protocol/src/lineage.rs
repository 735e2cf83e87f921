//! A lineage: a task carried by successive generations of agents, so that a task can outlive the
//! context of any one of them (*Mitosis*: MASC paper, section 3.2).
//!
//! [`Lineage`] is the authority's record, [`Carrier`] the side of an agent. As with the line, the
//! record decides alone and from its own state; what it says only makes agents learn of it sooner.
//!
//! # Design
//!
//! **The generation is the fencing token.** The record is in one of three phases: *offered*
//! (nobody acts, the next generation is for whoever asks first), *acting* (one agent, until a
//! deadline), *finished*. Dividing leads from acting to offered and makes the generation's number
//! grow; inheriting leads from offered to acting and is for one agent alone. So a number belongs to
//! at most one agent, and one comparison refuses whatever earlier ones still send. An epoch beside
//! it would say nothing more.
//!
//! **Nobody needs to divide.** An agent that is about to lose its context prepares drafts of its
//! DNA and goes on acting; then it divides, naming the last one, and stops as it says so. One that
//! crashes does neither: the record divides at its deadline, with the last draft it has. There is
//! one way to die.
//!
//! **The record knows the steps, the DNA does not.** A draft is as old as it is; a step that was done
//! after it would be done again. So steps are begun and completed at the record, and a successor is
//! given those of the record that are not done. Of a step that was begun and not completed nobody
//! knows whether its effect took place. It is begun again *in doubt*: the agent looks first, and
//! acts only on what it finds. The core never sees a DNA's content, only its number.
//!
//! **An agent stops by itself.** Its lease counts from when it first sent the request that the
//! record answered, so that it ends here no later than there, if clocks run at the same rate; they
//! need not agree. Before each effect it looks at that clock.
//!
//! **Grants go with the lineage.** To the line a lineage is an agent, the *estate*, that owns what
//! a generation leaves behind until the next one is there ([`crate::Line::pass`]). Both times a new
//! epoch begins. If nobody inherits, the estate's lease ends as any other. Copies do not pass: a
//! successor has none, and its first read fetches; what the DNA has of a content may be outdated.
//!
//! # What a driver owes, beside what it owes the line
//!
//! 1. **One log.** What is put out at one step, answers and passes, belongs to one record: make
//!    that durable, apply the passes to every line, then send ([`Recorded`]).
//! 2. **The estate has no process.** What a line tells it, acknowledge at once without a copy.
//! 3. **A crash** of an agent is `Carrier::default()`. Request ids only grow, also then.
//! 4. **Effects and grants only while [`Carrier::may_act`].** An effect that takes longer than the lease
//!    may end beside its repetition: what is outside the core happens at least once.
//! 5. **Looking tells the truth.** Whoever looks after a step in doubt finds it done or never to be.
//! 6. **[`Lineage::expire`]** is called when [`Lineage::deadline`] has passed, and somebody is started for
//!    what is offered, as often as it takes: several at once do no harm.
//! 7. **An agent whose lease is over** by its own clock asks how it stands (a heartbeat) or is ended: the
//!    word that it is over may be lost, and nothing else frees it.
//!
//! # What could make it wrong
//!
//! A clock that runs slower at an agent than at the record; an effect that outlives its lease; a
//! driver that reads or writes lines in the name of an agent that may not act. The rest is
//! checked: `attune check lineage`.

mod carrier;
mod decide;
pub mod invariants;
mod log;
mod message;
mod rename;
mod rules;

use crate::{AgentId, Pass, RequestId, Tick};

pub use carrier::{Carrier, Event, Handled, MayNot, Stage, Work};
pub use log::{Input, Record, Recorded};
pub use message::{Ask, Refusal, Tell, ToAgent, ToLineage};
pub use rename::Names;
pub use rules::{Rule, Rules};

/// Which generation of a lineage: the first is number 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Generation(pub u32);

/// A step of the task, numbered from 0 within its lineage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StepId(pub u32);

/// A draft of what is handed over, numbered from 1 along the whole lineage. A driver keeps its bytes
/// under this number before it is named to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Dna(pub u32);

/// What the record knows of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Step {
    Open,
    /// Its effect may have taken place. `doubt`: that was so before this generation began it.
    Begun {
        by: Generation,
        doubt: bool,
    },
    Done {
        by: Generation,
    },
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Phase {
    /// Nobody: the generation is for the first agent that asks.
    Offered,
    Acting(Lease),
    /// Nobody any more: the last generation is over, and every step done.
    Finished,
}

/// The right of one agent to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Lease {
    pub agent: AgentId,
    /// The request by which it inherited.
    pub request: RequestId,
    pub deadline: Tick,
}

/// What comes of a step of the record, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Output {
    /// For every line ([`crate::Line::pass`]).
    Pass(Pass),
    Tell(ToAgent),
}

/// The authority's record of a lineage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Lineage {
    estate: AgentId,
    generation: Generation,
    phase: Phase,
    dna: Option<Dna>,
    /// The agent of the generation before, until it says that it has stopped.
    leaving: Option<AgentId>,
    steps: Vec<Step>,
}

impl Lineage {
    /// A task of so many open steps, offered to its first generation. `estate` is an agent's number
    /// that no agent has.
    pub fn new(estate: AgentId, steps: u32) -> Lineage {
        Lineage {
            estate,
            generation: Generation(1),
            phase: Phase::Offered,
            dna: None,
            leaving: None,
            steps: vec![Step::Open; steps as usize],
        }
    }

    pub fn estate(&self) -> AgentId {
        self.estate
    }

    /// The generation that acts or is offered.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The last draft that was accepted.
    pub fn dna(&self) -> Option<Dna> {
        self.dna
    }

    /// The agent of the generation before, until it says that it has stopped. Nothing depends on its
    /// saying so; its process can be ended, and what it had be removed, when it has.
    pub fn leaving(&self) -> Option<AgentId> {
        self.leaving
    }

    /// All steps, in their order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What a successor is given along with [`Tell::Inherited`]: the steps that are not done, and
    /// which of them are in doubt.
    pub fn undone(&self) -> impl Iterator<Item = (StepId, bool)> {
        let steps = self.steps.iter().enumerate();
        steps.filter_map(|(number, step)| match step {
            Step::Open => Some((StepId(number as u32), false)),
            Step::Begun { .. } => Some((StepId(number as u32), true)),
            Step::Done { .. } => None,
        })
    }

    pub fn is_done(&self) -> bool {
        self.undone().next().is_none()
    }

    /// The agent and the generation of which something would be accepted now.
    pub fn acting(&self) -> Option<(AgentId, Generation)> {
        match self.phase {
            Phase::Acting(lease) => Some((lease.agent, self.generation)),
            Phase::Offered | Phase::Finished => None,
        }
    }

    /// When [`Lineage::expire`] next has something to do.
    pub fn deadline(&self) -> Option<Tick> {
        match self.phase {
            Phase::Acting(lease) => Some(lease.deadline),
            Phase::Offered | Phase::Finished => None,
        }
    }

    /// Whether [`Lineage::expire`] has something to do now.
    pub fn is_due(&self, now: Tick) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    fn step_mut(&mut self, step: StepId) -> Option<&mut Step> {
        self.steps.get_mut(step.0 as usize)
    }
}

impl Generation {
    /// # Panics
    /// After 2^32 - 1 generations of one lineage.
    pub fn next(self) -> Generation {
        Generation(self.0.checked_add(1).expect("a lineage has fewer than 2^32 generations"))
    }
}

impl Dna {
    /// The draft after this one, or the first.
    ///
    /// # Panics
    /// After 2^32 - 1 drafts of one lineage.
    pub fn after(last: Option<Dna>) -> Dna {
        let last = last.map_or(0, |dna| dna.0);
        Dna(last.checked_add(1).expect("a lineage has fewer than 2^32 drafts"))
    }
}

impl std::fmt::Display for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "g{}", self.0)
    }
}

impl std::fmt::Display for StepId {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "step {}", self.0)
    }
}

impl std::fmt::Display for Dna {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "draft {}", self.0)
    }
}
