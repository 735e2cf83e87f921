//! `attune import`.

use super::progress_bar;
use crate::output::{Target, TextOrJson, on_one_line};
use anyhow::{Context, bail};
use attune_import::{FileReport, Import, Options, Report, Tool};
use attune_trace::access::{Header, Writer};
use serde::Serialize;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune import claude-code ~/.claude/projects/my-project -o trace.jsonl
  attune import codex ~/.codex/sessions -o trace.jsonl --report
  attune import swe-agent trajectories/ > trace.jsonl

Tools: claude-code, codex, opencode, gemini, swe-agent, langgraph, jsonl, messages. Where their files are, and
what counts as a read and a write, is in docs/importing.md; the trace in docs/trace-format.md.
Contents are not in it, and what looks like a secret in a name is taken out. Records that are not
understood are skipped and counted. Exit status: 0 done, 2 nothing could be imported.")]
pub struct Arguments {
    /// The tool whose sessions they are.
    #[arg(value_parser = tool, value_name = "TOOL")]
    tool: Tool,
    /// Files, or folders that are looked through.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write the trace to this file instead of standard output; as Parquet if it ends so.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
    /// Say of each file what was read, what was skipped, and why.
    #[arg(long)]
    report: bool,
    /// Leave in what looks like a secret.
    #[arg(long)]
    no_redact: bool,
    /// The project of all these sessions, instead of one per folder: sessions of one project from
    /// several machines or working copies then share artifacts.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// How what was read is told; json needs --out.
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
}

/// What was read, as JSON shows it.
#[derive(Serialize)]
struct Summary<'a> {
    tool: &'a str,
    records_read: u64,
    records_skipped: u64,
    sessions: u64,
    sessions_without_accesses: u64,
    agents: u64,
    reads: u64,
    writes: u64,
    failed: u64,
    without_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<&'a [FileReport]>,
}

pub fn tool(name: &str) -> Result<Tool, String> {
    let names = Tool::ALL.map(Tool::name).join(", ");
    Tool::named(name).ok_or_else(|| format!("the tools are {names}"))
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let tool = arguments.tool;
    if arguments.format == TextOrJson::Json && arguments.out.is_none() {
        bail!(
            "--format json tells what was read on standard output, where the trace goes; name a file with --out"
        );
    }
    let is_parquet = |path: &Path| path.extension().is_some_and(|end| end == "parquet");
    let options = Options { redact: !arguments.no_redact, project: arguments.project.clone() };
    let mut import = Import::new(tool, &arguments.paths, options)?;
    let command = format!("attune import {}", tool.name());
    let header = Header::new(tool.name(), Import::tokenizer(tool), &command);
    if let Some(out) = arguments.out.as_deref().filter(|out| import.reads(out)) {
        bail!(
            "--out {}: this file is among those that are read; write to another place",
            out.display()
        );
    }
    let out = Target::open(arguments.out.as_deref())?;
    match &arguments.out {
        Some(path) if is_parquet(path) => parquet::write(&mut import, &header, out)?,
        _ => lines(&mut import, &header, out)?,
    }
    tell(arguments, import.report())
}

fn lines(import: &mut Import, header: &Header, out: Target) -> anyhow::Result<()> {
    let mut writer = Writer::new(BufWriter::new(out), header)?;
    each_access(import, |access| Ok(writer.access(access)?))?;
    let out = writer.finish()?.into_inner().map_err(|error| error.into_error())?;
    Ok(out.finish()?)
}

fn each_access(
    import: &mut Import,
    mut each: impl FnMut(&attune_trace::access::Access) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let bar = progress_bar(import.remaining() as u64);
    bar.set_message("sessions");
    for session in import.by_ref() {
        session?.accesses().try_for_each(&mut each)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

#[cfg(feature = "report")]
mod parquet {
    use super::{Target, each_access};
    use attune_import::Import;
    use attune_report::access::Writer;
    use attune_trace::access::Header;

    pub(super) fn write(import: &mut Import, header: &Header, out: Target) -> anyhow::Result<()> {
        let mut writer = Writer::new(out, header)?;
        each_access(import, |access| Ok(writer.access(access)?))?;
        Ok(writer.finish()?.finish()?)
    }
}

#[cfg(not(feature = "report"))]
mod parquet {
    use super::Target;
    use attune_import::Import;
    use attune_trace::access::Header;

    pub(super) fn write(_: &mut Import, _: &Header, _: Target) -> anyhow::Result<()> {
        anyhow::bail!(
            "--out: Parquet needs an attune built with --features report; or write JSON lines: \
             --out trace.jsonl"
        )
    }
}

fn tell(arguments: &Arguments, report: &Report) -> anyhow::Result<()> {
    let summary = Summary {
        tool: arguments.tool.name(),
        records_read: report.records_read(),
        records_skipped: report.records_skipped(),
        sessions: report.sessions,
        sessions_without_accesses: report.sessions_without_accesses,
        agents: report.agents,
        reads: report.reads,
        writes: report.writes,
        failed: report.failed,
        without_tokens: report.without_tokens,
        files: arguments.report.then_some(&report.files),
    };
    if arguments.format == TextOrJson::Json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &summary).map_err(std::io::Error::from)?;
        return Ok(out.write_all(b"\n").and_then(|()| out.flush())?);
    }
    // The trace may be on standard output.
    let mut out = std::io::stderr().lock();
    out.write_all(text(&summary, arguments.out.as_deref()).as_bytes()).context("standard error")
}

fn text(summary: &Summary, out: Option<&Path>) -> String {
    let Summary { failed, without_tokens, .. } = summary;
    let mut text = String::new();
    for file in summary.files.unwrap_or_default() {
        let path = file.path.display().to_string();
        text += &format!("{}: {} read\n", on_one_line(&path), counted(file.read, "record"));
        if let Some(line) = file.not_utf8_line {
            text +=
                &format!("  bytes that are no UTF-8 were read as U+FFFD (first in line {line})\n");
        }
        if let Some(line) = file.truncated_line {
            text += &format!("  ends within line {line}: it was still being written\n");
        }
        for (why, skipped) in &file.skipped {
            let first = if skipped.count == 1 { "" } else { "the first " };
            let (count, place) = (skipped.count, skipped.first);
            let why = on_one_line(why);
            text += &format!("  {count} skipped: {why} ({first}at {place})\n");
        }
    }
    text += &format!(
        "{} of {}: {}, {} ({failed} of them failed, {without_tokens} of unknown size); {} read, {} \
         skipped\n",
        counted(summary.sessions, "session"),
        counted(summary.agents, "agent"),
        counted(summary.reads, "read"),
        counted(summary.writes, "write"),
        counted(summary.records_read, "record"),
        summary.records_skipped
    );
    if summary.reads + summary.writes == 0 {
        text += "no access was found; --report says what was skipped\n";
    }
    text + &out.map_or(String::new(), |path| {
        format!("trace: {}\n", on_one_line(&path.display().to_string()))
    })
}

pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
