//! What a strategy did with the accesses, in numbers.

use crate::engine::{Messages, StrategyName};
use crate::money::Prompts;
use attune_protocol::Miss;
use serde::Serialize;

/// One strategy on a whole trace. Counts unless a unit is named.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Account {
    pub strategy: StrategyName,
    pub reads: u64,
    pub hits: u64,
    /// Reads that were no hit, by reason.
    pub misses: ByReason,
    pub writes: u64,
    /// Writes that began without a usable copy.
    pub write_misses: u64,
    /// Of these, how many had a copy of an older version: the author was given what it had not
    /// seen before it wrote.
    pub writes_refreshed: u64,
    /// Writes on what their author had not seen: always 0, since a commit has to be derived from
    /// the current version; shown because it is a promise.
    pub lost_updates: u64,
    pub tokens: Tokens,
    pub staleness: Staleness,
    pub messages: Messages,
    /// What reached the agents' providers if content is sent once, where it is used.
    #[serde(skip)]
    pub prompts_once: Prompts,
    /// The same if each call sends again what the agent was given before.
    #[serde(skip)]
    pub prompts_kept: Prompts,
}

/// Misses, or what they cost, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByReason {
    /// The agent never had a copy.
    pub cold: u64,
    pub invalidated: u64,
    /// Lease, access count.
    pub expired: u64,
    /// The staleness bound K.
    pub bound: u64,
    /// The copy was good, but of other lines.
    pub other_lines: u64,
}

/// Why a read was no hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Copy(Miss),
    OtherLines,
}

/// What was sent, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tokens {
    /// Content sent to readers, by the reason of the miss.
    pub fetched: ByReason,
    /// Content sent to writers with the right to write.
    pub granted: u64,
    /// Changes sent to whoever had an older version, instead of content.
    pub deltas: u64,
    /// Content sent to agents that had not asked for it.
    pub pushed: u64,
    /// Invalidation signals.
    pub invalidations: u64,
    /// Requests, answers and acknowledgements; the paper does not count them.
    pub control: u64,
}

/// Hits on a version that was not current.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Staleness {
    pub stale_hits: u64,
    /// How many versions behind, at most and on average.
    pub versions_max: u32,
    pub versions_mean: f64,
    #[serde(skip)]
    pub versions_sum: u64,
    /// Reads that found a good copy but for a change from outside of the trace, of which the
    /// authority is taken to hear: stale hits too if nobody tells it.
    pub if_outside_is_unwatched: u64,
}

impl ByReason {
    pub fn of(&mut self, reason: Reason) -> &mut u64 {
        match reason {
            Reason::Copy(Miss::Cold) => &mut self.cold,
            Reason::Copy(Miss::Invalidated) => &mut self.invalidated,
            Reason::Copy(Miss::Expired) => &mut self.expired,
            Reason::Copy(Miss::Bound) => &mut self.bound,
            Reason::OtherLines => &mut self.other_lines,
        }
    }

    pub fn total(&self) -> u64 {
        let ByReason { cold, invalidated, expired, bound, other_lines } = *self;
        cold + invalidated + expired + bound + other_lines
    }
}

impl Tokens {
    /// As the paper counts: content and invalidation signals.
    pub fn synchronization(&self) -> u64 {
        let Tokens { fetched, granted, deltas, pushed, invalidations, .. } = *self;
        (fetched.total() + granted + deltas + invalidations).saturating_add(pushed)
    }
}

impl Staleness {
    pub fn add(&mut self, versions: u32) {
        self.stale_hits += 1;
        self.versions_max = self.versions_max.max(versions);
        self.versions_sum += u64::from(versions);
        self.versions_mean = self.versions_sum as f64 / self.stale_hits as f64;
    }
}

impl Account {
    pub fn new(strategy: StrategyName) -> Account {
        Account {
            strategy,
            reads: 0,
            hits: 0,
            misses: ByReason::default(),
            writes: 0,
            write_misses: 0,
            writes_refreshed: 0,
            lost_updates: 0,
            tokens: Tokens::default(),
            staleness: Staleness::default(),
            messages: Messages::default(),
            prompts_once: Prompts::default(),
            prompts_kept: Prompts::default(),
        }
    }

    /// Hits per read.
    pub fn hit_rate(&self) -> f64 {
        if self.reads == 0 { 0.0 } else { self.hits as f64 / self.reads as f64 }
    }
}
