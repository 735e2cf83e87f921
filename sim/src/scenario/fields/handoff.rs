//! The fields of the section `handoff`.

use super::Default::{Unset, Value};
use super::Engines::Handoff;
use super::Kind;
use super::Kind::{Choice, Duration, Flag, Number, Whole};
use super::table::{PROBABILITY, WAIT_TICKS, field};
use super::{Field, KEEP_BY};

const SMALL_TICKS: Kind = Whole { min: 0, max: 100_000 };
const TOKENS: Kind = Whole { min: 1, max: 100_000_000 };
const SIGMA: Kind = Number { min: 0.0, max: 5.0 };

pub(super) const FIELDS: &[Field] = &[
    field(
        "handoff.steps",
        Whole { min: 1, max: 2_000 },
        Unset("none: not a scenario of long tasks"),
        Handoff,
        "steps of the task that each lineage carries; with it, `attune simulate` takes the handoff \
         engine unless told otherwise",
    ),
    field(
        "handoff.actions_per_step",
        Whole { min: 1, max: 10_000 },
        Value("10"),
        Handoff,
        "actions of a step; each reads or writes one artifact",
    ),
    field("handoff.action_ticks", Duration, Value("4"), Handoff, "how long an action takes"),
    field(
        "handoff.action_tokens",
        Whole { min: 0, max: 1_000_000 },
        Value("1500"),
        Handoff,
        "tokens that an action adds to the context beside the artifact's content: lognormal, this is \
         the median",
    ),
    field(
        "handoff.action_sigma",
        SIGMA,
        Value("0.5"),
        Handoff,
        "log standard deviation of `action_tokens`, cut at 1,000 times the median",
    ),
    field("handoff.context_tokens", TOKENS, Value("200000"), Handoff, "tokens a context holds"),
    field(
        "handoff.base_tokens",
        Whole { min: 0, max: 100_000_000 },
        Value("10000"),
        Handoff,
        "tokens that every context begins with: instructions, tools",
    ),
    field(
        "handoff.prepare_at",
        PROBABILITY,
        Value("0.8"),
        Handoff,
        "share of the context from which an agent hands in a draft, once, after its step",
    ),
    field(
        "handoff.divide_at",
        PROBABILITY,
        Value("0.9"),
        Handoff,
        "share of the context from which an agent divides, after its step; a context that overflows \
         within the step is lost",
    ),
    field(
        "handoff.budget_bytes",
        Whole { min: 0, max: 100_000_000 },
        Value("2048"),
        Handoff,
        "bytes of facts in a draft; `wire.bytes_per_token` makes tokens of them",
    ),
    field(
        "handoff.keep_by",
        Choice(KEEP_BY),
        Value("value"),
        Handoff,
        "which facts a draft keeps: of most expected uses per byte (`value`), `newest` first, or each \
         with one probability, whatever the budget (`share`)",
    ),
    field(
        "handoff.kept_share",
        PROBABILITY,
        Value("0.94"),
        Handoff,
        "`share`: probability that a fact is kept",
    ),
    field(
        "handoff.judgement_sigma",
        SIGMA,
        Value("0"),
        Handoff,
        "`value`: log standard deviation of the error in judging a fact's use; 0: kind and age are \
         known, luck is not",
    ),
    field(
        "handoff.facts_per_step",
        Number { min: 0.0, max: 100.0 },
        Value("4"),
        Handoff,
        "facts that a step makes: Poisson with this mean",
    ),
    field(
        "handoff.fact_bytes",
        Whole { min: 1, max: 1_000_000 },
        Value("80"),
        Handoff,
        "bytes of a fact in a draft: lognormal, this is the median",
    ),
    field(
        "handoff.fact_sigma",
        SIGMA,
        Value("0.5"),
        Handoff,
        "log standard deviation of `fact_bytes`, cut at 1,000 times the median",
    ),
    field(
        "handoff.lasting_share",
        PROBABILITY,
        Value("0.2"),
        Handoff,
        "probability that a fact lasts (a decision, a warning): its use does not decay",
    ),
    field(
        "handoff.half_life_steps",
        Number { min: 0.01, max: 1_000_000.0 },
        Value("5"),
        Handoff,
        "steps in which the probability that a passing fact is needed halves",
    ),
    field(
        "handoff.use_probability",
        PROBABILITY,
        Value("0.05"),
        Handoff,
        "probability that the step after its own needs a fact",
    ),
    field(
        "handoff.findable_share",
        PROBABILITY,
        Value("0.5"),
        Handoff,
        "probability that a fact can be found again; a step that needs one that was lost and cannot \
         is done wrongly",
    ),
    field("handoff.find_ticks", SMALL_TICKS, Value("6"), Handoff, "ticks to find a fact again"),
    field(
        "handoff.find_tokens",
        Whole { min: 0, max: 1_000_000 },
        Value("3000"),
        Handoff,
        "tokens that finding a fact again adds to the context",
    ),
    field("handoff.draft_ticks", SMALL_TICKS, Value("3"), Handoff, "ticks to write a draft"),
    field(
        "handoff.start_ticks",
        Duration,
        Value("6"),
        Handoff,
        "ticks from when a generation is offered until its agent asks to be it",
    ),
    field(
        "handoff.versions",
        Flag,
        Value("false"),
        Handoff,
        "`true`: a draft has the versions of the artifacts that its agent held, and what has not \
         changed is confirmed to the successor instead of sent",
    ),
    field(
        "handoff.lease_ticks",
        WAIT_TICKS,
        Value("30"),
        Handoff,
        "a generation is over so long after it last renewed its lease, which it does three times as \
         often",
    ),
    field(
        "handoff.estate_ticks",
        WAIT_TICKS,
        Value("60"),
        Handoff,
        "how long the grants of a generation that is over wait for the next one",
    ),
];
