//! `attune codec`: the Compact Protocol on files of messages.

mod bench;
mod frames;
mod generate;
mod measure;
mod messages;
mod train;

use anyhow::{Context, bail};
use attune_sim::compression::{self, Message};
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune codec messages claude-code ~/.claude/projects/my-project -o messages.jsonl
  attune codec measure messages.jsonl -o compression/
  attune codec generate --set repeat_within=0.5 -o made-up.jsonl

A file of messages has a line per message: source, session, seq, role, kind, content. What the codec
is, is in docs/compact-protocol.md.")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Take the messages out of the sessions that agents' tools keep.
    Messages(messages::Arguments),
    /// Make up messages from parameters.
    Generate(generate::Arguments),
    /// Measure what compression buys: tables beside the paper's figures.
    Measure(measure::Arguments),
    /// Compress a message, or one per line.
    Encode(frames::EncodeArguments),
    /// Give back what was compressed.
    Decode(frames::DecodeArguments),
    /// Say how long encoding and decoding take.
    Bench(bench::Arguments),
    /// Train dictionaries on messages.
    Train(train::Arguments),
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.command {
        Command::Messages(arguments) => messages::run(arguments),
        Command::Generate(arguments) => generate::run(arguments),
        Command::Measure(arguments) => measure::run(arguments),
        Command::Encode(arguments) => frames::encode(arguments),
        Command::Decode(arguments) => frames::decode(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Train(arguments) => train::run(arguments),
    }
}

/// The messages of all these files.
fn read(files: &[PathBuf]) -> anyhow::Result<Vec<Message>> {
    let mut messages = Vec::new();
    for path in files {
        let name = path.display().to_string();
        if path.is_dir() {
            bail!("{name}: is a directory; name a file of messages");
        }
        let file = File::open(path).with_context(|| {
            format!("{name}: cannot be opened; attune codec messages makes files of messages")
        })?;
        messages.extend(compression::read(&name, BufReader::new(file))?);
    }
    Ok(messages)
}
