//! The promises of a lineage that can be seen in a state, for every driver to call. What needs
//! history (no step is lost or done twice, grants pass) is for a reference outside.

use super::{Carrier, Generation, Lineage, Phase, Rule, Rules, Stage, Step};
use crate::{AgentId, Discipline, Tick};
use std::fmt;

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The record contradicts itself.
    Malformed { what: &'static str },
    /// Two agents may act for one lineage.
    TwoAct { one: AgentId, other: AgentId },
    /// An agent may act whose generation the record does not take for the acting one.
    ActsUnknown { agent: AgentId, generation: Generation },
}

/// The record is consistent: no step is of a generation that has not come, and nothing is undone
/// when it is finished.
pub fn record(lineage: &Lineage) -> Result<(), Violation> {
    let latest = lineage.generation();
    for step in lineage.steps() {
        if let Step::Begun { by, .. } | Step::Done { by } = *step
            && by > latest
        {
            return Err(Violation::Malformed {
                what: "a step is of a generation that has not come",
            });
        }
    }
    if lineage.phase() == Phase::Finished && !lineage.is_done() {
        return Err(Violation::Malformed { what: "it is finished, and a step is not done" });
    }
    Ok(())
}

/// At most one agent may act, and the record knows it: its lease at the record is not over. `now` is
/// the time of all of them, so that this is for drivers that have one clock.
pub fn one_acts<'a>(
    lineage: &Lineage,
    now: Tick,
    carriers: impl IntoIterator<Item = (AgentId, &'a Carrier)>,
    rules: &Rules<impl Discipline<Rule>>,
) -> Result<(), Violation> {
    let mut actor = None;
    for (agent, carrier) in carriers {
        if !carrier.may_act(now, rules) {
            continue;
        }
        if let Some(one) = actor.replace(agent) {
            return Err(Violation::TwoAct { one, other: agent });
        }
        let (Stage::Acting { generation, .. } | Stage::Dividing { generation, .. }) =
            carrier.stage()
        else {
            continue;
        };
        if lineage.acting() != Some((agent, generation)) || lineage.is_due(now) {
            return Err(Violation::ActsUnknown { agent, generation });
        }
    }
    Ok(())
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Violation::Malformed { what } => write!(f, "malformed lineage: {what}"),
            Violation::TwoAct { one, other } => write!(f, "{one} and {other} may both act"),
            Violation::ActsUnknown { agent, generation } => {
                write!(f, "{agent} may act as {generation}, which the record takes for over")
            }
        }
    }
}

impl std::error::Error for Violation {}
