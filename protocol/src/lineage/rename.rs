//! The same state under other names, for a model checker, as in [`crate::Names`]: generations,
//! drafts and requests are only compared, but for *the next one*; times only as differences.

use super::{
    Ask, Carrier, Dna, Generation, Lease, Lineage, Phase, Stage, Step, StepId, Tell, ToAgent,
    ToLineage,
};
use crate::{AgentId, RequestId, Tick};

/// Gives each name another one. Whoever only wants to see the names gives them back as they are.
pub trait Names {
    fn generation(&mut self, generation: Generation) -> Generation;
    /// Which generation has begun a step, or `done` it: compared with who asks again.
    fn by(&mut self, by: Generation, step: StepId, done: bool) -> Generation;
    fn dna(&mut self, dna: Dna) -> Dna;
    fn request(&mut self, agent: AgentId, request: RequestId) -> RequestId;
    /// When a lease ends: here or at the record.
    fn deadline(&mut self, deadline: Tick) -> Tick;
    /// When a request was first sent.
    fn sent(&mut self, sent: Tick) -> Tick;
}

impl Lineage {
    pub fn renamed(&self, names: &mut impl Names) -> Lineage {
        let Lineage { estate, generation, phase, dna, leaving, ref steps } = *self;
        let phase = match phase {
            Phase::Acting(Lease { agent, request, deadline }) => Phase::Acting(Lease {
                agent,
                request: names.request(agent, request),
                deadline: names.deadline(deadline),
            }),
            Phase::Offered | Phase::Finished => phase,
        };
        let mut step = |(id, step): (StepId, &Step)| match *step {
            Step::Open => Step::Open,
            Step::Begun { by, doubt } => Step::Begun { by: names.by(by, id, false), doubt },
            Step::Done { by } => Step::Done { by: names.by(by, id, true) },
        };
        let steps = (0..).map(StepId).zip(steps).map(&mut step).collect();
        let (generation, dna) = (names.generation(generation), dna.map(|dna| names.dna(dna)));
        Lineage { estate, generation, phase, dna, leaving, steps }
    }
}

impl Carrier {
    /// The same carrier of `agent` under other names.
    pub fn renamed(&self, agent: AgentId, names: &mut impl Names) -> Carrier {
        let stage = match self.stage {
            Stage::Idle => Stage::Idle,
            Stage::Inheriting { generation } => {
                Stage::Inheriting { generation: names.generation(generation) }
            }
            Stage::Acting { generation, until } => {
                let generation = names.generation(generation);
                Stage::Acting { generation, until: names.deadline(until) }
            }
            Stage::Dividing { generation, until } => {
                let generation = names.generation(generation);
                Stage::Dividing { generation, until: names.deadline(until) }
            }
        };
        let pending = self.pending.map(|pending| super::carrier::Pending {
            request: names.request(agent, pending.request),
            sent: names.sent(pending.sent),
            ask: pending.ask.renamed(names),
        });
        let dna = self.dna.map(|dna| names.dna(dna));
        Carrier { stage, pending, dna, work: self.work }
    }
}

impl Ask {
    fn renamed(self, names: &mut impl Names) -> Ask {
        match self {
            Ask::Prepare(dna) => Ask::Prepare(names.dna(dna)),
            Ask::Divide(dna) => Ask::Divide(names.dna(dna)),
            Ask::Inherit | Ask::Heartbeat | Ask::Retire => self,
            Ask::Add(_) | Ask::Begin(_) | Ask::Complete(_) => self,
        }
    }
}

impl ToLineage {
    pub fn renamed(self, names: &mut impl Names) -> ToLineage {
        ToLineage {
            agent: self.agent,
            request: names.request(self.agent, self.request),
            generation: names.generation(self.generation),
            ask: self.ask.renamed(names),
        }
    }
}

impl ToAgent {
    pub fn renamed(self, names: &mut impl Names) -> ToAgent {
        let tell = match self.tell {
            Tell::Inherited { dna } => Tell::Inherited { dna: dna.map(|dna| names.dna(dna)) },
            Tell::Prepared(dna) => Tell::Prepared(dna.map(|dna| names.dna(dna))),
            Tell::Renewed | Tell::Added(_) | Tell::Begun { .. } | Tell::Done(_) => self.tell,
            Tell::Divided | Tell::Refused(_) | Tell::Retire => self.tell,
        };
        ToAgent {
            agent: self.agent,
            request: names.request(self.agent, self.request),
            generation: names.generation(self.generation),
            tell,
        }
    }
}
