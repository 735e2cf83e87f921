//! What is written reads back as it was, and what cannot be read says where and why.

use attune_protocol::{AgentId, AtTick, RequestId, Strategy as Coherence, Tick};
use attune_trace::{
    Action, Header, Impossible, Machine, Origin, ReadError, Reader, Record, RulesForm, Verdict,
    Writer,
};
use proptest::prelude::*;

const AGENTS: u32 = 3;
const ARTIFACTS: u32 = 2;

fn header(strategy: Coherence) -> Header {
    let form = RulesForm {
        strategy,
        bound_reads: Some(3),
        lease_ticks: 4,
        acknowledgement_ticks: 2,
        revalidate: true,
    };
    Header::events(AGENTS, ARTIFACTS, &form.rules(Default::default()), Origin::default())
}

fn machine(header: &Header) -> Machine {
    Machine::new(header.rules.rules(Default::default()), header.agents, header.artifacts)
}

/// What to do with what there is: an action out of a few numbers, possible or not.
#[derive(Clone, Copy, Debug)]
struct Draw {
    what: u8,
    agent: u32,
    place: usize,
    time: u32,
    artifact: u32,
    flag: bool,
}

fn draw() -> impl Strategy<Value = Draw> {
    (0..22u8, 0..AGENTS, 0..6usize, 0..3u32, 0..ARTIFACTS, any::<bool>()).prop_map(
        |(what, agent, place, time, artifact, flag)| Draw {
            what,
            agent,
            place,
            time,
            artifact,
            flag,
        },
    )
}

fn action(machine: &Machine, draw: Draw, step: u32) -> Option<Action> {
    let Draw { what, place, artifact, flag: kept, .. } = draw;
    let agent = AgentId(draw.agent);
    let (now, request) = (Tick(step / 4 + draw.time), RequestId(step + 1));
    let to_line = machine.to_line(artifact).get(place).copied();
    let to_agent = machine.to_agent(artifact).get(place).copied();
    Some(match what {
        0 => Action::Read { agent, now },
        1 => Action::Fetch { agent, now, request },
        2 | 3 => Action::Upgrade { agent, now, request },
        4 => Action::Write { agent, now },
        5 => Action::Commit { agent, now, request },
        6 => Action::Release { agent, now, request },
        7 => Action::Heartbeat { agent, now, request },
        8 => Action::Resend { agent, message: to_line? },
        9..=11 => Action::LineGets { message: to_line?, now, kept, answers_lost: draw.time == 0 },
        12..=14 => Action::AgentGets { message: to_agent?, now, kept },
        15 => Action::LoseToLine { message: to_line? },
        16 => Action::LoseToAgent { message: to_agent? },
        17 => Action::Crash { agent },
        18 => Action::Expire { now },
        19 => Action::Publish { now },
        20 if kept => Action::LineTime { now },
        20 => Action::AgentTime { agent, now },
        _ if kept => Action::Snapshot,
        _ => Action::Restart,
    })
}

proptest! {
    #[test]
    fn a_trace_reads_back_and_does_the_same_again(
        draws in prop::collection::vec(draw(), 1..120),
        strategy in prop::sample::select(vec![
            Coherence::broadcast(), Coherence::eager(), Coherence::lazy(), Coherence::lease(3),
            Coherence::access_count(2), Coherence::push(),
        ]),
    ) {
        let header = header(strategy);
        let mut first = machine(&header);
        let mut writer = Writer::new(Vec::new(), &header).unwrap();
        let mut events = Vec::new();
        for (step, &draw) in draws.iter().enumerate() {
            let Some(action) = action(&first, draw, step as u32) else { continue };
            let before = first.clone();
            match first.step(draw.artifact, action) {
                Ok(event) => {
                    if action == Action::Restart {
                        // Recovery finds what was there.
                        let artifact = draw.artifact;
                        prop_assert_eq!(before.line(artifact), first.line(artifact));
                    }
                    writer.event(&event).unwrap();
                    events.push(event);
                }
                Err(_) => prop_assert_eq!(&before, &first, "it changed nothing"),
            }
        }
        let end = first.end(Verdict::Complete);
        let text = writer.end(&end).unwrap();

        let mut reader = Reader::new(&text[..]).unwrap();
        prop_assert_eq!(reader.header(), &header);
        let records: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
        prop_assert!(reader.ended());
        let mut expected: Vec<Record> = events.iter().cloned().map(Record::Event).collect();
        expected.push(Record::End(end.clone()));
        prop_assert_eq!(records, expected);

        let mut second = machine(&header);
        for event in &events {
            prop_assert_eq!(&second.step(event.artifact, event.action).unwrap(), event);
        }
        prop_assert_eq!(second.end(Verdict::Complete), end);
    }
}

fn short() -> String {
    let header = header(Coherence::lazy());
    let mut machine = machine(&header);
    let mut writer = Writer::new(Vec::new(), &header).unwrap();
    for request in 1..=2 {
        let (agent, now) = (AgentId(request - 1), Tick(0));
        let fetch = Action::Fetch { agent, now, request: RequestId(request) };
        writer.event(&machine.step(0, fetch).unwrap()).unwrap();
    }
    let broken =
        Verdict::Broken { property: "p".to_string(), what: "w".to_string(), how: Vec::new() };
    String::from_utf8(writer.end(&machine.end(broken)).unwrap()).unwrap()
}

