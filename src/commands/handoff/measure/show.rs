//! What was measured, as tables.

use attune_recall::fetch;
use attune_recall::measure::{Answer, Case, Outcome, Recall, by_kind, half_width};
use attune_recall::{Cut, Kind};
use attune_sim::results::{Cell, Column, Table};
use std::collections::BTreeSet;

/// Where kinds are compared: MASC's size of a handoff.
const COMPARED_BYTES: usize = 2048;

/// All tables, the ones for people.
pub fn tables(cases: &[Case], outcomes: &[Outcome], budgets: &[usize]) -> Vec<Table> {
    let mut tables = vec![asked(cases)];
    let groups = [("real", "real handoffs"), ("made", "made-up handoffs")];
    for (name, title) in groups {
        let is_in = |case: &Case| (case.handoff.cut == Cut::Real) == (name == "real");
        if !cases.iter().any(is_in) {
            continue;
        }
        tables.push(by_budget(
            (format!("recall-{name}"), format!("Recall, {title}")),
            (cases, outcomes, budgets),
            &|outcome| known(overall(outcome, cases, &is_in)).map(|recall| recall.recall),
        ));
        tables.push(by_budget(
            (
                format!("interval-{name}"),
                format!("Half of the 95 % confidence interval of recall between sessions, {title}"),
            ),
            (cases, outcomes, budgets),
            &|outcome| half_width(&within(outcome, cases, &is_in), cases),
        ));
        tables.push(by_budget(
            (
                format!("recall-used-{name}"),
                format!("Recall of what was needed again afterwards, {title}"),
            ),
            (cases, outcomes, budgets),
            &|outcome| known(overall(outcome, cases, &is_in)).map(|recall| recall.recall_used),
        ));
        let compared = budgets.iter().copied().min_by_key(|bytes| bytes.abs_diff(COMPARED_BYTES));
        tables.push(kinds(name, title, cases, outcomes, compared, &is_in));
        tables.push(fetched(name, title, cases, &is_in));
    }
    tables
}

type Titled = (String, String);

fn table((name, title): Titled, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
    Table { name, title, columns, rows }
}

fn size(bytes: usize) -> String {
    match bytes % 1024 {
        0 => format!("{} KiB", bytes / 1024),
        _ => format!("{bytes} B"),
    }
}

/// What was asked, by source and cut.
fn asked(cases: &[Case]) -> Table {
    let groups: BTreeSet<(&str, Cut)> =
        cases.iter().map(|case| (case.source.as_str(), case.handoff.cut)).collect();
    let columns = vec![
        Column::text("source"),
        Column::text("cut"),
        Column::integer("sessions", ""),
        Column::integer("handoffs", ""),
        Column::integer("questions", ""),
        Column::integer("needed_again", ""),
    ];
    let row = |(source, cut): (&str, Cut)| {
        let of: Vec<&Case> =
            cases.iter().filter(|case| case.source == source && case.handoff.cut == cut).collect();
        let sessions: BTreeSet<&str> =
            of.iter().map(|case| case.handoff.before.id.as_str()).collect();
        let questions = || of.iter().flat_map(|case| &case.questions);
        vec![
            source.into(),
            cut.name().into(),
            (sessions.len() as u64).into(),
            (of.len() as u64).into(),
            (questions().count() as u64).into(),
            (questions().filter(|question| question.used).count() as u64).into(),
        ]
    };
    let title = "What was asked".to_string();
    table(("asked".to_string(), title), columns, groups.into_iter().map(row).collect())
}

/// The answers of the cases that are in the group.
fn within(outcome: &Outcome, cases: &[Case], is_in: &dyn Fn(&Case) -> bool) -> Outcome {
    let keep = |answer: &&Answer| is_in(&cases[answer.case]);
    let answers = outcome.answers.iter().filter(keep).cloned().collect();
    Outcome { answers, ..outcome.clone() }
}

