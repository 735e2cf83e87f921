//! The counts of the last accepted run of a profile, so that a change of the protocol shows what
//! it did to the state spaces.

use super::{Timed, show};
use anyhow::{Context, bail};
use attune_models::check::Report;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const HEADING: &str = "case\tstates\ttransitions\tdepth";

fn row(report: &Report) -> String {
    let Report { case, states, transitions, depth, .. } = report;
    format!("{case}\t{states}\t{transitions}\t{depth}")
}

/// Writes the counts as the new baseline.
pub fn accept(path: &Path, reports: &[Timed]) -> anyhow::Result<()> {
    let mut text = format!("{HEADING}\n");
    for timed in reports {
        writeln!(text, "{}", row(&timed.report))?;
    }
    fs::write(path, text).with_context(|| format!("--baseline {}", path.display()))
}

/// A baseline's text.
pub fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    fs::read_to_string(path)
        .with_context(|| format!("--baseline {name}: cannot be read; --accept writes it"))
}

/// What differs from the baseline of this name, before and after, in words; empty if nothing does.
pub fn differences(name: &str, text: &str, reports: &[Timed]) -> anyhow::Result<Vec<String>> {
    let mut lines = text.lines();
    if lines.next() != Some(HEADING) {
        bail!("--baseline {name}:1: this is not a baseline; --accept writes a new one");
    }
    let before: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    let mut differences = Vec::new();
    for timed in reports {
        let after = row(&timed.report);
        let after: Vec<&str> = after.split('\t').collect();
        match before.iter().find(|row| row.first() == after.first()) {
            None => differences.push(format!("{}: new, {}", after[0], counts(&after))),
            Some(before) if *before == after => {}
            Some(before) => differences.push(format!(
                "{}\n    before: {}\n    after:  {}",
                after[0],
                counts(before),
                counts(&after)
            )),
        }
    }
    for row in &before {
        let case = row.first().copied().unwrap_or_default();
        if !reports.iter().any(|timed| timed.report.case.to_string() == case) {
            differences.push(format!("{case}: not checked any more, {}", counts(row)));
        }
    }
    Ok(differences)
}

fn counts(row: &[&str]) -> String {
    let number = |index: usize| {
        let text = row.get(index).copied().unwrap_or("?");
        text.parse().map_or(text.to_string(), show::grouped)
    };
    format!("{} states, {} transitions, depth {}", number(1), number(2), number(3))
}
