//! The cache entry: one agent's copy of one artifact, and what the agent does with messages.
//!
//! Four things make an entry safe against any delivery. It knows the latest epoch it has heard
//! of, and takes nothing from before it for current. It answers to the request that it waits
//! for and to no other, so that a late or repeated answer is never acted on twice. It counts its
//! own reads, so that a copy that is never invalidated still has to be synced after K. And
//! content that it did not ask for refreshes a copy but makes none, so that nothing from before
//! a crash becomes one of which the line does not know (unless content is sent to all, when the
//! line takes everybody for a holder).

use crate::{
    AgentId, Ask, AtUpgrade, Epoch, Expiry, Refusal, RequestId, Rules, Tell, Tick, ToAgent, ToLine,
    Version,
};

/// One agent's copy of one artifact. `Entry::default()` is an agent that has never heard of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The version whose content the agent has, readable or not.
    version: Option<Version>,
    /// The latest epoch that the agent knows of.
    epoch: Epoch,
    /// Shared: when the copy expires. Exclusive, Modified: until when the grant lasts, as far as
    /// the agent knows. Waiting for an answer: the request's id.
    clock: u32,
    /// Reads since the last sync.
    reads: u16,
    state: State,
}

/// State of an entry: MESI's four, and between them the *transient* states of a directory
/// protocol, in which an answer is awaited (paper 2.1; Sorin, Hill and Wood, chapter 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum State {
    /// I. Nothing to read.
    #[default]
    Invalid,
    /// S. Readable.
    Shared,
    /// E. Granted, not yet written.
    Exclusive,
    /// M. Written, not yet committed.
    Modified,
    /// IS^D: a fetch is under way.
    Fetching,
    /// SM^A: an upgrade is under way, the copy stays readable.
    Upgrading,
    /// IM^AD: an upgrade is under way, there is nothing to read.
    UpgradingInvalid,
    /// MS^A: a commit is under way.
    Committing,
}

/// What a read finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Read {
    /// The copy, of this version.
    Hit(Version),
    Miss(Miss),
}

/// Why a read finds nothing to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Miss {
    /// The agent never had a copy, or lost it in a crash.
    Cold,
    /// The copy was invalidated, or could not be kept.
    Invalidated,
    /// The copy has served its time ([`Expiry`]).
    Expired,
    /// The copy has been read K times since its last sync ([`Rules::bound_reads`]).
    Bound,
}

/// What a message did to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Event {
    /// Nothing: old, repeated, or not awaited.
    Ignored,
    /// The fetch is answered: the read that asked gets this version.
    Filled(Version),
    /// The upgrade is granted.
    Granted,
    /// The upgrade is refused: `holder` has the line; ask again after the `deadline`.
    Held { holder: AgentId, deadline: Tick },
    /// The commit made this version.
    Committed(Version),
    /// The right to write is gone, and what was written with it.
    Lost(Refusal),
    /// The lease lasts until then.
    Renewed(Tick),
    /// A readable copy was invalidated.
    Invalidated,
    /// A pushed version was taken.
    Updated(Version),
}

/// What a message did, and what is to be sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handled {
    pub event: Event,
    pub reply: Option<ToLine>,
}

/// A write, commit, release or heartbeat by an agent that does not hold the grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NotOwner {
    pub state: State,
}

impl Entry {
    pub fn state(&self) -> State {
        self.state
    }

    /// The version whose content the agent has, readable or not.
    #[inline]
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    #[inline]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Reads since the last sync.
    #[inline]
    pub fn reads(&self) -> u16 {
        self.reads
    }

    /// Whether a read could be a hit, expiry and bound aside.
    #[inline]
    pub fn is_readable(&self) -> bool {
        matches!(self.state, State::Shared | State::Exclusive | State::Modified | State::Upgrading)
    }

    /// Whether the agent believes that it may write.
    #[inline]
    pub fn is_exclusive(&self) -> bool {
        matches!(self.state, State::Exclusive | State::Modified)
    }

    /// Reads the copy. A hit is counted; a miss changes nothing: fetch (an owner that has reached
    /// its bound commits or releases first).
    #[inline(always)]
    pub fn read(&mut self, now: Tick, rules: &Rules) -> Read {
        if let Some(miss) = self.miss(now, rules) {
            return Read::Miss(miss);
        }
        self.reads = self.reads.saturating_add(1);
        Read::Hit(self.version.expect("a readable entry has a version"))
    }

