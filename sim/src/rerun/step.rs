//! One access as every strategy is given it: with all that is known of the artifact by then.

use super::held::share;
use attune_protocol::{AgentId, Tick};
use attune_trace::access::LineRange;

/// An artifact, numbered from 0 within its group in the order of first touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArtifactId(pub usize);

/// Whoever changes artifacts without being in the trace: people, other tools, commands that an
/// importer does not understand.
pub const OUTSIDE: AgentId = AgentId(0);

/// An access that was done.
#[derive(Clone, Debug)]
pub struct Step {
    /// From 1; 0 is [`OUTSIDE`].
    pub agent: AgentId,
    pub artifact: ArtifactId,
    pub now: Tick,
    /// Milliseconds since 1970, where recorded.
    pub time_ms: Option<i64>,
    /// The agent's calls of its model up to this one.
    pub call: u64,
    /// The agent's last access: afterwards it has no copies any more.
    pub leaves: bool,
    /// The content is not what the last recorded access left: somebody changed it before.
    pub changed_outside: bool,
    /// Nobody of the group has touched the artifact before.
    pub first: bool,
    pub did: Did,
    /// The artifact before the access.
    pub before: Extent,
    /// The artifact after it; the same unless it was written.
    pub after: Extent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    Read {
        wanted: Wanted,
        /// What the agent was given, tokens.
        given: u64,
        /// What the read costs somebody who holds none of it. Differs from `given` where the tool
        /// only said that the content had not changed.
        price: u64,
        content: Option<ContentNumber>,
    },
    Write {
        /// The new text, tokens.
        text: Option<u64>,
        /// The new text is the whole artifact.
        whole: bool,
        content: Option<ContentNumber>,
        base: Option<ContentNumber>,
    },
}

/// A content of an artifact, by the order of appearance in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentNumber(pub u32);

/// Which part a read asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    Lines(LineRange),
    /// Some lines, not known which.
    Scattered,
}

/// How large an artifact is, as far as known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Of the whole.
    pub tokens: u64,
    pub lines: Option<u64>,
    /// Tokens and lines of some part that was measured.
    pub measured: Option<(u64, u64)>,
}

impl Extent {
    /// That many lines of it, in tokens.
    pub fn price(&self, lines: u64) -> u64 {
        match (self.lines, self.measured) {
            (Some(total), _) if total > 0 => share(self.tokens, lines.min(total), total),
            (_, Some((tokens, of))) => share(tokens, lines, of).min(self.tokens),
            _ if lines == 0 => 0,
            _ => self.tokens,
        }
    }
}
