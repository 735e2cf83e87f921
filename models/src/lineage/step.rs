//! What a step does, and what must hold then.

use super::judge::Taken;
use super::promise::{Broken, Checked, Met, Promise, Situation, ensure};
use super::{Action, Agent, Duty, Handoff, Packet, State};
use crate::fault::Fault;
use arrayvec::ArrayVec;
use attune_protocol::lineage::{
    Carrier, Event, Input, Lineage, Output, Phase, Record, Recorded, Stage, Step, StepId, Tell,
    ToAgent, ToLineage, Work, invariants,
};
use attune_protocol::{AgentId, Entry, RequestId, Sequence};
use attune_trace::without_panic;
use std::sync::atomic::Ordering;

/// Whether a step is one.
pub(super) enum Done {
    Yes,
    Nothing,
    /// Too much would be in flight.
    TooMuch,
}

type Outputs = ArrayVec<Output, 8>;

impl Handoff {
    /// Takes a step; what it breaks. The state is not brought into normal form.
    pub(super) fn step(&self, state: &State, action: Action) -> Option<(State, Option<Broken>)> {
        let (mut next, mut met) = (state.clone(), Met::default());
        let done = without_panic(|| Ok(self.take(&mut next, action, &mut met)));
        let done = match done {
            Ok(done) => done,
            Err(_) => Err(Broken { promise: Promise::NoPanic, what: "the core panics" }),
        };
        self.note(met);
        match done {
            Ok(Done::Yes) => Some((next, None)),
            Ok(Done::Nothing) => None,
            Ok(Done::TooMuch) => {
                self.cut.store(true, Ordering::Relaxed);
                None
            }
            Err(broken) => {
                next.broken = Some(broken.promise);
                Some((next, Some(broken)))
            }
        }
    }

    pub(super) fn take(&self, state: &mut State, action: Action, met: &mut Met) -> Checked<Done> {
        let now = state.now;
        let sent = match action {
            Action::Start(id) => {
                let generation = state.record.generation();
                self.asks(state, id, |agent, request| agent.inherit(now, id, request, generation))
            }
            Action::Begin(id, step) => {
                self.asks(state, id, |agent, request| agent.begin(now, id, request, step))
            }
            Action::Add(id) => {
                let step = StepId(state.record.steps().len() as u32);
                self.asks(state, id, |agent, request| agent.add(now, id, request, step))
            }
            Action::Complete(id) => {
                self.asks(state, id, |agent, request| agent.complete(now, id, request, &self.rules))
            }
            Action::Prepare(id) => {
                self.asks(state, id, |agent, request| agent.prepare(now, id, request))
            }
            Action::Heartbeat(id) => {
                self.asks(state, id, |agent, request| agent.heartbeat(now, id, request))
            }
            Action::Divide(id) => {
                self.asks(state, id, |agent, request| agent.divide(now, id, request))
            }
            Action::Again(id) => {
                let again = state.agents[id.0 as usize].carrier.again(id);
                again.is_some_and(|message| send(state, self, Packet::ToLineage(message)))
            }
            Action::Look(id) => return self.look(state, id, met).and_then(|()| self.check(state)),
            Action::Effect(id) => {
                let carrier = &mut state.agents[id.0 as usize].carrier;
                let Ok(step) = carrier.effect(now, &self.rules) else { return Ok(Done::Nothing) };
                state.happened[step.0 as usize] += 1;
                true
            }
            Action::RecordGets { place, kept, stops } => {
                let packet = self.arrives(state, place, kept);
                let Packet::ToLineage(message) = packet else { return Ok(Done::Nothing) };
                self.record_takes(state, Some(message), stops, met)?
            }
            Action::Expire => self.record_takes(state, None, false, met)?,
            Action::AgentGets { place, kept } => {
                let packet = self.arrives(state, place, kept);
                let Packet::ToAgent(message) = packet else { return Ok(Done::Nothing) };
                self.agent_gets(state, message, met)?
            }
            Action::Lose(place) => {
                state.left.take(Fault::Loss);
                state.flight.remove(place.into());
                true
            }
            Action::Crash(id) => {
                state.left.take(Fault::Crash);
                self.crash(state, id);
                true
            }
            Action::Time => {
                if self.has_a_slow_agent(state) {
                    state.left.take(Fault::Lease);
                }
                state.now = now.after(1);
                true
            }
            Action::Upgrade(_) | Action::Commit(_) | Action::Release(_) | Action::LineExpires => {
                self.uses_line(state, action, met)?;
                true
            }
        };
        if !sent {
            return Ok(Done::TooMuch);
        }
        self.check(state)
    }

