//! `attune reproduce`.

#[cfg(feature = "report")]
mod document;

use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune reproduce
  attune reproduce --check
  attune reproduce --seeds 100 --out /tmp/quick

Exit status: 0 done, 1 --check found a difference or a promise was broken, 2 misuse.")]
pub struct Arguments {
    /// Where the report, the tables and the figures go.
    #[arg(long, default_value = "results", value_name = "DIR")]
    out: PathBuf,
    /// Write nothing; say what in DIR differs from a fresh result.
    #[arg(long)]
    check: bool,
    /// Seeds per experiment.
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    seeds: u32,
    /// Prices for the prompt-caching model, instead of sim/data/prices.yaml.
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
}

#[cfg(not(feature = "report"))]
pub fn run(_: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!(
        "this attune was built without the report; use `make reproduce`, or build it with \
         `cargo build --release --features report`"
    )
}
