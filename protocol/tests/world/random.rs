//! Random worlds and random steps. A step is drawn as three numbers and becomes a [`Step`] only
//! in the world it meets, so that shrinking a failing list keeps its meaning.

use super::{Checked, Step, World};
use attune_protocol::{AgentId, AtCommit, AtTick, AtUpgrade, Expiry, Rules, Strategy, Strict};
use proptest::prelude::{Just, Strategy as Draw, any, prop_oneof};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub agents: u32,
    pub rules: Rules,
}

pub type Choice = (u8, u8, u16);

pub fn setups() -> impl Draw<Value = Setup> {
    let bounds = prop_oneof![Just(None), Just(Some(0)), Just(Some(1)), Just(Some(3))];
    (2..=4u32, strategies(), bounds, any::<bool>(), 1..=6u32, 1..=4u32).prop_map(
        |(agents, strategy, bound_reads, revalidate, lease_ticks, acknowledgement_ticks)| {
            let rules = Rules {
                strategy,
                bound_reads,
                lease_ticks,
                acknowledgement_ticks,
                revalidate,
                discipline: Strict,
            };
            Setup { agents, rules }
        },
    )
}

fn strategies() -> impl Draw<Value = Strategy> {
    let expiry = || {
        prop_oneof![
            3 => Just(Expiry::Never),
            1 => (0..4u32).prop_map(Expiry::Ticks),
            1 => (0..3u16).prop_map(Expiry::Reads),
        ]
    };
    let mixed = (
        prop_oneof![Just(AtUpgrade::Keep), Just(AtUpgrade::Invalidate)],
        prop_oneof![Just(AtCommit::Silent), Just(AtCommit::Invalidate), Just(AtCommit::Push)],
        prop_oneof![Just(AtTick::Nothing), Just(AtTick::Push)],
        expiry(),
    );
    prop_oneof![
        1 => Just(Strategy::broadcast()),
        1 => Just(Strategy::eager()),
        1 => Just(Strategy::lazy()),
        1 => (1..4u32).prop_map(Strategy::lease),
        1 => (1..3u16).prop_map(Strategy::access_count),
        1 => Just(Strategy::push()),
        4 => mixed.prop_map(|(at_upgrade, at_commit, at_tick, expiry)| Strategy {
            at_upgrade,
            at_commit,
            at_tick,
            expiry,
        }),
    ]
}

pub fn choices(steps: usize) -> impl Draw<Value = Vec<Choice>> {
    proptest::collection::vec(any::<Choice>(), 0..=steps)
}

/// Checks `test` in many cases; fails with the story of the smallest failure it finds.
pub fn for_all<D: Draw>(cases: u32, draw: D, test: impl Fn(D::Value) -> Checked) {
    let result = runner(cases).run(&draw, |value| test(value).map_err(TestCaseError::fail));
    match result {
        Err(TestError::Fail(story, _)) => panic!("{story}"),
        result => result.expect("cases can be drawn"),
    }
}

/// The same cases in every run. `ATTUNE_CASES` asks for another number of them, and
/// `ATTUNE_SEED` for others.
fn runner(cases: u32) -> TestRunner {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u32>().ok());
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&number("ATTUNE_SEED").unwrap_or(1).to_le_bytes());
    let config = Config {
        cases: number("ATTUNE_CASES").unwrap_or(cases),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

impl World {
    /// What a choice means here and now; half of all deliveries take the oldest message.
    pub fn choose(&self, (kind, which, index): Choice) -> Step {
        let agent = AgentId(u32::from(which) % self.agents.len() as u32);
        let in_flight = self.to_line.len() + self.to_agent.len();
        let any = usize::from(index) % in_flight.max(1);
        let any = if any < self.to_line.len() { Ok(any) } else { Err(any - self.to_line.len()) };
        match kind {
            0..25 => either(any, Step::LineGets, Step::AgentGets),
            25..55 if self.to_line.is_empty() => Step::AgentGets(0),
            55..80 if self.to_agent.is_empty() => Step::LineGets(0),
            25..55 => Step::LineGets(0),
            55..80 => Step::AgentGets(0),
            80..105 => Step::Read(agent),
            105..145 => self.next_to_commit(agent).unwrap_or(Step::Retransmit(agent)),
            145..155 => Step::Fetch(agent),
            155..162 => Step::Upgrade(agent),
            162..165 => Step::Write(agent),
            165..172 => Step::Release(agent),
            172..180 => Step::Heartbeat(agent),
            180..194 => Step::Retransmit(agent),
            194..212 => either(any, Step::RepeatToLine, Step::RepeatToAgent),
            212..222 => either(any, Step::LoseToLine, Step::LoseToAgent),
            222..234 => Step::Wait(u32::from(which) % 4),
            234..240 => Step::Expire,
            240..246 => Step::Crash(agent),
            246..255 => Step::Publish,
            255 => Step::Restart,
        }
    }
}

fn either(index: Result<usize, usize>, ok: fn(usize) -> Step, err: fn(usize) -> Step) -> Step {
    index.map_or_else(err, ok)
}
