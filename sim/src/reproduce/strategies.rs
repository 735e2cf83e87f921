//! Every strategy in the paper's four scenarios, and the trade-off that the paper does not draw:
//! tokens against staleness.

use super::Effort;
use super::experiment::{estimate_of, mean_of, on_engine};
use crate::engine::{Failure, Report, StrategyName};
use crate::results::{Axis, Cell, Column, Mark, Plot, Point, Series, Table};
use crate::scenario::Scenario;

/// The paper's scenarios A to D, as committed in `scenarios/`.
pub const CANONICAL: [(&str, &str); 4] = [
    ("A: planning", include_str!("../../../scenarios/planning.yaml")),
    ("B: analysis", include_str!("../../../scenarios/analysis.yaml")),
    ("C: development", include_str!("../../../scenarios/development.yaml")),
    ("D: high churn", include_str!("../../../scenarios/high-churn.yaml")),
];

/// A scenario that is part of the program.
pub fn built_in(name: &str, text: &str) -> Scenario {
    Scenario::from_yaml(text, name).unwrap_or_else(|errors| panic!("{errors}"))
}

pub struct SideBySide {
    pub table: Table,
    pub plot: Plot,
}

pub fn side_by_side(effort: Effort) -> Result<SideBySide, Box<Failure>> {
    let mut rows = Vec::new();
    let mut bars = Vec::new();
    for (label, text) in CANONICAL {
        let scenario = built_in(label, text);
        let baseline = on_engine(&scenario, StrategyName::Broadcast, effort)?;
        let baseline = mean_of(&baseline, |run| run.synchronization_tokens as f64);
        for strategy in StrategyName::ALL {
            let runs = on_engine(&scenario, strategy, effort)?;
            rows.push(strategy_row(label, strategy, &runs, baseline));
            if label.starts_with('B') {
                bars.push((strategy, runs));
            }
        }
    }
    Ok(SideBySide { table: strategy_table(rows), plot: bar_plot(&bars) })
}

fn strategy_row(label: &str, strategy: StrategyName, runs: &[Report], baseline: f64) -> Vec<Cell> {
    let mean = |measure: fn(&Report) -> u64| mean_of(runs, |run| measure(run) as f64);
    let tokens = estimate_of(runs, |run| run.synchronization_tokens as f64);
    let reads = mean(|run| run.reads);
    vec![
        label.into(),
        strategy.name().into(),
        (tokens.value / 1e3).into(),
        tokens.half_width.map(|half| half / 1e3).into(),
        (100.0 * (1.0 - tokens.value / baseline)).into(),
        (mean(|run| run.tokens.fetch) / 1e3).into(),
        (mean(|run| run.tokens.push) / 1e3).into(),
        (mean(|run| run.tokens.invalidation) / 1e3).into(),
        (mean(|run| run.tokens.control) / 1e3).into(),
        mean(|run| run.actions).into(),
        (tokens.value / mean(|run| run.actions)).into(),
        mean(|run| run.messages.total()).into(),
        (100.0 * mean_of(runs, |run| run.hit_rate)).into(),
        (100.0 * mean(|run| run.stale_reads) / reads).into(),
        mean(|run| run.lost_updates).into(),
        mean(|run| run.ticks_waited).into(),
    ]
}

fn strategy_table(rows: Vec<Vec<Cell>>) -> Table {
    Table {
        name: "strategies".to_string(),
        title: "Every strategy in the paper's four scenarios, on the protocol engine".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::text("strategy"),
            Column::number("synchronization", "K tokens", 1),
            Column::number("half_width", "95 % CI", 1),
            Column::number("saved", "%", 1),
            Column::number("fetch", "K tokens", 1),
            Column::number("push", "K tokens", 1),
            Column::number("invalidation", "K tokens", 2),
            Column::number("control", "K tokens", 2),
            Column::number("actions", "per run", 1),
            Column::number("per_action", "tokens", 0),
            Column::number("messages", "per run", 0),
            Column::number("hit_rate", "%", 1),
            Column::number("stale_reads", "% of reads", 2),
            Column::number("lost_updates", "per run", 0),
            Column::number("waited", "ticks per run", 1),
        ],
        rows,
    }
}

/// Tokens by kind; broadcast would dwarf the others and is left to the table.
fn bar_plot(bars: &[(StrategyName, Vec<Report>)]) -> Plot {
    let shown: Vec<_> =
        bars.iter().filter(|(strategy, _)| *strategy != StrategyName::Broadcast).collect();
    let series = |name: &str, measure: fn(&Report) -> u64| Series {
        name: name.to_string(),
        mark: Mark::Stacked,
        points: shown
            .iter()
            .enumerate()
            .map(|(place, (_, runs))| {
                Point::new(place as f64, mean_of(runs, |run| measure(run) as f64) / 1e3)
            })
            .collect(),
    };
    Plot {
        name: "strategies-side-by-side".to_string(),
        title: "Tokens by kind, scenario B (without broadcast)".to_string(),
        x: Axis {
            places: shown.iter().map(|(strategy, _)| strategy.name().replace('_', " ")).collect(),
            ..Axis::linear("Strategy")
        },
        y: Axis::linear("Tokens per run (thousands)"),
        series: vec![
            series("fetch", |run| run.tokens.fetch),
            series("push", |run| run.tokens.push),
            series("invalidation", |run| run.tokens.invalidation),
            series("control", |run| run.tokens.control),
        ],
    }
}

