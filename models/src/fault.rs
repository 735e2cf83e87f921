//! What can go wrong, and how often.

use crate::case::Layer;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Fault {
    /// A message is lost.
    Loss,
    /// A message arrives and stays in flight.
    Duplication,
    /// Messages of one link overtake one another. (The links of an agent, for requests, answers
    /// and events, are not ordered among each other in any case.)
    Reordering,
    /// An agent loses its memory and comes back.
    Crash,
    /// Time passes at the line while somebody holds it.
    Lease,
    /// The authority stops and recovers from its log.
    Restart,
    /// An agent that does not go by its entry: it commits, releases or sends a heartbeat under
    /// the line's epoch without owning it, commits on a base of its choice, or tries to write
    /// without a grant (atomic layer).
    Misuse,
}

impl Fault {
    pub const ALL: [Fault; 7] = [
        Fault::Loss,
        Fault::Duplication,
        Fault::Reordering,
        Fault::Crash,
        Fault::Lease,
        Fault::Restart,
        Fault::Misuse,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Fault::Loss => "loss",
            Fault::Duplication => "dup",
            Fault::Reordering => "reorder",
            Fault::Crash => "crash",
            Fault::Lease => "lease",
            Fault::Restart => "restart",
            Fault::Misuse => "misuse",
        }
    }

    /// What it is, in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Fault::Loss => "a message is lost",
            Fault::Duplication => "a message arrives and stays in flight, to arrive again",
            Fault::Reordering => "messages of one link overtake one another",
            Fault::Crash => "an agent loses its memory and comes back",
            Fault::Lease => "time passes at the line while somebody holds it",
            Fault::Restart => "the authority stops and recovers from its log",
            Fault::Misuse => {
                "an agent commits, releases, sends a heartbeat or writes although it has no grant, \
                 or commits on a base of its choice"
            }
        }
    }
}

/// How often each fault may happen.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Faults([u8; 7]);

impl Faults {
    pub const ANY_NUMBER: u8 = u8::MAX;

    pub fn none() -> Faults {
        Faults::default()
    }

    pub fn with(mut self, fault: Fault, times: u8) -> Faults {
        self.0[fault as usize] = times;
        self
    }

    pub fn left(&self, fault: Fault) -> u8 {
        self.0[fault as usize]
    }

    pub fn allow(&self, fault: Fault) -> bool {
        self.left(fault) > 0
    }

    pub fn is_empty(&self) -> bool {
        *self == Faults::none()
    }

    fn bounded(&self) -> impl Iterator<Item = (Fault, u8)> {
        let all = Fault::ALL.into_iter().map(|fault| (fault, self.left(fault)));
        all.filter(|&(_, times)| times != Faults::ANY_NUMBER)
    }

    /// How many combinations of bounded faults can be left of these.
    pub fn combinations(&self) -> u64 {
        self.bounded().map(|(_, times)| u64::from(times) + 1).product()
    }

    /// All combinations of which no more is left than of this one, as bits. `all`: of 32
    /// combinations at most.
    pub fn cover(&self, all: &Faults) -> u32 {
        let mut cover = 1;
        let mut stride = 1;
        for (fault, times) in all.bounded() {
            cover = (0..=self.left(fault)).fold(0, |some, left| some | cover << (left * stride));
            stride *= times + 1;
        }
        cover
    }

    /// Without the faults that nobody named: `all` means all that a layer knows.
    pub fn known_to(self, layer: Layer) -> Faults {
        let every = Fault::ALL.into_iter().all(|fault| self.left(fault) == Faults::ANY_NUMBER);
        let mut faults = self;
        for fault in Fault::ALL {
            if every && !layer.faults().contains(&fault) {
                faults = faults.with(fault, 0);
            }
        }
        faults
    }

    pub(crate) fn take(&mut self, fault: Fault) {
        let left = &mut self.0[fault as usize];
        if *left != Faults::ANY_NUMBER {
            *left -= 1;
        }
    }
}

/// As on the command line: `loss,dup:1`, a number where it is bounded.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut names = Vec::new();
        for fault in Fault::ALL.into_iter().filter(|&fault| self.allow(fault)) {
            names.push(match self.left(fault) {
                Faults::ANY_NUMBER => fault.name().to_string(),
                times => format!("{}:{times}", fault.name()),
            });
        }
        f.write_str(if names.is_empty() { "none".to_string() } else { names.join(",") }.as_str())
    }
}

impl FromStr for Faults {
    type Err = String;

    fn from_str(text: &str) -> Result<Faults, String> {
        match text {
            "none" => return Ok(Faults::none()),
            "all" => {
                let any = |faults: Faults, fault| faults.with(fault, Faults::ANY_NUMBER);
                return Ok(Fault::ALL.into_iter().fold(Faults::none(), any));
            }
            _ => {}
        }
        let mut faults = Faults::none();
        for part in text.split(',') {
            let (name, times) = match part.split_once(':') {
                None => (part, Faults::ANY_NUMBER),
                Some((name, times)) => match times.parse() {
                    Ok(times) if (1..Faults::ANY_NUMBER).contains(&times) => (name, times),
                    _ => {
                        return Err(format!(
                            "{part:?}: after the colon, how often it may happen, from 1 to 254"
                        ));
                    }
                },
            };
            let fault = Fault::ALL.into_iter().find(|fault| fault.name() == name);
            let Some(fault) = fault else {
                let names = Fault::ALL.map(Fault::name).join(", ");
                return Err(format!("there is no fault {name:?}; there are {names}, none and all"));
            };
            if faults.allow(fault) {
                return Err(format!("{name:?} is named twice"));
            }
            faults = faults.with(fault, times);
        }
        Ok(faults)
    }
}
