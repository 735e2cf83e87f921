//! The engine on the same accesses: where its agents' choices are certain, and its channels take no
//! time either, both drivers of the core come to the same account.

use super::traces::*;
use attune_sim::engine::{self, StrategyName};
use attune_sim::rerun::{Granularity, Settings};
use attune_sim::scenario::{Scenario, Ticks};
use attune_trace::access::Access;

const AGENTS: u32 = 3;
const TICKS: u32 = 12;
const TOKENS: u64 = 100;
const TTL: u32 = 4;
const K: u16 = 2;

/// Everybody reads, or everybody writes, in each tick.
fn scenario(volatility: f64) -> Scenario {
    let mut scenario = Scenario::published(AGENTS, TICKS, &[TOKENS as u32], volatility, 1.0, 1);
    scenario.network.latency = Ticks::Constant(0);
    scenario.lease_ttl_ticks = TTL;
    scenario.access_count_k = K.into();
    scenario
}

/// At the end everybody touches something empty, so that nobody leaves before.
fn trace(writes: bool) -> Vec<Access> {
    let name = |agent: u32| format!("agent {agent}");
    let ticks = (0..TICKS).flat_map(|tick| (0..AGENTS).map(move |agent| (tick, agent)));
    let all = ticks.map(|(tick, agent)| {
        let access = match writes {
            // What is replaced has to be fetched, so that it has to be known not to be new.
            true => Access { tokens: Some(TOKENS - 1), ..write(&name(agent), 0, TOKENS) },
            false => whole(&name(agent), TOKENS),
        };
        at(tick.into(), access)
    });
    let end = (0..AGENTS).map(|agent| at(TICKS.into(), of("end", whole(&name(agent), 0))));
    all.chain(end).collect()
}

#[test]
fn both_drivers_come_to_the_same_account() {
    let settings = Settings {
        granularity: Granularity::WholeFiles,
        ttl_ticks: TTL,
        access_count_k: K,
        ..Settings::default()
    };
    for writes in [false, true] {
        let found = compare(&trace(writes), &settings);
        let scenario = scenario(if writes { 1.0 } else { 0.0 });
        // Broadcast is per tick there, and per call here.
        for strategy in StrategyName::ALL.into_iter().skip(1) {
            let here = account(&found, strategy);
            let there = engine::run(&scenario, strategy, 7).unwrap();
            let case = format!("{strategy}, writes: {writes}");
            let agents = u64::from(AGENTS);
            assert_eq!(here.reads, there.reads + agents, "{case}");
            assert_eq!(here.misses.cold, there.misses_cold + agents, "{case}");
            assert_eq!(here.hits, there.hits, "{case}");
            assert_eq!(here.misses.expired, there.misses_expired, "{case}");
            assert_eq!(here.write_misses, there.write_misses, "{case}");
            let content = here.tokens.fetched.total() + here.tokens.granted;
            assert_eq!(content, there.tokens.fetch, "{case}");
            assert_eq!(here.tokens.pushed, there.tokens.push, "{case}");
            assert_eq!(here.tokens.invalidations, there.tokens.invalidation, "{case}");
            let mut messages = there.messages;
            messages.requests += agents;
            messages.answers += agents;
            assert_eq!(here.messages, messages, "{case}");
            assert_eq!(here.tokens.control, there.tokens.control + 2 * 12 * agents, "{case}");
        }
    }
}
