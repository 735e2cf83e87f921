//! Which strategy is best for the workload of a trace.

use super::account::Account;
use super::{Comparison, Settings};
use crate::engine::StrategyName;
use serde::Serialize;

/// The strategy that sends the fewest tokens, as the paper counts them, among those whose stale
/// hits are within the bound; of equal ones that with the least traffic of its own, then the first
/// in the order of `PREFERENCE`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recommendation {
    pub strategy: StrategyName,
    /// Synchronization tokens.
    pub tokens: u64,
    /// Fewer tokens than what the agents really read, per cent of that; below 0: more.
    pub saved_of_today_percent: Option<f64>,
    /// The next best, and what the best saves of its tokens.
    pub next: Option<Next>,
    /// Strategies that send exactly as many tokens.
    pub equal: Vec<StrategyName>,
    /// Strategies whose stale hits are beyond the bound.
    pub too_stale: Vec<StrategyName>,
    /// The bound: stale hits per read, per cent. Today every read finds what is there, so 0 is as
    /// much as today.
    pub stale_hits_max_percent: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Next {
    pub strategy: StrategyName,
    pub tokens: u64,
    pub saved_percent: f64,
}

/// Of strategies that cost the same, the paper's default comes first, then what is simplest to run.
const PREFERENCE: [StrategyName; 6] = [
    StrategyName::Lazy,
    StrategyName::Eager,
    StrategyName::Push,
    StrategyName::Lease,
    StrategyName::AccessCount,
    StrategyName::Broadcast,
];

/// `None` if every strategy is too stale, or none was run.
pub fn recommend(comparison: &Comparison, settings: &Settings) -> Option<Recommendation> {
    let fits = |account: &&Account| {
        let allowed = u128::from(account.reads) * u128::from(settings.stale_hits_max_percent);
        u128::from(account.staleness.stale_hits) * 100 <= allowed
    };
    let rank = |account: &&Account| {
        let place = PREFERENCE.iter().position(|name| *name == account.strategy);
        (account.tokens.synchronization(), account.tokens.control, place)
    };
    let mut fit: Vec<&Account> = comparison.strategies.iter().filter(fits).collect();
    fit.sort_by_key(rank);
    let tokens = |account: &Account| account.tokens.synchronization();
    let best = *fit.first()?;
    let (equal, worse): (Vec<&Account>, Vec<&Account>) =
        fit[1..].iter().partition(|account| tokens(account) == tokens(best));
    let next = worse.first().map(|next| Next {
        strategy: next.strategy,
        tokens: tokens(next),
        saved_percent: saved(tokens(best), tokens(next)).unwrap_or(0.0),
    });
    let too_stale = comparison.strategies.iter().filter(|account| !fits(account));
    Some(Recommendation {
        strategy: best.strategy,
        tokens: tokens(best),
        saved_of_today_percent: saved(tokens(best), comparison.today.tokens),
        next,
        equal: equal.iter().map(|account| account.strategy).collect(),
        too_stale: too_stale.map(|account| account.strategy).collect(),
        stale_hits_max_percent: settings.stale_hits_max_percent,
    })
}

/// What `own` tokens are fewer than `other`, per cent.
pub fn saved(own: u64, other: u64) -> Option<f64> {
    (other > 0).then(|| 100.0 * (1.0 - own as f64 / other as f64))
}
