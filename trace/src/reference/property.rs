//! The promises, by name.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What is promised. The first groups hold at every step; the next is about what must come;
/// the last one about two layers of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Property {
    SingleWriter,
    MonotonicVersions,
    NoLostUpdate,
    DataValue,
    BoundedStaleness,
    NoStaleApply,
    Exclusive,
    ReadersExcluded,
    DirectoryAgrees,
    HoldersTold,
    AppliedOnce,
    TrueAnswers,
    Answered,
    NothingGivenUp,
    TimelyExpiry,
    Recovery,
    NoPanic,
    DeadlockFreedom,
    EveryRequestEnds,
    OrphansFreed,
    QuietReachable,
    Refinement,
}

impl Property {
    pub const SAFETY: [Property; 17] = [
        Property::SingleWriter,
        Property::MonotonicVersions,
        Property::NoLostUpdate,
        Property::DataValue,
        Property::BoundedStaleness,
        Property::NoStaleApply,
        Property::Exclusive,
        Property::ReadersExcluded,
        Property::DirectoryAgrees,
        Property::HoldersTold,
        Property::AppliedOnce,
        Property::TrueAnswers,
        Property::Answered,
        Property::NothingGivenUp,
        Property::TimelyExpiry,
        Property::Recovery,
        Property::NoPanic,
    ];
    pub const PROGRESS: [Property; 4] = [
        Property::DeadlockFreedom,
        Property::EveryRequestEnds,
        Property::OrphansFreed,
        Property::QuietReachable,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Property::SingleWriter => "single-writer",
            Property::MonotonicVersions => "monotonic-versions",
            Property::NoLostUpdate => "no-lost-update",
            Property::DataValue => "data-value",
            Property::BoundedStaleness => "bounded-staleness",
            Property::NoStaleApply => "no-stale-apply",
            Property::Exclusive => "exclusive",
            Property::ReadersExcluded => "readers-excluded",
            Property::DirectoryAgrees => "directory-agrees",
            Property::HoldersTold => "holders-told",
            Property::AppliedOnce => "applied-once",
            Property::TrueAnswers => "true-answers",
            Property::Answered => "answered",
            Property::NothingGivenUp => "nothing-given-up",
            Property::TimelyExpiry => "timely-expiry",
            Property::Recovery => "recovery",
            Property::NoPanic => "no-panic",
            Property::DeadlockFreedom => "deadlock-freedom",
            Property::EveryRequestEnds => "every-request-ends",
            Property::OrphansFreed => "orphans-freed",
            Property::QuietReachable => "quiet-reachable",
            Property::Refinement => "refinement",
        }
    }

    pub fn all() -> impl Iterator<Item = Property> {
        Property::SAFETY.into_iter().chain(Property::PROGRESS).chain([Property::Refinement])
    }

    /// The property of this name.
    pub fn named(name: &str) -> Option<Property> {
        Property::all().find(|property| property.name() == name)
    }

    /// Whether it is judged at each step of a run by itself. The others are about the space of
    /// all runs.
    pub fn is_of_a_run(self) -> bool {
        Property::SAFETY.contains(&self)
    }

    /// The promise in words.
    pub fn statement(self) -> &'static str {
        match self {
            Property::SingleWriter => {
                "never two agents whose commit the line would accept now; a commit is accepted from \
                 the owner only"
            }
            Property::MonotonicVersions => {
                "a line's version grows by one per commit, its epoch never goes back, and no agent \
                 sees either go back"
            }
            Property::NoLostUpdate => {
                "every accepted commit was derived from the version just before it"
            }
            Property::DataValue => {
                "a hit returns exactly the content committed as the version it claims"
            }
            Property::BoundedStaleness => {
                "no agent reads more than K times after its last round trip, or longer than its \
                 copy lives, without another"
            }
            Property::NoStaleApply => {
                "nothing from an epoch that is over is applied: no commit at the line, no event, \
                 answer or grant at an agent"
            }
            Property::Exclusive => {
                "who has the line keeps it until the deadline or until it says otherwise itself"
            }
            Property::ReadersExcluded => {
                "under eager invalidation nobody reads beside a writer whose holders have all \
                 acknowledged"
            }
            Property::DirectoryAgrees => "the line knows of every copy that can be read",
            Property::HoldersTold => {
                "whoever may hold what a claim, a commit or an expiry outdates is told of it"
            }
            Property::AppliedOnce => {
                "a commit is applied at most once, a message that comes twice changes nothing the \
                 second time, and an answer counts only for the request that waits for it"
            }
            Property::TrueAnswers => {
                "what a line says of itself, and an agent of its copy, is true when it is said"
            }
            Property::Answered => "every message is handled, and every request gets an answer",
            Property::NothingGivenUp => {
                "a rightful commit is accepted, and an agent gives up only what is over"
            }
            Property::TimelyExpiry => "a deadline that has passed is acted on, and none before",
            Property::Recovery => "a line recovered from its log is the line that was",
            Property::NoPanic => "no step that a driver may take makes the core panic",
            Property::DeadlockFreedom => "some step is always possible until the work is done",
            Property::EveryRequestEnds => "under fairness, every request is answered",
            Property::OrphansFreed => "under fairness, every orphaned claim and lease is freed",
            Property::QuietReachable => {
                "from every state, one in which nothing is under way can be reached without duplicates, \
                 crashes or restarts"
            }
            Property::Refinement => {
                "every step of the asynchronous layer is one of the atomic layer, or none there, or \
                 a message of an earlier one that comes late"
            }
        }
    }

    /// Where the promise comes from.
    pub fn source(self) -> &'static str {
        match self {
            Property::SingleWriter => "Token Coherence 6.2, invariant 1",
            Property::MonotonicVersions => "Token Coherence 6.2, invariant 2",
            Property::BoundedStaleness => "Token Coherence 6.2, invariant 3, properly counted",
            Property::NoLostUpdate => "Token Coherence 4 (base versions); lost updates: Gray 1976",
            Property::DataValue => "data-value invariant: Sorin, Hill and Wood, chapter 2",
            Property::NoStaleApply => "fencing: Gray and Cheriton 1989, Kleppmann 2016",
            Property::Exclusive => "Token Coherence 5.3 (exclusive grant)",
            Property::ReadersExcluded => {
                "SWMR: Sorin, Hill and Wood, chapter 2; Token Coherence 5.5"
            }
            Property::DirectoryAgrees => "directory inclusion: Sorin, Hill and Wood, chapter 8",
            Property::HoldersTold => "Token Coherence 5.5",
            Property::AppliedOnce => "at-most-once: Birrell and Nelson 1984",
            Property::TrueAnswers | Property::Answered | Property::NothingGivenUp => {
                "no message without a handler: Sorin, Hill and Wood, chapter 8"
            }
            Property::TimelyExpiry => "Token Coherence 5.3 (lease TTL and M-state recovery)",
            Property::Recovery => "Token Coherence 10 (authority restart is left open there)",
            Property::NoPanic => "the core's own contract: its panics are its drivers' mistakes",
            Property::DeadlockFreedom => "Token Coherence 6.3",
            Property::EveryRequestEnds => "Token Coherence 6.3 (liveness, planned there)",
            Property::OrphansFreed => "Token Coherence 10 (agent crash during M-state write)",
            Property::QuietReachable => "reachability of quiescence: Murphi's practice",
            Property::Refinement => "refinement mappings: Abadi and Lamport 1991",
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Broken {
    pub property: Property,
    pub what: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.property, self.what)
    }
}

impl std::error::Error for Broken {}

pub type Checked<T = ()> = Result<T, Broken>;

/// Fails with `property` unless `holds`.
#[inline(always)]
pub(super) fn ensure(holds: bool, property: Property, what: &'static str) -> Checked {
    if holds { Ok(()) } else { Err(Broken { property, what }) }
}
