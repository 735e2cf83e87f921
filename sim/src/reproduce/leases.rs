//! How long a write lease must be: the formula of [`crate::lease`] beside the simulation, for
//! several spreads of the writing time and crash rates. Section 5.3 of the paper wishes for it.

use super::Effort;
use super::strategies::built_in;
use crate::engine::Failure;
use crate::lease::{Timing, simulated};
use crate::results::{Cell, Column, Table};
use crate::scenario::{Scenario, Ticks};

/// Median or mean duration of a write, ticks.
const TYPICAL: f64 = 12.0;
const LONGEST: u32 = 1_000;
const CRASHES: [f64; 3] = [0.0, 0.000_1, 0.001];
/// The share of writes that one may be ready to lose.
const ALLOWED: f64 = 0.01;
/// Long runs, since a run ends before its last slow writes do, and counts too few of them;
const TICKS: u32 = 10_000;
/// so, of the seeds of an experiment, one in this many.
const SEEDS_PER_RUN: u32 = 50;

fn distributions() -> Vec<(String, Ticks)> {
    let lognormal = [0.25, 0.5, 1.0].map(|sigma| {
        let ticks = Ticks::Lognormal { median: TYPICAL, sigma, max: LONGEST };
        (format!("lognormal, median {TYPICAL}, sigma {sigma}"), ticks)
    });
    let exponential = Ticks::Exponential { mean: TYPICAL, max: LONGEST };
    let mut all = lognormal.to_vec();
    all.push((format!("exponential, mean {TYPICAL}"), exponential));
    all
}

pub fn table(effort: Effort) -> Result<Table, Box<Failure>> {
    let base = built_in("slow writers", include_str!("../../../scenarios/slow-writers.yaml"));
    let seeds = effort.seeds.div_ceil(SEEDS_PER_RUN).max(2);
    let mut rows = Vec::new();
    for (name, write) in distributions() {
        for crash in CRASHES {
            let mut scenario = Scenario { duration_ticks: TICKS, ..base.clone() };
            scenario.protocol.write_ticks = write;
            scenario.faults.crash_probability = crash;
            let timing = Timing::of(&scenario).expect("nobody renews, and requests arrive");
            let locked = timing.locked_per_commit();
            let mut row: Vec<Cell> = vec![name.as_str().into(), crash.into()];
            for lease in [timing.shortest(ALLOWED), timing.best()] {
                let lost = simulated(&scenario, lease as u32, seeds)?;
                row.push((lease as u64).into());
                row.push((100.0 * timing.loss(lease)).into());
                row.push(lost.value.into());
                row.push(lost.half_width.into());
                row.push(locked[lease.min(locked.len() - 1)].into());
            }
            rows.push(row);
        }
    }
    let of_lease = |name: &str, what: &str| {
        [
            Column::integer(name, what),
            Column::number(&format!("{name}_lost"), "% of writes, formula", 2),
            Column::number(&format!("{name}_lost_simulated"), "% of writes", 2),
            Column::number(&format!("{name}_half_width"), "95 % CI", 2),
            Column::number(&format!("{name}_locked"), "ticks per commit, formula", 1),
        ]
    };
    let mut columns =
        vec![Column::text("writing_time"), Column::number("crash", "per agent and tick", 4)];
    columns.extend(of_lease("careful", "ticks, loses 1 %"));
    columns.extend(of_lease("quick", "ticks, locks the line least"));
    Ok(Table {
        name: "leases".to_string(),
        title: "Which lease for which writing time, and what it loses".to_string(),
        columns,
        rows,
    })
}
