//! Turns where few of very many agents do anything in a tick: those who act and those who crash
//! are found by drawing the distance from one to the next, so that the others cost nothing.

use super::agent::Doing;
use super::layout::{Agents, Layout};
use super::simulation::{Checked, Simulation};
use super::streams::{self, Use};
use attune_protocol::AgentId;
use rand_chacha::ChaCha8Rng;

/// Who has a turn in a tick.
pub struct Few {
    acting: Skips,
    crashing: Skips,
    /// Everybody who has a turn in this tick, in order; those among them who act, and who crash.
    turns: Vec<u32>,
    acts: Vec<u32>,
    crashes: Vec<u32>,
}

impl Few {
    pub fn new(seed: i64, acts: f64, crashes: f64) -> Few {
        Few {
            acting: Skips::new(seed, Use::Acting, acts),
            crashing: Skips::new(seed, Use::Crashing, crashes),
            turns: Vec::new(),
            acts: Vec::new(),
            crashes: Vec::new(),
        }
    }
}

/// Independent trials of one probability, agent after agent and tick after tick: which succeed.
struct Skips {
    random: ChaCha8Rng,
    /// ln(1 − p).
    log_failure: f64,
    /// Failures until the next success.
    ahead: u64,
}

/// More failures than there are trials in any run.
const NEVER: u64 = 1 << 62;

impl Skips {
    fn new(seed: i64, purpose: Use, probability: f64) -> Skips {
        let random = streams::stream(seed, 0, purpose);
        let mut skips = Skips { random, log_failure: libm::log1p(-probability), ahead: 0 };
        skips.ahead = skips.failures();
        skips
    }

    /// A geometric draw: failures before a success.
    fn failures(&mut self) -> u64 {
        if self.log_failure == 0.0 {
            return NEVER;
        }
        let failures = libm::log(streams::unit(&mut self.random)) / self.log_failure;
        (failures as u64).min(NEVER)
    }

    /// Who succeeds in the next tick.
    fn tick(&mut self, agents: u64, found: &mut Vec<u32>) {
        found.clear();
        let mut at = self.ahead;
        while at < agents {
            found.push(at as u32);
            at += 1 + self.failures();
        }
        self.ahead = at - agents;
    }
}

impl<L: Layout> Simulation<'_, L> {
    /// The turns of those who act, crash, or have something under way. Everybody else's would
    /// change nothing.
    pub fn take_turns_of_few(&mut self) -> Checked {
        let agents = self.agents.len() as u64;
        let Few { acting, crashing, turns, acts, crashes } = &mut self.few;
        acting.tick(agents, acts);
        crashing.tick(agents, crashes);
        // What is under way was begun in somebody's turn.
        turns.retain(|&agent| !matches!(self.agents[agent as usize].doing, Doing::Nothing));
        turns.extend_from_slice(acts);
        turns.extend_from_slice(crashes);
        turns.sort_unstable();
        turns.dedup();
        let (turns, acts, crashes) =
            (std::mem::take(turns), std::mem::take(acts), std::mem::take(crashes));
        let (mut act, mut crash) = (acts.iter().peekable(), crashes.iter().peekable());
        for &agent in &turns {
            let acts = act.next_if_eq(&&agent).is_some();
            let crashes = crash.next_if_eq(&&agent).is_some();
            self.turn_of_few(AgentId(agent), acts, crashes)?;
        }
        self.few.turns = turns;
        self.few.acts = acts;
        self.few.crashes = crashes;
        Ok(())
    }

    fn turn_of_few(&mut self, agent: AgentId, acts: bool, crashes: bool) -> Checked {
        let doing = &mut self.agents[agent.0 as usize].doing;
        if let Doing::Down { until } = *doing {
            if self.now < until {
                return Ok(());
            }
            *doing = Doing::Nothing;
        }
        let doing = *doing;
        if crashes {
            self.crash(agent);
            return Ok(());
        }
        match doing {
            Doing::Nothing | Doing::Down { .. } if acts => self.act_if_it_may(agent),
            Doing::Nothing | Doing::Down { .. } => Ok(()),
            doing => self.go_on(agent, doing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_succeed_as_the_probability_says() {
        for probability in [0.0, 0.001, 0.3, 1.0] {
            let mut skips = Skips::new(7, Use::Acting, probability);
            let mut found = Vec::new();
            let (mut all, mut squares) = (0, 0);
            for _ in 0..1_000 {
                skips.tick(1_000, &mut found);
                assert!(found.is_sorted_by(|one, next| one < next));
                assert!(found.iter().all(|&agent| agent < 1_000));
                all += found.len();
                squares += found.len() * found.len();
            }
            let (mean, expected) = (all as f64 / 1e3, 1e3 * probability);
            let variance = squares as f64 / 1e3 - mean * mean;
            let sigma = (1e3 * probability * (1.0 - probability)).sqrt();
            assert!((mean - expected).abs() <= sigma / 6.0, "{probability}: {mean}");
            // Independent trials: the variance is binomial.
            assert!((variance.sqrt() - sigma).abs() <= sigma / 6.0, "{probability}: {variance}");
        }
    }
}
