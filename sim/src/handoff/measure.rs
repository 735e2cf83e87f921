//! What a run reports.

use crate::ledger::TokenLedger;
use serde::Serialize;

/// One run, in numbers: counts over all lineages unless a unit is named.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    pub scenario: String,
    pub strategy: String,
    pub seed: i64,
    pub lineages: u32,
    pub steps: u64,
    /// Steps that the records have as done when the run ends,
    pub steps_done: u64,
    /// and those among them that had every fact that they needed.
    pub steps_right: u64,
    /// Lineages all of whose steps are done,
    pub tasks_done: u64,
    /// and done right.
    pub tasks_right: u64,
    /// Ticks until the last step of a lineage was done, summed over those that came so far.
    pub ticks_to_done: u64,
    /// Generations that inherited from another one.
    pub handoffs: u64,
    /// Generations that divided themselves; the others are offered at a deadline.
    pub divisions: u64,
    pub crashes: u64,
    /// Contexts that overflowed before their agent divided.
    pub overflows: u64,
    /// Agents that were started for a generation that somebody else was already.
    pub started_in_vain: u64,
    /// At handoffs: facts that the parent knew at its end, and those that its successor knew at its
    /// beginning.
    pub facts_known: u64,
    pub facts_kept: u64,
    /// The same, each fact counted as often as steps still need it.
    pub uses_known: u64,
    pub uses_kept: u64,
    /// Bytes of the drafts that were inherited.
    pub dna_bytes: u64,
    /// Facts that steps needed when they began,
    pub needed: u64,
    /// that were known at once,
    pub known: u64,
    /// that had to be found again,
    pub found: u64,
    /// and that were missing.
    pub missing: u64,
    /// Steps that were begun in doubt, and those that were done a second time because they had not
    /// taken effect.
    pub steps_in_doubt: u64,
    pub steps_repeated: u64,
    /// Actions, those of repeated steps included.
    pub actions: u64,
    pub reads: u64,
    pub hits: u64,
    pub misses_cold: u64,
    /// Reads that returned an older version than the line had at that moment.
    pub stale_reads: u64,
    pub writes: u64,
    pub commits: u64,
    /// Writes whose grant was over before they were committed; they were made again.
    pub writes_lost: u64,
    /// Commits accepted on a base that was not current: always 0, since any is a failure of the run.
    pub lost_updates: u64,
    pub tokens: TokenLedger,
    /// Fetch, push and invalidation tokens, as the coherence paper counts.
    pub synchronization_tokens: u64,
    /// Tokens that entered contexts, from wherever.
    pub context_tokens: u64,
    /// Grants that a generation left to the estate, and that a successor got from it.
    pub grants_left: u64,
    pub grants_passed: u64,
    /// Ticks that agents waited for lines that others held.
    pub ticks_held_up: u64,
    pub messages: u64,
    pub lineage_messages: u64,
    pub messages_lost: u64,
    /// By generation of all lineages, the first at place 0.
    #[serde(skip)]
    pub generations: Vec<OfGeneration>,
}

/// What one generation found, over all lineages that came so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OfGeneration {
    pub lineages: u64,
    /// Facts that the first generation handed over or lost,
    pub first_made: u64,
    /// that no handoff has dropped yet,
    pub first_kept: u64,
    /// and that this generation knew when it began, relearnt ones among them.
    pub first_known: u64,
    /// As in [`Report`].
    pub needed: u64,
    pub known: u64,
    pub found: u64,
}

/// `part` of `whole`, in percent; `None` of nothing.
pub fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| 100.0 * part as f64 / whole as f64)
}

impl Report {
    pub(super) fn generation(&mut self, generation: u32) -> &mut OfGeneration {
        let place = generation as usize - 1;
        if place >= self.generations.len() {
            self.generations.resize(place + 1, OfGeneration::default());
        }
        &mut self.generations[place]
    }
}
