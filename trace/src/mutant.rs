//! The core with one of its rules left out.

use attune_protocol::{Discipline, Rule};

/// Keeps every rule but this one. What runs for others takes `Rules`, which is
/// `Rules<attune_protocol::Strict>`; only the checker and a replay of its traces can take this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mutant(pub Option<Rule>);

impl Discipline for Mutant {
    #[inline]
    fn keeps(&self, rule: Rule) -> bool {
        self.0 != Some(rule)
    }
}
