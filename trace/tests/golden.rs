//! The example trace, made through the recorder, and the documentation's excerpts from it.
//! `UPDATE_GOLDEN=1 cargo test -p attune-trace` writes it anew.

use attune_protocol::{AgentId, RequestId, Strategy, Tick};
use attune_trace::{Action, Header, Origin, Reader, Record, Recorder, RulesForm, Verdict};
use std::fs;
use std::path::{Path, PathBuf};

const A0: AgentId = AgentId(0);
const A1: AgentId = AgentId(1);

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Two agents under lazy invalidation. The authority stores a commit and stops; when it is back,
/// it confirms the commit, and a1, whom nobody has told, reads what is not current any more.
fn stale_read() -> Vec<u8> {
    let rules = RulesForm {
        strategy: Strategy::lazy(),
        bound_reads: Some(2),
        lease_ticks: 5,
        acknowledgement_ticks: 2,
        revalidate: true,
    };
    let origin = Origin {
        model: "an example, written by hand".to_string(),
        property: Some("bounded-staleness".to_string()),
        mutant: None,
        command: "UPDATE_GOLDEN=1 cargo test -p attune-trace".to_string(),
    };
    let header = Header::events(2, 1, &rules.rules(Default::default()), origin);
    let mut trace = Recorder::new(Vec::new(), &header).unwrap();
    let now = Tick(0);
    act(&mut trace, Action::Read { agent: A1, now });
    act(&mut trace, Action::Fetch { agent: A1, now, request: RequestId(1) });
    line_gets(&mut trace, now, false);
    agent_gets(&mut trace, now, false);
    act(&mut trace, Action::Upgrade { agent: A0, now, request: RequestId(1) });
    line_gets(&mut trace, now, false);
    agent_gets(&mut trace, now, true);
    act(&mut trace, Action::Snapshot);
    act(&mut trace, Action::Write { agent: A0, now: Tick(1) });
    act(&mut trace, Action::Commit { agent: A0, now: Tick(1), request: RequestId(2) });
    line_gets(&mut trace, Tick(1), true);
    act(&mut trace, Action::Restart);
    let message = trace.machine().to_line(0)[0];
    act(&mut trace, Action::LoseToLine { message });
    act(&mut trace, Action::Resend { agent: A0, message });
    line_gets(&mut trace, Tick(2), false);
    // The grant again, which stayed in flight, and then the acknowledgement of the commit.
    agent_gets(&mut trace, Tick(2), false);
    agent_gets(&mut trace, Tick(2), false);
    act(&mut trace, Action::AgentTime { agent: A1, now: Tick(3) });
    act(&mut trace, Action::Read { agent: A1, now: Tick(3) });
    trace.end(Verdict::Reached { witness: "stale-hit".to_string() }).unwrap()
}

fn act(trace: &mut Recorder<Vec<u8>>, action: Action) {
    trace.act(0, action).unwrap();
}

/// The first message in flight arrives at the line.
fn line_gets(trace: &mut Recorder<Vec<u8>>, now: Tick, answers_lost: bool) {
    let message = trace.machine().to_line(0)[0];
    act(trace, Action::LineGets { message, now, kept: answers_lost, answers_lost });
}

/// The first message in flight arrives at its agent.
fn agent_gets(trace: &mut Recorder<Vec<u8>>, now: Tick, kept: bool) {
    let message = trace.machine().to_agent(0)[0];
    act(trace, Action::AgentGets { message, now, kept });
}

#[test]
fn the_example_is_what_the_recorder_makes() {
    let path = repository("trace/tests/golden/stale-read.jsonl");
    let made = String::from_utf8(stale_read()).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).expect("UPDATE_GOLDEN=1 writes it");
    assert_eq!(made, kept, "UPDATE_GOLDEN=1 writes it anew; read the diff");
}

#[test]
fn the_example_reads_back() {
    let text = stale_read();
    let mut reader = Reader::new(&text[..]).unwrap();
    let records: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
    assert!(reader.ended());
    let Some(Record::End(end)) = records.last() else { panic!("it has an end") };
    assert_eq!(end.lines[0].version.get(), 2);
    assert_eq!(end.entries[0][1].version.unwrap().get(), 1, "a1 has the old version");
}

#[test]
fn the_documentation_quotes_the_example() {
    let example = String::from_utf8(stale_read()).unwrap();
    let text = fs::read_to_string(repository("docs/trace-format.md")).unwrap();
    let (_, text) = text.split_once("\n# Event traces\n").unwrap();
    let blocks = text.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let quoted: Vec<&str> = blocks.flat_map(str::lines).collect();
    assert!(quoted.len() >= 4, "{quoted:?}");
    for line in quoted {
        assert!(example.lines().any(|other| other == line), "not in the example: {line}");
    }
}
