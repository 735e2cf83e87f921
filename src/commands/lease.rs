//! `attune lease`.

use super::{CheckFailed, read_scenarios};
use crate::output::{Format, show};
use anyhow::{Context, bail};
use attune_sim::lease::{self, Timing};
use attune_sim::results::{Column, Table};
use attune_sim::scenario::Scenario;
use attune_sim::stats::Estimate;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Shares of writes that one may be ready to lose.
const ALLOWED: [f64; 4] = [0.1, 0.01, 0.001, 0.000_1];

#[derive(clap::Args)]
#[command(after_help = "Example:
  attune lease scenarios/slow-writers.yaml --runs 20

How long protocol.lease_ticks should be for the scenario's protocol.write_ticks, latency and crashes;
derived in docs/leases.md. Exit status: 0 done, 1 a promise of the protocol was broken, 2 misuse.")]
pub struct Arguments {
    /// The scenario file (docs/scenario-format.md).
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Simulate this many runs under each lease beside the formula.
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    runs: u32,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// One lease.
#[derive(Serialize)]
struct Choice {
    why: String,
    lease_ticks: u32,
    /// Per cent of the writes whose agents do not crash.
    lost: f64,
    lost_simulated: Option<f64>,
    lost_half_width: Option<f64>,
    /// Ticks that a line is locked per committed write.
    locked_ticks: Option<f64>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let path = &arguments.scenario;
    let scenario = read_scenarios(std::slice::from_ref(path))?.remove(0);
    let timing = Timing::of(&scenario).with_context(|| path.display().to_string())?;
    let own = scenario.protocol.lease_ticks;
    let mut leases: Vec<(String, usize)> = Vec::new();
    for allowed in ALLOWED {
        leases.push((format!("loses at most {} %", 100.0 * allowed), timing.shortest(allowed)));
    }
    leases.push(("locks the line least".to_string(), timing.best()));
    leases.push(("the scenario's own".to_string(), own as usize));
    let locked = timing.locked_per_commit();
    let mut choices = Vec::new();
    for (why, lease) in leases {
        let lease = lease.max(1);
        let lost = beside(&scenario, lease as u32, arguments.runs, path)?;
        choices.push(Choice {
            why,
            lease_ticks: lease as u32,
            lost: 100.0 * timing.loss(lease),
            lost_simulated: lost.map(|lost| lost.value),
            lost_half_width: lost.and_then(|lost| lost.half_width),
            locked_ticks: locked.get(lease).or(locked.last()).copied().filter(|t| t.is_finite()),
        });
    }
    let mut out = io::stdout();
    match arguments.format {
        Format::Table => out.write_all(show(&table(&choices)).as_bytes())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &choices).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        Format::Csv | Format::Parquet => bail!("--format: leases come as table or json"),
    }
    Ok(())
}

/// What the simulation loses under this lease, if it is asked for.
fn beside(
    scenario: &Scenario,
    lease: u32,
    runs: u32,
    path: &Path,
) -> anyhow::Result<Option<Estimate>> {
    let lost = (runs > 0).then(|| lease::simulated(scenario, lease, runs)).transpose();
    lost.map_err(|failure| {
        let path = path.display();
        CheckFailed(format!("{path}, lease {lease}: a promise was broken: {failure}")).into()
    })
}

fn table(choices: &[Choice]) -> Table {
    let rows = choices.iter().map(|choice| {
        vec![
            choice.why.as_str().into(),
            choice.lease_ticks.into(),
            choice.lost.into(),
            choice.lost_simulated.into(),
            choice.lost_half_width.into(),
            choice.locked_ticks.into(),
        ]
    });
    Table {
        name: "lease".to_string(),
        title: "Leases".to_string(),
        rows: rows.collect(),
        columns: vec![
            Column::text("lease"),
            Column::integer("ticks", ""),
            Column::number("lost", "% of writes", 3),
            Column::number("simulated", "% of writes", 3),
            Column::number("half_width", "95 % CI", 3),
            Column::number("line_locked", "ticks per commit", 1),
        ],
    }
}
