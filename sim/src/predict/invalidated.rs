//! The chain under lazy, lease and access count: a write by another agent invalidates.
//!
//! An invalidation sent in one tick arrives before anyone acts in the next, and always takes
//! the copy with it. So between ticks a copy is either valid, and its holder is in the
//! directory, or it must be fetched, and its holder is not. Everything finer happens inside
//! the tick, in three steps: the agents before act, this one acts, the agents after act.

use super::counts::{Chain, Counts};
use super::turn::Turn;

/// When a valid copy must be fetched again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Expiry {
    Never,
    /// This many ticks after it was fetched or written.
    AfterTicks(usize),
    /// After this many reads from the cache.
    AfterUses(usize),
}

impl Expiry {
    /// A lease of `ttl` ticks in a run of `ticks`. One that outlasts the run never expires.
    pub fn after_ticks(ttl: u32, ticks: u32) -> Self {
        if ttl < ticks { Self::AfterTicks(ttl as usize) } else { Self::Never }
    }

    /// `uses` reads, in a run in which an agent acts at most `most` times.
    pub fn after_uses(uses: u32, most: u64) -> Self {
        if u64::from(uses) < most { Self::AfterUses(uses as usize) } else { Self::Never }
    }

    /// The age or number of uses at which a copy expires; counting stops there.
    fn limit(self) -> usize {
        match self {
            Self::Never => 0,
            Self::AfterTicks(limit) | Self::AfterUses(limit) => limit,
        }
    }
}

/// Distribution over the states of one copy. The vectors are indexed by the copy's age in
/// ticks or its uses, up to the limit, whichever makes it expire.
pub(super) struct Invalidated {
    expiry: Expiry,
    /// No valid copy; not in the directory.
    absent: f64,
    /// Valid copy, in the directory.
    listed: Vec<f64>,
    /// Within a tick only: still valid, but an invalidation is on its way. The directory
    /// knows already, so further writes send nothing here.
    unlisted: Vec<f64>,
    /// Within a tick only: back in the directory by a fetch or a write of its own, with the
    /// invalidation still on its way. It will kill the newer copy all the same.
    relisted: Vec<f64>,
}

impl Invalidated {
    pub fn new(expiry: Expiry) -> Self {
        let empty = vec![0.0; expiry.limit() + 1];
        Self {
            expiry,
            absent: 1.0,
            listed: empty.clone(),
            unlisted: empty.clone(),
            relisted: empty,
        }
    }

    /// The agents before this one act.
    fn others_before(&mut self, written: f64, counts: &mut Counts) {
        for (listed, unlisted) in self.listed.iter_mut().zip(&mut self.unlisted) {
            *unlisted = *listed * written;
            counts.invalidations += *unlisted;
            *listed *= 1.0 - written;
        }
        self.relisted.fill(0.0);
    }

    /// One action of this agent.
    fn act(&mut self, turn: &Turn, counts: &mut Counts) {
        let fetched = self.absent * (turn.read + turn.write);
        counts.read_misses += self.absent * turn.read;
        counts.write_misses += self.absent * turn.write;
        self.absent *= turn.elsewhere;

        let from_listed = use_copies(&mut self.listed, self.expiry, turn, counts);
        let from_unlisted = use_copies(&mut self.unlisted, self.expiry, turn, counts);
        let from_relisted = use_copies(&mut self.relisted, self.expiry, turn, counts);
        self.listed[0] += fetched + from_listed;
        self.relisted[0] += from_unlisted + from_relisted;
    }

    /// The agents after this one act; then the invalidations arrive.
    fn others_after(&mut self, written: f64, counts: &mut Counts) {
        for (listed, (unlisted, relisted)) in
            self.listed.iter_mut().zip(self.unlisted.iter().zip(&self.relisted))
        {
            let hit = *listed * written;
            counts.invalidations += hit + relisted * written;
            self.absent += hit + unlisted + relisted;
            *listed *= 1.0 - written;
        }
    }

    /// Copies under a lease are one tick older.
    fn age(&mut self) {
        if let Expiry::AfterTicks(limit) = self.expiry {
            let expired = self.listed[limit];
            self.listed.rotate_right(1);
            // What had reached the limit stays there; nothing is new at the start of a tick.
            self.listed[0] = 0.0;
            self.listed[limit] += expired;
        }
    }
}

impl Chain for Invalidated {
    fn tick(&mut self, turn: &Turn, counts: &mut Counts) {
        self.others_before(turn.written_before, counts);
        for _ in 0..turn.actions {
            self.act(turn, counts);
        }
        self.others_after(turn.written_after, counts);
        self.age();
    }
}

/// One action on copies that are there. Returns the share that comes out fetched or written
/// anew, taken out of `copies`.
fn use_copies(copies: &mut [f64], expiry: Expiry, turn: &Turn, counts: &mut Counts) -> f64 {
    let limit = expiry.limit();
    let mut renewed = 0.0;
    // From the most used down, so that a use counted up is not used twice.
    for count in (0..copies.len()).rev() {
        let (read, write) = (copies[count] * turn.read, copies[count] * turn.write);
        copies[count] *= turn.elsewhere;
        renewed += write;
        if expiry != Expiry::Never && count >= limit {
            counts.read_misses += read;
            counts.write_misses += write;
            renewed += read;
        } else {
            counts.hits += read;
            let used = matches!(expiry, Expiry::AfterUses(_));
            copies[count + usize::from(used)] += read;
        }
    }
    renewed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_up_to_one() {
        let turn = Turn {
            actions: 2,
            read: 0.3,
            write: 0.2,
            elsewhere: 0.5,
            written_before: 0.1,
            written_after: 0.4,
        };
        for expiry in [Expiry::Never, Expiry::AfterTicks(3), Expiry::AfterUses(3)] {
            let mut chain = Invalidated::new(expiry);
            for _ in 0..100 {
                chain.tick(&turn, &mut Counts::default());
                let all = chain.absent + chain.listed.iter().sum::<f64>();
                assert!((all - 1.0).abs() < 1e-12, "{all} under {expiry:?}");
            }
        }
    }
}