    /// What holds in every state.
    fn check(&self, state: &State) -> Checked<Done> {
        let kept = |what: Result<(), invariants::Violation>, promise, words| {
            ensure(what.is_ok(), promise, words)
        };
        let malformed = "the record contradicts itself";
        kept(invariants::record(&state.record), Promise::StepsAreKept, malformed)?;
        let carriers = (0..).map(AgentId).zip(state.agents.iter().map(|agent| &agent.carrier));
        let acting = invariants::one_acts(&state.record, state.now, carriers, &self.rules);
        let words = match acting {
            Err(invariants::Violation::TwoAct { .. }) => "two agents may act",
            _ => "an agent may act whose generation is over for the record",
        };
        kept(acting, Promise::OneActs, words)?;
        for (step, &times) in state.record.steps().iter().zip(&state.happened) {
            let known = times == 0 || *step != Step::Open;
            ensure(
                known,
                Promise::EffectsAreKnown,
                "an effect takes place of a step that is open",
            )?;
            let done = matches!(step, Step::Done { .. });
            ensure(!done || times > 0, Promise::DoneOnce, "a step is done that never took place")?;
            ensure(times <= 1, Promise::DoneOnce, "the effect of a step takes place twice")?;
        }
        Ok(Done::Yes)
    }

    /// An agent makes a request of its own; whether there is room for it.
    fn asks<E>(
        &self,
        state: &mut State,
        id: AgentId,
        ask: impl FnOnce(&mut Carrier, RequestId) -> Result<ToLineage, E>,
    ) -> bool {
        let Agent { carrier, requests } = &mut state.agents[id.0 as usize];
        *requests = requests.next();
        let Ok(message) = ask(carrier, *requests) else { return false };
        send(state, self, Packet::ToLineage(message))
    }

    fn look(&self, state: &mut State, id: AgentId, met: &mut Met) -> Checked {
        let carrier = &mut state.agents[id.0 as usize].carrier;
        let Some(Work::InDoubt(step)) = carrier.work() else {
            return Ok(());
        };
        let found = state.happened[step.0 as usize] > 0 && !self.neglects(Duty::TrueLooks);
        met.note(if found { Situation::FoundDone } else { Situation::FoundUndone });
        let _ = carrier.look(found);
        Ok(())
    }

    fn crash(&self, state: &mut State, id: AgentId) {
        let agent = &mut state.agents[id.0 as usize];
        agent.carrier = Carrier::default();
        if self.neglects(Duty::FreshRequests) {
            agent.requests = RequestId::default();
        }
        if let Some(grants) = &mut state.grants {
            *grants.entry_mut(id) = Entry::default();
        }
    }

    fn arrives(&self, state: &mut State, place: u8, kept: bool) -> Packet {
        if kept {
            state.left.take(Fault::Duplication);
            return state.flight[usize::from(place)];
        }
        state.flight.remove(place.into())
    }

