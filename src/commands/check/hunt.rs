//! Mutants: every rule left out once.

use super::options::{Arguments, Format};
use crate::commands::{CheckFailed, CutShort};
use crate::interrupt;
use attune_models::{mutants, profile};
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::io::{self, Write};

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let all = mutants::all();
    let cases = profile::quick();
    let bar: ProgressBar = crate::commands::progress_bar(all.len() as u64);
    let fates = mutants::hunt_all(&all, &cases, arguments.threads(), &interrupt::STOP, &|fate| {
        bar.inc(1);
        bar.set_message(fate.name);
    });
    bar.finish_and_clear();
    let Some(fates) = fates else {
        return Err(CutShort("interrupted: not every mutant was tried".into()).into());
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Text => {
            for fate in &fates {
                match &fate.killed {
                    Some(killed) => {
                        let round = if killed.cycle == 0 {
                            String::new()
                        } else {
                            format!(" and {} round and round", killed.cycle)
                        };
                        writeln!(
                            out,
                            "{:<40} {} in {} steps{round}: {} [{}]",
                            fate.name,
                            killed.broken.property,
                            killed.steps,
                            killed.broken.what,
                            killed.case
                        )?;
                    }
                    None => writeln!(out, "{:<40} SURVIVED", fate.name)?,
                }
            }
            let killed = fates.iter().filter(|fate| fate.killed.is_some()).count();
            writeln!(out, "{killed} of {} mutants killed", fates.len())?;
        }
        Format::Json => {
            let values: Vec<Value> = fates
                .iter()
                .map(|fate| match &fate.killed {
                    Some(killed) => json!({
                        "mutant": fate.name,
                        "killed": true,
                        "property": killed.broken.property.name(),
                        "what": killed.broken.what,
                        "steps": killed.steps,
                        "cycle": killed.cycle,
                        "case": killed.case.to_string(),
                    }),
                    None => json!({ "mutant": fate.name, "killed": false }),
                })
                .collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&values)?)?;
        }
    }
    let survivors: Vec<_> =
        fates.iter().filter(|fate| fate.killed.is_none()).map(|fate| fate.name).collect();
    if survivors.is_empty() {
        return Ok(());
    }
    Err(CheckFailed(format!(
        "survived: {}; either a promise is missing or the rule is not needed",
        survivors.join(", ")
    ))
    .into())
}
