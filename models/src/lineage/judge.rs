//! What must hold when the record takes a step, told without its rules: what it may change, and
//! what it must say. Compared is the record before and after, whatever it was that led there.

use super::promise::{Checked, Met, Promise, Situation, ensure};
use attune_protocol::lineage::{
    Ask, Generation, Lineage, Output, Phase, Refusal, Rules, Step, StepId, Tell, ToLineage,
};
use attune_protocol::{Discipline, Tick};

/// A step of the record. No message: its driver looked after the deadline.
pub struct Taken<'a, D> {
    pub before: &'a Lineage,
    pub after: &'a Lineage,
    pub now: Tick,
    pub message: Option<ToLineage>,
    pub out: &'a [Output],
    pub rules: &'a Rules<D>,
}

impl<D: Discipline<attune_protocol::lineage::Rule>> Taken<'_, D> {
    pub fn judge(&self, met: &mut Met) -> Checked {
        self.phases(met)?;
        self.steps()?;
        self.draft()?;
        self.leaving(met)?;
        self.answer()?;
        self.note(met);
        Ok(())
    }

    /// The message, if the acting generation says it in time: then it may change something.
    fn rightful(&self) -> Option<ToLineage> {
        let in_time = !self.before.is_due(self.now);
        let acts =
            |message: &ToLineage| self.before.acting() == Some((message.agent, message.generation));
        self.message.filter(acts).filter(|_| in_time)
    }

    fn divides(&self) -> bool {
        self.rightful().is_some_and(|message| matches!(message.ask, Ask::Divide(_)))
    }

    fn phases(&self, met: &mut Met) -> Checked {
        let Taken { before, after, now, .. } = *self;
        let overdue = before.is_due(now);
        ensure(!after.is_due(now), Promise::Timely, "a lease is over, and its generation acts on")?;
        let grows = after.generation() == before.generation().next();
        let same = after.generation() == before.generation();
        // Where a message finds a lease over, two steps are one.
        let inherits = |generation: Generation| {
            self.message.is_some_and(|message| {
                message.ask == Ask::Inherit
                    && message.generation == generation
                    && after.acting() == Some((message.agent, generation))
            })
        };
        match (before.phase(), after.phase()) {
            (Phase::Acting(was), Phase::Acting(is)) if same => {
                let same = (was.agent, was.request) == (is.agent, is.request);
                ensure(same, Promise::GenerationsGrow, "two agents have inherited one generation")?;
                let renews = self.rightful().is_some_and(|message| message.ask == Ask::Heartbeat);
                let moved = was.deadline != is.deadline;
                ensure(!moved || renews, Promise::OneIsAccepted, "a lease is renewed by nobody")?;
                let late = renews && is.deadline != now.after(self.rules.lease_ticks);
                ensure(!late, Promise::TrueAnswers, "a lease that is renewed ends as before")
            }
            (Phase::Acting(_), Phase::Offered) => {
                ensure(
                    overdue || self.divides(),
                    Promise::OneIsAccepted,
                    "a generation ends before its deadline, and not by its own will",
                )?;
                ensure(grows, Promise::GenerationsGrow, "a division makes no next generation")?;
                let idle = overdue && before.is_done();
                ensure(!idle, Promise::Timely, "a task that is done is offered")?;
                met.note(match overdue {
                    true => Situation::DividedByDeadline,
                    false => Situation::DividedByRequest,
                });
                if before.steps().iter().any(|step| matches!(step, Step::Begun { .. })) {
                    met.note(Situation::DividedWithWork);
                }
                Ok(())
            }
            (Phase::Acting(_), Phase::Finished) => {
                met.note(Situation::Finished);
                let rightly = overdue && before.is_done() && same;
                ensure(rightly, Promise::Timely, "a task is finished that is not")
            }
            (Phase::Offered, Phase::Acting(lease)) => {
                ensure(
                    same && inherits(before.generation()),
                    Promise::GenerationsGrow,
                    "an agent is a generation that it did not ask to be",
                )?;
                let whole = lease.deadline == now.after(self.rules.lease_ticks);
                ensure(whole, Promise::TrueAnswers, "a successor has another lease than it is told")
            }
            (was, is) => {
                let same = same && was == is;
                ensure(same, Promise::GenerationsGrow, "a generation begins out of order")
            }
        }
    }

    /// Only the step that is named changes, and by what is asked of it.
    fn steps(&self) -> Checked {
        let (before, after) = (self.before.steps(), self.after.steps());
        ensure(after.len() >= before.len(), Promise::StepsAreKept, "a step has vanished")?;
        let asked = self.rightful().map(|message| message.ask);
        let added = StepId(before.len() as u32);
        ensure(
            after.len() == before.len() || asked == Some(Ask::Add(added)),
            match self.rightful() {
                Some(_) => Promise::StepsAreKept,
                None => Promise::OneIsAccepted,
            },
            "a step is added that nobody has a right to add",
        )?;
        let fresh = after[before.len()..].iter().all(|&step| step == Step::Open);
        ensure(fresh, Promise::StepsAreKept, "an added step is not open")?;
        for (number, (&was, &is)) in before.iter().zip(after).enumerate() {
            if was == is {
                continue;
            }
            let by = self.before.generation();
            let id = StepId(number as u32);
            let done = matches!(was, Step::Done { .. });
            ensure(!done, Promise::StepsAreKept, "a step was done and is not any more")?;
            ensure(
                matches!(asked, Some(Ask::Begin(step) | Ask::Complete(step)) if step == id),
                Promise::OneIsAccepted,
                "a step is changed by somebody who does not act",
            )?;
            match (was, is) {
                (Step::Open, Step::Begun { by: now, doubt: false }) if now == by => {}
                (Step::Begun { by: earlier, .. }, Step::Begun { by: now, doubt })
                    if now == by && earlier != by =>
                {
                    ensure(doubt, Promise::DoubtIsTold, "what others have begun is in no doubt")?;
                }
                (Step::Begun { by: earlier, .. }, Step::Begun { by: now, .. })
                    if now == by && earlier == by =>
                {
                    ensure(false, Promise::DoubtIsTold, "a doubt ends by asking again")?;
                }
                (Step::Begun { by: earlier, .. }, Step::Done { by: now })
                    if now == by && earlier == by => {}
                _ => ensure(false, Promise::StepsAreKept, "a step goes another way than it can")?,
            }
        }
        Ok(())
    }

    fn draft(&self) -> Checked {
        let (was, is) = (self.before.dna(), self.after.dna());
        let named = self.rightful().and_then(|message| match message.ask {
            Ask::Prepare(dna) | Ask::Divide(dna) => Some(dna),
            _ => None,
        });
        ensure(is >= was, Promise::DraftsGrow, "an older draft replaces a newer one")?;
        ensure(is == was || is == named, Promise::OneIsAccepted, "a draft is taken from nobody")?;
        let taken = named.is_none() || is >= named;
        ensure(taken, Promise::DraftsGrow, "a newer draft is not taken")
    }

    fn leaving(&self, met: &mut Met) -> Checked {
        let (was, is) = (self.before.leaving(), self.after.leaving());
        if self.after.generation() != self.before.generation() {
            let parent = self.before.acting().map(|(agent, _)| agent);
            return ensure(is == parent, Promise::NothingGivenUp, "a parent is forgotten");
        }
        if let Some(message) = self.message.filter(|message| message.ask == Ask::Retire)
            && was == Some(message.agent)
        {
            let of_the_last = message.generation.next() == self.before.generation();
            met.note(match of_the_last {
                true => Situation::RetiredSaysSo,
                false => Situation::LateRetirement,
            });
            let right = is == was.filter(|_| !of_the_last);
            return ensure(right, Promise::NothingGivenUp, "a parent counts as stopped too early");
        }
        ensure(is == was, Promise::NothingGivenUp, "a parent counts as stopped without a word")
    }

    /// Every request gets one answer, and that is true.
    fn answer(&self) -> Checked {
        let mut tells = self.out.iter().filter_map(|out| match out {
            Output::Tell(told) => Some(*told),
            Output::Pass(_) => None,
        });
        let ended = self.before.is_due(self.now)
            && matches!(self.after.phase(), Phase::Offered)
            && !self.before.is_done();
        if ended {
            let (parent, generation) = self.before.acting().expect("it was due");
            let told = tells.next().is_some_and(|told| {
                told.tell == Tell::Retire && (told.agent, told.generation) == (parent, generation)
            });
            ensure(told, Promise::TrueAnswers, "a parent is not told that its lease is over")?;
        }
        let told = tells.next();
        ensure(tells.next().is_none(), Promise::TrueAnswers, "a request is answered twice")?;
        let Some(message) = self.message.filter(|message| message.ask != Ask::Retire) else {
            return ensure(told.is_none(), Promise::TrueAnswers, "an answer to nothing");
        };
        let right = told.is_some_and(|told| {
            (told.agent, told.request, told.generation)
                == (message.agent, message.request, message.generation)
                && told.tell == self.due_answer(message)
        });
        let what = match message.ask {
            Ask::Inherit => "a request to inherit is answered wrongly",
            Ask::Begin(_) => "a request to begin a step is answered wrongly",
            Ask::Complete(_) => "a completion is answered wrongly",
            Ask::Heartbeat => "a heartbeat is answered wrongly",
            Ask::Divide(_) => "a request to divide is answered wrongly",
            Ask::Add(_) | Ask::Prepare(_) | Ask::Retire => "a request is answered wrongly",
        };
        let doubt = match (told.map(|told| told.tell), self.due_answer(message)) {
            (Some(Tell::Begun { doubt, .. }), Tell::Begun { doubt: due, .. }) => doubt != due,
            _ => false,
        };
        ensure(right, if doubt { Promise::DoubtIsTold } else { Promise::TrueAnswers }, what)
    }

    /// What the record has to say, by what it is after the step.
    fn due_answer(&self, message: ToLineage) -> Tell {
        let Taken { after, .. } = *self;
        let ToLineage { agent, request, generation, ask } = message;
        let step = |id: StepId| after.steps().get(id.0 as usize).copied();
        let next = StepId(self.before.steps().len() as u32);
        match ask {
            Ask::Inherit => match after.phase() {
                Phase::Acting(lease) if after.generation() == generation => {
                    if (lease.agent, lease.request) == (agent, request) {
                        Tell::Inherited { dna: after.dna() }
                    } else {
                        Tell::Refused(Refusal::Taken { by: lease.agent })
                    }
                }
                _ => Tell::Refused(Refusal::Over),
            },
            Ask::Complete(id) if step(id) == Some(Step::Done { by: generation }) => Tell::Done(id),
            _ if self.rightful().is_none() => Tell::Refused(Refusal::Over),
            Ask::Heartbeat => Tell::Renewed,
            Ask::Add(id) if id <= next => Tell::Added(id),
            Ask::Add(_) => Tell::Refused(Refusal::NoSuchStep { next }),
            Ask::Begin(id) => match step(id) {
                Some(Step::Begun { doubt, .. }) => Tell::Begun { step: id, doubt },
                Some(Step::Done { .. }) => Tell::Done(id),
                Some(Step::Open) | None => Tell::Refused(Refusal::NoSuchStep { next }),
            },
            Ask::Complete(id) => match step(id) {
                Some(Step::Done { .. }) => Tell::Done(id),
                Some(Step::Open | Step::Begun { .. }) => Tell::Refused(Refusal::NotBegun(id)),
                None => Tell::Refused(Refusal::NoSuchStep { next }),
            },
            Ask::Prepare(_) => Tell::Prepared(after.dna()),
            Ask::Divide(_) => Tell::Divided,
            Ask::Retire => unreachable!("it is not answered"),
        }
    }

    /// What was met.
    fn note(&self, met: &mut Met) {
        let Some(message) = self.message else { return };
        let Taken { before, .. } = *self;
        let step = |id: StepId| before.steps().get(id.0 as usize).copied();
        let (rightful, by) = (self.rightful().is_some(), message.generation);
        let past = message.generation < before.generation();
        match message.ask {
            Ask::Inherit => match before.phase() {
                Phase::Acting(lease) if !past => met.note(
                    match (lease.agent == message.agent, lease.request == message.request) {
                        (true, true) => Situation::RepeatedInheritance,
                        (true, false) => Situation::RebornAsks,
                        (false, _) => Situation::SecondSuccessor,
                    },
                ),
                Phase::Offered if past => met.note(Situation::LateInheritance),
                Phase::Offered if before.leaving() == Some(message.agent) => {
                    met.note(Situation::AgentAgain);
                }
                _ => {}
            },
            Ask::Complete(id) if step(id) == Some(Step::Done { by }) => met.note(match rightful {
                true => Situation::CompletionRepeated,
                false => Situation::CompletionLate,
            }),
            Ask::Divide(_) if past => met.note(Situation::LateDivision),
            Ask::Retire => {}
            _ if past => met.note(match before.phase() {
                Phase::Offered => Situation::ZombieInOffer,
                _ => Situation::ZombieRefused,
            }),
            _ if !rightful => {}
            Ask::Heartbeat => met.note(Situation::Renewed),
            Ask::Add(id) if (id.0 as usize) < before.steps().len() => {
                met.note(Situation::AddedAgain);
            }
            Ask::Begin(id) => match step(id) {
                Some(Step::Begun { by: earlier, .. }) if earlier != by => {
                    met.note(Situation::BegunInDoubt);
                }
                Some(Step::Begun { doubt: true, .. }) => met.note(Situation::DoubtRepeated),
                Some(Step::Done { .. }) => met.note(Situation::BegunWhenDone),
                _ => {}
            },
            Ask::Prepare(dna) if before.dna() > Some(dna) => met.note(Situation::OldDraft),
            _ => {}
        }
    }
}
