//! The channels: what is sent, what it costs, when it arrives.

use super::measure::Messages;
use super::streams::{self, Chance, Streams, Use};
use crate::ledger::TokenLedger;
use crate::scenario::{Scenario, Ticks};
use crate::wire::{Wire, WireBytes};
use attune_protocol::{AgentId, Ask, Event, Tell, ToAgent, ToLine, Version};

/// A message about one artifact, to either side.
#[derive(Clone, Copy, Debug)]
pub enum Mail {
    Up { artifact: u32, message: ToLine },
    Down { artifact: u32, message: ToAgent },
}

/// Everything that is on its way, and the account of it.
///
/// What takes no time goes to `at_once`, in order; the rest into a wheel with one slot per tick,
/// each slot in order of sending: the order of events is total.
pub struct Channels {
    pub at_once: Vec<Mail>,
    /// Events that the line at hand is sending; on their way with [`Channels::send_off`].
    outbox: Vec<ToAgent>,
    /// How many of them carry content.
    updates: u64,
    pub messages: Messages,
    /// Content sent because it was asked for, in tokens.
    fetched: u64,
    /// Content sent without being asked for, in tokens.
    pushed: u64,
    /// Answers that carry content.
    fills: u64,
    /// Content that need not travel, because its receiver has it in an older version, in tokens.
    known_fetched: f64,
    known_pushed: f64,
    wire: Wire,
    instant: bool,
    now: u32,
    wheel: Vec<Vec<Mail>>,
    control: Link,
    event: Link,
    duplication: Chance,
    reordering: Chance,
    reorder_ticks: u32,
    links: Streams,
    sizes: Vec<u32>,
    invalidation_tokens: u32,
    control_tokens: u32,
}

/// One channel's behaviour.
struct Link {
    latency: Ticks,
    loss: Chance,
    /// The latency, if no draw is needed: nothing is lost, repeated or held back.
    certain: Option<u32>,
}

impl Channels {
    pub fn new(scenario: &Scenario, seed: i64) -> Channels {
        let network = &scenario.network;
        let orderly = network.duplication_rate == 0.0 && network.reorder_rate == 0.0;
        let link = |latency: Ticks, loss: f64| Link {
            latency,
            loss: Chance::new(loss),
            certain: match latency {
                Ticks::Constant(delay) if orderly && loss == 0.0 => Some(delay),
                _ => None,
            },
        };
        let control = link(network.request_latency, network.request_loss_rate);
        let event = link(network.latency, network.loss_rate);
        let longest = streams::longest(&network.latency)
            .max(streams::longest(&network.request_latency))
            + if network.reorder_rate > 0.0 { network.reorder_ticks } else { 0 };
        Channels {
            at_once: Vec::with_capacity(64),
            outbox: Vec::with_capacity((scenario.agents as usize).min(4096)),
            updates: 0,
            messages: Messages::default(),
            fetched: 0,
            pushed: 0,
            fills: 0,
            known_fetched: 0.0,
            known_pushed: 0.0,
            wire: scenario.wire.clone(),
            instant: control.certain == Some(0),
            now: 0,
            wheel: vec![Vec::new(); (longest as usize + 2).next_power_of_two()],
            control,
            event,
            duplication: Chance::new(network.duplication_rate),
            reordering: Chance::new(network.reorder_rate),
            reorder_ticks: network.reorder_ticks,
            links: Streams::new(seed, scenario.agents, Use::Link),
            sizes: scenario.artifacts.iter().map(|artifact| artifact.size_tokens).collect(),
            invalidation_tokens: scenario.protocol.invalidation_tokens,
            control_tokens: scenario.protocol.control_tokens,
        }
    }

    /// Moves to the next tick and takes what is due then; give the emptied vector back with
    /// [`Channels::recycle`].
    pub fn advance(&mut self, now: u32) -> Vec<Mail> {
        self.now = now;
        let slot = self.slot(0);
        std::mem::take(&mut self.wheel[slot])
    }

    pub fn recycle(&mut self, mut delivered: Vec<Mail>) {
        delivered.clear();
        let slot = self.slot(0);
        let late = std::mem::replace(&mut self.wheel[slot], delivered);
        debug_assert!(late.is_empty(), "what takes no time does not go into the wheel");
    }

    /// Whether requests and answers take no time and always arrive: then they are calls.
    #[inline]
    pub fn control_is_instant(&self) -> bool {
        self.instant
    }

    /// Enters a message from an agent to the authority in the account.
    #[inline]
    pub fn count_up(&mut self, ask: Ask) {
        match ask {
            Ask::Acknowledge { .. } => self.messages.acknowledgements += 1,
            Ask::Heartbeat => self.messages.heartbeats += 1,
            Ask::Fetch | Ask::Upgrade | Ask::Commit | Ask::Release => self.messages.requests += 1,
        }
    }

    /// Enters an answer from the authority to an agent in the account.
    #[inline]
    pub fn count_answer(&mut self, artifact: u32, tell: Tell) {
        self.messages.answers += 1;
        if tell.carries_content() {
            self.fills += 1;
            self.fetched += u64::from(self.sizes[artifact as usize]);
        }
    }