    /// Why a read now would miss, if it would.
    #[inline(always)]
    pub fn miss(&self, now: Tick, rules: &Rules) -> Option<Miss> {
        if !self.is_readable() {
            let cold = self.epoch == Epoch::default() && self.version.is_none();
            return Some(if cold { Miss::Cold } else { Miss::Invalidated });
        }
        if rules.bound_reads.is_some_and(|bound| self.reads >= bound) {
            return Some(Miss::Bound);
        }
        let expired = match rules.strategy.expiry {
            Expiry::Never => false,
            // While an upgrade is under way the clock has its request instead of the time, and
            // what cannot be shown to be in time is not.
            Expiry::Ticks(_) => match self.state {
                State::Shared => now.0 >= self.clock,
                _ => !self.is_exclusive(),
            },
            Expiry::Reads(k) => !self.is_exclusive() && self.reads >= k,
        };
        expired.then_some(Miss::Expired)
    }

    /// Asks for the current content.
    ///
    /// # Panics
    /// While another request is under way or the line is held (a driver's duty).
    #[inline(always)]
    pub fn fetch(&mut self, agent: AgentId, request: RequestId, rules: &Rules) -> ToLine {
        assert!(
            matches!(self.state, State::Invalid | State::Shared),
            "a fetch starts from Invalid or Shared, not {:?}",
            self.state
        );
        self.wait(State::Fetching, request);
        self.message(agent, request, self.usable_version(rules), Ask::Fetch)
    }

    /// Asks for the right to write.
    ///
    /// # Panics
    /// As [`Entry::fetch`].
    #[inline(always)]
    pub fn upgrade(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        rules: &Rules,
    ) -> ToLine {
        assert!(
            matches!(self.state, State::Invalid | State::Shared),
            "an upgrade starts from Invalid or Shared, not {:?}",
            self.state
        );
        let readable = self.miss(now, rules).is_none();
        self.wait(if readable { State::Upgrading } else { State::UpgradingInvalid }, request);
        self.message(agent, request, self.usable_version(rules), Ask::Upgrade)
    }

    /// Writes locally: E becomes M.
    #[inline]
    pub fn write(&mut self) -> Result<(), NotOwner> {
        self.owned()?;
        self.state = State::Modified;
        Ok(())
    }

    /// Asks to store what was written. The message names the base version.
    #[inline]
    pub fn commit(&mut self, agent: AgentId, request: RequestId) -> Result<ToLine, NotOwner> {
        if self.state != State::Modified {
            return Err(NotOwner { state: self.state });
        }
        self.wait(State::Committing, request);
        Ok(self.message(agent, request, self.version, Ask::Commit))
    }

    /// Gives the right to write back without a commit; what was written is dropped.
    pub fn release(&mut self, agent: AgentId, request: RequestId) -> Result<ToLine, NotOwner> {
        self.owned()?;
        let message = self.message(agent, request, self.version, Ask::Release);
        match self.state {
            // What was not written is still the line's version.
            State::Exclusive => self.lose_grant(State::Shared, self.version),
            _ => self.lose_grant(State::Invalid, None),
        }
        Ok(message)
    }

    /// Asks for the lease to be renewed.
    pub fn heartbeat(&self, agent: AgentId, request: RequestId) -> Result<ToLine, NotOwner> {
        self.owned()?;
        Ok(self.message(agent, request, self.version, Ask::Heartbeat))
    }

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
        if awaited && usable && message.epoch >= self.epoch {
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
            // A grant that is over by now: the agent is told again when it asks again.
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

    /// Leaves E, M or a commit without a version of its own. `clock` becomes the past, so that
    /// under [`Expiry::Ticks`] a copy that is left has to be synced before it is read.
    fn lose_grant(&mut self, state: State, version: Option<Version>) {
        self.state = state;
        self.version = version;
        self.clock = 0;
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

    /// The version to name in a request: of a copy that can still be used without its content
    /// being sent again.
    #[inline(always)]
    fn usable_version(&self, rules: &Rules) -> Option<Version> {
        self.version.filter(|_| rules.revalidate || self.state == State::Upgrading)
    }

    #[inline(always)]
    fn wait(&mut self, state: State, request: RequestId) {
        self.state = state;
        self.clock = request.0;
    }

    #[inline(always)]
    fn awaits(&self, request: RequestId, states: &[State]) -> bool {
        states.contains(&self.state) && self.clock == request.0
    }

    #[inline]
    fn owned(&self) -> Result<(), NotOwner> {
        if self.is_exclusive() { Ok(()) } else { Err(NotOwner { state: self.state }) }
    }

    #[inline(always)]
    fn message(
        &self,
        agent: AgentId,
        request: RequestId,
        version: Option<Version>,
        ask: Ask,
    ) -> ToLine {
        ToLine { agent, request, version, epoch: self.epoch, ask }
    }
}
