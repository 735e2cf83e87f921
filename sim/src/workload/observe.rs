//! What sessions show of each parameter. They are looked at as the replay sees them
//! (`rerun::Known`), so that sizes and lines mean the same here and there.

use super::history::{Choice, History};
use super::model::{Past, Situation};
use crate::rerun::{Did, Extent, Known, Step, Wanted};
use attune_trace::access::{Access, Op};
use std::collections::BTreeMap;

/// Some out of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub hits: u64,
    pub of: u64,
}

impl Share {
    pub fn add(&mut self, hit: bool) {
        self.hits += u64::from(hit);
        self.of += 1;
    }

    /// 0 if nothing was seen.
    pub fn value(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.hits as f64 / self.of as f64 }
    }
}

/// A move to an artifact that was new to the agent, or not.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub moves: u64,
    pub distinct: u64,
    pub new: bool,
}

/// A return: what there was to choose from, and which was taken.
#[derive(Clone, Debug)]
pub struct Return {
    pub choices: Vec<Choice>,
    pub taken: usize,
}

/// Writes and accesses by situation.
pub type Writes = [Share; Situation::COUNT];

/// One kind of agent.
#[derive(Clone, Debug, Default)]
pub struct RoleSample {
    pub accesses: Vec<f64>,
    pub stay: [Share; Past::COUNT],
    pub moves: Vec<Move>,
    pub shared: Share,
    pub returns: Vec<Return>,
}

/// All that was observed of some sessions.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub sessions: u64,
    pub accesses: u64,
    pub reads: u64,
    pub written: u64,
    pub lead: RoleSample,
    pub helper: RoleSample,
    /// By session.
    pub helpers: Vec<u64>,
    pub stay: Share,
    /// By artifact of a session: its writes, by the lead and by helpers.
    pub artifacts: Vec<[Writes; 2]>,
    /// By session: how often each artifact was touched.
    pub popularity: Vec<Vec<u64>>,
    pub sizes: Vec<f64>,
    pub tokens_per_line: Vec<f64>,
    pub changed_outside: Share,
    /// Of first reads: the artifact's size, and whether it was read whole.
    pub first_whole: Vec<(f64, bool)>,
    pub first_scattered: Share,
    /// Of reads in part: the size of the whole, and of the part.
    pub first_parts: Vec<(f64, f64)>,
    pub whole_again: Share,
    pub whole_scattered: Share,
    pub whole_parts: Vec<(f64, f64)>,
    pub parts_whole: Share,
    pub parts_scattered: Share,
    pub parts_same: Share,
    pub parts_fresh: Vec<f64>,
    pub parts_parts: Vec<(f64, f64)>,
    pub written_whole_first: Share,
    pub written_whole_later: Share,
    pub text_unrecorded: Share,
    pub text_tokens: Vec<f64>,
    /// Seconds from the access before to one of an artifact that is new to its agent, and of one
    /// that it knows.
    pub gaps_new: Vec<f64>,
    pub gaps_known: Vec<f64>,
    pub turns_before_first: Vec<f64>,
    /// Calls between an agent's accesses; 0: the same call.
    pub turn_steps: Vec<u64>,
}

impl Sample {
    /// Looks at one session, whose accesses are in order.
    pub fn observe(&mut self, session: &[Access]) {
        let done: Vec<&Access> = session.iter().filter(|access| access.outcome.is_done()).collect();
        if done.is_empty() {
            return;
        }
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let agents: Vec<usize> = done
            .iter()
            .map(|access| {
                let next = numbers.len();
                *numbers.entry(&access.agent).or_insert(next)
            })
            .collect();
        let mut left = vec![0_u64; numbers.len()];
        agents.iter().for_each(|agent| left[*agent] += 1);
        let lead = lead(&left);
        self.sessions += 1;
        self.accesses += done.len() as u64;
        self.helpers.push(numbers.len() as u64 - 1);
        for (agent, count) in left.iter().enumerate() {
            self.role(agent == lead).accesses.push(*count as f64);
        }
        self.observe_order(&agents, &mut left);
        self.observe_calls(&done, &agents);
        self.observe_steps(&done, lead);
    }

    fn role(&mut self, lead: bool) -> &mut RoleSample {
        if lead { &mut self.lead } else { &mut self.helper }
    }

    fn observe_order(&mut self, agents: &[usize], left: &mut [u64]) {
        for pair in agents.windows(2) {
            left[pair[0]] -= 1;
            let another = (0..left.len()).any(|other| other != pair[0] && left[other] > 0);
            if another && left[pair[0]] > 0 {
                self.stay.add(pair[0] == pair[1]);
            }
        }
    }

    fn observe_calls(&mut self, done: &[&Access], agents: &[usize]) {
        let mut calls = BTreeMap::new();
        for (access, agent) in done.iter().zip(agents) {
            let Some(turn) = access.turn else { continue };
            match calls.insert(*agent, turn) {
                None => self.turns_before_first.push(turn.saturating_sub(1) as f64),
                Some(before) => self.turn_steps.push(turn.saturating_sub(before)),
            }
        }
    }

