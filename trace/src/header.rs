//! The first line of an event trace: what it is, under which rules it came about, and where.

use crate::{Defect, Machine, Mutant, UnknownDefect};
use attune_protocol::{Rules, Strategy};
use serde::{Deserialize, Serialize};

/// The version of the format of event traces that this crate reads and writes.
pub const FORMAT: u32 = 1;

/// More entries than this are no trace that somebody made, and would only fill the memory.
pub(crate) const ENTRIES_MAX: u64 = 1 << 22;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`]; under this name, so that the first bytes of a file say what it is.
    pub attune_trace: u32,
    pub kind: Kind,
    pub agents: u32,
    pub artifacts: u32,
    pub rules: RulesForm,
    pub origin: Origin,
}

/// What the lines after the header are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One [`crate::Event`] per line.
    Events,
    /// One [`crate::access::Access`] per line.
    Access,
}

/// Where a trace comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What ran: a model of the checker, a scenario of the simulator.
    pub model: String,
    /// The property that the trace is about.
    pub property: Option<String>,
    /// The defect that was put in on purpose: the name of a [`Defect`].
    pub mutant: Option<String>,
    /// The command that made it.
    pub command: String,
}

/// [`Rules`] as they are written: a form of its own, so that a file does not change when only
/// the code does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesForm {
    pub strategy: Strategy,
    pub bound_reads: Option<u16>,
    pub lease_ticks: u32,
    pub acknowledgement_ticks: u32,
    pub revalidate: bool,
}

impl Header {
    /// The header of an event trace.
    pub fn events(agents: u32, artifacts: u32, rules: &Rules<Mutant>, origin: Origin) -> Header {
        let rules = RulesForm::from(rules);
        Header { attune_trace: FORMAT, kind: Kind::Events, agents, artifacts, rules, origin }
    }

    /// The defect under which the trace came about.
    pub fn defect(&self) -> Result<Option<Defect>, UnknownDefect> {
        let name = self.origin.mutant.as_deref();
        let unknown = |name: &str| UnknownDefect { name: name.to_string() };
        name.map(|name| Defect::named(name).ok_or_else(|| unknown(name))).transpose()
    }

    /// A machine as the trace's began, but with this defect instead of its own.
    pub fn machine(&self, defect: Option<Defect>) -> Machine {
        let rules = self.rules.rules(Mutant(defect.and_then(Defect::rule)));
        Machine::new(rules, self.agents, self.artifacts).neglecting(defect.and_then(Defect::duty))
    }
}

impl From<&Rules<Mutant>> for RulesForm {
    fn from(rules: &Rules<Mutant>) -> RulesForm {
        RulesForm {
            strategy: rules.strategy,
            bound_reads: rules.bound_reads,
            lease_ticks: rules.lease_ticks,
            acknowledgement_ticks: rules.acknowledgement_ticks,
            revalidate: rules.revalidate,
        }
    }
}

impl RulesForm {
    pub fn rules(self, mutant: Mutant) -> Rules<Mutant> {
        Rules {
            discipline: mutant,
            strategy: self.strategy,
            bound_reads: self.bound_reads,
            lease_ticks: self.lease_ticks,
            acknowledgement_ticks: self.acknowledgement_ticks,
            revalidate: self.revalidate,
        }
    }
}
