//! A session that was written for this: what its DNA says, at each budget, and why.
//! `UPDATE_GOLDEN=1 cargo test -p attune-handoff` writes `golden/` anew.

mod common;

use attune_handoff::{About, Dna, Form, Options, Why, extract, extraction};
use common::{garden, kinds, least, records};
use std::fs;
use std::path::Path;

fn options(budget_bytes: usize, form: Form) -> Options {
    Options { budget_bytes, form, at: None }
}

fn whole() -> Dna {
    extract(&garden(), &options(1 << 20, Form::Json))
}

#[test]
fn the_dna_is_the_golden_one() {
    let session = garden();
    let text = |budget| extract(&session, &options(budget, Form::Text)).to_text();
    let json = extract(&session, &options(2048, Form::Json)).to_json();
    let told = [
        ("500.txt", text(500)),
        ("2048.txt", text(2048)),
        ("2048.json", json),
        ("explained.txt", extraction(&session, &options(1000, Form::Text)).explained()),
    ];
    for (name, told) in told {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &told).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(told, golden, "{}", path.display());
    }
}

#[test]
fn what_is_to_be_done_is_what_the_list_says_last() {
    let dna = whole();
    let pending: Vec<(&str, bool)> =
        dna.pending.iter().map(|step| (step.text.as_str(), step.doing)).collect();
    let expected =
        [("Test the order of the days", true), ("Describe the plan in docs/plan.md", false)];
    assert_eq!(pending, expected);
    assert!(dna.done.iter().any(|said| said.text == "Export the module in src/lib.rs"));
    assert!(dna.goal.unwrap().text.starts_with("Add a watering plan"));
    assert!(dna.asked.last().unwrap().text.starts_with("no, revert the modulo"));
}

#[test]
fn the_last_run_counts() {
    let dna = whole();
    let runs: Vec<_> = dna.state.iter().filter(|state| state.about == About::Test).collect();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].passed, Some(true));
    assert!(runs[0].text.contains("files changed since"), "{}", runs[0].text);
    // Cut before that run, it failed.
    let failed = extract(&garden(), &Options { at: Some(32), ..options(1 << 20, Form::Json) });
    let run = failed.state.iter().find(|state| state.about == About::Test).unwrap();
    assert_eq!(run.passed, Some(false));
    assert!(run.text.contains("plan::in_order"), "{}", run.text);
}

#[test]
fn artifacts_have_the_version_that_was_held() {
    let dna = whole();
    let artifact = |folder: &str, name: &str| {
        dna.artifacts[folder].iter().find(|artifact| artifact.name == name).unwrap().clone()
    };
    let plan = artifact("src/", "plan.rs");
    assert_eq!((plan.writes, plan.uncommitted, plan.stale), (3, true, false));
    assert!(plan.version.is_some(), "three edits of a text that was known");
    let beds = artifact("src/", "beds.rs");
    assert!(beds.stale && beds.version.is_some(), "a sub-agent changed it");
    let docs = artifact("docs/", "plan.md");
    assert_eq!((docs.version, docs.lines), (None, vec![[10, 12]]));
}

#[test]
fn rules_rejections_and_failures_are_warnings() {
    let dna = whole();
    let of = |why: Why| dna.warnings.iter().filter(move |warning| warning.why == why);
    assert!(of(Why::Rule).any(|rule| rule.text.starts_with("Never touch src/seeds.rs")));
    let failed: Vec<&str> = of(Why::Failed).map(|warning| warning.text.as_str()).collect();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].starts_with("2 times: Edit"), "{}", failed[0]);
    let decided: Vec<_> = dna.decisions.iter().map(|one| one.choice.as_str()).collect();
    assert!(decided.contains(&"Monday") && decided.contains(&"I use a list"), "{decided:?}");
    let list = dna.decisions.iter().find(|one| one.choice == "I use a list").unwrap();
    assert_eq!(list.not.as_deref(), Some("a map"));
    assert_eq!(list.because.as_deref(), Some("the order of the days matters"));
}

#[test]
fn no_budget_is_exceeded_and_larger_ones_lose_no_kind() {
    let session = garden();
    for form in [Form::Text, Form::Json] {
        let least = least(&whole(), form);
        let mut before: Vec<&str> = Vec::new();
        for budget in (0..6000).step_by(37) {
            let dna = extract(&session, &options(budget, form));
            let written = dna.written(form).len();
            assert!(written <= budget.max(least), "{form:?} {budget}: {written}");
            let now = kinds(&dna);
            assert!(before.iter().all(|kind| now.contains(kind)), "{budget}: {before:?} {now:?}");
            before = now;
            let last = session.records.last().unwrap().sequence;
            assert!(records(&dna).iter().all(|record| (1..=last).contains(record)));
        }
        assert!(before.len() == 9, "{before:?}");
    }
}

#[test]
fn a_budget_is_used() {
    let session = garden();
    let all = whole().to_text().len();
    for budget in [300, 500, 800, 1100] {
        assert!(budget < all, "{all}");
        let written = extract(&session, &options(budget, Form::Text)).to_text().len();
        assert!(written * 10 > budget * 8, "{written} of {budget}");
    }
}

#[test]
fn json_comes_back() {
    let dna = whole();
    assert_eq!(Dna::from_json(&dna.to_json()).unwrap(), dna);
    assert_eq!(extract(&garden(), &options(1 << 20, Form::Json)), dna, "the same again");
}
