//! What an entry does with each message from the line.

use super::{Entry, Event, Handled, State};
use crate::{Ask, AtUpgrade, Epoch, Refusal, Rules, Tell, Tick, ToAgent, ToLine};

impl Entry {
    /// Handles one message from the line.
    #[inline(always)]
    pub fn handle(&mut self, now: Tick, message: ToAgent, rules: &Rules) -> Handled {
        let quiet = |event| Handled { event, reply: None };
        match message.tell {
            Tell::Fill { content, cacheable } => {
                quiet(self.filled(now, message, content, cacheable, rules))
            }
            Tell::Grant { content, deadline } => self.granted(message, content, deadline),
            Tell::Held { holder, deadline, valid } => {
                if !self.awaits(message.request, &[State::Upgrading, State::UpgradingInvalid]) {
                    return quiet(Event::Ignored);
                }
                self.sync(now, message, valid, rules);
                quiet(Event::Held { holder, deadline })
            }
            Tell::Committed => {
                if !self.awaits(message.request, &[State::Committing]) {
                    return quiet(Event::Ignored);
                }
                self.version = Some(message.version);
                self.sync(now, message, true, rules);
                quiet(Event::Committed(message.version))
            }
            Tell::Refused(refusal) => quiet(self.refused(message, refusal)),
            Tell::Renewed { deadline } => {
                if !self.is_exclusive() || message.epoch != self.epoch {
                    return quiet(Event::Ignored);
                }
                self.clock = self.clock.max(deadline.0);
                quiet(Event::Renewed(Tick(self.clock)))
            }
            Tell::Invalidate => {
                let event = self.invalidated(message.epoch);
                Handled { event, reply: Some(self.acknowledge(message)) }
            }
            // The line does not hear of copies made by this, so it could not take them back
            // before a grant.
            Tell::Update { acknowledge: false }
                if rules.strategy.at_upgrade == AtUpgrade::Invalidate =>
            {
                quiet(Event::Ignored)
            }
            Tell::Update { acknowledge } => {
                let event = self.updated(message, rules);
                Handled { event, reply: acknowledge.then(|| self.acknowledge(message)) }
            }
        }
    }

    #[inline(always)]
    fn filled(
        &mut self,
        now: Tick,
        message: ToAgent,
        content: bool,
        cacheable: bool,
        rules: &Rules,
    ) -> Event {
        let usable = content || self.version == Some(message.version);
        if !usable || !self.awaits(message.request, &[State::Fetching]) {
            return Event::Ignored;
        }
        self.version = Some(message.version);
        self.sync(now, message, cacheable, rules);
        Event::Filled(message.version)
    }

    #[inline(always)]
    fn granted(&mut self, message: ToAgent, content: bool, deadline: Tick) -> Handled {
        let awaited = self.awaits(message.request, &[State::Upgrading, State::UpgradingInvalid]);
        let usable = content || self.version == Some(message.version);
        if awaited && message.epoch < self.epoch {
            // It was over before it arrived. Where leases are shorter than the way here, the next
            // answer to this request could be no better: the request ends.
            let readable = self.state == State::Upgrading;
            self.lose_grant(if readable { State::Shared } else { State::Invalid }, self.version);
            let refusal = Refusal::LostEpoch { refused: message.epoch };
            return Handled { event: Event::Lost(refusal), reply: None };
        }
        if awaited && usable {
            self.version = Some(message.version);
            self.epoch = message.epoch;
            self.state = State::Exclusive;
            self.clock = deadline.0;
            self.reads = 0;
            return Handled { event: Event::Granted, reply: None };
        }
        let repeated = message.epoch == self.epoch
            && matches!(self.state, State::Exclusive | State::Modified | State::Committing);
        if repeated || message.epoch < self.epoch {
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
        Handled { event: Event::Ignored, reply: Some(release) }
    }

    #[inline]
    fn refused(&mut self, message: ToAgent, refusal: Refusal) -> Event {
        let commit = self.awaits(message.request, &[State::Committing]);
        let heartbeat = self.is_exclusive()
            && matches!(refusal, Refusal::LostEpoch { refused } if refused == self.epoch);
        if !commit && !heartbeat {
            return Event::Ignored;
        }
        self.epoch = self.epoch.max(message.epoch);
        self.lose_grant(State::Invalid, None);
        Event::Lost(refusal)
    }

    #[inline(always)]
    fn invalidated(&mut self, epoch: Epoch) -> Event {
        if epoch <= self.epoch {
            return Event::Ignored;
        }
        let refused = self.epoch;
        self.epoch = epoch;
        match self.state {
            State::Invalid | State::Fetching | State::UpgradingInvalid | State::Committing => {
                Event::Ignored
            }
            State::Shared => {
                self.state = State::Invalid;
                Event::Invalidated
            }
            State::Upgrading => {
                self.state = State::UpgradingInvalid;
                Event::Invalidated
            }
            State::Exclusive | State::Modified => {
                self.lose_grant(State::Invalid, None);
                Event::Lost(Refusal::LostEpoch { refused })
            }
        }
    }

    #[inline(always)]
    fn updated(&mut self, message: ToAgent, rules: &Rules) -> Event {
        let to_all = rules.strategy.sends_to_all();
        // Content refreshes a copy, it does not make one: after a crash an agent cannot tell how
        // old it is, and the line may have been told meanwhile that there is no copy any more.
        if self.version.is_none() && !to_all {
            return self.invalidated(message.epoch);
        }
        // What goes to all comes again in the same epoch, for whoever lost its copy in it.
        let again = to_all && self.state == State::Invalid && message.epoch == self.epoch;
        if message.epoch <= self.epoch && !again {
            return Event::Ignored;
        }
        let refused = self.epoch;
        self.epoch = message.epoch;
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
            State::Exclusive | State::Modified => {
                self.lose_grant(State::Shared, Some(message.version));
                Event::Lost(Refusal::LostEpoch { refused })
            }
        }
    }

    /// After an answer: the copy is Shared if the line lets it be kept and nothing newer has been
    /// heard of meanwhile.
    #[inline(always)]
    fn sync(&mut self, now: Tick, message: ToAgent, keep: bool, rules: &Rules) {
        self.reads = 0;
        self.clock = rules.expiry(now).0;
        if keep && message.epoch >= self.epoch {
            self.state = State::Shared;
            self.epoch = message.epoch;
        } else {
            self.state = State::Invalid;
            self.epoch = self.epoch.max(message.epoch);
        }
    }

    #[inline(always)]
    fn acknowledge(&self, message: ToAgent) -> ToLine {
        let holds = self.is_readable() && self.epoch >= message.epoch;
        ToLine {
            agent: message.agent,
            request: message.request,
            version: self.version,
            epoch: message.epoch,
            ask: Ask::Acknowledge { holds },
        }
    }
}
