//! What section 6 claims, and what it would take to mean it.

use serde::Serialize;

use super::{Action, Bound, Mesi, Spec, State};

/// Something that is to be true of every reachable state.
#[derive(Clone, Copy)]
pub struct Claim {
    pub name: &'static str,
    /// Where the paper states it; `None` if it does not.
    pub section: Option<&'static str>,
    pub says: &'static str,
    /// Whether it is about versions or steps, which [`Bound::StatesOnly`] leaves out.
    pub counts: bool,
    pub holds: fn(&Spec, &State) -> bool,
}

/// Something that nobody may stay in for ever, under weak fairness on `Fetch`.
#[derive(Clone, Copy)]
pub struct Progress {
    pub name: &'static str,
    pub section: Option<&'static str>,
    pub says: &'static str,
    /// Whether this agent is waiting.
    pub waiting: fn(&Spec, &State, u8) -> bool,
}

/// Whether a claim is true in a space, and if not, after how many steps it is first false.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub claim: &'static str,
    pub section: Option<&'static str>,
    pub broken_after: Option<usize>,
}

impl Verdict {
    #[must_use]
    pub fn held(&self) -> bool {
        self.broken_after.is_none()
    }
}

pub const SINGLE_WRITER: Claim = Claim {
    name: "SingleWriter",
    section: Some("6.2, invariant 1"),
    says: "at most one agent is in M",
    counts: false,
    holds: |_, state| state.agents().iter().filter(|a| a.state() == Mesi::M).count() <= 1,
};

pub const ONE_OWNER: Claim = Claim {
    name: "OneOwner",
    section: None,
    says: "at most one agent is in E or M",
    counts: false,
    holds: |_, state| state.agents().iter().filter(|a| a.state().owns()).count() <= 1,
};

pub const READERS_EXCLUDED: Claim = Claim {
    name: "ReadersExcluded",
    section: None,
    says: "nobody can read beside an agent in M (SWMR as the field means it)",
    counts: false,
    holds: |_, state| alone(state, Mesi::M),
};

pub const EXCLUSIVE_IS_ALONE: Claim = Claim {
    name: "ExclusiveIsAlone",
    section: None,
    says: "nobody holds a copy beside an agent in E",
    counts: false,
    holds: |_, state| alone(state, Mesi::E),
};

pub const BOUNDED_STALENESS: Claim = Claim {
    name: "BoundedStaleness",
    section: Some("6.2, invariant 3"),
    says: "agentSteps - lastSync <= K; where Fetch and Write reset agentSteps, agentSteps <= K",
    counts: true,
    holds: |spec, state| state.agents().iter().all(|a| spec.staleness(*a) <= i16::from(spec.k)),
};

pub const FRESH_COPIES: Claim = Claim {
    name: "FreshCopies",
    section: None,
    says: "a copy that can be read is the current version",
    counts: true,
    holds: |_, state| {
        let mut readable = state.agents().iter().filter(|a| a.state() != Mesi::I);
        readable.all(|a| a.sync() == state.version)
    },
};

pub const NO_DEADLOCK: Claim = Claim {
    name: "NoDeadlock",
    section: Some("6.3"),
    says: "some action is enabled",
    counts: false,
    holds: |spec, state| spec.all_actions().any(|action| spec.enabled(state, action)),
};

/// The invariants of section 6.2 that are about one state.
pub const PRINTED: [Claim; 2] = [SINGLE_WRITER, BOUNDED_STALENESS];

/// All that are about one state.
pub static SAFETY: [Claim; 7] = [
    SINGLE_WRITER,
    ONE_OWNER,
    READERS_EXCLUDED,
    EXCLUSIVE_IS_ALONE,
    BOUNDED_STALENESS,
    FRESH_COPIES,
    NO_DEADLOCK,
];

pub const MONOTONIC_VERSION: &str = "MonotonicVersion";

/// The claims about one state that a search of this spec can decide.
pub fn decidable(spec: &Spec) -> impl Iterator<Item = &'static Claim> {
    let counted = spec.bound != Bound::StatesOnly;
    SAFETY.iter().filter(move |claim| counted || !claim.counts)
}

/// Section 6.2, invariant 2: about a step.
#[must_use]
pub fn monotonic_version(before: &State, after: &State) -> bool {
    after.version >= before.version
}

pub const REACHES_S: Progress = Progress {
    name: "Progress",
    section: Some("6.3, liveness scope"),
    says: "an agent in I reaches S",
    waiting: |_, state, a| state.agents()[usize::from(a)].state() == Mesi::I,
};

pub const READS_AGAIN: Progress = Progress {
    name: "ReadsAgain",
    section: None,
    says: "an agent that cannot read can read again, without being made to write",
    waiting: |spec, state, a| !spec.enabled(state, Action::Read(a)),
};

pub const PROGRESS: [Progress; 2] = [REACHES_S, READS_AGAIN];

/// Whether an agent in this state is the only one with a copy.
fn alone(state: &State, owner: Mesi) -> bool {
    let copies = state.agents().iter().filter(|a| a.state() != Mesi::I).count();
    copies <= 1 || state.agents().iter().all(|a| a.state() != owner)
}
