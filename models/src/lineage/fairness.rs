//! What the graph of this model says about progress ([`crate::progress`]). Fair are agents that go
//! on with what they have begun or are started for, or ask how they stand when their lease is over, and drivers that look after deadlines (weakly),
//! and the channel (strongly). Losses may go on for ever. Of their own will agents divide, prepare
//! and renew finitely often; crashes, repetitions, stops, and leases that end under an agent that lives
//! happen finitely often.

use super::{Action, Handoff, Packet, State};
use crate::explore::Explorable;
use crate::progress::{CHANGES_HANDS, FINITE, Facts, Step};

impl Explorable for Handoff {
    fn is_bad(&self, state: &State) -> bool {
        state.broken.is_some()
    }

    fn facts(&self, state: &State) -> u64 {
        let mut facts = Facts::default();
        let mut actions = Vec::new();
        self.possible(state, &mut actions);
        for action in actions {
            let label = self.label(state, action);
            // What finds no room is not possible: what is in flight arrives first.
            if label & FINITE == 0 && self.step(state, action).is_some() {
                facts.possible(self.kind(state, action));
            }
        }
        let orphaned = state.is_orphaned();
        if orphaned {
            facts.orphaned();
        }
        // With a line nobody works at steps, and the end is a line without a holder who is gone.
        let ended = if self.case.line { !orphaned } else { state.record.is_done() };
        if ended {
            facts.quiet();
        } else if !self.case.line {
            // One task waits, whoever it is that carries it.
            facts.waits(0);
        }
        facts.0
    }

    fn successor(&self, state: &State, action: &Action) -> Option<(State, u16)> {
        let (next, _) = self.step(state, *action)?;
        let hands = |state: &State| {
            state.grants.as_ref().map(|grants| (grants.line.hold(), grants.line.epoch()))
        };
        let mut label = self.label(state, *action);
        if hands(state) != hands(&next) {
            label |= CHANGES_HANDS;
        }
        Some((self.normal(&next), label))
    }
}

impl State {
    /// Whether the line is held for somebody who is not there.
    fn is_orphaned(&self) -> bool {
        let Some(grants) = &self.grants else { return false };
        let Some(owner) = grants.line.owner() else { return false };
        let lives = |generation| {
            let carrier = self.agents.get(owner.0 as usize).map(|agent| agent.carrier);
            carrier.and_then(|carrier| carrier.generation()) == Some(generation)
        };
        owner != grants.stranger() && !grants.owned_for.is_some_and(lives)
    }
}

impl Handoff {
    fn label(&self, state: &State, action: Action) -> u16 {
        match action {
            Action::Heartbeat(id) if self.has_run_out(state, id) => {
                self.kind(state, action).class()
            }
            Action::RecordGets { kept: true, .. }
            | Action::RecordGets { stops: true, .. }
            | Action::AgentGets { kept: true, .. }
            | Action::Crash(_)
            | Action::Divide(_)
            | Action::Prepare(_)
            | Action::Heartbeat(_) => FINITE,
            Action::Time if self.has_a_slow_agent(state) => FINITE,
            _ => self.kind(state, action).class(),
        }
    }

    fn kind(&self, state: &State, action: Action) -> Step {
        match action {
            Action::Start(id)
            | Action::Begin(id, _)
            | Action::Add(id)
            | Action::Look(id)
            | Action::Effect(id)
            | Action::Complete(id)
            | Action::Again(id) => Step::Resends(id.0 as u8),
            Action::RecordGets { place, .. } | Action::AgentGets { place, .. } => {
                match state.flight[usize::from(place)] {
                    Packet::ToLineage(message) => Step::RequestArrives(message.agent.0 as u8),
                    Packet::ToAgent(message) => Step::AnswerArrives(message.agent.0 as u8),
                }
            }
            Action::Time => Step::TimePasses,
            Action::Expire => Step::Expires,
            // A driver of its own.
            Action::LineExpires => Step::Resends(3),
            Action::Heartbeat(id) => Step::Resends(id.0 as u8),
            Action::Divide(_) | Action::Prepare(_) | Action::Crash(_) => Step::Free,
            Action::Lose(_) | Action::Upgrade(_) | Action::Commit(_) | Action::Release(_) => {
                Step::Free
            }
        }
    }
}
