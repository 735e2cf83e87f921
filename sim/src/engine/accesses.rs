//! The workload: who acts in a tick, on what, reading or writing. What a scenario does not ask for is
//! not drawn, so that a plain one is drawn as if nothing else could be asked for.

use super::agent::Agent;
use super::streams::{self, Chance, Use};
use crate::scenario::{Activity, SIZE_FACTOR_MAX, Scenario, Workload};
use rand_chacha::ChaCha8Rng;
use std::borrow::Cow;

/// One use of an artifact by an agent.
pub struct Access {
    pub artifact: u32,
    pub write: bool,
}

pub struct Accesses {
    /// Actions per tick, each taken with probability `acts`.
    pub per_tick: u32,
    lead: Role,
    helper: Role,
    /// From this agent on they are helpers.
    first_helper: u32,
    most_active: f64,
    artifacts: u32,
    mutable: Vec<bool>,
    /// Cumulative weights, where artifacts are not chosen alike.
    weights: Option<Vec<u64>>,
    locality: Chance,
    bursts: Option<Bursts>,
    turn: Option<Turn>,
}

struct Role {
    /// `None`: certain, and not drawn.
    acts: Option<Chance>,
    /// The same of those who have been found to act as the most active do.
    acts_of_found: Option<Chance>,
    writes: Chance,
}

/// Whether an agent goes on acting, and resting.
struct Bursts {
    burst: Chance,
    pause: Chance,
}

/// Who alone may start work.
struct Turn {
    holder: u32,
    agents: u32,
    stays: Chance,
    random: ChaCha8Rng,
}

impl Accesses {
    pub fn new(scenario: &Scenario, seed: i64) -> Accesses {
        let pattern = &scenario.pattern;
        let (per_tick, acts) = match scenario.activity {
            Activity::Probability(probability) => (1, Some(probability)),
            Activity::Velocity(velocity) => (velocity, None),
        };
        let writes = scenario.clamped_write_probability();
        let helper_acts = acts.map(|all| pattern.helper_action_probability.unwrap_or(all));
        let most =
            |one: Option<f64>, other: Option<f64>| one.unwrap_or(1.0).max(other.unwrap_or(1.0));
        let most_active = match pattern.helpers {
            0 => acts.unwrap_or(1.0),
            _ => most(acts, helper_acts),
        };
        let role = |acts: Option<f64>, writes: f64| Role {
            acts: acts.map(Chance::new),
            acts_of_found: acts
                .filter(|&acts| acts < most_active)
                .map(|acts| Chance::new(acts / most_active)),
            writes: Chance::new(writes),
        };
        let helper_writes = pattern.helper_write_probability.unwrap_or(writes);
        Accesses {
            per_tick,
            lead: role(acts, writes),
            helper: role(helper_acts, helper_writes),
            most_active,
            first_helper: scenario.agents.saturating_sub(pattern.helpers),
            artifacts: scenario.artifacts.len() as u32,
            mutable: scenario.artifacts.iter().map(|artifact| artifact.mutable).collect(),
            weights: weights(scenario),
            locality: Chance::new(pattern.locality),
            bursts: pattern.bursts.map(|bursts| Bursts {
                burst: Chance::new(bursts.burst_stay_probability),
                pause: Chance::new(bursts.pause_stay_probability),
            }),
            turn: pattern.turn_stay_probability.map(|stays| Turn {
                holder: 0,
                agents: scenario.agents,
                stays: Chance::new(stays),
                random: streams::stream(seed, streams::RUN, Use::Accesses),
            }),
        }
    }

    /// A tick begins: the turn may go to another agent.
    #[inline]
    pub fn next_tick(&mut self) {
        let Some(turn) = &mut self.turn else { return };
        if turn.agents > 1 && !turn.stays.hits(&mut turn.random) {
            let other = streams::below(turn.agents - 1, &mut turn.random);
            turn.holder = other + u32::from(other >= turn.holder);
        }
    }

