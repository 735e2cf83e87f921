//! What is checked of a lineage, and within which bounds.

use crate::fault::{Fault, Faults};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Who can be a generation, also again and again.
    pub agents: u32,
    pub steps: u32,
    /// Steps that are added on the way.
    pub additions: u32,
    /// Messages in flight at most.
    pub flight: usize,
    pub faults: Faults,
    pub lease_ticks: u32,
    /// Whether agents renew their leases, and whether they prepare drafts.
    pub heartbeats: bool,
    pub drafts: bool,
    /// Whether there is a line that generations own, and a stranger who wants it; then nobody works
    /// at steps.
    pub line: bool,
    /// Whether states keep what the protocol as it is has no more use for.
    pub thorough: bool,
    /// Whether progress is judged as well.
    pub liveness: bool,
}

/// The faults that this model knows. Messages overtake one another in any case.
pub const FAULTS: [Fault; 5] =
    [Fault::Loss, Fault::Duplication, Fault::Crash, Fault::Lease, Fault::Restart];

impl Case {
    pub fn new(agents: u32, steps: u32, faults: &str) -> Case {
        Case {
            agents,
            steps,
            additions: 0,
            flight: 2,
            faults: faults.parse().expect("faults of the checker"),
            lease_ticks: 1,
            heartbeats: false,
            drafts: false,
            line: false,
            thorough: false,
            liveness: false,
        }
    }

    /// The bounds, in words.
    pub fn bounds(&self) -> String {
        let Case { agents, steps, additions, flight, .. } = self;
        let steps = steps + additions;
        format!(
            "{agents} agents that can be generations, {steps} steps, {flight} messages in flight"
        )
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "lineage n={} steps={}", self.agents, self.steps)?;
        if self.additions > 0 {
            write!(f, "+{}", self.additions)?;
        }
        write!(f, " flight={} faults={}", self.flight, self.faults)?;
        if self.lease_ticks > 1 {
            write!(f, " lease={}", self.lease_ticks)?;
        }
        let options = [
            (self.heartbeats, " heartbeats"),
            (self.drafts, " drafts"),
            (self.line, " line"),
            (self.thorough, " thorough"),
            (self.liveness, " liveness"),
        ];
        for (is_on, name) in options {
            f.write_str(if is_on { name } else { "" })?;
        }
        Ok(())
    }
}

/// What is checked at every change, cheapest first.
pub fn quick() -> Vec<Case> {
    let heartbeats = |case| Case { lease_ticks: 2, heartbeats: true, ..case };
    vec![
        Case { drafts: true, thorough: true, ..Case::new(1, 1, "dup,crash") },
        Case { additions: 1, ..Case::new(1, 1, "loss,dup,crash") },
        Case { thorough: true, ..Case::new(2, 1, "crash") },
        heartbeats(Case::new(1, 1, "loss,dup,lease")),
        heartbeats(Case::new(2, 1, "crash,lease")),
        Case { line: true, liveness: true, ..Case::new(2, 1, "crash,lease") },
        Case { line: true, ..Case::new(2, 1, "crash,restart:1") },
        Case::new(2, 2, "crash,lease"),
        Case::new(3, 1, "crash,lease"),
        Case { liveness: true, ..Case::new(2, 1, "loss,crash,lease") },
        Case::new(2, 1, "loss,dup,crash,lease,restart"),
    ]
}
