//! What checking section 6 gives. Nothing here is written down: every figure and trace comes from
//! a search.

mod spaces;

use serde::Serialize;

use super::claims::{self, Claim};
use super::explore::{Space, Trace, exhaust, replay, shortest};
use super::{Action, Bound, Invalidation, Spec, Upgrade};

pub use spaces::{counts, repairs, spaces};

/// What section 6.3 reports for three agents.
pub const PRINTED_STATES: u64 = 2_400;

/// The counterexample that section 6.3 prints for `BrokenUpgrade`.
pub const PRINTED_TRACE: [Action; 4] =
    [Action::Upgrade(0), Action::Upgrade(1), Action::Write(0), Action::Write(1)];

#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub name: &'static str,
    /// Where the paper states what was checked.
    pub section: &'static str,
    pub states: &'static str,
    pub found: String,
    pub traces: Vec<Named>,
    pub tables: Vec<Table>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Named {
    pub title: String,
    #[serde(flatten)]
    pub trace: Trace,
}

#[derive(Clone, Debug, Serialize)]
pub struct Table {
    pub title: &'static str,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    Count(u64),
    Text(String),
}

impl From<u64> for Cell {
    fn from(count: u64) -> Cell {
        Cell::Count(count)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_string())
    }
}

/// All of them. Spaces are counted for up to so many agents: six take a few seconds.
///
/// # Panics
///
/// If the model is wrong: a violation that was proved to exist is not found.
#[must_use]
pub fn all(agents_max: usize) -> Vec<Finding> {
    vec![
        staleness(),
        counterexample(),
        coexistence(),
        posted(),
        spaces(),
        repairs(),
        counts(agents_max),
    ]
}

/// Bounded staleness fails by reading alone.
#[must_use]
pub fn staleness() -> Finding {
    let trace = violation(&Spec::printed(3), &claims::BOUNDED_STALENESS);
    let writes = trace.steps.iter().filter(|step| matches!(step.action, Action::Write(_)));
    let fresh = Spec { bound: Bound::VersionsAndSteps(3, 3), ..Spec::printed(3) };
    let lag = match broken_after(&exhaust(&fresh), &claims::FRESH_COPIES) {
        None => {
            "Copies that can be read are never behind: up to version 3, all are current.".into()
        }
        Some(steps) => format!("A copy that can be read is behind after {steps} steps."),
    };
    let found = format!(
        "BoundedStaleness is false after {} steps, {} of them writes. agentSteps counts every read \
         ever made, since Fetch and Write leave it as it is, and the invariant subtracts a version \
         from it. Nothing bounds it, so the space is infinite. {lag}",
        trace.steps.len(),
        writes.count(),
    );
    Finding {
        name: "staleness",
        section: "6.2, invariant 3",
        states: "agentSteps[a] - lastSync[a] <= 3 in all states, zero violations",
        found,
        traces: vec![Named { title: "BoundedStaleness is false".into(), trace }],
        tables: Vec::new(),
    }
}

/// `BrokenUpgrade` does not lead to two writers, because `Write` invalidates by itself.
#[must_use]
pub fn counterexample() -> Finding {
    let broken = |agents| Spec { upgrade: Upgrade::Broken, ..Spec::printed(agents) };
    let mut rows = Vec::new();
    let mut writers = Vec::new();
    for agents in 3..=6 {
        let space = exhaust(&Spec { bound: Bound::StatesOnly, ..broken(agents) });
        let single = broken_after(&space, &claims::SINGLE_WRITER);
        writers.extend(single.map(|_| agents));
        let verdict = |claim| held(broken_after(&space, claim));
        rows.push(vec![
            (agents as u64).into(),
            space.states.into(),
            verdict(&claims::SINGLE_WRITER),
            verdict(&claims::ONE_OWNER),
        ]);
    }
    let trace = violation(&broken(3), &claims::ONE_OWNER);
    let two = match writers.as_slice() {
        [] => "Two agents in M are unreachable for 3 to 6 agents, in all versions and after any \
               number of reads, because Write invalidates by itself."
            .to_string(),
        some => format!("Two agents in M are reachable for {some:?} agents."),
    };
    let printed = replay(&broken(3), &PRINTED_TRACE);
    let refused = match PRINTED_TRACE.get(printed.steps.len()) {
        Some(Action::Write(a)) => {
            let state = printed.last().agents()[usize::from(*a)].state();
            format!(
                "The printed trace ends before its last action, since A{} is in {state:?}.",
                a + 1
            )
        }
        _ => "The printed trace can be followed.".to_string(),
    };
    let found = format!(
        "{two} {refused} What removing the invalidation does break is that one agent holds the \
         right to write: {} are in E or M after {} steps.",
        trace.last().agents().iter().filter(|a| a.state().owns()).count(),
        trace.steps.len(),
    );
    Finding {
        name: "counterexample",
        section: "6.3, counterexample under invalidation removal",
        states: "BrokenUpgrade violates SingleWriter in 3 steps",
        found,
        traces: vec![
            Named { title: "The printed trace, as far as it goes".into(), trace: printed },
            Named { title: "OneOwner is false under BrokenUpgrade".into(), trace },
        ],
        tables: vec![Table {
            title: "BrokenUpgrade, exhausted (no guard reads anything but artifactState)",
            columns: columns(&["agents", "reachable artifactState", "SingleWriter", "OneOwner"]),
            rows,
        }],
    }
}

