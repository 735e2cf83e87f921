//! Simulation of the coherence protocol.
//!
//! - [`scenario`]: what to simulate, as read from YAML.
//! - [`engine`]: the simulator on the protocol core.
//! - [`handoff`]: tasks too long for one context, handed from generation to generation.
//! - [`published`]: the simulator published with the Token Coherence paper, rule by rule,
//!   quirks and defects included. It shares nothing with the engine but the ledger's shape.
//! - [`predict`]: expected token costs of the published workload in closed form.
//! - [`replay`]: a recorded trace, step by step on the protocol core.
//! - [`rerun`]: recorded accesses of real agents, under every strategy.
//! - [`workload`]: workloads fitted to recorded sessions, and sessions made up from them.
//! - [`money`]: what prompts cost, with and without a provider's cache.
//! - [`sweep`]: one scenario at many settings of its parameters.
//! - [`lease`]: how long a write lease must be.
//! - [`compression`]: what compression buys between agents.
//! - [`wire`]: bytes on the wire, beside tokens.
//! - [`ledger`]: the token ledger, the one shape that both simulators fill in.

pub mod compression;
pub mod engine;
pub mod handoff;
pub mod lease;
pub mod ledger;
pub mod money;
pub mod predict;
pub mod published;
pub mod replay;
pub mod reproduce;
pub mod rerun;
pub mod results;
pub mod scenario;
pub mod stats;
pub mod sweep;
pub mod wire;
pub mod workload;
