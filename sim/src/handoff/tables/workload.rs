//! Workload 2: handoffs, information preserved, task completion.

use super::super::{Failure, Report};
use super::{PRINTED, PRINTED_HANDOFFS, keeping, reports, share, time};
use crate::results::{Cell, Column, Table};
use crate::scenario::Scenario;

/// One figure of a column, and what it assumes.
struct Figure {
    name: &'static str,
    printed: fn(&super::Printed) -> Option<f64>,
    part: fn(&Report) -> u64,
    whole: fn(&Report) -> u64,
    assumes: &'static str,
}

const FIGURES: [Figure; 6] = [
    Figure {
        name: "facts preserved by a handoff, %",
        printed: |printed| Some(100.0 * printed.preserved),
        part: |run| run.facts_kept,
        whole: |run| run.facts_known,
        assumes: "each fact is kept with the printed probability, whatever it is",
    },
    Figure {
        name: "later uses preserved by a handoff, %",
        printed: |_| None,
        part: |run| run.uses_kept,
        whole: |run| run.uses_known,
        assumes: "the same, each fact counted as often as later steps need it",
    },
    Figure {
        name: "needed facts known at once, %",
        printed: |_| None,
        part: |run| run.known,
        whole: |run| run.needed,
        assumes: "what was lost and found again is known from then on, until it is lost again",
    },
    Figure {
        name: "needed facts found again, %",
        printed: |_| None,
        part: |run| run.found,
        whole: |run| run.needed,
        assumes: "half of all facts can be found again",
    },
    Figure {
        name: "steps completed rightly, %",
        printed: |printed| Some(100.0 * printed.completed),
        part: |run| run.steps_right,
        whole: |run| run.steps,
        assumes: "completion is a share of the task; a step without a fact that it needs is wrong",
    },
    Figure {
        name: "tasks completed rightly, %",
        printed: |printed| Some(100.0 * printed.completed),
        part: |run| run.tasks_right,
        whole: |run| run.lineages.into(),
        assumes: "completion is a share of tasks; one wrong step spoils a task",
    },
];

pub fn table(base: &Scenario, runs: u32) -> Result<Table, Box<Failure>> {
    let by_printed_rate = PRINTED.iter().map(|printed| {
        Ok((printed.name, Some(printed), reports(&keeping(base, printed.preserved), runs)?))
    });
    let mut columns = by_printed_rate.collect::<Result<Vec<_>, Box<Failure>>>()?;
    columns.push(("2 KB by value", None, reports(base, runs)?));
    let mut rows = Vec::new();
    for (name, printed, reports) in &columns {
        let handoffs: Vec<f64> =
            reports.iter().map(|run| run.handoffs as f64 / f64::from(run.lineages)).collect();
        let handoffs = crate::stats::Estimate::of_mean(&handoffs);
        rows.push(vec![
            (*name).into(),
            "handoffs".into(),
            printed.map(|_| f64::from(PRINTED_HANDOFFS)).into(),
            handoffs.value.into(),
            handoffs.half_width.into(),
            "contexts of 200,000 tokens, and as many tokens per action as make it seven".into(),
        ]);
        for figure in &FIGURES {
            let simulated = share(reports, figure.part, figure.whole);
            let assumes = match (printed, figure.name.starts_with("facts preserved")) {
                (None, true) => "the facts of most expected uses per byte, up to 2,048 bytes",
                _ => figure.assumes,
            };
            rows.push(vec![
                (*name).into(),
                figure.name.into(),
                printed.and_then(figure.printed).into(),
                simulated.map(|simulated| simulated.value).into(),
                simulated.and_then(|simulated| simulated.half_width).into(),
                assumes.into(),
            ]);
        }
        rows.push(vec![
            (*name).into(),
            "time of tasks that were done, ticks".into(),
            Cell::Missing,
            time(reports),
            Cell::Missing,
            "an action takes 4 ticks of ten seconds, finding a fact again 6, a successor's start 6"
                .into(),
        ]);
    }
    Ok(Table {
        name: "handoff-workload".to_string(),
        title: "Workload 2: printed, and as simulated under stated assumptions".to_string(),
        columns: vec![
            Column::text("handoff"),
            Column::text("figure"),
            Column::number("printed", "", 0),
            Column::number("simulated", "", 1),
            Column::number("half_width", "95 % CI", 1),
            Column::text("assumes"),
        ],
        rows,
    })
}
