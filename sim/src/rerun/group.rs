//! One group of sessions: each access becomes a step, which every strategy and every judge is given.

use super::known::Known;
use super::lost::Sight;
use super::peers::Having;
use super::prompts::Contexts;
use super::run::Run;
use super::step::{Did, Step, Wanted};
use super::{Comparison, Counts, Settings};
use attune_trace::access::{Access, Op, Outcome};
use std::collections::BTreeSet;

/// Runs a group, whose accesses are in order, and adds it to the comparison.
pub fn run(
    accesses: &[Access],
    settings: &Settings,
    structural_tokens: f64,
    comparison: &mut Comparison,
) {
    let mut group = Group::new(settings);
    for (access, leaves) in accesses.iter().zip(last_of_agents(accesses)) {
        if count(access, &mut comparison.trace) {
            let step = group.known.step(access, leaves);
            group.step(&step, comparison);
        }
    }
    group.finish(structural_tokens, comparison);
}

/// For each access, whether it is the last that its agent did.
fn last_of_agents(accesses: &[Access]) -> Vec<bool> {
    let mut seen = BTreeSet::new();
    let is_last = |access: &Access| {
        access.outcome.is_done() && seen.insert((access.session.clone(), access.agent.clone()))
    };
    let mut last: Vec<bool> = accesses.iter().rev().map(is_last).collect();
    last.reverse();
    last
}

/// Counts an access; whether it was done.
fn count(access: &Access, counts: &mut Counts) -> bool {
    *match (access.outcome, access.op) {
        (Outcome::Done, Op::Read) => &mut counts.reads,
        (Outcome::Done, Op::Write) => &mut counts.writes,
        (Outcome::Failed, _) => &mut counts.failed,
        (Outcome::Conflict, _) => &mut counts.conflicts,
    } += 1;
    access.outcome.is_done()
}

struct Group {
    known: Known,
    sight: Sight,
    having: Having,
    today: Contexts,
    runs: Vec<Run>,
}

impl Group {
    fn new(settings: &Settings) -> Group {
        Group {
            known: Known::default(),
            sight: Sight::default(),
            having: Having::default(),
            today: Contexts::default(),
            runs: settings.strategies.iter().map(|name| Run::new(*name, settings)).collect(),
        }
    }

    fn step(&mut self, step: &Step, comparison: &mut Comparison) {
        let counts = &mut comparison.trace;
        counts.changed_outside += u64::from(step.changed_outside);
        self.today.call(step.agent, step.call);
        if let Did::Read { wanted, given, price, .. } = step.did {
            counts.reads_of_unknown_lines += u64::from(wanted == Wanted::Scattered);
            counts.reads_confirmed += u64::from(given == 0 && price > 0);
            comparison.today.tokens += given;
            self.today.give(step.agent, given);
        }
        self.sight.step(step, &mut comparison.today.lost_updates);
        self.having.step(step, &mut comparison.peers);
        for (run, account) in self.runs.iter_mut().zip(&mut comparison.strategies) {
            run.step(step, account);
        }
    }

    fn finish(self, structural_tokens: f64, comparison: &mut Comparison) {
        if self.known.agents() == 0 {
            return;
        }
        let counts = &mut comparison.trace;
        counts.groups += 1;
        counts.agents += self.known.agents() as u64;
        counts.artifacts += self.known.artifacts() as u64;
        counts.reads_estimated += self.known.reads_estimated;
        let (once, kept) = self.today.prompts(structural_tokens);
        comparison.today.prompts_once += once;
        comparison.today.prompts_kept += kept;
        for (run, account) in self.runs.into_iter().zip(&mut comparison.strategies) {
            run.finish(structural_tokens, account);
        }
    }
}
