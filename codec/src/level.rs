//! How hard to try.

use std::fmt;

/// The zstd level for a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// By the message's length: high for short messages, where it costs little time, and low for
    /// long ones. `docs/compact-protocol.md` has what each choice costs and saves.
    #[default]
    BySize,
    /// The same for all.
    Fixed(ZstdLevel),
}

impl Level {
    pub(crate) fn of(self, bytes: usize) -> ZstdLevel {
        ZstdLevel(match self {
            Self::Fixed(level) => return level,
            Self::BySize if bytes <= 1 << 10 => 19,
            Self::BySize if bytes <= 4 << 10 => 17,
            Self::BySize if bytes <= 128 << 10 => 15,
            Self::BySize if bytes <= 1 << 20 => 9,
            Self::BySize => 3,
        })
    }

    /// For a delta, of which little is left to write when what is the same was found: higher levels
    /// gain 1 or 2 %.
    pub(crate) fn of_delta(self, bytes: usize) -> ZstdLevel {
        match self {
            Self::Fixed(level) => level,
            Self::BySize if bytes <= 256 << 10 => ZstdLevel(12),
            Self::BySize => self.of(bytes),
        }
    }
}

/// A level of zstd, 1 (fast) to 22 (small).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZstdLevel(u8);

impl ZstdLevel {
    /// The highest.
    pub const MAX: Self = Self(22);

    /// None if it is not one of 1 to 22.
    pub const fn new(level: u8) -> Option<Self> {
        if level >= 1 && level <= Self::MAX.0 { Some(Self(level)) } else { None }
    }

    pub(crate) fn number(self) -> i32 {
        i32::from(self.0)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize - 1
    }
}

impl fmt::Display for ZstdLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
