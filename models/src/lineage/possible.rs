//! What can happen next.

use super::promise::{Met, Situation};
use super::{Action, Handoff, Packet, STEPS_MAX, State};
use crate::fault::Fault;
use attune_protocol::lineage::{Phase, Stage, Step, StepId, ToLineage, Work};
use attune_protocol::{AgentId, State as EntryState, Version};

impl State {
    /// Whether anything is still to come by time alone.
    fn awaits_time(&self) -> bool {
        let later = |deadline| deadline > self.now;
        let line = self.grants.as_ref().and_then(|grants| grants.line.deadline());
        let believed = self.agents.iter().any(|agent| match agent.carrier.stage() {
            Stage::Acting { until, .. } | Stage::Dividing { until, .. } => later(until),
            Stage::Idle | Stage::Inheriting { .. } => false,
        });
        self.record.deadline().is_some_and(later) || line.is_some_and(later) || believed
    }
}

impl Packet {
    /// Whether it is this request, or an answer to it.
    fn is_about(&self, asked: ToLineage) -> bool {
        match self {
            Packet::ToLineage(message) => *message == asked,
            Packet::ToAgent(message) => {
                (message.agent, message.request) == (asked.agent, asked.request)
            }
        }
    }
}

impl Handoff {
    /// Whether the acting agent lives and its lease is not over: then it is a fault that time passes.
    pub(super) fn has_a_slow_agent(&self, state: &State) -> bool {
        let Some((agent, generation)) = state.record.acting() else { return false };
        let carrier = state.agents[agent.0 as usize].carrier;
        let ends = carrier.ends(&self.rules);
        carrier.generation() == Some(generation)
            && ends.is_some_and(|ends| ends > state.now)
            && !state.record.is_done()
    }

    /// Whether the agent's lease is over by its own clock.
    pub(super) fn has_run_out(&self, state: &State, id: AgentId) -> bool {
        let ends = state.agents[id.0 as usize].carrier.ends(&self.rules);
        ends.is_some_and(|ends| ends <= state.now)
    }

    pub(super) fn possible(&self, state: &State, actions: &mut Vec<Action>) {
        let carriers = (0..self.case.agents).map(AgentId);
        for id in carriers {
            self.of_an_agent(state, id, actions);
        }
        self.deliveries(state, actions);
        if state.record.is_due(state.now) {
            actions.push(Action::Expire);
        }
        if state.awaits_time() && (!self.has_a_slow_agent(state) || state.left.allow(Fault::Lease))
        {
            actions.push(Action::Time);
        }
        if let Some(grants) = &state.grants {
            let stranger = grants.stranger();
            match grants.entry(stranger).state() {
                EntryState::Invalid | EntryState::Shared => {
                    actions.push(Action::Upgrade(stranger));
                }
                _ => actions.push(Action::Release(stranger)),
            }
            if grants.line.is_due(state.now) {
                actions.push(Action::LineExpires);
            }
        }
    }

    fn of_an_agent(&self, state: &State, id: AgentId, actions: &mut Vec<Action>) {
        let carrier = &state.agents[id.0 as usize].carrier;
        let waits = carrier.again(id);
        if carrier.stage() == Stage::Idle && state.record.phase() == Phase::Offered {
            actions.push(Action::Start(id));
        }
        // Once nothing is on its way: to ask again earlier is to repeat a message.
        if let Some(message) = waits
            && !state.flight.iter().any(|packet| packet.is_about(message))
        {
            actions.push(Action::Again(id));
        }
        match carrier.work() {
            Some(Work::InDoubt(_)) => actions.push(Action::Look(id)),
            Some(work) => {
                if carrier.clone().effect(state.now, &self.rules).is_ok() {
                    actions.push(Action::Effect(id));
                } else if let Work::Clear(_) = work {
                    let mut met = Met::default();
                    met.note(Situation::OwnClock);
                    self.note(met);
                }
            }
            None => {}
        }
        if matches!(carrier.stage(), Stage::Acting { .. }) && waits.is_none() {
            match carrier.work() {
                // What becomes of a step decides nothing about grants.
                None if self.case.line => {}
                None => {
                    for (number, step) in state.record.steps().iter().enumerate() {
                        if !matches!(step, Step::Done { .. }) {
                            actions.push(Action::Begin(id, StepId(number as u32)));
                        }
                    }
                    let all = (self.case.steps + self.case.additions) as usize;
                    if state.record.steps().len() < all.min(STEPS_MAX) {
                        actions.push(Action::Add(id));
                    }
                }
                Some(Work::Happened(_)) => actions.push(Action::Complete(id)),
                Some(_) if self.completes_early(state, id) => actions.push(Action::Complete(id)),
                Some(_) => {}
            }
            if !state.record.is_done() {
                actions.push(Action::Divide(id));
            }
            if self.case.drafts {
                actions.push(Action::Prepare(id));
            }
            // Who can do nothing any more asks how it stands.
            if self.case.heartbeats || self.has_run_out(state, id) {
                actions.push(Action::Heartbeat(id));
            }
        }
        let may_crash = state.left.allow(Fault::Crash);
        if may_crash && carrier.stage() != Stage::Idle {
            actions.push(Action::Crash(id));
        }
        if let Some(grants) = &state.grants {
            match grants.entry(id).state() {
                EntryState::Invalid | EntryState::Shared => {
                    // Once is enough: what counts is that it has the line.
                    let fresh = grants.line.version() == Version::FIRST;
                    if fresh && carrier.may_act(state.now, &self.rules) {
                        actions.push(Action::Upgrade(id));
                    }
                }
                _ => actions.push(Action::Commit(id)),
            }
        }
    }

    fn completes_early(&self, state: &State, id: AgentId) -> bool {
        let mut carrier = state.agents[id.0 as usize].carrier;
        let request = attune_protocol::RequestId::default();
        carrier.complete(state.now, id, request, &self.rules).is_ok()
    }

    fn deliveries(&self, state: &State, actions: &mut Vec<Action>) {
        let repeats = state.left.allow(Fault::Duplication);
        for (place, packet) in state.flight.iter().enumerate() {
            let place = place as u8;
            for kept in [false, true] {
                if kept && !repeats {
                    continue;
                }
                actions.push(match packet {
                    Packet::ToLineage(_) => Action::RecordGets { place, kept, stops: false },
                    Packet::ToAgent(_) => Action::AgentGets { place, kept },
                });
            }
            if state.left.allow(Fault::Restart) && matches!(packet, Packet::ToLineage(_)) {
                actions.push(Action::RecordGets { place, kept: false, stops: true });
            }
            if state.left.allow(Fault::Loss) {
                actions.push(Action::Lose(place));
            }
        }
    }
}
