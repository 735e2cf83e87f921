//! The probabilities that drive one agent's copy of one artifact.

use crate::scenario::{Activity, Scenario, Workload};

/// How every agent treats an artifact. Artifacts treated alike share one law, and so one
/// computation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Law {
    /// Actions in one agent's turn.
    pub actions: u32,
    /// Probability that one of them is there and picks this artifact.
    pub access: f64,
    /// Probability that it is then a write.
    pub write: f64,
    /// How many artifacts follow this law.
    pub artifacts: f64,
    /// Their sizes together, in tokens.
    pub tokens: f64,
}

/// What happens to one agent's copy of one artifact in a tick: others' writes, its own
/// actions, others' writes again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// Actions of its own, each independent of the others.
    pub actions: u32,
    /// Per action: probability of a read of this artifact.
    pub read: f64,
    /// Per action: probability of a write of this artifact.
    pub write: f64,
    /// Per action: probability that it leaves this artifact alone.
    pub elsewhere: f64,
    /// Probability that at least one agent before this one in the order writes it.
    pub written_before: f64,
    /// Probability that at least one agent after this one in the order writes it.
    pub written_after: f64,
}

impl Law {
    /// The laws of a scenario's artifacts, in the order of first appearance.
    pub fn of(scenario: &Scenario) -> Vec<Law> {
        let (actions, acting) = match scenario.activity {
            Activity::Probability(probability) => (1, probability),
            Activity::Velocity(actions) => (actions, 1.0),
        };
        let weighted = scenario.workload == Workload::LargeArtifactReasoning;
        let weight = |size: u32| if weighted { f64::from(size) } else { 1.0 };
        let all: f64 = scenario.artifacts.iter().map(|artifact| weight(artifact.size_tokens)).sum();

        let mut laws: Vec<Law> = Vec::new();
        for artifact in &scenario.artifacts {
            let law = Law {
                actions,
                access: acting * (weight(artifact.size_tokens) / all),
                write: if artifact.mutable { scenario.clamped_write_probability() } else { 0.0 },
                artifacts: 1.0,
                tokens: f64::from(artifact.size_tokens),
            };
            match laws
                .iter_mut()
                .find(|known| known.access == law.access && known.write == law.write)
            {
                Some(known) => {
                    known.artifacts += law.artifacts;
                    known.tokens += law.tokens;
                }
                None => laws.push(law),
            }
        }
        laws
    }

    /// Probability that one agent writes the artifact in its turn, at least once. How often
    /// does not matter: from its first write on, the others are out of the directory.
    pub fn written_in_turn(&self) -> f64 {
        at_least_once(self.access * self.write, self.actions)
    }

    /// The turns of all agents, in acting order.
    pub fn turns(&self, agents: u32) -> impl Iterator<Item = Turn> {
        let (law, by_one) = (*self, self.written_in_turn());
        let by_others: Vec<f64> = (0..agents)
            .scan(0.0, |written, _| {
                let before = *written;
                *written = either(before, by_one);
                Some(before)
            })
            .collect();
        (0..agents as usize).map(move |position| Turn {
            actions: law.actions,
            read: law.access * (1.0 - law.write),
            write: law.access * law.write,
            elsewhere: 1.0 - law.access,
            written_before: by_others[position],
            written_after: by_others[agents as usize - 1 - position],
        })
    }
}

/// Probability that at least one of two independent events happens. Written so that small
/// probabilities keep their digits, which 1 − (1 − a)(1 − b) would lose.
pub(super) fn either(a: f64, b: f64) -> f64 {
    a + (1.0 - a) * b
}

/// Probability of at least one success in `trials`.
pub(super) fn at_least_once(probability: f64, trials: u32) -> f64 {
    (0..trials).fold(0.0, |so_far, _| either(so_far, probability))
}
