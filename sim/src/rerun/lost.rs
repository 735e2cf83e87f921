//! Lost updates as they happened: writes whose author had last seen something else than what it
//! replaced.

use super::step::{ArtifactId, ContentNumber, Did, Step};
use attune_protocol::AgentId;
use serde::Serialize;
use std::collections::BTreeMap;

/// The writes of a trace, by whether their author knew what it replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LostUpdates {
    /// Writes whose author had last seen another content.
    pub lost: u64,
    /// Of them, those that are known by the contents; the others by the order of accesses.
    pub lost_by_content: u64,
    /// Writes that could be judged: by the contents,
    pub judged_by_content: u64,
    /// or, where these were not recorded, by whether another wrote since the author last looked.
    pub judged_by_order: u64,
    /// Writes of an artifact that existed and that their author had never read in the trace: what
    /// it knew cannot be told.
    pub unseen: u64,
    /// Writes that made the artifact.
    pub made: u64,
}

/// What each agent of a group has last seen of each artifact.
#[derive(Default)]
pub struct Sight {
    /// By artifact: how often its content changed.
    changes: Vec<u64>,
    seen: BTreeMap<(ArtifactId, AgentId), Seen>,
}

struct Seen {
    content: Option<ContentNumber>,
    changes: u64,
}

impl Sight {
    /// Judges the access if it is a write, and remembers what its agent has seen by it.
    pub fn step(&mut self, step: &Step, found: &mut LostUpdates) {
        let ArtifactId(artifact) = step.artifact;
        if artifact == self.changes.len() {
            self.changes.push(0);
        }
        let changes = &mut self.changes[artifact];
        // That a read found the change says that it came before; what a write replaced its author
        // may have seen in a part whose content has no name.
        let read = matches!(did(step), (_, None));
        *changes += u64::from(step.changed_outside && read);
        let place = (step.artifact, step.agent);
        if let (_, Some(base)) = did(step) {
            found.judge(step, base, self.seen.get(&place), *changes);
            *changes += 1 + u64::from(step.changed_outside);
        }
        let (content, _) = did(step);
        self.seen.insert(place, Seen { content, changes: *changes });
    }
}

/// The content that the agent has seen afterwards, and for a write the one that it replaced.
fn did(step: &Step) -> (Option<ContentNumber>, Option<Option<ContentNumber>>) {
    match step.did {
        Did::Read { content, .. } => (content, None),
        Did::Write { content, base, .. } => (content, Some(base)),
    }
}

impl LostUpdates {
    /// How many writes could be judged.
    pub fn judged(&self) -> u64 {
        self.judged_by_content + self.judged_by_order
    }

    fn judge(
        &mut self,
        step: &Step,
        base: Option<ContentNumber>,
        seen: Option<&Seen>,
        changes: u64,
    ) {
        match seen {
            None if step.first && step.before.tokens == 0 => self.made += 1,
            None => self.unseen += 1,
            Some(seen) => match (seen.content, base) {
                (Some(seen), Some(base)) => {
                    self.judged_by_content += 1;
                    self.lost += u64::from(seen != base);
                    self.lost_by_content += u64::from(seen != base);
                }
                _ => {
                    self.judged_by_order += 1;
                    self.lost += u64::from(seen.changes != changes);
                }
            },
        }
    }
}
