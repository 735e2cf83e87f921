//! `attune synthesize`: sessions made up from a workload, as an access trace.

use super::progress_bar;
use crate::output::Target;
use anyhow::{Context, bail};
use attune_sim::workload::{self, Model, Workload};
use attune_trace::access::{Header, Writer};
use std::fs;
use std::io::BufWriter;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune synthesize workload.yaml --sessions 100 -o made-up.jsonl
  attune replay made-up.jsonl

A workload comes from attune calibrate. The same workload and seed give the same trace; session n is
the same however many there are. Exit status: 0 done, 2 the workload cannot be read.")]
pub struct Arguments {
    /// A workload file.
    #[arg(value_name = "WORKLOAD")]
    workload: PathBuf,
    /// How many sessions; each source and kind as often as it has sessions.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    sessions: u64,
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Only this source of the workload.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Write the trace to this file instead of standard output.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let name = arguments.workload.display().to_string();
    let text = fs::read_to_string(&arguments.workload)
        .with_context(|| format!("{name}: cannot be read; name a workload file"))?;
    let workload = Workload::from_yaml(&text, &name)?;
    let chosen = |model: &&Model| arguments.source.as_ref().is_none_or(|one| *one == model.source);
    let models: Vec<Model> = workload.sources.iter().filter(chosen).cloned().collect();
    if models.is_empty() {
        let mut names: Vec<&str> =
            workload.sources.iter().map(|model| model.source.as_str()).collect();
        names.dedup();
        bail!(
            "--source {}: {name} has {}",
            arguments.source.as_deref().unwrap_or_default(),
            names.join(", ")
        );
    }
    let header = Header::new("synthetic", "made up", "attune synthesize");
    let out = Target::open(arguments.out.as_deref())?;
    let mut writer = Writer::new(BufWriter::new(out), &header)?;
    let bar = progress_bar(arguments.sessions);
    bar.set_message("sessions");
    for number in 0..arguments.sessions {
        for access in workload::made_up(&models, arguments.seed, number).unwrap_or_default() {
            writer.access(&access)?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let out = writer.finish()?.into_inner().map_err(|error| error.into_error())?;
    Ok(out.finish()?)
}
