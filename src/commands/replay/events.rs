//! An event trace: repeated exactly.

use super::super::CheckFailed;
use super::Arguments;
use crate::output::TextOrJson;
use anyhow::{anyhow, bail};
use attune_sim::replay::{Core, Divergence, Replayed, replay};
use attune_trace::reference::Property;
use attune_trace::{End, Event, Header, Kind, Origin, ReadError, Reader, Verdict, diagram, text};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

/// What came of a replay, as JSON shows it.
#[derive(Serialize)]
struct Summary<'a> {
    trace: String,
    kind: Kind,
    origin: &'a Origin,
    agents: u32,
    artifacts: u32,
    same: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<End>,
    #[serde(skip_serializing_if = "Option::is_none")]
    divergence: Option<Divergence>,
}

pub(super) fn run(arguments: &Arguments, mut trace: Reader<BufReader<File>>) -> anyhow::Result<()> {
    let told = [
        (arguments.steps, "--steps"),
        (arguments.diagram, "--diagram"),
        (arguments.mermaid, "--mermaid"),
    ];
    if let Some((_, name)) =
        told.iter().find(|(told, _)| *told && arguments.format == TextOrJson::Json)
    {
        bail!("{name}: with --format json there is no story; the trace itself has the steps");
    }
    let path = &arguments.trace;
    let unreadable = |error: ReadError| anyhow!("{}:{error}", path.display());
    let header = trace.header().clone();
    let mut out = io::stdout().lock();
    if arguments.format == TextOrJson::Text && !arguments.mermaid {
        out.write_all(heading(path, &header).as_bytes())?;
    }
    let core = if arguments.without_mutant { Core::WithoutDefect } else { Core::AsRecorded };
    let draws = arguments.diagram || arguments.mermaid;
    let mut drawn = Vec::new();
    let replayed = replay(&mut trace, core, |event| -> Result<(), Stopped> {
        if arguments.steps {
            out.write_all(story(event, header.artifacts).as_bytes())?;
        }
        if draws {
            drawn.push(event.clone());
        }
        Ok(())
    });
    let replayed = replayed.map_err(|stopped| match stopped {
        Stopped::Unreadable(error) => unreadable(error),
        Stopped::Unwritable(error) => error.into(),
    })?;
    if let Replayed::Same { events, end: None } = replayed {
        bail!(
            "{}:{}: the trace has no end, it was cut off after event {events}; what is there, the \
             core does as well; make the trace again to see its end",
            path.display(),
            trace.line()
        );
    }
    match arguments.format {
        TextOrJson::Text => {
            if let Replayed::Same { events, end: Some(end) } = &replayed {
                let text = if arguments.mermaid {
                    diagram::mermaid(&header, &drawn, end)
                } else if arguments.diagram {
                    format!("{}\n{}", same(*events, end), diagram::terminal(&header, &drawn, end))
                } else {
                    ending(*events, end)
                };
                out.write_all(text.as_bytes())?;
            }
        }
        TextOrJson::Json => {
            let summary = summary(path, &header, replayed.clone());
            serde_json::to_writer_pretty(&mut out, &summary).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    match replayed {
        Replayed::Same { .. } => Ok(()),
        Replayed::Diverged(divergence) => {
            let text = difference(path, &header, &divergence, arguments.without_mutant);
            Err(CheckFailed(text).into())
        }
    }
}

/// Why a replay stopped early.
enum Stopped {
    Unreadable(ReadError),
    Unwritable(io::Error),
}

impl From<ReadError> for Stopped {
    fn from(error: ReadError) -> Stopped {
        Stopped::Unreadable(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Stopped {
        Stopped::Unwritable(error)
    }
}

fn heading(path: &Path, header: &Header) -> String {
    let Header { agents, artifacts, origin, .. } = header;
    let mut text = format!(
        "trace     {}: events of {agents} {} and {artifacts} {}\nfrom      {}\n",
        path.display(),
        plural(*agents, "agent"),
        plural(*artifacts, "artifact"),
        origin.model,
    );
    let optional = [("about", &origin.property), ("mutant", &origin.mutant)];
    for (name, value) in optional {
        text += &value.as_ref().map_or(String::new(), |value| format!("{name:<9} {value}\n"));
    }
    text + &format!("made by   {}\n", origin.command)
}

fn plural(count: u32, noun: &str) -> String {
    if count == 1 { noun.to_string() } else { format!("{noun}s") }
}

fn story(event: &Event, artifacts: u32) -> String {
    let what = if artifacts > 1 { format!("[{}] ", event.artifact) } else { String::new() };
    let mut text = String::new();
    for (place, line) in text::event(event).iter().enumerate() {
        let step = if place == 0 { event.step.to_string() } else { String::new() };
        text += &format!("{step:>7}  {what}{line}\n");
    }
    text
}

/// What the replay has shown.
fn same(events: u32, end: &End) -> String {
    let judged = match &end.verdict {
        Verdict::Broken { property, .. } => {
            Property::named(property).is_some_and(Property::is_of_a_run)
        }
        Verdict::Repeats { .. } => false,
        Verdict::Reached { .. } | Verdict::Complete => true,
    };
    let rest = match judged {
        true => "",
        false => {
            "\n          (one run shows the steps, not that there is no way out: that is the checker's)"
        }
    };
    let events = format!("{events} {}", plural(events, "event"));
    format!("replayed  {events}: the core comes to the same end{rest}\n")
}

fn ending(events: u32, end: &End) -> String {
    let mut text = same(events, end);
    text += &format!("end       {}\n", text::verdict(&end.verdict));
    for (artifact, (line, entries)) in end.lines.iter().zip(&end.entries).enumerate() {
        text += &format!("line {artifact:<4} {}\n", text::line(line));
        for (agent, entry) in entries.iter().enumerate() {
            let name = format!("a{agent}");
            text += &format!("  {name:<7} {}\n", text::entry(entry));
        }
    }
    text
}

fn summary<'a>(path: &Path, header: &'a Header, replayed: Replayed) -> Summary<'a> {
    let (events, end, divergence) = match replayed {
        Replayed::Same { events, end } => (Some(events), end, None),
        Replayed::Diverged(divergence) => (None, None, Some(divergence)),
    };
    Summary {
        trace: path.display().to_string(),
        kind: header.kind,
        origin: &header.origin,
        agents: header.agents,
        artifacts: header.artifacts,
        same: divergence.is_none(),
        events,
        end,
        divergence,
    }
}

fn difference(path: &Path, header: &Header, divergence: &Divergence, sound: bool) -> String {
    let Divergence { step, line, action, about, expected, got } = divergence;
    let defect = header.defect().ok().flatten().filter(|_| sound);
    let mutant = defect.map_or(String::new(), |defect| {
        format!("\n  (the trace is of a protocol {defect}; the replay was of the sound one)")
    });
    format!(
        "{}:{line}: the core does something else at step {step}, {action}: {about}\n  \
         the trace says: {expected}\n  the core did:   {got}{mutant}",
        path.display()
    )
}
