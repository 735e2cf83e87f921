//! The engine: agents working on shared artifacts in virtual time, on the protocol core.
//!
//! Every decision about a copy is taken by `attune_protocol`; this module is a driver of it. It
//! owns time (ticks), chance (seeded streams), the channels and the agents' behaviour, measures
//! what happens, and checks the protocol's promises while it runs. A broken promise ends the run
//! with a [`Failure`] that names the seed.
//!
//! # One tick
//!
//! 1. Messages that are due are delivered, in the order in which they were sent.
//! 2. Deadlines that have passed are acted upon (waiting claims, orphaned leases).
//! 3. Each agent in turn: crashes or returns, sends an unanswered request again, finishes a
//!    write, or starts new work.
//! 4. Under [`AtTick::Push`](attune_protocol::AtTick::Push), every artifact is sent to everybody.
//! 5. Every 16 ticks, one artifact after the other is checked against all promises. Each copy is
//!    checked whenever it is touched, each decision when it is taken, and everything at the end.
//!
//! An agent does one thing at a time: while it waits for an answer or writes, it starts nothing
//! new. The access sequence of an agent (which artifact, read or write) comes from its own random
//! stream, so it is the same under every strategy, for any number of other agents.
//!
//! # Two channels (paper 5.2)
//!
//! Requests and their answers travel on the control channel, which by default takes no time;
//! invalidations and updates on the event channel, by default one tick. A control channel without
//! latency or loss is settled inside the action, as in the published simulator.
//!
//! # Speed
//!
//! An action costs what its messages cost, some tens of nanoseconds, however many agents there
//! are (`cargo run --release -p attune-sim --example cost`). What makes it so: the directory is a
//! set of bits; what belongs to an artifact lies together, its copies side by side; the protocol's
//! transitions are inlined where the kind of message is known, so that a fetch and its fill are
//! one straight piece of code; and after warm-up a tick allocates nothing but the record of
//! versions.
//!
//! # Very many agents
//!
//! Where there are too many pairs of agent and artifact for arrays, only what was touched is kept
//! (`layout.rs`), and a tick goes through those agents alone that act or have something under way
//! (`few.rs`).
//!
//! # Waiting in line
//!
//! An upgrade that finds the line held is kept by the authority and tried again, first come first
//! served, when the line is free. The agent sees a grant that takes longer.

mod accesses;
mod agent;
mod artifact;
mod behaviour;
mod channel;
mod checks;
mod exchange;
mod few;
mod layout;
mod measure;
mod pair;
mod simulation;
pub(crate) mod streams;

pub use checks::Failure;
pub use measure::{Distribution, Messages, Report, lost_to_expiry};

use crate::scenario::Scenario;
use attune_protocol::{AgentSet, Bitset, Rules, Strategy, Strict, Word};
use layout::{Dense, FewOfMany};
use serde::Serialize;
use simulation::Simulation;
use std::fmt;
use std::str::FromStr;

/// The strategies by name; their parameters come from the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyName {
    Broadcast,
    Eager,
    Lazy,
    Lease,
    AccessCount,
    Push,
}

impl StrategyName {
    pub const ALL: [StrategyName; 6] = [
        StrategyName::Broadcast,
        StrategyName::Eager,
        StrategyName::Lazy,
        StrategyName::Lease,
        StrategyName::AccessCount,
        StrategyName::Push,
    ];

    pub fn name(self) -> &'static str {
        match self {
            StrategyName::Broadcast => "broadcast",
            StrategyName::Eager => "eager",
            StrategyName::Lazy => "lazy",
            StrategyName::Lease => "lease",
            StrategyName::AccessCount => "access_count",
            StrategyName::Push => "push",
        }
    }

    /// The strategy, with the parameters of those that have one: `ttl` ticks for lease, `k` reads
    /// for access count.
    pub fn strategy(self, ttl: u32, k: u16) -> Strategy {
        match self {
            StrategyName::Broadcast => Strategy::broadcast(),
            StrategyName::Eager => Strategy::eager(),
            StrategyName::Lazy => Strategy::lazy(),
            StrategyName::Lease => Strategy::lease(ttl),
            StrategyName::AccessCount => Strategy::access_count(k),
            StrategyName::Push => Strategy::push(),
        }
    }

    /// The protocol's rules for this strategy in a scenario.
    pub fn rules(self, scenario: &Scenario) -> Rules {
        // Documented in the scenario format: larger counts are taken for this one.
        let k = scenario.access_count_k.min(u16::MAX.into()) as u16;
        Rules {
            strategy: self.strategy(scenario.lease_ttl_ticks, k),
            bound_reads: scenario.protocol.bound_reads,
            lease_ticks: scenario.protocol.lease_ticks,
            acknowledgement_ticks: scenario.protocol.acknowledgement_ticks,
            revalidate: scenario.protocol.revalidate,
            discipline: Strict,
        }
    }
}

impl fmt::Display for StrategyName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for StrategyName {
    type Err = String;

    fn from_str(text: &str) -> Result<StrategyName, String> {
        StrategyName::ALL.into_iter().find(|strategy| strategy.name() == text).ok_or_else(|| {
            let names = StrategyName::ALL.map(StrategyName::name).join(", ");
            format!("there is no strategy {text:?}; the protocol engine has {names}")
        })
    }
}

/// Whether the engine can run this: beyond the pairs that are held as arrays, not what would take a
/// step per agent in every tick.
pub fn supports(scenario: &Scenario, strategy: StrategyName) -> Result<(), Unsupported> {
    if !scenario.is_sparse() {
        return Ok(());
    }
    let (agents, artifacts) = (scenario.agents, scenario.artifacts.len());
    if strategy == StrategyName::Broadcast {
        return Err(Unsupported::Broadcast { agents, artifacts });
    }
    if scenario.pattern.bursts.is_some() {
        return Err(Unsupported::Bursts { agents });
    }
    Ok(())
}

/// What would take a step per agent in every tick, where there are too many for that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    #[error(
        "broadcast would send {artifacts} artifacts to {agents} agents in every tick; choose other \
         strategies"
    )]
    Broadcast { agents: u32, artifacts: usize },
    #[error(
        "workload.burst_stay_probability would be drawn for {agents} agents in every tick; leave it \
         out, or have at most 100000000 pairs of agent and artifact"
    )]
    Bursts { agents: u32 },
}

/// One run. The report is a function of the three arguments alone.
pub fn run(scenario: &Scenario, strategy: StrategyName, seed: i64) -> Result<Report, Box<Failure>> {
    if scenario.is_sparse() {
        run_sparse(scenario, strategy, seed)
    } else if scenario.agents <= Word::CAPACITY {
        run_on::<Word>(scenario, strategy, seed)
    } else {
        run_on::<Bitset>(scenario, strategy, seed)
    }
}

/// One run that keeps only what is touched, whatever the size of the scenario: other draws, the same
/// distribution.
pub fn run_sparse(
    scenario: &Scenario,
    strategy: StrategyName,
    seed: i64,
) -> Result<Report, Box<Failure>> {
    let drawn = accesses::drawn(scenario, seed);
    Simulation::<FewOfMany>::new(&drawn, strategy, seed).run()
}

/// One dense run with a directory of the given kind. The report does not depend on it.
pub fn run_on<S: AgentSet>(
    scenario: &Scenario,
    strategy: StrategyName,
    seed: i64,
) -> Result<Report, Box<Failure>> {
    let drawn = accesses::drawn(scenario, seed);
    Simulation::<Dense<S>>::new(&drawn, strategy, seed).run()
}
