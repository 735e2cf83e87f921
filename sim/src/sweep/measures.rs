//! What is measured at a point.

use super::{Engine, Point, Rows, Sweep, SweepError};
use crate::engine::{self, StrategyName};
use crate::handoff;
use crate::published;
use crate::results::{Cell, Column};
use crate::scenario::Scenario;
use crate::stats::{Estimate, mean};
use rayon::prelude::*;

/// One number of a run.
struct Measure<R> {
    name: &'static str,
    unit: &'static str,
    /// The mean comes with half the width of its 95 % confidence interval.
    interval: bool,
    of: fn(&R) -> f64,
}

const fn plain<R>(name: &'static str, unit: &'static str, of: fn(&R) -> f64) -> Measure<R> {
    Measure { name, unit, interval: false, of }
}

const fn estimated<R>(name: &'static str, unit: &'static str, of: fn(&R) -> f64) -> Measure<R> {
    Measure { name, unit, interval: true, of }
}

/// `count` per hundred of `all`; 0 where there are none.
fn percent(count: u64, all: u64) -> f64 {
    100.0 * per(count, all)
}

/// 0 where there are none.
fn per(count: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { count as f64 / all as f64 }
}

type Run = engine::Report;

/// Savings are never without staleness and lost updates: these follow the tokens at once.
const PROTOCOL: &[Measure<Run>] = &[
    estimated("synchronization", "tokens", |run: &Run| run.synchronization_tokens as f64),
    estimated("total", "tokens, control included", |run| run.tokens.total() as f64),
    plain("total_per_action", "tokens", |run| per(run.tokens.total(), run.actions)),
    estimated("stale_reads", "% of reads", |run| percent(run.stale_reads, run.reads)),
    plain("lost_updates", "", |run| run.lost_updates as f64),
    estimated("writes_lost_to_expiry", "% of writes", |run| {
        percent(run.writes_lost_to_expiry, run.writes)
    }),
    plain("writes_lost_to_crash", "% of writes", |run| {
        percent(run.writes_lost_to_crash, run.writes)
    }),
    estimated("hits", "% of reads", |run| percent(run.hits, run.reads)),
    plain("misses_cold", "% of reads", |run| percent(run.misses_cold, run.reads)),
    plain("misses_invalidated", "% of reads", |run| percent(run.misses_invalidated, run.reads)),
    plain("misses_expired", "% of reads", |run| percent(run.misses_expired, run.reads)),
    plain("misses_bound", "% of reads", |run| percent(run.misses_bound, run.reads)),
    plain("fetch", "tokens", |run| run.tokens.fetch as f64),
    plain("push", "tokens", |run| run.tokens.push as f64),
    plain("invalidation", "tokens", |run| run.tokens.invalidation as f64),
    plain("control", "tokens", |run| run.tokens.control as f64),
    plain("staleness_ticks", "mean of stale reads", |run| run.staleness_ticks.mean),
    plain("staleness_ticks_p95", "of stale reads", |run| f64::from(run.staleness_ticks.p95)),
    plain("staleness_ticks_max", "of stale reads", |run| f64::from(run.staleness_ticks.max)),
    plain("staleness_reads_max", "of stale reads", |run| f64::from(run.staleness_reads.max)),
    plain("actions", "", |run| run.actions as f64),
    plain("reads", "", |run| run.reads as f64),
    plain("writes", "", |run| run.writes as f64),
    plain("write_misses", "% of writes", |run| percent(run.write_misses, run.writes)),
    plain("commits", "", |run| run.commits as f64),
    plain("grants_lost_to_expiry", "", |run| run.grants_lost_to_expiry as f64),
    plain("commits_unknown", "", |run| run.commits_unknown as f64),
    estimated("ticks_waited", "per action", |run| per(run.ticks_waited, run.actions)),
    plain("messages", "", |run| run.messages.total() as f64),
    estimated("wire", "bytes", |run| run.wire.total() as f64),
    plain("wire_per_action", "bytes", |run| per(run.wire.total(), run.actions)),
    plain("crashes", "", |run| run.crashes as f64),
    plain("unfinished", "", |run| run.unfinished as f64),
];

type PublishedRun = published::Report;

