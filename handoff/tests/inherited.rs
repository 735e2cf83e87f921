//! What an earlier handover left, what the user took back, and what others did.

use attune_handoff::{About, Dna, Options, Why, extract};
use attune_import::{Content, Record, Role, Session};
use serde_json::json;

fn user(text: &str) -> Content {
    Content::Message { role: Role::User, text: text.to_string() }
}

fn agent(text: &str) -> Content {
    Content::Message { role: Role::Assistant, text: text.to_string() }
}

fn summary(text: &str) -> Content {
    Content::Compaction { summary: Some(text.to_string()), tokens_before: None, trigger: None }
}

fn ran(call: &str, command: &str, printed: &str) -> [Content; 2] {
    let (call, name) = (call.to_string(), "Bash".to_string());
    let input = json!({ "command": command });
    let text = printed.to_string();
    let result = Content::ToolResult { call: call.clone(), text, failed: false };
    [Content::ToolCall { call, name, input }, result]
}

fn handed_over(contents: impl IntoIterator<Item = Content>) -> Dna {
    by("main", contents)
}

fn by(agent: &str, contents: impl IntoIterator<Item = Content>) -> Dna {
    let records = contents.into_iter().zip(1..).map(|(content, sequence)| Record {
        sequence,
        time_ms: None,
        agent: agent.into(),
        turn: 0,
        model: None,
        content,
    });
    let session = Session { id: "s".to_string(), project: None, records: records.collect() };
    extract(&session, &Options { budget_bytes: 1 << 16, ..Options::default() })
}

const SUMMARY: &str =
    "Summary:\n1. Primary Request and Intent:\n   Plant the whole garden with beans.\n
2. Errors and fixes:\n   - Frost: the seeds were kept inside\n
3. Pending Tasks:\n   - Water the northern beds\n   - Build a fence around the roses\n
4. Current Work:\n   Sowing beans in the last bed.\n";

fn pending(dna: &Dna) -> Vec<&str> {
    dna.pending.iter().map(|step| step.text.as_str()).collect()
}

#[test]
fn a_summary_is_inherited_section_by_section() {
    let dna = handed_over([summary(SUMMARY)]);
    assert_eq!(dna.generation, 1);
    assert_eq!(dna.goal.as_ref().unwrap().text, "Plant the whole garden with beans.");
    assert_eq!(pending(&dna), ["Water the northern beds", "Build a fence around the roses"]);
    assert_eq!(dna.warnings[0].text, "Frost: the seeds were kept inside");
    assert_eq!((dna.state[0].about, dna.state[0].from.as_slice()), (About::Doing, &[1][..]));
}

#[test]
fn later_records_overtake_a_summary() {
    let reported = agent("The northern beds have water now. Done with that.");
    let request = || user("Now prune the apple trees near the house.");
    let dna = handed_over([summary(SUMMARY), agent("On it."), reported.clone(), request()]);
    // The goal stays what it was; what was asked since is what to do now.
    assert_eq!(dna.goal.as_ref().unwrap().text, "Plant the whole garden with beans.");
    assert!(dna.asked.last().unwrap().text.starts_with("Now prune"));
    assert_eq!(pending(&dna), ["Build a fence around the roses"]);
    assert!(dna.state.iter().all(|state| state.from != [1]), "{:?}", dna.state);
    // Who asks for other things twice has moved on.
    let moved = [summary(SUMMARY), request(), agent("Yes."), user("And cut the long hedge too.")];
    assert!(pending(&handed_over(moved)).is_empty());
}

#[test]
fn what_the_user_took_back_is_a_warning_and_no_decision() {
    let chosen = agent("I switched to plastic pots instead of clay because they are light.");
    let kept = handed_over([user("Buy some pots."), chosen.clone(), user("Fill them with soil.")]);
    assert_eq!(kept.decisions.len(), 1);
    assert_eq!(kept.decisions[0].not.as_deref(), Some("clay"));
    let back = [user("Buy some pots."), chosen, user("no, revert that, clay it is.")];
    let back = handed_over(back);
    assert!(back.decisions.is_empty(), "{:?}", back.decisions);
    let rejected: Vec<_> = back.warnings.iter().filter(|one| one.why == Why::Rejected).collect();
    assert!(rejected.iter().any(|one| one.text.contains("plastic") && one.from == [2, 3]));
}

#[test]
fn of_runs_the_last_counts_and_says_what_failed() {
    let failing = "--- FAIL: TestPeas (0.01s)\n--- FAIL: TestBeans (0.01s)\nFAIL";
    let first = ran("1", "go test ./...", "ok");
    let dna = handed_over(first.clone().into_iter().chain(ran("2", "go test ./...", failing)));
    let run = dna.state.iter().find(|state| state.about == About::Test).unwrap();
    assert_eq!((run.passed, run.from.as_slice()), (Some(false), &[3, 4][..]));
    assert!(run.text.contains("TestPeas; TestBeans"), "{}", run.text);
    let dna = handed_over(ran("1", "go test ./...", failing).into_iter().chain(first));
    assert!(dna.state.iter().all(|state| state.passed != Some(false)), "{:?}", dna.state);
}

#[test]
fn a_session_of_a_sub_agent_alone_is_its_own() {
    let dna = by("sub:1", [user("Count the peas."), agent("There are four of them.")]);
    assert_eq!(dna.goal.unwrap().text, "Count the peas.");
}
