//! Random draws as CPython's `random.Random` makes them.

use rand_mt::Mt;

/// MT19937, seeded as CPython seeds `random.Random(int)`.
#[derive(Clone, Debug)]
pub struct Random {
    generator: Mt,
}

impl Random {
    /// The sign of the seed is ignored, as CPython does.
    pub fn new(seed: i64) -> Random {
        let magnitude = seed.unsigned_abs();
        let low = magnitude as u32;
        let high = (magnitude >> 32) as u32;
        // The key is the magnitude's 32-bit words without leading zeros, but at least one word.
        let words = if high == 0 { 1 } else { 2 };
        Random { generator: Mt::new_with_key([low, high].into_iter().take(words)) }
    }

    /// Uniform in `[0, 1)`, with 53 bits (`random()`).
    pub fn unit(&mut self) -> f64 {
        let a = f64::from(self.generator.next_u32() >> 5);
        let b = f64::from(self.generator.next_u32() >> 6);
        (a * 67_108_864.0 + b) / 9_007_199_254_740_992.0
    }

    /// Uniform in `0..n`, by rejection (`randrange(n)`, `choice`).
    ///
    /// # Panics
    ///
    /// If `n` is zero.
    pub fn below(&mut self, n: u32) -> u32 {
        assert!(n > 0, "a draw from nothing");
        // The bit length of n, not of n - 1: a power of two rejects half of its draws.
        let shift = n.leading_zeros();
        loop {
            let value = self.generator.next_u32() >> shift;
            if value < n {
                return value;
            }
        }
    }

    /// An index, with probability proportional to its weight (`choices(weights=...)`).
    pub fn weighted(&mut self, weights: &Weights) -> usize {
        let x = self.unit() * weights.total;
        let last = weights.cumulative.len() - 1;
        weights.cumulative[..last].partition_point(|&sum| sum <= x)
    }
}

/// Weights to draw from, as cumulative sums.
#[derive(Clone, Debug)]
pub struct Weights {
    cumulative: Vec<f64>,
    total: f64,
}

impl Weights {
    /// # Panics
    ///
    /// If there are none.
    pub fn new(weights: impl IntoIterator<Item = u32>) -> Weights {
        let mut total = 0.0;
        let cumulative: Vec<f64> = weights
            .into_iter()
            .map(|weight| {
                total += f64::from(weight);
                total
            })
            .collect();
        assert!(!cumulative.is_empty(), "a draw from nothing");
        Weights { cumulative, total }
    }
}
