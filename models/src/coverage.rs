//! What a search has met at all: witnesses, and which state met which message. A search notes
//! them on the side; they decide nothing.

use attune_protocol::{Ask, Hold, State, Tell, ToAgent, ToLine};
use attune_trace::reference::{Seen, Witness};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub struct Coverage {
    seen: AtomicU64,
    agent: AtomicU64,
    line: AtomicU64,
}

const STATES: [(State, &str); 8] = [
    (State::Invalid, "I"),
    (State::Shared, "S"),
    (State::Exclusive, "E"),
    (State::Modified, "M"),
    (State::Fetching, "I fetching"),
    (State::Upgrading, "S upgrading"),
    (State::UpgradingInvalid, "I upgrading"),
    (State::Committing, "M committing"),
];
const TELLS: [&str; 8] =
    ["fill", "grant", "held", "committed", "refused", "renewed", "invalidate", "update"];
const HOLDS: [&str; 5] = [
    "free",
    "claimed by the sender",
    "claimed by another",
    "owned by the sender",
    "owned by another",
];
const ASKS: [&str; 6] = ["fetch", "upgrade", "commit", "release", "heartbeat", "acknowledge"];

fn add(set: &AtomicU64, bits: u64) {
    // Read first: after the first moments of a search nothing is new.
    if set.load(Ordering::Relaxed) & bits != bits {
        set.fetch_or(bits, Ordering::Relaxed);
    }
}

impl Coverage {
    pub fn note(&self, seen: Seen) {
        add(&self.seen, seen.0);
    }

    pub fn agent(&self, state: State, message: &ToAgent) {
        let row = STATES.iter().position(|&(known, _)| known == state).expect("a known state");
        let column = match message.tell {
            Tell::Fill { .. } => 0,
            Tell::Grant { .. } => 1,
            Tell::Held { .. } => 2,
            Tell::Committed => 3,
            Tell::Refused(_) => 4,
            Tell::Renewed { .. } => 5,
            Tell::Invalidate => 6,
            Tell::Update { .. } => 7,
        };
        add(&self.agent, 1 << (row * TELLS.len() + column));
    }

    pub fn line(&self, hold: Hold, message: &ToLine) {
        let row = match hold {
            Hold::Free => 0,
            Hold::Claimed(claim) => 1 + usize::from(claim.agent != message.agent),
            Hold::Owned(claim) => 3 + usize::from(claim.agent != message.agent),
        };
        let column = match message.ask {
            Ask::Fetch => 0,
            Ask::Upgrade => 1,
            Ask::Commit => 2,
            Ask::Release => 3,
            Ask::Heartbeat => 4,
            Ask::Acknowledge { .. } => 5,
        };
        add(&self.line, 1 << (row * ASKS.len() + column));
    }

    pub fn seen(&self) -> Seen {
        Seen(self.seen.load(Ordering::Relaxed))
    }

    pub fn witnesses(&self) -> impl Iterator<Item = Witness> {
        let seen = self.seen();
        Witness::ALL.iter().copied().filter(move |&witness| seen.has(witness))
    }

    /// The pairs that were met, in words: `S: invalidate`, `line free: fetch`.
    pub fn met(&self) -> Vec<String> {
        let (agent, line) = (self.agent.load(Ordering::Relaxed), self.line.load(Ordering::Relaxed));
        let agents = (0..64)
            .filter(|bit| agent >> bit & 1 == 1)
            .map(|bit| format!("{}: {}", STATES[bit / TELLS.len()].1, TELLS[bit % TELLS.len()]));
        let lines = (0..30)
            .filter(|bit| line >> bit & 1 == 1)
            .map(|bit| format!("line {}: {}", HOLDS[bit / ASKS.len()], ASKS[bit % ASKS.len()]));
        agents.chain(lines).collect()
    }
}
