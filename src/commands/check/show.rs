//! Reports, for people and for programs.

use super::cut::Cut;
use super::{SecondOpinion, Timed, killed};
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
fn verdict(timed: &Timed) -> String {
    match &timed.report.end {
        Verdict::Held => "held".to_string(),
        Verdict::Broken { broken, steps, cycle } => {
            let round =
                if *cycle == 0 { String::new() } else { format!(", then {cycle} round and round") };
            let drawn = match &timed.report.story {
                Some(Ok(story)) => {
                    let events = story.events.len();
                    format!("; drawn below, message by message, in {}", counted(events))
                }
                _ => String::new(),
            };
            let searched = counted(*steps);
            format!("BROKEN {broken} (shortest way: {searched} of the search{round}{drawn})")
        }
        Verdict::CutShort => cut_short(timed.cut),
    }
}

fn counted(steps: usize) -> String {
    if steps == 1 { "1 step".to_string() } else { format!("{steps} steps") }
}

pub fn cut_short(cut: Option<Cut>) -> String {
    cut.map_or("CUT SHORT".to_string(), |cut| format!("CUT SHORT: {cut}"))
}

/// A single check, in full.
pub fn report(timed: &Timed, out: &mut impl Write) -> io::Result<()> {
    let Timed { report, seconds, killed, .. } = timed;
    writeln!(out, "{}", report.case)?;
    writeln!(out, "  {}", verdict(timed))?;
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
        if let Some((name, killed)) = killed {
            write!(out, "{}", killed::words(name, killed))?;
        }
    } else if let Verdict::Broken { broken, .. } = &report.end {
        // The diagram says what the promise is.
        if !matches!(report.story, Some(Ok(_))) {
            writeln!(out, "  {}: {}", broken.property, broken.property.statement())?;
            writeln!(out, "  source: {}", broken.property.source())?;
        }
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

/// How a promise came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Held,
    Broken,
    /// It held since nothing that it is about has happened.
    NotPutToTheTest,
    /// Until the search ended, which was before its end.
    HeldSoFar,
    /// It is judged on the whole space, of which this is not known.
    NotJudged,
}

impl Standing {
    fn of(property: Property, report: &Report) -> Standing {
        let of_steps = property.is_of_a_run() || property == Property::Refinement;
        match &report.end {
            Verdict::Broken { broken, .. } if broken.property == property => Standing::Broken,
            Verdict::Broken { broken, .. } if of_steps && !broken.property.is_of_a_run() => {
                Standing::of_whole(property, report)
            }
            Verdict::Broken { .. } | Verdict::CutShort if of_steps => Standing::HeldSoFar,
            Verdict::Broken { .. } | Verdict::CutShort => Standing::NotJudged,
            Verdict::Held => Standing::of_whole(property, report),
        }
    }

    fn of_whole(property: Property, report: &Report) -> Standing {
        let is_about = |witness: &&Witness| witness.property() == property;
        let untried = Witness::ALL.iter().any(|witness| is_about(&witness))
            && !report.witnesses.iter().any(|witness| is_about(&witness));
        if untried { Standing::NotPutToTheTest } else { Standing::Held }
    }

    fn name(self) -> &'static str {
        match self {
            Standing::Held => "held",
            Standing::Broken => "broken",
            Standing::NotPutToTheTest => "not_put_to_the_test",
            Standing::HeldSoFar => "held_so_far",
            Standing::NotJudged => "not_judged",
        }
    }
}

/// The situations met that put a promise to the test.
fn met(property: Property, report: &Report) -> Vec<&'static str> {
    let met = report.witnesses.iter().filter(|witness| witness.property() == property);
    met.map(|witness| witness.name()).collect()
}

