//! What the actions of both layers are on a machine.

use super::{Layer, Nameable, Teller};
use crate::asynchronous::{self, Asynchronous};
use crate::atomic::{self, Atomic, What, misused, past_deadline};
use crate::packet::{Message, Packet, To};
use crate::world::{Setting, World};
use attune_protocol::{AgentId, Ask, Entry};
use attune_trace::reference::Property;
use attune_trace::{Action, Event, Impossible, LineView, Outcome};
use std::collections::VecDeque;

fn view<const A: usize>(world: &World<A>, agents: u32) -> (LineView, Vec<Entry>) {
    let entries = world.agents.iter().take(agents as usize).map(|agent| agent.entry);
    (LineView::from(&world.line), entries.collect())
}

/// A request of the agent's own.
fn asks<const A: usize>(world: &World<A>, agent: AgentId, ask: Ask) -> Option<Action> {
    let asker = world.agent(agent);
    let (now, request) = (asker.now, asker.last_request.next());
    Some(match ask {
        Ask::Fetch => Action::Fetch { agent, now, request },
        Ask::Upgrade => Action::Upgrade { agent, now, request },
        Ask::Commit => Action::Commit { agent, now, request },
        Ask::Release => Action::Release { agent, now, request },
        Ask::Heartbeat => Action::Heartbeat { agent, now, request },
        Ask::Acknowledge { .. } => return None,
    })
}

fn resends<const A: usize>(world: &World<A>, agent: AgentId) -> Option<Action> {
    world.agent(agent).outstanding.map(|message| Action::Resend { agent, message })
}

fn lost(packet: Packet) -> Action {
    match packet.message() {
        Message::ToLine(message) => Action::LoseToLine { message },
        Message::ToAgent(message) => Action::LoseToAgent { message },
    }
}

/// The message at its receiver. `kept`, `silent`: as in [`asynchronous::Action::LineGets`].
fn arrives<const A: usize>(world: &World<A>, message: Message, kept: bool, silent: bool) -> Action {
    match message {
        Message::ToLine(message) => {
            Action::LineGets { message, now: world.now, kept, answers_lost: silent }
        }
        Message::ToAgent(message) => {
            Action::AgentGets { message, now: world.agent(message.agent).now, kept }
        }
    }
}

/// Does an action. What a line is given where a deadline has passed may come later still.
fn gives<'a, const A: usize>(
    world: &World<A>,
    action: Action,
    teller: &'a mut Teller,
) -> Result<Option<&'a Event>, Impossible> {
    let due = world.line.deadline().is_some_and(|deadline| deadline <= world.now);
    let late = world.now.after(1);
    match action {
        Action::LineGets { message, kept, answers_lost, .. } if due => {
            let later = Action::LineGets { message, now: late, kept, answers_lost };
            teller.act_now_or_late(action, later)
        }
        Action::Expire { .. } if due => {
            teller.act_now_or_late(action, Action::Expire { now: late })
        }
        Action::Publish { .. } if due => {
            teller.act_now_or_late(action, Action::Publish { now: late })
        }
        _ => teller.act(action),
    }
}

impl<D: Nameable, const A: usize> Layer for Asynchronous<D, A> {
    type Discipline = D;

    fn setting(&self) -> &Setting<D> {
        &self.setting
    }

    fn start(&self) -> asynchronous::State<A> {
        self.initial()
    }

    fn concrete(
        &self,
        state: &asynchronous::State<A>,
        action: &asynchronous::Action,
    ) -> Option<asynchronous::State<A>> {
        self.step(state, *action).ok()
    }

    fn normalized(&self, state: &asynchronous::State<A>) -> asynchronous::State<A> {
        self.normal(state)
    }

