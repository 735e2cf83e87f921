//! Long tasks: contexts that fill, generations that hand over, facts that are kept, lost, found
//! again or missed, on shared artifacts. What the *Mitosis* of MASC's paper is worth, under stated
//! assumptions (`docs/handoff-simulation.md`).
//!
//! # Design
//!
//! **The protocol is the core's.** Who is a generation, what a step's state is, when a lease ends
//! and who gets a grant is decided by [`attune_protocol::lineage`] and [`attune_protocol::Line`];
//! every message of theirs travels over the scenario's channels, is lost, repeated and late there,
//! and their promises are checked at each tick. Beside them a run checks that no step takes effect
//! twice. This module is their driver and owes them what is written at their tops.
//!
//! **A context is a number of tokens.** It begins with instructions and the DNA, and grows by what
//! the agent reads (a version's content once), is sent, says, and finds again. After a step an agent
//! prepares or divides if the context is filled so far. One that overflows within a step is lost,
//! as in a crash: its lineage goes on from the last draft when the lease ends.
//!
//! **A fact is made by a step and needed by later ones**, with a probability that decays with age,
//! or does not, for facts that last. An agent knows what its draft kept, what its steps made and
//! what it found again. A step that needs a fact which is neither known nor to be found is done
//! wrongly. Facts, uses, sizes and whether a fact can be found are drawn before the run, so that
//! two runs with one seed differ in what is compared, not in luck.
//!
//! **A process ends, its place stays.** A place without a process acknowledges invalidations
//! (it has no copies), so that the dead hold nobody up.
//!
//! # One tick
//!
//! Messages that are due, then deadlines of lines and leases, then somebody is started where a
//! generation is offered, then each agent in turn does what it can without waiting.
//!
//! # What could make it wrong
//!
//! - Facts are independent of one another, and a step with a missing fact is wrong, not slower. Nobody
//!   notices and repairs it.
//! - An extractor knows a fact's kind and age exactly unless `judgement_sigma` says otherwise; the
//!   same half-life holds for all passing facts.
//! - Finding a fact again always takes as long, and never fails where it can succeed.
//! - All content that is read stays in the context until the end; nothing is dropped before.

mod agent;
mod chance;
mod draft;
mod failure;
mod lines;
mod measure;
mod post;
mod record;
mod recording;
mod simulation;
mod tables;
mod task;
mod turn;

pub use failure::Failure;
pub use measure::{OfGeneration, Report, percent};
pub use recording::{BadRecording, Event, FORMAT, Header, Recording};
pub use tables::{Tables, tables};

use crate::engine::StrategyName;
use crate::scenario::Scenario;
use simulation::Simulation;

/// Most lineages of one run.
pub const LINEAGES_MAX: u32 = 1_000;

/// One run. The report is a function of the three arguments alone.
pub fn run(scenario: &Scenario, strategy: StrategyName, seed: i64) -> Result<Report, Box<Failure>> {
    let mut simulation = Simulation::new(scenario, strategy, seed);
    simulation.run()?;
    Ok(simulation.report)
}

/// Whether the handoff engine can model this scenario.
pub fn supports(scenario: &Scenario, strategy: StrategyName) -> Result<(), Unsupported> {
    let (handoff, pattern) = (&scenario.handoff, &scenario.pattern);
    if handoff.steps.is_none() {
        return Err(Unsupported::NoSteps);
    }
    if strategy == StrategyName::Broadcast {
        return Err(Unsupported::Broadcast);
    }
    if scenario.agents > LINEAGES_MAX {
        return Err(Unsupported::Lineages { lineages: scenario.agents });
    }
    let at_default = [
        ("workload.locality", pattern.locality == 0.0),
        ("workload.never_written_share", pattern.never_written_share == 0.0),
        ("workload.size_sigma", pattern.size_sigma == 0.0),
        ("workload.turn_stay_probability", pattern.turn_stay_probability.is_none()),
        ("workload.burst_stay_probability", pattern.bursts.is_none()),
        ("workload.helpers", pattern.helpers == 0),
        ("protocol.heartbeat_ticks", scenario.protocol.heartbeat_ticks.is_none()),
    ];
    if let Some((setting, _)) = at_default.into_iter().find(|(_, at_default)| !at_default) {
        return Err(Unsupported::Setting { setting });
    }
    let dna =
        f64::from(handoff.budget_bytes) / scenario.wire.bytes_per_token.max(f64::MIN_POSITIVE);
    let begins = f64::from(handoff.base_tokens) + dna;
    let divides = f64::from(handoff.context_tokens) * handoff.divide_at;
    if begins >= divides {
        return Err(Unsupported::NoRoom { begins: begins as u64, divides: divides as u64 });
    }
    Ok(())
}

/// What the handoff engine cannot model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    #[error("there is no task to hand over; set handoff.steps")]
    NoSteps,
    #[error(
        "broadcast would fill every context with every artifact in each tick; choose other strategies"
    )]
    Broadcast,
    #[error("{lineages} lineages (simulation.num_agents), allowed: at most {LINEAGES_MAX}")]
    Lineages { lineages: u32 },
    #[error("the handoff engine cannot model {setting}; leave it out")]
    Setting {
        /// As a field path of the scenario file.
        setting: &'static str,
    },
    #[error(
        "a context begins with up to {begins} tokens (handoff.base_tokens and the budget) and is \
         handed over at {divides}: nothing could be done in it; raise handoff.context_tokens or \
         handoff.divide_at"
    )]
    NoRoom { begins: u64, divides: u64 },
}

/// One run, and what happened to each lineage's record.
pub fn recorded(
    scenario: &Scenario,
    strategy: StrategyName,
    seed: i64,
) -> Result<(Report, Vec<Recording>), Box<Failure>> {
    let mut simulation = Simulation::new(scenario, strategy, seed);
    for carried in &mut simulation.lineages {
        carried.log = Some(Vec::new());
    }
    simulation.run()?;
    let recordings = simulation.lineages.into_iter().map(|carried| Recording {
        header: Header {
            format: FORMAT.to_string(),
            scenario: scenario.name.clone(),
            seed,
            estate: carried.record.lineage.estate(),
            steps: carried.effects.len() as u32,
            lease_ticks: scenario.handoff.lease_ticks,
            estate_ticks: scenario.handoff.estate_ticks,
        },
        events: carried.log.unwrap_or_default(),
    });
    Ok((simulation.report, recordings.collect()))
}
