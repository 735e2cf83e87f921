//! The cache entry: one agent's copy of one artifact, and what the agent does with messages.
//!
//! Four things make an entry safe against any delivery. It knows the latest epoch it has heard
//! of, and takes nothing from before it for current. It answers to the request that it waits
//! for and to no other, so that a late or repeated answer is never acted on twice. It counts its
//! own reads, so that a copy that is never invalidated still has to be synced after K. And
//! content that it did not ask for refreshes a copy but makes none, so that nothing from before
//! a crash becomes one of which the line does not know (unless content is sent to all, when the
//! line takes everybody for a holder).

mod handle;

use crate::{
    AgentId, Ask, Discipline, Epoch, Expiry, Names, Refusal, RequestId, Rule, Rules, Tick, ToLine,
    Version,
};

/// One agent's copy of one artifact. `Entry::default()` is an agent that has never heard of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    /// The right to write is gone, and what was written with it; or it was over before the agent
    /// heard of it. A write starts again with a new request.
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
    pub fn read(&mut self, now: Tick, rules: &Rules<impl Discipline>) -> Read {
        if let Some(miss) = self.miss(now, rules) {
            return Read::Miss(miss);
        }
        if rules.keeps(Rule::HitIsCounted) {
            self.reads = self.reads.saturating_add(1);
        }
        Read::Hit(self.version.expect("a readable entry has a version"))
    }

    /// Why a read now would miss, if it would.
    #[inline(always)]
    pub fn miss(&self, now: Tick, rules: &Rules<impl Discipline>) -> Option<Miss> {
        if !self.is_readable()
            && (self.version.is_none() || rules.keeps(Rule::InvalidCopyIsNotRead))
        {
            let cold = self.epoch == Epoch::default() && self.version.is_none();
            return Some(if cold { Miss::Cold } else { Miss::Invalidated });
        }
        if rules.bound_reads.is_some_and(|bound| self.reads >= bound)
            && rules.keeps(Rule::ReadsAreBounded)
        {
            return Some(Miss::Bound);
        }
        let expired = match rules.strategy.expiry {
            Expiry::Never => false,
            // While an upgrade is under way the clock has its request instead of the time, and
            // what cannot be shown to be in time is not.
            Expiry::Ticks(_) => match self.state {
                State::Shared => now.0 >= self.clock && rules.keeps(Rule::CopyExpiresByTicks),
                _ => !self.is_exclusive() && rules.keeps(Rule::NoLeaseWhileUpgrading),
            },
            Expiry::Reads(k) => {
                !self.is_exclusive() && self.reads >= k && rules.keeps(Rule::CopyExpiresByReads)
            }
        };
        expired.then_some(Miss::Expired)
    }

    /// Asks for the current content.
    ///
    /// # Panics
    /// While another request is under way or the line is held (a driver's duty).
    #[inline(always)]
    pub fn fetch(
        &mut self,
        agent: AgentId,
        request: RequestId,
        rules: &Rules<impl Discipline>,
    ) -> ToLine {
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
        rules: &Rules<impl Discipline>,
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
    pub fn write(&mut self, rules: &Rules<impl Discipline>) -> Result<(), NotOwner> {
        let unasked = self.state == State::Shared && !rules.keeps(Rule::WriterHasTheGrant);
        if !unasked {
            self.owned()?;
        }
        self.state = State::Modified;
        Ok(())
    }

    /// Asks to store what was written. The message names the base version.
    #[inline]
    pub fn commit(
        &mut self,
        agent: AgentId,
        request: RequestId,
        rules: &Rules<impl Discipline>,
    ) -> Result<ToLine, NotOwner> {
        if self.state != State::Modified {
            return Err(NotOwner { state: self.state });
        }
        self.wait(State::Committing, request);
        let base = self.version.filter(|_| rules.keeps(Rule::CommitNamesItsBase));
        let commit = self.message(agent, request, base, Ask::Commit);
        let names_epoch = rules.keeps(Rule::CommitNamesItsEpoch);
        Ok(if names_epoch { commit } else { ToLine { epoch: Epoch::default(), ..commit } })
    }

    /// Gives the right to write back without a commit; what was written is dropped.
    pub fn release(
        &mut self,
        agent: AgentId,
        request: RequestId,
        rules: &Rules<impl Discipline>,
    ) -> Result<ToLine, NotOwner> {
        self.owned()?;
        let message = self.message(agent, request, self.version, Ask::Release);
        match self.state {
            // What was not written is still the line's version.
            State::Exclusive => self.lose_grant(State::Shared, self.version),
            _ => self.lose_draft(rules),
        }
        Ok(message)
    }

    /// Asks for the lease to be renewed.
    pub fn heartbeat(&self, agent: AgentId, request: RequestId) -> Result<ToLine, NotOwner> {
        self.owned()?;
        Ok(self.message(agent, request, self.version, Ask::Heartbeat))
    }

    /// Ends a grant, or the wait for one. `clock` becomes the past, so that under
    /// [`Expiry::Ticks`] a copy that is left has to be synced before it is read.
    fn lose_grant(&mut self, state: State, version: Option<Version>) {
        self.state = state;
        self.version = version;
        self.clock = 0;
    }

    /// Ends a grant, and what was written under it.
    fn lose_draft(&mut self, rules: &Rules<impl Discipline>) {
        let draft_is_kept = !rules.keeps(Rule::LostDraftIsDropped);
        self.lose_grant(State::Invalid, self.version.filter(|_| draft_is_kept));
    }

    /// The version to name in a request: of a copy that can still be used without its content
    /// being sent again.
    #[inline(always)]
    fn usable_version(&self, rules: &Rules<impl Discipline>) -> Option<Version> {
        let names_expired = rules.revalidate || !rules.keeps(Rule::ExpiredCopyIsNotNamed);
        self.version.filter(|_| names_expired || self.state == State::Upgrading)
    }

    #[inline(always)]
    fn wait(&mut self, state: State, request: RequestId) {
        self.state = state;
        self.clock = request.0;
    }

    #[inline(always)]
    fn awaits(
        &self,
        request: RequestId,
        states: &[State],
        rule: Rule,
        rules: &Rules<impl Discipline>,
    ) -> bool {
        states.contains(&self.state) && rules.permits(rule, self.clock == request.0)
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

    /// The same entry of `agent` under other names.
    pub fn renamed(&self, agent: AgentId, names: &mut impl Names) -> Entry {
        let clock = match self.state {
            // Invalid too: a push to all makes it Shared again as it is.
            State::Invalid | State::Shared => names.expiry(Tick(self.clock)).0,
            State::Exclusive | State::Modified => names.believed(Tick(self.clock)).0,
            State::Fetching | State::Upgrading | State::UpgradingInvalid | State::Committing => {
                names.request(agent, RequestId(self.clock)).0
            }
        };
        let reads = names.reads(self.state, self.reads);
        let version = self.version.and_then(|version| names.version(self.state, version));
        Entry { version, epoch: names.epoch(self.epoch), clock, reads, state: self.state }
    }
}
