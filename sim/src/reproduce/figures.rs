//! The printed figures, one by one: printed, from the published seeds, and on the engine.

use super::Effort;
use super::experiment::{Sample, on_engine, on_replica};
use super::formulas;
use crate::engine::{Failure, StrategyName};
use crate::published::Strategy;
use crate::published::figures::{Figure, Parameters, Status, all, rounds_to_printed};
use crate::results::{Axis, Cell, Column, Mark, Plot, Point, Series, Table};
use crate::stats::{Estimate, mean};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// One figure beside what this lab gets.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureRow {
    /// `1` to `5`, `cliff` or `pointer`.
    pub table: String,
    pub row: String,
    pub figure: String,
    pub unit: String,
    /// As printed; `None` for what the lab adds.
    pub printed: Option<String>,
    /// From the published seeds.
    pub replica: Option<f64>,
    /// The replica on as many seeds as the engine.
    pub replica_mean: Option<Estimate>,
    pub engine_strategy: StrategyName,
    pub engine: Estimate,
    /// Stale reads of the engine's runs, in percent of reads.
    pub engine_stale: f64,
    /// The theorem's lower bound, where the paper prints one.
    pub bound: Option<f64>,
    pub verdict: Verdict,
    /// Why, where printed and replica differ.
    pub cause: String,
    pub parameters: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The replica gives the printed digits.
    Exact,
    /// It does not; the cause says why.
    Differs,
    /// The paper prints no such figure.
    NotPrinted,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Exact => "exact",
            Verdict::Differs => "differs",
            Verdict::NotPrinted => "not printed",
        }
    }
}

/// The replica's value for each figure from the published seeds, in the figure's unit.
pub fn replica_values(figures: &[Figure]) -> Vec<f64> {
    let mut samples = Samples::default();
    figures
        .iter()
        .map(|figure| {
            let parameters = &figure.parameters;
            samples.statistic_on_replica(figure, parameters.runs()).value
        })
        .collect()
}

pub fn compare(effort: Effort) -> Result<Vec<FigureRow>, Box<Failure>> {
    let mut samples = Samples::default();
    let mut rows = Vec::new();
    for figure in all() {
        let replica = samples.statistic_on_replica(&figure, figure.parameters.runs()).value;
        let exact = rounds_to_printed(replica, &figure.printed);
        let engine_strategy = on_protocol(replica_strategy(&figure));
        let row = FigureRow {
            table: figure.table.clone(),
            row: figure.row.clone(),
            figure: figure.figure.clone(),
            unit: figure.unit.clone(),
            printed: Some(figure.printed.clone()),
            replica: Some(replica),
            replica_mean: Some(samples.statistic_on_replica(&figure, effort.seeds)),
            engine_strategy,
            engine: samples.statistic_on_engine(&figure, engine_strategy, effort)?,
            engine_stale: samples.stale_on_engine(&figure, engine_strategy),
            bound: (figure.figure == "savings").then(|| formulas::printed_bound(&figure)).flatten(),
            verdict: if exact { Verdict::Exact } else { Verdict::Differs },
            cause: if exact { String::new() } else { figure.note.clone() },
            parameters: figure.parameters.text().to_string(),
        };
        assert_eq!(exact, figure.status == Status::Exact, "{row:?}");
        let published_eager = figure.row == Strategy::Eager.name();
        rows.push(row);
        if published_eager {
            let row = rows.last().expect("just pushed").clone();
            rows.push(FigureRow {
                printed: None,
                replica: None,
                replica_mean: None,
                engine_strategy: StrategyName::Eager,
                engine: samples.statistic_on_engine(&figure, StrategyName::Eager, effort)?,
                engine_stale: samples.stale_on_engine(&figure, StrategyName::Eager),
                bound: None,
                verdict: Verdict::NotPrinted,
                cause: String::new(),
                ..row
            });
        }
    }
    Ok(rows)
}

/// What was run already, by parameters and strategy.
#[derive(Default)]
struct Samples {
    replica: BTreeMap<(String, Strategy, u32), Sample>,
    engine: BTreeMap<(String, StrategyName), Sample>,
}

impl Samples {
    /// Of runs that are there already.
    fn stale_on_engine(&self, figure: &Figure, strategy: StrategyName) -> f64 {
        let sample = &self.engine[&(figure.parameters.text().to_string(), strategy)];
        100.0 * mean(&sample.stale_shares)
    }

    fn statistic_on_replica(&mut self, figure: &Figure, runs: u32) -> Estimate {
        let strategy = replica_strategy(figure);
        for needed in [strategy, Strategy::Broadcast] {
            self.replica
                .entry((figure.parameters.text().to_string(), needed, runs))
                .or_insert_with(|| {
                    Sample::of_replica(&on_replica(figure.parameters.scenario(), needed, runs))
                });
        }
        let of = |strategy| &self.replica[&(figure.parameters.text().to_string(), strategy, runs)];
        of(strategy).statistic(&figure.figure, &figure.unit, of(Strategy::Broadcast))
    }

