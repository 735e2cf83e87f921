//! The expected token cost of the published simulator's strategies, without simulating.
//!
//! What the other agents write to an artifact depends on nobody's cache: in every tick each
//! of them writes it with the same probability, independently. So one agent's copy of one
//! artifact is a small Markov chain, driven by its own actions and by whether the others
//! wrote before or after its turn in the tick. [`expected`] carries the distribution of that
//! chain from tick to tick, for every agent and artifact, and adds up. Nothing is
//! approximated; only rounding separates it from the true mean.
//!
//! `docs/expected-cost.md` has the derivation, and its measured error against the replica.
//!
//! - `turn`: the probabilities that drive one chain.
//! - `invalidated`: the chain under lazy, lease and access count.
//! - `updated`: the chain under eager. `broadcast`: the trivial one under broadcast.
//! - [`closed_form`]: lazy's mean in closed form, and a rule of thumb.
//! - [`grid`]: the comparison with the replica.

pub mod closed_form;
pub mod grid;

mod broadcast;
mod counts;
mod invalidated;
mod turn;
mod updated;

use crate::published::{self, Strategy};
use crate::scenario::{ContextModel, Scenario, Ticks};
use broadcast::Broadcast;
use counts::{Chain, Counts};
use invalidated::{Expiry, Invalidated};
use serde::Serialize;
use turn::{Law, either};
use updated::Updated;

/// Tokens of one invalidation in the published simulator.
const INVALIDATION_TOKENS: f64 = 12.0;
/// Tokens of one update in the published simulator when the context holds pointers.
const POINTER_UPDATE_TOKENS: f64 = 8.0;

/// Expected totals of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Expected {
    /// Tokens of content sent on request.
    pub fetch: f64,
    /// Tokens of content sent unasked: broadcasts and updates.
    pub push: f64,
    /// Tokens of invalidations.
    pub invalidation: f64,
    /// Reads.
    pub reads: f64,
    /// Reads served from the cache.
    pub hits: f64,
}

impl Expected {
    /// Synchronization tokens, as the paper counts them.
    pub fn synchronization(&self) -> f64 {
        self.fetch + self.push + self.invalidation
    }

    /// Expected hits over expected reads; the mean of the per-run ratio differs slightly.
    /// `None` where nothing is ever read.
    pub fn hit_rate(&self) -> Option<f64> {
        (self.reads > 0.0).then(|| self.hits / self.reads)
    }
}

/// A scenario outside what the chains model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no expected cost for this scenario: {field} must be {supported}")]
pub struct Unsupported {
    /// As in the scenario file.
    pub field: &'static str,
    pub supported: &'static str,
}

/// The expected totals of one run of `scenario` under `strategy` in the published simulator.
pub fn expected(scenario: &Scenario, strategy: Strategy) -> Result<Expected, Unsupported> {
    check(scenario)?;
    check_effort(scenario, strategy)?;
    let mut total = Expected::default();
    for law in Law::of(scenario) {
        let counts = law_counts(scenario, &law, strategy);
        add_tokens(&mut total, &counts, &law, scenario.context, strategy);
    }
    Ok(total)
}

/// Expected counts for one artifact, summed over all agents.
fn law_counts(scenario: &Scenario, law: &Law, strategy: Strategy) -> Counts {
    let ticks = scenario.duration_ticks;
    match strategy {
        Strategy::Broadcast => over_agents(scenario, law, Broadcast::new),
        Strategy::Eager => {
            let timeout = scenario.transient_timeout_ticks.min(ticks) as usize;
            over_agents(scenario, law, || Updated::new(timeout))
        }
        Strategy::Lazy => over_agents(scenario, law, || Invalidated::new(Expiry::Never)),
        Strategy::Lease => {
            let expiry = Expiry::after_ticks(scenario.lease_ttl_ticks, ticks);
            over_agents(scenario, law, || Invalidated::new(expiry))
        }
        Strategy::AccessCount => {
            let most = u64::from(ticks) * u64::from(law.actions);
            let expiry = Expiry::after_uses(scenario.access_count_k, most);
            over_agents(scenario, law, || Invalidated::new(expiry))
        }
    }
}

fn over_agents<C: Chain>(scenario: &Scenario, law: &Law, start: impl Fn() -> C) -> Counts {
    let mut counts = Counts::default();
    for turn in law.turns(scenario.agents) {
        let mut chain = start();
        for _ in 0..scenario.duration_ticks {
            chain.tick(&turn, &mut counts);
        }
    }
    counts
}

/// Turns counts into tokens, for every artifact that follows this law.
fn add_tokens(
    total: &mut Expected,
    counts: &Counts,
    law: &Law,
    context: ContextModel,
    strategy: Strategy,
) {
    // Under `always_read` a hit is charged like a miss, though nothing is refreshed.
    let always = context == ContextModel::AlwaysRead;
    let charged_hits = if always { counts.hits } else { 0.0 };
    let update_tokens = match (strategy, context) {
        (Strategy::Eager, ContextModel::Pointer) => POINTER_UPDATE_TOKENS * law.artifacts,
        _ => law.tokens,
    };
    total.fetch += (counts.read_misses + counts.write_misses + charged_hits) * law.tokens;
    total.push += counts.pushes * update_tokens;
    total.invalidation += counts.invalidations * INVALIDATION_TOKENS * law.artifacts;
    total.reads += (counts.hits + counts.read_misses) * law.artifacts;
    total.hits += (counts.hits - charged_hits) * law.artifacts;
}

/// Steps of all chains together, times their states, beyond which an answer takes too long.
const EFFORT_MAX: f64 = 4e9;

fn check_effort(scenario: &Scenario, strategy: Strategy) -> Result<(), Unsupported> {
    let ticks = scenario.duration_ticks;
    let states = match strategy {
        Strategy::Broadcast | Strategy::Lazy => 1,
        Strategy::Eager => scenario.transient_timeout_ticks.min(ticks),
        Strategy::Lease => scenario.lease_ttl_ticks.min(ticks),
        Strategy::AccessCount => scenario.access_count_k.min(ticks),
    };
    let steps = f64::from(scenario.agents) * f64::from(ticks) * f64::from(states.max(1));
    if steps > EFFORT_MAX {
        let supported = "so short that agents × ticks (× ttl, k or time-out) is at most 4·10^9";
        return Err(Unsupported { field: "simulation.duration_ticks", supported });
    }
    Ok(())
}

fn check(scenario: &Scenario) -> Result<(), Unsupported> {
    if let Err(beyond_the_replica) = published::supports(scenario)
        && let Some(&field) = beyond_the_replica.settings.first()
    {
        return Err(Unsupported { field, supported: "at its default" });
    }
    // A message due in the tick it was sent still waits for the next delivery: 0 is 1.
    if !matches!(scenario.network.latency, Ticks::Constant(0 | 1)) {
        return Err(Unsupported { field: "network.latency_ticks", supported: "0 or 1" });
    }
    if scenario.network.loss_rate != 0.0 {
        return Err(Unsupported { field: "network.message_loss_rate", supported: "0" });
    }
    Ok(())
}
