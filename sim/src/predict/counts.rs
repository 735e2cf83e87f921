//! What a chain adds up, and the shape of a chain.

use super::turn::Turn;

/// Expected numbers of events at one artifact, over all agents and ticks so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub hits: f64,
    pub read_misses: f64,
    pub write_misses: f64,
    /// Content sent unasked.
    pub pushes: f64,
    pub invalidations: f64,
}

/// The distribution of one agent's copy of one artifact, carried from tick to tick.
pub(super) trait Chain {
    /// Carries the distribution over one tick, and adds what is expected to happen in it.
    fn tick(&mut self, turn: &Turn, counts: &mut Counts);
}
