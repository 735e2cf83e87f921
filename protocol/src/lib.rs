//! The coherence protocol: what an authority and its agents do to keep copies of shared
//! artifacts coherent, as two pure state machines.
//!
//! # Contract
//!
//! Nothing here does I/O, reads a clock, draws a random number or starts a thread; the crate's
//! manifest has no dependency that could. A transition takes a state, a message and `now`, and
//! gives the next state and what to send. The simulator, the model checker and the coordinator
//! call the same functions; none of them writes a transition a second time.
//!
//! - [`Line`]: the authority's record of one artifact (its *directory entry*).
//! - [`Entry`]: one agent's *cache entry* for one artifact.
//! - [`ToLine`], [`ToAgent`]: the messages between the two, each with the version and the epoch
//!   that it speaks of.
//! - [`lineage`]: a task that is handed from one agent to its successor.
//! - [`Rules`], [`Strategy`]: what differs between strategies, as data.
//! - [`Rule`]: what is the same under all of them, each rule by name.
//! - [`invariants`]: the promises, as plain functions that every driver calls.
//!
//! # What a driver owes
//!
//! 1. **Time.** `now` never goes back at one line, or at one agent. Clocks of different agents
//!    need not agree: leases are judged by the line alone.
//! 2. **Fresh request ids.** Per agent and artifact they only grow, also across a crash of the
//!    agent ([`RequestId`]).
//! 3. **One request at a time** per entry: start the next after the answer. If none comes,
//!    send the same message again, unchanged, as often as it takes.
//! 4. **Deadlines.** Call [`Line::expire`] when [`Line::deadline`] has passed, so that waiting
//!    claims and orphaned leases move on. Forgetting it costs liveness, never safety: each
//!    transition checks the deadline first.
//! 5. **A crash** of an agent is `Entry::default()`: no copy survives it. A crash of the
//!    authority keeps the line. Make each [`Record`] of what it is given durable, then
//!    [`Recorded::apply`] it, then send what it says; take a snapshot now and then. After a
//!    crash, [`Recorded::recover`] gives the very same line; what it had not sent is like any
//!    lost message, and `now` goes on from the last record.
//! 6. **Messages** may be lost, repeated, reordered and late without limit. What must not
//!    happen is that one is altered.
//!
//! # Sources
//!
//! The states and operations are those of the Token Coherence paper, sections 4 and 5. Where this
//! protocol departs from it (epochs, base versions, acknowledgements, exclusive claims that wait)
//! the item's documentation says why.

pub mod invariants;
pub mod lineage;

mod agents;
mod discipline;
mod entry;
mod ids;
mod line;
mod log;
mod message;
mod rename;
mod rules;

pub use agents::{AgentSet, Bitset, Sparse, Word};
pub use discipline::{Discipline, Rule, Strict};
pub use entry::{Entry, Event, Handled, Miss, NotOwner, Read, State};
pub use ids::{AgentId, Epoch, RequestId, Tick, Version};
pub use line::{Accepted, Claim, Hold, Line, Pass};
pub use log::{Gap, Input, Record, Recorded, Sequence};
pub use message::{Ask, Refusal, Tell, ToAgent, ToLine};
pub use rename::Names;
pub use rules::{AtCommit, AtTick, AtUpgrade, Expiry, Rules, Strategy};
