//! What a text is taken to say.

mod common;

use attune_recall::measure::{Case, baselines, by_kind, measure};
use attune_recall::{Handoff, Kind, Question, Reader, control, questions, transcript};
use common::eventful;

fn handoff() -> Handoff {
    Handoff::find(&eventful()).remove(0)
}

fn asked(kind: Kind) -> Question {
    let mut questions = questions(&handoff());
    questions.retain(|question| question.kind == kind);
    questions.remove(0)
}

/// The score of a text.
fn says(text: &str, question: &Question) -> f64 {
    question.score(&Reader::new(text).answer(question).chosen)
}

#[test]
fn controls_are_where_they_have_to_be() {
    let questions = questions(&handoff());
    let mean = |text: &dyn Fn(&Question) -> String, open: bool| {
        let these = questions.iter().filter(|one| open || one.candidates.len() > 1);
        let scores: Vec<f64> = these.map(|question| says(&text(question), question)).collect();
        scores.iter().sum::<f64>() / scores.len() as f64
    };
    let oracle = control::oracle(&questions);
    assert!(mean(&|_| oracle.clone(), true) > 0.9);
    assert_eq!(mean(&|_| String::new(), true), 0.0);
    assert!(mean(&|question| control::list(question), false).abs() < 0.2);
    let whole = transcript(&handoff().before);
    let prose = questions.iter().filter(|question| question.kind.is_of_prose());
    let scores: Vec<f64> = prose.map(|question| says(&whole, question)).collect();
    assert!(scores.iter().sum::<f64>() > 0.85 * scores.len() as f64, "{scores:?}");
}

#[test]
fn naming_every_file_is_not_knowing_the_last() {
    let question = asked(Kind::LastChanged);
    let all = "Files: src/backoff.rs, src/upload.rs, src/parser.rs, src/config.rs";
    assert!(says(all, &question) < 0.01);
    assert_eq!(says("Last changed: src/upload.rs\nAlso src/parser.rs", &question), 1.0);
    assert_eq!(says("src/upload.rs", &question), 1.0, "what is said alone is meant");
    assert!(says("Last changed: src/parser.rs", &question) < 0.0);
}

#[test]
fn json_and_prose_say_the_same() {
    let question = asked(Kind::Changed);
    for text in [
        r#"{"files":{"changed":["src/upload.rs"],"read":["src/parser.rs","src/config.rs"]}}"#,
        r#"{"files":[{"path":"src/upload.rs","op":"edited"},{"path":"src/parser.rs","op":"read"}]}"#,
        "Changed files:\n- upload.rs\nRead:\n- parser.rs\n- config.rs",
        "I edited src/upload.rs after I read src/parser.rs; see src/config.rs",
        "# Changed\nsrc/upload.rs\n# Only read\nsrc/parser.rs",
    ] {
        assert_eq!(says(text, &question), 1.0, "{text}");
    }
    assert_eq!(says("Changed: src/parser.rs, read: src/config.rs", &question).signum(), -1.0);
}

#[test]
fn newest_first_is_understood() {
    let question = asked(Kind::LastChanged);
    let list = "Changed files, newest first:\n- src/upload.rs\n- src/backoff.rs";
    assert_eq!(says(list, &question), 1.0);
    assert!(says("Changed files:\n- src/upload.rs\n- src/backoff.rs", &question) < 0.0);
}

#[test]
fn an_outcome_is_the_last_that_is_said() {
    let question = asked(Kind::Run);
    assert_eq!(question.answer_text(), "failed");
    assert_eq!(says("The tests passed first. Then one test failed.", &question), 1.0);
    assert_eq!(says(r#"{"tests":{"command":"cargo test","outcome":"failed"}}"#, &question), 1.0);
    assert_eq!(says("All tests pass.", &question), -1.0);
    assert_eq!(says("The weather failed.", &question), 0.0);
}

#[test]
fn tasks_are_left_or_done() {
    let question = asked(Kind::TaskLeft);
    for text in [
        "- [x] Add the retry loop to the uploader\n- [ ] Document the backoff settings in the manual",
        "TO DO\n- document backoff settings (manual)\nDONE\n- retry loop added to uploader",
        "Pending:\n- document backoff settings (manual)\nDone:\n- retry loop added to uploader",
        r#"{"todos":[{"content":"Add the retry loop to the uploader","status":"completed"},
            {"content":"Document the backoff settings in the manual","status":"pending"}]}"#,
    ] {
        assert_eq!(says(text, &question), 1.0, "{text}");
    }
    assert!(says("Done: document the backoff settings in the manual", &question) <= 0.0);
}

#[test]
fn a_version_belongs_to_its_file() {
    let question = asked(Kind::Version);
    assert_eq!(says("src/upload.rs@bbbb4444", &question), 1.0);
    assert_eq!(says(r#"{"src/upload.rs":{"version":"bbbb444455556666"}}"#, &question), 1.0);
    assert_eq!(says("src/other.rs@bbbb4444", &question), 0.0);
}

#[test]
fn every_method_is_measured_on_the_same_questions() {
    let handoff = handoff();
    let questions = questions(&handoff);
    let count = questions.len();
    let cases = [Case { source: "fixture".to_string(), handoff, questions }];
    let first = measure(&cases, &baselines(), &[256, 1 << 20]);
    assert_eq!(first, measure(&cases, &baselines(), &[256, 1 << 20]));
    for outcome in &first {
        assert_eq!(outcome.over_budget, 0, "{}", outcome.method);
        if outcome.method != "control: candidates listed" {
            assert_eq!(outcome.answers.len(), count, "{}", outcome.method);
        }
    }
    let recall = |name: &str, budget| {
        let found = first.iter().find(|one| one.method == name && one.budget == budget);
        by_kind(found.expect("it was measured"), &cases).0.recall
    };
    let whole = recall("control: whole transcript", None);
    assert_eq!(recall("last bytes", Some(1 << 20)), whole);
    assert!(recall("last bytes", Some(256)) < whole);
}
