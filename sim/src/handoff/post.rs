//! Messages on their way, to and from lines and lineages, and the account of them.

use super::chance::{Draws, stream};
use crate::engine::streams::{Chance, duration};
use crate::ledger::TokenLedger;
use crate::scenario::{Scenario, Ticks};
use attune_protocol::{AgentId, Tell, ToAgent, ToLine, lineage};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

#[derive(Clone, Copy)]
pub enum Mail {
    ToLine { artifact: usize, message: ToLine },
    FromLine { artifact: usize, message: ToAgent },
    ToLineage { lineage: usize, message: lineage::ToLineage },
    FromLineage { message: lineage::ToAgent },
}

/// All that is on its way, in the order of arrival; of what arrives at one tick, in that of sending.
pub struct Post {
    pub now: u32,
    pub tokens: TokenLedger,
    pub messages: u64,
    /// Of these, between agents and the records of lineages.
    pub lineage_messages: u64,
    pub lost: u64,
    under_way: BTreeMap<(u32, u64), Mail>,
    sent: u64,
    /// By agent.
    links: Vec<ChaCha8Rng>,
    control: Link,
    event: Link,
    duplication: Chance,
    reordering: Chance,
    reorder_ticks: u32,
    sizes: Vec<u32>,
    invalidation_tokens: u32,
    control_tokens: u32,
}

struct Link {
    latency: Ticks,
    loss: Chance,
}

impl Post {
    pub fn new(scenario: &Scenario, agents: u32, seed: i64) -> Post {
        let network = &scenario.network;
        Post {
            now: 0,
            tokens: TokenLedger::default(),
            messages: 0,
            lineage_messages: 0,
            lost: 0,
            under_way: BTreeMap::new(),
            sent: 0,
            links: (0..agents).map(|agent| stream(seed, Draws::Link { agent })).collect(),
            control: Link {
                latency: network.request_latency,
                loss: Chance::new(network.request_loss_rate),
            },
            event: Link { latency: network.latency, loss: Chance::new(network.loss_rate) },
            duplication: Chance::new(network.duplication_rate),
            reordering: Chance::new(network.reorder_rate),
            reorder_ticks: network.reorder_ticks,
            sizes: scenario.artifacts.iter().map(|artifact| artifact.size_tokens).collect(),
            invalidation_tokens: scenario.protocol.invalidation_tokens,
            control_tokens: scenario.protocol.control_tokens,
        }
    }

    pub fn send(&mut self, mail: Mail) {
        self.messages += 1;
        let agent = match mail {
            Mail::ToLine { message, .. } => message.agent,
            Mail::FromLine { message, .. } => message.agent,
            Mail::ToLineage { message, .. } => message.agent,
            Mail::FromLineage { message } => message.agent,
        };
        let event = self.account(&mail);
        self.post(agent, event, mail);
    }

    /// The next message that has arrived.
    pub fn next(&mut self) -> Option<Mail> {
        let entry = self.under_way.first_entry()?;
        (entry.key().0 <= self.now).then(|| entry.remove())
    }

    /// Enters a message in the account. Whether it goes over the event channel.
    fn account(&mut self, mail: &Mail) -> bool {
        let control = u64::from(self.control_tokens);
        match mail {
            Mail::FromLine { artifact, message } => {
                let size = u64::from(self.sizes[*artifact]);
                match message.tell {
                    Tell::Update { .. } => self.tokens.push += size,
                    Tell::Invalidate => {
                        self.tokens.invalidation += u64::from(self.invalidation_tokens);
                    }
                    tell => {
                        self.tokens.control += control;
                        self.tokens.fetch += if tell.carries_content() { size } else { 0 };
                    }
                }
                message.tell.is_event()
            }
            Mail::ToLine { .. } => {
                self.tokens.control += control;
                false
            }
            Mail::ToLineage { .. } | Mail::FromLineage { .. } => {
                self.lineage_messages += 1;
                self.tokens.control += control;
                matches!(mail, Mail::FromLineage { message }
                    if message.tell == lineage::Tell::Retire)
            }
        }
    }

    fn post(&mut self, agent: AgentId, event: bool, mail: Mail) {
        let link = if event { &self.event } else { &self.control };
        let random = &mut self.links[agent.0 as usize];
        if link.loss.hits(random) {
            self.lost += 1;
            return;
        }
        let copies = if self.duplication.hits(random) { 2 } else { 1 };
        for _ in 0..copies {
            let mut delay = duration(&link.latency, random);
            if self.reordering.hits(random) {
                delay += self.reorder_ticks;
            }
            self.sent += 1;
            self.under_way.insert((self.now.saturating_add(delay), self.sent), mail);
        }
    }
}
