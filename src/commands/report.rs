//! `attune report`.

use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune report results -o report.html
  attune sweep scenarios/sweeps/agents.yaml --out agents.parquet
  attune report agents.parquet -o agents.html

Exit status: 0 done, 2 there is nothing to show, or it cannot be read.")]
pub struct Arguments {
    /// A folder with results: what `attune reproduce` wrote, or any with tables and figures
    /// (.csv, .parquet, .json, .svg); or one such file.
    #[arg(value_name = "DIR")]
    results: PathBuf,
    /// Write the page to this file; without it, to standard output.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
}

#[cfg(not(feature = "report"))]
pub fn run(_: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!(
        "this attune was built without the report; build it with \
         `cargo build --release --features report`"
    )
}

#[cfg(feature = "report")]
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    use crate::output::Target;
    use anyhow::Context;
    use std::io::Write;

    let page = attune_report::page(&arguments.results)?;
    let mut out = Target::open(arguments.out.as_deref())?;
    let name =
        arguments.out.as_deref().map_or("standard output".into(), |path| path.to_string_lossy());
    out.write_all(page.as_bytes())
        .and_then(|()| out.finish())
        .with_context(|| format!("{name}: cannot write there"))
}
