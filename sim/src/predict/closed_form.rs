//! Lazy invalidation's expected cost in closed form: exactly, in one line, and as a rule of
//! thumb.
//!
//! Under lazy a copy is, between ticks, either absent or valid, and it changes between the
//! two with the same probabilities in every tick. So the expected number of ticks that begin
//! without a copy is a geometric sum, and everything else is a multiple of it.

use super::counts::Counts;
use super::turn::{Law, Turn};
use super::{Expected, Unsupported, add_tokens, check, either};
use crate::published::Strategy;
use crate::scenario::{Activity, Scenario};

/// [`super::expected`] for lazy, with agents that act at most once per tick. Equal to the
/// chain, without carrying it through the ticks.
pub fn lazy(scenario: &Scenario) -> Result<Expected, Unsupported> {
    check(scenario)?;
    let mut total = Expected::default();
    for law in Law::of(scenario) {
        if law.actions != 1 {
            return Err(Unsupported {
                field: "scenario.agent_velocity",
                supported: "1, or an action probability",
            });
        }
        let mut counts = Counts::default();
        for turn in law.turns(scenario.agents) {
            add_lazy_turns(&turn, scenario.duration_ticks, &mut counts);
        }
        add_tokens(&mut total, &counts, &law, scenario.context, Strategy::Lazy);
    }
    Ok(total)
}

/// The counts of one agent's copy over a whole run.
fn add_lazy_turns(turn: &Turn, ticks: u32, counts: &mut Counts) {
    let access = turn.read + turn.write;
    let (before, after) = (turn.written_before, turn.written_after);
    // A valid copy is lost by any write of another agent; an absent one is gained by an
    // access that no agent follows with a write in the same tick.
    let lose = either(before, after);
    let gain = access * (1.0 - after);
    let absent = absent_ticks(lose, gain, ticks);
    let valid = f64::from(ticks) - absent;

    counts.hits += valid * turn.read;
    counts.read_misses += absent * turn.read;
    counts.write_misses += absent * turn.write;
    // After a write before its turn, the holder is told again only if it wrote in between.
    let told_after = after * (1.0 - before + before * turn.write);
    counts.invalidations += valid * (before + told_after) + absent * access * after;
}

/// Expected number of ticks, of the first `ticks`, that begin without a copy.
fn absent_ticks(lose: f64, gain: f64, ticks: u32) -> f64 {
    let change = lose + gain;
    if change == 0.0 {
        return f64::from(ticks);
    }
    let in_the_long_run = lose / change;
    let cold_start = (1.0 - in_the_long_run) * (1.0 - power(1.0 - change, ticks)) / change;
    in_the_long_run * f64::from(ticks) + cold_start
}

/// By squaring: multiplications only, so that every platform agrees.
fn power(base: f64, exponent: u32) -> f64 {
    let (mut result, mut square, mut rest) = (1.0, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result *= square;
        }
        square *= square;
        rest >>= 1;
    }
    result
}

/// Lazy's fetch tokens with every agent at the mean position in the acting order: one
/// two-state chain per artifact instead of one per agent and artifact. `docs/expected-cost.md`
/// has the formula on one line, and how far it is from [`lazy`] on the grid. For agents that
/// act at most once per tick, and not for the `always_read` context model.
pub fn lazy_at_mean_position(scenario: &Scenario) -> f64 {
    let agents = f64::from(scenario.agents);
    let mut tokens = 0.0;
    for law in Law::of(scenario) {
        let (mut lose, mut gain) = (0.0, 0.0);
        for turn in law.turns(scenario.agents) {
            // The same for all; the order of the agents only splits it.
            lose = either(turn.written_before, turn.written_after);
            gain += law.access * (1.0 - turn.written_after) / agents;
        }
        let absent = absent_ticks(lose, gain, scenario.duration_ticks);
        tokens += agents * law.access * absent * law.tokens;
    }
    tokens
}

/// Share of accesses that miss under lazy in the long run, when actions are rare enough that
/// ticks do not matter: of the events that decide it, an access of one's own and a write by
/// one of the others, the last came from the others. Neither the action probability nor the
/// number of artifacts matters.
pub fn miss_share(agents: u32, write_probability: f64) -> f64 {
    let others_writes = f64::from(agents.saturating_sub(1)) * write_probability;
    others_writes / (1.0 + others_writes)
}

/// Rule of thumb for lazy's synchronization tokens: every access misses with [`miss_share`],
/// and the first copies cost `(1 − miss share)²` fetches per agent and artifact on top.
/// Artifacts are taken as mutable and chosen uniformly, the context model as another than
/// `always_read`. Good for runs long enough that every agent sees every artifact;
/// `docs/expected-cost.md` says how good.
pub fn lazy_rule_of_thumb(scenario: &Scenario) -> f64 {
    let per_tick = match scenario.activity {
        Activity::Probability(probability) => probability,
        Activity::Velocity(actions) => f64::from(actions),
    };
    let artifacts = scenario.artifacts.len() as f64;
    let tokens: f64 = scenario.artifacts.iter().map(|a| f64::from(a.size_tokens)).sum();
    let accesses = f64::from(scenario.duration_ticks) * per_tick / artifacts;
    let miss = miss_share(scenario.agents, scenario.clamped_write_probability());
    let fetches = accesses * miss + (1.0 - miss) * (1.0 - miss);
    f64::from(scenario.agents) * fetches * tokens
}
