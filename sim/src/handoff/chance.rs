//! Random numbers: one ChaCha stream per entity and use, apart from the engine's.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Who draws, and what for.
#[derive(Clone, Copy)]
pub enum Draws {
    /// A lineage's task: drawn before the run, so that it is the same whatever happens in it.
    Task {
        lineage: u32,
    },
    /// What is kept in the drafts of one generation.
    Draft {
        lineage: u32,
        generation: u32,
    },
    /// How long its agents take to start.
    Starts {
        lineage: u32,
    },
    /// What happens to an agent's messages.
    Link {
        agent: u32,
    },
    Crashes {
        agent: u32,
    },
}

/// Above all streams of the engine that belong to agents.
const OWN: u64 = 1 << 61;

pub fn stream(seed: i64, draws: Draws) -> ChaCha8Rng {
    let (kind, of, part) = match draws {
        Draws::Task { lineage } => (0, lineage, 0),
        Draws::Draft { lineage, generation } => (1, lineage, generation),
        Draws::Starts { lineage } => (2, lineage, 0),
        Draws::Link { agent } => (3, agent, 0),
        Draws::Crashes { agent } => (4, agent, 0),
    };
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut random = ChaCha8Rng::from_seed(key);
    // A run has at most 4,000 agents: the parts do not overlap.
    random.set_stream(OWN | kind << 56 | u64::from(of) << 32 | u64::from(part));
    random
}

/// Poisson, by Knuth's product of uniform draws; for means up to some hundred.
pub fn poisson(mean: f64, random: &mut ChaCha8Rng) -> u32 {
    let limit = libm::exp(-mean);
    let mut product = crate::engine::streams::unit(random);
    let mut count = 0;
    while product > limit {
        product *= crate::engine::streams::unit(random);
        count += 1;
    }
    count
}

/// Lognormal about a median, rounded, cut at 1,000 times that.
pub fn lognormal(median: u32, sigma: f64, random: &mut ChaCha8Rng) -> u32 {
    if sigma == 0.0 {
        return median;
    }
    let median = f64::from(median);
    let drawn = median * libm::exp(sigma * crate::engine::streams::normal(random));
    libm::round(drawn.min(1000.0 * median)) as u32
}
