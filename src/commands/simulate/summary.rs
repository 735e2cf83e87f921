//! The tables of `attune simulate`: means over the runs of each scenario and strategy.

use attune_sim::engine::{self, StrategyName};
use attune_sim::handoff::{self, percent};
use attune_sim::published::{self, Strategy};
use attune_sim::results::{Cell, Column, Table};
use attune_sim::stats::{Estimate, mean};

/// What each group saves against broadcast in percent, where that is among the groups of its
/// scenario. The groups of a scenario stand together, one per strategy.
fn savings<R>(
    groups: &[Vec<R>],
    strategies: usize,
    is_broadcast: fn(&R) -> bool,
    tokens: fn(&R) -> u64,
) -> Vec<Cell> {
    let mean_tokens =
        |runs: &Vec<R>| mean(&runs.iter().map(|run| tokens(run) as f64).collect::<Vec<_>>());
    let of_scenario = |groups: &[Vec<R>]| -> Vec<Cell> {
        let baseline = groups.iter().find(|runs| is_broadcast(&runs[0])).map(mean_tokens);
        let saved = groups
            .iter()
            .map(|runs| baseline.map(|baseline| 100.0 * (1.0 - mean_tokens(runs) / baseline)));
        saved.map(Cell::from).collect()
    };
    groups.chunks(strategies).flat_map(of_scenario).collect()
}

pub(super) fn protocol(groups: &[Vec<engine::Report>], strategies: usize) -> Table {
    let of = |runs: &[engine::Report], measure: fn(&engine::Report) -> u64| {
        mean(&runs.iter().map(|run| measure(run) as f64).collect::<Vec<_>>())
    };
    let savings = savings(
        groups,
        strategies,
        |run| run.strategy == StrategyName::Broadcast.name(),
        |run| run.synchronization_tokens,
    );
    let rows = groups.iter().zip(savings).map(|(runs, saved)| {
        let values: Vec<f64> = runs.iter().map(|run| run.synchronization_tokens as f64).collect();
        let estimate = Estimate::of_mean(&values);
        let reads = of(runs, |run| run.reads);
        let share = |count: f64| if reads > 0.0 { 100.0 * count / reads } else { 0.0 };
        vec![
            runs[0].scenario.as_str().into(),
            runs[0].strategy.as_str().into(),
            (runs.len() as u64).into(),
            estimate.value.into(),
            estimate.half_width.into(),
            saved,
            of(runs, |run| run.tokens.control).into(),
            of(runs, |run| run.actions).into(),
            share(of(runs, |run| run.hits)).into(),
            share(of(runs, |run| run.stale_reads)).into(),
            runs.iter().map(|run| run.staleness_ticks.max).max().into(),
            of(runs, |run| run.lost_updates).into(),
            of(runs, |run| run.writes_lost_to_expiry).into(),
            of(runs, |run| run.ticks_waited).into(),
            of(runs, |run| run.messages.total()).into(),
            (of(runs, |run| run.wire.total()) / 1000.0).into(),
        ]
    });
    Table {
        name: "simulate".to_string(),
        title: "Means over the runs".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::text("strategy"),
            Column::integer("runs", ""),
            Column::number("synchronization", "tokens", 0),
            Column::number("half_width", "95 % CI", 0),
            Column::number("saved", "%", 1),
            Column::number("control", "tokens", 0),
            Column::number("actions", "", 0),
            Column::number("hits", "% of reads", 1),
            Column::number("stale", "% of reads", 2),
            Column::integer("oldest", "ticks"),
            Column::number("lost_updates", "", 0),
            Column::number("writes_lost", "to expiry", 1),
            Column::number("waited", "ticks", 1),
            Column::number("messages", "", 0),
            Column::number("wire", "kB", 0),
        ],
        rows: rows.collect(),
    }
}

