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

#[cfg(feature = "report")]
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    use super::CheckFailed;
    use anyhow::Context;
    use attune_sim::reproduce::{Effort, Prices, Verdict, reproduce};
    use std::io::Write;

    let prices = match &arguments.prices {
        None => Prices::built_in(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("--prices {}: cannot be read", path.display()))?;
            Prices::from_yaml(&text, &path.display().to_string())?
        }
    };
    let bar = super::progress_bar(7);
    let reproduction = reproduce(Effort { seeds: arguments.seeds }, &prices, |part| {
        bar.set_message(part.to_string());
        bar.inc(1);
    })
    .map_err(|failure| CheckFailed(format!("a promise was broken: {failure}")))?;
    bar.finish_and_clear();

    let document = document::document(&reproduction, arguments.seeds);
    let manifest = document::manifest(arguments.seeds);
    if arguments.check {
        return super::check_results(&document, &arguments.out, &manifest, "make reproduce");
    }
    attune_report::write(&document, &arguments.out, &manifest)?;
    let count = |verdict| reproduction.figures.iter().filter(|row| row.verdict == verdict).count();
    writeln!(
        std::io::stdout(),
        "{} printed figures: {} exact, {} differ, each with its cause. Read {}",
        count(Verdict::Exact) + count(Verdict::Differs),
        count(Verdict::Exact),
        count(Verdict::Differs),
        arguments.out.join("REPORT.md").display()
    )
    .context("standard output")
}