    fn observe_steps(&mut self, done: &[&Access], lead: usize) {
        let mut known = Known::default();
        let mut history = History::default();
        let mut writes: Vec<[Writes; 2]> = Vec::new();
        let mut touches: Vec<u64> = Vec::new();
        let mut sizes: Vec<u64> = Vec::new();
        let mut before: Option<i64> = None;
        for access in done {
            let step = known.step(access, false);
            let agent = step.agent.0 as usize - 1;
            let artifact = step.artifact.0;
            if step.first {
                writes.push(Default::default());
                touches.push(0);
                sizes.push(0);
            } else {
                self.changed_outside.add(step.changed_outside);
            }
            sizes[artifact] = step.after.tokens;
            touches[artifact] += 1;
            self.observe_choice(&mut history, agent, agent == lead, artifact);
            let situation = history.situation(agent, artifact);
            let written = access.op == Op::Write;
            if let Some(time) = access.time_ms {
                // As in the replay, time does not go back.
                let time = before.map_or(time, |before| time.max(before));
                let gap = before.map(|before| (time - before) as f64 / 1000.0);
                before = Some(time);
                match situation {
                    Situation::New | Situation::Shared => self.gaps_new.extend(gap),
                    Situation::Stay(_) | Situation::Back(_) => self.gaps_known.extend(gap),
                }
            }
            let role = usize::from(agent != lead);
            writes[artifact][role][situation.index()].add(written);
            history.touch(agent, artifact, access.op);
            self.observe_content(&mut history, agent, &step);
        }
        self.artifacts.extend(writes);
        self.popularity.push(touches);
        self.sizes.extend(sizes.into_iter().filter(|size| *size > 0).map(|size| size as f64));
    }

    fn observe_choice(&mut self, history: &mut History, agent: usize, lead: bool, artifact: usize) {
        let situation = history.situation(agent, artifact);
        let any_other = !history.others(agent).is_empty();
        let past = history.agent(agent);
        let role = self.role(lead);
        if let Some((last, past)) = past.last() {
            role.stay[past as usize].add(last == artifact);
        }
        let new = match situation {
            Situation::Stay(_) => return,
            Situation::Back(_) => false,
            Situation::New | Situation::Shared => true,
        };
        if past.distinct() > 1 {
            role.moves.push(Move { moves: past.moves, distinct: past.distinct(), new });
        }
        if new && any_other {
            role.shared.add(situation == Situation::Shared);
        }
        // With one choice there is nothing to learn from it.
        if !new && past.distinct() > 2 {
            let choices = past.choices();
            let taken = choices.iter().position(|(other, _)| *other == artifact);
            let choices = choices.into_iter().map(|(_, choice)| choice).collect();
            role.returns.extend(taken.map(|taken| Return { choices, taken }));
        }
    }

    fn observe_content(&mut self, history: &mut History, agent: usize, step: &Step) {
        let touched = history.agent(agent).touched(step.artifact.0);
        match step.did {
            Did::Read { wanted, price, .. } => {
                self.reads += 1;
                self.observe_read(touched, wanted, price, &step.after);
                touched.see(wanted, price, &step.after);
            }
            Did::Write { text, whole, .. } => {
                self.written += 1;
                let place = match step.first {
                    true => &mut self.written_whole_first,
                    false => &mut self.written_whole_later,
                };
                place.add(whole);
                if whole {
                    touched.see(Wanted::Whole, 0, &step.after);
                } else {
                    self.text_unrecorded.add(text.is_none());
                    self.text_tokens.extend(text.filter(|text| *text > 0).map(|text| text as f64));
                }
            }
        }
    }

    fn observe_read(
        &mut self,
        touched: &super::history::Touched,
        wanted: Wanted,
        price: u64,
        extent: &Extent,
    ) {
        let whole = wanted == Wanted::Whole;
        let scattered = wanted == Wanted::Scattered;
        let tokens =
            (price > 0 && !whole).then_some((extent.tokens.max(price) as f64, price as f64));
        if let (Wanted::Lines(lines), Some((_, tokens))) = (wanted, tokens) {
            self.tokens_per_line.push(tokens / lines.count() as f64);
        } else if let (true, Some(lines)) = (whole && extent.tokens > 0, extent.lines) {
            self.tokens_per_line.push(extent.tokens as f64 / lines.max(1) as f64);
        }
        if touched.has_whole() {
            self.whole_again.add(whole);
            if !whole {
                self.whole_scattered.add(scattered);
                self.whole_parts.extend(tokens);
            }
        } else if touched.has_parts() {
            self.parts_whole.add(whole);
            if whole {
                return;
            }
            self.parts_scattered.add(scattered);
            let mut drawn = true;
            if let Wanted::Lines(lines) = wanted {
                let same = touched.read.covers(wanted);
                // How many lines those are was decided when they were first read.
                drawn = !same;
                self.parts_same.add(same);
                if !same {
                    let missing = touched.read.missing(lines);
                    self.parts_fresh.push(missing as f64 / lines.count() as f64);
                }
            }
            self.parts_parts.extend(tokens.filter(|_| drawn));
        } else {
            if extent.tokens > 0 {
                self.first_whole.push((extent.tokens as f64, whole));
            }
            if !whole {
                self.first_scattered.add(scattered);
                self.first_parts.extend(tokens);
            }
        }
    }
}

/// Who accesses most; of equal ones the first.
fn lead(counts: &[u64]) -> usize {
    (0..counts.len()).rev().max_by_key(|agent| counts[*agent]).unwrap_or(0)
}
