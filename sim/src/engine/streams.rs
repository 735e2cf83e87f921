//! Random numbers: ChaCha8, one stream per entity, so that adding an agent or a strategy leaves
//! the draws of the others as they were.

use crate::scenario::Ticks;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What an agent's stream is for. Each agent has one stream per use.
#[derive(Clone, Copy)]
pub enum Use {
    /// Which artifact, read or write.
    Accesses = 0,
    /// How long writes take.
    Writes = 1,
    /// Latency, loss, duplication and reordering of its messages.
    Link = 2,
    /// Crashes and returns.
    Faults = 3,
    /// Who acts, and who crashes, where agents have no draws of their own for that.
    Acting = 4,
    Crashing = 5,
}

/// The run itself, as an agent that there is not: its `Accesses` are whose turn it is, its `Writes`
/// which artifacts are written at all, and their sizes.
pub const RUN: u32 = u32::MAX;

pub fn stream(seed: i64, agent: u32, purpose: Use) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut random = ChaCha8Rng::from_seed(key);
    random.set_stream(match purpose {
        Use::Accesses | Use::Writes | Use::Link | Use::Faults => {
            u64::from(agent) * 4 + purpose as u64
        }
        // Not an agent's.
        Use::Acting | Use::Crashing => 1 << 60 | purpose as u64,
    });
    random
}

/// A stream per agent, made when it is first drawn from.
pub struct Streams {
    seed: i64,
    purpose: Use,
    streams: Vec<Option<Box<ChaCha8Rng>>>,
}

impl Streams {
    pub fn new(seed: i64, agents: u32, purpose: Use) -> Streams {
        Streams { seed, purpose, streams: vec![None; agents as usize] }
    }

    #[inline]
    pub fn of(&mut self, agent: u32) -> &mut ChaCha8Rng {
        let (seed, purpose) = (self.seed, self.purpose);
        self.streams[agent as usize].get_or_insert_with(|| Box::new(stream(seed, agent, purpose)))
    }
}

/// A probability as a threshold for 32-bit draws: right to within 2^-32.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Chance(u64);

impl Chance {
    pub const NEVER: Chance = Chance(0);

    pub fn new(probability: f64) -> Chance {
        Chance((probability * 4_294_967_296.0) as u64)
    }

    /// Draws, unless the answer is certain to be no.
    #[inline]
    pub fn hits(self, random: &mut ChaCha8Rng) -> bool {
        self != Chance::NEVER && u64::from(random.next_u32()) < self.0
    }
}

/// Uniform over `0..bound`, to within `bound` / 2^32.
#[inline]
pub fn below(bound: u32, random: &mut ChaCha8Rng) -> u32 {
    ((u64::from(random.next_u32()) * u64::from(bound)) >> 32) as u32
}

/// Draws a duration; a constant needs no draw. `exp` and `ln` are libm's, whose bits are the same
/// on every platform.
pub fn duration(ticks: &Ticks, random: &mut ChaCha8Rng) -> u32 {
    match *ticks {
        Ticks::Constant(ticks) => ticks,
        Ticks::Uniform { min, max } => match (max - min).checked_add(1) {
            Some(width) => min + below(width, random),
            None => random.next_u32(),
        },
        Ticks::Exponential { mean, max } => rounded(-mean * libm::log(unit(random)), max),
        Ticks::Lognormal { median, sigma, max } => {
            rounded(median * libm::exp(sigma * normal(random)), max)
        }
    }
}

/// The longest duration that can be drawn.
pub fn longest(ticks: &Ticks) -> u32 {
    match *ticks {
        Ticks::Constant(ticks) => ticks,
        Ticks::Uniform { max, .. }
        | Ticks::Exponential { max, .. }
        | Ticks::Lognormal { max, .. } => max,
    }
}

/// A draw from the normal distribution: Box and Muller, one of the two.
pub fn normal(random: &mut ChaCha8Rng) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(unit(random)));
    radius * libm::cos(core::f64::consts::TAU * unit(random))
}

/// Uniform over (0, 1], in steps of 2^-53.
pub fn unit(random: &mut ChaCha8Rng) -> f64 {
    ((random.next_u64() >> 11) + 1) as f64 / 9_007_199_254_740_992.0
}

fn rounded(ticks: f64, max: u32) -> u32 {
    libm::round(ticks).min(f64::from(max)) as u32
}