const PUBLISHED: &[Measure<PublishedRun>] = &[
    estimated("synchronization", "tokens", |run: &PublishedRun| run.synchronization_tokens as f64),
    estimated("total", "tokens", |run| run.synchronization_tokens as f64),
    plain("total_per_action", "tokens", |run| per(run.synchronization_tokens, run.total_actions)),
    estimated("stale_reads", "% of reads", |run| percent(run.stale_reads, run.read_actions)),
    plain("stale_run_max", "reads", |run| run.max_stale_steps as f64),
    plain("bound_violations", "", |run| run.staleness_bound_violations as f64),
    estimated("hits", "% of reads", |run| percent(run.cache_hits, run.read_actions)),
    plain("fetch", "tokens", |run| run.tokens_fetch as f64),
    plain("push", "tokens", |run| run.tokens_broadcast as f64),
    plain("invalidation", "tokens", |run| run.tokens_invalidation as f64),
    plain("actions", "", |run| run.total_actions as f64),
    plain("reads", "", |run| run.read_actions as f64),
    plain("writes", "", |run| run.write_actions as f64),
    plain("messages", "", |run| run.message_overhead as f64),
];

type HandoffRun = handoff::Report;

/// Where `synchronization`, `total` and `total_per_action` stand in this list as in the others.
const HANDOFF: &[Measure<HandoffRun>] = &[
    estimated("synchronization", "tokens", |run: &HandoffRun| run.synchronization_tokens as f64),
    estimated("total", "tokens, control included", |run| run.tokens.total() as f64),
    plain("total_per_action", "tokens", |run| per(run.tokens.total(), run.actions)),
    estimated("stale_reads", "% of reads", |run| percent(run.stale_reads, run.reads)),
    plain("lost_updates", "", |run| run.lost_updates as f64),
    estimated("handoffs", "per lineage", |run| per(run.handoffs, run.lineages.into())),
    estimated("preserved", "% of facts", |run| percent(run.facts_kept, run.facts_known)),
    estimated("preserved_used", "% of later uses", |run| percent(run.uses_kept, run.uses_known)),
    estimated("completed", "% of steps, right", |run| percent(run.steps_right, run.steps)),
    estimated("tasks", "%, all steps right", |run| percent(run.tasks_right, run.lineages.into())),
    plain("done", "% of steps", |run| percent(run.steps_done, run.steps)),
    plain("found", "% of uses", |run| percent(run.found, run.needed)),
    plain("missing", "% of uses", |run| percent(run.missing, run.needed)),
    plain("overflows", "per lineage", |run| per(run.overflows, run.lineages.into())),
    plain("crashes", "per lineage", |run| per(run.crashes, run.lineages.into())),
    plain("steps_in_doubt", "", |run| run.steps_in_doubt as f64),
    plain("steps_repeated", "", |run| run.steps_repeated as f64),
    plain("dna", "bytes per handoff", |run| per(run.dna_bytes, run.handoffs)),
    plain("context_tokens", "per lineage", |run| per(run.context_tokens, run.lineages.into())),
    plain("ticks_to_done", "per task that was done", |run| per(run.ticks_to_done, run.tasks_done)),
    plain("ticks_held_up", "per lineage", |run| per(run.ticks_held_up, run.lineages.into())),
    plain("hits", "% of reads", |run| percent(run.hits, run.reads)),
    plain("writes_lost", "% of writes", |run| percent(run.writes_lost, run.writes)),
    plain("grants_passed", "", |run| run.grants_passed as f64),
    plain("messages", "", |run| run.messages as f64),
];

/// Where `synchronization`, `total` and `total_per_action` stand in both lists: savings are of them.
const SAVED: [(usize, &str); 3] = [(0, "saved"), (1, "saved_of_total"), (2, "saved_per_action")];

pub(super) fn columns(engine: Engine, rows: Rows) -> Vec<Column> {
    match engine {
        Engine::Protocol => columns_of(PROTOCOL, rows),
        Engine::Published => columns_of(PUBLISHED, rows),
        Engine::Handoff => columns_of(HANDOFF, rows),
    }
}

fn columns_of<R>(measures: &[Measure<R>], rows: Rows) -> Vec<Column> {
    let mut columns = Vec::new();
    let mut add = |name: &str, unit: &str, interval: bool| {
        columns.push(Column::number(name, unit, 3));
        if interval && rows == Rows::Mean {
            columns.push(Column::number(&format!("{name}_half_width"), "95 % CI", 3));
        }
    };
    for (_, name) in SAVED {
        add(name, "% of broadcast's", true);
    }
    for measure in measures {
        add(measure.name, measure.unit, measure.interval);
    }
    columns
}

