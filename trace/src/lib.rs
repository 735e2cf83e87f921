//! What happened, as data: the events of a run, exact enough to be replayed step by step; and in
//! [`access`], what agents did outside of it. [`open`] tells the two kinds of trace apart.
//!
//! # Format
//!
//! JSON, one object per line (`docs/trace-format.md` has every field):
//!
//! 1. [`Header`]: the format's version, the kind of trace, how many agents and artifacts, the
//!    rules, and what made the trace.
//! 2. [`Event`], any number of times: an [`Action`], its [`Outcome`], and what it touched as it
//!    is [`After`] it. Messages are there in full, so that each line can be understood and
//!    checked without the ones before it.
//! 3. [`End`], as `{"end": …}`: why the trace ends there, and the state of everything.
//!
//! # How a trace is made, and what it is good for
//!
//! A [`Machine`] takes actions, lets the protocol core do them and gives the events; a
//! [`Recorder`] writes them down as well. A replay gives the actions of a trace to a machine
//! again and compares. So a trace found by a model checker is shown to be one of the protocol
//! itself, and a run that somebody sends in can be looked at step by step.
//!
//! [`mod@reference`] says what must hold at each step. [`text`] has all of it in words.

pub mod access;
mod artifact;
mod authority;
mod caught;
pub mod diagram;
mod event;
mod header;
mod how;
mod judge;
mod lines;
mod machine;
mod mutant;
mod open;
mod read;
pub mod reference;
pub mod text;
mod view;
mod write;

pub use caught::{caught, without_panic};
pub use event::{Action, After, Event, Outcome};
pub use header::{FORMAT, Header, Kind, Origin, RulesForm};
pub use judge::{Judge, Judged};
pub use machine::{Impossible, Machine};
pub use mutant::{Defect, Duty, Mutant, UnknownDefect};
pub use open::{Opened, kind_of, open};
pub use read::{ReadError, Reader, Record};
pub use view::{End, EntryView, LineView, Verdict};
pub use write::{RecordError, Recorder, Writer};