    /// The record takes a message, or its driver looks after the deadline; whether there is room for
    /// what it says.
    fn record_takes(
        &self,
        state: &mut State,
        message: Option<ToLineage>,
        stops: bool,
        met: &mut Met,
    ) -> Checked<bool> {
        let now = state.now;
        let before = state.record.clone();
        let grants = state.grants.clone();
        let input = message.map_or(Input::Expire, Input::Message);
        let record = Record { sequence: Sequence(1), now, input };
        let mut out = Outputs::new();
        let mut recorded = Recorded::new(before.clone());
        let applied = recorded.apply(record, &self.rules, |output| out.push(output));
        ensure(applied.is_ok(), Promise::Recovery, "the next record is not applied")?;
        let recovered = Recorded::new(before.clone()).recover([record], &self.rules, |_| {}).ok();
        let same = recovered.as_ref() == Some(&recorded);
        ensure(same, Promise::Recovery, "a record does not recover to what it was")?;
        state.record = recorded.lineage;
        let taken = Taken {
            before: &before,
            after: &state.record,
            now,
            message,
            out: &out,
            rules: &self.rules,
        };
        taken.judge(met)?;
        if stops {
            state.left.take(Fault::Restart);
            met.note(Situation::Stopped);
            // What was on its way to the authority finds nobody.
            state.flight.retain(|packet| matches!(packet, Packet::ToAgent(_)));
        }
        if let (Some(grants), Some(mut earlier)) = (&mut state.grants, grants) {
            if !(stops && self.neglects(Duty::PassesGoWithTheRecord)) {
                for output in &out {
                    let Output::Pass(pass) = *output else { continue };
                    grants.pass(now, pass, &self.line);
                }
            }
            earlier.owned_for = earlier.owned_for.filter(|_| earlier.line.owner().is_some());
            let parent = ended(&before, &state.record);
            let heir = match before.phase() {
                Phase::Offered => state.record.acting(),
                _ => None,
            };
            grants.judge(&earlier, now, parent, heir, met)?;
        }
        if stops && !self.neglects(Duty::Durable) {
            return Ok(true);
        }
        let room = out.iter().all(|output| match *output {
            Output::Tell(told) => send(state, self, Packet::ToAgent(told)),
            Output::Pass(_) => true,
        });
        if stops {
            // It was sent before it was durable.
            state.record = before;
        }
        Ok(room)
    }

    fn agent_gets(&self, state: &mut State, message: ToAgent, met: &mut Met) -> Checked<bool> {
        let acting = state.record.acting();
        let carrier = &mut state.agents[message.agent.0 as usize].carrier;
        let before = *carrier;
        let handled = carrier.handle(state.now, message, &self.rules);
        let ended = matches!(handled.event, Event::Over | Event::Divided | Event::Taken { .. });
        if let Stage::Acting { generation, .. } | Stage::Dividing { generation, .. } =
            before.stage()
        {
            if message.tell == Tell::Retire && message.generation < generation {
                met.note(Situation::LateRetire);
            }
            let over = acting != Some((message.agent, generation));
            ensure(!ended || over, Promise::NothingGivenUp, "an agent stops that is to act")?;
        }
        let says_so = handled.reply.is_some() || matches!(handled.event, Event::Taken { .. });
        let heard = ended || message.tell == Tell::Retire;
        ensure(
            !heard || says_so,
            Promise::NothingGivenUp,
            "a parent does not say that it stopped",
        )?;
        Ok(match handled.reply {
            Some(reply) => send(state, self, Packet::ToLineage(reply)),
            None => true,
        })
    }

    fn uses_line(&self, state: &mut State, action: Action, met: &mut Met) -> Checked {
        let (now, current) = (state.now, state.record.generation());
        let Some(grants) = &mut state.grants else { return Ok(()) };
        let stranger = grants.stranger();
        let mut asks = |id: AgentId| match state.agents.get_mut(id.0 as usize) {
            Some(Agent { carrier, requests }) => {
                *requests = requests.next();
                (*requests, carrier.generation())
            }
            None => {
                grants.requests = grants.requests.next();
                (grants.requests, None)
            }
        };
        match action {
            Action::Upgrade(id) => {
                let (request, generation) = asks(id);
                let generation = generation.filter(|_| id != stranger);
                grants.upgrade(now, id, request, generation, &self.line, met)
            }
            Action::Commit(id) => {
                let (request, _) = asks(id);
                grants.commit(now, id, request, current, &self.line, met)
            }
            Action::Release(id) => {
                let (request, _) = asks(id);
                grants.release(now, request, &self.line);
                Ok(())
            }
            _ => {
                grants.expire(now, &self.line, met);
                Ok(())
            }
        }
    }
}

/// Whether there is room; what is in flight already is not there twice.
fn send(state: &mut State, model: &Handoff, packet: Packet) -> bool {
    if state.flight.contains(&packet) {
        return true;
    }
    if state.flight.len() >= model.case.flight {
        return false;
    }
    state.flight.push(packet);
    state.flight.sort_unstable();
    true
}

/// Whose generation is over by this step of the record.
fn ended(before: &Lineage, after: &Lineage) -> Option<AgentId> {
    let (agent, _) = before.acting()?;
    (after.phase() == Phase::Offered).then_some(agent)
}
