//! How many states there are, and what each repair makes true.

use super::super::claims::{self, Verdict};
use super::super::explore::{exhaust, progress};
use super::super::{Bound, Fetch, Spec};
use super::{Cell, Finding, PRINTED_STATES, Table, broken_after, columns, held};

/// A spec of three agents, up to a version.
type Bounded = fn(u8) -> Spec;

/// What makes the printed space finite: constraints, then repairs.
const BOUNDINGS: [(&str, Bounded); 10] = [
    ("agentSteps left out", capped::<0>),
    ("agentSteps <= 1", capped::<1>),
    ("agentSteps <= 2", capped::<2>),
    ("agentSteps <= 3 (K)", capped::<3>),
    ("agentSteps <= 4 (K + 1)", capped::<4>),
    ("BoundedStaleness as constraint", constrained),
    ("Read guarded", |versions| Spec::guarded(3, versions)),
    ("… and counted since the last sync", |versions| Spec::counted(3, versions)),
    ("… and renewed by Fetch", |versions| Spec::renewed(3, versions)),
    ("… and Fetch downgrades", |versions| Spec::repaired(3, versions)),
];

fn capped<const STEPS: u8>(versions: u8) -> Spec {
    Spec { bound: Bound::VersionsAndSteps(versions, STEPS), ..Spec::printed(3) }
}

fn constrained(versions: u8) -> Spec {
    Spec { bound: Bound::VersionsAndStaleness(versions), ..Spec::printed(3) }
}

/// The printed count of states.
#[must_use]
pub fn spaces() -> Finding {
    let versions = 1..=4;
    let mut rows = Vec::new();
    let mut nearest = (u64::MAX, "", 0);
    for (name, spec) in BOUNDINGS {
        let mut row = vec![name.into()];
        for bound in versions.clone() {
            let states = exhaust(&spec(bound)).states;
            let off = states.abs_diff(PRINTED_STATES);
            if off < nearest.0.abs_diff(PRINTED_STATES) {
                nearest = (states, name, bound);
            }
            row.push(states.into());
        }
        rows.push(row);
    }
    let (states, name, bound) = nearest;
    let found = format!(
        "As printed the space is infinite: Read and Write are never exhausted. No natural bound \
         gives about {PRINTED_STATES} states; the nearest of these is {states} (\"{name}\", versions \
         up to {bound}), {:+} %.",
        (states as i64 - PRINTED_STATES as i64) * 100 / PRINTED_STATES as i64,
    );
    let heads = versions.map(|bound| format!("versions <= {bound}"));
    Finding {
        name: "states",
        section: "6.3",
        states: "3 agents, K = 3: approximately 2,400 distinct states",
        found,
        traces: Vec::new(),
        tables: vec![Table {
            title: "States for 3 agents, K = 3",
            columns: ["bound".to_string()].into_iter().chain(heads).collect(),
            rows,
        }],
    }
}

/// Which claims each repair makes true.
#[must_use]
pub fn repairs() -> Finding {
    // The printed counter goes past the bound that it is to violate.
    let printed = Spec { bound: Bound::VersionsAndSteps(2, 5), ..Spec::printed(3) };
    let stages = [
        ("printed", printed),
        ("guarded", Spec::guarded(3, 2)),
        ("counted", Spec::counted(3, 2)),
        ("renewed", Spec::renewed(3, 2)),
        ("downgrades", Spec::repaired(3, 2)),
        ("waits", Spec { fetch: Fetch::Waits, ..Spec::renewed(3, 2) }),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut whole = Vec::new();
    for (name, spec) in &stages {
        let space = exhaust(spec);
        let live = claims::PROGRESS.iter().map(|claim| progress(spec, claim));
        let verdicts: Vec<_> = space.verdicts.iter().cloned().chain(live).collect();
        if verdicts.iter().all(Verdict::held) {
            whole.push(*name);
        }
        for (index, verdict) in verdicts.iter().enumerate() {
            if rows.len() <= index {
                let section = verdict.section.unwrap_or("not in the paper");
                rows.push(vec![verdict.claim.into(), section.into()]);
            }
            rows[index].push(held(verdict.broken_after));
        }
    }
    let names = stages.iter().map(|(name, _)| *name);
    let found = format!(
        "All claims are true of: {}. guarded: Read needs agentSteps - lastSync < K. counted: \
         besides, Fetch and Write set agentSteps to 0, and K bounds it alone. renewed: besides, an \
         agent out of reads may fetch whatever its state. downgrades: besides, Fetch leaves the \
         owner in S; waits: instead, Fetch waits until there is none.",
        whole.join(", "),
    );
    Finding {
        name: "repairs",
        section: "6.2 and 6.3",
        states: "zero violations, zero deadlocks; progress under weak fairness on Fetch",
        found,
        traces: Vec::new(),
        tables: vec![Table {
            title: "Held, or the steps after which it is first broken (3 agents, versions <= 2)",
            columns: ["claim", "section"].into_iter().chain(names).map(str::to_string).collect(),
            rows,
        }],
    }
}

/// The repaired spaces.
#[must_use]
pub fn counts(agents_max: usize) -> Finding {
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for agents in 2..=agents_max {
        for versions in 1..=3 {
            let guarded = exhaust(&Spec::guarded(agents, versions));
            let repaired = exhaust(&Spec::repaired(agents, versions));
            let printed = claims::PRINTED.iter().map(|claim| broken_after(&guarded, claim));
            let all = repaired.verdicts.iter().map(|verdict| verdict.broken_after);
            if printed.chain(all).any(|after| after.is_some()) {
                broken.push(format!("{agents} agents, versions <= {versions}"));
            }
            let counts = [guarded.states, guarded.classes, repaired.states, repaired.classes];
            let sizes = [agents as u64, u64::from(versions)];
            rows.push(sizes.into_iter().chain(counts).map(Cell::from).collect());
        }
    }
    let heads = ["agents", "versions <=", "guarded", "up to names", "repaired", "up to names"];
    let found = match broken.as_slice() {
        [] => "With Read guarded, section 6.2 is true in every one of these spaces; with all \
               repairs, so is every other claim about safety."
            .to_string(),
        some => format!("Broken for {}.", some.join("; ")),
    };
    Finding {
        name: "counts",
        section: "6.1, four or five agents",
        states: "more agents may surface interleavings that the budget does not cover",
        found,
        traces: Vec::new(),
        tables: vec![Table { title: "States, K = 3", columns: columns(&heads), rows }],
    }
}
