//! One group of sessions: each access becomes a step, which every strategy and every judge is given.

use super::known::Known;
use super::lost::Sight;
use super::peers::Having;
use super::prompts::Contexts;
use super::run::Run;
use super::step::{Did, Wanted};
use super::{Comparison, Settings};
use attune_trace::access::{Access, Op, Outcome};

pub struct Group {
    known: Known,
    sight: Sight,
    having: Having,
    today: Contexts,
    runs: Vec<Run>,
}

impl Group {
    pub fn new(settings: &Settings) -> Group {
        Group {
            known: Known::default(),
            sight: Sight::default(),
            having: Having::default(),
            today: Contexts::default(),
            runs: settings.strategies.iter().map(|name| Run::new(*name, settings)).collect(),
        }
    }

    pub fn take(&mut self, access: &Access, comparison: &mut Comparison) {
        let counts = &mut comparison.trace;
        match access.outcome {
            Outcome::Done => {}
            Outcome::Failed => {
                counts.failed += 1;
                return;
            }
            Outcome::Conflict => {
                counts.conflicts += 1;
                return;
            }
        }
        match access.op {
            Op::Read => counts.reads += 1,
            Op::Write => counts.writes += 1,
        }
        let step = self.known.step(access);
        counts.changed_outside += u64::from(step.changed_outside);
        self.today.call(step.agent, step.call);
        if let Did::Read { wanted, given, price, .. } = step.did {
            counts.reads_of_unknown_lines += u64::from(wanted == Wanted::Scattered);
            counts.reads_confirmed += u64::from(given == 0 && price > 0);
            comparison.today.tokens += given;
            self.today.give(step.agent, given);
        }
        self.sight.step(&step, &mut comparison.today.lost_updates);
        self.having.step(&step, &mut comparison.peers);
        for (run, account) in self.runs.iter_mut().zip(&mut comparison.strategies) {
            run.step(&step, account);
        }
    }

    pub fn finish(self, structural_tokens: f64, comparison: &mut Comparison) {
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
