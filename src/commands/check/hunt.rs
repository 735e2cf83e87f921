//! Mutants: every rule left out once.

use super::options::Arguments;
use super::show;
use crate::commands::{CheckFailed, CutShort};
use crate::interrupt;
use crate::output::TextOrJson;
use attune_models::mutants::{Fate, Killed};
use attune_models::{mutants, profile};
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let all = mutants::all();
    let cases = profile::quick();
    let bar: ProgressBar = crate::commands::progress_bar(all.len() as u64);
    bar.tick();
    // The first row that could not be written; then there is nobody to hunt for.
    let unwritten: Mutex<Option<io::Error>> = Mutex::new(None);
    let stop = || interrupt::was_asked() || lock(&unwritten).is_some();
    let fates = mutants::hunt_all(&all, &cases, arguments.threads(), &stop, &|fate| {
        bar.set_message(fate.name);
        bar.inc(1);
        if arguments.format == TextOrJson::Text
            && let Err(error) = bar.suspend(|| row(fate, &mut io::stdout().lock()))
        {
            *lock(&unwritten) = Some(error);
        }
    });
    bar.finish_and_clear();
    if let Some(error) = unwritten.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.into());
    }
    let Some(fates) = fates else {
        return Err(CutShort("interrupted: not every mutant was tried".into()).into());
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        TextOrJson::Text => {
            let killed = fates.iter().filter(|fate| fate.killed.is_some()).count();
            writeln!(out, "{killed} of {} mutants killed", fates.len())?;
        }
        TextOrJson::Json => {
            let values: Vec<Value> = fates.iter().map(value).collect();
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn row(fate: &Fate, out: &mut impl Write) -> io::Result<()> {
    let states = show::grouped(fate.states as u64);
    match &fate.killed {
        Some(Killed { broken, steps, cycle, case }) => {
            let round = match cycle {
                0 => String::new(),
                _ => format!(" and {cycle} round and round"),
            };
            let plural = if *steps == 1 { "" } else { "s" };
            writeln!(
                out,
                "{:<40} {} in {steps} step{plural}{round}: {} [{case}; {states} states searched]",
                fate.name, broken.property, broken.what,
            )?;
        }
        None => writeln!(out, "{:<40} SURVIVED {states} states", fate.name)?,
    }
    out.flush()
}

fn value(fate: &Fate) -> Value {
    match &fate.killed {
        Some(killed) => json!({
            "mutant": fate.name,
            "killed": true,
            "property": killed.broken.property.name(),
            "what": killed.broken.what,
            "steps": killed.steps,
            "cycle": killed.cycle,
            "case": killed.case.to_string(),
            "states": fate.states,
        }),
        None => json!({ "mutant": fate.name, "killed": false, "states": fate.states }),
    }
}
