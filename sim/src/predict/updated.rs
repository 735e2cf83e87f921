//! The chain under eager: a write by another agent sends the new content.
//!
//! A copy, once there, stays valid for ever. What varies is whether the directory still
//! sends it updates: the pending mark that a write leaves is not removed when the update
//! arrives, and when it times out the directory forgets the holder, until it writes itself.

use super::counts::{Chain, Counts};
use super::turn::Turn;

/// Distribution over the states of one copy.
pub(super) struct Updated {
    /// Never accessed.
    absent: f64,
    /// In the directory, without a pending mark.
    unmarked: f64,
    /// In the directory, with a mark; index 0 is one tick old, the last times out this tick.
    marked: Vec<f64>,
    /// Within a tick only: out of the directory since a write in this tick, update on its way.
    told: f64,
    /// Out of the directory for good: the mark timed out. The copy is still used.
    dropped: f64,
}

impl Updated {
    /// `timeout` in ticks; one that outlasts the run may be cut to its length.
    pub fn new(timeout: usize) -> Self {
        Self { absent: 1.0, unmarked: 0.0, marked: vec![0.0; timeout], told: 0.0, dropped: 0.0 }
    }

    /// Other agents act: those in the directory get an update, and are out of it until it
    /// arrives.
    fn others(&mut self, written: f64, counts: &mut Counts) {
        let mut told = 0.0;
        for listed in self.marked.iter_mut().chain([&mut self.unmarked]) {
            told += *listed * written;
            *listed *= 1.0 - written;
        }
        counts.pushes += told;
        self.told += told;
    }

    /// One action of this agent: a first access fetches; a write enters the directory and
    /// clears the mark; a read changes nothing.
    fn act(&mut self, turn: &Turn, counts: &mut Counts) {
        let mut entered = self.absent * (turn.read + turn.write);
        counts.read_misses += self.absent * turn.read;
        counts.write_misses += self.absent * turn.write;
        self.absent *= turn.elsewhere;
        counts.hits += self.unmarked * turn.read;
        for copy in self.marked.iter_mut().chain([&mut self.told, &mut self.dropped]) {
            counts.hits += *copy * turn.read;
            let written = *copy * turn.write;
            *copy -= written;
            entered += written;
        }
        self.unmarked += entered;
    }

    /// Marks time out, the rest grow a tick older, and the updates on their way arrive.
    fn end(&mut self) {
        let told = std::mem::take(&mut self.told);
        match self.marked.last_mut() {
            Some(last) => {
                self.dropped += *last;
                *last = told;
                self.marked.rotate_right(1);
            }
            // Time-out 0: the mark is gone before the update brings its holder back.
            None => self.unmarked += told,
        }
    }
}

impl Chain for Updated {
    fn tick(&mut self, turn: &Turn, counts: &mut Counts) {
        self.others(turn.written_before, counts);
        for _ in 0..turn.actions {
            self.act(turn, counts);
        }
        self.others(turn.written_after, counts);
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(timeout: usize, ticks: u32) -> Updated {
        let turn = Turn {
            actions: 1,
            read: 0.5,
            write: 0.1,
            elsewhere: 0.4,
            written_before: 0.1,
            written_after: 0.2,
        };
        let mut chain = Updated::new(timeout);
        for _ in 0..ticks {
            chain.tick(&turn, &mut Counts::default());
        }
        chain
    }

    #[test]
    fn probabilities_add_up_to_one() {
        for timeout in [0, 1, 5] {
            let chain = after(timeout, 100);
            let marked: f64 = chain.marked.iter().sum();
            let all = chain.absent + chain.unmarked + marked + chain.dropped;
            assert!((all - 1.0).abs() < 1e-12, "{all} with time-out {timeout}");
        }
    }

    #[test]
    fn a_mark_drops_its_holder_after_the_timeout_and_not_before() {
        assert_eq!(after(5, 5).dropped, 0.0);
        assert!(after(5, 6).dropped > 0.0);
    }
}
