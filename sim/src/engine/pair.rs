//! The two ends of every exchange, one agent's copy and the authority's line, and the checks on
//! what happens between them.

use super::channel::Channels;
use super::checks::Broken;
use attune_protocol::{
    AgentId, AgentSet, Entry, Epoch, Event, Handled, Line, Rules, Tell, Tick, ToAgent, ToLine,
    Version, invariants,
};

pub struct Pair<'a, S> {
    pub line: &'a mut Line<S>,
    pub entry: &'a mut Entry,
    pub history: &'a mut History,
}

impl<S: AgentSet> Pair<'_, S> {
    /// Settles a request over a control channel that takes no time: the line decides, the entry
    /// handles the answer. [`Event::Held`], and nothing handled yet, if the request has to wait
    /// for its turn; [`Event::Ignored`], if for acknowledgements.
    ///
    /// The line must not be due: then its one answer is for the agent that asks.
    #[inline(always)]
    pub fn settle(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules,
        channels: &mut Channels,
        artifact: u32,
    ) -> Result<Event, Broken> {
        let mut answer = None;
        channels.count_up(message.ask);
        let before = Before::of(self.line);
        self.line.handle_in_time(now, message, rules, |said| {
            if said.tell.is_event() {
                channels.put_out(said);
            } else {
                answer = Some(said);
            }
        });
        channels.send_off(artifact);
        self.check_decision(now, message, before)?;
        let Some(answer) = answer else { return Ok(Event::Ignored) };
        if let Tell::Held { holder, deadline, .. } = answer.tell {
            return Ok(Event::Held { holder, deadline });
        }
        channels.count_answer(artifact, answer.tell);
        Ok(self.hear(now, answer, rules)?.event)
    }

    /// The authority decides. Checked: versions grow by one, by commits on the current version.
    #[inline(always)]
    pub fn decide(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules,
        send: impl FnMut(ToAgent),
    ) -> Result<(), Broken> {
        let before = Before::of(self.line);
        self.line.handle(now, message, rules, send);
        self.check_decision(now, message, before)
    }

    #[inline(always)]
    fn check_decision(&mut self, now: Tick, message: ToLine, before: Before) -> Result<(), Broken> {
        if self.line.version() != before.version {
            if message.version != Some(before.version) {
                return Err(Broken::LostUpdate { agent: message.agent.0 });
            }
            if self.line.version() != before.version.next() {
                return Err(Broken::Version);
            }
            self.history.replaced(now);
        }
        if self.line.epoch() < before.epoch { Err(Broken::Version) } else { Ok(()) }
    }

    /// A message arrives at the agent. Checked: no copy goes back, and what holds of every copy.
    #[inline(always)]
    pub fn hear(&mut self, now: Tick, message: ToAgent, rules: &Rules) -> Result<Handled, Broken> {
        let version = self.entry.version();
        let handled = self.entry.handle(now, message, rules);
        if self.entry.version().is_some() && self.entry.version() < version {
            return Err(Broken::WentBack { agent: message.agent.0 });
        }
        self.check(message.agent, rules)?;
        Ok(handled)
    }

    /// What a copy that has just been touched has to satisfy.
    #[inline(always)]
    pub fn check(&self, agent: AgentId, rules: &Rules) -> Result<(), Broken> {
        invariants::copy(self.line, agent, self.entry)
            .and_then(|()| invariants::bounded_staleness(agent, self.entry, rules))
            .map_err(Broken::Invariant)
    }
}

/// A line before a decision.
struct Before {
    version: Version,
    epoch: Epoch,
}

impl Before {
    #[inline(always)]
    fn of<S: AgentSet>(line: &Line<S>) -> Before {
        Before { version: line.version(), epoch: line.epoch() }
    }
}

/// An artifact's versions, and when each was replaced.
pub struct History {
    first: Version,
    replaced_at: Vec<u32>,
}

impl History {
    pub fn new(first: Version) -> History {
        History { first, replaced_at: Vec::new() }
    }

    /// The latest version was replaced by its successor.
    fn replaced(&mut self, now: Tick) {
        self.replaced_at.push(now.0);
    }

    /// When `version`, which is not the latest, was replaced.
    pub fn replaced_at(&self, version: Version) -> u32 {
        self.replaced_at[(version.get() - self.first.get()) as usize]
    }

    pub fn commits(&self) -> u32 {
        self.replaced_at.len() as u32
    }
}
