//! One strategy on one group of sessions: a driver of the protocol core, in which every access and
//! all that follows from it is over before the next.

use super::account::{Account, Reason};
use super::held::Held;
use super::place::Place;
use super::prompts::{Contexts, Everything};
use super::step::{ArtifactId, Did, Extent, OUTSIDE, Step, Wanted};
use super::{CONTROL_TOKENS, Granularity, Settings};
use crate::engine::StrategyName;
use attune_protocol::{AgentId, Ask, AtTick, Read, Rules, Strict, Tell, ToAgent, ToLine, Version};
use std::collections::{BTreeMap, BTreeSet};

/// A group under one strategy.
pub struct Run {
    rules: Rules,
    granularity: Granularity,
    deltas: bool,
    places: Vec<Place>,
    /// By agent that is still there: what it has touched.
    touched: BTreeMap<AgentId, BTreeSet<ArtifactId>>,
    contexts: Contexts,
    everything: Everything,
}

/// What is sent for one miss.
#[derive(Clone, Copy, Default)]
struct Sent {
    content: u64,
    delta: u64,
}

impl Run {
    pub fn new(strategy: StrategyName, settings: &Settings) -> Run {
        let rules = Rules {
            strategy: strategy.strategy(settings.ttl_ticks, settings.access_count_k),
            bound_reads: settings.bound_reads,
            // Both are over within the access.
            lease_ticks: 1,
            acknowledgement_ticks: 1,
            // Whoever is sent changes names the version that it has.
            revalidate: settings.deltas,
            discipline: Strict,
        };
        Run {
            rules,
            granularity: settings.granularity,
            deltas: settings.deltas,
            places: Vec::new(),
            touched: BTreeMap::new(),
            contexts: Contexts::default(),
            everything: Everything::default(),
        }
    }

    pub fn step(&mut self, step: &Step, account: &mut Account) {
        if step.artifact.0 == self.places.len() {
            self.places.push(Place::new());
        }
        self.touched.entry(step.agent).or_default().insert(step.artifact);
        let calls = self.contexts.call(step.agent, step.call);
        let published = self.rules.strategy.at_tick == AtTick::Push;
        if step.changed_outside {
            self.change_outside(step, account);
        }
        if published {
            self.publish(step, calls, account);
        }
        match step.did {
            Did::Read { wanted, price, .. } => self.read(step, wanted, price, account),
            Did::Write { text, whole, .. } => self.write(step, text, whole, account),
        }
        if published {
            let changed = matches!(step.did, Did::Write { .. });
            self.everything.set(step.artifact.0, step.after.tokens, changed);
        }
        if step.leaves {
            for ArtifactId(artifact) in self.touched.remove(&step.agent).unwrap_or_default() {
                self.places[artifact].forget(step.agent);
            }
        }
    }

    /// Adds what only the end of the group shows.
    pub fn finish(self, structural_tokens: f64, account: &mut Account) {
        let (once, kept) = self.contexts.prompts(structural_tokens);
        account.prompts_once += once;
        account.prompts_kept += kept;
    }

    fn read(&mut self, step: &Step, wanted: Wanted, price: u64, account: &mut Account) {
        account.reads += 1;
        let whole_files = self.granularity == Granularity::WholeFiles;
        let rules = self.rules;
        let place = &mut self.places[step.artifact.0];
        let current = place.line.version();
        let copy = place.copy(step.agent);
        let miss = copy.entry.miss(step.now, &rules);
        let reason = match miss {
            Some(miss) => Reason::Copy(miss),
            None if !whole_files && !copy.held.covers(wanted) => Reason::OtherLines,
            None => {
                let Read::Hit(version) = copy.entry.read(step.now, &rules) else {
                    unreachable!("a copy that is not missed is hit")
                };
                account.hits += 1;
                if version < current {
                    account.staleness.add(current.get() - version.get());
                }
                return;
            }
        };
        *account.misses.of(reason) += 1;
        let request = copy.next_request();
        let fetch = copy.entry.fetch(step.agent, request, &rules);
        let answer = self.settle(step, fetch, account);
        let resend = answer.tell.carries_content() && miss.is_some();
        let sent = self.fill(step, wanted, price, resend);
        *account.tokens.fetched.of(reason) += sent.content;
        account.tokens.deltas += sent.delta;
        self.contexts.give(step.agent, sent.content + sent.delta);
    }

