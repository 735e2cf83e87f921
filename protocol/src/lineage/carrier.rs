//! The side of an agent: which generation it is, what it asks, and what it may do.
//!
//! What makes it safe against any delivery: it takes an answer for the request that it waits for
//! and no other; it stops by its own clock; and of a step it keeps how far it is, so that nothing
//! takes place before the record knows of it, or twice.

use super::{Ask, Dna, Generation, Refusal, Rule, Rules, StepId, Tell, ToAgent, ToLineage};
use crate::{AgentId, Discipline, RequestId, Tick};
use std::fmt;

/// An agent's part in a lineage. `Carrier::default()` has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Carrier {
    pub(super) stage: Stage,
    /// The request that waits for an answer.
    pub(super) pending: Option<Pending>,
    /// The last draft that it knows of, its predecessors' included.
    pub(super) dna: Option<Dna>,
    pub(super) work: Option<Work>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Stage {
    /// It has no part, or none any more.
    #[default]
    Idle,
    /// It has asked to be this generation.
    Inheriting { generation: Generation },
    /// It is this generation, `until` its lease ends by its own clock.
    Acting { generation: Generation, until: Tick },
    /// It was, and has asked to divide.
    Dividing { generation: Generation, until: Tick },
}

/// A request under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Pending {
    pub request: RequestId,
    /// When it was first sent.
    pub sent: Tick,
    pub ask: Ask,
}

/// How far a step is: one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Work {
    /// The record has been asked.
    Beginning(StepId),
    /// Its effect may have taken place: look first ([`Carrier::look`]).
    InDoubt(StepId),
    /// Its effect is to take place ([`Carrier::effect`]).
    Clear(StepId),
    /// Its effect has taken place: to be completed.
    Happened(StepId),
}

/// Why an agent may not do what it was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayNot {
    /// It is no generation, or has stopped. Inherit first.
    NotActing,
    /// It is a generation, or asks to be one. Let it end first.
    NotIdle,
    /// Its lease is over by its own clock. Renew it ([`Carrier::heartbeat`]).
    LeaseOver,
    /// It waits for an answer. Repeat that request ([`Carrier::again`]).
    Waiting,
    /// Another step is under way. Complete that first.
    Busy,
    /// No step is so far: `work` says how far it is.
    NotThere { work: Option<Work> },
}

/// What a message did to a carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing: old, repeated, or not awaited.
    Ignored,
    /// It is the generation that it asked to be, and goes on from this draft.
    Inherited(Option<Dna>),
    Renewed,
    Added(StepId),
    /// The step is begun; how far it is [`Carrier::work`] says.
    Begun(StepId),
    Done(StepId),
    Prepared,
    /// The next generation is offered; this agent has no part any more.
    Divided,
    /// Its generation is over; this agent has no part any more.
    Over,
    /// Somebody else is the generation; this agent has no part.
    Taken {
        by: AgentId,
    },
    /// The record has no such step, or not begun by this generation.
    Refused(Refusal),
}

/// What a message did, and what is to be sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handled {
    pub event: Event,
    pub reply: Option<ToLineage>,
}

impl Carrier {
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Its generation, or the one that it has asked to be.
    pub fn generation(&self) -> Option<Generation> {
        match self.stage {
            Stage::Idle => None,
            Stage::Inheriting { generation }
            | Stage::Acting { generation, .. }
            | Stage::Dividing { generation, .. } => Some(generation),
        }
    }

    pub fn work(&self) -> Option<Work> {
        self.work
    }

    /// Whether it may do something in the name of its generation: let effects take place, use what
    /// it was granted. To be asked right before each.
    pub fn may_act(&self, now: Tick, rules: &Rules<impl Discipline<Rule>>) -> bool {
        let until = match self.stage {
            Stage::Acting { until, .. } => until,
            Stage::Dividing { until, .. } if !rules.keeps(Rule::DividerStops) => until,
            Stage::Idle | Stage::Inheriting { .. } | Stage::Dividing { .. } => return false,
        };
        rules.permits(Rule::OwnClockEndsTheLease, now < until)
    }

