//! What a run reports.

use crate::ledger::TokenLedger;
use crate::stats::Estimate;
use crate::wire::WireBytes;
use serde::Serialize;

/// One run, in numbers. Counts unless a unit is named.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    pub scenario: String,
    pub strategy: String,
    pub seed: i64,
    pub duration_ticks: u32,
    pub agents: u32,
    pub artifacts: u32,
    /// K, if the run had a bound.
    pub bound_reads: Option<u16>,
    pub actions: u64,
    pub reads: u64,
    pub writes: u64,
    pub hits: u64,
    /// Reads that found no copy because the agent never had one, or lost it in a crash.
    pub misses_cold: u64,
    /// Reads that found their copy invalidated.
    pub misses_invalidated: u64,
    /// Reads that found their copy expired (lease, access count).
    pub misses_expired: u64,
    /// Reads that had to sync first because of the staleness bound.
    pub misses_bound: u64,
    /// Writes that began without a usable copy.
    pub write_misses: u64,
    /// Hits per read.
    pub hit_rate: f64,
    pub tokens: TokenLedger,
    /// Fetch, push and invalidation tokens, as the paper counts.
    pub synchronization_tokens: u64,
    /// What went over the network, in bytes.
    pub wire: WireBytes,
    /// Tokens put into a context although the copy was valid (context model `always_read`); they
    /// are part of the fetch tokens.
    pub reinjected_tokens: u64,
    /// Reads that returned an older version than the line had at that moment.
    pub stale_reads: u64,
    /// Of each stale read: which read of that copy since its last sync it was.
    pub staleness_reads: Distribution,
    /// Of each stale read: how long ago its version was replaced, in ticks.
    pub staleness_ticks: Distribution,
    /// Reads beyond K: always 0, because any is a failure of the run; shown because it is a promise.
    pub bound_violations: u64,
    /// Commits accepted on a base that was not current: always 0, as above.
    pub lost_updates: u64,
    pub commits: u64,
    #[serde(skip)]
    pub commits_per_artifact: Vec<u32>,
    pub commits_refused_stale_base: u64,
    /// Commits refused because the grant was over: the lease expired, or was given anew.
    pub commits_refused_lost_epoch: u64,
    /// Commits whose author did not learn whether they were accepted: the line could not tell any
    /// more, or the author crashed before the answer came. Some of them are among the commits.
    pub commits_unknown: u64,
    /// Writes in progress that were lost because the lease expired (paper 5.3).
    pub writes_lost_to_expiry: u64,
    /// Grants that were over before they arrived; their writes asked again.
    pub grants_lost_to_expiry: u64,
    /// Writes whose author crashed before it asked to commit.
    pub writes_lost_to_crash: u64,
    /// Ticks that agents spent waiting for answers, summed over agents.
    pub ticks_waited: u64,
    pub messages: Messages,
    pub crashes: u64,
    /// Requests and writes still under way when the run ended.
    pub unfinished: u64,
}

/// Of the writes whose agents lived to end them, the share that was lost to expiry.
pub fn lost_to_expiry(runs: &[Report]) -> Estimate {
    let lost: Vec<f64> = runs.iter().map(|run| run.writes_lost_to_expiry as f64).collect();
    let ended = runs.iter().map(|run| (run.commits + run.writes_lost_to_expiry) as f64);
    Estimate::of_ratio(&lost, &ended.collect::<Vec<_>>())
}

/// Messages sent, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// Fetches, upgrades, commits and releases.
    pub requests: u64,
    /// Answers to requests.
    pub answers: u64,
    pub heartbeats: u64,
    pub acknowledgements: u64,
    pub invalidations: u64,
    pub updates: u64,
    /// Of all these, how many the network lost,
    pub lost: u64,
    /// and how many it delivered twice.
    pub repeated: u64,
}

impl Messages {
    pub fn total(&self) -> u64 {
        self.requests
            + self.answers
            + self.heartbeats
            + self.acknowledgements
            + self.invalidations
            + self.updates
    }
}

/// A distribution of small whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Distribution {
    pub mean: f64,
    pub p50: u32,
    pub p95: u32,
    pub p99: u32,
    pub max: u32,
}

/// Counts of values; those from `LARGEST` on are counted together.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    counts: Vec<u64>,
    sum: u64,
    max: u32,
}

impl Histogram {
    const LARGEST: u32 = 1 << 16;

    pub fn add(&mut self, value: u32) {
        let place = value.min(Histogram::LARGEST) as usize;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
        self.sum += u64::from(value);
        self.max = self.max.max(value);
    }

    pub fn distribution(&self) -> Distribution {
        let total: u64 = self.counts.iter().sum();
        if total == 0 {
            return Distribution::default();
        }
        Distribution {
            mean: self.sum as f64 / total as f64,
            p50: self.percentile(total, 50),
            p95: self.percentile(total, 95),
            p99: self.percentile(total, 99),
            max: self.max,
        }
    }

    /// The smallest value that at least `percent` of all values do not exceed.
    fn percentile(&self, total: u64, percent: u64) -> u32 {
        let rank = (total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let place = self.counts.iter().position(|&count| {
            seen += count;
            seen >= rank
        });
        place.map_or(self.max, |place| (place as u32).min(self.max))
    }
}