    /// Puts what was fetched into the copy. `resend`: what the copy holds is sent again, though it
    /// may be of the current version.
    fn fill(&mut self, step: &Step, wanted: Wanted, price: u64, resend: bool) -> Sent {
        let whole_files = self.granularity == Granularity::WholeFiles;
        let extent = &step.after;
        let (wanted, price) =
            if whole_files { (Wanted::Whole, extent.tokens) } else { (wanted, price) };
        let place = &mut self.places[step.artifact.0];
        let now = place.line.version();
        let had = place.copy(step.agent).version;
        let changes = had.and_then(|had| place.changes_since(had)).filter(|_| self.deltas);
        let copy = place.copy(step.agent);
        copy.version = Some(now);
        let afresh = Sent { content: price, delta: 0 };
        let missing = copy.held.missing_price(wanted, price, extent);
        let sent = match changes {
            _ if had == Some(now) && !resend => Sent { content: missing, delta: 0 },
            _ if had == Some(now) => afresh,
            Some(changes) => {
                let delta = changes.min(copy.held.price(extent));
                if delta + missing >= price {
                    copy.held = Held::default();
                    afresh
                } else {
                    Sent { content: missing, delta }
                }
            }
            None => {
                copy.held = Held::default();
                afresh
            }
        };
        copy.held.add(wanted, price, extent);
        sent
    }

    fn write(&mut self, step: &Step, text: Option<u64>, whole: bool, account: &mut Account) {
        account.writes += 1;
        let place = &mut self.places[step.artifact.0];
        let copy = place.copy(step.agent);
        let miss = copy.entry.miss(step.now, &self.rules);
        account.write_misses += u64::from(miss.is_some());
        let request = copy.next_request();
        let upgrade = copy.entry.upgrade(step.now, step.agent, request, &self.rules);
        let granted = self.settle(step, upgrade, account);
        if granted.tell.carries_content() {
            let sent = self.grant(step, text);
            let had = self.places[step.artifact.0].copy(step.agent).version;
            let is_old = had.is_some_and(|had| had < granted.version);
            account.writes_refreshed += u64::from(is_old);
            account.tokens.granted += sent.content;
            account.tokens.deltas += sent.delta;
            self.contexts.give(step.agent, sent.content + sent.delta);
        }
        let version = self.commit(step, step.agent, text, account);
        let copy = self.places[step.artifact.0].copy(step.agent);
        copy.version = Some(version);
        if whole || self.granularity == Granularity::WholeFiles {
            copy.held = Held::whole();
        } else if copy.held.is_empty() {
            // It knows the lines that it wrote, but not where they are.
            copy.held.add(Wanted::Scattered, text.unwrap_or(0), &step.after);
        }
    }

    /// The content that goes with the right to write: what the copy held, as it is now; to somebody
    /// without a copy, as much as is going to be replaced.
    fn grant(&mut self, step: &Step, text: Option<u64>) -> Sent {
        let place = &mut self.places[step.artifact.0];
        let had = place.copy(step.agent).version;
        let changes = had.and_then(|had| place.changes_since(had)).filter(|_| self.deltas);
        let held = &place.copy(step.agent).held;
        let whole = step.before.tokens;
        let content = match self.granularity {
            Granularity::WholeFiles => whole,
            Granularity::Lines if held.is_empty() => text.unwrap_or(whole).min(whole),
            Granularity::Lines => held.price(&step.before),
        };
        match changes {
            Some(changes) if changes < content => Sent { content: 0, delta: changes },
            _ => Sent { content, delta: 0 },
        }
    }

    /// The agent, which has been granted the right, writes and commits.
    fn commit(
        &mut self,
        step: &Step,
        agent: AgentId,
        text: Option<u64>,
        account: &mut Account,
    ) -> Version {
        let place = &mut self.places[step.artifact.0];
        let change = text.map(|text| text.min(step.after.tokens));
        let copy = place.copy(agent);
        let request = copy.next_request();
        let commit = copy
            .entry
            .write(&self.rules)
            .and_then(|()| copy.entry.commit(agent, request, &self.rules))
            .expect("who was granted the right to write has it until the commit");
        place.about_to_change(change);
        let committed = self.settle(step, commit, account);
        assert_eq!(committed.tell, Tell::Committed, "nobody else can have written meanwhile");
        committed.version
    }