fn error(text: &str) -> ReadError {
    match Reader::new(text.as_bytes()) {
        Err(error) => error,
        Ok(reader) => {
            let results: Vec<_> = reader.collect();
            assert!(results.iter().rev().skip(1).all(Result::is_ok), "it stops after an error");
            results.into_iter().next_back().unwrap().expect_err("it cannot be read")
        }
    }
}

#[test]
fn what_cannot_be_read_says_where_and_why() {
    let good = short();
    let lines: Vec<&str> = good.lines().collect();
    let from = |parts: &[&str]| parts.join("\n") + "\n";
    let cases = [
        (String::new(), "1: this is empty"),
        ("agents: 4\n".to_string(), "1:1: this is not a trace: expected value"),
        ("{\"simulation\":1}\n".to_string(), "missing field `attune_trace`"),
        (good.replace("\"attune_trace\":1", "\"attune_trace\":2"), "1: a trace of format 2"),
        (good.replace("\"kind\":\"events\"", "\"kind\":\"accesses\""), "of kind `accesses`"),
        (good.replace("\"agents\":3", "\"agents\":4000000000"), "more than 4194304 copies"),
        (good.replace("\"lease_ticks\":4", "\"lease_ticks\":0"), "at least 1 tick"),
        (good.replace("\"lease_ticks\"", "\"lease_tick\""), "unknown field `lease_tick`"),
        (good.replace("\"fetching\"", "\"fetchin\""), "2:191: unknown variant `fetchin`"),
        (good[..good.len() - 20].to_string(), "4: the file ends within this line"),
        (good[..40].to_string(), "1: the file ends within this line"),
        (from(&[lines[0], lines[2]]), "2: this is step 2 where step 1 belongs"),
        (from(&[lines[0], lines[1], lines[1]]), "3: this is step 1 where step 2 belongs"),
        (from(&[&good, lines[2]]), "nothing may follow"),
        (good.replace("\"broken\"", "\"reached\""), "unknown field `property`, expected `witness`"),
        (good.replace("{\"broken\":{\"property\":\"p\",\"what\":\"w\"},", "{"), "an end is one of"),
    ];
    for (text, expected) in cases {
        let error = error(&text).to_string();
        assert!(error.contains(expected), "{error}\n  should contain {expected}");
    }
}

#[test]
fn without_an_end_a_trace_was_cut_off() {
    let good = short();
    let cut = good.rsplit_once("{\"end\"").unwrap().0;
    let mut reader = Reader::new(cut.as_bytes()).unwrap();
    assert_eq!(reader.by_ref().map(Result::unwrap).count(), 2);
    assert!(!reader.ended());
    // Bytes that are not text are no reason to panic.
    assert!(Reader::new(&[0xff, 0xfe, 0x00][..]).is_err());
}

#[test]
fn what_a_driver_may_not_do_is_impossible() {
    let header = header(Coherence::lazy());
    assert_eq!(header.rules.strategy.at_tick, AtTick::Nothing);
    let mut machine = machine(&header);
    let (agent, now, request) = (AgentId(0), Tick(5), RequestId(1));
    let fetch = Action::Fetch { agent, now, request };
    machine.step(0, fetch).unwrap();
    let message = machine.to_line(0)[0];
    let mut refused = |artifact, action| machine.step(artifact, action).unwrap_err();
    let nobody = AgentId(AGENTS);
    let artifact = ARTIFACTS;
    assert_eq!(
        refused(artifact, Action::Snapshot),
        Impossible::NoArtifact { artifact, artifacts: ARTIFACTS }
    );
    assert_eq!(
        refused(0, Action::Crash { agent: nobody }),
        Impossible::NoAgent { agent: nobody, agents: AGENTS }
    );
    assert!(matches!(refused(0, fetch), Impossible::Busy { .. }));
    let heartbeat = Action::Heartbeat { agent, now, request };
    assert_eq!(refused(0, heartbeat), Impossible::UsedRequest { agent, request, last: request });
    let early = Action::AgentTime { agent, now: Tick(4) };
    assert_eq!(refused(0, early), Impossible::AgentClock { agent, now: Tick(4), clock: now });
    assert_eq!(
        refused(1, Action::LoseToLine { message }),
        Impossible::NotOnItsWayToLine { message }
    );
    let other = Action::Resend { agent: AgentId(1), message };
    assert_eq!(refused(0, other), Impossible::NotAwaited { agent: AgentId(1), message });
    assert_eq!(refused(0, Action::Publish { now }), Impossible::NotPublishing);
    machine.step(0, Action::LineTime { now }).unwrap();
    let late = machine.step(0, Action::Expire { now: Tick(3) }).unwrap_err();
    assert_eq!(late, Impossible::LineClock { now: Tick(3), clock: now });
}
