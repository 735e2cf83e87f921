//! Scenarios: what to simulate.
//!
//! A scenario file is YAML in the format of the published simulator, extended with what the
//! protocol engine can model beyond it. `docs/scenario-format.md` documents every field.
//!
//! Reading goes through three steps, each of which knows nothing of the next:
//!
//! 1. `yaml`: text to a tree whose every node knows its line and column;
//! 2. `reader`: one field out of the tree, checked against the table of [`fields`];
//! 3. `parse`: the whole scenario, field by field, collecting every mistake of the file.
//!
//! A file with one mistake and a file with twenty are treated alike: all of them come back
//! together, in the order of the lines ([`ScenarioErrors`]).

use std::fs::File;
use std::io::Read;
use std::path::Path;

mod defaults;
mod duration;
mod errors;
pub mod fields;
mod handoff;
mod numbers;
mod parse;
mod reader;
mod suggest;
mod types;
mod write;
mod yaml;

pub use errors::{Mistake, Place, Problem, ScenarioErrors};
pub use handoff::Handoff;
pub use types::{
    Activity, Artifact, Bursts, ContextModel, Faults, KeepBy, Network, Pattern, ProtocolSettings,
    SIZE_FACTOR_MAX, Scenario, Ticks, Workload,
};

/// Larger files are refused before they are read: a scenario with every artifact listed stays
/// well below.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

impl Scenario {
    /// Reads a scenario from YAML text. `file_name` is only for the error messages.
    pub fn from_yaml(text: &str, file_name: &str) -> Result<Scenario, ScenarioErrors> {
        if text.len() > FILE_BYTES_MAX {
            return Err(ScenarioErrors::whole_file(file_name, Problem::TooLarge));
        }
        yaml::Tree::parse(text)
            .map_err(|mistake| vec![*mistake])
            .and_then(|tree| parse::scenario(&tree))
            .map_err(|mistakes| ScenarioErrors::new(file_name, text, mistakes))
    }

    /// Reads a scenario file.
    pub fn read(path: &Path) -> Result<Scenario, ScenarioErrors> {
        let file_name = path.display().to_string();
        let fail = |problem| Err(ScenarioErrors::whole_file(&file_name, problem));
        if path.is_dir() {
            return fail(Problem::Directory);
        }
        let mut bytes = Vec::new();
        // One byte more than allowed tells a file of the limit's size from an endless one.
        let limit = FILE_BYTES_MAX as u64 + 1;
        let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
        if let Err(error) = read {
            return fail(Problem::Unreadable(error.to_string()));
        }
        match std::str::from_utf8(&bytes) {
            _ if bytes.len() > FILE_BYTES_MAX => fail(Problem::TooLarge),
            Ok(text) => Scenario::from_yaml(text, &file_name),
            Err(error) => fail(Problem::NotUtf8 { bytes_before: error.valid_up_to() }),
        }
    }

    /// Writes the scenario as a file that [`Scenario::from_yaml`] reads back to an equal one:
    /// defaults spelled out, older spellings and `count` resolved.
    pub fn to_yaml(&self) -> String {
        write::yaml(self)
    }

    /// Whether there are more pairs of agent and artifact than are held as arrays.
    pub fn is_sparse(&self) -> bool {
        u64::from(self.agents) * self.artifacts.len() as u64 > fields::DENSE_PAIRS_MAX
    }

    /// The write probability as clamped by the workload.
    pub fn clamped_write_probability(&self) -> f64 {
        let w = self.write_probability;
        match self.workload {
            Workload::ReadHeavy => w.min(0.2),
            Workload::WriteHeavy => w.max(0.7),
            Workload::ParallelEditing => w.max(0.5),
            Workload::LargeArtifactReasoning => w.min(0.3),
            Workload::Custom => w,
        }
    }
}
