//! Reports, for people and for programs.

use super::Timed;
use attune_models::check::{Report, Verdict};
use attune_models::story::Story;
use attune_trace::diagram;
use attune_trace::reference::{Property, Witness};
use serde_json::{Value, json};
use std::io::{self, Write};

/// 1234567 as 1,234,567.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn counts(report: &Report) -> String {
    format!(
        "{} states, {} transitions, depth {}",
        grouped(report.states as u64),
        grouped(report.transitions),
        report.depth
    )
}

/// One line: how it ended.
pub fn verdict(report: &Report) -> String {
    match &report.end {
        Verdict::Held => "held".to_string(),
        Verdict::Broken { broken, steps, cycle } => {
            let round =
                if *cycle == 0 { String::new() } else { format!(", then {cycle} round and round") };
            format!("BROKEN {broken} (after {steps} steps{round})")
        }
        Verdict::CutShort => "CUT SHORT".to_string(),
    }
}

/// A single check, in full.
pub fn report(timed: &Timed, out: &mut impl Write) -> io::Result<()> {
    let Timed { report, seconds } = timed;
    writeln!(out, "{}", report.case)?;
    writeln!(out, "  {}", verdict(report))?;
    let memory = super::memory_mb("VmHWM:");
    writeln!(out, "  {}, {seconds:.1} s, at most {memory} MB", counts(report))?;
    let chance = report.omission_chance();
    writeln!(out, "  chance that a state was taken for another: below {chance:.0e}")?;
    let crowded = if report.crowded {
        "; steps that would have put more in flight were left out"
    } else {
        ""
    };
    writeln!(out, "  bounded: {}{crowded}", report.case.bounds())?;
    if report.case.depth.is_some() {
        writeln!(out, "  bounded: depth (a bound that cuts the space is no proof)")?;
    }
    if report.end == Verdict::Held {
        properties(report, out)?;
    } else if let Verdict::Broken { broken, .. } = &report.end {
        writeln!(out, "  {}: {}", broken.property, broken.property.statement())?;
        writeln!(out, "  source: {}", broken.property.source())?;
        writeln!(out, "  (the search ends at the first; the other promises held until there)")?;
    }
    match &report.story {
        Some(Ok(story)) => {
            write!(out, "\n{}", diagram::terminal(&story.header, &story.events, &story.end))?;
        }
        Some(Err(why)) => writeln!(out, "  (it cannot be told as a run: {why})")?,
        None => {}
    }
    writeln!(out)
}

fn properties(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for property in judged(report) {
        let tested: Vec<_> = report
            .witnesses
            .iter()
            .filter(|witness| witness.property() == property)
            .map(|witness| witness.name())
            .collect();
        let has_witnesses = Witness::ALL.iter().any(|witness| witness.property() == property);
        let by = match (tested.is_empty(), has_witnesses) {
            (true, false) if property == Property::Refinement => below(report),
            (false, _) => format!("met: {}", tested.join(", ")),
            (true, true) => "untried here: no situation that would put it to the test".to_string(),
            (true, false) => String::new(),
        };
        writeln!(out, "  held  {:<19} {by}", property.name())?;
    }
    Ok(())
}

/// What the steps are in the atomic layer.
fn below(report: &Report) -> String {
    let Some([nothing, steps, late]) = report.below else { return String::new() };
    format!(
        "below: {} steps are steps, {} nothing, {} late messages",
        grouped(steps),
        grouped(nothing),
        grouped(late)
    )
}

/// The promises that this case is about.
fn judged(report: &Report) -> impl Iterator<Item = Property> {
    let progress: &[Property] = match (report.case.liveness, report.case.faults.to_string()) {
        (false, _) => &[],
        // Without time nothing frees what is nobody's.
        (true, faults) if !faults.contains("lease") => {
            &[Property::DeadlockFreedom, Property::EveryRequestEnds]
        }
        (true, _) => &Property::PROGRESS,
    };
    let refinement = report.case.refinement.then_some(Property::Refinement);
    Property::SAFETY.into_iter().chain(progress.iter().copied()).chain(refinement)
}

/// The parts of the event trace that `--trace` writes.
fn counterexample(report: &Report) -> Option<Value> {
    let Story { header, events, end } = report.story.as_ref()?.as_ref().ok()?;
    Some(json!({ "header": header, "events": events, "end": end }))
}

fn value(timed: &Timed) -> Value {
    let Timed { report, seconds } = timed;
    let end = match &report.end {
        Verdict::Held => json!({ "held": true }),
        Verdict::Broken { broken, steps, cycle } => json!({
            "held": false,
            "property": broken.property.name(),
            "what": broken.what,
            "steps": steps,
            "cycle": cycle,
        }),
        Verdict::CutShort => json!({ "held": null, "cut_short": true }),
    };
    json!({
        "case": report.case.to_string(),
        "layer": report.case.layer.name(),
        "strategy": report.case.strategy.name(),
        "agents": report.case.agents,
        "bounded": report.case.bounds(),
        "crowded": report.crowded,
        "end": end,
        "states": report.states,
        "transitions": report.transitions,
        "depth": report.depth,
        "seconds": seconds,
        "properties": judged(report).map(Property::name).collect::<Vec<_>>(),
        "witnesses": report.witnesses.iter().map(|witness| witness.name()).collect::<Vec<_>>(),
        "met": report.met,
        "counterexample": counterexample(report),
        "below": report.below.map(|[nothing, steps, late]| {
            json!({ "nothing": nothing, "steps": steps, "late": late })
        }),
    })
}

/// One object per check, in an array.
pub fn json(reports: &[Timed], out: &mut impl Write) -> io::Result<()> {
    let values: Vec<Value> = reports.iter().map(value).collect();
    writeln!(out, "{}", serde_json::to_string_pretty(&values)?)
}

/// One row of a profile.
pub fn row(timed: &Timed, out: &mut impl Write) -> io::Result<()> {
    let Timed { report, seconds } = timed;
    writeln!(out, "{:<85} {}, {}, {seconds:.1} s", report.case, verdict(report), counts(report))?;
    out.flush()
}
