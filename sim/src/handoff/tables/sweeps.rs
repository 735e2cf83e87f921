//! What the figures depend on: the budget, the thresholds, the size of a context.

use super::super::Failure;
use super::{PRINTED, keeping, per_lineage, percent, reports, right, share, time};
use crate::results::{Axis, Cell, Column, Mark, Plot, Point, Series, Table};
use crate::scenario::{KeepBy, Scenario};

const BUDGETS: [u32; 6] = [512, 1024, 2048, 4096, 8192, 16_384];

pub fn budgets(base: &Scenario, runs: u32) -> Result<(Table, Plot), Box<Failure>> {
    let policies = [
        ("by value", KeepBy::Value, 0.0),
        ("by value, judged roughly", KeepBy::Value, 1.0),
        ("newest first", KeepBy::Newest, 0.0),
    ];
    let (mut rows, mut series) = (Vec::new(), Vec::new());
    for (name, keep_by, judgement_sigma) in policies {
        let mut points = Vec::new();
        for budget in BUDGETS {
            let mut scenario = base.clone();
            scenario.handoff.keep_by = keep_by;
            scenario.handoff.judgement_sigma = judgement_sigma;
            scenario.handoff.budget_bytes = budget;
            let reports = reports(&scenario, runs)?;
            let used = share(&reports, |run| run.uses_kept, |run| run.uses_known);
            points.extend(used.map(|used| Point {
                half_width: used.half_width,
                ..Point::new(f64::from(budget), used.value)
            }));
            rows.push(vec![
                name.into(),
                budget.into(),
                per_lineage(&reports, |run| run.handoffs).into(),
                percent(&reports, |run| run.facts_kept, |run| run.facts_known),
                used.map(|used| used.value).into(),
                percent(&reports, |run| run.found, |run| run.needed),
                percent(&reports, |run| run.missing, |run| run.needed),
                right(&reports).into(),
                time(&reports),
            ]);
        }
        series.push(Series { name: name.to_string(), mark: Mark::Measured, points });
    }
    let table = Table {
        name: "handoff-budgets".to_string(),
        title: "What a budget preserves, by what is kept first".to_string(),
        columns: vec![
            Column::text("kept"),
            Column::integer("budget", "bytes"),
            Column::number("handoffs", "", 1),
            Column::number("preserved", "% of facts", 1),
            Column::number("preserved_used", "% of later uses", 1),
            Column::number("found", "% of uses", 1),
            Column::number("missing", "% of uses", 1),
            Column::number("completed", "% of steps, right", 1),
            Column::number("time", "ticks, of tasks that were done", 0),
        ],
        rows,
    };
    let plot = Plot {
        name: "handoff-budgets".to_string(),
        title: "Later uses preserved by a handoff".to_string(),
        x: Axis::logarithmic("budget, bytes"),
        y: Axis::linear("% of later uses"),
        series,
    };
    Ok((table, plot))
}

const DIVIDE_AT: [f64; 6] = [0.5, 0.7, 0.8, 0.9, 0.95, 1.0];
/// Of an agent in a tick: about one in a task.
const CRASHES: f64 = 0.000_5;

pub fn thresholds(base: &Scenario, runs: u32) -> Result<Table, Box<Failure>> {
    let mut rows = Vec::new();
    for (crashes, drafts) in [(0.0, true), (CRASHES, true), (CRASHES, false)] {
        for divide_at in DIVIDE_AT {
            let mut scenario = base.clone();
            scenario.faults.crash_probability = crashes;
            scenario.handoff.divide_at = divide_at;
            scenario.handoff.prepare_at = if drafts { 0.5 * divide_at } else { 1.0 };
            let reports = reports(&scenario, runs)?;
            rows.push(vec![
                crashes.into(),
                if drafts { scenario.handoff.prepare_at.into() } else { Cell::Missing },
                divide_at.into(),
                per_lineage(&reports, |run| run.handoffs).into(),
                per_lineage(&reports, |run| run.crashes).into(),
                per_lineage(&reports, |run| run.overflows).into(),
                per_lineage(&reports, |run| run.steps_repeated).into(),
                percent(&reports, |run| run.uses_kept, |run| run.uses_known),
                percent(&reports, |run| run.steps_done, |run| run.steps),
                right(&reports).into(),
                time(&reports),
            ]);
        }
    }
    Ok(Table {
        name: "handoff-thresholds".to_string(),
        title: "When to prepare, and when to divide".to_string(),
        columns: vec![
            Column::number("crash", "per tick", 4),
            Column::number("prepare_at", "share of the context", 2),
            Column::number("divide_at", "share of the context", 2),
            Column::number("handoffs", "", 2),
            Column::number("crashes", "", 2),
            Column::number("overflows", "", 2),
            Column::number("steps_repeated", "", 2),
            Column::number("preserved_used", "% of later uses", 1),
            Column::number("done", "% of steps", 1),
            Column::number("completed", "% of steps, right", 1),
            Column::number("time", "ticks, of tasks that were done", 0),
        ],
        rows,
    })
}

const CONTEXTS: [u32; 7] = [2_000_000, 1_000_000, 500_000, 300_000, 200_000, 150_000, 100_000];

/// The same task in larger and smaller contexts: how many generations it takes, and what that costs.
pub fn contexts(base: &Scenario, runs: u32) -> Result<Table, Box<Failure>> {
    let mut rows = Vec::new();
    let rates = PRINTED.iter().map(|printed| {
        let name = format!("{:.0} % of facts", 100.0 * printed.preserved);
        (name, keeping(base, printed.preserved))
    });
    for (name, scenario) in rates.chain([("2 KB by value".to_string(), base.clone())]) {
        for context in CONTEXTS {
            let mut scenario = scenario.clone();
            scenario.handoff.context_tokens = context;
            let reports = reports(&scenario, runs)?;
            rows.push(vec![
                name.as_str().into(),
                context.into(),
                (per_lineage(&reports, |run| run.handoffs) + 1.0).into(),
                percent(&reports, |run| run.known, |run| run.needed),
                percent(&reports, |run| run.found, |run| run.needed),
                percent(&reports, |run| run.steps_done, |run| run.steps),
                right(&reports).into(),
                percent(&reports, |run| run.tasks_right, |run| run.lineages.into()),
                per_lineage(&reports, |run| run.context_tokens).into(),
                time(&reports),
            ]);
        }
    }
    Ok(Table {
        name: "handoff-contexts".to_string(),
        title: "One task in contexts of different sizes".to_string(),
        columns: vec![
            Column::text("kept"),
            Column::integer("context", "tokens"),
            Column::number("generations", "", 1),
            Column::number("known", "% of uses", 1),
            Column::number("found", "% of uses", 1),
            Column::number("done", "% of steps", 1),
            Column::number("completed", "% of steps, right", 1),
            Column::number("tasks", "%, all steps right", 1),
            Column::number("contexts", "tokens that entered them", 0),
            Column::number("time", "ticks, of tasks that were done", 0),
        ],
        rows,
    })
}
