//! One line with what keeps it: a clock, a snapshot, and the log of its inputs since.

use crate::reference::{self, Checked, Seen};
use crate::{Duty, Mutant};
use attune_protocol::{Bitset, Input, Line, Record, Recorded, Rules, Tick, ToAgent, Version};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    recorded: Recorded<Bitset>,
    pub clock: Tick,
    snapshot: Recorded<Bitset>,
    log: Vec<Record>,
}

impl Authority {
    pub fn new(agents: u32) -> Authority {
        let recorded = Recorded::new(Line::new(Version::FIRST, agents));
        Authority { snapshot: recorded.clone(), recorded, clock: Tick(0), log: Vec::new() }
    }

    pub fn line(&self) -> &Line<Bitset> {
        &self.recorded.line
    }

    /// Gives the line something to do and gives what it says.
    pub fn give(&mut self, now: Tick, input: Input, rules: &Rules<Mutant>) -> Vec<ToAgent> {
        self.clock = now;
        let record = Record { sequence: self.recorded.applied.next(), now, input };
        self.log.push(record);
        let mut told = Vec::new();
        let applied = self.recorded.apply(record, rules, |message| told.push(message));
        applied.expect("it is the next record");
        told
    }

    pub fn snapshot(&mut self) {
        self.snapshot = self.recorded.clone();
        self.log.clear();
    }

    /// The line as snapshot and log have it; nothing is said a second time.
    pub fn recover(&mut self, rules: &Rules<Mutant>, neglected: Option<Duty>) {
        if neglected == Some(Duty::DurableBeforeAnswered) {
            self.log.clear();
        }
        let recovered = self.snapshot.clone().recover(self.log.iter().copied(), rules);
        self.recorded = recovered.expect("the log goes on where the snapshot ends");
    }

    /// Whether to recover now would be right.
    pub fn judge_recovery(&self, rules: &Rules<Mutant>, seen: &mut Seen) -> Checked {
        let records = self.log.iter().copied();
        reference::recovery(&self.snapshot, &self.recorded, records, rules, seen)
    }
}