pub(super) fn published(groups: &[Vec<published::Report>], strategies: usize) -> Table {
    let of = |runs: &[published::Report], measure: fn(&published::Report) -> f64| {
        mean(&runs.iter().map(measure).collect::<Vec<_>>())
    };
    let savings = savings(
        groups,
        strategies,
        |run| run.strategy == Strategy::Broadcast,
        |run| run.synchronization_tokens,
    );
    let rows = groups.iter().zip(savings).map(|(runs, saved)| {
        let values: Vec<f64> = runs.iter().map(|run| run.synchronization_tokens as f64).collect();
        let (tokens, hits) = (mean(&values), of(runs, |run| run.cache_hits as f64));
        let stale = of(runs, |run| run.stale_reads as f64);
        vec![
            runs[0].scenario.as_str().into(),
            runs[0].strategy.name().into(),
            (runs.len() as u64).into(),
            tokens.into(),
            attune_sim::stats::population_sigma(&values).into(),
            saved,
            (100.0 * of(runs, |run| run.cache_hit_rate)).into(),
            stale.into(),
            (if hits > 0.0 { 100.0 * stale / hits } else { 0.0 }).into(),
            runs.iter().map(|run| run.max_stale_steps).max().into(),
            of(runs, |run| run.staleness_bound_violations as f64).into(),
            of(runs, |run| run.message_overhead as f64).into(),
            of(runs, |run| run.newer_copies_killed as f64).into(),
            of(runs, |run| run.write_actions as f64).into(),
        ]
    });
    Table {
        name: "simulate".to_string(),
        title: "Means over the runs".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::text("strategy"),
            Column::integer("runs", ""),
            Column::number("synchronization", "tokens", 1),
            Column::number("sigma", "tokens", 1),
            Column::number("saved", "%", 1),
            Column::number("hit_rate", "%", 1),
            Column::number("stale_reads", "", 1),
            Column::number("stale_hits", "% of hits", 1),
            Column::integer("longest_stale_run", "reads"),
            Column::number("violations", "", 1),
            Column::number("messages", "", 1),
            Column::number("current_copies_killed", "by invalidations", 2),
            Column::number("writes", "", 1),
        ],
        rows: rows.collect(),
    }
}

pub(super) fn handoff(groups: &[Vec<handoff::Report>], _: usize) -> Table {
    let rows = groups.iter().map(|runs| {
        let sum = |of: fn(&handoff::Report) -> u64| runs.iter().map(of).sum::<u64>();
        let per_lineage = |of: fn(&handoff::Report) -> u64| {
            sum(of) as f64 / sum(|run| u64::from(run.lineages)) as f64
        };
        let right: Vec<f64> =
            runs.iter().map(|run| 100.0 * run.steps_right as f64 / run.steps as f64).collect();
        let completed = Estimate::of_mean(&right);
        vec![
            runs[0].scenario.as_str().into(),
            runs[0].strategy.as_str().into(),
            (runs.len() as u64).into(),
            per_lineage(|run| run.handoffs).into(),
            percent(sum(|run| run.facts_kept), sum(|run| run.facts_known)).into(),
            percent(sum(|run| run.uses_kept), sum(|run| run.uses_known)).into(),
            percent(sum(|run| run.found), sum(|run| run.needed)).into(),
            percent(sum(|run| run.missing), sum(|run| run.needed)).into(),
            completed.value.into(),
            completed.half_width.into(),
            percent(sum(|run| run.tasks_right), sum(|run| u64::from(run.lineages))).into(),
            percent(sum(|run| run.steps_done), sum(|run| run.steps)).into(),
            per_lineage(|run| run.synchronization_tokens).into(),
            per_lineage(|run| run.context_tokens).into(),
            percent(sum(|run| run.stale_reads), sum(|run| run.reads)).into(),
            sum(|run| run.lost_updates).into(),
        ]
    });
    Table {
        name: "simulate".to_string(),
        title: "Means over the runs".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::text("strategy"),
            Column::integer("runs", ""),
            Column::number("handoffs", "per lineage", 2),
            Column::number("preserved", "% of facts", 1),
            Column::number("preserved_used", "% of later uses", 1),
            Column::number("found", "% of uses", 1),
            Column::number("missing", "% of uses", 1),
            Column::number("completed", "% of steps, right", 1),
            Column::number("half_width", "95 % CI", 1),
            Column::number("tasks", "%, all steps right", 1),
            Column::number("done", "% of steps", 1),
            Column::number("synchronization", "tokens per lineage", 0),
            Column::number("contexts", "tokens per lineage", 0),
            Column::number("stale", "% of reads", 2),
            Column::integer("lost_updates", ""),
        ],
        rows: rows.collect(),
    }
}
