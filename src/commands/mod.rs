//! One module per subcommand.

pub mod calibrate;
pub mod check;
pub mod codec;
pub mod handoff;
pub mod import;
pub mod lease;
pub mod predict;
pub mod replay;
pub mod report;
pub mod reproduce;
pub mod simulate;
pub mod sweep;
pub mod synthesize;

use attune_sim::scenario::Scenario;
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt;
use std::path::PathBuf;

/// Something that was checked does not hold; the command itself worked.
#[derive(Debug)]
pub struct CheckFailed(pub String);

impl fmt::Display for CheckFailed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CheckFailed {}

/// The command was stopped, or a limit reached, before the end; nothing was found until then.
#[derive(Debug)]
pub struct CutShort(pub String);

impl fmt::Display for CutShort {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CutShort {}

/// Reads all scenario files; the mistakes of all of them are reported together.
fn read_scenarios(paths: &[PathBuf]) -> anyhow::Result<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    let mut mistakes = Vec::new();
    for path in paths {
        match Scenario::read(path) {
            Ok(scenario) => scenarios.push(scenario),
            Err(errors) => mistakes.push(errors.to_string()),
        }
    }
    if mistakes.is_empty() {
        Ok(scenarios)
    } else {
        anyhow::bail!("{}", mistakes.join("\n\n").trim_end())
    }
}

/// A bar on a terminal; nothing in a pipe.
fn progress_bar(steps: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    let style = ProgressStyle::with_template("{wide_msg} {bar:30} {pos}/{len} {eta}");
    bar.set_style(style.expect("the template is well formed"));
    bar
}

/// Fails, with what differs, if a folder is not what `command` would write there now.
#[cfg(feature = "report")]
fn check_results(
    document: &attune_report::Document,
    folder: &std::path::Path,
    manifest: &attune_report::Manifest,
    command: &str,
) -> anyhow::Result<()> {
    let differences = attune_report::compare(document, folder, manifest)?;
    let folder = folder.display();
    if differences.is_empty() {
        notice!("{folder} is what a fresh run gives");
        return Ok(());
    }
    let lines: Vec<String> = differences.iter().map(|each| format!("  {each}")).collect();
    Err(anyhow::Error::new(CheckFailed(format!(
        "{folder} is not what a fresh run gives:\n{}\nIf the change is meant, run `{command}` and \
         commit the result",
        lines.join("\n")
    ))))
}
