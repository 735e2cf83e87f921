//! `attune check lineage`: the handover between generations of agents.

use super::names::hint;
use super::options::{Arguments, Format};
use super::{baseline, goes_on, now, show};
use crate::commands::{CheckFailed, CutShort};
use anyhow::anyhow;
use attune_models::lineage::case::quick;
use attune_models::lineage::check::{Fate, Report, Verdict, check, hunt};
use attune_models::lineage::promise::{Promise, Situation};
use attune_models::lineage::{COUNTS, Case, Defect};
use serde_json::{Value, json};
use std::io::{self, Write};

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.list {
        return list(arguments.format);
    }
    if arguments.mutants {
        return mutants(arguments);
    }
    let defect = defect(arguments.mutant())?;
    let mut values = Vec::new();
    let mut reports = Vec::new();
    for case in quick() {
        let begun = now();
        let report = check(case, defect, arguments.threads(), &|_| goes_on());
        match arguments.format {
            Format::Text => {
                tell(&report, begun.elapsed().as_secs_f64(), &mut io::stdout().lock())?;
            }
            Format::Json => values.push(value(&report)),
        }
        let held = report.end == Verdict::Held;
        reports.push(report);
        if !held || !goes_on() {
            break;
        }
    }
    if arguments.format == Format::Json {
        show::json(&values, &mut io::stdout().lock())?;
    }
    judge(&reports, defect, arguments)
}

/// What the reports mean for the exit status.
fn judge(reports: &[Report], defect: Defect, arguments: &Arguments) -> anyhow::Result<()> {
    for Report { case, end, states, .. } in reports {
        match end {
            Verdict::Held => {}
            Verdict::Broken { broken, .. } => {
                return Err(CheckFailed(format!("{case}: {broken}")).into());
            }
            Verdict::CutShort => {
                return Err(CutShort(format!(
                    "{case}: cut short after {states} states (interrupted); nothing is proved beyond \
                     them"
                ))
                .into());
            }
        }
    }
    if defect != Defect::None {
        return Ok(());
    }
    let untried: Vec<_> = Situation::ALL
        .iter()
        .filter(|situation| !reports.iter().any(|report| report.met.contains(situation)))
        .map(|situation| format!("{situation} ({})", situation.says()))
        .collect();
    if !untried.is_empty() {
        return Err(CheckFailed(format!(
            "never met, so nothing is shown about: {}",
            untried.join("; ")
        ))
        .into());
    }
    if arguments.format == Format::Text {
        let states: usize = reports.iter().map(|report| report.states).sum();
        writeln!(
            io::stdout().lock(),
            "{} cases held, {} states; {} situations met",
            reports.len(),
            show::grouped(states as u64),
            Situation::ALL.len(),
        )?;
    }
    let rows: Vec<_> = reports.iter().map(row).collect();
    baseline::compare("models/lineage.tsv", COUNTS, &rows, arguments, "check lineage")
}

fn row(report: &Report) -> baseline::Row {
    let Report { case, states, transitions, depth, .. } = report;
    baseline::Row {
        case: case.to_string(),
        states: *states,
        transitions: *transitions,
        depth: *depth,
    }
}

fn defect(name: Option<&str>) -> anyhow::Result<Defect> {
    let Some(name) = name else { return Ok(Defect::None) };
    Defect::named(name).ok_or_else(|| {
        let hint = hint(name, Defect::all().map(Defect::name));
        anyhow!(
            "--mutant {name}: a lineage has no such rule or duty{hint} (`attune check lineage \
             --list` names all)"
        )
    })
}

fn tell(report: &Report, seconds: f64, out: &mut impl Write) -> io::Result<()> {
    let Report { case, end, states, transitions, depth, .. } = report;
    let (states, transitions) = (show::grouped(*states as u64), show::grouped(*transitions));
    let counts = format!("{states} states, {transitions} transitions, depth {depth}");
    let verdict = match end {
        Verdict::Held => "held".to_string(),
        Verdict::CutShort => "CUT SHORT: interrupted".to_string(),
        Verdict::Broken { broken, steps, cycle } => {
            format!("BROKEN {broken} (shortest way: {})", ways(*steps, *cycle))
        }
    };
    writeln!(out, "{:<75} {verdict}, {counts}, {seconds:.1} s", case.to_string())?;
    if !report.story.is_empty() {
        writeln!(out, "  bounded: {}", case.bounds())?;
    }
    for line in &report.story {
        writeln!(out, "  {line}")?;
    }
    if let Verdict::Broken { broken, .. } = end {
        writeln!(out, "  broken: {}, {}", broken.promise, broken.promise.says())?;
    }
    out.flush()
}

