//! `attune replay`.

use super::CheckFailed;
use anyhow::{Context, anyhow, bail};
use attune_sim::replay::{Divergence, Replayed, replay};
use attune_trace::{End, Event, Header, Kind, Origin, ReadError, Reader, text};
use clap::ValueEnum;
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune replay trace/tests/golden/stale-read.jsonl
  attune replay trace/tests/golden/stale-read.jsonl --steps
  attune replay counterexample.jsonl --format json

Every action of the trace is given to the protocol core again, and what comes of it is compared
with what the trace says. The format is described in docs/trace-format.md. Exit status: 0 the core
does the same, 1 it does something else, 2 the trace cannot be read.")]
pub struct Arguments {
    /// An event trace.
    #[arg(value_name = "TRACE")]
    trace: PathBuf,
    /// Tell each event as it is replayed.
    #[arg(long)]
    steps: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object.
    Json,
}

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

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.steps && arguments.format == Format::Json {
        bail!("--steps: with --format json there is no story; the trace itself has the steps");
    }
    let path = &arguments.trace;
    if path.is_dir() {
        bail!("{}: is a directory; name a trace", path.display());
    }
    let file = File::open(path).with_context(|| {
        format!("{}: cannot be opened; name a trace that was recorded", path.display())
    })?;
    let unreadable = |error: ReadError| anyhow!("{}:{error}", path.display());
    let mut trace = Reader::new(BufReader::new(file)).map_err(unreadable)?;
    let header = trace.header().clone();
    let mut out = io::stdout().lock();
    if arguments.format == Format::Text {
        out.write_all(heading(path, &header).as_bytes())?;
    }
    let replayed = replay(&mut trace, |event| -> Result<(), Stopped> {
        if arguments.steps {
            out.write_all(story(event, header.artifacts).as_bytes())?;
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
        Format::Text => {
            if let Replayed::Same { events, end: Some(end) } = &replayed {
                out.write_all(ending(*events, end).as_bytes())?;
            }
        }
        Format::Json => {
            let summary = summary(path, &header, replayed.clone());
            serde_json::to_writer_pretty(&mut out, &summary).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    match replayed {
        Replayed::Same { .. } => Ok(()),
        Replayed::Diverged(divergence) => {
            Err(CheckFailed(difference(path, &header, &divergence)).into())
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

fn ending(events: u32, end: &End) -> String {
    let mut text = format!(
        "replayed  {events} {}: the core comes to the same end\nend       {}\n",
        plural(events, "event"),
        text::verdict(&end.verdict)
    );
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

fn difference(path: &Path, header: &Header, divergence: &Divergence) -> String {
    let Divergence { step, line, action, about, expected, got } = divergence;
    let mutant = header.origin.mutant.as_ref().map_or(String::new(), |mutant| {
        format!(
            "\n  (the trace is of a protocol with the defect {mutant}, which the core is without)"
        )
    });
    format!(
        "{}:{line}: the core does something else at step {step}, {action}: {about}\n  \
         the trace says: {expected}\n  the core did:   {got}{mutant}",
        path.display()
    )
}
