//! Messages from a writer to its peers.

use super::simulator::Simulator;
use super::state::{Entry, State};

#[derive(Clone, Copy, Debug)]
pub struct Message {
    kind: Kind,
    sender: usize,
    receiver: usize,
    artifact: usize,
    /// The version that the write made.
    version: i64,
    due_tick: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Invalidation,
    Update,
}

impl Simulator<'_> {
    /// A lost message keeps what it cost.
    pub(super) fn send(
        &mut self,
        kind: Kind,
        sender: usize,
        receiver: usize,
        artifact: usize,
        now: u64,
    ) {
        self.report.message_overhead += 1;
        let loss_rate = self.scenario.network.loss_rate;
        // Without loss, no draw.
        if loss_rate > 0.0 && self.random.unit() < loss_rate {
            return;
        }
        self.queue.push_back(Message {
            kind,
            sender,
            receiver,
            artifact,
            version: self.lines[artifact].version,
            due_tick: now + self.latency_ticks,
        });
    }

    /// Delivers what is due. Latency is constant, so the queue is in order of due ticks too.
    pub(super) fn deliver(&mut self, now: u64) {
        while let Some(&message) = self.queue.front()
            && message.due_tick <= now
        {
            self.queue.pop_front();
            match message.kind {
                Kind::Invalidation => self.invalidation_arrives(&message),
                Kind::Update => self.update_arrives(&message, now),
            }
        }
    }

    fn invalidation_arrives(&mut self, message: &Message) {
        let pair = self.pair(message.receiver, message.artifact);
        let older = message.version - 1;
        // Defect: the message's version is not compared with the entry's, so an older
        // invalidation kills a newer copy.
        let entry = self.entries[pair].get_or_insert(Entry {
            valid: false,
            version: older,
            uses: 0,
            expiry_tick: 0,
        });
        self.report.newer_copies_killed +=
            u64::from(entry.valid && entry.version >= message.version);
        entry.valid = false;
        entry.version = entry.version.min(older);
        self.stale_runs[pair] = 0;
        let directory = &mut self.lines[message.artifact].directory;
        directory.set(message.receiver, State::Invalid);
        directory.clear_pending(message.receiver);
        self.report.invalidations_delivered += 1;
    }

    fn update_arrives(&mut self, message: &Message, now: u64) {
        let pair = self.pair(message.receiver, message.artifact);
        // The entry takes the message's version even if it held a newer one.
        self.entries[pair] = self.fresh_entry(message.version, now);
        self.stale_runs[pair] = 0;
        // Defect: the receiver's pending mark stays. When it times out, the directory drops a
        // receiver whose copy is valid; later writes do not reach it, and it reads stale content.
        let directory = &mut self.lines[message.artifact].directory;
        directory.set(message.receiver, State::Shared);
        directory.set(message.sender, State::Shared);
        self.report.updates_delivered += 1;
    }
}
