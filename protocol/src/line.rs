//! The line: the authority's record of one artifact, and every decision it takes.
//!
//! A line decides alone and from its own state: a commit is accepted if the agent owns the line
//! in the epoch it names and derived its content from the current version, whatever messages
//! were lost or late. Everything it sends only makes agents learn of that sooner.
//!
//! Who may hold a copy is kept as two sets. `current` may hold the current version; `behind` may
//! still hold an older one. An agent leaves `behind` only by acknowledging the last round of
//! invalidations, or by a fetch; so the two together are always a superset of the agents that
//! can read a copy.
//!
//! Departures from the paper (5.3): a grant waits for acknowledgements under eager invalidation;
//! recovery of an orphaned lease invalidates the old owner only, since what the others hold is
//! the last committed version; nobody gets E by a fetch, since a right to write without an
//! epoch and a deadline could not be taken back.

use crate::{
    AgentId, AgentSet, Ask, AtCommit, AtUpgrade, Epoch, Refusal, RequestId, Rules, Tell, Tick,
    ToAgent, ToLine, Version,
};

/// The authority's record of one artifact (its directory entry).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line<S> {
    version: Version,
    epoch: Epoch,
    /// The epoch of the grant under which the current version was committed.
    committed: Option<Epoch>,
    /// The epoch of the last round in which `behind` was told.
    told: Epoch,
    hold: Hold,
    current: S,
    behind: S,
}

/// Who has, or is about to have, the right to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Hold {
    Free,
    /// Claimed: the grant waits until `behind` is empty, or for the deadline.
    Claimed(Claim),
    /// Owned, in the line's current epoch, until the deadline.
    Owned(Claim),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Claim {
    pub agent: AgentId,
    pub request: RequestId,
    pub deadline: Tick,
    /// Whether the grant carries the content.
    pub content: bool,
}

impl<S: AgentSet> Line<S> {
    /// An artifact at `version` that none of `agents` holds.
    pub fn new(version: Version, agents: u32) -> Line<S> {
        Line {
            version,
            // An agent that has heard nothing is at epoch 0.
            epoch: Epoch(1),
            committed: None,
            told: Epoch(1),
            hold: Hold::Free,
            current: S::empty(agents),
            behind: S::empty(agents),
        }
    }

    #[inline]
    pub fn version(&self) -> Version {
        self.version
    }

