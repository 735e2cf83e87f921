//! The protocol's promises, checked while the simulation runs.

use super::StrategyName;
use attune_protocol::invariants::Violation;
use std::fmt;

/// A broken promise. It is a defect of the protocol or of the engine, never of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub scenario: String,
    pub strategy: StrategyName,
    pub seed: i64,
    pub tick: u32,
    pub artifact: u32,
    pub broken: Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    Invariant(Violation),
    /// A commit was accepted from an agent that did not own the line in that epoch.
    NotOwner {
        agent: u32,
    },
    /// An agent's live claim or grant was given to another one.
    Stolen {
        agent: u32,
    },
    /// Under eager invalidation, a grant was given before every other holder had acknowledged.
    GrantedTooSoon {
        agent: u32,
    },
    /// A commit was not told to everybody who may hold an older copy.
    Untold,
    /// An agent read its copy more often than K times after its last round trip.
    Bound {
        agent: u32,
        reads: u16,
        bound: u16,
    },
    /// A commit was accepted that was not derived from the version before it.
    LostUpdate {
        agent: u32,
    },
    /// An agent's copy went back to an older version.
    WentBack {
        agent: u32,
    },
    /// The line's version or epoch went back, or jumped.
    Version,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Failure { scenario, strategy, seed, tick, artifact, broken } = self;
        write!(
            f,
            "scenario {scenario:?}, strategy {strategy}, seed {seed}, tick {tick}, artifact \
             {artifact}: {broken}\nrepeat it with: attune simulate FILE --strategy {strategy} \
             --seed {seed} --runs 1"
        )
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Broken::Invariant(violation) => write!(f, "{violation}"),
            Broken::LostUpdate { agent } => {
                write!(f, "a{agent}'s commit was accepted on a base that was not current")
            }
            Broken::NotOwner { agent } => {
                write!(f, "a{agent}'s commit was accepted although it did not own the line")
            }
            Broken::Stolen { agent } => write!(f, "a{agent}'s live claim was given to another"),
            Broken::GrantedTooSoon { agent } => {
                write!(f, "a{agent} got the line before all holders had acknowledged")
            }
            Broken::Untold => write!(f, "a commit was not told to every holder"),
            Broken::Bound { agent, reads, bound } => {
                write!(f, "a{agent} read {reads} times since its last round trip, not {bound}")
            }
            Broken::WentBack { agent } => write!(f, "a{agent}'s copy went back"),
            Broken::Version => write!(f, "the line's version did not grow by one"),
        }
    }
}

impl std::error::Error for Failure {}
