//! Every decision of the record.

use super::{
    Ask, Dna, Lease, Lineage, Output, Phase, Refusal, Rule, Rules, Step, StepId, Tell, ToAgent,
    ToLineage,
};
use crate::{AgentId, Discipline, Pass, RequestId, Tick};

impl Lineage {
    /// Handles one message from an agent; what comes of it goes to `out`, in order.
    pub fn handle(
        &mut self,
        now: Tick,
        message: ToLineage,
        rules: &Rules<impl Discipline<Rule>>,
        mut out: impl FnMut(Output),
    ) {
        if rules.keeps(Rule::DeadlineComesFirst) {
            self.expire(now, rules, &mut out);
        }
        let tell = match message.ask {
            Ask::Inherit => self.inherit(now, message, rules, &mut out),
            Ask::Heartbeat => self.heartbeat(now, message, rules),
            Ask::Add(step) => self.add(message, step, rules),
            Ask::Begin(step) => self.begin(message, step, rules),
            Ask::Complete(step) => self.complete(message, step, rules),
            Ask::Prepare(dna) => self.prepare(message, dna, rules),
            Ask::Divide(dna) => self.divide(now, message, dna, rules, &mut out),
            Ask::Retire => return self.retire(message, rules),
        };
        let ToLineage { agent, request, generation, .. } = message;
        out(Output::Tell(ToAgent { agent, request, generation, tell }));
    }

    /// Acts on a deadline that has passed: the generation is over, and the next one offered with the
    /// last draft there is, unless nothing is left to do.
    pub fn expire(
        &mut self,
        now: Tick,
        rules: &Rules<impl Discipline<Rule>>,
        mut out: impl FnMut(Output),
    ) {
        let Phase::Acting(Lease { agent, deadline, .. }) = self.phase else { return };
        if deadline > now || !rules.keeps(Rule::LeaseEndsAtItsDeadline) {
            return;
        }
        if self.is_done() && rules.keeps(Rule::DoneLineageIsFinished) {
            self.phase = Phase::Finished;
            return;
        }
        let (generation, request) = (self.generation, RequestId::default());
        self.offer(now, agent, rules, &mut out);
        if rules.keeps(Rule::ParentIsTold) {
            out(Output::Tell(ToAgent { agent, request, generation, tell: Tell::Retire }));
        }
    }

    /// Again what a generation that is over and has not said that it stopped may not have heard.
    pub fn remind(&self) -> Option<ToAgent> {
        let generation = super::Generation(self.generation.0 - 1);
        let request = RequestId::default();
        self.leaving.map(|agent| ToAgent { agent, request, generation, tell: Tell::Retire })
    }

    /// The one place where a generation ends and another one begins.
    fn offer(
        &mut self,
        now: Tick,
        parent: AgentId,
        rules: &Rules<impl Discipline<Rule>>,
        mut out: impl FnMut(Output),
    ) {
        if rules.keeps(Rule::DivisionMakesAGeneration) {
            self.generation = self.generation.next();
        }
        self.phase = Phase::Offered;
        self.leaving = rules.keeps(Rule::ParentIsRemembered).then_some(parent);
        if rules.keeps(Rule::GrantsGoToTheEstate) {
            let deadline = now.after(rules.estate_ticks);
            out(Output::Pass(Pass { from: parent, to: self.estate, deadline }));
        }
    }

    fn inherit(
        &mut self,
        now: Tick,
        message: ToLineage,
        rules: &Rules<impl Discipline<Rule>>,
        mut out: impl FnMut(Output),
    ) -> Tell {
        let is_this = message.generation == self.generation;
        match self.phase {
            Phase::Acting(lease)
                if is_this
                    && lease.agent == message.agent
                    && rules.permits(
                        Rule::InheritanceIsOfOneRequest,
                        lease.request == message.request,
                    ) =>
            {
                // The lease goes on from when it was first given.
                let again = rules.keeps(Rule::RepeatedInheritanceIsAnswered);
                let taken = Refusal::Taken { by: lease.agent };
                return if again {
                    Tell::Inherited { dna: self.dna }
                } else {
                    Tell::Refused(taken)
                };
            }
            Phase::Acting(lease) if is_this && rules.keeps(Rule::OneInherits) => {
                return Tell::Refused(Refusal::Taken { by: lease.agent });
            }
            Phase::Acting(_) if is_this => {}
            Phase::Offered if rules.permits(Rule::InheritanceNamesItsGeneration, is_this) => {}
            Phase::Acting(_) | Phase::Offered | Phase::Finished => {
                return Tell::Refused(Refusal::Over);
            }
        }
        let ToLineage { agent, request, .. } = message;
        let deadline = now.after(rules.lease_ticks);
        self.phase = Phase::Acting(Lease { agent, request, deadline });
        if rules.keeps(Rule::GrantsGoToTheSuccessor) {
            out(Output::Pass(Pass { from: self.estate, to: agent, deadline }));
        }
        Tell::Inherited { dna: self.dna }
    }

