//! The expected cost against every possible run, weighted by its probability.
//!
//! The replica draws its choices from a generator and cannot be told what to draw. So this
//! file has the rules once more, written as plainly as they go, for choices handed in: fed
//! with the generator's draws it must count what the replica counts, and fed with all
//! choices there are, its weighted mean is the expected cost to the last digit.

use attune_sim::predict::expected;
use attune_sim::predict::grid::GridPoint;
use attune_sim::published::{self, Strategy};
use attune_sim::scenario::{Activity, ContextModel, Scenario, Ticks, Workload};
use rand_mt::Mt;

/// What an agent does with its turn.
#[derive(Clone, Copy, Debug)]
enum Choice {
    Idle,
    Read(usize),
    Write(usize),
}

/// Fetch, push and invalidation tokens, reads, hits.
type Totals = [u64; 5];

#[derive(Clone, Default)]
struct Pair {
    copy: Option<Copy>,
    listed: bool,
    marked_at: Option<u32>,
}

#[derive(Clone)]
struct Copy {
    valid: bool,
    uses: u32,
    fetched_at: u32,
}

struct Run<'a> {
    scenario: &'a Scenario,
    strategy: Strategy,
    /// By agent, then artifact.
    pairs: Vec<Vec<Pair>>,
    /// Writer, receiver and artifact.
    messages: Vec<(usize, usize, usize)>,
    totals: Totals,
}

impl<'a> Run<'a> {
    /// `choices` are in order of ticks, then agents, then actions.
    fn totals(scenario: &'a Scenario, strategy: Strategy, choices: &[Choice]) -> Totals {
        let pairs = vec![vec![Pair::default(); scenario.artifacts.len()]; scenario.agents as usize];
        let mut run = Run { scenario, strategy, pairs, messages: Vec::new(), totals: [0; 5] };
        let mut choices = choices.iter();
        for now in 0..scenario.duration_ticks {
            run.deliver(now);
            for agent in 0..scenario.agents as usize {
                for _ in 0..actions(scenario) {
                    match *choices.next().expect("one choice per action") {
                        Choice::Idle => {}
                        Choice::Read(artifact) => run.read(agent, artifact, now),
                        Choice::Write(artifact) => run.write(agent, artifact, now),
                    }
                }
            }
            run.end(now);
        }
        run.totals
    }

    fn deliver(&mut self, now: u32) {
        for (writer, receiver, artifact) in std::mem::take(&mut self.messages) {
            let eager = self.strategy == Strategy::Eager;
            let pair = &mut self.pairs[receiver][artifact];
            pair.copy = Some(Copy { valid: eager, uses: 0, fetched_at: now });
            pair.listed = eager;
            if eager {
                self.pairs[writer][artifact].listed = true;
            } else {
                pair.marked_at = None;
            }
        }
    }

    fn needs_fetch(&self, agent: usize, artifact: usize, now: u32) -> bool {
        let Some(copy) = &self.pairs[agent][artifact].copy else {
            return true;
        };
        !copy.valid
            || match self.strategy {
                Strategy::Lease => now - copy.fetched_at >= self.scenario.lease_ttl_ticks,
                Strategy::AccessCount => copy.uses >= self.scenario.access_count_k,
                _ => false,
            }
    }

    fn renew(&mut self, agent: usize, artifact: usize, now: u32) {
        let copy = Some(Copy { valid: true, uses: 0, fetched_at: now });
        self.pairs[agent][artifact] = Pair { copy, listed: true, marked_at: None };
    }

    fn read(&mut self, agent: usize, artifact: usize, now: u32) {
        let needs_fetch = self.needs_fetch(agent, artifact, now);
        self.totals[3] += 1;
        if needs_fetch || self.scenario.context == ContextModel::AlwaysRead {
            self.totals[0] += self.size(artifact);
        } else {
            self.totals[4] += 1;
        }
        if needs_fetch {
            self.renew(agent, artifact, now);
        } else {
            self.pairs[agent][artifact].copy.as_mut().unwrap().uses += 1;
        }
    }

    fn write(&mut self, agent: usize, artifact: usize, now: u32) {
        if self.needs_fetch(agent, artifact, now) {
            self.totals[0] += self.size(artifact);
        }
        for other in (0..self.pairs.len()).filter(|&other| other != agent) {
            let pair = &mut self.pairs[other][artifact];
            if !std::mem::take(&mut pair.listed) {
                continue;
            }
            pair.marked_at = Some(now);
            match self.strategy {
                Strategy::Broadcast => continue,
                Strategy::Eager if self.scenario.context == ContextModel::Pointer => {
                    self.totals[1] += 8;
                }
                Strategy::Eager => self.totals[1] += self.size(artifact),
                _ => self.totals[2] += 12,
            }
            self.messages.push((agent, other, artifact));
        }
        self.renew(agent, artifact, now);
    }