    /// When its lease is over by its own clock, or will be if what it has asked for is granted.
    pub fn ends(&self, rules: &Rules<impl Discipline<Rule>>) -> Option<Tick> {
        match self.stage {
            Stage::Idle => None,
            Stage::Inheriting { .. } => {
                self.pending.map(|pending| pending.sent.after(rules.lease_ticks))
            }
            Stage::Acting { until, .. } | Stage::Dividing { until, .. } => Some(until),
        }
    }

    /// Asks to be this generation.
    pub fn inherit(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        generation: Generation,
    ) -> Result<ToLineage, MayNot> {
        if self.stage != Stage::Idle {
            return Err(MayNot::NotIdle);
        }
        self.stage = Stage::Inheriting { generation };
        Ok(self.send(now, agent, request, generation, Ask::Inherit))
    }

    /// Asks for the lease to be renewed.
    pub fn heartbeat(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
    ) -> Result<ToLineage, MayNot> {
        self.ask(now, agent, request, Ask::Heartbeat)
    }

    /// Adds a step; `step` is the number of steps there are.
    pub fn add(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        step: StepId,
    ) -> Result<ToLineage, MayNot> {
        self.ask(now, agent, request, Ask::Add(step))
    }

    /// Begins a step.
    pub fn begin(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        step: StepId,
    ) -> Result<ToLineage, MayNot> {
        if self.work.is_some() {
            return Err(MayNot::Busy);
        }
        let message = self.ask(now, agent, request, Ask::Begin(step))?;
        self.work = Some(Work::Beginning(step));
        Ok(message)
    }

    /// What it found when it looked after a step in doubt: whether its effect has taken place.
    pub fn look(&mut self, found: bool) -> Result<StepId, MayNot> {
        match self.work {
            Some(Work::InDoubt(step)) => {
                self.work = Some(if found { Work::Happened(step) } else { Work::Clear(step) });
                Ok(step)
            }
            work => Err(MayNot::NotThere { work }),
        }
    }

    /// Lets the effect of the step take place: what is done with the answer is done now.
    pub fn effect(
        &mut self,
        now: Tick,
        rules: &Rules<impl Discipline<Rule>>,
    ) -> Result<StepId, MayNot> {
        let step = match self.work {
            Some(Work::Clear(step)) => step,
            Some(Work::Beginning(step)) if !rules.keeps(Rule::EffectComesAfterTheAnswer) => step,
            work => return Err(MayNot::NotThere { work }),
        };
        if !self.may_act(now, rules) {
            return Err(MayNot::LeaseOver);
        }
        if rules.keeps(Rule::EffectIsNotRepeated) {
            self.work = Some(Work::Happened(step));
        }
        Ok(step)
    }

    /// Reports the step as done.
    pub fn complete(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        rules: &Rules<impl Discipline<Rule>>,
    ) -> Result<ToLineage, MayNot> {
        let step = match self.work {
            Some(Work::Happened(step)) => step,
            Some(Work::Clear(step)) if !rules.keeps(Rule::CompletionComesAfterTheEffect) => step,
            work => return Err(MayNot::NotThere { work }),
        };
        self.ask(now, agent, request, Ask::Complete(step))
    }

    /// Hands over the next draft if it comes to that; `dna` in the message is its number.
    pub fn prepare(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
    ) -> Result<ToLineage, MayNot> {
        let dna = Dna::after(self.dna);
        let message = self.ask(now, agent, request, Ask::Prepare(dna))?;
        self.dna = Some(dna);
        Ok(message)
    }

    /// Hands over with the next draft, and stops.
    pub fn divide(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
    ) -> Result<ToLineage, MayNot> {
        let dna = Dna::after(self.dna);
        let message = self.ask(now, agent, request, Ask::Divide(dna))?;
        if let Stage::Acting { generation, until } = self.stage {
            self.stage = Stage::Dividing { generation, until };
        }
        self.dna = Some(dna);
        Ok(message)
    }

    /// The request that waits for an answer, to be sent again unchanged.
    pub fn again(&self, agent: AgentId) -> Option<ToLineage> {
        let (Pending { request, ask, .. }, generation) = self.pending.zip(self.generation())?;
        Some(ToLineage { agent, request, generation, ask })
    }

