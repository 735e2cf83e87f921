//! Every decision of a line.

use super::{Claim, Hold, Line};
use crate::{
    Accepted, AgentId, AgentSet, Ask, AtCommit, AtUpgrade, Discipline, Refusal, Rule, Rules, Tell,
    Tick, ToAgent, ToLine, Version,
};
use std::cmp::Ordering;

impl<S: AgentSet> Line<S> {
    /// Handles one message from an agent; what is to be sent goes to `send`, in order.
    #[inline]
    pub fn handle(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        if self.is_due(now) && rules.keeps(Rule::DeadlineComesFirst) {
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
        rules: &Rules<impl Discipline>,
        send: impl FnMut(ToAgent),
    ) {
        match message.ask {
            Ask::Fetch => self.fetch(message, rules, send),
            Ask::Upgrade => self.upgrade(now, message, rules, send),
            Ask::Commit => self.commit(message, rules, send),
            Ask::Release => self.release(message, rules),
            Ask::Heartbeat => self.heartbeat(now, message, rules, send),
            Ask::Acknowledge { holds } => self.acknowledge(now, message, holds, rules, send),
        }
    }

    /// Acts on a deadline that has passed: a claim is granted although somebody has not
    /// acknowledged, an orphaned lease is taken back (paper 5.3: *lease TTL and M-state recovery*).
    #[cold]
    pub fn expire(&mut self, now: Tick, rules: &Rules<impl Discipline>, send: impl FnMut(ToAgent)) {
        match self.hold {
            Hold::Claimed(claim)
                if claim.deadline <= now && rules.keeps(Rule::ClaimEndsAtItsDeadline) =>
            {
                self.grant(now, claim, rules, send);
            }
            Hold::Owned(claim)
                if claim.deadline <= now && rules.keeps(Rule::GrantEndsAtItsDeadline) =>
            {
                self.take_back(claim.agent, rules, send);
            }
            Hold::Free | Hold::Claimed(_) | Hold::Owned(_) => {}
        }
    }

    /// Sends the content to all of `agents` ([`crate::AtTick::Push`]).
    pub fn publish(
        &mut self,
        agents: u32,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        for agent in (0..agents).map(AgentId) {
            send(self.publish_to(agent, rules));
        }
    }

    /// [`Line::publish`] to one agent, for a driver whose agents have each a time of their own.
    #[inline(always)]
    pub fn publish_to(&mut self, agent: AgentId, rules: &Rules<impl Discipline>) -> ToAgent {
        // It may never arrive: who was behind may still be.
        if !rules.keeps(Rule::PublicationAnswersForNobody) {
            self.behind.remove(agent);
        }
        if !self.behind.contains(agent) && rules.keeps(Rule::PublicationRegisters) {
            self.current.insert(agent);
        }
        self.event(agent, Tell::Update { acknowledge: false })
    }

    #[inline(always)]
    fn fetch(
        &mut self,
        message: ToLine,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        let cacheable = !self.excludes_readers(rules);
        if cacheable && rules.keeps(Rule::FetchRegisters) {
            self.register(message.agent);
        }
        let content = self.needs_content(message, Rule::FillBringsContent, rules);
        send(self.answer(message, Tell::Fill { content, cacheable }));
    }

    #[inline(always)]
    fn upgrade(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        match self.hold {
            Hold::Free => self.claim(now, message, rules, send),
            Hold::Claimed(claim) | Hold::Owned(claim) if claim.agent == message.agent => {
                let claims_anew = match message.request.cmp(&claim.request) {
                    // It has given its earlier request up, or come back from a crash: a new
                    // epoch fences off what may still arrive from before.
                    Ordering::Greater => rules.keeps(Rule::NewerRequestOpensAnEpoch),
                    Ordering::Equal => !rules.keeps(Rule::RepeatedRequestKeepsItsGrant),
                    Ordering::Less => !rules.keeps(Rule::OlderRequestIsIgnored),
                };
                if claims_anew {
                    self.claim(now, message, rules, send);
                } else if message.request >= claim.request
                    && rules.keeps(Rule::RepeatedRequestIsAnswered)
                {
                    self.repeat(Claim { request: message.request, ..claim }, send);
                }
            }
            Hold::Claimed(_) | Hold::Owned(_) if !rules.keeps(Rule::HeldLineIsNotStolen) => {
                self.claim(now, message, rules, send);
            }
            Hold::Claimed(claim) | Hold::Owned(claim) => {
                let is_current = |version| {
                    rules.permits(Rule::OnlyTheCurrentCopyIsConfirmed, version == self.version)
                };
                let valid =
                    message.version.is_some_and(is_current) && !self.excludes_readers(rules);
                if valid && rules.keeps(Rule::ConfirmationRegisters) {
                    self.register(message.agent);
                }
                let Claim { agent: holder, deadline, .. } = claim;
                send(self.answer(message, Tell::Held { holder, deadline, valid }));
            }
        }
    }

    /// Opens a new epoch for `message.agent`, and grants at once unless holders are to be told first.
    #[inline(always)]
    fn claim(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        self.open_epoch(Rule::ClaimOpensAnEpoch, rules);
        let agent = message.agent;
        let claim = Claim {
            agent,
            request: message.request,
            deadline: now.after(rules.acknowledgement_ticks),
            content: self.needs_content(message, Rule::GrantBringsContent, rules),
        };
        if rules.strategy.at_upgrade == AtUpgrade::Invalidate {
            self.outdate_all_but(agent, Rule::ClaimOutdatesCopies, rules);
            if !self.behind.is_empty() {
                if rules.keeps(Rule::ClaimTellsTheHolders) {
                    self.tell_behind(Tell::Invalidate, &mut send);
                }
                if rules.keeps(Rule::GrantWaitsForHolders) {
                    self.hold = Hold::Claimed(claim);
                    return;
                }
            }
        }
        self.grant(now, claim, rules, send);
    }

    #[inline]
    fn grant(
        &mut self,
        now: Tick,
        claim: Claim,
        rules: &Rules<impl Discipline>,
        send: impl FnMut(ToAgent),
    ) {
        let claim = Claim { deadline: now.after(rules.lease_ticks), ..claim };
        if rules.keeps(Rule::GrantRegisters) {
            self.register(claim.agent);
        }
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
    fn commit(
        &mut self,
        message: ToLine,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        let (owner, epoch) = (Rule::CommitIsByTheOwner, Rule::CommitIsInItsEpoch);
        if !self.is_from_owner(message, owner, epoch, rules) {
            let answer = self.refuse_or_repeat(message, rules);
            send(answer);
            return;
        }
        let is_current = message.version == Some(self.version);
        if !rules.permits(Rule::CommitIsOnTheCurrentBase, is_current) {
            if rules.keeps(Rule::StaleBaseFreesTheLine) {
                self.hold = Hold::Free;
            }
            let refusal = Refusal::StaleBase { base: message.version };
            send(self.answer(message, Tell::Refused(refusal)));
            return;
        }
        let ToLine { agent, request, .. } = message;
        self.committed = Some(Accepted { epoch: self.epoch, agent, request });
        if rules.keeps(Rule::CommitMakesAVersion) {
            self.version = self.version.next();
        }
        self.open_epoch(Rule::CommitOpensAnEpoch, rules);
        if rules.keeps(Rule::CommitEndsTheGrant) {
            self.hold = Hold::Free;
        }
        self.outdate_all_but(message.agent, Rule::CommitOutdatesCopies, rules);
        send(self.answer(message, Tell::Committed));
        match rules.strategy.at_commit {
            _ if !rules.keeps(Rule::CommitTellsThoseBehind) => {}
            AtCommit::Silent => {}
            AtCommit::Invalidate => self.tell_behind(Tell::Invalidate, send),
            AtCommit::Push => self.tell_behind(Tell::Update { acknowledge: true }, send),
        }
    }

    /// Answers a commit from an epoch that is over: the acknowledgement again if it is the one
    /// that made the current version, otherwise a refusal that says what is known.
    fn refuse_or_repeat(&self, message: ToLine, rules: &Rules<impl Discipline>) -> ToAgent {
        let refused = message.epoch;
        match self.committed {
            Some(Accepted { epoch: committed, agent, request })
                if committed == refused
                    && rules.keeps(Rule::RepeatedCommitIsAcknowledged)
                    && rules.permits(
                        Rule::OnlyTheSameCommitIsARepeat,
                        (agent, request) == (message.agent, message.request),
                    ) =>
            {
                // As it was said the first time: the copy is as old as its commit, and must not
                // pass for newer than invalidations sent since.
                let as_at_first = rules.keeps(Rule::AcknowledgedAgainAsAtFirst);
                let epoch = if as_at_first { committed.next() } else { self.epoch };
                ToAgent { epoch, ..self.answer(message, Tell::Committed) }
            }
            Some(Accepted { epoch: committed, .. })
                if refused < committed
                    && rules.keeps(Rule::UnknownCommitIsNotCalledLost)
                    // At most one commit lies behind the base, and that was somebody else's.
                    && rules.permits(
                        Rule::LostCommitIsNotCalledUnknown,
                        message.version.map(Version::next) != Some(self.version),
                    ) =>
            {
                self.answer(message, Tell::Refused(Refusal::Superseded { refused }))
            }
            _ => self.answer(message, Tell::Refused(Refusal::LostEpoch { refused })),
        }
    }

    fn release(&mut self, message: ToLine, rules: &Rules<impl Discipline>) {
        let (owner, epoch) = (Rule::ReleaseIsByTheOwner, Rule::ReleaseIsInItsEpoch);
        if self.is_from_owner(message, owner, epoch, rules) {
            self.hold = Hold::Free;
        }
    }

    fn heartbeat(
        &mut self,
        now: Tick,
        message: ToLine,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        let (owner, epoch) = (Rule::HeartbeatIsByTheOwner, Rule::HeartbeatIsInItsEpoch);
        let renews = self.is_from_owner(message, owner, epoch, rules);
        let tell = match &mut self.hold {
            Hold::Owned(claim) if renews => {
                let deadline = now.after(rules.lease_ticks);
                if rules.keeps(Rule::HeartbeatExtendsTheLease) {
                    claim.deadline = deadline;
                }
                Tell::Renewed { deadline }
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
        rules: &Rules<impl Discipline>,
        send: impl FnMut(ToAgent),
    ) {
        // Older than the last round: it says nothing about now.
        if !rules.permits(Rule::AcknowledgementIsOfThisRound, message.epoch >= self.told) {
            return;
        }
        self.behind.remove(message.agent);
        // What is sent to all may be on its way to an agent that has nothing now.
        if holds && rules.keeps(Rule::HolderStaysAHolder)
            || rules.strategy.sends_to_all() && rules.keeps(Rule::EverybodyIsAHolderIfSentToAll)
        {
            self.current.insert(message.agent);
        }
        if let Hold::Claimed(claim) = self.hold
            && rules.permits(Rule::GrantWaitsForEveryHolder, self.behind.is_empty())
        {
            self.grant(now, claim, rules, send);
        }
    }
}
