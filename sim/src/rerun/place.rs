//! One artifact under one strategy: the authority's line, and the copies of those who touched it.

use super::held::Held;
use attune_protocol::{
    AgentId, Entry, Line, RequestId, Rules, Sparse, Tell, Tick, ToAgent, ToLine, Version,
    invariants,
};
use std::collections::VecDeque;

pub struct Place {
    pub line: Line<Sparse>,
    /// Ascending by agent.
    copies: Vec<(AgentId, Copy)>,
    changes: Changes,
}

/// An agent's copy: what the protocol knows of it, and what of the content is there.
#[derive(Default)]
pub struct Copy {
    pub entry: Entry,
    pub held: Held,
    /// The version that `held` is of.
    pub version: Option<Version>,
    /// The agent's call in which it was last sent everything.
    pub published: u64,
    request: RequestId,
}

/// What each version changed, in tokens.
#[derive(Default)]
struct Changes {
    /// From the first version to each later one, as far as known.
    sums: Vec<u64>,
    /// The latest version of which it is not known what it changed.
    unknown: Option<Version>,
}

impl Place {
    pub fn new() -> Place {
        let line = Line::new(Version::FIRST, 0);
        Place { line, copies: Vec::new(), changes: Changes { sums: vec![0], unknown: None } }
    }

    pub fn copy(&mut self, agent: AgentId) -> &mut Copy {
        let place = match self.copies.binary_search_by_key(&agent, |(agent, _)| *agent) {
            Ok(place) => place,
            Err(place) => {
                self.copies.insert(place, (agent, Copy::default()));
                place
            }
        };
        &mut self.copies[place].1
    }

    /// The agent is gone, and its copy with it. It is asked nothing any more, but may still be told
    /// something.
    pub fn forget(&mut self, agent: AgentId) {
        if let Ok(place) = self.copies.binary_search_by_key(&agent, |(agent, _)| *agent) {
            self.copies.remove(place);
        }
    }

    /// The version that is about to be committed changes so many tokens. (Before the commit, since
    /// what the line then tells the others may be the change.)
    pub fn about_to_change(&mut self, tokens: Option<u64>) {
        let sum = self.changes.sums.last().copied().unwrap_or(0);
        self.changes.sums.push(sum + tokens.unwrap_or(0));
        if tokens.is_none() {
            self.changes.unknown = Some(self.line.version().next());
        }
    }

    /// All that changed since a version, in tokens, if that is known.
    pub fn changes_since(&self, version: Version) -> Option<u64> {
        let sum = |version: Version| {
            let place = (version.get() - Version::FIRST.get()) as usize;
            self.changes.sums.get(place).copied()
        };
        let known = self.changes.unknown.is_none_or(|unknown| unknown <= version);
        sum(self.line.version()).zip(sum(version)).filter(|_| known).map(|(now, then)| now - then)
    }

    /// Settles a request within the access: the line decides, every message is handled where it
    /// arrives, and so on until nothing is under way. `told` sees each message on its way to an
    /// agent, `said` each on its way to the line. Gives the answer to the request.
    pub fn settle(
        &mut self,
        now: Tick,
        request: ToLine,
        rules: &Rules,
        mut told: impl FnMut(&mut Place, &ToAgent),
        mut said: impl FnMut(&ToLine),
    ) -> ToAgent {
        let mut answer = None;
        let mut to_line = VecDeque::from([request]);
        let mut to_agents = Vec::new();
        while let Some(message) = to_line.pop_front() {
            said(&message);
            self.line.handle(now, message, rules, |message| to_agents.push(message));
            for message in to_agents.drain(..) {
                told(self, &message);
                if !message.tell.is_event() {
                    answer = Some(message);
                }
                to_line.extend(self.hear(now, message, rules));
            }
        }
        match answer {
            Some(answer) if !matches!(answer.tell, Tell::Held { .. } | Tell::Refused(_)) => answer,
            // Requests follow one another, and each is over before the next.
            other => panic!("{request:?} was answered by {other:?}"),
        }
    }

    /// A message arrives at its agent. What it replies.
    pub fn hear(&mut self, now: Tick, message: ToAgent, rules: &Rules) -> Option<ToLine> {
        let agent = message.agent;
        let copy = self.copy(agent);
        let reply = copy.entry.handle(now, message, rules).reply;
        let entry = copy.entry;
        invariants::copy(&self.line, agent, &entry).unwrap_or_else(|broken| panic!("{broken}"));
        reply
    }
}

impl Copy {
    pub fn next_request(&mut self) -> RequestId {
        self.request = self.request.next();
        self.request
    }
}