/// `Fetch` leaves the owner as it is, and nothing else ends M.
#[must_use]
pub fn coexistence() -> Finding {
    let exclusive = violation(&Spec::printed(3), &claims::EXCLUSIVE_IS_ALONE);
    let reader = violation(&Spec::printed(3), &claims::READERS_EXCLUDED);
    let found = format!(
        "Invariant 1 is named SWMR, but says only that two agents are not in M. A reader stands \
         beside an agent in E after {} steps and beside one in M after {}, since Fetch does not \
         downgrade the owner. There is no Commit: an owner stays one until a peer fetches and \
         upgrades.",
        exclusive.steps.len(),
        reader.steps.len(),
    );
    Finding {
        name: "coexistence",
        section: "6.2, invariant 1",
        states: "single-writer safety (SWMR), zero violations",
        found,
        traces: vec![
            Named { title: "ExclusiveIsAlone is false".into(), trace: exclusive },
            Named { title: "ReadersExcluded is false".into(), trace: reader },
        ],
        tables: Vec::new(),
    }
}

/// Invalidations that travel break single writer, with the correct `Upgrade`.
#[must_use]
pub fn posted() -> Finding {
    let spec = |agents, invalidation| Spec { invalidation, ..Spec::printed(agents) };
    let writers = violation(&spec(3, Invalidation::Posted), &claims::SINGLE_WRITER);
    let stale = violation(&spec(3, Invalidation::Posted), &claims::FRESH_COPIES);
    let mut rows = Vec::new();
    for agents in 3..=6 {
        for (name, invalidation) in [
            ("in the same step (printed)", Invalidation::AtOnce),
            ("posted", Invalidation::Posted),
            ("posted; Upgrade and Write wait for all", Invalidation::Acknowledged),
        ] {
            let exact = Spec { bound: Bound::StatesOnly, ..spec(agents, invalidation) };
            let space = exhaust(&exact);
            let single = held(broken_after(&space, &claims::SINGLE_WRITER));
            rows.push(vec![(agents as u64).into(), name.into(), space.states.into(), single]);
        }
    }
    let printed = replay(&spec(3, Invalidation::Posted), &PRINTED_TRACE);
    let follows = if (claims::SINGLE_WRITER.holds)(&spec(3, Invalidation::Posted), printed.last()) {
        "The trace printed for BrokenUpgrade does not lead there."
    } else {
        "The trace printed for BrokenUpgrade is possible here."
    };
    let actions: Vec<String> = writers.steps.iter().map(|step| step.action.to_string()).collect();
    let found = format!(
        "The spec invalidates all peers in the step that upgrades or writes. If invalidations are \
         posted and delivered later, SingleWriter is false after {} steps with the correct \
         Upgrade ({}), and a copy that can be read is behind after {}. {follows} Someone must serialize \
         grants and wait for acknowledgements, or fence by epochs; the spec has neither.",
        writers.steps.len(),
        actions.join(", "),
        stale.steps.len(),
    );
    Finding {
        name: "posted",
        section: "6.1, Upgrade and Write",
        states: "the invalidation step in Upgrade is what makes SingleWriter true",
        found,
        traces: vec![
            Named { title: "SingleWriter is false, invalidations posted".into(), trace: writers },
            Named { title: "FreshCopies is false, invalidations posted".into(), trace: stale },
        ],
        tables: vec![Table {
            title: "When invalidations arrive, exhausted",
            columns: columns(&["agents", "invalidations", "states", "SingleWriter"]),
            rows,
        }],
    }
}

fn violation(spec: &Spec, claim: &Claim) -> Trace {
    let trace = shortest(spec, claim);
    trace.unwrap_or_else(|| panic!("{} is true of {spec:?}", claim.name))
}

fn broken_after(space: &Space, claim: &Claim) -> Option<usize> {
    let verdict = space.verdicts.iter().find(|verdict| verdict.claim == claim.name);
    verdict.expect("the search decided this claim").broken_after
}

fn held(broken_after: Option<usize>) -> Cell {
    match broken_after {
        None => "held".into(),
        Some(steps) => Cell::Text(format!("broken after {steps}")),
    }
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}