    #[inline]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub fn hold(&self) -> Hold {
        self.hold
    }

    /// The agents that may hold the current version.
    pub fn current(&self) -> &S {
        &self.current
    }

    /// The agents that may still hold an older version.
    pub fn behind(&self) -> &S {
        &self.behind
    }

    /// Whether `agent` may hold a copy, of whatever version.
    #[inline]
    pub fn may_hold(&self, agent: AgentId) -> bool {
        self.current.contains(agent) || self.behind.contains(agent)
    }

    /// The agent whose commit would be accepted now.
    #[inline]
    pub fn owner(&self) -> Option<AgentId> {
        match self.hold {
            Hold::Owned(claim) => Some(claim.agent),
            Hold::Free | Hold::Claimed(_) => None,
        }
    }

    /// When [`Line::expire`] next has something to do.
    #[inline]
    pub fn deadline(&self) -> Option<Tick> {
        match self.hold {
            Hold::Free => None,
            Hold::Claimed(claim) | Hold::Owned(claim) => Some(claim.deadline),
        }
    }

    /// Whether [`Line::expire`] has something to do now.
    #[inline]
    pub fn is_due(&self, now: Tick) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// Handles one message from an agent; what is to be sent goes to `send`, in order.
    #[inline]
    pub fn handle(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules,
        mut send: impl FnMut(ToAgent),
    ) {
        if self.is_due(now) {
            self.expire(now, rules, &mut send);
        }
        self.handle_in_time(now, message, rules, send);
    }

    /// [`Line::handle`] for a driver that has looked at the deadline: the line is not due.
    #[inline(always)]
    pub fn handle_in_time(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules,
        send: impl FnMut(ToAgent),
    ) {
        debug_assert!(!self.is_due(now), "the deadline comes first");
        match message.ask {
            Ask::Fetch => self.fetch(message, rules, send),
            Ask::Upgrade => self.upgrade(now, message, rules, send),
            Ask::Commit => self.commit(message, rules, send),
            Ask::Release => self.release(message),
            Ask::Heartbeat => self.heartbeat(now, message, rules, send),
            Ask::Acknowledge { holds } => self.acknowledge(now, message, holds, rules, send),
        }
    }

    /// Acts on a deadline that has passed: a claim is granted although somebody has not
    /// acknowledged, an orphaned lease is taken back (paper 5.3: *lease TTL and M-state recovery*).
    #[cold]
    pub fn expire(&mut self, now: Tick, rules: &Rules, mut send: impl FnMut(ToAgent)) {
        match self.hold {
            Hold::Claimed(claim) if claim.deadline <= now => self.grant(now, claim, rules, send),
            Hold::Owned(claim) if claim.deadline <= now => {
                self.hold = Hold::Free;
                self.epoch = self.epoch.next();
                self.told = self.epoch;
                self.current.remove(claim.agent);
                self.behind.insert(claim.agent);
                send(self.event(claim.agent, Tell::Invalidate));
            }
            Hold::Free | Hold::Claimed(_) | Hold::Owned(_) => {}
        }
    }

    /// Sends the content to all of `agents` ([`crate::AtTick::Push`]).
    pub fn publish(&mut self, agents: u32, mut send: impl FnMut(ToAgent)) {
        for agent in (0..agents).map(AgentId) {
            // It may never arrive: who was behind may still be.
            if !self.behind.contains(agent) {
                self.current.insert(agent);
            }
            send(self.event(agent, Tell::Update { acknowledge: false }));
        }
    }

    #[inline(always)]
    fn fetch(&mut self, message: ToLine, rules: &Rules, mut send: impl FnMut(ToAgent)) {
        let cacheable = !self.excludes_readers(rules);
        if cacheable {
            self.behind.remove(message.agent);
            self.current.insert(message.agent);
        }
        let content = message.version != Some(self.version);
        send(self.answer(message, Tell::Fill { content, cacheable }));
    }

    #[inline(always)]
    fn upgrade(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules,
        mut send: impl FnMut(ToAgent),
    ) {
        match self.hold {
            Hold::Free => self.claim(now, message, rules, send),
            Hold::Claimed(claim) | Hold::Owned(claim) if claim.agent == message.agent => {
                if message.request > claim.request {
                    // It has given its earlier request up, or come back from a crash: a new
                    // epoch fences off what may still arrive from before.
                    self.claim(now, message, rules, send);
                } else if message.request == claim.request {
                    self.repeat(claim, send);
                }
            }
            Hold::Claimed(claim) | Hold::Owned(claim) => {
                let valid = message.version == Some(self.version) && !self.excludes_readers(rules);
                if valid {
                    self.behind.remove(message.agent);
                    self.current.insert(message.agent);
                }
                let Claim { agent: holder, deadline, .. } = claim;
                send(self.answer(message, Tell::Held { holder, deadline, valid }));
            }
        }
    }

    /// Opens a new epoch for `message.agent`, and grants at once unless holders are to be told first.
    #[inline(always)]
    fn claim(&mut self, now: Tick, message: ToLine, rules: &Rules, send: impl FnMut(ToAgent)) {
        self.epoch = self.epoch.next();
        let agent = message.agent;
        let claim = Claim {
            agent,
            request: message.request,
            deadline: now.after(rules.acknowledgement_ticks),
            content: message.version != Some(self.version),
        };
        if rules.strategy.at_upgrade == AtUpgrade::Invalidate {
            self.outdate_all_but(agent);
            if !self.behind.is_empty() {
                self.hold = Hold::Claimed(claim);
                self.tell_behind(Tell::Invalidate, send);
                return;
            }
        }
        self.grant(now, claim, rules, send);
    }

    #[inline]
    fn grant(&mut self, now: Tick, claim: Claim, rules: &Rules, send: impl FnMut(ToAgent)) {
        let claim = Claim { deadline: now.after(rules.lease_ticks), ..claim };
        self.behind.remove(claim.agent);
        self.current.insert(claim.agent);
        self.hold = Hold::Owned(claim);
        self.repeat(claim, send);
    }

    /// Says again what the holder, or those it waits for, may not have heard.
    #[inline]
    fn repeat(&self, claim: Claim, mut send: impl FnMut(ToAgent)) {
        match self.hold {
            Hold::Owned(_) => send(ToAgent {
                agent: claim.agent,
                request: claim.request,
                version: self.version,
                epoch: self.epoch,
                tell: Tell::Grant { content: claim.content, deadline: claim.deadline },
            }),
            Hold::Claimed(_) | Hold::Free => self.tell_behind(Tell::Invalidate, send),
        }
    }

    /// The one place where a version comes into being: owner, epoch and base must all be right.
    #[inline(always)]
    fn commit(&mut self, message: ToLine, rules: &Rules, mut send: impl FnMut(ToAgent)) {
        if !self.is_owned_by(message.agent, message.epoch) {
            let answer = self.refuse_or_repeat(message);
            send(answer);
            return;
        }
        if message.version != Some(self.version) {
            self.hold = Hold::Free;
            let refusal = Refusal::StaleBase { base: message.version };
            send(self.answer(message, Tell::Refused(refusal)));
            return;
        }
        self.committed = Some(self.epoch);
        self.version = self.version.next();
        self.epoch = self.epoch.next();
        self.hold = Hold::Free;
        self.outdate_all_but(message.agent);
        send(self.answer(message, Tell::Committed));
        match rules.strategy.at_commit {
            AtCommit::Silent => {}
            AtCommit::Invalidate => self.tell_behind(Tell::Invalidate, send),
            AtCommit::Push => self.tell_behind(Tell::Update { acknowledge: true }, send),
        }
    }

    /// Answers a commit from an epoch that is over: the acknowledgement again if it is the one
    /// that made the current version, otherwise a refusal that says what is known.
    fn refuse_or_repeat(&self, message: ToLine) -> ToAgent {
        let refused = message.epoch;
        match self.committed {
            Some(committed) if committed == refused => {
                // As it was said the first time: the copy is as old as its commit, and must not
                // pass for newer than invalidations sent since.
                ToAgent { epoch: committed.next(), ..self.answer(message, Tell::Committed) }
            }
            // At most one commit lies behind the base, and that was somebody else's.
            Some(committed)
                if refused < committed
                    && message.version.map(Version::next) != Some(self.version) =>
            {
                self.answer(message, Tell::Refused(Refusal::Superseded { refused }))
            }
            _ => self.answer(message, Tell::Refused(Refusal::LostEpoch { refused })),
        }
    }

    fn release(&mut self, message: ToLine) {
        if self.is_owned_by(message.agent, message.epoch) {
            self.hold = Hold::Free;
        }
    }

    fn heartbeat(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules,
        mut send: impl FnMut(ToAgent),
    ) {
        let tell = match &mut self.hold {
            Hold::Owned(claim) if claim.agent == message.agent && message.epoch == self.epoch => {
                claim.deadline = now.after(rules.lease_ticks);
                Tell::Renewed { deadline: claim.deadline }
            }
            _ => Tell::Refused(Refusal::LostEpoch { refused: message.epoch }),
        };
        send(self.answer(message, tell));
    }

    #[inline(always)]
    fn acknowledge(
        &mut self,
        now: Tick,
        message: ToLine,
        holds: bool,
        rules: &Rules,
        send: impl FnMut(ToAgent),
    ) {
        // Older than the last round, or overtaken by a fetch: it says nothing about now.
        if message.epoch < self.told || !self.behind.contains(message.agent) {
            return;
        }
        self.behind.remove(message.agent);
        // What is sent to all may be on its way to an agent that has nothing now.
        if holds || rules.strategy.sends_to_all() {
            self.current.insert(message.agent);
        }
        if let Hold::Claimed(claim) = self.hold
            && self.behind.is_empty()
        {
            self.grant(now, claim, rules, send);
        }
    }

    #[inline(always)]
    fn tell_behind(&self, tell: Tell, mut send: impl FnMut(ToAgent)) {
        self.behind.for_each(|holder| send(self.event(holder, tell)));
    }

    /// Whether copies given out now may not be kept: eager invalidation promises a writer that
    /// nobody reads while it holds the line.
    #[inline(always)]
    fn excludes_readers(&self, rules: &Rules) -> bool {
        rules.strategy.at_upgrade == AtUpgrade::Invalidate && self.hold != Hold::Free
    }

    /// Starts a round: every copy but `agent`'s is from before the current epoch.
    #[inline(always)]
    fn outdate_all_but(&mut self, agent: AgentId) {
        self.told = self.epoch;
        self.behind.absorb(&mut self.current);
        self.behind.remove(agent);
        self.current.insert(agent);
    }

    #[inline(always)]
    fn is_owned_by(&self, agent: AgentId, epoch: Epoch) -> bool {
        self.owner() == Some(agent) && epoch == self.epoch
    }

    #[inline(always)]
    fn answer(&self, message: ToLine, tell: Tell) -> ToAgent {
        ToAgent {
            agent: message.agent,
            request: message.request,
            version: self.version,
            epoch: self.epoch,
            tell,
        }
    }

    #[inline(always)]
    fn event(&self, agent: AgentId, tell: Tell) -> ToAgent {
        ToAgent {
            agent,
            request: RequestId::default(),
            version: self.version,
            epoch: self.epoch,
            tell,
        }
    }
}
