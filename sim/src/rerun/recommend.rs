//! Which strategy is best for the workload of a trace.

use super::Settings;
use super::account::Account;
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

/// What a strategy is chosen by.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    pub strategy: StrategyName,
    pub reads: u64,
    pub stale_hits: u64,
    /// Synchronization tokens.
    pub tokens: u64,
    pub control: u64,
}

impl From<&Account> for Candidate {
    fn from(account: &Account) -> Candidate {
        Candidate {
            strategy: account.strategy,
            reads: account.reads,
            stale_hits: account.staleness.stale_hits,
            tokens: account.tokens.synchronization(),
            control: account.tokens.control,
        }
    }
}

/// `today`: what the agents really read, tokens. `None` if every strategy is too stale, if none sends
/// a token (they cannot be told apart by what they send), or if there is none.
pub fn recommend(
    candidates: &[Candidate],
    today: u64,
    settings: &Settings,
) -> Option<Recommendation> {
    let fits = |candidate: &&Candidate| {
        let allowed = u128::from(candidate.reads) * u128::from(settings.stale_hits_max_percent);
        u128::from(candidate.stale_hits) * 100 <= allowed
    };
    let rank = |candidate: &&Candidate| {
        let place = PREFERENCE.iter().position(|name| *name == candidate.strategy);
        (candidate.tokens, candidate.control, place)
    };
    if candidates.iter().all(|candidate| candidate.tokens == 0) {
        return None;
    }
    let mut fit: Vec<&Candidate> = candidates.iter().filter(fits).collect();
    fit.sort_by_key(rank);
    let best = *fit.first()?;
    let (equal, worse): (Vec<&Candidate>, Vec<&Candidate>) =
        fit[1..].iter().partition(|candidate| candidate.tokens == best.tokens);
    let next = worse.first().map(|next| Next {
        strategy: next.strategy,
        tokens: next.tokens,
        saved_percent: saved(best.tokens, next.tokens).unwrap_or(0.0),
    });
    let too_stale = candidates.iter().filter(|candidate| !fits(candidate));
    Some(Recommendation {
        strategy: best.strategy,
        tokens: best.tokens,
        saved_of_today_percent: saved(best.tokens, today),
        next,
        equal: equal.iter().map(|candidate| candidate.strategy).collect(),
        too_stale: too_stale.map(|candidate| candidate.strategy).collect(),
        stale_hits_max_percent: settings.stale_hits_max_percent,
    })
}

/// What `own` tokens are fewer than `other`, per cent.
pub fn saved(own: u64, other: u64) -> Option<f64> {
    (other > 0).then(|| 100.0 * (1.0 - own as f64 / other as f64))
}