    /// Whether the agent, which is free, may start work in this tick.
    #[inline(always)]
    pub fn may_act(&self, agent: u32, state: &mut Agent) -> bool {
        if let Some(bursts) = &self.bursts {
            let stays = if state.rests { bursts.pause } else { bursts.burst };
            if !stays.hits(&mut state.accesses) {
                state.rests = !state.rests;
            }
        }
        !state.rests && self.turn.as_ref().is_none_or(|turn| turn.holder == agent)
    }

    /// The probability that the most active agents act in a tick.
    pub fn most_active(&self) -> f64 {
        self.most_active
    }

    #[inline(always)]
    fn role(&self, agent: u32) -> &Role {
        if agent < self.first_helper { &self.lead } else { &self.helper }
    }

    /// Whether the agent, which may, acts.
    #[inline(always)]
    pub fn acts(&self, agent: u32, state: &mut Agent) -> bool {
        self.role(agent).acts.is_none_or(|acts| acts.hits(&mut state.accesses))
    }

    /// Whether an agent that was found to act as the most active do, and may, acts.
    pub fn acts_of_found(&self, agent: u32, state: &mut Agent) -> bool {
        self.role(agent).acts_of_found.is_none_or(|acts| acts.hits(&mut state.accesses))
    }

    /// What an agent that acts does.
    #[inline(always)]
    pub fn choose(&self, agent: u32, state: &mut Agent) -> Access {
        let random = &mut state.accesses;
        let artifact = match state.last {
            Some(last) if self.locality.hits(random) => last,
            _ => match &self.weights {
                None => streams::below(self.artifacts, random),
                Some(cumulative) => by_weight(cumulative, random),
            },
        };
        if self.locality != Chance::NEVER {
            state.last = Some(artifact);
        }
        let write = self.mutable[artifact as usize] && self.role(agent).writes.hits(random);
        Access { artifact, write }
    }
}

/// The scenario of one run: what it says of artifacts as chances is drawn.
pub fn drawn(scenario: &Scenario, seed: i64) -> Cow<'_, Scenario> {
    let pattern = &scenario.pattern;
    if pattern.size_sigma == 0.0 && pattern.never_written_share == 0.0 {
        return Cow::Borrowed(scenario);
    }
    let mut scenario = scenario.clone();
    let random = &mut streams::stream(seed, streams::RUN, Use::Writes);
    let never = Chance::new(scenario.pattern.never_written_share);
    let sigma = scenario.pattern.size_sigma;
    for artifact in &mut scenario.artifacts {
        // Both are drawn for each, so that one does not depend on whether the other is asked for.
        let factor = libm::exp(sigma * streams::normal(random)).min(f64::from(SIZE_FACTOR_MAX));
        let size = libm::round(f64::from(artifact.size_tokens) * factor);
        artifact.size_tokens = size.clamp(1.0, f64::from(u32::MAX)) as u32;
        artifact.mutable &= !never.hits(random);
    }
    Cow::Owned(scenario)
}

/// Cumulative weights of artifacts by place and size; `None` if all weigh the same.
fn weights(scenario: &Scenario) -> Option<Vec<u64>> {
    let exponent = scenario.pattern.popularity_exponent;
    let by_size = scenario.workload == Workload::LargeArtifactReasoning;
    if exponent == 0.0 && !by_size {
        return None;
    }
    // Of the first artifact. Sums of all that a scenario may have fit a counter.
    let whole = if by_size { 1e4 } else { 1e9 };
    let weight = |(place, artifact): (usize, &crate::scenario::Artifact)| {
        let size = if by_size { u64::from(artifact.size_tokens) } else { 1 };
        if exponent == 0.0 {
            return size;
        }
        let popularity = whole * libm::pow((place + 1) as f64, -exponent);
        (libm::round(popularity) as u64).max(1) * size
    };
    let mut total = 0;
    let sums = scenario.artifacts.iter().enumerate().map(weight).map(|weight| {
        total += weight;
        total
    });
    Some(sums.collect())
}

fn by_weight(cumulative: &[u64], random: &mut ChaCha8Rng) -> u32 {
    use rand::Rng;
    let total = cumulative.last().copied().unwrap_or(0);
    let point = ((u128::from(random.next_u64()) * u128::from(total)) >> 64) as u64;
    cumulative.partition_point(|&sum| sum <= point).min(cumulative.len() - 1) as u32
}
