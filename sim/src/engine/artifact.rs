//! One artifact of a run: the authority's line, every agent's copy, and who waits for the line.

use super::checks::Broken;
use super::pair::{History, Pair};
use attune_protocol::{AgentId, AgentSet, Entry, Line, Rules, ToLine, Version, invariants};
use std::collections::VecDeque;

pub struct Artifact<S> {
    pub line: Line<S>,
    /// By agent. Side by side, because a commit or a push goes through many of them at once.
    pub entries: Vec<Entry>,
    /// By agent: reads since its last round trip. Empty where reads have no bound.
    pub reads: Vec<u16>,
    pub history: History,
    /// Upgrades that wait for the held line, first come first served.
    pub waiting: VecDeque<ToLine>,
    /// The line's deadline as last put on the list of deadlines.
    pub watched: u32,
}

impl<S: AgentSet> Artifact<S> {
    pub fn new(initial_version: u32, agents: u32, bounded: bool) -> Artifact<S> {
        let first = Version::new(initial_version).unwrap_or(Version::FIRST);
        Artifact {
            line: Line::new(first, agents),
            entries: vec![Entry::default(); agents as usize],
            reads: vec![0; if bounded { agents as usize } else { 0 }],
            history: History::new(first),
            waiting: VecDeque::new(),
            watched: 0,
        }
    }

    #[inline(always)]
    pub fn pair(&mut self, agent: AgentId) -> Pair<'_, S> {
        Pair {
            line: &mut self.line,
            entry: &mut self.entries[agent.0 as usize],
            history: &mut self.history,
            reads: self.reads.get_mut(agent.0 as usize),
        }
    }

    /// The agent forgets its copy.
    pub fn forget(&mut self, agent: AgentId) {
        self.entries[agent.0 as usize] = Entry::default();
        if let Some(reads) = self.reads.get_mut(agent.0 as usize) {
            *reads = 0;
        }
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
        let copies = || (0..).map(AgentId).zip(&self.entries);
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
