//! The two ends of every exchange, one agent's copy and the authority's line, and the checks on
//! what happens between them.

use super::channel::Channels;
use super::checks::Broken;
use attune_protocol::{
    AgentId, AgentSet, AtCommit, AtUpgrade, Claim, Entry, Epoch, Event, Handled, Hold, Line, Rules,
    Tell, Tick, ToAgent, ToLine, Version, invariants,
};

pub struct Pair<'a, S> {
    pub line: &'a mut Line<S>,
    pub entry: &'a mut Entry,
    pub history: &'a mut History,
    /// Reads since the last round trip, counted here and not by the entry that is checked with
    /// it; kept only where the run has a bound.
    pub reads: Option<&'a mut u16>,
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
        let mut told = 0;
        self.line.handle_in_time(now, message, rules, |said| {
            if said.tell.is_event() {
                told += 1;
                channels.put_out(said);
            } else {
                answer = Some(said);
            }
        });
        channels.send_off(artifact);
        self.check_decision(now, message, before, told, rules)?;
        let Some(answer) = answer else { return Ok(Event::Ignored) };
        if let Tell::Held { holder, deadline, .. } = answer.tell {
            return Ok(Event::Held { holder, deadline });
        }
        channels.count_answer(artifact, answer.tell);
        let held = self.entry.version();
        let event = self.hear(now, answer, rules)?.event;
        channels.taken(artifact, held, answer, event);
        Ok(event)
    }

    /// The authority decides.
    #[inline(always)]
    pub fn decide(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules,
        mut send: impl FnMut(ToAgent),
    ) -> Result<(), Broken> {
        let before = Before::of(self.line);
        let mut told = 0;
        self.line.handle(now, message, rules, |said| {
            told += usize::from(said.tell.is_event());
            send(said);
        });
        self.check_decision(now, message, before, told, rules)
    }

    /// What every decision has to satisfy, judged from outside of the line. `told`: how many
    /// events it sent.
    #[inline(always)]
    fn check_decision(
        &mut self,
        now: Tick,
        message: ToLine,
        before: Before,
        told: usize,
        rules: &Rules,
    ) -> Result<(), Broken> {
        if self.line.version() != before.version {
            self.check_commit(message, &before, now, told, rules)?;
            self.history.replaced(now);
        }
        if self.line.epoch() != before.epoch {
            self.check_new_epoch(&before, now, rules)?;
        }
        Ok(())
    }

    /// A commit comes from the owner, in its epoch and in time, is derived from the version before
    /// it, makes the next one, and is told to whoever may hold an older copy.
    #[inline(never)]
    fn check_commit(
        &self,
        message: ToLine,
        before: &Before,
        now: Tick,
        told: usize,
        rules: &Rules,
    ) -> Result<(), Broken> {
        let agent = message.agent.0;
        let owned = matches!(before.hold, Hold::Owned(claim)
            if claim.agent == message.agent && claim.deadline > now);
        if !owned || message.epoch != before.epoch {
            return Err(Broken::NotOwner { agent });
        }
        if message.version != Some(before.version) {
            return Err(Broken::LostUpdate { agent });
        }
        if self.line.version() != before.version.next() {
            return Err(Broken::Version);
        }
        let silent = rules.strategy.at_commit == AtCommit::Silent;
        if !silent && told != self.line.behind().len() {
            return Err(Broken::Untold);
        }
        Ok(())
    }

    /// Epochs never go back, nobody's live claim is taken away, no grant is given too soon.
    #[inline(always)]
    fn check_new_epoch(&self, before: &Before, now: Tick, rules: &Rules) -> Result<(), Broken> {
        if self.line.epoch() < before.epoch {
            return Err(Broken::Version);
        }
        let holder = |hold| match hold {
            Hold::Free => None,
            Hold::Claimed(claim) | Hold::Owned(claim) => Some(claim),
        };
        if let (Some(earlier), Some(Claim { agent, .. })) =
            (holder(before.hold), holder(self.line.hold()))
            && earlier.agent != agent
            && earlier.deadline > now
        {
            return Err(Broken::Stolen { agent: earlier.agent.0 });
        }
        self.check_grant(rules)
    }

    /// Under eager invalidation nobody owns the line before all others have acknowledged. (At the
    /// deadline of a claim it is granted all the same: not to be called then.)
    #[inline(always)]
    pub fn check_grant(&self, rules: &Rules) -> Result<(), Broken> {
        match self.line.owner() {
            Some(owner)
                if rules.strategy.at_upgrade == AtUpgrade::Invalidate
                    && !self.line.behind().is_empty() =>
            {
                Err(Broken::GrantedTooSoon { agent: owner.0 })
            }
            _ => Ok(()),
        }
    }

    /// A message arrives at the agent. Checked: no copy goes back, and what holds of every copy.
    #[inline(always)]
    pub fn hear(&mut self, now: Tick, message: ToAgent, rules: &Rules) -> Result<Handled, Broken> {
        let version = self.entry.version();
        let handled = self.entry.handle(now, message, rules);
        if self.entry.version().is_some() && self.entry.version() < version {
            return Err(Broken::WentBack { agent: message.agent.0 });
        }
        if let Some(reads) = &mut self.reads
            && matches!(
                handled.event,
                Event::Filled(_) | Event::Granted | Event::Committed(_) | Event::Held { .. }
            )
        {
            **reads = 0;
        }
        self.check(message.agent)?;
        Ok(handled)
    }

    /// The agent has read its copy. Checked: not more often than it may.
    #[inline(always)]
    pub fn check_read(&mut self, agent: AgentId, rules: &Rules) -> Result<(), Broken> {
        if let (Some(reads), Some(bound)) = (&mut self.reads, rules.bound_reads) {
            **reads += 1;
            if **reads > bound {
                return Err(Broken::Bound { agent: agent.0, reads: **reads, bound });
            }
        }
        self.check(agent)
    }

    /// What a copy that has just been touched has to satisfy.
    #[inline(always)]
    fn check(&self, agent: AgentId) -> Result<(), Broken> {
        invariants::copy(self.line, agent, self.entry).map_err(Broken::Invariant)
    }
}

/// A line before a decision.
struct Before {
    version: Version,
    epoch: Epoch,
    hold: Hold,
}

impl Before {
    #[inline(always)]
    fn of<S: AgentSet>(line: &Line<S>) -> Before {
        Before { version: line.version(), epoch: line.epoch(), hold: line.hold() }
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
