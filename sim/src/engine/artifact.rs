//! One artifact of a run: the authority's line, every agent's copy, and who waits for the line.

use super::checks::Broken;
use super::layout::{Copies, Layout};
use super::pair::{History, Pair};
use attune_protocol::{AgentId, Line, Rules, ToLine, Version, invariants};
use std::collections::VecDeque;

pub struct Artifact<L: Layout> {
    pub line: Line<L::Set>,
    /// By agent, with the reads since its last round trip where those have a bound.
    pub copies: L::Copies,
    pub history: History,
    /// Upgrades that wait for the held line, first come first served.
    pub waiting: VecDeque<ToLine>,
    /// The line's deadline as last put on the list of deadlines.
    pub watched: u32,
}

impl<L: Layout> Artifact<L> {
    pub fn new(initial_version: u32, agents: u32, bounded: bool) -> Artifact<L> {
        let first = Version::new(initial_version).unwrap_or(Version::FIRST);
        Artifact {
            line: Line::new(first, agents),
            copies: L::Copies::new(agents, bounded),
            history: History::new(first),
            waiting: VecDeque::new(),
            watched: 0,
        }
    }

    #[inline(always)]
    pub fn pair(&mut self, agent: AgentId) -> Pair<'_, L::Set> {
        let (entry, reads) = self.copies.of(agent);
        Pair { line: &mut self.line, entry, history: &mut self.history, reads }
    }

    /// Nobody holds the line, and nobody waits for it.
    #[inline]
    pub fn is_quiet(&self) -> bool {
        self.line.deadline().is_none() && self.waiting.is_empty()
    }

    /// One place in line per agent: its latest request counts.
    #[inline(never)]
    pub fn wait_in_line(&mut self, message: ToLine) {
        match self.waiting.iter_mut().find(|waiting| waiting.agent == message.agent) {
            Some(waiting) if waiting.request < message.request => *waiting = message,
            Some(_) => {}
            None => self.waiting.push_back(message),
        }
    }

    /// All that holds of the artifact at any time.
    pub fn check(&self, rules: &Rules) -> Result<(), Broken> {
        let copies = || self.copies.iter();
        invariants::line(&self.line)
            .and_then(|()| {
                copies().try_for_each(|(agent, entry)| {
                    invariants::copy(&self.line, agent, entry)?;
                    invariants::bounded_staleness(agent, entry, rules)
                })
            })
            .and_then(|()| invariants::single_writer(&self.line, copies()))
            .and_then(|()| invariants::readers_excluded(&self.line, copies(), rules))
            .map_err(Broken::Invariant)
    }
}