pub struct Tradeoff {
    pub table: Table,
    pub plots: Vec<Plot>,
}

/// Scenario B under many settings of every strategy, with a reliable event channel and with one
/// that loses three messages in ten.
pub fn tradeoff(effort: Effort) -> Result<Tradeoff, Box<Failure>> {
    let mut rows = Vec::new();
    let mut plots = Vec::new();
    for (loss, name) in [(0.0, "tokens-against-staleness"), (0.3, "tokens-against-staleness-lossy")]
    {
        let mut families: Vec<Series> = Vec::new();
        for setting in settings() {
            let mut scenario = built_in("B", CANONICAL[1].1);
            scenario.network.loss_rate = loss;
            (setting.apply)(&mut scenario);
            let runs = on_engine(&scenario, setting.strategy, effort)?;
            let tokens = estimate_of(&runs, |run| run.synchronization_tokens as f64 / 1e3);
            let reads = mean_of(&runs, |run| run.reads as f64);
            let stale = 100.0 * mean_of(&runs, |run| run.stale_reads as f64) / reads;
            let oldest = runs.iter().map(|run| run.staleness_ticks.max).max().unwrap_or(0);
            rows.push(vec![
                Cell::from(loss),
                setting.strategy.name().into(),
                setting.label.clone().into(),
                if scenario.protocol.revalidate { "yes" } else { "no" }.into(),
                tokens.value.into(),
                tokens.half_width.into(),
                stale.into(),
                oldest.into(),
                mean_of(&runs, |run| run.lost_updates as f64).into(),
            ]);
            let point = Point { label: setting.label, ..Point::new(stale, tokens.value) };
            match families.iter_mut().find(|family| family.name == setting.family) {
                Some(family) => family.points.push(point),
                None => families.push(Series {
                    name: setting.family.to_string(),
                    mark: Mark::Labelled,
                    points: vec![point],
                }),
            }
        }
        plots.push(Plot {
            name: name.to_string(),
            title: format!("What staleness buys, scenario B, {:.0} % of events lost", 100.0 * loss),
            x: Axis::linear("Stale reads (% of reads)"),
            y: Axis::logarithmic("Synchronization tokens per run (thousands)"),
            series: families,
        });
    }
    let table = Table {
        name: "tradeoff".to_string(),
        title: "Tokens against staleness, scenario B, on the protocol engine".to_string(),
        columns: vec![
            Column::number("loss_rate", "of events", 1),
            Column::text("strategy"),
            Column::text("setting"),
            // Whether an agent names the version of an expired copy, and is sent nothing if it is
            // still the current one.
            Column::text("revalidated"),
            Column::number("synchronization", "K tokens", 1),
            Column::number("half_width", "95 % CI", 1),
            Column::number("stale_reads", "% of reads", 2),
            Column::integer("oldest", "ticks, worst run"),
            Column::number("lost_updates", "per run", 0),
        ],
        rows,
    };
    Ok(Tradeoff { table, plots })
}

struct Setting {
    family: &'static str,
    label: String,
    strategy: StrategyName,
    apply: Box<dyn Fn(&mut Scenario)>,
}

fn settings() -> Vec<Setting> {
    let plain = |strategy: StrategyName| Setting {
        family: "as they are",
        label: strategy.name().to_string(),
        strategy,
        apply: Box::new(|_| {}),
    };
    let mut settings = vec![
        plain(StrategyName::Broadcast),
        plain(StrategyName::Eager),
        plain(StrategyName::Push),
        plain(StrategyName::Lazy),
    ];
    for bound in [1, 2, 4, 8] {
        settings.push(Setting {
            family: "lazy, bounded: K reads",
            label: format!("K={bound}"),
            strategy: StrategyName::Lazy,
            apply: Box::new(move |scenario| scenario.protocol.bound_reads = Some(bound)),
        });
        settings.push(Setting {
            family: "the same, revalidated",
            label: format!("K={bound}"),
            strategy: StrategyName::Lazy,
            apply: Box::new(move |scenario| {
                scenario.protocol.bound_reads = Some(bound);
                scenario.protocol.revalidate = true;
            }),
        });
    }
    for ttl in [2, 5, 10, 20] {
        settings.push(Setting {
            family: "lease: ttl in ticks",
            label: format!("ttl={ttl}"),
            strategy: StrategyName::Lease,
            apply: Box::new(move |scenario| scenario.lease_ttl_ticks = ttl),
        });
    }
    settings
}
