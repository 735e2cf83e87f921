//! Names and counters. Each is a number of its own type, so that none is taken for another.

use std::fmt;
use std::num::NonZeroU32;

/// An agent, numbered from 0 within one run or room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AgentId(pub u32);

/// A version of an artifact, from 1. It grows by one per accepted commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Version(NonZeroU32);

/// Position in the history of one line: it grows with every claim, commit and expiry.
///
/// It does two jobs. As the *fencing epoch* of a grant it makes a commit from an earlier grant
/// recognizable. As a stamp on every message it orders what the line said, however it arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Epoch(pub u32);

/// A point in time, in ticks. What a tick is, the driver says: a step of the simulator, some
/// milliseconds in the coordinator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tick(pub u32);

/// Names one request of one agent for one artifact. A retry repeats the id; a new request takes
/// a greater one. Ids are never used again, also not after a crash: a driver keeps the counter
/// outside of what a crash can lose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestId(pub u32);

impl Version {
    /// The version that an artifact starts with.
    pub const FIRST: Version = Version(NonZeroU32::MIN);

    /// `None` for 0: there is no version 0.
    pub fn new(number: u32) -> Option<Version> {
        NonZeroU32::new(number).map(Version)
    }

    #[inline]
    pub fn get(self) -> u32 {
        self.0.get()
    }

    /// The version that a commit derived from this one creates.
    ///
    /// # Panics
    /// After 2^32 - 1 commits to one artifact.
    #[inline]
    pub fn next(self) -> Version {
        Version(self.0.checked_add(1).expect("an artifact has fewer than 2^32 versions"))
    }
}

impl Epoch {
    /// # Panics
    /// After 2^32 - 1 changes of hands of one artifact.
    #[inline]
    pub fn next(self) -> Epoch {
        Epoch(self.0.checked_add(1).expect("a line has fewer than 2^32 epochs"))
    }
}

impl Tick {
    /// `ticks` later; saturates at the end of time.
    #[inline]
    pub fn after(self, ticks: u32) -> Tick {
        Tick(self.0.saturating_add(ticks))
    }
}

impl RequestId {
    /// # Panics
    /// After 2^32 - 1 requests of one agent.
    #[inline]
    pub fn next(self) -> RequestId {
        RequestId(self.0.checked_add(1).expect("an agent makes fewer than 2^32 requests"))
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "a{}", self.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "e{}", self.0)
    }
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "t{}", self.0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}
