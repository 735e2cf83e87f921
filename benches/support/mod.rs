//! The workload that all measurements share: 64 artifacts, chosen uniformly, each agent acting
//! with probability 0.75 in each tick, every tenth action a write; everything else is as the
//! scenario format has it by default: events take a tick, requests no time.

use attune_sim::scenario::Scenario;

pub const ARTIFACTS: usize = 64;

pub fn scenario(agents: u32, duration_ticks: u32) -> Scenario {
    Scenario::published(agents, duration_ticks, &[4096; ARTIFACTS], 0.1, 0.75, 20)
}
