//! Recorded accesses of real agents, under every strategy: what would have been sent, what would
//! have been stale, what it would have cost, beside what the agents really read.
//!
//! Every decision about a copy is taken by `attune_protocol`; this module is a driver of it, one
//! line per artifact and a copy for each agent that touches it. An access and all that follows
//! from it (a request, its answer, invalidations, acknowledgements) is settled before the next, as
//! over channels that take no time. What a trace does not say is assumed, and where, is in
//! `docs/replaying.md`.
//!
//! # What belongs together
//!
//! A *group* shares a directory: the agents of a session, or ([`Settings::across`]) those of all
//! sessions of a project, merged by time. Groups know nothing of one another.
//!
//! An agent is there from its first access to its last; then its copies are gone. What is sent to
//! it after that is a message, answered by whoever ran it, and enters no prompt.
//!
//! # Which part of an artifact
//!
//! With [`Granularity::Lines`] a copy is a set of lines: a read of others is no hit, and a miss
//! brings the lines that were asked for. With [`Granularity::WholeFiles`], the paper's assumption
//! A1, a copy is the whole artifact, and every miss brings it whole.

mod account;
mod group;
mod held;
mod known;
mod lost;
mod peers;
mod place;
mod prompts;
mod recommend;
mod run;
mod step;

pub use account::{Account, ByReason, Staleness, Tokens};
pub(crate) use held::Held;
pub(crate) use known::Known;
pub use lost::LostUpdates;
pub use peers::{PEER_MILLISECONDS_MAX, Peers};
pub use recommend::{Candidate, Next, Recommendation, recommend, saved};
pub(crate) use step::{Did, Extent, Step, Wanted};

use crate::engine::StrategyName;
use crate::money::{Plan, Prices, Prompts};
use attune_trace::access::Access;
use serde::Serialize;
use std::collections::BTreeMap;

/// One invalidation signal, request, answer or acknowledgement, in tokens: what the published
/// simulator takes for an invalidation.
pub const CONTROL_TOKENS: u64 = 12;

/// How to run a trace again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    pub strategies: Vec<StrategyName>,
    /// All sessions of a project share a directory.
    pub across: bool,
    pub granularity: Granularity,
    /// After a write, whoever has an older version is sent what changed, if that is less. Then an
    /// agent names the version it has, so that what is unchanged is confirmed, not sent again.
    pub deltas: bool,
    /// Of `lease`: seconds where times were recorded, else accesses.
    pub ttl_ticks: u32,
    /// Of `access_count`: reads.
    pub access_count_k: u16,
    /// K: reads of a copy without a sync, under every strategy; `None`: no bound.
    pub bound_reads: Option<u16>,
    /// Of a strategy that is recommended: stale hits per read, per cent.
    pub stale_hits_max_percent: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            strategies: StrategyName::ALL.to_vec(),
            across: false,
            granularity: Granularity::Lines,
            deltas: false,
            ttl_ticks: 300,
            access_count_k: 8,
            bound_reads: None,
            stale_hits_max_percent: 0,
        }
    }
}

/// What a copy is a copy of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    Lines,
    WholeFiles,
}

/// All strategies on one trace, and what really happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub settings: Settings,
    pub trace: Counts,
    pub today: Today,
    pub strategies: Vec<Account>,
    pub peers: Peers,
    pub recommendation: Option<Recommendation>,
    pub money: Vec<Cost>,
}

/// What is in the trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub sessions: u64,
    /// What shared a directory: sessions, or projects.
    pub groups: u64,
    /// Summed over groups, as artifacts are.
    pub agents: u64,
    pub artifacts: u64,
    /// Accesses that were done.
    pub reads: u64,
    pub writes: u64,
    /// Accesses that were refused or failed; they moved nothing.
    pub failed: u64,
    /// Writes refused because the artifact had changed since the agent read it.
    pub conflicts: u64,
    /// Reads of lines that nobody knows.
    pub reads_of_unknown_lines: u64,
    /// Reads whose size was not recorded, and is estimated.
    pub reads_estimated: u64,
    /// Contents that no recorded write made.
    pub changed_outside: u64,
    /// The tool only confirmed that the content was unchanged.
    pub reads_confirmed: u64,
}

