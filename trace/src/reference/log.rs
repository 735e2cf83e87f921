//! What a line is after its authority stopped: the same.

use super::property::ensure;
use super::{Checked, Property, Seen, Witness};
use attune_protocol::{AgentSet, Discipline, Record, Recorded, Rules};

/// Judges a recovery of the line that is `now` from a snapshot and the records since; and one from
/// a snapshot taken later, which has them already.
pub fn recovery<S: AgentSet, D: Discipline>(
    snapshot: &Recorded<S>,
    now: &Recorded<S>,
    records: impl Iterator<Item = Record> + Clone,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> Checked {
    for (from, witness) in [(snapshot, Witness::Recovered), (now, Witness::RecoveredWithOverlap)] {
        seen.note(witness);
        let recovered = from.clone().recover(records.clone(), rules);
        ensure(
            recovered.is_ok_and(|recovered| recovered.line == now.line),
            Property::Recovery,
            if witness == Witness::Recovered {
                "the line comes back from its snapshot and log as another one than it was"
            } else {
                "the line comes back as another one if the log is read from before the snapshot, \
                 whose records should not be applied again"
            },
        )?;
    }
    let gap = records.skip(1);
    let lacks_one = now.applied > snapshot.applied.next();
    ensure(
        !lacks_one || snapshot.clone().recover(gap, rules).is_err(),
        Property::Recovery,
        "a log that lacks a record is recovered from; recovery should stop at the gap",
    )
}