fn overall(outcome: &Outcome, cases: &[Case], is_in: &dyn Fn(&Case) -> bool) -> Recall {
    by_kind(&within(outcome, cases, is_in), cases).0
}

/// Of nothing, nothing is known: the tool's summary where there is none.
fn known(recall: Recall) -> Option<Recall> {
    Some(recall).filter(|recall| recall.questions > 0)
}

/// A row per method, a column per budget; texts without budget in the last.
fn by_budget(
    titled: Titled,
    (_, outcomes, budgets): (&[Case], &[Outcome], &[usize]),
    value: &dyn Fn(&Outcome) -> Option<f64>,
) -> Table {
    let mut columns = vec![Column::text("method")];
    columns.extend(budgets.iter().map(|bytes| Column::number(&size(*bytes), "", 3)));
    columns.push(Column::number("whole", "", 3));
    let mut names: Vec<&str> = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| !outcome.answers.is_empty()) {
        if !names.contains(&outcome.method.as_str()) {
            names.push(&outcome.method);
        }
    }
    let cell = |name: &str, budget: Option<usize>| -> Cell {
        let found = outcomes.iter().find(|one| one.method == name && one.budget == budget);
        found.and_then(value).into()
    };
    let row = |name: &&str| {
        let budgets = budgets.iter().map(|bytes| cell(name, Some(*bytes)));
        std::iter::once(Cell::from(*name)).chain(budgets).chain([cell(name, None)]).collect()
    };
    table(titled, columns, names.iter().map(row).collect())
}

/// A row per kind, a column per method, at one budget.
fn kinds(
    name: &str,
    title: &str,
    cases: &[Case],
    outcomes: &[Outcome],
    budget: Option<usize>,
    is_in: &dyn Fn(&Case) -> bool,
) -> Table {
    let shown: Vec<&Outcome> =
        outcomes.iter().filter(|one| one.budget.is_none() || one.budget == budget).collect();
    let mut columns = vec![Column::text("kind"), Column::integer("questions", "")];
    columns.extend(shown.iter().map(|one| Column::number(&one.method, "", 2)));
    let by_kind: Vec<_> =
        shown.iter().map(|one| by_kind(&within(one, cases, is_in), cases)).collect();
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let counts = by_kind.iter().filter_map(|(_, kinds)| kinds.get(&kind));
        let Some(count) = counts.map(|recall| recall.questions).max() else { continue };
        let cells = by_kind.iter().map(|(_, kinds)| kinds.get(&kind).map(|one| one.recall).into());
        rows.push([Cell::from(kind.name()), count.into()].into_iter().chain(cells).collect());
    }
    let size = budget.map_or(String::new(), size);
    let title = format!("Recall by kind at {size}, {title}");
    table((format!("kinds-{name}"), title), columns, rows)
}

/// What the successor fetched.
fn fetched(name: &str, title: &str, cases: &[Case], is_in: &dyn Fn(&Case) -> bool) -> Table {
    let columns = vec![
        Column::text("source"),
        Column::integer("handoffs", ""),
        Column::integer("artifacts_read_again", ""),
        Column::integer("of_them_unchanged", ""),
        Column::integer("new", "tokens"),
        Column::integer("fetched_again", "tokens"),
        Column::integer("with_versions", "tokens"),
    ];
    let of = |source: &str| -> Vec<Cell> {
        let these: Vec<&Case> =
            cases.iter().filter(|case| is_in(case) && case.source == source).collect();
        let fetched: Vec<_> = these.iter().map(|case| fetch(&case.handoff)).collect();
        let sum = |of: fn(&attune_recall::Fetch) -> u64| fetched.iter().map(of).sum::<u64>();
        vec![
            source.into(),
            (these.len() as u64).into(),
            sum(|one| one.artifacts).into(),
            sum(|one| one.artifacts_saved).into(),
            sum(|one| one.new).into(),
            sum(|one| one.again).into(),
            sum(|one| one.again_with_versions).into(),
        ]
    };
    let sources: BTreeSet<&str> =
        cases.iter().filter(|case| is_in(case)).map(|case| case.source.as_str()).collect();
    let title = format!("Tokens that the successor fetched, {title}");
    table((format!("fetch-{name}"), title), columns, sources.into_iter().map(of).collect())
}

