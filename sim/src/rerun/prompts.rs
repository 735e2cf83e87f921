//! What reaches the agents' providers, for the money of section 8.4.
//!
//! An agent's calls of its model are those that the trace counts (`turn`) up to its last access.
//! Each call has the structural part of the prompt, new in the first. What the agent is given enters
//! a prompt once, as new. A provider without memory is sent it again in each later call: that is the
//! second account, `kept`.

use crate::money::Prompts;
use attune_protocol::AgentId;
use std::collections::BTreeMap;

/// The calls of a group's agents, and what they were given.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    agents: BTreeMap<AgentId, Context>,
    /// Prompts that repeat everything by themselves, as under broadcast.
    whole: Prompts,
}

#[derive(Clone, Copy, Debug, Default)]
struct Context {
    calls: u64,
    given: u64,
    /// Each token times the call in which it came.
    weighted: u128,
}

impl Contexts {
    /// The agent has made so many calls by now, no fewer than before. How many of them are new.
    pub fn call(&mut self, agent: AgentId, call: u64) -> u64 {
        let context = self.agents.entry(agent).or_default();
        // What came before the first access is not in the trace.
        let new = if context.calls == 0 { 1 } else { call - context.calls };
        context.calls = call;
        new
    }

    /// The agent is given so many tokens in its present call.
    pub fn give(&mut self, agent: AgentId, tokens: u64) {
        let context = self.agents.entry(agent).or_default();
        context.given += tokens;
        context.weighted += u128::from(tokens) * u128::from(context.calls);
    }

    /// Some calls whose artifacts were repeated and new by so many tokens.
    pub fn send(&mut self, repeated: u64, new: u64) {
        self.whole.repeated += repeated as f64;
        self.whole.new += new as f64;
    }

    /// The prompts of all calls: content sent once, and content kept.
    pub fn prompts(&self, structural: f64) -> (Prompts, Prompts) {
        let mut once = self.whole;
        let mut again = 0_u128;
        for Context { calls, given, weighted } in self.agents.values() {
            once.new += structural + *given as f64;
            once.repeated += structural * calls.saturating_sub(1) as f64;
            again += u128::from(*given) * u128::from(*calls) - weighted;
        }
        (once, Prompts { repeated: once.repeated + again as f64, ..once })
    }
}

/// Every artifact in every prompt, in the order in which they were first touched: the provider's
/// cache serves it up to the first that has changed since the agent's last call.
#[derive(Clone, Debug, Default)]
pub struct Everything {
    sizes: Sums,
    /// Which artifacts were written or appeared, in order.
    changes: Vec<usize>,
    /// By agent: how many of the changes its last prompt had.
    had: BTreeMap<AgentId, usize>,
}

impl Everything {
    pub fn total(&self) -> u64 {
        self.sizes.before(self.sizes.len())
    }

    /// An artifact has this size now; `changed`: and other content.
    pub fn set(&mut self, artifact: usize, tokens: u64, changed: bool) {
        let is_new = artifact >= self.sizes.len();
        self.sizes.set(artifact, tokens);
        if changed || is_new {
            self.changes.push(artifact);
        }
    }

    /// The agent makes some calls. What of their prompts is repeated and what new, in tokens.
    pub fn call(&mut self, agent: AgentId, calls: u64) -> (u64, u64) {
        let total = self.total();
        let had = self.had.insert(agent, self.changes.len());
        let served = match had {
            None => 0,
            Some(had) => {
                let first = self.changes[had..].iter().min();
                first.map_or(total, |&artifact| self.sizes.before(artifact))
            }
        };
        (served.saturating_add((calls - 1).saturating_mul(total)), total - served)
    }
}

/// Sums of the first of many numbers that change: a binary indexed tree.
#[derive(Clone, Debug, Default)]
struct Sums {
    values: Vec<u64>,
    /// From 1: the sum of as many values up to it as its lowest bit says.
    tree: Vec<u64>,
}

impl Sums {
    fn len(&self) -> usize {
        self.values.len()
    }

    /// The sum of the values before this place.
    fn before(&self, place: usize) -> u64 {
        let (mut place, mut sum) = (place, 0);
        while place > 0 {
            sum += self.tree[place - 1];
            place &= place - 1;
        }
        sum
    }

    fn set(&mut self, place: usize, value: u64) {
        while self.len() <= place {
            let next = self.len() + 1;
            let below = next & (next - 1);
            self.tree.push(self.before(next - 1) - self.before(below));
            self.values.push(0);
        }
        let old = std::mem::replace(&mut self.values[place], value);
        let mut node = place + 1;
        while node <= self.tree.len() {
            self.tree[node - 1] = self.tree[node - 1] - old + value;
            node += node & node.wrapping_neg();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_values() {
        let mut sums = Sums::default();
        for (place, value) in [(0, 5), (3, 7), (1, 2), (6, 1), (3, 4), (2, 9)] {
            sums.set(place, value);
            for end in 0..=sums.len() {
                assert_eq!(sums.before(end), sums.values[..end].iter().sum::<u64>());
            }
        }
        assert_eq!(sums.values, [5, 2, 9, 4, 0, 0, 1]);
    }

    /// Artifacts of 10, 20 and 30 tokens; the second changes between two calls, and then nothing.
    #[test]
    fn the_cache_serves_what_is_before_the_first_change() {
        let mut all = Everything::default();
        let agent = AgentId(1);
        [10, 20, 30].into_iter().enumerate().for_each(|(place, size)| all.set(place, size, false));
        assert_eq!(all.call(agent, 1), (0, 60));
        all.set(1, 25, true);
        assert_eq!(all.call(agent, 3), (10 + 65 + 65, 55));
        assert_eq!(all.call(agent, 1), (65, 0));
        assert_eq!(all.call(AgentId(2), 1), (0, 65), "another agent has a cache of its own");
    }

    /// Given 100 in the second of four calls: sent again in two of them.
    #[test]
    fn what_is_kept_is_sent_with_each_later_call() {
        let mut contexts = Contexts::default();
        assert_eq!(contexts.call(AgentId(1), 2), 1);
        contexts.give(AgentId(1), 100);
        assert_eq!(contexts.call(AgentId(1), 4), 2);
        let (once, kept) = contexts.prompts(10.0);
        assert_eq!((once.new, once.repeated), (110.0, 30.0));
        assert_eq!((kept.new, kept.repeated), (110.0, 230.0));
    }
}
