//! `attune codec messages`: what agents said, out of the sessions that their tools keep.

use crate::commands::import::{counted, tool};
use crate::commands::progress_bar;
use crate::output::Target;
use attune_import::{Content, Import, Options, Record, Role, Session, Tool};
use attune_sim::compression::{self, Kind, Message};
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Example:
  attune codec messages codex ~/.codex/sessions -o messages.jsonl

The contents of the sessions are in the file: what looks like a secret is taken out, the rest is as
it was. Exit status: 0 done, 2 nothing could be imported.")]
pub struct Arguments {
    /// The tool whose sessions they are, as for attune import.
    #[arg(value_parser = tool, value_name = "TOOL")]
    tool: Tool,
    /// Files, or folders that are looked through.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What the messages' source is called, instead of the tool's name.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Write to this file instead of standard output.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
    /// Leave in what looks like a secret.
    #[arg(long)]
    no_redact: bool,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let options = Options { redact: !arguments.no_redact, project: None };
    let mut import = Import::new(arguments.tool, &arguments.paths, options)?;
    let source = arguments.source.as_deref().unwrap_or(arguments.tool.name());
    let mut out = BufWriter::new(Target::open(arguments.out.as_deref())?);
    let bar = progress_bar(import.remaining() as u64);
    bar.set_message("sessions");
    let (mut sessions, mut messages) = (0_u64, 0_u64);
    for session in import.by_ref() {
        for message in of(&session?, source) {
            serde_json::to_writer(&mut out, &message).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
            messages += 1;
        }
        sessions += 1;
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.into_inner().map_err(|error| error.into_error())?.finish()?;
    notice!("{} of {}", counted(messages, "message"), counted(sessions, "session"));
    Ok(())
}

/// What travels between an agent, its tools, and those it works with.
fn of(session: &Session, source: &str) -> Vec<Message> {
    let said = session.records.iter().filter_map(content);
    said.enumerate()
        .map(|(place, (role, kind, content))| Message {
            source: source.to_string(),
            session: session.id.clone(),
            seq: place as u64,
            role,
            kind,
            content,
        })
        .collect()
}

/// A spawn and a return are calls and results, too, and are there as such; accesses and compactions
/// are not messages.
fn content(record: &Record) -> Option<(compression::Role, Kind, String)> {
    match &record.content {
        Content::Message { role, text } if !text.is_empty() => {
            let role = match role {
                Role::User => compression::Role::User,
                Role::Assistant | Role::Thinking => compression::Role::Assistant,
                Role::System => compression::Role::System,
            };
            Some((role, Kind::Text, text.clone()))
        }
        Content::ToolCall { name, input, .. } => {
            let call = json!({ "name": name, "input": input }).to_string();
            Some((compression::Role::Assistant, Kind::ToolCall, call))
        }
        Content::ToolResult { text, .. } if !text.is_empty() => {
            Some((compression::Role::Tool, Kind::ToolResult, text.clone()))
        }
        _ => None,
    }
}
