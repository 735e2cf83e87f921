//! An agent of the simulation: what it is doing, and its random streams.

use super::streams::{self, Chance, Use};
use crate::scenario::{Activity, Scenario, Workload};
use attune_protocol::{Ask, RequestId, ToLine};
use rand_chacha::ChaCha8Rng;

/// What an agent is doing.
#[derive(Clone, Copy, Debug)]
pub enum Doing {
    Nothing,
    /// Waiting for an answer since tick `since`: to a commit, or to another request.
    Waiting {
        artifact: u32,
        since: u32,
        commit: bool,
    },
    /// Writing, with the grant in hand.
    Writing {
        artifact: u32,
        until: u32,
        heartbeat: u32,
    },
    Down {
        until: u32,
    },
}

pub struct Agent {
    pub doing: Doing,
    /// The last request id used. Survives a crash.
    request: RequestId,
    pub accesses: ChaCha8Rng,
    /// The request to send again if no answer comes, where one may be lost.
    pub sent: Option<ToLine>,
}

impl Agent {
    pub fn new(seed: i64, agent: u32) -> Agent {
        Agent {
            doing: Doing::Nothing,
            request: RequestId::default(),
            accesses: streams::stream(seed, agent, Use::Accesses),
            sent: None,
        }
    }

    /// From now on the agent waits for the answer to `sent`.
    pub fn wait(&mut self, artifact: u32, now: u32, sent: ToLine) {
        self.doing = Doing::Waiting { artifact, since: now, commit: sent.ask == Ask::Commit };
        self.sent = Some(sent);
    }

    #[inline]
    pub fn next_request(&mut self) -> RequestId {
        self.request = self.request.next();
        self.request
    }
}

/// One use of an artifact by an agent.
pub struct Access {
    pub artifact: u32,
    pub write: bool,
}

/// The workload: how often agents act, on what, reading or writing.
pub struct Accesses {
    /// Actions per tick, each taken with probability `acts`; `None`: certain, and not drawn.
    pub per_tick: u32,
    acts: Option<Chance>,
    /// Of acting in a tick.
    pub probability: f64,
    writes: Chance,
    artifacts: u32,
    mutable: Vec<bool>,
    /// Cumulative sizes, where artifacts are chosen by size.
    by_size: Option<Vec<u64>>,
}

impl Accesses {
    pub fn new(scenario: &Scenario) -> Accesses {
        let (per_tick, acts, probability) = match scenario.activity {
            Activity::Probability(probability) => (1, Some(Chance::new(probability)), probability),
            Activity::Velocity(velocity) => (velocity, None, 1.0),
        };
        let by_size = (scenario.workload == Workload::LargeArtifactReasoning).then(|| {
            let mut total = 0;
            let sizes = scenario.artifacts.iter().map(|artifact| u64::from(artifact.size_tokens));
            sizes
                .map(|size| {
                    total += size;
                    total
                })
                .collect()
        });
        Accesses {
            per_tick,
            acts,
            probability,
            writes: Chance::new(scenario.clamped_write_probability()),
            artifacts: scenario.artifacts.len() as u32,
            mutable: scenario.artifacts.iter().map(|artifact| artifact.mutable).collect(),
            by_size,
        }
    }

    /// Whether an agent acts.
    #[inline(always)]
    pub fn acts(&self, random: &mut ChaCha8Rng) -> bool {
        self.acts.is_none_or(|acts| acts.hits(random))
    }

    /// What an agent that acts does.
    #[inline(always)]
    pub fn choose(&self, random: &mut ChaCha8Rng) -> Access {
        let artifact = match &self.by_size {
            None => streams::below(self.artifacts, random),
            Some(cumulative) => by_size(cumulative, random),
        };
        let write = self.mutable[artifact as usize] && self.writes.hits(random);
        Access { artifact, write }
    }
}

fn by_size(cumulative: &[u64], random: &mut ChaCha8Rng) -> u32 {
    use rand::Rng;
    let total = cumulative.last().copied().unwrap_or(0);
    let point = ((u128::from(random.next_u64()) * u128::from(total)) >> 64) as u64;
    cumulative.partition_point(|&sum| sum <= point).min(cumulative.len() - 1) as u32
}
