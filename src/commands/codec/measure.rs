//! `attune codec measure`: what compression buys, as tables.

#[cfg(feature = "report")]
mod document;
#[cfg(feature = "report")]
mod tokens;

use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune codec measure
  attune codec measure --check
  attune codec measure messages.jsonl -o compression/
  attune codec measure a.jsonl b.jsonl --envelope -o within-json-rpc/

Without files it measures the repository's own corpus and made-up messages. Sessions are kept apart:
dictionaries are trained on some and measured on others. If there are several sources, each is also
measured whole with dictionaries of all the others. Exit status: 0 done, 1 --check found a
difference, or something did not come back as it was, 2 misuse.")]
pub struct Arguments {
    /// Files of messages, a source each or several.
    #[arg(value_name = "MESSAGES")]
    files: Vec<PathBuf>,
    /// Where the report and the tables go [default: results/compression without files].
    #[arg(long, short = 'o', value_name = "DIR")]
    out: Option<PathBuf>,
    /// Measure each message as an agent would send it: within JSON-RPC.
    #[arg(long)]
    envelope: bool,
    /// Write nothing; say what in DIR differs from a fresh result.
    #[arg(long)]
    check: bool,
}

#[cfg(not(feature = "report"))]
pub fn run(_: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!(
        "this attune was built without the report: build it with `cargo build --release \
         --features report`"
    )
}

#[cfg(feature = "report")]
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    use super::read;
    use crate::commands::{CheckFailed, check_results, progress_bar};
    use anyhow::{Context, bail};
    use attune_sim::compression::{self, Corpora, Failure};
    use std::fs;
    use std::io::{self, Write};
    use std::path::Path;

    let own = arguments.files.is_empty();
    let out = match &arguments.out {
        Some(out) => out.as_path(),
        None if own && !arguments.envelope => Path::new("results/compression"),
        None if own => bail!("name a folder for these tables with --out"),
        None => bail!("name a folder for the tables of these messages with --out"),
    };
    let mut corpora = match own {
        true => Corpora::own()?,
        false => Corpora::recorded(read(&arguments.files)?),
    };
    if !arguments.check {
        // Before the minutes that measuring takes.
        let cannot = || format!("--out {}: no folder can be there", out.display());
        fs::create_dir_all(out).with_context(cannot)?;
    }
    if arguments.envelope {
        corpora = corpora.in_envelopes();
    }
    let with_repetition = own && !arguments.envelope;
    let bar = progress_bar(if with_repetition { 11 } else { 10 });
    let tell = |part: &str| {
        bar.set_message(part.to_string());
        bar.inc(1);
    };
    let failed = |failure: Failure| match failure.is_broken_promise() {
        true => anyhow::Error::new(CheckFailed(failure.to_string())),
        false => failure.into(),
    };
    let tables = compression::measure(&corpora, tell).map_err(failed)?;
    let repetition = match with_repetition {
        true => {
            tell("repetition");
            Some(compression::repetition().map_err(failed)?)
        }
        false => None,
    };
    tell("tokens");
    let tokens = tokens::table(&corpora);
    bar.finish_and_clear();
    let document = document::document(&corpora, &tables, repetition.as_ref(), tokens);
    let manifest = document::manifest(&corpora);
    if arguments.check {
        return check_results(&document, out, &manifest, "make reproduce-all");
    }
    attune_report::write(&document, out, &manifest)?;
    writeln!(io::stdout(), "Read {}", out.join("REPORT.md").display()).context("standard output")
}
