//! Draws from a session's own random stream. All mathematics is libm's, whose bits are the same on
//! every platform.

use super::law::{Law, Lognormal};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A random stream of its own for each session: adding sessions leaves the others as they were.
pub struct Draw(ChaCha8Rng);

impl Draw {
    pub fn new(seed: u64, stream: u64) -> Draw {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut random = ChaCha8Rng::from_seed(key);
        random.set_stream(stream);
        Draw(random)
    }

    /// Uniform over [0, 1), in steps of 2^-53.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    pub fn hits(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Uniform over `0..bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// How often something of this probability comes in a row before it fails.
    pub fn row(&mut self, probability: f64) -> u64 {
        let mut length = 0;
        // No chain that was fitted is as long; a probability of 1 must end.
        while length < 10_000 && self.hits(probability) {
            length += 1;
        }
        length
    }

    pub fn value(&mut self, law: &Law) -> f64 {
        match law {
            Law::Lognormal(law) => self.lognormal(law),
            Law::Observed(law) => law.at(self.unit()),
        }
    }

    pub fn lognormal(&mut self, law: &Lognormal) -> f64 {
        // Box and Muller, one of the two.
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        let normal = radius * libm::cos(core::f64::consts::TAU * self.unit());
        (law.median * libm::exp(law.sigma * normal)).min(law.max)
    }

    /// A whole number of at least 1.
    pub fn count(&mut self, law: &Law) -> u64 {
        libm::round(self.value(law)).max(1.0) as u64
    }

    /// A place, with probability in proportion to its weight; `None` if there is no weight.
    pub fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> Option<usize> {
        let total: f64 = weights.clone().sum();
        let mut point = self.unit() * total;
        let mut chosen = None;
        for (place, weight) in weights.enumerate() {
            if weight > 0.0 {
                chosen = Some(place);
                if point < weight {
                    break;
                }
                point -= weight;
            }
        }
        chosen
    }
}