    fn heartbeat(
        &mut self,
        now: Tick,
        message: ToLineage,
        rules: &Rules<impl Discipline<Rule>>,
    ) -> Tell {
        if !self.acts(message, Rule::HeartbeatIsByTheActing, rules) {
            return Tell::Refused(Refusal::Over);
        }
        if let Phase::Acting(lease) = &mut self.phase
            && rules.keeps(Rule::HeartbeatExtendsTheLease)
        {
            lease.deadline = now.after(rules.lease_ticks);
        }
        Tell::Renewed
    }

    fn add(
        &mut self,
        message: ToLineage,
        step: StepId,
        rules: &Rules<impl Discipline<Rule>>,
    ) -> Tell {
        if !self.acts(message, Rule::AdditionIsByTheActing, rules) {
            return Tell::Refused(Refusal::Over);
        }
        let next = StepId(self.steps.len() as u32);
        if step > next {
            return Tell::Refused(Refusal::NoSuchStep { next });
        }
        if rules.permits(Rule::RepeatedAdditionAddsNothing, step == next) {
            self.steps.push(Step::Open);
        }
        Tell::Added(step)
    }

    fn begin(
        &mut self,
        message: ToLineage,
        id: StepId,
        rules: &Rules<impl Discipline<Rule>>,
    ) -> Tell {
        if !self.acts(message, Rule::BeginningIsByTheActing, rules) {
            return Tell::Refused(Refusal::Over);
        }
        let next = StepId(self.steps.len() as u32);
        let Some(step) = self.step_mut(id) else {
            return Tell::Refused(Refusal::NoSuchStep { next });
        };
        let by = message.generation;
        let doubt = match *step {
            Step::Done { .. } if rules.keeps(Rule::DoneStepStaysDone) => return Tell::Done(id),
            Step::Open | Step::Done { .. } => false,
            Step::Begun { by: earlier, doubt } if earlier == by => {
                doubt && rules.keeps(Rule::DoubtIsRemembered)
            }
            Step::Begun { .. } => rules.keeps(Rule::BegunStepIsInDoubt),
        };
        *step = Step::Begun { by, doubt };
        Tell::Begun { step: id, doubt }
    }

    /// The one place where a step comes to be done.
    fn complete(
        &mut self,
        message: ToLineage,
        id: StepId,
        rules: &Rules<impl Discipline<Rule>>,
    ) -> Tell {
        let by = message.generation;
        let acts = self.acts(message, Rule::CompletionIsByTheActing, rules);
        let next = StepId(self.steps.len() as u32);
        let Some(step) = self.step_mut(id) else {
            return Tell::Refused(if acts { Refusal::NoSuchStep { next } } else { Refusal::Over });
        };
        match *step {
            Step::Done { by: earlier } if earlier == by => {
                if rules.keeps(Rule::RepeatedCompletionIsAcknowledged) {
                    Tell::Done(id)
                } else {
                    Tell::Refused(Refusal::NotBegun(id))
                }
            }
            _ if !acts => Tell::Refused(Refusal::Over),
            Step::Done { .. } => Tell::Done(id),
            Step::Begun { by: begun, .. } if begun == by => {
                *step = Step::Done { by };
                Tell::Done(id)
            }
            Step::Open | Step::Begun { .. } => Tell::Refused(Refusal::NotBegun(id)),
        }
    }

    fn prepare(
        &mut self,
        message: ToLineage,
        dna: Dna,
        rules: &Rules<impl Discipline<Rule>>,
    ) -> Tell {
        if !self.acts(message, Rule::DraftIsByTheActing, rules) {
            return Tell::Refused(Refusal::Over);
        }
        if rules.permits(Rule::DraftsOnlyGrow, Some(dna) > self.dna) {
            self.dna = Some(dna);
        }
        Tell::Prepared(self.dna)
    }

    fn divide(
        &mut self,
        now: Tick,
        message: ToLineage,
        dna: Dna,
        rules: &Rules<impl Discipline<Rule>>,
        out: impl FnMut(Output),
    ) -> Tell {
        if !self.acts(message, Rule::DivisionIsByTheActing, rules) {
            return Tell::Refused(Refusal::Over);
        }
        self.dna = self.dna.max(Some(dna));
        self.offer(now, message.agent, rules, out);
        Tell::Divided
    }

    fn retire(&mut self, message: ToLineage, rules: &Rules<impl Discipline<Rule>>) {
        let before = message.generation.0 + 1 == self.generation.0;
        if self.leaving == Some(message.agent)
            && rules.permits(Rule::RetirementNamesItsGeneration, before)
        {
            self.leaving = None;
        }
    }

    /// Whether the generation that acts says this.
    fn acts(&self, message: ToLineage, rule: Rule, rules: &Rules<impl Discipline<Rule>>) -> bool {
        rules.permits(rule, self.acting() == Some((message.agent, message.generation)))
    }
}
