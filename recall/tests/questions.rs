//! What is asked about a session, and what the answers are.

mod common;

use attune_recall::{Cut, Handoff, Kind, Part, Question, fetch, questions};
use common::{Story, eventful};

fn real() -> Handoff {
    let mut found = Handoff::find(&eventful()).into_iter();
    let real = found.find(|handoff| handoff.cut == Cut::Real);
    real.expect("the session was handed on")
}

fn of_kind(questions: &[Question], kind: Kind) -> Vec<&Question> {
    questions.iter().filter(|question| question.kind == kind).collect()
}

#[test]
fn every_kind_is_asked_and_answered_from_the_record() {
    let questions = questions(&real());
    let answers = |kind| -> Vec<&str> {
        of_kind(&questions, kind).into_iter().map(Question::answer_text).collect()
    };
    assert_eq!(answers(Kind::LastChanged), ["src/upload.rs"]);
    assert_eq!(answers(Kind::Changed), ["src/upload.rs", "src/backoff.rs"]);
    assert_eq!(answers(Kind::Run), ["failed", "passed"]);
    assert_eq!(answers(Kind::TaskLeft), ["Document the backoff settings in the manual"]);
    assert_eq!(answers(Kind::TaskDone), ["Add the retry loop to the uploader"]);
    assert!(answers(Kind::Rejected)[0].contains("exponential delay instead"));
    assert!(answers(Kind::Rejected)[1].contains("does not work because"));
    assert_eq!(
        answers(Kind::Rule),
        ["Never touch the vendored parser directory while doing that."]
    );
    assert!(answers(Kind::FirstRequest)[0].starts_with("Please add a retry with backoff"));
    assert!(answers(Kind::LastRequest)[0].starts_with("Now write the changelog"));
    assert!(answers(Kind::Current)[0].starts_with("The changelog entry comes next"));
    assert_eq!(
        answers(Kind::Introduced),
        ["delay_exponential_seconds", "delay_for_attempt", "retry_upload"]
    );
    assert_eq!(answers(Kind::Reference), ["1f2e3d4"]);
    assert!(answers(Kind::Error)[0].contains("failed to resolve crate"));
    assert!(answers(Kind::Finding)[0].contains("forty requests per minute"));
    assert_eq!(answers(Kind::Version).len(), 3);
    let named = of_kind(&questions, Kind::Version)[0];
    assert!(named.asked.contains("src/upload.rs") && named.answer_text() == "bbbb444455556666");
}

#[test]
fn a_failing_test_is_told_from_those_that_passed() {
    let mut story = Story::default();
    for _ in 0..6 {
        story.agent("Something is said about the work that is being done here.");
    }
    story.run(
        "cargo test",
        "test upload::survives ... ok\ntest backoff::grows ... FAILED\n1 failed",
    );
    story.compaction("Nothing of it.");
    let handoffs = Handoff::find(&story.session());
    let questions = questions(&handoffs[0]);
    let failures = of_kind(&questions, Kind::Failure);
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].answer_text(), "backoff::grows");
    assert_eq!(failures[0].candidates.len(), 2);
}

#[test]
fn distractors_are_of_the_same_sort_and_never_right() {
    for question in questions(&real()) {
        let answer = question.answer_text();
        let same = question.candidates.iter().filter(|one| one.text == answer).count();
        assert_eq!(same, 1, "{}", question.asked);
        assert!(question.records.iter().all(|record| *record > 0));
    }
}

#[test]
fn what_was_needed_again_is_known() {
    let questions = questions(&real());
    let used = |kind| of_kind(&questions, kind)[0].used;
    assert!(used(Kind::LastChanged), "src/upload.rs is named afterwards");
    assert!(used(Kind::Run), "the tests are run again");
    assert!(!used(Kind::Finding), "nobody comes back to the server's limit");
    let introduced = of_kind(&questions, Kind::Introduced);
    assert_eq!(introduced.iter().filter(|question| question.used).count(), 1);
}

#[test]
fn made_up_cuts_have_no_summary_and_the_same_part() {
    let session = eventful();
    let made: Vec<Handoff> =
        Handoff::find(&session).into_iter().filter(|one| one.cut != Cut::Real).collect();
    assert!(made.iter().all(|handoff| handoff.summary.is_none()));
    assert_eq!(Part::of(&session.id), Part::of("s"));
}

#[test]
fn a_second_compaction_starts_from_the_first() {
    let mut story = Story::default();
    story.agent("One.").compaction("The first summary.");
    for _ in 0..8 {
        story.agent("Then more of the same was said by the agent.");
    }
    story.compaction("The second summary.").agent("Last.");
    let real: Vec<Handoff> =
        Handoff::find(&story.session()).into_iter().filter(|one| one.cut == Cut::Real).collect();
    // Before the first there is too little to ask about.
    assert_eq!(real.len(), 1);
    assert_eq!(real[0].before.records.len(), 9);
    assert_eq!(real[0].summary.as_deref(), Some("The second summary."));
}

#[test]
fn versions_save_what_is_unchanged() {
    use attune_trace::access::Op;
    let mut story = Story::default();
    story.read("a.rs", "1").read("b.rs", "2").read("c.rs", "3");
    story.compaction("Some.");
    story
        .access("a.rs", Op::Read, "aaaa111122223333")
        .access("a.rs", Op::Read, "aaaa111122223333")
        .access("b.rs", Op::Read, "cccc000000000000")
        .access("d.rs", Op::Read, "dddd000000000000");
    let handoffs = Handoff::find(&story.session());
    let fetch = fetch(&handoffs[0]);
    assert_eq!((fetch.artifacts, fetch.artifacts_saved), (2, 1));
    assert_eq!((fetch.new, fetch.again, fetch.again_with_versions), (100, 200, 100));
    assert_eq!((fetch.without_versions(), fetch.with_versions()), (300, 200));
}
