//! One line with what keeps it: a clock, a snapshot, and the log of its inputs since.

use crate::Mutant;
use attune_protocol::{Bitset, Line, Rules, Tick, ToAgent, ToLine, Version};

/// What a line can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Message(ToLine),
    Expire,
    Publish { agents: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    pub line: Line<Bitset>,
    pub clock: Tick,
    snapshot: Line<Bitset>,
    log: Vec<(Tick, Input)>,
}

impl Authority {
    pub fn new(agents: u32) -> Authority {
        let line = Line::new(Version::FIRST, agents);
        Authority { snapshot: line.clone(), line, clock: Tick(0), log: Vec::new() }
    }

    /// Gives the line something to do and gives what it says.
    pub fn give(&mut self, now: Tick, input: Input, rules: &Rules<Mutant>) -> Vec<ToAgent> {
        self.clock = now;
        self.log.push((now, input));
        let mut told = Vec::new();
        apply(&mut self.line, now, input, rules, |message| told.push(message));
        told
    }

    pub fn snapshot(&mut self) {
        self.snapshot = self.line.clone();
        self.log.clear();
    }

    /// The line as snapshot and log have it; nothing is said a second time.
    pub fn recover(&mut self, rules: &Rules<Mutant>) {
        let mut line = self.snapshot.clone();
        for &(now, input) in &self.log {
            apply(&mut line, now, input, rules, |_| {});
        }
        self.line = line;
    }
}

/// The one place where a line is driven, live or from the log.
fn apply(
    line: &mut Line<Bitset>,
    now: Tick,
    input: Input,
    rules: &Rules<Mutant>,
    send: impl FnMut(ToAgent),
) {
    match input {
        Input::Message(message) => line.handle(now, message, rules, send),
        Input::Expire => line.expire(now, rules, send),
        Input::Publish { agents } => line.publish(agents, rules, send),
    }
}