/// What the agents really did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Today {
    /// What reads gave them.
    pub tokens: u64,
    pub lost_updates: LostUpdates,
    #[serde(skip)]
    pub prompts_once: Prompts,
    #[serde(skip)]
    pub prompts_kept: Prompts,
}

/// What the prompts cost under one plan, dollars.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    pub plan: String,
    /// `None`: today.
    pub strategy: Option<StrategyName>,
    /// Content is sent once, where it is used.
    pub once: Dollars,
    /// Each call sends again what the agent was given before.
    pub kept: Dollars,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Dollars {
    pub without_cache: f64,
    pub with_cache: f64,
}

/// Runs a trace again: in memory for one session, with [`Settings::across`] for all.
pub fn rerun<E>(
    accesses: impl IntoIterator<Item = Result<Access, E>>,
    settings: &Settings,
    prices: &Prices,
) -> Result<Comparison, E> {
    let mut comparison = Comparison::new(settings);
    let structural = prices.structural_prompt_tokens;
    let mut projects = BTreeMap::<(bool, String), Vec<Access>>::new();
    let mut session: Vec<Access> = Vec::new();
    let mut end_session = |session: Vec<Access>, comparison: &mut Comparison| {
        if session.is_empty() {
            return;
        }
        comparison.trace.sessions += 1;
        if !settings.across {
            return group::run(&session, settings, structural, comparison);
        }
        for access in session {
            // Of a session without a project it is not known with which it shares its artifacts.
            let key = match &access.project {
                Some(project) => (true, project.clone()),
                None => (false, access.session.clone()),
            };
            projects.entry(key).or_default().push(access);
        }
    };
    for access in accesses {
        let access = access?;
        if session.last().is_some_and(|last| last.session != access.session) {
            end_session(std::mem::take(&mut session), &mut comparison);
        }
        session.push(access);
    }
    end_session(session, &mut comparison);
    for accesses in projects.into_values() {
        group::run(&by_time(accesses), settings, structural, &mut comparison);
    }
    let candidates: Vec<Candidate> = comparison.strategies.iter().map(Candidate::from).collect();
    comparison.recommendation = recommend(&candidates, comparison.today.tokens, settings);
    comparison.money = prices.plans.iter().flat_map(|plan| comparison.cost(plan)).collect();
    Ok(comparison)
}

/// Sessions merged. What has no time stays behind what came before it in its session; a session
/// without any time comes first.
fn by_time(accesses: Vec<Access>) -> Vec<Access> {
    let mut latest: Option<(String, i64)> = None;
    let mut timed: Vec<(i64, Access)> = Vec::with_capacity(accesses.len());
    for access in accesses {
        let before = latest.take().filter(|(session, _)| *session == access.session);
        let before = before.map_or(i64::MIN, |(_, time)| time);
        let time = access.time_ms.map_or(before, |time| time.max(before));
        latest = Some((access.session.clone(), time));
        timed.push((time, access));
    }
    timed.sort_by_key(|(time, _)| *time);
    timed.into_iter().map(|(_, access)| access).collect()
}

impl Comparison {
    fn new(settings: &Settings) -> Comparison {
        Comparison {
            settings: settings.clone(),
            trace: Counts::default(),
            today: Today::default(),
            strategies: settings.strategies.iter().map(|name| Account::new(*name)).collect(),
            peers: Peers::default(),
            recommendation: None,
            money: Vec::new(),
        }
    }

    fn cost(&self, plan: &Plan) -> Vec<Cost> {
        let today = (None, self.today.prompts_once, self.today.prompts_kept);
        let strategies = self
            .strategies
            .iter()
            .map(|account| (Some(account.strategy), account.prompts_once, account.prompts_kept));
        let dollars = |prompts: Prompts| Dollars {
            without_cache: prompts.uncached_dollars(plan),
            with_cache: prompts.cached_dollars(plan),
        };
        std::iter::once(today)
            .chain(strategies)
            .map(|(strategy, once, kept)| Cost {
                plan: plan.name.clone(),
                strategy,
                once: dollars(once),
                kept: dollars(kept),
            })
            .collect()
    }
}
