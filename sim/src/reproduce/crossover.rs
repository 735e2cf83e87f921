//! Where the protocol's own traffic eats the savings: section 10 of the paper says that it has not
//! quantified this.
//!
//! Everything that a run sends is content, in proportion to the artifacts' size `d`, or signals,
//! which do not depend on it. Per action, a strategy costs `a d + b` tokens and broadcast `A d + B`;
//! they cost the same for artifacts of `(b − B) / (A − a)` tokens, and smaller ones are better
//! broadcast. What a run does is the same for any size, so that one size gives all of them.

use super::Effort;
use super::experiment::on_engine;
use super::strategies::built_in;
use crate::engine::{Failure, Report, StrategyName};
use crate::results::{Cell, Column, Table};
use crate::scenario::Scenario;
use crate::stats::mean;

const AGENTS: [u32; 4] = [2, 4, 16, 64];
const WRITE_PROBABILITIES: [f64; 5] = [0.01, 0.1, 0.3, 0.5, 1.0];
const STRATEGIES: [StrategyName; 3] = [StrategyName::Eager, StrategyName::Lazy, StrategyName::Push];
/// Of the seeds of an experiment, one in this many.
const SEEDS_PER_RUN: u32 = 20;

pub fn table(effort: Effort) -> Result<Table, Box<Failure>> {
    let base = built_in("analysis", include_str!("../../../scenarios/analysis.yaml"));
    let effort = Effort { seeds: effort.seeds.div_ceil(SEEDS_PER_RUN).max(2) };
    let mut rows = Vec::new();
    for agents in AGENTS {
        for write_probability in WRITE_PROBABILITIES {
            let scenario = Scenario { agents, write_probability, ..base.clone() };
            let broadcast = cost(&scenario, StrategyName::Broadcast, effort)?;
            for strategy in STRATEGIES {
                let own = cost(&scenario, strategy, effort)?;
                let saved = broadcast.content - own.content;
                let size = (own.signals - broadcast.signals).max(0.0) / saved;
                let share =
                    own.signals / (own.content * f64::from(scenario.artifacts[0].size_tokens));
                rows.push(vec![
                    agents.into(),
                    write_probability.into(),
                    Cell::from(strategy.name()),
                    own.signals.into(),
                    (100.0 * share).into(),
                    (100.0 * (1.0 - own.content / broadcast.content)).into(),
                    own.stale.into(),
                    // If no content is saved, broadcast costs less for every size.
                    Some(size).filter(|_| saved > 0.0).into(),
                ]);
            }
        }
    }
    Ok(Table {
        name: "crossover".to_string(),
        title: "How small artifacts are for which broadcast costs less, all traffic counted"
            .to_string(),
        columns: vec![
            Column::integer("agents", ""),
            Column::number("write_probability", "", 2),
            Column::text("strategy"),
            Column::number("signals", "tokens per action", 1),
            Column::number("signals_share", "% of content, artifacts of 4,096 tokens", 2),
            Column::number("content_saved", "% of broadcast's, per action", 1),
            Column::number("stale", "% of reads", 2),
            Column::number("crossover", "tokens per artifact", 1),
        ],
        rows,
    })
}

/// Per action.
struct Cost {
    /// Artifacts' content, in artifacts.
    content: f64,
    /// Invalidations, requests, answers, acknowledgements, in tokens.
    signals: f64,
    /// Stale reads, percent, if anything was read.
    stale: Option<f64>,
}

fn cost(scenario: &Scenario, strategy: StrategyName, effort: Effort) -> Result<Cost, Box<Failure>> {
    let runs = on_engine(scenario, strategy, effort)?;
    let of = |measure: fn(&Report) -> u64| {
        mean(&runs.iter().map(|run| measure(run) as f64).collect::<Vec<_>>())
    };
    let actions = of(|run| run.actions);
    let size = f64::from(scenario.artifacts[0].size_tokens);
    Ok(Cost {
        content: of(|run| run.tokens.fetch + run.tokens.push) / size / actions,
        signals: of(|run| run.tokens.invalidation + run.tokens.control) / actions,
        stale: Some(100.0 * of(|run| run.stale_reads) / of(|run| run.reads))
            .filter(|stale| !stale.is_nan()),
    })
}
