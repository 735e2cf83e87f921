//! A state of section 6.1 in fourteen bytes.

use std::fmt;

use serde::{Serialize, Serializer};
use stateright::Representative;

/// The most agents a state has room for.
pub const AGENTS_MAX: usize = 6;

/// The largest count of reads, and the largest version, that a [`Holding`] has room for.
pub const COUNT_MAX: u8 = 63;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Mesi {
    I,
    S,
    E,
    M,
}

impl Mesi {
    /// Whether Write is open to an agent in this state.
    #[must_use]
    pub fn owns(self) -> bool {
        matches!(self, Mesi::E | Mesi::M)
    }
}

/// What the spec keeps for one agent: `artifactState`, `agentSteps` and `lastSync`, and whether an
/// invalidation is on its way. In one word, so that states hash and sort fast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Holding(u16);

impl Holding {
    #[must_use]
    pub fn new(state: Mesi, steps: u8, sync: u8) -> Holding {
        Holding(0).with_state(state).with_steps(steps).with_sync(sync)
    }

    #[must_use]
    pub fn state(self) -> Mesi {
        [Mesi::I, Mesi::S, Mesi::E, Mesi::M][usize::from(self.0 >> 14)]
    }

    /// `agentSteps`.
    #[must_use]
    pub fn steps(self) -> u8 {
        (self.0 >> 6 & 0x3f) as u8
    }

    /// `lastSync`.
    #[must_use]
    pub fn sync(self) -> u8 {
        (self.0 & 0x3f) as u8
    }

    /// Whether an invalidation is on its way to this agent.
    #[must_use]
    pub fn posted(self) -> bool {
        self.0 >> 12 & 1 == 1
    }

    #[must_use]
    pub fn with_state(self, state: Mesi) -> Holding {
        Holding(self.0 & 0x3fff | (state as u16) << 14)
    }

    /// # Panics
    ///
    /// If the count has no room: a space without bounds was searched too far.
    #[must_use]
    pub fn with_steps(self, steps: u8) -> Holding {
        assert!(steps <= COUNT_MAX, "no room for {steps} steps: bound the space");
        Holding(self.0 & !0x0fc0 | u16::from(steps) << 6)
    }

    /// # Panics
    ///
    /// As [`with_steps`](Holding::with_steps).
    #[must_use]
    pub fn with_sync(self, sync: u8) -> Holding {
        assert!(sync <= COUNT_MAX, "no room for version {sync}: bound the space");
        Holding(self.0 & !0x003f | u16::from(sync))
    }

    #[must_use]
    pub fn with_posted(self, posted: bool) -> Holding {
        Holding(self.0 & !0x1000 | u16::from(posted) << 12)
    }
}

impl fmt::Debug for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.posted() { "<-Inv" } else { "" };
        write!(f, "{:?}{mark} {}/{}", self.state(), self.steps(), self.sync())
    }
}

impl Serialize for Holding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Fields {
            artifact_state: Mesi,
            agent_steps: u8,
            last_sync: u8,
            invalidation_in_flight: bool,
        }
        let (agent_steps, last_sync) = (self.steps(), self.sync());
        let invalidation_in_flight = self.posted();
        Fields { artifact_state: self.state(), agent_steps, last_sync, invalidation_in_flight }
            .serialize(serializer)
    }
}

/// The four variables of section 6.1 for up to six agents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// `artifactVersion`.
    pub version: u8,
    agents: u8,
    /// Those past the last agent stay zero.
    holdings: [Holding; AGENTS_MAX],
}

impl State {
    /// `Init`: everybody in S at version 1.
    ///
    /// # Panics
    ///
    /// If there is no room for so many agents.
    #[must_use]
    pub fn init(agents: usize) -> State {
        assert!((1..=AGENTS_MAX).contains(&agents), "1 to {AGENTS_MAX} agents, not {agents}");
        let mut holdings = [Holding::default(); AGENTS_MAX];
        holdings[..agents].fill(Holding::new(Mesi::S, 0, 1));
        State { version: 1, agents: agents as u8, holdings }
    }

    #[must_use]
    pub fn agents(&self) -> &[Holding] {
        &self.holdings[..usize::from(self.agents)]
    }

    pub fn agents_mut(&mut self) -> &mut [Holding] {
        &mut self.holdings[..usize::from(self.agents)]
    }

    /// How many states are this one under another naming of the agents.
    #[must_use]
    pub fn orbit(&self) -> u64 {
        let sorted = self.representative();
        let alike = sorted.agents().chunk_by(|a, b| a == b);
        let factorial = |n: usize| (1..=n as u64).product::<u64>();
        factorial(self.agents().len()) / alike.map(|same| factorial(same.len())).product::<u64>()
    }
}

/// No agent is special in section 6, so sorting them names a class of states that differ only by
/// who is who.
impl Representative for State {
    fn representative(&self) -> State {
        let mut sorted = *self;
        sorted.agents_mut().sort_unstable();
        sorted
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{} {:?}", self.version, self.agents())
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Fields<'a> {
            artifact_version: u8,
            agents: &'a [Holding],
        }
        Fields { artifact_version: self.version, agents: self.agents() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_holding_do_not_touch() {
        for state in [Mesi::I, Mesi::S, Mesi::E, Mesi::M] {
            for (steps, sync, posted) in [(0, 1, true), (63, 0, false), (21, 42, true)] {
                let holding = Holding::new(state, steps, sync).with_posted(posted);
                let back = (holding.state(), holding.steps(), holding.sync(), holding.posted());
                assert_eq!(back, (state, steps, sync, posted));
                assert_eq!(holding.with_steps(0).sync(), sync);
                assert_eq!(holding.with_sync(0).steps(), steps);
            }
        }
        assert_eq!(size_of::<State>(), 14);
    }

    #[test]
    fn an_orbit_counts_the_namings() {
        let mut state = State::init(4);
        assert_eq!(state.orbit(), 1);
        state.agents_mut()[2] = Holding::new(Mesi::E, 0, 1);
        assert_eq!(state.orbit(), 4);
        state.agents_mut()[0] = Holding::new(Mesi::I, 0, 1);
        assert_eq!(state.orbit(), 12);
    }
}
