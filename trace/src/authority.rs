//! One line with what keeps it: a clock, a snapshot, and the log of its inputs since.

use crate::how;
use crate::reference::{self, Checked, Seen};
use crate::{Duty, Mutant, text};
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

    /// From what the line is recovered, what comes out, and what should.
    pub fn recovery_in_words(&self, rules: &Rules<Mutant>) -> Vec<String> {
        let mut told = vec![format!("before: the line is {}", how::line(self.line()))];
        let Recorded { line, applied } = &self.snapshot;
        told.push(format!("snapshot: {}, with the first {} records", how::line(line), applied.0));
        for Record { sequence, now, input } in &self.log {
            let input = match input {
                Input::Message(message) => text::to_line(message),
                Input::Expire => "the authority looks after deadlines".to_string(),
                Input::Publish { .. } => "the line publishes".to_string(),
            };
            told.push(format!("record {}: {input} at {now}", sequence.0));
        }
        let records = || self.log.iter().copied();
        let comes_back =
            |from: &Recorded<Bitset>, records: &mut dyn Iterator<Item = Record>| match from
                .clone()
                .recover(records, rules)
            {
                Ok(recovered) => format!("the line comes back as {}", how::line(&recovered.line)),
                Err(gap) => format!("recovery stops: {gap}"),
            };
        let from_snapshot = comes_back(&self.snapshot, &mut records());
        told.push(format!("from snapshot and records: {from_snapshot}; it should be as before"));
        // The other two ways in which a recovery is put to the test.
        let again = comes_back(&self.recorded, &mut records());
        told.push(format!(
            "the same records read again by the line that has them: {again}; it should be as before"
        ));
        if self.recorded.applied > self.snapshot.applied.next() {
            let gap = comes_back(&self.snapshot, &mut records().skip(1));
            told.push(format!("without the first of these records: {gap}; recovery should stop"));
        }
        told
    }
}
