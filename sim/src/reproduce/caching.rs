//! Section 8.4, prompt caching, as a cost model: money per run with and without a provider's
//! prefix cache.
//!
//! Every agent makes one call per tick. Under broadcast its prompt is the structural part and then
//! every artifact; a provider's cache serves the prompt up to the first artifact that changed
//! since the agent's last call, and the rest is written anew. An action writes one artifact at
//! most, each with probability `w = V / m`, so artifact `j` (from 1) is served if none of the
//! tick's actions wrote one of the first `j`: with probability `(1 - a j w)^n`, where `a` is the
//! probability that an agent acts. Under every other strategy the prompt is the structural part,
//! always served after the first call, and what synchronization sends enters it once, as a cache
//! write: the paper's picture, in which a copy is used where it is.
//!
//! That picture favours the others. An agent whose calls are stateless sends the copies that it
//! holds again with each call, at the cached price as long as new content is appended behind it;
//! the table has a second line per strategy for that case, with one copy of every artifact held.

use super::Effort;
use super::experiment::{mean_of, on_engine};
use super::strategies::{CANONICAL, built_in};
use crate::engine::{Failure, StrategyName};
use crate::money::{Plan, Prices, Prompts};
use crate::results::{Cell, Column, Table};
use crate::scenario::{Activity, Scenario};

pub fn table(effort: Effort, prices: &Prices) -> Result<Table, Box<Failure>> {
    let mut rows = Vec::new();
    for (label, text) in CANONICAL {
        let scenario = built_in(label, text);
        let broadcast = broadcast_prompts(&scenario, prices.structural_prompt_tokens);
        let mut all = vec![(StrategyName::Broadcast, "sent with each call", broadcast)];
        for strategy in StrategyName::ALL.into_iter().skip(1) {
            let runs = on_engine(&scenario, strategy, effort)?;
            let sent = mean_of(&runs, |run| run.synchronization_tokens as f64);
            let structural = structural_prompts(&scenario, prices.structural_prompt_tokens);
            let once = Prompts { new: structural.new + sent, ..structural };
            all.push((strategy, "used where they are", once));
            let repeated = once.repeated + held_copies(&scenario);
            all.push((strategy, "sent with each call", Prompts { repeated, ..once }));
        }
        for plan in &prices.plans {
            for &(strategy, copies, prompts) in &all {
                rows.push(row(label, plan, (strategy, copies), prompts, broadcast));
            }
        }
    }
    Ok(Table {
        name: "prompt-caching".to_string(),
        title: "Money per run, without and with the provider's prompt cache".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::text("plan"),
            Column::text("strategy"),
            Column::text("held_copies"),
            Column::number("served_from_cache", "% of prompt tokens", 1),
            Column::number("without_cache", "$ per run", 3),
            Column::number("with_cache", "$ per run", 3),
            Column::number("saved_without_cache", "% of broadcast", 1),
            Column::number("saved_with_cache", "% of broadcast", 1),
        ],
        rows,
    })
}

fn row(
    label: &str,
    plan: &Plan,
    (strategy, copies): (StrategyName, &str),
    prompts: Prompts,
    broadcast: Prompts,
) -> Vec<Cell> {
    let saved = |own: f64, base: f64| Cell::from(100.0 * (1.0 - own / base));
    let (uncached, cached) = (prompts.uncached_dollars(plan), prompts.cached_dollars(plan));
    vec![
        label.into(),
        plan.name.as_str().into(),
        strategy.name().into(),
        copies.into(),
        (100.0 * prompts.repeated / prompts.total()).into(),
        uncached.into(),
        cached.into(),
        saved(uncached, broadcast.uncached_dollars(plan)),
        saved(cached, broadcast.cached_dollars(plan)),
    ]
}

/// The structural part in every call: new in the first, repeated afterwards.
fn structural_prompts(scenario: &Scenario, structural: f64) -> Prompts {
    let agents = f64::from(scenario.agents);
    let later = f64::from(scenario.duration_ticks) - 1.0;
    Prompts { repeated: agents * later * structural, new: agents * structural }
}

/// All artifacts in every call after the first.
fn held_copies(scenario: &Scenario) -> f64 {
    let sizes = scenario.artifacts.iter().map(|artifact| f64::from(artifact.size_tokens));
    f64::from(scenario.agents) * (f64::from(scenario.duration_ticks) - 1.0) * sizes.sum::<f64>()
}

fn broadcast_prompts(scenario: &Scenario, structural: f64) -> Prompts {
    let agents = f64::from(scenario.agents);
    let later = f64::from(scenario.duration_ticks) - 1.0;
    let mut prompts = structural_prompts(scenario, structural);
    for (place, artifact) in scenario.artifacts.iter().enumerate() {
        let served = unchanged_probability(scenario, place + 1);
        let size = f64::from(artifact.size_tokens);
        prompts.repeated += agents * later * size * served;
        prompts.new += agents * size * (1.0 + later * (1.0 - served));
    }
    prompts
}

/// The probability that none of `artifacts` given artifacts is written in a tick, with uniform
/// choice.
fn unchanged_probability(scenario: &Scenario, artifacts: usize) -> f64 {
    let (actions, acts) = match scenario.activity {
        Activity::Probability(probability) => (1, probability),
        Activity::Velocity(velocity) => (velocity, 1.0),
    };
    let share = artifacts as f64 / scenario.artifacts.len() as f64;
    let per_action = acts * scenario.clamped_write_probability() * share;
    let mut unchanged = 1.0;
    for _ in 0..actions * scenario.agents {
        unchanged *= 1.0 - per_action;
    }
    unchanged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_writes_only_the_first_call_is_new() {
        let scenario = Scenario::published(2, 10, &[100, 50], 0.0, 0.75, 1);
        let prompts = broadcast_prompts(&scenario, 30.0);
        assert_eq!(prompts.new, 2.0 * 180.0);
        assert_eq!(prompts.repeated, 2.0 * 9.0 * 180.0);
    }

    /// Two agents, two artifacts, certain writes: by enumeration, neither agent writes the first
    /// artifact in one case of four, and neither writes any in none.
    #[test]
    fn changes_of_one_tick_exclude_one_another() {
        let scenario = Scenario::published(2, 10, &[100, 50], 1.0, 1.0, 1);
        assert_eq!(unchanged_probability(&scenario, 1), 0.25);
        assert_eq!(unchanged_probability(&scenario, 2), 0.0);
    }
}
