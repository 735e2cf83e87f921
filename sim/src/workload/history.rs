//! What the agents of a session have done so far: the state on which the next access depends, kept
//! in the same way by whoever observes sessions and by whoever makes them up.

use super::model::Situation;
use crate::rerun::{Extent, Held, Wanted};
use attune_trace::access::{LineRange, Op};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct History {
    agents: Vec<Agent>,
    /// By artifact: how often the session touched it.
    touches: Vec<u64>,
}

/// An agent of a session.
#[derive(Default)]
pub struct Agent {
    artifacts: BTreeMap<usize, Touched>,
    /// Its artifacts, the one touched last at the end.
    order: Vec<usize>,
    last: Option<Op>,
    /// Accesses that were not to the last artifact.
    pub moves: u64,
}

/// An agent's past with an artifact.
#[derive(Default)]
pub struct Touched {
    pub count: u64,
    last: Option<Op>,
    /// All that it has ever read of it, whatever was written since.
    pub read: Held,
    /// The lines it asked for, in order.
    pub asked: Vec<LineRange>,
}

impl History {
    pub fn agent(&mut self, agent: usize) -> &mut Agent {
        while self.agents.len() <= agent {
            self.agents.push(Agent::default());
        }
        &mut self.agents[agent]
    }

    /// What others of the session have touched and this agent has not, with how often.
    pub fn others(&mut self, agent: usize) -> Vec<(usize, u64)> {
        self.agent(agent);
        let own = &self.agents[agent].artifacts;
        let all = self.touches.iter().copied().enumerate();
        all.filter(|(artifact, touches)| *touches > 0 && !own.contains_key(artifact)).collect()
    }

    pub fn situation(&mut self, agent: usize, artifact: usize) -> Situation {
        let touched = self.touches.get(artifact).is_some_and(|touches| *touches > 0);
        let agent = self.agent(agent);
        match agent.artifacts.get(&artifact).and_then(|touched| touched.last) {
            None if touched => Situation::Shared,
            None => Situation::New,
            Some(op) if agent.order.last() == Some(&artifact) => Situation::StayAfter(op),
            Some(op) => Situation::ReturnAfter(op),
        }
    }

    /// The access is done. What was read of it is entered by [`Agent::touched`].
    pub fn touch(&mut self, agent: usize, artifact: usize, op: Op) {
        while self.touches.len() <= artifact {
            self.touches.push(0);
        }
        self.touches[artifact] += 1;
        let agent = self.agent(agent);
        if agent.order.last() != Some(&artifact) {
            agent.moves += 1;
            agent.order.retain(|other| *other != artifact);
            agent.order.push(artifact);
        }
        agent.last = Some(op);
        let touched = agent.artifacts.entry(artifact).or_default();
        touched.count += 1;
        touched.last = Some(op);
    }
}

impl Agent {
    /// The artifact that it touched last, and what it did.
    pub fn last(&self) -> Option<(usize, Op)> {
        self.order.last().copied().zip(self.last)
    }

    pub fn distinct(&self) -> u64 {
        self.order.len() as u64
    }

    /// What it can return to: each artifact but the last with its count and age.
    pub fn returns(&self) -> impl Iterator<Item = (usize, u64, u64)> + '_ {
        let earlier = self.order.iter().rev().skip(1);
        earlier.zip(1..).map(|(artifact, age)| (*artifact, self.artifacts[artifact].count, age))
    }

    pub fn touched(&mut self, artifact: usize) -> &mut Touched {
        self.artifacts.entry(artifact).or_default()
    }
}

impl Touched {
    pub fn has_whole(&self) -> bool {
        self.read.covers(Wanted::Whole)
    }

    pub fn has_parts(&self) -> bool {
        !self.asked.is_empty() && !self.has_whole()
    }

    pub fn see(&mut self, wanted: Wanted, price: u64, extent: &Extent) {
        self.read.add(wanted, price, extent);
        if let Wanted::Lines(lines) = wanted {
            self.asked.push(lines);
        }
    }
}
