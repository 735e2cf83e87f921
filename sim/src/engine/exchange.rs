//! Between agents and the authority: requests and answers, events and acknowledgements.
//!
//! Each message has two ways. The general one, [`Simulation::decide`] and [`Simulation::arrive`],
//! takes any message at either end and goes on with whatever follows from it. The short one is
//! for what nearly all messages are: over a control channel that takes no time, a request about a
//! line that is not due is answered to the agent that asks ([`Simulation::request`]), and an event
//! is acknowledged ([`Simulation::deliver`]), with nothing else in between. It calls the same
//! transitions, inlined where the kind of message is known; the general way is kept out of line.

use super::agent::Doing;
use super::channel::Mail;
use super::checks::Broken;
use super::layout::{Layout, Touched};
use super::simulation::{Checked, Simulation};
use super::streams::Chance;
use attune_protocol::{AgentId, Event, Handled, Tell, Tick, ToAgent, ToLine};
use std::cmp::Reverse;

impl<L: Layout> Simulation<'_, L> {
    /// Sends a request, whose answer the agent then waits for.
    #[inline(always)]
    pub fn request(&mut self, artifact: u32, message: ToLine) -> Checked {
        let now = Tick(self.now);
        let place = &mut self.artifacts[artifact as usize];
        if !self.channels.control_is_instant() || place.line.is_due(now) {
            return self.send_request(artifact, message);
        }
        let mut pair = place.pair(message.agent);
        match pair.settle(now, message, &self.rules, &mut self.channels, artifact) {
            Ok(event @ (Event::Granted | Event::Committed(_))) => {
                self.on_event(message.agent, artifact, event)
            }
            other => self.wait_or_fail(artifact, message, other),
        }
    }

    /// [`Simulation::request`] the general way.
    #[inline(never)]
    pub fn send_request(&mut self, artifact: u32, message: ToLine) -> Checked {
        self.agents[message.agent.0 as usize].wait(artifact, self.now, message);
        self.say(artifact, message)
    }

    /// A request that took no time was not answered, or not as hoped.
    #[inline(never)]
    pub fn wait_or_fail(
        &mut self,
        artifact: u32,
        message: ToLine,
        settled: Result<Event, Broken>,
    ) -> Checked {
        let event = settled.map_err(|broken| self.failure(artifact, broken))?;
        self.agents[message.agent.0 as usize].wait(artifact, self.now, message);
        if let Event::Held { .. } = event {
            self.artifacts[artifact as usize].wait_in_line(message);
        }
        self.on_event(message.agent, artifact, event)
    }

    /// An agent says something to the authority, whatever it is.
    #[inline(never)]
    pub fn say(&mut self, artifact: u32, message: ToLine) -> Checked {
        if self.channels.control_is_instant() {
            self.channels.count_up(message.ask);
            self.decide(artifact, message)
        } else {
            self.channels.up(artifact, message);
            Ok(())
        }
    }

    /// A message arrives at the authority. What it answers is delivered or sent.
    #[inline(never)]
    fn decide(&mut self, artifact: u32, message: ToLine) -> Checked {
        let place = &mut self.artifacts[artifact as usize];
        let channels = &mut self.channels;
        let mut held = false;
        // Besides the answer, a grant to somebody whose claim has waited for this message.
        let mut answers = [None, None];
        let mut pair = place.pair(message.agent);
        let decided = pair.decide(Tick(self.now), message, &self.rules, |said| match said.tell {
            Tell::Held { .. } => held = true,
            Tell::Invalidate | Tell::Update { .. } => channels.event(artifact, said),
            tell if channels.control_is_instant() => {
                channels.count_answer(artifact, tell);
                answers[usize::from(answers[0].is_some())] = Some(said);
            }
            _ => channels.answer(artifact, said),
        });
        if held {
            place.wait_in_line(message);
        }
        decided.map_err(|broken| self.failure(artifact, broken))?;
        for answer in answers.into_iter().flatten() {
            self.arrive(artifact, answer)?;
        }
        Ok(())
    }

    /// A message arrives at an agent. What it replies is delivered or sent.
    #[inline(never)]
    fn arrive(&mut self, artifact: u32, message: ToAgent) -> Checked {
        let agent = message.agent;
        if self.is_away(agent) {
            return Ok(());
        }
        self.touched.add(agent, artifact);
        let mut pair = self.artifacts[artifact as usize].pair(agent);
        let held = pair.entry.version();
        let handled = match pair.hear(Tick(self.now), message, &self.rules) {
            Ok(handled) => handled,
            Err(broken) => return Err(self.failure(artifact, broken)),
        };
        self.channels.taken(artifact, held, message, handled.event);
        if let Some(reply) = handled.reply {
            self.say(artifact, reply)?;
        }
        self.on_event(agent, artifact, handled.event)
    }

    /// An event arrives at an agent, and its acknowledgement at the authority.
    #[inline(always)]
    fn deliver(&mut self, artifact: u32, message: ToAgent) -> Checked {
        let now = Tick(self.now);
        let agent = message.agent;
        if self.is_away(agent) {
            return Ok(());
        }
        self.touched.add(agent, artifact);
        let channels = &mut self.channels;
        let place = &mut self.artifacts[artifact as usize];
        if !channels.control_is_instant() || place.line.is_due(now) {
            self.arrive(artifact, message)?;
            return self.conclude(artifact);
        }
        let mut pair = place.pair(agent);
        let held = pair.entry.version();
        let Handled { event, reply } = match pair.hear(now, message, &self.rules) {
            Ok(handled) => handled,
            Err(broken) => return Err(self.failure(artifact, broken)),
        };
        channels.taken(artifact, held, message, event);
        let mut grant = None;
        if let Some(reply) = reply {
            channels.count_up(reply.ask);
            pair.line.handle_in_time(now, reply, &self.rules, |said| grant = Some(said));
        }
        // Nearly always: nothing follows, and the line is as it was for everybody else.
        if grant.is_none() && !matches!(event, Event::Lost(_)) {
            return Ok(());
        }
        if let Some(grant) = grant {
            if let Err(broken) = pair.check_grant(&self.rules) {
                return Err(self.failure(artifact, broken));
            }
            self.channels.count_answer(artifact, grant.tell);
            self.arrive(artifact, grant)?;
        }
        self.on_event(agent, artifact, event)?;
        self.conclude(artifact)
    }

    #[inline(always)]
    fn is_away(&self, agent: AgentId) -> bool {
        self.crashes != Chance::NEVER
            && matches!(self.agents[agent.0 as usize].doing, Doing::Down { .. })
    }

    /// Delivers what is due in this tick.
    pub fn deliver_due(&mut self) -> Checked {
        let due = self.channels.advance(self.now);
        for mail in &due {
            match mail {
                // Taken apart, so that code of its own delivers each kind.
                Mail::Down { artifact, message } => match message.tell {
                    Tell::Invalidate => {
                        self.deliver(*artifact, ToAgent { tell: Tell::Invalidate, ..*message })?;
                    }
                    Tell::Update { acknowledge } => {
                        let tell = Tell::Update { acknowledge };
                        self.deliver(*artifact, ToAgent { tell, ..*message })?;
                    }
                    _ => {
                        self.arrive(*artifact, *message)?;
                        self.conclude(*artifact)?;
                    }
                },
                Mail::Up { artifact, message } => {
                    self.decide(*artifact, *message)?;
                    self.conclude(*artifact)?;
                }
            }
        }
        self.channels.recycle(due);
        Ok(())
    }

    /// After something was done about an artifact: delivers what takes no time and what follows
    /// from it, gives a free line to whoever waits for it, and minds a held one's deadline.
    #[inline(always)]
    pub fn conclude(&mut self, artifact: u32) -> Checked {
        let quiet = self.artifacts[artifact as usize].is_quiet();
        if quiet && self.channels.at_once.is_empty() { Ok(()) } else { self.follow_up(artifact) }
    }

    #[inline(never)]
    fn follow_up(&mut self, artifact: u32) -> Checked {
        loop {
            let mut next = 0;
            while let Some(&mail) = self.channels.at_once.get(next) {
                next += 1;
                match mail {
                    Mail::Up { artifact, message } => self.decide(artifact, message)?,
                    Mail::Down { artifact, message } => self.arrive(artifact, message)?,
                }
            }
            self.channels.at_once.clear();
            let place = &mut self.artifacts[artifact as usize];
            if let Some(Tick(deadline)) = place.line.deadline() {
                if place.watched != deadline {
                    place.watched = deadline;
                    self.deadlines.push(Reverse((deadline, artifact)));
                }
                return Ok(());
            }
            match place.waiting.pop_front() {
                Some(message) => self.decide(artifact, message)?,
                None => return Ok(()),
            }
        }
    }

    /// Acts on the deadlines that have passed.
    pub fn meet_deadlines(&mut self) -> Checked {
        while let Some(&Reverse((deadline, artifact))) = self.deadlines.peek()
            && deadline <= self.now
        {
            self.deadlines.pop();
            let mut granted = None;
            let channels = &mut self.channels;
            let line = &mut self.artifacts[artifact as usize].line;
            line.expire(Tick(self.now), &self.rules, |message| {
                if message.tell.is_event() {
                    channels.event(artifact, message);
                } else if channels.control_is_instant() {
                    channels.count_answer(artifact, message.tell);
                    granted = Some(message);
                } else {
                    channels.answer(artifact, message);
                }
            });
            if let Some(grant) = granted {
                self.arrive(artifact, grant)?;
            }
            self.conclude(artifact)?;
        }
        Ok(())
    }

    /// Sends every artifact to everybody.
    pub fn publish(&mut self) -> Checked {
        for artifact in 0..self.artifacts.len() as u32 {
            let channels = &mut self.channels;
            let line = &mut self.artifacts[artifact as usize].line;
            line.publish(self.scenario.agents, &self.rules, |event| channels.put_out(event));
            channels.send_off(artifact);
            self.conclude(artifact)?;
        }
        Ok(())
    }
}
