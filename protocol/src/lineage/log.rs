//! The log of a lineage, as [`crate::Recorded`] is that of a line: what it was given, and when.

use super::{Lineage, Output, Rule, Rules, ToLineage};
use crate::{Discipline, Gap, Sequence, Tick};

/// What a lineage is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Input {
    /// [`Lineage::handle`]
    Message(ToLineage),
    /// [`Lineage::expire`]
    Expire,
}

/// What a lineage was given, and when: durable before anything that comes of it is applied to a
/// line or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    pub sequence: Sequence,
    pub now: Tick,
    pub input: Input,
}

/// A lineage and how far its log has been applied to it. A copy of it is a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recorded {
    pub lineage: Lineage,
    pub applied: Sequence,
}

impl Recorded {
    /// A lineage with an empty log.
    pub fn new(lineage: Lineage) -> Recorded {
        Recorded { lineage, applied: Sequence::default() }
    }

    /// Applies the next record. One that is applied already changes nothing and puts out nothing.
    pub fn apply(
        &mut self,
        record: Record,
        rules: &Rules<impl Discipline<Rule>>,
        out: impl FnMut(Output),
    ) -> Result<(), Gap> {
        let Record { sequence, now, input } = record;
        if sequence <= self.applied {
            return Ok(());
        }
        let missing = self.applied.next();
        if sequence > missing {
            return Err(Gap { missing });
        }
        match input {
            Input::Message(message) => self.lineage.handle(now, message, rules, out),
            Input::Expire => self.lineage.expire(now, rules, out),
        }
        self.applied = sequence;
        Ok(())
    }

    /// The lineage after a crash: this snapshot, and all `records` that it does not have yet. The
    /// passes among what they put out go to the lines that are recovered with it (`out`); what they
    /// tell was sent before the crash, or counts as lost.
    pub fn recover(
        mut self,
        records: impl IntoIterator<Item = Record>,
        rules: &Rules<impl Discipline<Rule>>,
        mut out: impl FnMut(Output),
    ) -> Result<Recorded, Gap> {
        records.into_iter().try_for_each(|record| self.apply(record, rules, &mut out))?;
        Ok(self)
    }
}
