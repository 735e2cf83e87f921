//! `attune handoff extract`: one session's DNA, or why it is as it is.

use crate::commands::import::tool;
use crate::output::{Target, TextOrJson};
use anyhow::{bail, ensure};
use attune_handoff::{Form, Options};
use attune_import::{Import, Session, Tool};
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune handoff extract SESSION.jsonl --budget 2KiB
  attune handoff extract messages.jsonl --session ID --at 410 --format json
  attune handoff extract SESSION.jsonl --explain

PATH is a session as attune import reads it. Without --tool, the file's content says whose it is.
The budget is for what is written, in its format; what looks like a secret is taken out first. Exit
status: 0 done, 2 there is no such session.")]
pub struct Arguments {
    /// A file with a session; a folder or a database with --tool.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The tool whose session it is, as for attune import.
    #[arg(long, value_parser = tool, value_name = "TOOL")]
    tool: Option<Tool>,
    /// Which session, if there are several.
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// What the DNA may take: 2000, 2KB (2000), 2KiB (2048).
    #[arg(long, default_value = "2KiB", value_name = "BYTES", value_parser = attune_handoff::bytes)]
    budget: usize,
    /// Text for a prompt, or exact JSON.
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    /// Hand over after this record, by its sequence number, instead of at the end.
    #[arg(long, value_name = "SEQ")]
    at: Option<u64>,
    /// Instead of the DNA, say of each item what it is worth and which records it is from, and of
    /// what was left out, that which is worth most first.
    #[arg(long)]
    explain: bool,
    /// Write to this file instead of standard output.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
    /// Leave in what looks like a secret.
    #[arg(long)]
    no_redact: bool,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let session = session(arguments)?;
    if let Some(at) = arguments.at {
        let last = session.records.last().map_or(0, |record| record.sequence);
        ensure!((1..=last).contains(&at), "--at {at}: the session's records are 1 to {last}");
    }
    let form = match arguments.format {
        TextOrJson::Text => Form::Text,
        TextOrJson::Json => Form::Json,
    };
    let options = Options { budget_bytes: arguments.budget, form, at: arguments.at };
    let extraction = attune_handoff::extraction(&session, &options);
    let mut written = match arguments.explain {
        true => extraction.explained(),
        false => extraction.dna.written(form),
    };
    if !arguments.explain && written.len() > arguments.budget {
        bail!(
            "--budget {}: the session's name alone takes {} bytes; give at least that",
            arguments.budget,
            written.len()
        );
    }
    if written.is_empty() {
        bail!("--budget {}: nothing fits; give some hundred bytes", arguments.budget);
    }
    if !written.ends_with('\n') && written.len() < arguments.budget {
        written.push('\n');
    }
    let mut out = Target::open(arguments.out.as_deref())?;
    out.write_all(written.as_bytes())?;
    Ok(out.finish()?)
}

fn session(arguments: &Arguments) -> anyhow::Result<Session> {
    let path = &arguments.path;
    let Some(tool) = arguments.tool.or_else(|| attune_import::looks_like(path)) else {
        ensure!(path.exists(), "{}: there is nothing of this name", path.display());
        bail!(
            "{}: it does not say whose session it is; name the tool with --tool ({})",
            path.display(),
            Tool::ALL.map(Tool::name).join(", ")
        );
    };
    let options = attune_import::Options { redact: !arguments.no_redact, project: None };
    let import = Import::new(tool, std::slice::from_ref(path), options)?;
    let mut names: Vec<String> = Vec::new();
    let mut only: Option<Session> = None;
    for session in import {
        let session = session?;
        match &arguments.session {
            Some(wanted) if *wanted == session.id => return Ok(session),
            _ => names.push(session.id.clone()),
        }
        only.get_or_insert(session);
    }
    const SHOWN_MAX: usize = 5;
    let shown: Vec<&str> = names.iter().take(SHOWN_MAX).map(String::as_str).collect();
    let more = if names.len() > SHOWN_MAX { ", …" } else { "" };
    let all = format!("{}{more}", shown.join(", "));
    match (only, &arguments.session) {
        (_, Some(wanted)) => bail!("--session {wanted}: {} has {all}", path.display()),
        (Some(session), None) if names.len() == 1 => Ok(session),
        (_, None) => bail!(
            "{}: there are {} sessions; choose one with --session: {all}",
            path.display(),
            names.len()
        ),
    }
}