    fn are_alike(&self, one: &asynchronous::Action, other: &asynchronous::Action) -> bool {
        use asynchronous::Action::*;
        match (one, other) {
            (Asks(_, one), Asks(_, other)) => one == other,
            (
                LineGets { kept, silent, .. },
                LineGets { kept: other_kept, silent: other_silent, .. },
            ) => (kept, silent) == (other_kept, other_silent),
            (AgentGets { kept, .. }, AgentGets { kept: other, .. }) => kept == other,
            _ => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }

    fn broken(&self, state: &asynchronous::State<A>) -> Option<Property> {
        state.broken
    }

    fn view(&self, state: &asynchronous::State<A>) -> (LineView, Vec<Entry>) {
        view(&state.world, self.setting.agents)
    }

    fn tell(
        &self,
        state: &asynchronous::State<A>,
        action: &asynchronous::Action,
        teller: &mut Teller,
    ) -> Result<(), Impossible> {
        use asynchronous::Action as Does;
        let world = &state.world;
        let now = |agent| world.agent(agent).now;
        let at = |place: u8| state.flight[usize::from(place)];
        let mut stops = false;
        let told = match *action {
            Does::Read(agent) => Some(Action::Read { agent, now: now(agent) }),
            Does::Write(agent) => Some(Action::Write { agent, now: now(agent) }),
            Does::Asks(agent, ask) => asks(world, agent, ask),
            Does::Resends(agent) => resends(world, agent),
            Does::LineGets { place, kept, silent } => {
                stops = silent;
                if silent {
                    teller.act(Action::Snapshot)?;
                }
                Some(arrives(world, at(place).message(), kept, silent))
            }
            Does::AgentGets { place, kept } => {
                Some(arrives(world, at(place).message(), kept, false))
            }
            Does::Lose(place) => Some(lost(at(place))),
            Does::Crash(agent) => Some(Action::Crash { agent }),
            Does::LineTime => Some(Action::LineTime { now: world.now.after(1) }),
            Does::AgentTime(agent) => Some(Action::AgentTime { agent, now: now(agent).after(1) }),
            Does::Expire => Some(Action::Expire { now: world.now }),
            Does::Publish => Some(Action::Publish { now: world.now }),
            Does::Snapshot => Some(Action::Snapshot),
            Does::Restart => {
                stops = true;
                None
            }
        };
        if let Some(told) = told {
            gives(world, told, teller)?;
        }
        if stops {
            teller.act(Action::Restart)?;
            // What was on its way to the authority finds nobody.
            let delivered = match *action {
                Does::LineGets { place, .. } => Some(usize::from(place)),
                _ => None,
            };
            let flight = state.flight.iter().enumerate();
            for (_, &packet) in flight.filter(|&(place, _)| Some(place) != delivered) {
                if packet.to == To::Line {
                    teller.act(lost(packet))?;
                }
            }
        }
        Ok(())
    }
}

impl<D: Nameable, const A: usize> Layer for Atomic<D, A> {
    type Discipline = D;

    fn setting(&self) -> &Setting<D> {
        &self.setting
    }

    fn start(&self) -> atomic::State<A> {
        self.initial()
    }

    fn concrete(
        &self,
        state: &atomic::State<A>,
        action: &atomic::Action,
    ) -> Option<atomic::State<A>> {
        self.step(state, *action)
    }

    fn normalized(&self, state: &atomic::State<A>) -> atomic::State<A> {
        self.normal(state)
    }

    fn are_alike(&self, one: &atomic::Action, other: &atomic::Action) -> bool {
        let deaf = one.deaf.count_ones() == other.deaf.count_ones();
        deaf && match (one.what, other.what) {
            (What::Asks(_, one), What::Asks(_, other)) => one == other,
            (one, other) => std::mem::discriminant(&one) == std::mem::discriminant(&other),
        }
    }

    fn broken(&self, state: &atomic::State<A>) -> Option<Property> {
        state.broken
    }

    fn view(&self, state: &atomic::State<A>) -> (LineView, Vec<Entry>) {
        view(&state.world, self.setting.agents)
    }

    /// The action and all that comes of it, message by message.
    fn tell(
        &self,
        state: &atomic::State<A>,
        action: &atomic::Action,
        teller: &mut Teller,
    ) -> Result<(), Impossible> {
        let mut world = state.world;
        let now = |agent| world.agent(agent).now;
        let told = match action.what {
            What::Read(agent) => Some(Action::Read { agent, now: now(agent) }),
            What::Write(agent) => Some(Action::Write { agent, now: now(agent) }),
            What::Asks(agent, ask) => asks(&world, agent, ask),
            What::Resends(agent) => resends(&world, agent),
            What::Misuses { agent, ask, base, late } => {
                Some(Action::Forge { message: misused(&world, agent, ask, base, late) })
            }
            What::Crash(agent) => Some(Action::Crash { agent }),
            What::AgentTime(agent) => Some(Action::AgentTime { agent, now: now(agent).after(1) }),
            What::Expire => {
                world.now = past_deadline(&world);
                Some(Action::Expire { now: world.now })
            }
            What::Publish => Some(Action::Publish { now: world.now }),
            // Time itself is no event: the next one has its own.
            What::Passes => None,
        };
        let Some(told) = told else { return Ok(()) };
        let mut sent = VecDeque::new();
        sent.extend(gives(&world, told, teller)?.into_iter().flat_map(sends));
        while let Some(message) = sent.pop_front() {
            let deaf = match message {
                Message::ToAgent(message) => {
                    message.tell.is_event() && action.deaf >> message.agent.0 & 1 == 1
                }
                Message::ToLine(_) => false,
            };
            let next = match message {
                Message::ToAgent(message) if deaf => Action::LoseToAgent { message },
                _ => arrives(&world, message, false, false),
            };
            sent.extend(gives(&world, next, teller)?.into_iter().flat_map(sends));
        }
        Ok(())
    }
}

/// The messages that an event sent.
fn sends(event: &Event) -> Vec<Message> {
    match &event.outcome {
        Outcome::Sent(message) => vec![Message::ToLine(*message)],
        Outcome::Told(messages) => messages.iter().copied().map(Message::ToAgent).collect(),
        Outcome::Heard { reply, .. } => reply.iter().copied().map(Message::ToLine).collect(),
        _ => Vec::new(),
    }
}
