//! The reference: what an observer who sees everything remembers, and what must therefore hold.
//!
//! It knows every accepted commit and what it was derived from, which content each agent really
//! has, and how often each has read since an answer to a request of its own. Nothing in here
//! asks the protocol whether the protocol is right.

mod agent;
mod line;

pub use agent::Did;

use super::{Agent, Checked, Sent};
use attune_protocol::{
    AgentId, Ask, AtUpgrade, Entry, Epoch, Line, RequestId, Rules, State, Tell, Tick, Version,
    Word, invariants,
};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// Content, named by who made it when: 0 is what the artifact starts with, each draft takes the
/// next number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Content(pub usize);

/// An accepted commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Commit {
    agent: AgentId,
    request: RequestId,
    content: Content,
    version: Version,
}

/// What the observer knows of one agent since its last crash.
#[derive(Clone, Debug, Default)]
struct Memory {
    /// The content that it has.
    content: Option<Content>,
    /// What it is writing.
    draft: Option<Content>,
    /// The highest version that it has seen.
    highest: Option<Version>,
    epoch: Epoch,
    /// Reads since the last answer to a request of its own, and when that came.
    reads: u32,
    synced: Option<Tick>,
}

pub struct Ghost {
    agents: Vec<Memory>,
    /// The content of each version, from version 1.
    contents: Vec<Content>,
    /// What each draft, from content 1, was derived from.
    bases: Vec<Content>,
    commits: Vec<Commit>,
    /// Commits that were refused for good.
    refused: BTreeSet<(AgentId, RequestId)>,
    line_epoch: Epoch,
    /// Under eager invalidation: the epoch of a grant that came because all had acknowledged, so
    /// that nobody else can read while it lasts.
    alone: Option<Epoch>,
    /// What has happened at all, for tests that ask whether it did.
    pub seen: BTreeSet<String>,
    pub watch: bool,
}

impl Ghost {
    pub fn new(agents: u32) -> Ghost {
        Ghost {
            agents: vec![Memory::default(); agents as usize],
            contents: vec![Content(0)],
            bases: Vec::new(),
            commits: Vec::new(),
            refused: BTreeSet::new(),
            line_epoch: Epoch(1),
            alone: None,
            seen: BTreeSet::new(),
            watch: false,
        }
    }

    /// The content of the line's version.
    pub fn current(&self) -> Content {
        *self.contents.last().expect("there is a first version")
    }

    pub fn draft(&self, agent: AgentId) -> Option<Content> {
        self.agents[agent.0 as usize].draft
    }

    pub fn commits_by_agent(&self) -> Vec<usize> {
        let count = |agent| self.commits.iter().filter(|commit| commit.agent == agent).count();
        (0..self.agents.len() as u32).map(AgentId).map(count).collect()
    }

    /// Further writes under the same grant go on with the same draft.
    pub fn write(&mut self, agent: AgentId) {
        let memory = &mut self.agents[agent.0 as usize];
        if memory.draft.is_none() {
            self.bases.push(memory.content.expect("a writer has the content it writes on"));
            memory.draft = Some(Content(self.bases.len()));
            // It writes over its copy.
            memory.content = memory.draft;
        }
    }

    pub fn crash(&mut self, agent: AgentId) {
        self.agents[agent.0 as usize] = Memory::default();
    }

    /// What holds in every state.
    pub fn check(&mut self, line: &Line<Word>, agents: &[Agent], rules: &Rules) -> Checked {
        let say = |violation: invariants::Violation| violation.to_string();
        let entries = || (0..).map(AgentId).zip(agents.iter().map(|agent| &agent.entry));
        invariants::line(line).map_err(say)?;
        invariants::single_writer(line, entries()).map_err(say)?;
        invariants::readers_excluded(line, entries(), rules).map_err(say)?;
        if line.epoch() < self.line_epoch || line.version().get() as usize != self.contents.len() {
            return Err("the line went back".to_owned());
        }
        self.line_epoch = line.epoch();
        let eager = rules.strategy.at_upgrade == AtUpgrade::Invalidate;
        let alone = line.owner().filter(|_| eager && self.alone == Some(line.epoch()));
        for (agent, entry) in entries() {
            invariants::copy(line, agent, entry).map_err(say)?;
            invariants::bounded_staleness(agent, entry, rules).map_err(say)?;
            if entry.is_readable() && alone.is_some_and(|owner| owner != agent) {
                return Err(format!("{agent} can read beside the owner, who was granted alone"));
            }
            let outstanding = agents[agent.0 as usize].outstanding;
            self.remember(agent, entry, outstanding.map(|sent| sent.message.ask))?;
        }
        Ok(())
    }

    fn remember(&mut self, agent: AgentId, entry: &Entry, asked: Option<Ask>) -> Checked {
        let memory = &mut self.agents[agent.0 as usize];
        if entry.epoch() < memory.epoch {
            return Err(format!("{agent} goes back from {} to {}", memory.epoch, entry.epoch()));
        }
        memory.epoch = entry.epoch();
        let has = match entry.state() {
            State::Modified | State::Committing => memory.draft,
            _ => {
                memory.draft = None;
                entry.version().map(|version| self.contents[version.get() as usize - 1])
            }
        };
        if has.is_some() && memory.content != has {
            return Err(format!("{agent} has {:?} and takes it for {has:?}", memory.content));
        }
        let waits = match entry.state() {
            State::Fetching => Some(Ask::Fetch),
            State::Upgrading | State::UpgradingInvalid => Some(Ask::Upgrade),
            State::Committing => Some(Ask::Commit),
            _ => None,
        };
        if asked != waits {
            return Err(format!("{agent} waits for {waits:?}, but asked for {asked:?}"));
        }
        Ok(())
    }

    fn watched(&mut self, what: impl FnOnce() -> String) {
        if self.watch {
            self.seen.insert(what());
        }
    }
}

fn kind(tell: &Tell) -> String {
    match tell {
        Tell::Refused(refusal) => format!("Refused {}", word(refusal)),
        tell => word(tell),
    }
}

/// The name of a variant, without its fields.
fn word(variant: &impl Debug) -> String {
    let debug = format!("{variant:?}");
    debug.split([' ', '(']).next().unwrap_or_default().to_owned()
}
