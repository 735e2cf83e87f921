//! Replays an event trace on the protocol core: gives the core every action of the trace again,
//! and compares what comes of it with what was recorded.
//!
//! It takes nothing from the trace but the header and the actions, so that what is the same at
//! the end is the core's own doing, whoever made the trace. Also which promise breaks at which
//! step, it judges itself.

use attune_trace::reference::{Broken, Property, Seen, Witness};
use attune_trace::{
    End, EntryView, Event, Judge, Judged, ReadError, Reader, Record, Verdict, text,
};
use serde::Serialize;
use std::io::BufRead;

/// On what to replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// With the defect that the trace names, if it names one.
    AsRecorded,
    /// Without: to see where the sound protocol does something else.
    WithoutDefect,
}

/// What a replay came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The core did what the trace says. Without an `end` the trace was cut off after `events`.
    Same { events: u32, end: Option<End> },
    /// The core did something else.
    Diverged(Divergence),
}

/// The first difference between a trace and the core, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Divergence {
    /// The event; the last one if the difference is in the state at the end.
    pub step: u32,
    /// The line of the trace, counted from 1.
    pub line: u64,
    /// What was done.
    pub action: String,
    /// What is different.
    pub about: String,
    /// What the trace says.
    pub expected: String,
    /// What the core did.
    pub got: String,
}

/// Replays a trace; `visit` is shown each event that came out the same.
pub fn replay<R: BufRead, E: From<ReadError>>(
    trace: &mut Reader<R>,
    core: Core,
    mut visit: impl FnMut(&Event) -> Result<(), E>,
) -> Result<Replayed, E> {
    let header = trace.header();
    let defect = match core {
        Core::AsRecorded => header.defect().map_err(ReadError::from)?,
        Core::WithoutDefect => None,
    };
    let mut judge = Judge::new(header.machine(defect));
    let mut found = Found::default();
    let mut end = None;
    while let Some(record) = trace.next() {
        let (step, action, difference) = match record? {
            Record::Event(event) => {
                let difference = take(&mut judge, &mut found, &event);
                if difference.is_none() {
                    visit(&event)?;
                }
                (event.step, text::action(&event.action), difference)
            }
            Record::End(recorded) => {
                let reached = judge.machine().end(recorded.verdict.clone());
                let difference = in_the_end(&recorded, &reached)
                    .or_else(|| in_judgement(&recorded.verdict, &judge, &found));
                end = Some(recorded);
                (judge.machine().steps(), "the end".to_string(), difference)
            }
        };
        if let Some(Difference { about, expected, got }) = difference {
            let line = trace.line();
            return Ok(Replayed::Diverged(Divergence { step, line, action, about, expected, got }));
        }
    }
    Ok(Replayed::Same { events: judge.machine().steps(), end })
}

/// What the judge has found.
#[derive(Default)]
struct Found {
    /// The first promise to be broken, and at which step.
    broken: Option<(u32, Broken)>,
    /// The situations of the last step.
    seen: Seen,
}

struct Difference {
    about: String,
    expected: String,
    got: String,
}

impl Difference {
    fn between<T: PartialEq>(
        about: &str,
        expected: &T,
        got: &T,
        words: impl Fn(&T) -> String,
    ) -> Option<Difference> {
        (expected != got).then(|| {
            let (expected, got) = (words(expected), words(got));
            Difference { about: about.to_string(), expected, got }
        })
    }
}

