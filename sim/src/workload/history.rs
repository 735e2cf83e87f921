//! What the agents of a session have done so far: the state on which the next access depends, kept
//! in the same way by whoever observes sessions and by whoever makes them up.

use super::model::{Past, Situation};
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
        match agent.artifacts.get(&artifact).and_then(Touched::past) {
            None if touched => Situation::Shared,
            None => Situation::New,
            Some(past) if agent.order.last() == Some(&artifact) => Situation::Stay(past),
            Some(past) => Situation::Back(past),
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
        let touched = agent.artifacts.entry(artifact).or_default();
        touched.count += 1;
        touched.last = Some(op);
    }
}

impl Agent {
    /// The artifact that it touched last, and what it did there.
    pub fn last(&self) -> Option<(usize, Past)> {
        let last = *self.order.last()?;
        Some((last, self.artifacts.get(&last)?.past()?))
    }

    pub fn distinct(&self) -> u64 {
        self.order.len() as u64
    }

    /// What it can return to, the latest first: each artifact but the last.
    pub fn choices(&self) -> Vec<(usize, Choice)> {
        let earlier = self.order.iter().rev().skip(1).zip(1..);
        earlier
            .filter_map(|(artifact, age)| {
                let touched = self.artifacts.get(artifact)?;
                let choice = Choice { count: touched.count, age, past: touched.past()? };
                Some((*artifact, choice))
            })
            .collect()
    }

    pub fn touched(&mut self, artifact: usize) -> &mut Touched {
        self.artifacts.entry(artifact).or_default()
    }
}

/// An artifact that an agent can return to.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    pub count: u64,
    /// How many artifacts the agent has touched since, this one included.
    pub age: u64,
    pub past: Past,
}

impl Choice {
    /// What is weighed: the logarithms of count and age, and the past but `ReadWhole`.
    pub fn features(&self) -> [f64; 5] {
        let past = |past| f64::from(u8::from(self.past == past));
        [
            libm::log(self.count as f64),
            -libm::log(self.age as f64),
            past(Past::ReadPart),
            past(Past::WroteWhole),
            past(Past::WrotePart),
        ]
    }
}

impl Touched {
    /// `None` if nothing was done yet.
    fn past(&self) -> Option<Past> {
        self.last.map(|op| Past::new(op, self.has_whole()))
    }

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