    fn end(&mut self, now: u32) {
        for agent in 0..self.pairs.len() {
            for artifact in 0..self.scenario.artifacts.len() {
                if self.strategy == Strategy::Broadcast {
                    self.totals[1] += self.size(artifact);
                    let pair = &mut self.pairs[agent][artifact];
                    pair.copy = Some(Copy { valid: true, uses: 0, fetched_at: now });
                    pair.listed = true;
                }
                let pair = &mut self.pairs[agent][artifact];
                let timeout = self.scenario.transient_timeout_ticks;
                if pair.marked_at.is_some_and(|marked_at| now - marked_at >= timeout) {
                    pair.marked_at = None;
                    pair.listed = false;
                }
            }
        }
    }

    fn size(&self, artifact: usize) -> u64 {
        u64::from(self.scenario.artifacts[artifact].size_tokens)
    }
}

fn actions(scenario: &Scenario) -> u32 {
    match scenario.activity {
        Activity::Probability(_) => 1,
        Activity::Velocity(actions) => actions,
    }
}

/// Everything an action can be, with its probability.
fn choices(scenario: &Scenario) -> Vec<(Choice, f64)> {
    let acting = match scenario.activity {
        Activity::Probability(probability) => probability,
        Activity::Velocity(_) => 1.0,
    };
    let weight = |size: u32| match scenario.workload {
        Workload::LargeArtifactReasoning => f64::from(size),
        _ => 1.0,
    };
    let all: f64 = scenario.artifacts.iter().map(|artifact| weight(artifact.size_tokens)).sum();
    let mut choices = vec![(Choice::Idle, 1.0 - acting)];
    for (number, artifact) in scenario.artifacts.iter().enumerate() {
        let access = acting * weight(artifact.size_tokens) / all;
        let write = if artifact.mutable { scenario.clamped_write_probability() } else { 0.0 };
        choices.push((Choice::Read(number), access * (1.0 - write)));
        choices.push((Choice::Write(number), access * write));
    }
    choices.retain(|(_, probability)| *probability > 0.0);
    choices
}

/// The mean totals over every sequence of choices.
fn exhaustive(scenario: &Scenario, strategy: Strategy) -> [f64; 5] {
    let choices = choices(scenario);
    let turns = (scenario.duration_ticks * scenario.agents * actions(scenario)) as usize;
    let mut means = [0.0; 5];
    let mut digits = vec![0; turns];
    loop {
        let probability: f64 = digits.iter().map(|&digit: &usize| choices[digit].1).product();
        let sequence: Vec<Choice> = digits.iter().map(|&digit| choices[digit].0).collect();
        let totals = Run::totals(scenario, strategy, &sequence);
        for (mean, total) in means.iter_mut().zip(totals) {
            *mean += probability * total as f64;
        }
        let Some(place) = digits.iter().position(|&digit| digit + 1 < choices.len()) else {
            return means;
        };
        digits[..place].fill(0);
        digits[place] += 1;
    }
}

fn assert_exact(scenario: &Scenario) {
    for strategy in Strategy::ALL {
        let means = exhaustive(scenario, strategy);
        let expected = expected(scenario, strategy).unwrap();
        let predicted =
            [expected.fetch, expected.push, expected.invalidation, expected.reads, expected.hits];
        for (predicted, mean) in predicted.into_iter().zip(means) {
            assert_close(predicted, mean, 1e-11, &format!("{strategy:?} in {scenario:?}"));
        }
    }
}

#[test]
fn two_agents_four_ticks() {
    for (write_probability, limit) in [(0.05, 1), (0.4, 2), (0.9, 3), (1.0, 0)] {
        let mut scenario = scenario(2, 4, &[100], write_probability);
        scenario.lease_ttl_ticks = limit;
        scenario.access_count_k = limit;
        scenario.transient_timeout_ticks = limit;
        assert_exact(&scenario);
    }
}

#[test]
fn three_agents_three_ticks() {
    let mut scenario = scenario(3, 3, &[100], 0.35);
    scenario.lease_ttl_ticks = 1;
    scenario.access_count_k = 1;
    scenario.transient_timeout_ticks = 1;
    assert_exact(&scenario);
}

#[test]
fn two_agents_take_six_ticks_to_be_dropped_and_come_back() {
    let mut scenario = scenario(2, 6, &[100], 0.7);
    scenario.activity = Activity::Probability(1.0);
    scenario.transient_timeout_ticks = 2;
    scenario.lease_ttl_ticks = 2;
    scenario.access_count_k = 1;
    assert_exact(&scenario);
}

