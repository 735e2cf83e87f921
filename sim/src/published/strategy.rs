//! The published simulator's synchronization strategies.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A synchronization strategy, under the name that the published simulator gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Every artifact to every agent at the end of every tick.
    Broadcast,
    /// The content to every holder at a write (the engine's *push*).
    Eager,
    /// An invalidation to every holder at a write.
    Lazy,
    /// As lazy, and a copy expires some ticks after it was fetched.
    Lease,
    /// As lazy, and a copy expires after some uses.
    AccessCount,
}

impl Strategy {
    pub const ALL: [Strategy; 5] = [
        Strategy::Broadcast,
        Strategy::Eager,
        Strategy::Lazy,
        Strategy::Lease,
        Strategy::AccessCount,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Strategy::Broadcast => "broadcast",
            Strategy::Eager => "eager",
            Strategy::Lazy => "lazy",
            Strategy::Lease => "lease",
            Strategy::AccessCount => "access_count",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Strategy::ALL
            .into_iter()
            .find(|strategy| strategy.name() == name)
            .ok_or_else(|| UnknownStrategy(name.to_owned()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown strategy `{0}`: expected broadcast, eager, lazy, lease or access_count")]
pub struct UnknownStrategy(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for strategy in Strategy::ALL {
            assert_eq!(strategy.name().parse(), Ok(strategy));
            assert_eq!(serde_json::to_value(strategy).unwrap(), strategy.to_string());
        }
        assert!("push".parse::<Strategy>().is_err());
    }
}