/// A row per method, budget, sort of cut, source and kind.
pub fn rows(cases: &[Case], outcomes: &[Outcome]) -> Table {
    let columns = vec![
        Column::text("method"),
        Column::integer("budget", "bytes"),
        Column::text("cut"),
        Column::text("source"),
        Column::text("kind"),
        Column::integer("questions", ""),
        Column::number("recall", "", 4),
        Column::integer("needed_again", ""),
        Column::number("recall_needed_again", "", 4),
        Column::number("answered", "", 4),
    ];
    let groups: BTreeSet<(Cut, &str)> =
        cases.iter().map(|case| (case.handoff.cut, case.source.as_str())).collect();
    let mut rows = Vec::new();
    for outcome in outcomes {
        for &(cut, source) in &groups {
            let is_in = |case: &Case| case.handoff.cut == cut && case.source == source;
            let (overall, kinds) = by_kind(&within(outcome, cases, &is_in), cases);
            let kinds = kinds.into_iter().map(|(kind, recall)| (kind.name(), recall));
            for (kind, recall) in known(overall).map(|all| ("all", all)).into_iter().chain(kinds) {
                rows.push(vec![
                    outcome.method.as_str().into(),
                    outcome.budget.map(|bytes| bytes as u64).into(),
                    cut.name().into(),
                    source.into(),
                    kind.into(),
                    recall.questions.into(),
                    recall.recall.into(),
                    recall.used.into(),
                    recall.recall_used.into(),
                    recall.answered.into(),
                ]);
            }
        }
    }
    table(("recall".to_string(), "Recall".to_string()), columns, rows)
}

/// Each question with its answer, and what each text made of it.
pub fn questions(cases: &[Case], outcomes: &[Outcome], budgets: &[usize]) -> Table {
    let compared = budgets.iter().copied().min_by_key(|bytes| bytes.abs_diff(COMPARED_BYTES));
    let shown: Vec<&Outcome> =
        outcomes.iter().filter(|one| one.budget.is_none() || one.budget == compared).collect();
    let mut columns = vec![
        Column::text("session"),
        Column::text("cut"),
        Column::text("kind"),
        Column::text("asked"),
        Column::text("answer"),
        Column::text("others"),
        Column::text("records"),
        Column::text("needed_again"),
    ];
    columns.extend(shown.iter().map(|one| Column::number(&one.method, "", 2)));
    let mut rows = Vec::new();
    for (place, case) in cases.iter().enumerate() {
        for (number, question) in case.questions.iter().enumerate() {
            let others = question.candidates.iter().enumerate();
            let others = others.filter(|(other, _)| *other != question.answer);
            let others: Vec<&str> = others.map(|(_, one)| one.text.as_str()).collect();
            let records: Vec<String> = question.records.iter().map(u64::to_string).collect();
            let mut row: Vec<Cell> = vec![
                case.handoff.before.id.as_str().into(),
                format!("{} at {}", case.handoff.cut.name(), case.handoff.sequence).into(),
                question.kind.name().into(),
                question.asked.as_str().into(),
                question.answer_text().into(),
                others.join(" | ").into(),
                records.join(" ").into(),
                if question.used { "yes" } else { "no" }.into(),
            ];
            row.extend(shown.iter().map(|outcome| {
                let mut answers = outcome.answers.iter();
                let found = answers.find(|one| one.case == place && one.question == number);
                Cell::from(found.map(|answer| answer.score))
            }));
            rows.push(row);
        }
    }
    table(("questions".to_string(), "Questions".to_string()), columns, rows)
}
