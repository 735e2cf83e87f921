//! The chain under broadcast: from the end of the first tick on, every copy is valid.

use super::counts::{Chain, Counts};
use super::turn::Turn;

/// Broadcast sends no invalidations and its copies do not expire, so only a copy that was
/// never there is fetched; the sweep at the end of the first tick puts one everywhere.
pub(super) struct Broadcast {
    absent: f64,
}

impl Broadcast {
    pub fn new() -> Self {
        Self { absent: 1.0 }
    }
}

impl Chain for Broadcast {
    fn tick(&mut self, turn: &Turn, counts: &mut Counts) {
        for _ in 0..turn.actions {
            let present = 1.0 - self.absent;
            counts.read_misses += self.absent * turn.read;
            counts.write_misses += self.absent * turn.write;
            counts.hits += present * turn.read;
            self.absent *= turn.elsewhere;
        }
        counts.pushes += 1.0;
        self.absent = 0.0;
    }
}