#[test]
fn two_artifacts_picked_by_size_and_one_immutable() {
    let mut scenario = scenario(2, 3, &[100, 300], 0.25);
    scenario.workload = Workload::LargeArtifactReasoning;
    scenario.lease_ttl_ticks = 1;
    scenario.access_count_k = 1;
    scenario.transient_timeout_ticks = 1;
    assert_exact(&scenario);
    scenario.artifacts[0].mutable = false;
    assert_exact(&scenario);
}

#[test]
fn several_actions_in_a_tick() {
    let mut scenario = scenario(2, 3, &[100, 50], 0.5);
    scenario.activity = Activity::Velocity(2);
    scenario.artifacts[1].mutable = false;
    scenario.lease_ttl_ticks = 1;
    scenario.access_count_k = 2;
    scenario.transient_timeout_ticks = 1;
    assert_exact(&scenario);
}

#[test]
fn every_context_model_and_both_latencies() {
    for context in
        [ContextModel::AlwaysRead, ContextModel::ConditionalInjection, ContextModel::Pointer]
    {
        for latency in [0, 1] {
            let mut scenario = scenario(2, 3, &[100], 0.3);
            scenario.context = context;
            scenario.network.latency = Ticks::Constant(latency);
            scenario.access_count_k = 1;
            scenario.lease_ttl_ticks = 2;
            assert_exact(&scenario);
        }
    }
}

/// The rules above are the replica's: on the same draws they count the same.
#[test]
fn the_rules_here_are_the_replicas() {
    let mut scenarios = vec![
        scenario(4, 40, &[4_096, 4_096, 4_096], 0.1),
        scenario(3, 60, &[500, 70], 0.6),
        scenario(5, 30, &[1_000], 0.9),
    ];
    scenarios[1].activity = Activity::Velocity(2);
    scenarios[1].artifacts[1].mutable = false;
    scenarios[1].context = ContextModel::AlwaysRead;
    scenarios[2].context = ContextModel::Pointer;
    scenarios[2].network.latency = Ticks::Constant(0);
    for scenario in &scenarios {
        for strategy in Strategy::ALL {
            for seed in 0..20 {
                let report = published::run(scenario, strategy, seed);
                let totals = Run::totals(scenario, strategy, &draws(scenario, seed as u32));
                let counted = [
                    report.tokens_fetch,
                    report.tokens_broadcast,
                    report.tokens_invalidation,
                    report.read_actions,
                    report.cache_hits,
                ];
                assert_eq!(totals, counted, "{strategy:?}, seed {seed}, {scenario:?}");
            }
        }
    }
}

/// The choices that the published simulator draws from this seed.
fn draws(scenario: &Scenario, seed: u32) -> Vec<Choice> {
    let mut generator = Mt::new_with_key([seed]);
    let artifacts = scenario.artifacts.len() as u32;
    let bits = u32::BITS - artifacts.leading_zeros();
    let turns = scenario.duration_ticks * scenario.agents * actions(scenario);
    (0..turns)
        .map(|_| {
            if let Activity::Probability(probability) = scenario.activity
                && unit(&mut generator) >= probability
            {
                return Choice::Idle;
            }
            let artifact = loop {
                let number = generator.next_u32() >> (u32::BITS - bits);
                if number < artifacts {
                    break number as usize;
                }
            };
            let mutable = scenario.artifacts[artifact].mutable;
            if mutable && unit(&mut generator) < scenario.clamped_write_probability() {
                Choice::Write(artifact)
            } else {
                Choice::Read(artifact)
            }
        })
        .collect()
}

fn unit(generator: &mut Mt) -> f64 {
    let (high, low) = (generator.next_u32() >> 5, generator.next_u32() >> 6);
    (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
}

/// The grid's scenario with these artifact sizes.
fn scenario(agents: u32, ticks: u32, sizes: &[u32], write_probability: f64) -> Scenario {
    let artifacts = sizes.len() as u32;
    let point = GridPoint {
        strategy: Strategy::Lazy,
        agents,
        write_probability,
        ticks,
        artifacts,
        seed: 0,
    };
    let mut scenario = point.scenario();
    for (artifact, &size) in scenario.artifacts.iter_mut().zip(sizes) {
        artifact.size_tokens = size;
    }
    scenario
}

/// Asserts that two numbers agree to a relative difference.
fn assert_close(actual: f64, wanted: f64, relative: f64, what: &str) {
    let allowed = relative * wanted.abs().max(1e-9);
    assert!((actual - wanted).abs() <= allowed, "{actual} instead of {wanted}: {what}");
}
