//! What a run remembers: one line per artifact, one cache entry per agent and artifact.

use crate::scenario::Artifact;

/// The authority's side of one artifact.
pub struct Line {
    pub size_tokens: u64,
    pub mutable: bool,
    pub version: i64,
    pub directory: Directory,
}

impl Line {
    pub fn new(artifact: &Artifact, agents: usize) -> Line {
        Line {
            size_tokens: u64::from(artifact.size_tokens),
            mutable: artifact.mutable,
            version: i64::from(artifact.initial_version),
            directory: Directory {
                entered: Vec::with_capacity(agents),
                states: vec![None; agents],
                pending: vec![None; agents],
                pending_count: 0,
            },
        }
    }
}

/// Who holds the artifact, as far as the authority knows.
///
/// An agent enters once, and its place in the order of entry never changes.
pub struct Directory {
    entered: Vec<usize>,
    /// By agent; `None` before it entered.
    states: Vec<Option<State>>,
    /// By agent: the tick of its pending mark.
    pending: Vec<Option<u64>>,
    pending_count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Modified,
    Exclusive,
    Shared,
    Invalid,
}

impl Directory {
    /// The agents other than `agent` that are not invalid, in order of entry.
    pub fn peers(&self, agent: usize) -> impl Iterator<Item = usize> {
        self.entered
            .iter()
            .copied()
            .filter(move |&other| other != agent && self.states[other] != Some(State::Invalid))
    }

    pub fn set(&mut self, agent: usize, state: State) {
        if self.states[agent].replace(state).is_none() {
            self.entered.push(agent);
        }
    }

    /// Makes the peers of `agent` shared, and says whether there were any.
    pub fn share_with(&mut self, agent: usize) -> bool {
        // A run's hottest walk. The agent's own state is taken out of it, so that it has no branch.
        let own = self.states[agent].take();
        let mut any = false;
        for state in &mut self.states {
            let valid = !matches!(state, None | Some(State::Invalid));
            any |= valid;
            *state = if valid { Some(State::Shared) } else { *state };
        }
        self.states[agent] = own;
        any
    }

    pub fn mark_pending(&mut self, agent: usize, now: u64) {
        if self.pending[agent].replace(now).is_none() {
            self.pending_count += 1;
        }
    }

    pub fn clear_pending(&mut self, agent: usize) {
        if self.pending[agent].take().is_some() {
            self.pending_count -= 1;
        }
    }

    /// Removes the marks that are `timeout` ticks old, makes their agents invalid, and gives
    /// the number of marks removed.
    pub fn time_out(&mut self, now: u64, timeout: u64) -> u64 {
        if self.pending_count == 0 {
            return 0;
        }
        let mut removed = 0;
        for agent in 0..self.pending.len() {
            if self.pending[agent].is_some_and(|since| now - since >= timeout) {
                self.clear_pending(agent);
                self.set(agent, State::Invalid);
                removed += 1;
            }
        }
        removed
    }
}

/// An agent's copy of one artifact.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub valid: bool,
    pub version: i64,
    /// Reads since the entry was fresh.
    pub uses: u32,
    /// The first tick at which the entry is too old. Only the lease strategy looks at it.
    pub expiry_tick: u64,
}
