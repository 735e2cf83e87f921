//! The section `handoff`: a task too long for one context.

use serde::Serialize;
use serde_yaml::Value;

use super::reader::{Position, Reader};
use super::write::{map, ticks};
use super::{KeepBy, Ticks};

/// What the handoff engine ([`crate::handoff`]) goes by. Tokens, bytes and ticks as named; a step is
/// a step of the task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handoff {
    /// Steps of each lineage's task; `None`: the scenario is not one of long tasks.
    pub steps: Option<u32>,
    pub actions_per_step: u32,
    pub action_ticks: Ticks,
    /// What an action adds to the context beside artifacts' contents, the median.
    pub action_tokens: u32,
    /// Log standard deviation of that.
    pub action_sigma: f64,
    pub context_tokens: u32,
    /// What every context begins with.
    pub base_tokens: u32,
    /// Shares of the context at which a draft is made, and at which the agent divides.
    pub prepare_at: f64,
    pub divide_at: f64,
    pub budget_bytes: u32,
    pub keep_by: KeepBy,
    /// For [`KeepBy::Share`].
    pub kept_share: f64,
    /// For [`KeepBy::Value`]: log standard deviation of the error in judging a fact's value.
    pub judgement_sigma: f64,
    pub facts_per_step: f64,
    /// The median fact's size, and the log standard deviation of sizes.
    pub fact_bytes: u32,
    pub fact_sigma: f64,
    /// Facts whose use does not decay.
    pub lasting_share: f64,
    pub half_life_steps: f64,
    /// That the step after its own needs a fact.
    pub use_probability: f64,
    /// Facts that can be found again.
    pub findable_share: f64,
    pub find_ticks: u32,
    pub find_tokens: u32,
    pub draft_ticks: u32,
    /// From an offer to the successor's first request.
    pub start_ticks: Ticks,
    /// A draft has the versions of the artifacts that its agent held.
    pub versions: bool,
    /// How long a generation may act without a heartbeat.
    pub lease_ticks: u32,
    /// How long grants wait for a successor.
    pub estate_ticks: u32,
}

/// Contexts of 200,000 tokens and DNA of 2 KB (MASC paper, 3.2). What facts are like is assumed:
/// `docs/handoff-simulation.md`.
impl Default for Handoff {
    fn default() -> Handoff {
        Handoff {
            steps: None,
            actions_per_step: 10,
            action_ticks: Ticks::Constant(4),
            action_tokens: 1500,
            action_sigma: 0.5,
            context_tokens: 200_000,
            base_tokens: 10_000,
            prepare_at: 0.8,
            divide_at: 0.9,
            budget_bytes: 2048,
            keep_by: KeepBy::default(),
            kept_share: 0.94,
            judgement_sigma: 0.0,
            facts_per_step: 4.0,
            fact_bytes: 80,
            fact_sigma: 0.5,
            lasting_share: 0.2,
            half_life_steps: 5.0,
            use_probability: 0.05,
            findable_share: 0.5,
            find_ticks: 6,
            find_tokens: 3000,
            draft_ticks: 3,
            start_ticks: Ticks::Constant(6),
            versions: false,
            lease_ticks: 30,
            estate_ticks: 60,
        }
    }
}