    /// Sends a message from an agent to the authority.
    pub fn up(&mut self, artifact: u32, message: ToLine) {
        self.count_up(message.ask);
        self.post(message.agent, false, Mail::Up { artifact, message });
    }

    /// Sends an answer from the authority to an agent.
    pub fn answer(&mut self, artifact: u32, message: ToAgent) {
        self.count_answer(artifact, message.tell);
        self.post(message.agent, false, Mail::Down { artifact, message });
    }

    /// Sends an event from the authority to an agent.
    pub fn event(&mut self, artifact: u32, message: ToAgent) {
        self.put_out(message);
        self.send_off(artifact);
    }

    /// Puts an event from the authority into the outbox: the first half of sending it, small
    /// enough to be inlined wherever a line sends events.
    #[inline(always)]
    pub fn put_out(&mut self, message: ToAgent) {
        self.updates += u64::from(message.tell.carries_content());
        self.outbox.push(message);
    }

    /// Sends the events about an artifact that are in the outbox.
    #[inline(always)]
    pub fn send_off(&mut self, artifact: u32) {
        if !self.outbox.is_empty() {
            self.send_outbox(artifact);
        }
    }

    #[inline(never)]
    fn send_outbox(&mut self, artifact: u32) {
        let updates = std::mem::take(&mut self.updates);
        self.messages.updates += updates;
        self.messages.invalidations += self.outbox.len() as u64 - updates;
        self.pushed += updates * u64::from(self.sizes[artifact as usize]);
        if let Some(delay) = self.event.certain {
            let slot = self.slot(delay);
            let due = if delay == 0 { &mut self.at_once } else { &mut self.wheel[slot] };
            due.extend(self.outbox.iter().map(|&message| Mail::Down { artifact, message }));
        } else {
            for place in 0..self.outbox.len() {
                let message = self.outbox[place];
                self.post_by_chance(message.agent, true, Mail::Down { artifact, message });
            }
        }
        self.outbox.clear();
    }

    /// What all this cost so far.
    pub fn tokens(&self) -> TokenLedger {
        let Messages { requests, answers, heartbeats, acknowledgements, .. } = self.messages;
        let control = requests + answers + heartbeats + acknowledgements;
        TokenLedger {
            fetch: self.fetched,
            push: self.pushed,
            invalidation: self.messages.invalidations * u64::from(self.invalidation_tokens),
            control: control * u64::from(self.control_tokens),
        }
    }

    /// Enters that an agent, which had `held`, took what a message brought.
    #[inline(always)]
    pub fn taken(&mut self, artifact: u32, held: Option<Version>, message: ToAgent, event: Event) {
        if self.wire.deltas && message.tell.carries_content() {
            self.known(artifact, held, message, event);
        }
    }

    #[inline(never)]
    fn known(&mut self, artifact: u32, held: Option<Version>, message: ToAgent, event: Event) {
        let share = self.wire.known_share(held, message.version);
        let known_already = held == Some(message.version) && message.tell.is_event();
        let known = share * f64::from(self.sizes[artifact as usize]);
        match event {
            Event::Filled(_) | Event::Granted => self.known_fetched += known,
            Event::Updated(_) => self.known_pushed += known,
            // Sent again by the authority; what the network repeats is not sent twice.
            Event::Ignored if known_already && self.duplication == Chance::NEVER => {
                self.known_pushed += known;
            }
            _ => {}
        }
    }

    /// The bytes of it so far.
    pub fn bytes(&self) -> WireBytes {
        let Messages { updates, invalidations, .. } = self.messages;
        let control = self.messages.total() - self.fills - updates - invalidations;
        WireBytes {
            fetch: self.wire.bytes(self.fills, self.fetched as f64 - self.known_fetched),
            push: self.wire.bytes(updates, self.pushed as f64 - self.known_pushed),
            invalidation: self.wire.bytes(invalidations, 0.0),
            control: self.wire.bytes(control, 0.0),
        }
    }

    #[inline(always)]
    fn post(&mut self, agent: AgentId, event: bool, mail: Mail) {
        let link = if event { &self.event } else { &self.control };
        match link.certain {
            Some(delay) => self.put(delay, mail),
            None => self.post_by_chance(agent, event, mail),
        }
    }

    #[inline(never)]
    fn post_by_chance(&mut self, agent: AgentId, event: bool, mail: Mail) {
        let link = if event { &self.event } else { &self.control };
        let random = self.links.of(agent.0);
        if link.loss.hits(random) {
            self.messages.lost += 1;
            return;
        }
        let copies = if self.duplication.hits(random) { 2 } else { 1 };
        self.messages.repeated += copies - 1;
        for _ in 0..copies {
            let link = if event { &self.event } else { &self.control };
            let random = self.links.of(agent.0);
            let mut delay = streams::duration(&link.latency, random);
            if self.reordering.hits(random) {
                delay += self.reorder_ticks;
            }
            self.put(delay, mail);
        }
    }

    #[inline(always)]
    fn put(&mut self, delay: u32, mail: Mail) {
        if delay == 0 {
            self.at_once.push(mail);
        } else {
            let slot = self.slot(delay);
            self.wheel[slot].push(mail);
        }
    }

    #[inline]
    fn slot(&self, delay: u32) -> usize {
        (self.now.wrapping_add(delay)) as usize & (self.wheel.len() - 1)
    }
}
