//! `attune reproduce`.

#[cfg(feature = "report")]
mod document;
#[cfg(feature = "report")]
mod handoff;

use clap::ValueEnum;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune reproduce
  attune reproduce --check
  attune reproduce --seeds 100 --out /tmp/quick
  attune reproduce --paper masc

Exit status: 0 done, 1 --check found a difference or a promise was broken, 2 misuse.")]
pub struct Arguments {
    /// Whose figures: the Token Coherence paper's evaluation, or the handoffs of MASC's (workload 2).
    #[arg(long, value_enum, default_value_t = Paper::TokenCoherence)]
    paper: Paper,
    /// Where the report, the tables and the figures go [default: results, or results/handoff].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; say what in DIR differs from a fresh result.
    #[arg(long)]
    check: bool,
    /// Seeds per experiment [default: 1000, or 100 for MASC's].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    seeds: Option<u32>,
    /// Prices for the prompt-caching model, instead of sim/data/prices.yaml.
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Paper {
    TokenCoherence,
    Masc,
}

#[cfg(not(feature = "report"))]
pub fn run(_: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!(
        "this attune was built without the report; use `make reproduce`, or build it with \
         `cargo build --release --features report`"
    )
}

#[cfg(feature = "report")]
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match arguments.paper {
        Paper::TokenCoherence => token_coherence(arguments),
        Paper::Masc => masc(arguments),
    }
}

#[cfg(feature = "report")]
fn token_coherence(arguments: &Arguments) -> anyhow::Result<()> {
    use super::CheckFailed;
    use anyhow::Context;
    use attune_sim::reproduce::{Effort, Prices, Verdict, reproduce};
    use std::io::Write;

    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from("results"));
    let seeds = arguments.seeds.unwrap_or(Effort::default().seeds);
    let prices = match &arguments.prices {
        None => Prices::built_in(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("--prices {}: cannot be read", path.display()))?;
            Prices::from_yaml(&text, &path.display().to_string())?
        }
    };
    let bar = super::progress_bar(7);
    let reproduction = reproduce(Effort { seeds }, &prices, |part| {
        bar.set_message(part.to_string());
        bar.inc(1);
    })
    .map_err(|failure| CheckFailed(format!("a promise was broken: {failure}")))?;
    bar.finish_and_clear();

    let document = document::document(&reproduction, seeds);
    let manifest = document::manifest(seeds);
    if arguments.check {
        return super::check_results(&document, &out, &manifest, "make reproduce");
    }
    attune_report::write(&document, &out, &manifest)?;
    let count = |verdict| reproduction.figures.iter().filter(|row| row.verdict == verdict).count();
    writeln!(
        std::io::stdout(),
        "{} printed figures: {} exact, {} differ, each with its cause. Read {}",
        count(Verdict::Exact) + count(Verdict::Differs),
        count(Verdict::Exact),
        count(Verdict::Differs),
        out.join("REPORT.md").display()
    )
    .context("standard output")
}

#[cfg(feature = "report")]
fn masc(arguments: &Arguments) -> anyhow::Result<()> {
    use super::CheckFailed;
    use anyhow::Context;
    use std::io::Write;

    if arguments.prices.is_some() {
        anyhow::bail!("--prices: there is no money in this paper's handoffs; leave it out");
    }
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from("results/handoff"));
    let seeds = arguments.seeds.unwrap_or(handoff::SEEDS);
    let bar = super::progress_bar(7);
    let tables = attune_sim::handoff::tables(seeds, |part| {
        bar.set_message(part.to_string());
        bar.inc(1);
    })
    .map_err(|failure| CheckFailed(format!("a promise was broken: {failure}")))?;
    bar.finish_and_clear();
    let document = handoff::document(&tables, seeds);
    let manifest = handoff::manifest(seeds);
    if arguments.check {
        return super::check_results(&document, &out, &manifest, "make reproduce-all");
    }
    attune_report::write(&document, &out, &manifest)?;
    writeln!(std::io::stdout(), "Read {}", out.join("REPORT.md").display())
        .context("standard output")
}
