//! Strategies as data: what happens at an upgrade, at a commit, at each tick, and when a copy
//! has served its time (paper section 5.5).

use crate::{Discipline, Rule, Strict, Tick};

/// When copies of other agents are invalidated or refreshed, and when a copy expires by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Strategy {
    pub at_upgrade: AtUpgrade,
    pub at_commit: AtCommit,
    pub at_tick: AtTick,
    pub expiry: Expiry,
}

/// What an agent's claim to write does to the copies of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum AtUpgrade {
    /// Readers keep their copies of the last committed version until the commit.
    Keep,
    /// Every other copy is invalidated first, and the grant waits for the acknowledgements;
    /// until the writer is done, fetches are answered but not cached.
    Invalidate,
}

/// What a commit tells the agents that may hold an older version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum AtCommit {
    Silent,
    Invalidate,
    /// The new content is sent to them. It refreshes copies; an agent that has none (any more)
    /// makes none of it.
    Push,
}

/// What happens at each tick without anybody asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum AtTick {
    Nothing,
    /// The content is sent to every agent ([`crate::Line::publish`]), also to those that never
    /// asked for it. It goes with [`AtUpgrade::Keep`]: under eager invalidation agents ignore it,
    /// since copies that nobody acknowledges could not be taken back before a grant.
    Push,
}

/// When a shared copy stops being valid by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Expiry {
    Never,
    /// This many ticks after its last sync.
    Ticks(u32),
    /// After this many reads since its last sync.
    Reads(u16),
}

impl Strategy {
    /// Every artifact to every agent at every tick: the paper's baseline.
    pub const fn broadcast() -> Strategy {
        Strategy {
            at_upgrade: AtUpgrade::Keep,
            at_commit: AtCommit::Silent,
            at_tick: AtTick::Push,
            expiry: Expiry::Never,
        }
    }

    /// Invalidate at the upgrade grant (paper 5.5). Holders that have not acknowledged it by then
    /// are told again at the commit.
    pub const fn eager() -> Strategy {
        Strategy { at_upgrade: AtUpgrade::Invalidate, ..Strategy::lazy() }
    }

    /// Invalidate at the commit: the paper's recommended default.
    pub const fn lazy() -> Strategy {
        Strategy {
            at_upgrade: AtUpgrade::Keep,
            at_commit: AtCommit::Invalidate,
            at_tick: AtTick::Nothing,
            expiry: Expiry::Never,
        }
    }

    /// As lazy, and copies expire `ttl` ticks after their last sync.
    pub const fn lease(ttl: u32) -> Strategy {
        Strategy { expiry: Expiry::Ticks(ttl), ..Strategy::lazy() }
    }

    /// As lazy, and copies expire after `k` reads.
    pub const fn access_count(k: u16) -> Strategy {
        Strategy { expiry: Expiry::Reads(k), ..Strategy::lazy() }
    }

    /// Send the new content at the commit: what the published simulator ran as *eager*.
    pub const fn push() -> Strategy {
        Strategy { at_commit: AtCommit::Push, ..Strategy::lazy() }
    }

    /// Whether content goes to every agent, also to those that have never asked for it. Then all
    /// of them count as holders for good.
    #[inline]
    pub(crate) fn sends_to_all(&self) -> bool {
        self.at_tick == AtTick::Push && self.at_upgrade == AtUpgrade::Keep
    }
}

/// A strategy with the settings that hold under every strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules<D = Strict> {
    pub strategy: Strategy,
    /// K: how often a copy may be read after its last sync; `None`: without bound.
    ///
    /// Enforced by the agent, so it holds however many messages are lost. A sync is an answer to
    /// a request of its own; what arrives unasked may be old, and does not count.
    pub bound_reads: Option<u16>,
    /// τ: how long a grant lives without a heartbeat, in ticks (paper 5.3).
    pub lease_ticks: u32,
    /// How long a claim waits for acknowledgements of its invalidations, in ticks. Holders that
    /// stay silent longer are taken for gone; if they are not, only `bound_reads` limits what
    /// they still read.
    pub acknowledgement_ticks: u32,
    /// Whether an agent names the version of an expired copy, so that an unchanged artifact is
    /// confirmed instead of sent again. The paper's assumption A1 is `false`.
    pub revalidate: bool,
    /// [`Strict`], but in a model checker that shows what each [`Rule`] is for.
    pub discipline: D,
}

impl<D: Discipline> Rules<D> {
    #[inline(always)]
    pub(crate) fn keeps(&self, rule: Rule) -> bool {
        D::KEEPS_ALL || self.discipline.keeps(rule)
    }

    /// Whether what `rule` demands is so, or not demanded.
    #[inline(always)]
    pub(crate) fn permits(&self, rule: Rule, demanded: bool) -> bool {
        if D::KEEPS_ALL { demanded } else { demanded || !self.keeps(rule) }
    }

    /// When a copy synced at `now` expires.
    #[inline]
    pub(crate) fn expiry(&self, now: Tick) -> Tick {
        match self.strategy.expiry {
            Expiry::Ticks(ttl) => now.after(ttl),
            Expiry::Never | Expiry::Reads(_) => Tick(u32::MAX),
        }
    }
}
