//! A broken promise.

use crate::engine::StrategyName;
use std::fmt;

/// A promise of the protocol that a run broke. It is a defect of the protocol or of the simulator,
/// never of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub scenario: String,
    pub strategy: StrategyName,
    pub seed: i64,
    pub tick: u32,
    pub broken: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Failure { scenario, strategy, seed, tick, broken } = self;
        write!(
            f,
            "scenario {scenario:?}, strategy {strategy}, seed {seed}, tick {tick}: {broken}\n\
             repeat it with: attune simulate FILE --engine handoff --strategy {strategy} \
             --seed {seed} --runs 1"
        )
    }
}

impl std::error::Error for Failure {}
