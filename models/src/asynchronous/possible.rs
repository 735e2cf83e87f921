//! What can happen next.

use super::{Action, Asynchronous, State};
use crate::fault::Fault;
use crate::packet::{Packet, To};
use crate::world::{Agent, World};
use attune_protocol::{AgentId, Ask, AtTick, Discipline, Expiry, State as EntryState};

impl<D: Discipline, const A: usize> Asynchronous<D, A> {
    /// Everything that can happen in `state`.
    pub fn possible(&self, state: &State<A>, actions: &mut Vec<Action>) {
        if state.broken.is_some() {
            return;
        }
        let World { line, .. } = &state.world;
        let more = line.version().get() <= self.commits;
        for agent in self.agents() {
            let Agent { entry, outstanding, .. } = state.world.agent(agent);
            if entry.is_readable() {
                actions.push(Action::Read(agent));
            }
            match entry.state() {
                EntryState::Invalid | EntryState::Shared => {
                    if state.world.can_ask(agent, Ask::Fetch, &self.setting) {
                        actions.push(Action::Asks(agent, Ask::Fetch));
                    }
                    if more {
                        actions.push(Action::Asks(agent, Ask::Upgrade));
                    }
                }
                EntryState::Exclusive | EntryState::Modified => {
                    if entry.state() == EntryState::Modified {
                        actions.push(Action::Asks(agent, Ask::Commit));
                    } else if more {
                        actions.push(Action::Write(agent));
                    }
                    if self.releases || !more {
                        actions.push(Action::Asks(agent, Ask::Release));
                    }
                    let beats = |packet: &Packet| {
                        packet.is_heartbeat() && u32::from(packet.agent) == agent.0
                    };
                    if self.heartbeats && !state.flight.iter().any(beats) {
                        actions.push(Action::Asks(agent, Ask::Heartbeat));
                    }
                }
                _ => {}
            }
            if let Some(message) = outstanding
                && !state.flight.contains(&Packet::to_line(message))
            {
                actions.push(Action::Resends(agent));
            }
            if state.left.allow(Fault::Crash) && *state.world.agent(agent) != reborn(state, agent) {
                actions.push(Action::Crash(agent));
            }
            if self.is_fresh(state, agent) {
                actions.push(Action::AgentTime(agent));
            }
        }
        self.deliveries(state, actions);
        match line.deadline() {
            Some(deadline) if deadline <= state.world.now => actions.push(Action::Expire),
            Some(_) if state.left.allow(Fault::Lease) => actions.push(Action::LineTime),
            _ => {}
        }
        if self.setting.rules.strategy.at_tick == AtTick::Push {
            actions.push(Action::Publish);
        }
        match &state.log {
            None if state.left.allow(Fault::Restart) => actions.push(match self.log {
                0 => Action::Restart,
                _ => Action::Snapshot,
            }),
            Some(log) if !log.records.is_empty() => actions.push(Action::Restart),
            _ => {}
        }
    }

    fn deliveries(&self, state: &State<A>, actions: &mut Vec<Action>) {
        let duplicated = state.left.allow(Fault::Duplication);
        let stops = state.left.allow(Fault::Restart) && state.log.is_none();
        for (place, packet) in state.flight.iter().enumerate() {
            if !self.is_next(state, place) {
                continue;
            }
            let place = place as u8;
            for kept in [false, true] {
                if kept && !duplicated {
                    continue;
                }
                actions.push(match packet.to {
                    To::Line => Action::LineGets { place, kept, silent: false },
                    To::Agent => Action::AgentGets { place, kept },
                });
            }
            if stops && packet.to == To::Line {
                actions.push(Action::LineGets { place, kept: false, silent: true });
            }
            if state.left.allow(Fault::Loss) {
                actions.push(Action::Lose(place));
            }
        }
    }

    /// Whether the packet at this place can arrive before all others.
    pub(super) fn is_next(&self, state: &State<A>, place: usize) -> bool {
        let link = state.flight[place].link();
        self.faults.allow(Fault::Reordering)
            || !state.flight[..place].iter().any(|earlier| earlier.link() == link)
    }

    /// Whether a tick makes a difference to the agent's copy.
    fn is_fresh(&self, state: &State<A>, agent: AgentId) -> bool {
        let Expiry::Ticks(ttl) = self.setting.rules.strategy.expiry else { return false };
        let Agent { entry, memory, .. } = state.world.agent(agent);
        matches!(entry.state(), EntryState::Shared | EntryState::Upgrading)
            && u32::from(memory.age) < ttl
    }
}

/// An agent just after a crash.
fn reborn<const A: usize>(state: &State<A>, agent: AgentId) -> Agent {
    let Agent { last_request, now, .. } = *state.world.agent(agent);
    Agent { last_request, now, ..Agent::default() }
}
