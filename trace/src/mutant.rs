//! The core with one of its rules left out, or driven by somebody who neglects a duty.

use attune_protocol::{Discipline, Rule};
use std::fmt;

/// Keeps every rule but this one. What runs for others takes `Rules`, which is
/// `Rules<attune_protocol::Strict>`; only the checker and a replay of its traces can take this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mutant(pub Option<Rule>);

impl Discipline for Mutant {
    #[inline]
    fn keeps(&self, rule: Rule) -> bool {
        #[cfg(test)]
        crate::caught::tests::step_on(rule);
        self.0 != Some(rule)
    }
}

/// What the protocol asks of its drivers (see `attune_protocol`): each can be neglected, to show
/// that it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// An agent that comes back from a crash has no copy.
    CrashForgetsTheCopy,
    /// Request ids are never used again, also not after a crash.
    FreshRequestIds,
    /// What the line decided is durable before it is answered.
    DurableBeforeAnswered,
}

impl Duty {
    pub const ALL: [Duty; 3] =
        [Duty::CrashForgetsTheCopy, Duty::FreshRequestIds, Duty::DurableBeforeAnswered];

    pub fn name(self) -> &'static str {
        match self {
            Duty::CrashForgetsTheCopy => "crash-forgets-the-copy",
            Duty::FreshRequestIds => "fresh-request-ids",
            Duty::DurableBeforeAnswered => "durable-before-answered",
        }
    }

    /// What it demands, in one sentence.
    pub fn says(self) -> &'static str {
        match self {
            Duty::CrashForgetsTheCopy => "An agent that comes back from a crash has no copy.",
            Duty::FreshRequestIds => {
                "Request ids are never used again, also not after a crash, so that no old answer \
                 passes for a new one."
            }
            Duty::DurableBeforeAnswered => {
                "What the line decided is durable before it is answered, so that a restart does not \
                 take back what was said."
            }
        }
    }
}

/// What is wrong on purpose: a trace names it as its `origin.mutant`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// The protocol is without this rule.
    WithoutRule(Rule),
    /// Its driver neglects this duty.
    Neglects(Duty),
}

impl Defect {
    /// The defect of a rule's or a duty's name.
    pub fn named(name: &str) -> Option<Defect> {
        let rule = Rule::ALL.iter().find(|rule| rule.name() == name);
        let duty = Duty::ALL.iter().find(|duty| duty.name() == name);
        rule.map(|&rule| Defect::WithoutRule(rule)).or(duty.map(|&duty| Defect::Neglects(duty)))
    }

    pub fn name(self) -> &'static str {
        match self {
            Defect::WithoutRule(rule) => rule.name(),
            Defect::Neglects(duty) => duty.name(),
        }
    }

    /// What the rule or the duty demands, in one sentence.
    pub fn says(self) -> &'static str {
        match self {
            Defect::WithoutRule(rule) => rule.says(),
            Defect::Neglects(duty) => duty.says(),
        }
    }

    pub fn rule(self) -> Option<Rule> {
        match self {
            Defect::WithoutRule(rule) => Some(rule),
            Defect::Neglects(_) => None,
        }
    }

    pub fn duty(self) -> Option<Duty> {
        match self {
            Defect::WithoutRule(_) => None,
            Defect::Neglects(duty) => Some(duty),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Defect::WithoutRule(rule) => write!(f, "without the rule {}", rule.name()),
            Defect::Neglects(duty) => write!(f, "with the duty {} neglected", duty.name()),
        }
    }
}

/// A name that belongs to no rule and no duty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "origin.mutant is `{name}`, which is no rule of the protocol and no duty of its drivers; the \
     rules' names are in protocol/src/discipline.rs"
)]
pub struct UnknownDefect {
    pub name: String,
}
