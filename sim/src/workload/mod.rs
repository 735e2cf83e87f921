//! Workloads fitted to recorded sessions, and sessions made up from them.
//!
//! The coherence paper's workload is uniform: each agent acts with one probability, on any artifact
//! alike. Recorded sessions are nothing like that (`docs/workloads.md`). Here a session is a process,
//! one access after the other, and [`Model`] is its parameters as data:
//!
//! 1. *Whose turn*: the agent goes on, or another takes over. One agent leads, others help, and each
//!    of the two roles has parameters of its own.
//! 2. *Which artifact*: the same again (locality), one that is new to the agent (the process of Pitman
//!    and Yor, from which Zipf's law follows), or an earlier one, by how often and how long ago it was
//!    touched.
//! 3. *Read or write*: by what the agent did with the artifact before; some artifacts are never
//!    written.
//! 4. *What of it*: whole or in part, the same lines or others; sizes are lognormal, or as observed
//!    where that is rejected.
//! 5. *When*: seconds, and calls of the model in bursts.
//!
//! `observe` reads the parameters' evidence off a session as the replay ([`crate::rerun`]) sees it,
//! `fit` makes parameters of it, `generate` draws sessions. What both sides of that need to know of a
//! session's past is in `history`, so that a probability is of the same thing when it is fitted and
//! when it is drawn; that what is drawn is fitted to the same parameters is tested (`recovery`). The
//! made-up sessions are access traces: they go through the same replay as the real ones, and `judge`
//! compares what comes of it, on sessions that were kept apart (`split`). `uniform` is the paper's
//! workload of the same size, judged beside it. `tick` is as much of it as the tick engine can take.
//!
//! # What can make it wrong
//!
//! - A session is taken for a process whose next step depends on the few things named above. Habits
//!   that last longer (an agent that reads everything in parts, a task that returns to one file all
//!   day) are not in it, beyond the length of a session (`kinds`).
//! - Sessions are independent: nothing is shared between them, so a replay across sessions
//!   (`--across`) is not what this predicts.
//! - The agents do not react to what a strategy gives them, as in the replay.
//! - An artifact's size is drawn once; who reads it in part is told its size all the same.

mod calibrate;
pub(crate) mod draw;
mod file;
mod fit;
mod generate;
mod history;
mod judge;
mod kinds;
pub(crate) mod law;
mod model;
mod observe;
#[cfg(test)]
mod recovery;
mod sources;
pub(crate) mod split;
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
