//! `attune codec train`: dictionaries from messages.

use super::read;
use crate::output::Target;
use anyhow::Context;
use attune_sim::compression::{self, DICTIONARY_BYTES, Dictionaries, Training};
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune codec train messages.jsonl -o mine.attd
  attune codec encode --dictionaries mine.attd < message > frame

The same messages give the same bytes. What the dictionaries save is said of sessions that were kept
apart for that; unless --keep-apart is given they are then trained on all. Exit status: 0 done, 2 the
messages cannot be read or are too few.")]
pub struct Arguments {
    /// Files of messages.
    #[arg(required = true, value_name = "MESSAGES")]
    files: Vec<PathBuf>,
    /// Write the dictionaries to this file.
    #[arg(long, short = 'o', value_name = "F")]
    out: PathBuf,
    /// Content of the dictionaries of all types together, KiB.
    #[arg(long, value_name = "KIB", default_value_t = DICTIONARY_BYTES / 1024, value_parser = size)]
    size: usize,
    /// Of two sets that both ends know, that with the higher version is used.
    #[arg(long, value_name = "N", default_value_t = 1)]
    set_version: u32,
    /// Train without the sessions that are kept apart for measuring.
    #[arg(long)]
    keep_apart: bool,
}

fn size(text: &str) -> Result<usize, String> {
    let size = text.parse().map_err(|_| "a whole number of KiB".to_string())?;
    if (1..=1024).contains(&size) { Ok(size) } else { Err("from 1 to 1024 KiB".to_string()) }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let corpus = compression::Corpus { name: "all".to_string(), messages: read(&arguments.files)? };
    let training = Training {
        bytes: arguments.size << 10,
        version: arguments.set_version,
        keep_apart: arguments.keep_apart,
    };
    // Before the work, so that a file that cannot be written costs none.
    let mut out = Target::open(Some(&arguments.out))?;
    let trained = training.train(&corpus)?;
    let set: &Dictionaries = &trained.dictionaries;
    out.write_all(set.to_file())?;
    out.finish()?;
    let saved =
        trained.saved.map_or("too few sessions to say what they save".to_string(), |saved| {
            format!("{saved:.1} % saved, message by message, on sessions kept apart")
        });
    writeln!(
        std::io::stdout(),
        "{}: number {}, version {}, {}\n{} bytes, trained on {} messages; {saved}",
        arguments.out.display(),
        set.id(),
        set.version(),
        set.hash(),
        set.to_file().len(),
        trained.messages
    )
    .context("standard output")?;
    Ok(())
}