    fn statistic_on_engine(
        &mut self,
        figure: &Figure,
        strategy: StrategyName,
        effort: Effort,
    ) -> Result<Estimate, Box<Failure>> {
        let key = |strategy| (figure.parameters.text().to_string(), strategy);
        for needed in [strategy, StrategyName::Broadcast] {
            if let Entry::Vacant(place) = self.engine.entry(key(needed)) {
                let reports = on_engine(figure.parameters.scenario(), needed, effort)?;
                place.insert(Sample::of_engine(&reports));
            }
        }
        let of = |strategy| &self.engine[&key(strategy)];
        Ok(of(strategy).statistic(&figure.figure, &figure.unit, of(StrategyName::Broadcast)))
    }
}

/// The strategy that a figure measures. The paper's *coherent* is lazy.
fn replica_strategy(figure: &Figure) -> Strategy {
    if figure.figure.starts_with("T_broadcast") {
        Strategy::Broadcast
    } else {
        // Tables 2 and pointer have a row per strategy, the others a row per parameter.
        figure.row.parse().unwrap_or(Strategy::Lazy)
    }
}

/// What the published strategy is in the protocol's words: its *eager* sends content.
fn on_protocol(strategy: Strategy) -> StrategyName {
    match strategy {
        Strategy::Broadcast => StrategyName::Broadcast,
        Strategy::Eager => StrategyName::Push,
        Strategy::Lazy => StrategyName::Lazy,
        Strategy::Lease => StrategyName::Lease,
        Strategy::AccessCount => StrategyName::AccessCount,
    }
}

pub fn table(rows: &[FigureRow]) -> Table {
    Table {
        name: "printed-figures".to_string(),
        title: "Every printed figure of section 8".to_string(),
        columns: vec![
            Column::text("table"),
            Column::text("row"),
            Column::text("figure"),
            Column::text("unit"),
            Column::text("printed"),
            Column::number("replica", "", 3),
            Column::number("replica_mean", "", 3),
            Column::number("replica_half_width", "95 % CI", 3),
            Column::text("engine_strategy"),
            Column::number("engine_mean", "", 3),
            Column::number("engine_half_width", "95 % CI", 3),
            Column::number("engine_stale", "% of reads", 2),
            Column::number("bound", "", 1),
            Column::text("verdict"),
            Column::text("cause"),
            Column::text("parameters"),
        ],
        rows: rows
            .iter()
            .map(|row| {
                vec![
                    row.table.as_str().into(),
                    row.row.as_str().into(),
                    row.figure.as_str().into(),
                    row.unit.as_str().into(),
                    row.printed.clone().into(),
                    row.replica.into(),
                    row.replica_mean.map(|mean| mean.value).into(),
                    row.replica_mean.and_then(|mean| mean.half_width).into(),
                    row.engine_strategy.name().into(),
                    row.engine.value.into(),
                    row.engine.half_width.into(),
                    row.engine_stale.into(),
                    row.bound.into(),
                    row.verdict.name().into(),
                    if row.cause.is_empty() { Cell::Missing } else { row.cause.as_str().into() },
                    row.parameters.as_str().into(),
                ]
            })
            .collect(),
    }
}

/// The figures by table of the paper, as a reader wants them: the printed digits, and as many in
/// the other columns.
pub fn views(rows: &[FigureRow]) -> Vec<Table> {
    const TITLES: [(&str, &str, &str); 7] = [
        ("1", "paper-table-1", "Broadcast and lazy in four scenarios"),
        ("2", "paper-table-2", "Strategies in scenario B"),
        ("cliff", "paper-cliff", "The volatility cliff"),
        ("3", "paper-table-3", "Over the number of agents, scenario B"),
        ("4", "paper-table-4", "Over the size of an artifact, scenario A"),
        ("5", "paper-table-5", "Over the number of steps, scenario A"),
        ("pointer", "paper-pointer", "Pointer semantics"),
    ];
    TITLES
        .map(|(table, name, title)| view(name, title, rows.iter().filter(|row| row.table == table)))
        .to_vec()
}

fn view<'a>(name: &str, title: &str, rows: impl Iterator<Item = &'a FigureRow>) -> Table {
    let mut digits = 1;
    let rows = rows.map(|row| {
        if let Some(printed) = &row.printed {
            digits = printed.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            // A printed 0 says little of what it differs from.
            digits = if row.verdict == Verdict::Differs { digits.max(1) } else { digits };
        }
        let half_width = row.engine.half_width.map(|half| format!(" ± {half:.digits$}"));
        let engine = format!("{:.digits$}{}", row.engine.value, half_width.unwrap_or_default());
        let bound = row.bound.map(|bound| format!("{bound:.1}"));
        vec![
            row.row.as_str().into(),
            row.figure.replace("sigma", "σ").into(),
            if row.unit.is_empty() { Cell::Missing } else { row.unit.as_str().into() },
            row.printed.clone().into(),
            row.replica.map(|replica| format!("{replica:.digits$}")).into(),
            engine.into(),
            row.engine_strategy.name().into(),
            row.engine_stale.into(),
            bound.into(),
            row.verdict.name().into(),
        ]
    });
    Table {
        name: name.to_string(),
        title: title.to_string(),
        rows: rows.collect(),
        columns: vec![
            Column::text("row"),
            Column::text("figure"),
            Column::text("unit"),
            Column::text("printed"),
            Column::text("replica"),
            Column::text("engine"),
            Column::text("strategy"),
            Column::number("stale", "% of reads", 2),
            Column::text("bound"),
            Column::text("verdict"),
        ],
    }
}

