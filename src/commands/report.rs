//! `attune report`.

#[cfg(feature = "report")]
use std::path::Path;
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

    if let Some(out) = arguments.out.as_deref()
        && is_a_result(out, &arguments.results)
    {
        anyhow::bail!(
            "--out {}: this file is among the results; write to another, such as report.html",
            out.display()
        );
    }
    let page = attune_report::page(&arguments.results)?;
    let mut out = Target::open(arguments.out.as_deref())?;
    let name =
        arguments.out.as_deref().map_or("standard output".into(), |path| path.to_string_lossy());
    out.write_all(page.as_bytes())
        .and_then(|()| out.finish())
        .with_context(|| format!("{name}: cannot write there"))
}

/// Whether the file is there, below the results, and not an older page.
#[cfg(feature = "report")]
fn is_a_result(out: &Path, results: &Path) -> bool {
    let (Ok(out), Ok(results)) = (out.canonicalize(), results.canonicalize()) else { return false };
    let is_page = out.extension().is_some_and(|end| end == "html" || end == "htm");
    out.is_file() && !is_page && results.is_dir() && out.starts_with(results)
}
