//! Which share of facts has to be findable for the printed completion.
//!
//! Completion grows with that share: found facts cost time and context, which is little here. So it
//! is solved for by halving. What is solved for in one printed column is then assumed in the other:
//! if one assumption explains both, the printed figures agree with one another.

use super::super::{Failure, Report};
use super::{PRINTED, PRINTED_HANDOFFS, all_right, keeping, reports, right};
use crate::results::{Column, Table};
use crate::scenario::Scenario;

/// The share is known to one part in 2 to this power.
const HALVINGS: u32 = 8;

pub fn table(base: &Scenario, runs: u32) -> Result<Table, Box<Failure>> {
    let each: fn(f64) -> f64 = |preserved| preserved;
    let after_all: fn(f64) -> f64 =
        |preserved| libm::pow(preserved, 1.0 / f64::from(PRINTED_HANDOFFS));
    let of_steps: fn(&[Report]) -> f64 = right;
    let of_tasks: fn(&[Report]) -> f64 = all_right;
    let mut rows = Vec::new();
    for (preserved, per_handoff) in [("by each handoff", each), ("by all six together", after_all)]
    {
        for (completed, measure) in [("share of steps", of_steps), ("share of tasks", of_tasks)] {
            for (printed, other) in [(&PRINTED[0], &PRINTED[1]), (&PRINTED[1], &PRINTED[0])] {
                let at = |preserved: f64, findable: f64| -> Result<f64, Box<Failure>> {
                    let mut scenario = keeping(base, per_handoff(preserved));
                    scenario.handoff.findable_share = findable;
                    Ok(measure(&reports(&scenario, runs)?))
                };
                let none = at(printed.preserved, 0.0)?;
                let all = at(printed.preserved, 1.0)?;
                let aim = 100.0 * printed.completed;
                let solved = if none <= aim && aim <= all {
                    let (mut low, mut high) = (0.0, 1.0);
                    for _ in 0..HALVINGS {
                        let middle = 0.5 * (low + high);
                        match at(printed.preserved, middle)? < aim {
                            true => low = middle,
                            false => high = middle,
                        }
                    }
                    Some(0.5 * (low + high))
                } else {
                    None
                };
                let predicted = solved.map(|share| at(other.preserved, share)).transpose()?;
                rows.push(vec![
                    preserved.into(),
                    completed.into(),
                    printed.name.into(),
                    (100.0 * per_handoff(printed.preserved)).into(),
                    aim.into(),
                    none.into(),
                    all.into(),
                    solved.map(|share| 100.0 * share).into(),
                    predicted.into(),
                    (100.0 * other.completed).into(),
                ]);
            }
        }
    }
    Ok(Table {
        name: "handoff-solved".to_string(),
        title: "Which share of lost facts must be findable for the printed completion".to_string(),
        columns: vec![
            Column::text("preserved"),
            Column::text("completion"),
            Column::text("column"),
            Column::number("kept", "% of facts per handoff", 1),
            Column::number("printed", "% completed", 0),
            Column::number("none_findable", "% completed", 1),
            Column::number("all_findable", "% completed", 1),
            Column::number("solved", "% findable", 1),
            Column::number("other_column", "% completed, same share findable", 1),
            Column::number("other_printed", "% completed", 0),
        ],
        rows,
    })
}