pub(super) fn read(r: &mut Reader, root: &Position) -> Handoff {
    let d = Handoff::default();
    Handoff {
        steps: r.whole(root, "handoff.steps"),
        actions_per_step: r.whole(root, "handoff.actions_per_step").unwrap_or(d.actions_per_step),
        action_ticks: r.duration(root, "handoff.action_ticks").unwrap_or(d.action_ticks),
        action_tokens: r.whole(root, "handoff.action_tokens").unwrap_or(d.action_tokens),
        action_sigma: r.number(root, "handoff.action_sigma").unwrap_or(d.action_sigma),
        context_tokens: r.whole(root, "handoff.context_tokens").unwrap_or(d.context_tokens),
        base_tokens: r.whole(root, "handoff.base_tokens").unwrap_or(d.base_tokens),
        prepare_at: r.number(root, "handoff.prepare_at").unwrap_or(d.prepare_at),
        divide_at: r.number(root, "handoff.divide_at").unwrap_or(d.divide_at),
        budget_bytes: r.whole(root, "handoff.budget_bytes").unwrap_or(d.budget_bytes),
        keep_by: r.choice(root, "handoff.keep_by").map_or(d.keep_by, |index| KeepBy::ALL[index]),
        kept_share: r.number(root, "handoff.kept_share").unwrap_or(d.kept_share),
        judgement_sigma: r.number(root, "handoff.judgement_sigma").unwrap_or(d.judgement_sigma),
        facts_per_step: r.number(root, "handoff.facts_per_step").unwrap_or(d.facts_per_step),
        fact_bytes: r.whole(root, "handoff.fact_bytes").unwrap_or(d.fact_bytes),
        fact_sigma: r.number(root, "handoff.fact_sigma").unwrap_or(d.fact_sigma),
        lasting_share: r.number(root, "handoff.lasting_share").unwrap_or(d.lasting_share),
        half_life_steps: r.number(root, "handoff.half_life_steps").unwrap_or(d.half_life_steps),
        use_probability: r.number(root, "handoff.use_probability").unwrap_or(d.use_probability),
        findable_share: r.number(root, "handoff.findable_share").unwrap_or(d.findable_share),
        find_ticks: r.whole(root, "handoff.find_ticks").unwrap_or(d.find_ticks),
        find_tokens: r.whole(root, "handoff.find_tokens").unwrap_or(d.find_tokens),
        draft_ticks: r.whole(root, "handoff.draft_ticks").unwrap_or(d.draft_ticks),
        start_ticks: r.duration(root, "handoff.start_ticks").unwrap_or(d.start_ticks),
        versions: r.flag(root, "handoff.versions").unwrap_or(d.versions),
        lease_ticks: r.whole(root, "handoff.lease_ticks").unwrap_or(d.lease_ticks),
        estate_ticks: r.whole(root, "handoff.estate_ticks").unwrap_or(d.estate_ticks),
    }
}

pub(super) fn yaml(handoff: &Handoff) -> Value {
    map([
        ("steps", handoff.steps.map_or(Value::Null, Value::from)),
        ("actions_per_step", handoff.actions_per_step.into()),
        ("action_ticks", ticks(handoff.action_ticks)),
        ("action_tokens", handoff.action_tokens.into()),
        ("action_sigma", handoff.action_sigma.into()),
        ("context_tokens", handoff.context_tokens.into()),
        ("base_tokens", handoff.base_tokens.into()),
        ("prepare_at", handoff.prepare_at.into()),
        ("divide_at", handoff.divide_at.into()),
        ("budget_bytes", handoff.budget_bytes.into()),
        ("keep_by", handoff.keep_by.name().into()),
        ("kept_share", handoff.kept_share.into()),
        ("judgement_sigma", handoff.judgement_sigma.into()),
        ("facts_per_step", handoff.facts_per_step.into()),
        ("fact_bytes", handoff.fact_bytes.into()),
        ("fact_sigma", handoff.fact_sigma.into()),
        ("lasting_share", handoff.lasting_share.into()),
        ("half_life_steps", handoff.half_life_steps.into()),
        ("use_probability", handoff.use_probability.into()),
        ("findable_share", handoff.findable_share.into()),
        ("find_ticks", handoff.find_ticks.into()),
        ("find_tokens", handoff.find_tokens.into()),
        ("draft_ticks", handoff.draft_ticks.into()),
        ("start_ticks", ticks(handoff.start_ticks)),
        ("versions", handoff.versions.into()),
        ("lease_ticks", handoff.lease_ticks.into()),
        ("estate_ticks", handoff.estate_ticks.into()),
    ])
}