/// Savings over volatility, agents and steps (bound, formula, printed, measured), and tokens over
/// artifact size.
pub fn plots(rows: &[FigureRow]) -> Vec<Plot> {
    let of = |table: &str, prefix: &'static str, logarithmic: bool, label: &str| {
        let savings: Vec<(f64, &FigureRow)> = rows
            .iter()
            .filter(|row| row.table == table && row.figure == "savings")
            .filter_map(|row| Some((row.row.strip_prefix(prefix)?.parse().ok()?, row)))
            .collect();
        Plot {
            name: String::new(),
            title: String::new(),
            x: if logarithmic { Axis::logarithmic(label) } else { Axis::linear(label) },
            y: Axis::linear("Tokens saved against broadcast (%)"),
            series: savings_series(&savings),
        }
    };
    vec![
        Plot {
            name: "savings-over-volatility".to_string(),
            title: "The volatility cliff that does not come (n = 4, S = 40, m = 3)".to_string(),
            ..of("cliff", "V=", false, "Volatility V (writes per action)")
        },
        Plot {
            name: "savings-over-agents".to_string(),
            title: "Lazy savings over the number of agents (V = 0.1, S = 40, m = 3)".to_string(),
            ..of("3", "n=", true, "Agents n")
        },
        tokens_over_size(rows),
        Plot {
            name: "savings-over-steps".to_string(),
            title: "Lazy savings over the number of steps (V = 0.05, n = 4, m = 3)".to_string(),
            ..of("5", "S=", true, "Steps S (ticks)")
        },
    ]
}

/// Table 4 in tokens: savings hardly move with size, what is saved does.
fn tokens_over_size(rows: &[FigureRow]) -> Plot {
    let series = |name: &str, figure: &str, mark, value: fn(&FigureRow) -> Option<f64>| {
        let of_figure = rows.iter().filter(|row| row.table == "4" && row.figure == figure);
        let points = of_figure.filter_map(|row| {
            let size = row.row.strip_prefix("|d|=")?.parse().ok()?;
            Some(Point::new(size, value(row)?))
        });
        Series { name: name.to_string(), mark, points: points.collect() }
    };
    let printed = |row: &FigureRow| row.printed.as_ref()?.parse().ok();
    let engine = |row: &FigureRow| Some(row.engine.value);
    Plot {
        name: "tokens-over-size".to_string(),
        title: "Tokens over the size of one of three artifacts (V = 0.05)".to_string(),
        x: Axis::logarithmic("Artifact size |d| (tokens)"),
        y: Axis::logarithmic("Synchronization tokens per run (thousands)"),
        series: vec![
            series("broadcast, printed", "T_broadcast", Mark::Printed, printed),
            series("broadcast, engine", "T_broadcast", Mark::Measured, engine),
            series("lazy, printed", "T_coherent", Mark::Printed, printed),
            series("lazy, engine", "T_coherent", Mark::Measured, engine),
        ],
    }
}

fn savings_series(rows: &[(f64, &FigureRow)]) -> Vec<Series> {
    let series = |name: &str, mark, value: fn(&FigureRow) -> Option<Estimate>| {
        let points = rows.iter().filter_map(|(x, row)| {
            let Estimate { value, half_width } = value(row)?;
            Some(Point { half_width, ..Point::new(*x, value) })
        });
        Series { name: name.to_string(), mark, points: points.collect() }
    };
    let printed = |row: &FigureRow| row.printed.as_ref()?.parse().ok().map(Estimate::exact);
    let all = [
        series("bound as printed", Mark::Formula, |row| row.bound.map(Estimate::exact)),
        series("expected-cost formula", Mark::Formula, |row| predicted_savings(&row.parameters)),
        series("printed", Mark::Printed, printed),
        series("protocol engine, lazy", Mark::Measured, |row| Some(row.engine)),
    ];
    all.into_iter().filter(|series| !series.points.is_empty()).collect()
}

fn predicted_savings(parameters: &str) -> Option<Estimate> {
    let parameters = Parameters::try_from(parameters.to_string()).ok()?;
    let of = |strategy| crate::predict::expected(parameters.scenario(), strategy).ok();
    let (lazy, broadcast) = (of(Strategy::Lazy)?, of(Strategy::Broadcast)?);
    Some(Estimate::exact(100.0 * (1.0 - lazy.synchronization() / broadcast.synchronization())))
}
