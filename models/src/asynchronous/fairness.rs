//! What the graph of this layer says about progress: which steps are fair, and what waits.

use super::{Action, Asynchronous, State};
use crate::fault::Fault;
use crate::packet::{Message, Packet, To};
use crate::progress::{CHANGES_HANDS, FINITE, Facts, Step};
use crate::world::{Agent, World};
use attune_protocol::{Ask, Discipline, Hold, State as EntryState, ToLine};
use std::hash::{Hash, Hasher};

impl<D: Discipline, const A: usize> crate::explore::Explorable for Asynchronous<D, A> {
    fn is_bad(&self, state: &State<A>) -> bool {
        state.broken.is_some()
    }

    fn facts(&self, state: &State<A>) -> u64 {
        let mut facts = Facts::default();
        for id in self.agents() {
            let agent = state.world.agent(id);
            let Some(message) = agent.outstanding else { continue };
            facts.waits(id.0 as u8);
            if !state.flight.contains(&Packet::to_line(&message)) {
                facts.possible(Step::Resends(id.0 as u8));
            }
        }
        for (place, &packet) in state.flight.iter().enumerate() {
            if self.is_next(state, place) {
                facts.possible(self.arrival(state, packet));
            }
        }
        match state.world.line.deadline() {
            Some(deadline) if deadline <= state.world.now => facts.possible(Step::Expires),
            Some(_) if state.left.allow(Fault::Lease) => facts.possible(Step::TimePasses),
            _ => {}
        }
        if self.is_orphaned(state) {
            facts.orphaned();
        }
        if self.is_quiet(state) {
            facts.quiet();
        }
        facts.0
    }

    fn hash(&self, state: &State<A>, hasher: &mut impl Hasher) {
        let State { world, flight, left, log, broken } = state;
        let World { line, memory, now, agents } = world;
        let agents = &agents[..self.setting.agents as usize];
        (line, memory, now, agents, flight, log, broken).hash(hasher);
        if !self.subsumption {
            left.hash(hasher);
        }
    }

    fn cover(&self, state: &State<A>) -> u32 {
        if self.subsumption { state.left.cover(&self.faults) } else { 1 }
    }

    fn successor(&self, state: &State<A>, action: &Action) -> Option<(State<A>, u16)> {
        let next = self.step(state, *action).ok()?;
        let claim = |state: &State<A>| (state.world.line.hold(), state.world.line.epoch());
        let mut label = self.label(state, *action);
        if claim(state) != claim(&next) {
            label |= CHANGES_HANDS;
        }
        Some((self.normal(&next), label))
    }
}

impl<D: Discipline, const A: usize> Asynchronous<D, A> {
    /// What kind of step this is.
    fn label(&self, state: &State<A>, action: Action) -> u16 {
        let at = |place: u8| state.flight[usize::from(place)];
        match action {
            Action::Resends(agent) => Step::Resends(agent.0 as u8).class(),
            Action::LineGets { kept: true, .. }
            | Action::LineGets { silent: true, .. }
            | Action::AgentGets { kept: true, .. }
            | Action::Crash(_)
            | Action::Snapshot
            | Action::Restart => FINITE,
            Action::LineGets { place, .. } | Action::AgentGets { place, .. } => {
                self.arrival(state, at(place)).class()
            }
            Action::LineTime => Step::TimePasses.class(),
            Action::Expire => Step::Expires.class(),
            Action::Read(_)
            | Action::Write(_)
            | Action::Asks(..)
            | Action::Lose(_)
            | Action::AgentTime(_)
            | Action::Publish => Step::Free.class(),
        }
    }

    /// What it is for fairness that this packet arrives.
    fn arrival(&self, state: &State<A>, packet: Packet) -> Step {
        let agent = packet.agent;
        // What is first on its link holds up the rest, so that it has to arrive, however old.
        let old = match (self.faults.allow(Fault::Reordering), packet.to) {
            (true, _) => Step::Free,
            (false, To::Line) => Step::OldToLine(agent),
            (false, To::Agent) => Step::OldToAgent(agent),
        };
        let asked = state.world.agents[usize::from(agent)].outstanding;
        match packet.message() {
            Message::ToLine(message) if asked == Some(message) => Step::RequestArrives(agent),
            Message::ToLine(ToLine { ask: Ask::Acknowledge { .. }, .. }) => {
                Step::AcknowledgementArrives(agent)
            }
            Message::ToLine(_) => old,
            Message::ToAgent(_) if packet.is_event() => Step::EventArrives(agent),
            Message::ToAgent(message) => {
                let awaited = asked.is_some_and(|asked| asked.request == message.request);
                if awaited { Step::AnswerArrives(agent) } else { old }
            }
        }
    }

    /// Whether the claim or grant belongs to nobody who knows of it, or could still hear of it.
    fn is_orphaned(&self, state: &State<A>) -> bool {
        let (Hold::Claimed(claim) | Hold::Owned(claim)) = state.world.line.hold() else {
            return false;
        };
        let Agent { entry, outstanding, .. } = state.world.agent(claim.agent);
        let owns = (entry.is_exclusive() || entry.state() == EntryState::Committing)
            && entry.epoch() == state.world.line.epoch();
        let waits = outstanding
            .is_some_and(|message| message.ask == Ask::Upgrade && message.request == claim.request);
        !owns && !waits
    }
}
