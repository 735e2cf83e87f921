//! Several lineages on shared artifacts: what a successor fetches, with and without the versions
//! that its DNA names, under every strategy.

use super::super::Failure;
use super::{per_lineage, percent, reports_under};
use crate::engine::StrategyName;
use crate::results::{Column, Table};
use crate::scenario::{Scenario, Ticks};

const LINEAGES: [u32; 2] = [1, 4];
/// Copies of strategy lease live so many ticks, those of access count so many reads.
const TTL_TICKS: u32 = 100;
const READS: u32 = 8;
/// Of an agent in a tick.
const CRASHES: f64 = 0.000_5;
/// Fewer runs than elsewhere: each has several lineages.
const RUNS_PER_RUN: u32 = 4;

pub fn table(base: &Scenario, runs: u32) -> Result<Table, Box<Failure>> {
    let runs = runs.div_ceil(RUNS_PER_RUN).max(2);
    let mut rows = Vec::new();
    for lineages in LINEAGES {
        // Alone, a lineage invalidates nothing.
        let strategies: &[StrategyName] =
            if lineages == 1 { &[StrategyName::Lazy] } else { &StrategyName::ALL[1..] };
        for &strategy in strategies {
            let mut cold = None;
            for versions in [false, true] {
                let mut scenario = base.clone();
                scenario.agents = lineages;
                scenario.lease_ttl_ticks = TTL_TICKS;
                scenario.access_count_k = READS;
                scenario.network.latency = Ticks::Constant(1);
                scenario.faults.crash_probability = CRASHES;
                // Expired copies are confirmed in both, so that only handoffs make a difference.
                scenario.protocol.revalidate = true;
                scenario.handoff.versions = versions;
                let reports = reports_under(&scenario, strategy, runs)?;
                let fetched = per_lineage(&reports, |run| run.tokens.fetch);
                let without = *cold.get_or_insert(fetched);
                rows.push(vec![
                    lineages.into(),
                    strategy.name().into(),
                    if versions { "versions" } else { "nothing" }.into(),
                    per_lineage(&reports, |run| run.handoffs).into(),
                    fetched.into(),
                    (100.0 * (1.0 - fetched / without)).into(),
                    per_lineage(&reports, |run| run.synchronization_tokens).into(),
                    percent(&reports, |run| run.stale_reads, |run| run.reads),
                    reports.iter().map(|run| run.lost_updates).sum::<u64>().into(),
                    percent(&reports, |run| run.writes_lost, |run| run.writes),
                    per_lineage(&reports, |run| run.grants_passed).into(),
                    per_lineage(&reports, |run| run.ticks_held_up).into(),
                    percent(&reports, |run| run.steps_right, |run| run.steps),
                ]);
            }
        }
    }
    Ok(Table {
        name: "handoff-shared".to_string(),
        title: "Lineages on shared artifacts: what a successor fetches".to_string(),
        columns: vec![
            Column::integer("lineages", ""),
            Column::text("strategy"),
            Column::text("inherited"),
            Column::number("handoffs", "per lineage", 1),
            Column::number("fetched", "tokens per lineage", 0),
            Column::number("saved", "% of fetched, by versions", 1),
            Column::number("synchronization", "tokens per lineage", 0),
            Column::number("stale", "% of reads", 2),
            Column::integer("lost_updates", ""),
            Column::number("writes_lost", "% of writes, made again", 2),
            Column::number("grants_passed", "per lineage", 2),
            Column::number("held_up", "ticks per lineage", 1),
            Column::number("completed", "% of steps, right", 1),
        ],
        rows,
    })
}