    /// Handles one message from the record.
    pub fn handle(
        &mut self,
        now: Tick,
        message: ToAgent,
        rules: &Rules<impl Discipline<Rule>>,
    ) -> Handled {
        let quiet = |event| Handled { event, reply: None };
        if message.tell == Tell::Retire {
            let is_this = self.generation() == Some(message.generation);
            let ends = self.stage != Stage::Idle
                && rules.permits(Rule::RetirementIsOfThisGeneration, is_this);
            let event = if ends { self.end(Event::Over) } else { Event::Ignored };
            return Handled { event, reply: retired(message, rules) };
        }
        let awaited = |pending: &Pending| {
            rules.permits(Rule::AnswerIsAwaited, pending.request == message.request)
        };
        let Some(pending) = self.pending.filter(awaited) else { return quiet(Event::Ignored) };
        self.pending = None;
        let counts_from_the_request = rules.keeps(Rule::LeaseCountsFromTheRequest);
        let since = if counts_from_the_request { pending.sent } else { now };
        let lease = since.after(rules.lease_ticks);
        match message.tell {
            Tell::Inherited { dna } => {
                if let Stage::Inheriting { generation } = self.stage {
                    self.stage = Stage::Acting { generation, until: lease };
                    self.dna = dna;
                }
                quiet(Event::Inherited(dna))
            }
            Tell::Renewed => {
                if let Stage::Acting { until, .. } = &mut self.stage {
                    *until = lease.max(*until);
                }
                quiet(Event::Renewed)
            }
            Tell::Added(step) => quiet(Event::Added(step)),
            Tell::Begun { step, doubt } => {
                let looks = doubt && rules.keeps(Rule::DoubtIsLookedInto);
                // An effect that came before the answer has taken place.
                if let Some(Work::Beginning(_)) = self.work {
                    self.work = Some(if looks { Work::InDoubt(step) } else { Work::Clear(step) });
                }
                quiet(Event::Begun(step))
            }
            Tell::Done(step) => {
                self.work = None;
                quiet(Event::Done(step))
            }
            Tell::Prepared(_) => quiet(Event::Prepared),
            Tell::Divided => {
                Handled { event: self.end(Event::Divided), reply: retired(message, rules) }
            }
            Tell::Refused(Refusal::Taken { by }) => quiet(self.end(Event::Taken { by })),
            Tell::Refused(Refusal::Over) => {
                Handled { event: self.end(Event::Over), reply: retired(message, rules) }
            }
            Tell::Refused(refusal) => {
                self.work = None;
                quiet(Event::Refused(refusal))
            }
            Tell::Retire => quiet(Event::Ignored),
        }
    }

    fn end(&mut self, event: Event) -> Event {
        *self = Carrier::default();
        event
    }

    fn ask(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        ask: Ask,
    ) -> Result<ToLineage, MayNot> {
        let Stage::Acting { generation, .. } = self.stage else { return Err(MayNot::NotActing) };
        if self.pending.is_some() {
            return Err(MayNot::Waiting);
        }
        Ok(self.send(now, agent, request, generation, ask))
    }

    fn send(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        generation: Generation,
        ask: Ask,
    ) -> ToLineage {
        self.pending = Some(Pending { request, sent: now, ask });
        ToLineage { agent, request, generation, ask }
    }
}

/// The word of an agent that it has stopped.
fn retired(message: ToAgent, rules: &Rules<impl Discipline<Rule>>) -> Option<ToLineage> {
    let ToAgent { agent, request, generation, .. } = message;
    let says_so = rules.keeps(Rule::RetirementIsAcknowledged);
    says_so.then_some(ToLineage { agent, request, generation, ask: Ask::Retire })
}

impl fmt::Display for MayNot {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            MayNot::NotActing => f.write_str("this agent is no generation; inherit first"),
            MayNot::NotIdle => f.write_str("this agent has a part already; let it end first"),
            MayNot::LeaseOver => f.write_str("the lease is over; send a heartbeat"),
            MayNot::Waiting => f.write_str("an answer is awaited; repeat the request"),
            MayNot::Busy => f.write_str("a step is under way; complete it first"),
            MayNot::NotThere { work: None } => f.write_str("no step is under way; begin one"),
            MayNot::NotThere { work: Some(work) } => {
                write!(f, "the step that is under way is not so far: {work:?}")
            }
        }
    }
}

impl std::error::Error for MayNot {}
