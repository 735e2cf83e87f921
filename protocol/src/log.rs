//! The log: what an authority that must survive a crash keeps of a line.
//!
//! What a line decides is a function of its state and of what it is given, and when. So it is
//! enough to keep what it was given: a snapshot and the records since then give the very same
//! line, under the same rules.

use crate::{AgentSet, Discipline, Line, Rule, Rules, Tick, ToAgent, ToLine};
use std::fmt;

/// Position in the log of one line: the first record is number 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub u64);

/// What a line is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// [`Line::handle`]
    Message(ToLine),
    /// [`Line::expire`]
    Expire,
    /// [`Line::publish`]
    Publish { agents: u32 },
}

/// What a line was given, and when: durable before anything that comes of it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    pub sequence: Sequence,
    pub now: Tick,
    pub input: Input,
}

/// A line and how far its log has been applied to it. A copy of it is a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recorded<S> {
    pub line: Line<S>,
    pub applied: Sequence,
}

/// A record is missing, so that nothing after it can be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub missing: Sequence,
}

impl Sequence {
    #[inline]
    pub fn next(self) -> Sequence {
        Sequence(self.0 + 1)
    }
}

impl<S: AgentSet> Recorded<S> {
    /// A line with an empty log.
    pub fn new(line: Line<S>) -> Recorded<S> {
        Recorded { line, applied: Sequence::default() }
    }

    /// Applies the next record. One that is applied already changes nothing and sends nothing:
    /// a log may be read again from before the snapshot.
    pub fn apply(
        &mut self,
        record: Record,
        rules: &Rules<impl Discipline>,
        send: impl FnMut(ToAgent),
    ) -> Result<(), Gap> {
        let Record { sequence, now, input } = record;
        if sequence <= self.applied && rules.keeps(Rule::RecordIsAppliedOnce) {
            return Ok(());
        }
        let missing = self.applied.next();
        if sequence > missing && rules.keeps(Rule::NoRecordIsLeftOut) {
            return Err(Gap { missing });
        }
        match input {
            Input::Message(message) => self.line.handle(now, message, rules, send),
            Input::Expire => self.line.expire(now, rules, send),
            Input::Publish { agents } => self.line.publish(agents, rules, send),
        }
        self.applied = self.applied.max(sequence);
        Ok(())
    }

    /// The line after a crash: this snapshot, and all `records` that it does not have yet. What
    /// they send was sent before the crash, or counts as lost.
    pub fn recover(
        mut self,
        records: impl IntoIterator<Item = Record>,
        rules: &Rules<impl Discipline>,
    ) -> Result<Recorded<S>, Gap> {
        records.into_iter().try_for_each(|record| self.apply(record, rules, |_| {}))?;
        Ok(self)
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "record {} is missing from the log", self.missing.0)
    }
}

impl std::error::Error for Gap {}
