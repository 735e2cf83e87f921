//! What is left out of a lineage on purpose, to show what it is for.

use attune_protocol::{Discipline, Rule as LineRule, lineage::Rule};
use attune_trace::Mutant;

/// A rule that is left out, or a driver's duty that is neglected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Defect {
    #[default]
    None,
    Rule(Rule),
    /// A rule of the line on which a passing grant depends.
    Line(LineRule),
    Duty(Duty),
}

/// What a lineage asks of its drivers, where it can be neglected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// What the record decided is durable before it is answered.
    Durable,
    /// Passes are applied with the record that they come of, also when that is recovered.
    PassesGoWithTheRecord,
    /// Request ids only grow, also across a crash.
    FreshRequests,
    /// Who looks finds what is so.
    TrueLooks,
}

impl Duty {
    pub const ALL: [Duty; 4] =
        [Duty::Durable, Duty::PassesGoWithTheRecord, Duty::FreshRequests, Duty::TrueLooks];
}

/// Those rules of the line that the model of a lineage leaves out as well.
pub const OF_THE_LINE: [LineRule; 2] =
    [LineRule::ExpiryOpensAnEpoch, LineRule::HeldLineIsNotStolen];

impl Defect {
    /// Every defect but none.
    pub fn all() -> impl Iterator<Item = Defect> {
        let rules = Rule::ALL.iter().map(|&rule| Defect::Rule(rule));
        rules.chain(OF_THE_LINE.map(Defect::Line)).chain(Duty::ALL.map(Defect::Duty))
    }

    pub fn named(name: &str) -> Option<Defect> {
        Defect::all().find(|defect| defect.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Defect::None => "none",
            Defect::Rule(rule) => rule.name(),
            Defect::Line(rule) => rule.name(),
            Defect::Duty(Duty::Durable) => "durable-before-answered",
            Defect::Duty(Duty::PassesGoWithTheRecord) => "passes-go-with-the-record",
            Defect::Duty(Duty::FreshRequests) => "fresh-request-ids",
            Defect::Duty(Duty::TrueLooks) => "looks-are-true",
        }
    }

    /// What is demanded, and what for.
    pub fn says(self) -> &'static str {
        match self {
            Defect::None => "Nothing is left out.",
            Defect::Rule(rule) => rule.says(),
            Defect::Line(rule) => rule.says(),
            Defect::Duty(Duty::Durable) => {
                "What the record decided is durable before it is answered, so that a restart does \
                 not take back what was said."
            }
            Defect::Duty(Duty::PassesGoWithTheRecord) => {
                "Passes are applied with the record that they come of, so that a restart leaves no \
                 grant with the parent."
            }
            Defect::Duty(Duty::FreshRequests) => {
                "Request ids are never used again, also not after a crash, so that no old answer \
                 passes for a new one."
            }
            Defect::Duty(Duty::TrueLooks) => {
                "Who looks after a step in doubt finds its effect if it has taken place."
            }
        }
    }

    pub(super) fn rule(self) -> Without {
        Without(if let Defect::Rule(rule) = self { Some(rule) } else { None })
    }

    pub(super) fn line(self) -> Mutant {
        Mutant(if let Defect::Line(rule) = self { Some(rule) } else { None })
    }
}

/// Keeps every rule of a lineage but this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Without(Option<Rule>);

impl Discipline<Rule> for Without {
    fn keeps(&self, rule: Rule) -> bool {
        self.0 != Some(rule)
    }
}
