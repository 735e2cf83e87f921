//! The simulator published with the Token Coherence paper, rule by rule.
//!
//! The paper's figures (Tables 1 to 5, the volatility cliff, the pointer table) come from one
//! tick simulator. This is a replica of it: the same draws from the same generator in the same
//! order, so the same counters. It exists to reproduce what was printed, and [`figures`] does.
//!
//! Its quirks and defects are kept, because the printed figures depend on them. **Nothing else
//! may inherit them**: no other module calls into this one for behaviour, and this one calls
//! neither the engine nor the protocol. Each is marked where it happens in the code.
//!
//! Quirks:
//! 1. Under `always_read` a valid entry is charged as a miss but not refreshed (`action.rs`).
//! 2. A write marks its peers invalid in the directory at once; their caches learn of it only
//!    when the message arrives (`action.rs`).
//! 3. The hit rate is hits per read: misses by writes are in no rate (`report.rs`).
//!
//! Defects:
//! 1. An arriving invalidation does not compare versions: an older one kills a newer copy
//!    (`message.rs`).
//! 2. An arriving update leaves the pending mark in place, so the directory later drops a
//!    receiver that holds a valid copy; further writes do not reach it, and it reads stale
//!    content. The bound violations reported for *eager* come from this, not from eager
//!    synchronization as such (`message.rs`).
//!
//! What the paper's simulator calls *eager* sends the content at commit: the protocol engine
//! calls that *push*.

mod action;
pub mod figures;
mod message;
pub mod random;
mod report;
mod simulator;
mod state;
mod strategy;
mod supports;

pub use report::Report;
pub use strategy::{Strategy, UnknownStrategy};
pub use supports::{Unsupported, supports};

use crate::scenario::Scenario;

/// One run. Run `r` of a scenario uses the seed `scenario.seed + r`: the caller adds.
///
/// # Panics
///
/// If the scenario has a setting that the published simulator cannot model: ask [`supports`]
/// first.
pub fn run(scenario: &Scenario, strategy: Strategy, seed: i64) -> Report {
    simulator::Simulator::new(scenario, strategy, seed).run()
}