pub(super) fn rows(
    sweep: &Sweep,
    point: &Point,
    go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<Cell>>, SweepError> {
    let mut scenario = point.scenario()?;
    scenario.seed = sweep.seed.unwrap_or(scenario.seed);
    if scenario.seed.checked_add(i64::from(sweep.runs - 1)).is_none() {
        let what = format!("seed {} leaves no room for {} runs", scenario.seed, sweep.runs);
        return Err(point.wrong(what));
    }
    match sweep.engine {
        Engine::Protocol => rows_by(sweep, point, &scenario, PROTOCOL, go_on, |name, seed| {
            let strategy: StrategyName = name.parse().expect("names come from the engine");
            engine::supports(&scenario, strategy)
                .map_err(|unsupported| point.wrong(unsupported.to_string()))?;
            engine::run(&scenario, strategy, seed)
                .map_err(|failure| point.broken(failure.to_string()))
        }),
        Engine::Published => {
            published::supports(&scenario)
                .map_err(|unsupported| point.wrong(unsupported.to_string()))?;
            rows_by(sweep, point, &scenario, PUBLISHED, go_on, |name, seed| {
                let strategy = name.parse().expect("names come from the engine");
                Ok(published::run(&scenario, strategy, seed))
            })
        }
        Engine::Handoff => rows_by(sweep, point, &scenario, HANDOFF, go_on, |name, seed| {
            let strategy: StrategyName = name.parse().expect("names come from the engine");
            handoff::supports(&scenario, strategy)
                .map_err(|unsupported| point.wrong(unsupported.to_string()))?;
            handoff::run(&scenario, strategy, seed)
                .map_err(|failure| point.broken(failure.to_string()))
        }),
    }
}

fn rows_by<R>(
    sweep: &Sweep,
    point: &Point,
    scenario: &Scenario,
    measures: &[Measure<R>],
    go_on: &(dyn Fn() -> bool + Sync),
    run: impl Fn(&'static str, i64) -> Result<R, SweepError> + Sync,
) -> Result<Vec<Vec<Cell>>, SweepError> {
    let runs = sweep.runs as usize;
    // By strategy and run, one list of numbers each.
    let values: Vec<Vec<f64>> = (0..sweep.strategies.len() * runs)
        .into_par_iter()
        .map(|job| {
            if !go_on() {
                return Err(SweepError::Stopped);
            }
            let report = run(sweep.strategies[job / runs], scenario.seed + (job % runs) as i64)?;
            Ok(measures.iter().map(|measure| (measure.of)(&report)).collect())
        })
        // Of several failures the first, however many threads there are.
        .collect::<Vec<_>>()
        .into_iter()
        .collect::<Result<_, _>>()?;
    let of = |strategy: usize, measure: usize| -> Vec<f64> {
        let own = &values[strategy * runs..(strategy + 1) * runs];
        own.iter().map(|run| run[measure]).collect()
    };
    let broadcast = sweep.strategies.iter().position(|&name| name == "broadcast");
    let mut rows = Vec::new();
    for (strategy, &name) in sweep.strategies.iter().enumerate() {
        let mut head = point.cells();
        head.push(name.into());
        match sweep.rows {
            Rows::Run => {
                for run in 0..runs {
                    let mut row = head.clone();
                    row.push((scenario.seed + run as i64).into());
                    for (measure, _) in SAVED {
                        row.push(Cell::from(broadcast.map(|broadcast| {
                            let other = values[broadcast * runs + run][measure];
                            100.0 * (1.0 - values[strategy * runs + run][measure] / other)
                        })));
                    }
                    row.extend(values[strategy * runs + run].iter().map(|&value| value.into()));
                    rows.push(row.into_iter().map(finite).collect());
                }
            }
            Rows::Mean => {
                let mut row = head;
                row.push(sweep.runs.into());
                for (measure, _) in SAVED {
                    let saved = broadcast.map(|broadcast| {
                        let ratio =
                            Estimate::of_ratio(&of(strategy, measure), &of(broadcast, measure));
                        ratio.scaled(-100.0, 100.0)
                    });
                    row.push(saved.map(|saved| saved.value).into());
                    row.push(saved.and_then(|saved| saved.half_width).into());
                }
                for (place, measure) in measures.iter().enumerate() {
                    let values = of(strategy, place);
                    if measure.interval {
                        let estimate = Estimate::of_mean(&values);
                        row.push(estimate.value.into());
                        row.push(estimate.half_width.into());
                    } else {
                        row.push(mean(&values).into());
                    }
                }
                rows.push(row.into_iter().map(finite).collect());
            }
        }
    }
    Ok(rows)
}

/// A ratio to nothing is no number: a missing cell.
fn finite(cell: Cell) -> Cell {
    match cell {
        Cell::Number(number) if !number.is_finite() => Cell::Missing,
        cell => cell,
    }
}
