//! The counts of the last accepted run of a profile, so that a change of the protocol shows what
//! it did to the state spaces.

use super::options::Arguments;
use super::show;
use crate::commands::CheckFailed;
use anyhow::{Context, bail};
use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

const HEADING: &str = "case\tstates\ttransitions\tdepth";

/// The counts of one case.
pub struct Row {
    pub case: String,
    pub states: usize,
    pub transitions: u64,
    pub depth: usize,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Row { case, states, transitions, depth } = self;
        write!(f, "{case}\t{states}\t{transitions}\t{depth}")
    }
}

/// Compares with the baseline that the arguments name, or with this one, which is what its file said
/// when this was built; or writes a new one. `command`: what was run, for whom to run it again.
pub fn compare(
    file: &str,
    built_in: &str,
    rows: &[Row],
    arguments: &Arguments,
    command: &str,
) -> anyhow::Result<()> {
    let (name, text) = match &arguments.baseline {
        Some(path) if arguments.accept => return accept(path, rows),
        Some(path) => (path.display().to_string(), read(path)?),
        None => (file.to_string(), built_in.to_string()),
    };
    let differences = differences(&name, &text, rows)?;
    if differences.is_empty() {
        return Ok(());
    }
    Err(CheckFailed(format!(
        "every promise holds, but the state spaces are not those of {name}:\n  {}\nIf that is what \
         the change is about: attune {command} --baseline {name} --accept",
        differences.join("\n  "),
    ))
    .into())
}

/// Writes the counts as the new baseline.
fn accept(path: &Path, rows: &[Row]) -> anyhow::Result<()> {
    let mut text = format!("{HEADING}\n");
    for row in rows {
        writeln!(text, "{row}")?;
    }
    fs::write(path, text).with_context(|| format!("--baseline {}", path.display()))
}

/// A baseline's text.
fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    fs::read_to_string(path)
        .with_context(|| format!("--baseline {name}: cannot be read; --accept writes it"))
}

/// What differs from the baseline of this name, before and after, in words; empty if nothing does.
fn differences(name: &str, text: &str, rows: &[Row]) -> anyhow::Result<Vec<String>> {
    let mut lines = text.lines();
    if lines.next() != Some(HEADING) {
        bail!("--baseline {name}:1: this is not a baseline; --accept writes a new one");
    }
    let before: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    let mut differences = Vec::new();
    for row in rows {
        let after = row.to_string();
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
        if !rows.iter().any(|row| row.case == case) {
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