fn properties(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut vacuous = false;
    for property in judged(report) {
        let standing = Standing::of(property, report);
        let by = match standing {
            Standing::NotPutToTheTest => {
                vacuous = true;
                let all = Witness::ALL.iter().filter(|witness| witness.property() == property);
                let names: Vec<_> = all.map(|witness| witness.name()).collect();
                format!("vacuously: not met here: {}", names.join(", "))
            }
            _ if property == Property::Refinement => below(report),
            _ => match met(property, report).as_slice() {
                [] => String::new(),
                names => format!("met: {}", names.join(", ")),
            },
        };
        writeln!(out, "{}", format!("  held  {:<19} {by}", property.name()).trim_end())?;
    }
    if vacuous {
        writeln!(
            out,
            "  (vacuously: no situation that puts it to the test was met here. `attune check \
             --profile quick`\n  meets all of them; `--witness NAME` shows one, if the faults allow it)"
        )?;
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
pub fn run(story: &Story) -> Value {
    let Story { header, events, end } = story;
    json!({ "header": header, "events": events, "end": end })
}

pub fn value(timed: &Timed) -> Value {
    let Timed { report, seconds, cut, killed } = timed;
    let end = match &report.end {
        Verdict::Held => json!({ "held": true }),
        Verdict::Broken { broken, steps, cycle } => json!({
            "held": false,
            "property": broken.property.name(),
            "what": broken.what,
            "steps": steps,
            "cycle": cycle,
        }),
        Verdict::CutShort => {
            json!({ "held": null, "cut_short": true, "why": cut.map(Cut::name) })
        }
    };
    let properties = judged(report).map(|property| {
        json!({
            "name": property.name(),
            "verdict": Standing::of(property, report).name(),
            "met": met(property, report),
        })
    });
    let story = report.story.as_ref().and_then(|story| story.as_ref().ok());
    json!({
        "case": report.case.to_string(),
        "engine": "attune",
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
        "properties": properties.collect::<Vec<_>>(),
        "witnesses": report.witnesses.iter().map(|witness| witness.name()).collect::<Vec<_>>(),
        "met": report.met,
        "counterexample": story.map(run),
        "killed_elsewhere": killed.as_ref().map(|(name, killed)| killed::value(name, killed)),
        "below": report.below.map(|[nothing, steps, late]| {
            json!({ "nothing": nothing, "steps": steps, "late": late })
        }),
    })
}

/// The same of stateright's search; what it does not tell is null.
pub fn counted_value(opinion: &SecondOpinion) -> Value {
    let SecondOpinion { case, counted, seconds, cut } = opinion;
    let (end, verdict) = match (counted.held, counted.whole) {
        (false, _) => {
            let end = json!({
                "held": false,
                "property": null,
                "what": "stateright found a broken promise; --engine attune says which",
                "steps": null,
                "cycle": null,
            });
            (end, None)
        }
        (true, false) => {
            let end = json!({ "held": null, "cut_short": true, "why": cut.map(Cut::name) });
            (end, Some(Standing::HeldSoFar))
        }
        (true, true) => (json!({ "held": true }), Some(Standing::Held)),
    };
    let properties = Property::SAFETY.map(|property| {
        let verdict = verdict.map(Standing::name);
        json!({ "name": property.name(), "verdict": verdict, "met": null })
    });
    json!({
        "case": case.to_string(),
        "engine": "stateright",
        "layer": case.layer.name(),
        "strategy": case.strategy.name(),
        "agents": case.agents,
        "bounded": case.bounds(),
        "crowded": null,
        "end": end,
        "states": counted.states,
        "transitions": null,
        "depth": null,
        "seconds": seconds,
        "properties": properties,
        "witnesses": null,
        "met": null,
        "counterexample": null,
        "killed_elsewhere": null,
        "below": null,
    })
}

/// One object per check, in an array.
pub fn json(values: &[Value], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", serde_json::to_string_pretty(values)?)
}

/// One row of a profile.
pub fn row(timed: &Timed, out: &mut impl Write) -> io::Result<()> {
    let Timed { report, seconds, .. } = timed;
    writeln!(out, "{:<85} {}, {}, {seconds:.1} s", report.case, verdict(timed), counts(report))?;
    out.flush()
}
