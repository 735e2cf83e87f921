//! The shortest run that meets a situation.

use super::cut::{Allowed, Cut};
use super::options::Arguments;
use super::{goes_on, show, watched, write_story};
use crate::commands::{CheckFailed, CutShort};
use crate::output::TextOrJson;
use anyhow::anyhow;
use attune_models::case::Case;
use attune_models::situation;
use attune_models::story::Sought;
use attune_trace::diagram;
use attune_trace::reference::Witness;
use serde_json::{Value, json};
use std::io::{self, Write};

pub fn run(witness: Witness, cases: &[Case], arguments: &Arguments) -> anyhow::Result<()> {
    let mut outcome = Ok(());
    let mut values = Vec::new();
    for case in cases {
        let allowed = Allowed::by(arguments);
        let sought = watched(&case.to_string(), &allowed, &|command, go_on| {
            situation::meet(case, witness, command, go_on)
        });
        let cut = allowed.cut(case.depth);
        let sought = sought.map_err(|why| anyhow!("{case}: it cannot be told as a run: {why}"))?;
        match arguments.format {
            TextOrJson::Text => tell(case, witness, &sought, cut, &mut io::stdout().lock())?,
            TextOrJson::Json => values.push(value(case, witness, &sought, cut)),
        }
        match (&arguments.trace, &sought.story) {
            (Some(path), Some(story)) => write_story(path, story, "run")?,
            (Some(path), None) => {
                notice!("--trace {}: not written; the situation is not met", path.display());
            }
            (None, _) => {}
        }
        outcome = outcome.and(status(case, witness, &sought, cut));
        if !goes_on() {
            break;
        }
    }
    if arguments.format == TextOrJson::Json {
        writeln!(io::stdout().lock(), "{}", serde_json::to_string_pretty(&values)?)?;
    }
    outcome
}

fn tell(
    case: &Case,
    witness: Witness,
    sought: &Sought,
    cut: Option<Cut>,
    out: &mut impl Write,
) -> io::Result<()> {
    let property = witness.property();
    let states = show::grouped(sought.states as u64);
    writeln!(out, "{case}")?;
    writeln!(out, "  {}: {}", witness.name(), witness.words())?;
    writeln!(out, "  puts to the test: {property}, {}", property.statement())?;
    match &sought.story {
        Some(story) => {
            writeln!(out, "  met after {} events; {states} states", story.events.len())?;
            write!(out, "\n{}", diagram::terminal(&story.header, &story.events, &story.end))?;
        }
        None if sought.whole => {
            writeln!(out, "  never met; {states} states")?;
            writeln!(out, "  bounded: {}", case.bounds())?;
        }
        None => writeln!(out, "  {}; {states} states", show::cut_short(cut))?,
    }
    writeln!(out)
}

fn value(case: &Case, witness: Witness, sought: &Sought, cut: Option<Cut>) -> Value {
    let is_cut = sought.story.is_none() && !sought.whole;
    let run = sought.story.as_ref().map(show::run);
    json!({
        "case": case.to_string(),
        "witness": witness.name(),
        "property": witness.property().name(),
        "met": sought.story.is_some(),
        "cut_short": is_cut,
        "why": cut.filter(|_| is_cut).map(Cut::name),
        "events": sought.story.as_ref().map(|story| story.events.len()),
        "states": sought.states,
        "run": run,
    })
}

fn status(case: &Case, witness: Witness, sought: &Sought, cut: Option<Cut>) -> anyhow::Result<()> {
    let name = witness.name();
    match (&sought.story, sought.whole) {
        (Some(_), _) => Ok(()),
        (None, true) => Err(CheckFailed(format!(
            "{case}: {name} is never met; allow more faults, commits or messages, or another \
             --strategy (attune check says which situations it met)"
        ))
        .into()),
        (None, false) => Err(CutShort(format!(
            "{case}: cut short after {} states{}; {name} was not met until then",
            sought.states,
            cut.map_or(String::new(), |cut| format!(" ({cut})"))
        ))
        .into()),
    }
}