/// Takes one step of the trace on the machine.
fn take(judge: &mut Judge, found: &mut Found, recorded: &Event) -> Option<Difference> {
    let event = match judge.step(recorded.artifact, recorded.action) {
        Ok(Judged { event, broken, seen, .. }) => {
            found.seen = seen;
            found.broken = found.broken.or(broken.map(|broken| (event.step, broken)));
            event
        }
        Err(impossible) => {
            return Some(Difference {
                about: "whether this can happen".to_string(),
                expected: "it happens".to_string(),
                got: format!("it cannot: {impossible}"),
            });
        }
    };
    let (expected, got) = (&recorded.after, &event.after);
    Difference::between("what came of it", &recorded.outcome, &event.outcome, text::outcome)
        .or_else(|| {
            Difference::between("the line afterwards", &expected.line, &got.line, |line| {
                line.as_ref().map_or_else(untouched, text::line)
            })
        })
        .or_else(|| {
            Difference::between("the copy afterwards", &expected.entry, &got.entry, |entry| {
                entry.as_ref().map_or_else(untouched, text::entry)
            })
        })
}

fn untouched() -> String {
    "not touched".to_string()
}

fn in_the_end(expected: &End, got: &End) -> Option<Difference> {
    let mut lines = expected.lines.iter().zip(&got.lines).enumerate();
    let mut entries = expected.entries.iter().zip(&got.entries).enumerate();
    count("the number of lines", &expected.lines, &got.lines)
        .or_else(|| count("the number of lists of copies", &expected.entries, &got.entries))
        .or_else(|| {
            lines.find_map(|(artifact, (expected, got))| {
                Difference::between(&format!("line {artifact}"), expected, got, text::line)
            })
        })
        .or_else(|| entries.find_map(|(artifact, (expected, got))| copies(artifact, expected, got)))
}

/// Whether the trace ends for the reason that it gives.
fn in_judgement(verdict: &Verdict, judge: &Judge, found: &Found) -> Option<Difference> {
    let last = judge.machine().steps();
    let differ = |about: &str, expected: String, got: String| {
        Some(Difference { about: about.to_string(), expected, got })
    };
    let unknown = |kind: &str, name: &str| {
        let got = format!("there is no {kind} of that name (trace/src/reference/)");
        differ(kind, name.to_string(), got)
    };
    let broken = |property: &str, step| format!("{property} is broken at step {step}");
    let kept = "every promise is kept".to_string();
    let expected = match verdict {
        Verdict::Broken { property, .. } => match Property::named(property) {
            None => return unknown("property", property),
            Some(known) if known.is_of_a_run() => broken(property, last),
            Some(_) => kept.clone(),
        },
        Verdict::Repeats { .. } | Verdict::Reached { .. } | Verdict::Complete => kept.clone(),
    };
    let got = match found.broken {
        Some((step, found)) => broken(found.property.name(), step),
        None => kept,
    };
    if expected != got {
        return differ("what is broken", expected, got);
    }
    match verdict {
        Verdict::Reached { witness } => match Witness::named(witness) {
            None => unknown("witness", witness),
            Some(known) if !found.seen.has(known) => differ(
                "what is reached",
                format!("at step {last}: {}", known.words()),
                format!("at step {last} that is not so"),
            ),
            Some(_) => None,
        },
        &Verdict::Repeats { ref property, from_step, .. } => match Property::named(property) {
            None => unknown("property", property),
            Some(known)
                if (1..=last).contains(&from_step) && judge.lasts_since(known, from_step) =>
            {
                None
            }
            Some(_) => differ(
                "what goes on for ever",
                format!("{property} is not met from step {from_step} to {last}"),
                "it is met, or those are not steps".to_string(),
            ),
        },
        Verdict::Broken { .. } | Verdict::Complete => None,
    }
}

fn copies(artifact: usize, expected: &[EntryView], got: &[EntryView]) -> Option<Difference> {
    let about = format!("the number of copies of artifact {artifact}");
    count(&about, expected, got).or_else(|| {
        expected.iter().zip(got).enumerate().find_map(|(agent, (expected, got))| {
            let about = format!("the copy of artifact {artifact} at a{agent}");
            Difference::between(&about, expected, got, text::entry)
        })
    })
}

fn count<T>(about: &str, expected: &[T], got: &[T]) -> Option<Difference> {
    Difference::between(about, &expected.len(), &got.len(), usize::to_string)
}