fn ways(steps: usize, cycle: usize) -> String {
    let plural = if steps == 1 { "" } else { "s" };
    match cycle {
        0 => format!("{steps} step{plural}"),
        _ => format!("{steps} step{plural}, then {cycle} round and round"),
    }
}

fn mutants(arguments: &Arguments) -> anyhow::Result<()> {
    let cases = quick();
    let mut fates: Vec<Fate> = Vec::new();
    for defect in Defect::all() {
        let fate = hunt(defect, &cases, arguments.threads(), &goes_on);
        if !goes_on() {
            return Err(CutShort("interrupted: not every mutant was tried".into()).into());
        }
        if arguments.format == Format::Text {
            fate_row(&fate, &mut io::stdout().lock())?;
        }
        fates.push(fate);
    }
    let survivors: Vec<_> =
        fates.iter().filter(|fate| fate.killed.is_none()).map(|fate| fate.defect.name()).collect();
    match arguments.format {
        Format::Text => {
            let killed = fates.len() - survivors.len();
            writeln!(io::stdout().lock(), "{killed} of {} mutants killed", fates.len())?;
        }
        Format::Json => {
            let values: Vec<_> = fates.iter().map(fate_value).collect();
            show::json(&values, &mut io::stdout().lock())?;
        }
    }
    if survivors.is_empty() {
        return Ok(());
    }
    Err(CheckFailed(format!(
        "survived: {}; either a promise is missing or the rule is not needed",
        survivors.join(", ")
    ))
    .into())
}

fn fate_row(fate: &Fate, out: &mut impl Write) -> io::Result<()> {
    let (name, states) = (fate.defect.name(), show::grouped(fate.states as u64));
    match &fate.killed {
        Some((broken, steps, cycle, case)) => {
            let ways = ways(*steps, *cycle);
            writeln!(out, "{name:<40} {broken} in {ways} [{case}; {states} states searched]")?;
        }
        None => writeln!(out, "{name:<40} SURVIVED {states} states")?,
    }
    out.flush()
}

fn fate_value(fate: &Fate) -> Value {
    let (name, states) = (fate.defect.name(), fate.states);
    match &fate.killed {
        Some((broken, steps, cycle, case)) => json!({
            "mutant": name,
            "killed": true,
            "property": broken.promise.name(),
            "what": broken.what,
            "steps": steps,
            "cycle": cycle,
            "case": case.to_string(),
            "states": states,
        }),
        None => json!({ "mutant": name, "killed": false, "states": states }),
    }
}

fn value(report: &Report) -> Value {
    let end = match &report.end {
        Verdict::Held => json!({ "held": true }),
        Verdict::Broken { broken, steps, cycle } => json!({
            "held": false,
            "property": broken.promise.name(),
            "what": broken.what,
            "steps": steps,
            "cycle": cycle,
        }),
        Verdict::CutShort => json!({ "held": null, "cut_short": true, "why": "interrupted" }),
    };
    json!({
        "case": report.case.to_string(),
        "bounded": report.case.bounds(),
        "crowded": report.crowded,
        "end": end,
        "states": report.states,
        "transitions": report.transitions,
        "depth": report.depth,
        "witnesses": report.met.iter().map(|met| met.name()).collect::<Vec<_>>(),
        "counterexample": report.story,
    })
}

fn list(format: Format) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let promises: Vec<_> = Promise::ALL.iter().map(|it| (it.name(), it.says())).collect();
    let situations: Vec<_> = Situation::ALL.iter().map(|it| (it.name(), it.says())).collect();
    let defects: Vec<_> = Defect::all().map(|it| (it.name(), it.says())).collect();
    let cases: Vec<_> = quick().iter().map(Case::to_string).collect();
    let named = [
        ("promises", "promises", promises),
        ("situations", "situations that put them to the test", situations),
        ("mutants", "rules and duties (--mutant leaves one out)", defects),
    ];
    if format == Format::Json {
        let mut all = json!({ "cases": cases });
        for (key, _, entries) in named {
            let entry = |(name, says)| json!({ "name": name, "says": says });
            all[key] = entries.into_iter().map(entry).collect();
        }
        writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
        return Ok(());
    }
    for (_, words, entries) in named {
        writeln!(out, "{} {words}:", entries.len())?;
        for (name, says) in entries {
            writeln!(out, "  {name:<36} {says}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{} cases: {}", cases.len(), cases.join("; "))?;
    Ok(())
}
