//! A task: its steps, the facts that they make and need, and the artifacts that they touch.
//!
//! All of it is drawn before the run. A fact that is lost is needed all the same, and by the same
//! steps: runs that differ in a budget, a threshold or a strategy have the same task.

use super::chance::{Draws, lognormal, poisson, stream};
use crate::engine::streams::{duration, unit};
use crate::scenario::{Handoff, Scenario, Workload};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;

pub struct Task {
    pub steps: Vec<Step>,
    /// In the order of the steps that make them.
    pub facts: Vec<Fact>,
}

pub struct Step {
    pub actions: Vec<Action>,
    /// The facts that it makes.
    pub makes: Range<usize>,
    /// Earlier facts without which it is done wrongly.
    pub needs: Vec<usize>,
}

#[derive(Clone, Copy)]
pub struct Action {
    pub artifact: u32,
    pub writes: bool,
    pub ticks: u32,
    /// What it adds to the context beside the artifact's content.
    pub tokens: u32,
}

pub struct Fact {
    /// The step that makes it.
    pub step: u32,
    /// Its use does not decay.
    pub lasting: bool,
    pub bytes: u32,
    /// Whether it can be found again.
    pub findable: bool,
    /// The steps that need it, in order.
    pub uses: Vec<u32>,
}

impl Task {
    pub fn draw(scenario: &Scenario, steps: u32, lineage: u32, seed: i64) -> Task {
        let random = &mut stream(seed, Draws::Task { lineage });
        let handoff = &scenario.handoff;
        let choice = Choice::new(scenario);
        let mut task = Task { steps: Vec::new(), facts: Vec::new() };
        for number in 0..steps {
            let actions =
                (0..handoff.actions_per_step).map(|_| action(scenario, &choice, random)).collect();
            let first = task.facts.len();
            for _ in 0..poisson(handoff.facts_per_step, random) {
                task.facts.push(fact(handoff, number, steps, random));
            }
            let makes = first..task.facts.len();
            task.steps.push(Step { actions, makes, needs: Vec::new() });
        }
        for (number, fact) in task.facts.iter().enumerate() {
            for &step in &fact.uses {
                task.steps[step as usize].needs.push(number);
            }
        }
        task
    }
}

impl Fact {
    /// How often it is needed from this step on.
    pub fn uses_from(&self, step: u32) -> u64 {
        self.uses.iter().filter(|&&needed| needed >= step).count() as u64
    }

    /// How often it is expected to be needed by the steps of a range: what somebody knows who knows
    /// its kind and age.
    pub fn expected_uses(&self, steps: Range<u32>, handoff: &Handoff) -> f64 {
        let count = f64::from(steps.end.saturating_sub(steps.start));
        if self.lasting {
            return handoff.use_probability * count;
        }
        // A geometric series.
        let decay = libm::exp2(-1.0 / handoff.half_life_steps);
        let age = f64::from(steps.start.saturating_sub(self.step + 1));
        let first = handoff.use_probability * libm::pow(decay, age);
        first * (1.0 - libm::pow(decay, count)) / (1.0 - decay)
    }
}

fn fact(handoff: &Handoff, step: u32, steps: u32, random: &mut ChaCha8Rng) -> Fact {
    let lasting = unit(random) <= handoff.lasting_share;
    let bytes = lognormal(handoff.fact_bytes, handoff.fact_sigma, random).max(1);
    // A draw of (0, 1]: a share of 0 is never, one of 1 always.
    let findable = unit(random) <= handoff.findable_share;
    let decay = if lasting { 1.0 } else { libm::exp2(-1.0 / handoff.half_life_steps) };
    let mut needed = handoff.use_probability;
    let mut uses = Vec::new();
    for later in step + 1..steps {
        if unit(random) <= needed {
            uses.push(later);
        }
        needed *= decay;
    }
    Fact { step, lasting, bytes, findable, uses }
}

fn action(scenario: &Scenario, choice: &Choice, random: &mut ChaCha8Rng) -> Action {
    let handoff = &scenario.handoff;
    let artifact = choice.draw(random);
    let mutable = scenario.artifacts[artifact as usize].mutable;
    let writes = unit(random) <= scenario.clamped_write_probability() && mutable;
    let ticks = duration(&handoff.action_ticks, random);
    let tokens = lognormal(handoff.action_tokens, handoff.action_sigma, random);
    Action { artifact, writes, ticks, tokens }
}

/// Which artifact: the running sums of their weights.
struct Choice(Vec<f64>);

impl Choice {
    fn new(scenario: &Scenario) -> Choice {
        let exponent = scenario.pattern.popularity_exponent;
        let by_size = scenario.workload == Workload::LargeArtifactReasoning;
        let mut sum = 0.0;
        let artifacts = scenario.artifacts.iter().enumerate();
        let sums = artifacts.map(|(place, artifact)| {
            let size = if by_size { f64::from(artifact.size_tokens) } else { 1.0 };
            sum += size * libm::pow((place + 1) as f64, -exponent);
            sum
        });
        Choice(sums.collect())
    }

    fn draw(&self, random: &mut ChaCha8Rng) -> u32 {
        let Choice(sums) = self;
        let drawn = unit(random) * sums.last().copied().unwrap_or_default();
        sums.partition_point(|&sum| sum < drawn).min(sums.len() - 1) as u32
    }
}
