//! `attune handoff`: what an agent hands on to its successor.

mod extract;
mod measure;

use crate::output::Target;
use std::io::Write;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune handoff extract ~/.claude/projects/my-project/SESSION.jsonl --budget 2KiB
  attune handoff extract session.traj --format json -o dna.json
  attune handoff schema
  attune handoff measure sessions/*.jsonl

What a DNA is, and how it is extracted, is in docs/handoff.md;
what is measured, in docs/recall.md.")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Extract from a session what a successor needs to go on, within a budget of bytes.
    Extract(extract::Arguments),
    /// Print the JSON Schema of a DNA.
    Schema,
    /// Say how much of a session a handoff preserves, beside what else could be kept.
    Measure(measure::Arguments),
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.command {
        Command::Extract(arguments) => extract::run(arguments),
        Command::Schema => {
            let mut out = Target::open(None)?;
            out.write_all(attune_handoff::SCHEMA.as_bytes())?;
            Ok(out.finish()?)
        }
        Command::Measure(arguments) => measure::run(arguments),
    }
}