    /// Somebody who is not in the trace writes.
    fn change_outside(&mut self, step: &Step, account: &mut Account) {
        let rules = self.rules;
        let whole_files = self.granularity == Granularity::WholeFiles;
        let place = &mut self.places[step.artifact.0];
        let copy = place.copy(step.agent);
        if let Did::Read { wanted, .. } = step.did {
            let good = copy.entry.miss(step.now, &rules).is_none()
                && (whole_files || copy.held.covers(wanted));
            account.staleness.if_outside_is_unwatched += u64::from(good);
        }
        let outside = place.copy(OUTSIDE);
        let request = outside.next_request();
        let upgrade = outside.entry.upgrade(step.now, OUTSIDE, request, &rules);
        self.settle(step, upgrade, account);
        self.commit(step, OUTSIDE, None, account);
        if self.rules.strategy.at_tick == AtTick::Push {
            self.everything.set(step.artifact.0, step.before.tokens, true);
        }
    }

    /// Sends the agent everything, once for each of its calls. Of the others the copy at hand is
    /// the only one that matters now, so it alone is given to the core.
    fn publish(&mut self, step: &Step, calls: u64, account: &mut Account) {
        if calls > 0 {
            let (repeated, new) = self.everything.call(step.agent, calls);
            self.contexts.send(repeated, new);
            // A trace may say any number of calls.
            let sent = calls.saturating_mul(self.everything.total());
            account.tokens.pushed = account.tokens.pushed.saturating_add(sent);
            let known = self.places.len() - usize::from(step.first);
            account.messages.updates += calls * known as u64;
        }
        let place = &mut self.places[step.artifact.0];
        if step.first || place.copy(step.agent).published == step.call {
            return;
        }
        let update = place.line.publish_to(step.agent, &self.rules);
        let reply = place.hear(step.now, update, &self.rules);
        debug_assert_eq!(reply, None, "a publication is not acknowledged");
        let version = place.line.version();
        let copy = place.copy(step.agent);
        copy.published = step.call;
        copy.version = Some(version);
        copy.held = Held::whole();
    }

    /// Settles a request and enters every message in the account.
    fn settle(&mut self, step: &Step, request: ToLine, account: &mut Account) -> ToAgent {
        let Run { rules, granularity, deltas, places, touched, contexts, .. } = self;
        let ArtifactId(artifact) = step.artifact;
        let extent = if request.agent == OUTSIDE { &step.before } else { &step.after };
        let mut told = 0;
        let (mut asked, mut acknowledged) = (0, 0);
        let answer = places[artifact].settle(
            step.now,
            request,
            rules,
            |place, message| {
                if message.agent == OUTSIDE {
                    return;
                }
                match message.tell {
                    Tell::Invalidate => {
                        account.messages.invalidations += 1;
                        if !touched.contains_key(&message.agent) {
                            return;
                        }
                        account.tokens.invalidations += CONTROL_TOKENS;
                        contexts.give(message.agent, CONTROL_TOKENS);
                    }
                    Tell::Update { .. } => {
                        account.messages.updates += 1;
                        if !touched.contains_key(&message.agent) {
                            return;
                        }
                        let sent = pushed(place, message, extent, *granularity, *deltas);
                        account.tokens.pushed += sent.content;
                        account.tokens.deltas += sent.delta;
                        contexts.give(message.agent, sent.content + sent.delta);
                    }
                    _ => told += 1,
                }
            },
            |message| match message.ask {
                _ if message.agent == OUTSIDE => {}
                Ask::Acknowledge { .. } => acknowledged += 1,
                _ => asked += 1,
            },
        );
        account.messages.requests += asked;
        account.messages.answers += told;
        account.messages.acknowledgements += acknowledged;
        account.tokens.control += (asked + told + acknowledged) * CONTROL_TOKENS;
        answer
    }
}

/// What a pushed update brings to a copy: the lines that it holds, as they are now.
fn pushed(
    place: &mut Place,
    message: &ToAgent,
    extent: &Extent,
    granularity: Granularity,
    deltas: bool,
) -> Sent {
    let had = place.copy(message.agent).version;
    let changes = had.and_then(|had| place.changes_since(had)).filter(|_| deltas);
    let copy = place.copy(message.agent);
    copy.version = Some(message.version);
    let content = match granularity {
        Granularity::WholeFiles => extent.tokens,
        Granularity::Lines => copy.held.price(extent),
    };
    match changes {
        Some(changes) if changes < content => Sent { content: 0, delta: changes },
        _ => Sent { content, delta: 0 },
    }
}
