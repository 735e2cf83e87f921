//! What can be wrong with a sweep.

use crate::scenario::ScenarioErrors;
use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error("{}: cannot be read", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("{}: not a sweep file (docs/sweeps.md has an example)", file.display())]
    Syntax { file: PathBuf, source: serde_yaml::Error },
    /// The base scenario by itself is not a scenario.
    #[error("{0}")]
    Base(ScenarioErrors),
    #[error("{}: {what}", file.display())]
    Field { file: PathBuf, what: String },
    #[error("{}: vary: {parameter}: {what}", file.display())]
    Axis { file: PathBuf, parameter: String, what: String },
    /// The values of a point do not make a scenario.
    #[error("{file}: point {point} ({settings}): {what}")]
    Point { file: String, point: usize, settings: String, what: String },
    #[error(
        "{file}: point {point} ({settings}): a promise of the protocol was broken: {failure}\n\
         print its scenario with --show-point {point}"
    )]
    Broken { file: String, point: usize, settings: String, failure: String },
    /// It was asked to stop.
    #[error("stopped")]
    Stopped,
    #[error("{}: cannot be written; what was computed before is kept", file.display())]
    Unwritable { file: PathBuf, source: io::Error },
    #[error("{}: {what}", file.display())]
    Parts { file: PathBuf, what: String },
}
