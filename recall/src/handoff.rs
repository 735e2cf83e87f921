//! Where a session was handed on: what one side knew before, and what the other did afterwards.

use attune_import::{Content, Record, Session};

/// Why a session is cut where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// The tool itself replaced what the agent knew by a summary.
    Real,
    /// Made up: after this many per cent of the records.
    Made { percent: u8 },
}

impl Cut {
    pub fn name(self) -> String {
        match self {
            Cut::Real => "real".to_string(),
            Cut::Made { percent } => format!("{percent} %"),
        }
    }
}

/// One handoff. `before` is what the agent's context had: since the last compaction, whose summary
/// is its first record, as that is all that anybody could hand on.
#[derive(Clone, Debug, PartialEq)]
pub struct Handoff {
    pub cut: Cut,
    /// The place in the session of the first record that is not known.
    pub sequence: u64,
    pub before: Session,
    /// Until the session, or the next compaction, ends.
    pub after: Vec<Record>,
    /// What the tool wrote, at a real one.
    pub summary: Option<String>,
}

/// Where whole sessions are cut, in per cent of their records.
const MADE: [u8; 2] = [50, 75];

/// A made-up handoff has at least this many records before and after.
const RECORDS_MIN: usize = 8;

/// What is asked about at least, and how much of a continuation is needed to see what was used.
const REAL_BEFORE_MIN: usize = 8;

impl Handoff {
    /// All handoffs of a session: the real ones, then the made-up ones. The agent is `main` where
    /// there is one; a group of agents hands on what all of them know.
    pub fn find(session: &Session) -> Vec<Handoff> {
        let ends: Vec<usize> = (0..session.records.len())
            .filter(|&place| compaction(&session.records[place]).is_some())
            .collect();
        let end_after = |place: usize| {
            ends.iter().copied().find(|&end| end > place).unwrap_or(session.records.len())
        };
        let real = ends.iter().filter_map(|&place| {
            let after = place + 1;
            let whole = Handoff {
                cut: Cut::Real,
                sequence: session.records[place].sequence,
                before: before(session, &ends, place),
                after: session.records[after..end_after(place)].to_vec(),
                summary: compaction(&session.records[place]).flatten().map(str::to_string),
            };
            let enough = whole.before.records.len() >= REAL_BEFORE_MIN && whole.summary.is_some();
            enough.then_some(whole)
        });
        let made = MADE.iter().filter_map(|&percent| {
            let place = session.records.len() * usize::from(percent) / 100;
            let after = session.records.get(place..end_after(place.saturating_sub(1)))?;
            let before = before(session, &ends, place);
            let enough = before.records.len() >= RECORDS_MIN && after.len() >= RECORDS_MIN;
            enough.then(|| Handoff {
                cut: Cut::Made { percent },
                sequence: session.records[place].sequence,
                before,
                after: after.to_vec(),
                summary: None,
            })
        });
        real.chain(made).collect()
    }
}

/// The summary of a compaction; `Some(None)` if it was not recorded.
fn compaction(record: &Record) -> Option<Option<&str>> {
    match &record.content {
        Content::Compaction { summary, .. } => Some(summary.as_deref()),
        _ => None,
    }
}

fn before(session: &Session, ends: &[usize], place: usize) -> Session {
    let start = ends.iter().copied().rfind(|&end| end < place).unwrap_or(0);
    Session {
        id: session.id.clone(),
        project: session.project.clone(),
        records: session.records[start..place].to_vec(),
    }
}
