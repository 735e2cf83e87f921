//! The line: the authority's record of one artifact. Every decision it takes is in `decide.rs`.
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

mod decide;
mod pass;

pub use pass::Pass;

use crate::{
    AgentId, AgentSet, AtUpgrade, Discipline, Epoch, Names, RequestId, Rule, Rules, Tell, Tick,
    ToAgent, ToLine, Version,
};

/// The authority's record of one artifact (its directory entry).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Line<S> {
    version: Version,
    epoch: Epoch,
    /// The commit that made the current version.
    committed: Option<Accepted>,
    /// The epoch of the last round in which `behind` was told.
    told: Epoch,
    hold: Hold,
    current: S,
    behind: S,
}

/// An accepted commit: enough to know it when it comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Accepted {
    /// Of the grant under which it was made.
    pub epoch: Epoch,
    pub agent: AgentId,
    pub request: RequestId,
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

    #[inline(always)]
    fn tell_behind(&self, tell: Tell, mut send: impl FnMut(ToAgent)) {
        self.behind.for_each(|holder| send(self.event(holder, tell)));
    }

    /// Whether copies given out now may not be kept: eager invalidation promises a writer that
    /// nobody reads while it holds the line.
    #[inline(always)]
    fn excludes_readers(&self, rules: &Rules<impl Discipline>) -> bool {
        rules.strategy.at_upgrade == AtUpgrade::Invalidate
            && self.hold != Hold::Free
            && rules.keeps(Rule::NoCopyBesideAWriter)
    }

    #[inline(always)]
    fn open_epoch(&mut self, rule: Rule, rules: &Rules<impl Discipline>) {
        if rules.keeps(rule) {
            self.epoch = self.epoch.next();
        }
    }

    /// Acknowledgements of what was said before this epoch do not count any more.
    #[inline(always)]
    fn start_round(&mut self, rule: Rule, rules: &Rules<impl Discipline>) {
        if rules.keeps(rule) {
            self.told = self.epoch;
        }
    }

    /// Starts a round: every copy but `agent`'s is from before the current epoch.
    #[inline(always)]
    fn outdate_all_but(&mut self, agent: AgentId, rule: Rule, rules: &Rules<impl Discipline>) {
        self.start_round(Rule::RoundHasItsEpoch, rules);
        if rules.keeps(rule) {
            self.behind.absorb(&mut self.current);
        }
        self.register(agent);
    }

    /// `agent` has, or is sent, the current version.
    #[inline(always)]
    fn register(&mut self, agent: AgentId) {
        self.behind.remove(agent);
        self.current.insert(agent);
    }

    /// Whether the content has to go with the answer to `message`.
    #[inline(always)]
    fn needs_content(&self, message: ToLine, rule: Rule, rules: &Rules<impl Discipline>) -> bool {
        message.version != Some(self.version) && (message.version.is_none() || rules.keeps(rule))
    }

    /// Whether the owner says this, in the epoch of its grant.
    #[inline(always)]
    fn is_from_owner(
        &self,
        message: ToLine,
        owner: Rule,
        epoch: Rule,
        rules: &Rules<impl Discipline>,
    ) -> bool {
        rules.permits(owner, self.owner() == Some(message.agent))
            && rules.permits(epoch, message.epoch == self.epoch)
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

    /// The same line under other names.
    pub fn renamed(&self, agents: u32, names: &mut impl Names) -> Line<S> {
        let Line { version, epoch, committed, told, hold, ref current, ref behind } = *self;
        let mut set = |members: &S| {
            let mut renamed = S::empty(agents);
            members.for_each(|agent| renamed.insert(names.agent(agent)));
            renamed
        };
        let (current, behind) = (set(current), set(behind));
        let mut claim = |claim: Claim| Claim {
            agent: names.agent(claim.agent),
            request: names.request(claim.agent, claim.request),
            deadline: names.deadline(claim.deadline),
            content: claim.content,
        };
        let hold = match hold {
            Hold::Free => Hold::Free,
            Hold::Claimed(held) => Hold::Claimed(claim(held)),
            Hold::Owned(held) => Hold::Owned(claim(held)),
        };
        let committed = committed.map(|accepted| names.accepted(accepted));
        let (epoch, told) = (names.epoch(epoch), names.epoch(told));
        Line { version, epoch, committed, told, hold, current, behind }
    }
}
