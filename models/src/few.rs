//! A set of up to eight agents in one byte: states are what fills a checker's memory.

use attune_protocol::{AgentId, AgentSet};
use serde::{Deserialize, Serialize};

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Few(pub u8);

impl Few {
    pub const CAPACITY: u32 = 8;
}

impl AgentSet for Few {
    fn empty(agents: u32) -> Few {
        assert!(agents <= Few::CAPACITY, "a byte holds 8 agents, not {agents}");
        Few(0)
    }

    fn insert(&mut self, agent: AgentId) {
        self.0 |= 1 << agent.0;
    }

    fn remove(&mut self, agent: AgentId) {
        self.0 &= !(1 << agent.0);
    }

    fn contains(&self, agent: AgentId) -> bool {
        self.0 >> agent.0 & 1 == 1
    }

    fn is_empty(&self) -> bool {
        self.0 == 0
    }

    fn len(&self) -> usize {
        self.0.count_ones() as usize
    }

    fn clear(&mut self) {
        self.0 = 0;
    }

    fn absorb(&mut self, other: &mut Few) {
        self.0 |= other.0;
        other.0 = 0;
    }

    fn for_each(&self, mut visit: impl FnMut(AgentId)) {
        let mut rest = self.0;
        while rest != 0 {
            visit(AgentId(rest.trailing_zeros()));
            rest &= rest - 1;
        }
    }
}
