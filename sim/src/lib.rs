//! Simulation of the coherence protocol.
//!
//! - [`scenario`]: what to simulate, as read from YAML.
//! - [`engine`]: the simulator on the protocol core.
//! - [`published`]: the simulator published with the Token Coherence paper, rule by rule,
//!   quirks and defects included. It shares nothing with the engine but the ledger's shape.
//! - [`predict`]: expected token costs of the published workload in closed form.
//! - [`replay`]: a recorded trace, step by step on the protocol core.
//! - [`ledger`]: the token ledger, the one shape that both simulators fill in.

pub mod engine;
pub mod ledger;
pub mod predict;
pub mod published;
pub mod replay;
pub mod reproduce;
pub mod results;
pub mod scenario;
pub mod stats;
