//! Workloads fitted to recorded sessions.

mod calibrate;
mod draw;
mod file;
mod fit;
mod generate;
mod history;
mod judge;
mod kinds;
mod law;
mod model;
mod observe;
#[cfg(test)]
mod recovery;
mod sources;
mod split;
mod tally;
mod tick;
mod uniform;

pub use calibrate::{Calibration, Options, Seen, Source, calibrate};
pub use file::{BadWorkload, Workload};
pub use fit::{Method, Parameter};
pub use generate::{made_up, session};
pub use judge::{Best, Compared, Judgement};
pub use model::Model;
pub use sources::collect;
pub use tally::Measure;
