//! What an entry does with each message from the line.

use super::{Entry, Event, Handled, State};
use crate::{Ask, AtUpgrade, Discipline, Epoch, Refusal, Rule, Rules, Tell, Tick, ToAgent, ToLine};

impl Entry {
    /// Handles one message from the line.
    #[inline(always)]
    pub fn handle(
        &mut self,
        now: Tick,
        message: ToAgent,
        rules: &Rules<impl Discipline>,
    ) -> Handled {
        let quiet = |event| Handled { event, reply: None };
        match message.tell {
            Tell::Fill { cacheable, .. } => quiet(self.filled(now, message, cacheable, rules)),
            Tell::Grant { deadline, .. } => self.granted(message, deadline, rules),
            Tell::Held { holder, deadline, valid } => {
                let upgrading = [State::Upgrading, State::UpgradingInvalid];
                if !self.awaits(message.request, &upgrading, Rule::HeldIsAwaited, rules) {
                    return quiet(Event::Ignored);
                }
                let keep = rules.permits(Rule::UnconfirmedCopyIsNotKept, valid);
                self.sync(now, message, keep && self.version.is_some(), rules);
                quiet(Event::Held { holder, deadline })
            }
            Tell::Committed => {
                let committing = [State::Committing];
                if !self.awaits(message.request, &committing, Rule::CommittedIsAwaited, rules) {
                    return quiet(Event::Ignored);
                }
                self.version = Some(message.version);
                self.sync(now, message, true, rules);
                quiet(Event::Committed(message.version))
            }
            Tell::Refused(refusal) => quiet(self.refused(message, refusal, rules)),
            Tell::Renewed { deadline } => {
                let is_mine = message.epoch == self.epoch;
                if !self.is_exclusive() || !rules.permits(Rule::RenewalIsOfThisGrant, is_mine) {
                    return quiet(Event::Ignored);
                }
                self.clock = self.clock.max(deadline.0);
                quiet(Event::Renewed(Tick(self.clock)))
            }
            Tell::Invalidate => {
                let event = self.invalidated(message.epoch, rules);
                let acknowledge = rules.keeps(Rule::EventsAreAcknowledged);
                Handled { event, reply: acknowledge.then(|| self.acknowledge(message, rules)) }
            }
            // The line does not hear of copies made by this, so it could not take them back
            // before a grant.
            Tell::Update { acknowledge: false }
                if rules.strategy.at_upgrade == AtUpgrade::Invalidate
                    && rules.keeps(Rule::UnacknowledgedUpdateIsIgnored) =>
            {
                quiet(Event::Ignored)
            }
            Tell::Update { acknowledge } => {
                let event = self.updated(message, rules);
                let acknowledge = acknowledge && rules.keeps(Rule::EventsAreAcknowledged);
                Handled { event, reply: acknowledge.then(|| self.acknowledge(message, rules)) }
            }
        }
    }

    #[inline(always)]
    fn filled(
        &mut self,
        now: Tick,
        message: ToAgent,
        cacheable: bool,
        rules: &Rules<impl Discipline>,
    ) -> Event {
        if !self.awaits(message.request, &[State::Fetching], Rule::FillIsAwaited, rules) {
            return Event::Ignored;
        }
        self.version = Some(message.version);
        let keep = rules.permits(Rule::UncacheableFillIsNotKept, cacheable);
        self.sync(now, message, keep, rules);
        Event::Filled(message.version)
    }

    #[inline(always)]
    fn granted(
        &mut self,
        message: ToAgent,
        deadline: Tick,
        rules: &Rules<impl Discipline>,
    ) -> Handled {
        let upgrading = [State::Upgrading, State::UpgradingInvalid];
        let awaited = self.awaits(message.request, &upgrading, Rule::GrantIsAwaited, rules);
        let overtaken = message.epoch < self.epoch && rules.keeps(Rule::OvertakenGrantIsNotTaken);
        if awaited && overtaken && rules.keeps(Rule::OvertakenGrantEndsTheRequest) {
            // It was over before it arrived. Where leases are shorter than the way here, the next
            // answer to this request could be no better: the request ends.
            let readable = self.state == State::Upgrading;
            self.lose_grant(if readable { State::Shared } else { State::Invalid }, self.version);
            let refusal = Refusal::LostEpoch { refused: message.epoch };
            return Handled { event: Event::Lost(refusal), reply: None };
        }
        let repeated = message.epoch == self.epoch
            && matches!(self.state, State::Exclusive | State::Modified | State::Committing);
        if awaited && !overtaken || repeated && !rules.keeps(Rule::GrantIsTakenOnce) {
            self.version = Some(message.version);
            self.epoch = message.epoch;
            self.state = State::Exclusive;
            self.clock = deadline.0;
            self.reads = 0;
            return Handled { event: Event::Granted, reply: None };
        }
        if repeated && rules.keeps(Rule::GrantInUseIsNotGivenBack) || message.epoch < self.epoch {
            return Handled { event: Event::Ignored, reply: None };
        }
        // Granted to a request that was given up: give it back, or others wait for the deadline.
        let release = ToLine {
            agent: message.agent,
            request: message.request,
            version: Some(message.version),
            epoch: message.epoch,
            ask: Ask::Release,
        };
        let give_back = rules.keeps(Rule::UnwantedGrantIsGivenBack);
        Handled { event: Event::Ignored, reply: give_back.then_some(release) }
    }

