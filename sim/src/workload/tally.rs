//! What the replay of a session gives under each strategy, and measures of many sessions together.

use crate::engine::StrategyName;
use crate::money::Prices;
use crate::rerun::{self, Candidate, Recommendation, Settings};
use attune_trace::access::Access;
use serde::Serialize;
use std::convert::Infallible;
use std::ops::AddAssign;

/// One session, or the sum of some.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub accesses: u64,
    pub reads: u64,
    /// What reads gave the agents, tokens.
    pub today: u64,
    /// In the order of the settings.
    pub strategies: Vec<Strategy>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Strategy {
    pub tokens: u64,
    pub control: u64,
    pub hits: u64,
    pub stale: u64,
}

/// What is compared, for each strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Fewer tokens than broadcast sends, per cent of that.
    SavedOfBroadcast,
    /// Fewer tokens than reads gave the agents, per cent of that.
    SavedOfToday,
    /// Hits, per cent of reads.
    HitRate,
    /// Hits on outdated copies, per cent of reads.
    StaleHits,
    /// Synchronization tokens per access.
    TokensPerAccess,
}

impl Measure {
    pub const ALL: [Measure; 5] = [
        Measure::SavedOfBroadcast,
        Measure::SavedOfToday,
        Measure::HitRate,
        Measure::StaleHits,
        Measure::TokensPerAccess,
    ];

    /// `None` where there is nothing to be a share of.
    pub fn of(self, tally: &Tally, place: usize, settings: &Settings) -> Option<f64> {
        let own = tally.strategies.get(place)?;
        let share = |part: u64, of: u64| (of > 0).then(|| 100.0 * part as f64 / of as f64);
        let broadcast =
            settings.strategies.iter().position(|name| *name == StrategyName::Broadcast);
        match self {
            Measure::SavedOfBroadcast => {
                rerun::saved(own.tokens, tally.strategies.get(broadcast?)?.tokens)
            }
            Measure::SavedOfToday => rerun::saved(own.tokens, tally.today),
            Measure::HitRate => share(own.hits, tally.reads),
            Measure::StaleHits => share(own.stale, tally.reads),
            Measure::TokensPerAccess => {
                (tally.accesses > 0).then(|| own.tokens as f64 / tally.accesses as f64)
            }
        }
    }
}

impl Measure {
    /// Whether it grows with the reads that hit, of all reads.
    pub fn is_share_of_reads(self) -> bool {
        match self {
            Measure::HitRate | Measure::SavedOfToday | Measure::StaleHits => true,
            Measure::SavedOfBroadcast | Measure::TokensPerAccess => false,
        }
    }
}

impl Tally {
    /// Runs one session again.
    pub fn of(session: &[Access], settings: &Settings) -> Tally {
        let prices = Prices { structural_prompt_tokens: 0.0, plans: Vec::new() };
        let accesses = session.iter().cloned().map(Ok);
        let Ok(found) = rerun::rerun::<Infallible>(accesses, settings, &prices);
        Tally {
            accesses: found.trace.reads + found.trace.writes,
            reads: found.trace.reads,
            today: found.today.tokens,
            strategies: found
                .strategies
                .iter()
                .map(|account| Strategy {
                    tokens: account.tokens.synchronization(),
                    control: account.tokens.control,
                    hits: account.hits,
                    stale: account.staleness.stale_hits,
                })
                .collect(),
        }
    }

    pub fn sum<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> Tally {
        let mut sum = Tally::default();
        tallies.into_iter().for_each(|tally| sum += tally);
        sum
    }

    /// The sum without one of those in it.
    pub fn without(&self, one: &Tally) -> Tally {
        let mut rest = self.clone();
        rest.accesses -= one.accesses;
        rest.reads -= one.reads;
        rest.today -= one.today;
        for (rest, one) in rest.strategies.iter_mut().zip(&one.strategies) {
            rest.tokens -= one.tokens;
            rest.control -= one.control;
            rest.hits -= one.hits;
            rest.stale -= one.stale;
        }
        rest
    }

    /// The strategy that the replay would recommend.
    pub fn best(&self, settings: &Settings) -> Option<Recommendation> {
        let candidates: Vec<Candidate> = settings
            .strategies
            .iter()
            .zip(&self.strategies)
            .map(|(name, own)| Candidate {
                strategy: *name,
                reads: self.reads,
                stale_hits: own.stale,
                tokens: own.tokens,
                control: own.control,
            })
            .collect();
        rerun::recommend(&candidates, self.today, settings)
    }
}

impl AddAssign<&Tally> for Tally {
    fn add_assign(&mut self, other: &Tally) {
        self.accesses += other.accesses;
        self.reads += other.reads;
        self.today += other.today;
        self.strategies.resize(other.strategies.len(), Strategy::default());
        for (own, other) in self.strategies.iter_mut().zip(&other.strategies) {
            own.tokens += other.tokens;
            own.control += other.control;
            own.hits += other.hits;
            own.stale += other.stale;
        }
    }
}
