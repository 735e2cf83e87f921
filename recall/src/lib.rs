//! What a handoff preserves: questions made mechanically from a recorded session before its handoff
//! (MASC, sections 2.2 and 3.2, asks twenty of people), with answers found in the record, and
//! answered by rules from a text alone: the handoff's, or what a baseline keeps.
//!
//! 1. [`Handoff::find`] cuts a session where it was handed on, or at a made-up place.
//! 2. [`questions`] asks about what happened before; each [`Question`] has candidates of one sort,
//!    all from this session, and says whether the answer was needed again afterwards.
//! 3. [`Reader`] answers from a text, the same way for every text. [`Question::score`] corrects for
//!    guessing: 1 right, 0 on average for a guess, less for a wrong answer.
//! 4. [`measure`](measure::measure) does it for every [`Method`] at every budget, with
//!    [controls](control) that say what the matcher itself can and cannot see.
//!
//! Nothing here knows how a handoff is extracted, nor may it (`tests/tidy.rs`): whoever knew the
//! questions could answer them. What could make the figures wrong is said in `docs/recall.md`.

mod ask;
pub mod baseline;
pub mod control;
mod cue;
mod fetch;
mod handoff;
mod matcher;
pub mod measure;
mod part;
mod question;
mod record;
mod statement;
mod transcript;
mod used;
mod word;

pub use ask::questions;
pub use fetch::{Fetch, fetch};
pub use handoff::{Cut, Handoff};
pub use matcher::{Reader, Reply};
pub use measure::Method;
pub use part::Part;
pub use question::{Candidate, Form, Kind, Question};
pub use transcript::transcript;