    #[inline]
    fn refused(
        &mut self,
        message: ToAgent,
        refusal: Refusal,
        rules: &Rules<impl Discipline>,
    ) -> Event {
        let committing = [State::Committing];
        let commit = self.awaits(message.request, &committing, Rule::RefusalIsAwaited, rules);
        let of_this_grant =
            |refused| rules.permits(Rule::RefusedHeartbeatIsOfThisGrant, refused == self.epoch);
        let heartbeat = self.is_exclusive()
            && matches!(refusal, Refusal::LostEpoch { refused } if of_this_grant(refused));
        if !commit && !heartbeat {
            return Event::Ignored;
        }
        self.epoch = self.epoch.max(message.epoch);
        self.lose_draft(rules);
        Event::Lost(refusal)
    }

    #[inline(always)]
    fn invalidated(&mut self, epoch: Epoch, rules: &Rules<impl Discipline>) -> Event {
        if epoch <= self.epoch && rules.keeps(Rule::OldInvalidationIsIgnored) {
            return Event::Ignored;
        }
        let refused = self.epoch;
        self.epoch = self.epoch.max(epoch);
        match self.state {
            State::Shared if rules.keeps(Rule::InvalidationEndsTheCopy) => {
                self.state = State::Invalid;
                Event::Invalidated
            }
            State::Upgrading if rules.keeps(Rule::InvalidationEndsTheUpgradersCopy) => {
                self.state = State::UpgradingInvalid;
                Event::Invalidated
            }
            State::Exclusive | State::Modified if rules.keeps(Rule::InvalidationEndsTheGrant) => {
                self.lose_draft(rules);
                Event::Lost(Refusal::LostEpoch { refused })
            }
            // Nothing to end, or an answer decides.
            State::Invalid | State::Shared | State::Exclusive | State::Modified => Event::Ignored,
            State::Fetching | State::Upgrading | State::UpgradingInvalid | State::Committing => {
                Event::Ignored
            }
        }
    }

    #[inline(always)]
    fn updated(&mut self, message: ToAgent, rules: &Rules<impl Discipline>) -> Event {
        let to_all = rules.strategy.sends_to_all();
        // Content refreshes a copy, it does not make one: after a crash an agent cannot tell how
        // old it is, and the line may have been told meanwhile that there is no copy any more.
        if self.version.is_none() && !to_all && rules.keeps(Rule::UpdateMakesNoCopy) {
            return self.invalidated(message.epoch, rules);
        }
        // What goes to all comes again in the same epoch, for whoever lost its copy in it.
        let again = to_all
            && self.state == State::Invalid
            && message.epoch == self.epoch
            && rules.keeps(Rule::PublicationIsTakenAgain);
        if message.epoch <= self.epoch && !again && rules.keeps(Rule::OldUpdateIsIgnored) {
            return Event::Ignored;
        }
        let refused = self.epoch;
        self.epoch = self.epoch.max(message.epoch);
        if !rules.keeps(Rule::OnlyARoundTripIsASync) {
            self.reads = 0;
        }
        match self.state {
            // Their answers decide; this only marks as old what was said before.
            State::Fetching | State::Committing => Event::Ignored,
            State::Invalid | State::Shared => {
                self.version = Some(message.version);
                self.state = State::Shared;
                Event::Updated(message.version)
            }
            State::Upgrading | State::UpgradingInvalid => {
                self.version = Some(message.version);
                self.state = State::Upgrading;
                Event::Updated(message.version)
            }
            State::Exclusive | State::Modified if rules.keeps(Rule::UpdateEndsTheGrant) => {
                self.lose_grant(State::Shared, Some(message.version));
                Event::Lost(Refusal::LostEpoch { refused })
            }
            State::Exclusive | State::Modified => Event::Ignored,
        }
    }

    /// After an answer: the copy is Shared if the line lets it be kept and nothing newer has been
    /// heard of meanwhile.
    #[inline(always)]
    fn sync(&mut self, now: Tick, message: ToAgent, keep: bool, rules: &Rules<impl Discipline>) {
        self.reads = 0;
        self.clock = rules.expiry(now).0;
        let keep =
            keep && rules.permits(Rule::OvertakenAnswerIsNotKept, message.epoch >= self.epoch);
        self.state = if keep { State::Shared } else { State::Invalid };
        self.epoch = self.epoch.max(message.epoch);
    }

    #[inline(always)]
    fn acknowledge(&self, message: ToAgent, rules: &Rules<impl Discipline>) -> ToLine {
        let has_copy = self.is_readable() && self.epoch >= message.epoch;
        let holds =
            rules.permits(Rule::OnlyAHolderSaysSo, has_copy) && rules.keeps(Rule::HolderSaysSo);
        ToLine {
            agent: message.agent,
            request: message.request,
            version: self.version,
            epoch: message.epoch,
            ask: Ask::Acknowledge { holds },
        }
    }
}
