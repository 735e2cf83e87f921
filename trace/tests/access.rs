//! Access traces: what is written is read again, and what cannot be read is said.

use attune_trace::access::{
    Access, ContentId, Header, LineRange, NUMBER_MAX, Op, Outcome, Reader, Writer,
};
use attune_trace::{Kind, Opened, ReadError, kind_of, open};
use proptest::prelude::*;

const HEADER: &str =
    "{\"attune_trace\":1,\"kind\":\"access\",\"source\":\"codex\",\"tokenizer\":\"o200k_base\"}\n";
const LEAST: &str =
    "{\"session\":\"s\",\"sequence\":4,\"agent\":\"main\",\"artifact\":\"a.rs\",\"op\":\"read\"}\n";

fn accesses(text: &str) -> Result<Vec<Access>, String> {
    let reader = Reader::new(text.as_bytes()).map_err(|error| error.to_string())?;
    reader.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

fn some_access() -> impl Strategy<Value = Access> {
    let names = ("[a-z ]{0,3}", "\\PC{0,9}", "\\PC{0,9}", proptest::option::of("[a-z]{1,9}"));
    let sizes = proptest::option::of((0..=NUMBER_MAX, 1..=NUMBER_MAX));
    let outcome = prop_oneof![Just(Outcome::Done), Just(Outcome::Failed), Just(Outcome::Conflict)];
    (names, sizes, any::<bool>(), any::<Option<i64>>(), outcome).prop_map(
        |((session, agent, artifact, text), sizes, read, time_ms, outcome)| Access {
            session,
            sequence: 0,
            time_ms,
            agent,
            turn: sizes.map(|(size, _)| size),
            project: text.clone(),
            artifact,
            op: if read { Op::Read } else { Op::Write },
            tokens: sizes.map(|(size, _)| size),
            artifact_tokens: sizes.map(|(_, size)| size),
            lines: sizes.map(|(_, first)| LineRange::new(first, NUMBER_MAX).unwrap()),
            total_lines: sizes.map(|(_, last)| last),
            version: text.clone().map(ContentId),
            base: text.clone().map(ContentId),
            outcome,
            model: text,
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(mut expected in prop::collection::vec(some_access(), 0..9)) {
        expected.sort_by_key(|access| access.session.clone());
        for (place, access) in expected.iter_mut().enumerate() {
            access.sequence = place as u64;
        }
        let header = Header::new("codex", "o200k_base", "attune import codex");
        let mut writer = Writer::new(Vec::new(), &header).unwrap();
        for access in &expected {
            writer.access(access).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let reader = Reader::new(&bytes[..]).unwrap();
        prop_assert_eq!(reader.header(), &header);
        prop_assert_eq!(reader.map(Result::unwrap).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn what_is_not_known_may_be_missing() {
    let access = &accesses(&format!("{HEADER}{LEAST}")).unwrap()[0];
    assert_eq!((access.sequence, access.op, access.outcome), (4, Op::Read, Outcome::Done));
    assert_eq!((access.tokens, access.lines, &access.version), (None, None, &None));
}

#[test]
fn the_documentations_example_can_be_read() {
    let text = include_str!("../../docs/trace-format.md");
    let (_, text) = text.split_once("\n# Access traces\n").unwrap();
    let example = text.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let read = accesses(example).unwrap();
    assert_eq!((read.len(), read[0].op, read[1].op), (2, Op::Read, Op::Write));
    let header = Reader::new(example.as_bytes()).unwrap().header().clone();
    let mut writer = Writer::new(Vec::new(), &header).unwrap();
    read.iter().for_each(|access| writer.access(access).unwrap());
    assert_eq!(String::from_utf8(writer.finish().unwrap()).unwrap(), example);
}

#[test]
fn the_header_decides_which_kind_it_is() {
    let golden = include_bytes!("golden/stale-read.jsonl");
    assert!(matches!(open(&golden[..]).unwrap(), Opened::Events(_)));
    let Opened::Access(trace) = open(HEADER.as_bytes()).unwrap() else { panic!("not an access") };
    assert_eq!(trace.header().source, "codex");
    assert_eq!(kind_of(&mut HEADER.as_bytes()).unwrap(), Kind::Access);
    let error = attune_trace::Reader::new(HEADER.as_bytes()).err().unwrap();
    assert_eq!(error.to_string(), "1: a trace of kind `access`; what can be read here: `events`");
    assert!(matches!(Reader::new(&golden[..]), Err(ReadError::Kind { .. })));
}

#[test]
fn a_newer_field_is_passed_over_and_a_newer_format_is_not() {
    let newer = format!("{}{}", HEADER.replace("\"source\"", "\"mood\":1,\"source\""), LEAST);
    let newer = newer.replace("\"op\"", "\"mood\":{\"a\":[]},\"op\"");
    assert_eq!(accesses(&newer), accesses(&format!("{HEADER}{LEAST}")));
    let format = accesses(&HEADER.replace("trace\":1", "trace\":2")).unwrap_err();
    assert!(format.contains("1: a trace of format 2") && format.contains("format 1"), "{format}");
}

#[test]
fn a_last_line_that_was_cut_off_is_left_out() {
    let whole = format!("{HEADER}{LEAST}{}", LEAST.replace('4', "5"));
    for cut in 1..LEAST.len() - 1 {
        let text = &whole[..whole.len() - 1 - cut];
        let mut reader = Reader::new(text.as_bytes()).unwrap();
        let read: Vec<Access> = reader.by_ref().map(Result::unwrap).collect();
        assert_eq!((read.len(), reader.truncated(), reader.line()), (1, true, 3), "{text}");
    }
    // Only the end of the line is missing.
    let mut reader = Reader::new(whole.trim_end().as_bytes()).unwrap();
    assert_eq!((reader.by_ref().count(), reader.truncated()), (2, false));
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let line = |from: &str, to: &str| format!("{HEADER}\n{}{LEAST}", LEAST.replace(from, to));
    let cases = [
        (line("\"sequence\":4", "\"sequence\":-4"), "3:28: invalid value: integer `-4`"),
        (line("\"op\":\"read\"", "\"op\":\"look\""), "3:"),
        (line("\"agent\":\"main\",", ""), "missing field `agent`"),
        (line("\"op\"", "\"lines\":[7,3],\"op\""), "lines [7, 3]: the first is at least 1"),
        (line("\"op\"", "\"lines\":[0,3],\"op\""), "lines [0, 3]"),
        (line("4", "4"), "4: sequence 4 after 4"),
        (line("{\"session\"", "{\"session"), "3:"),
        (format!("{LEAST}{HEADER}"), "1:"),
        (String::new(), "1: this is empty"),
    ];
    for (text, expected) in cases {
        let error = accesses(&text).unwrap_err();
        assert!(error.contains(expected), "{error}\n  should contain {expected}");
    }
}

#[test]
fn lines_are_counted_with_both_ends() {
    let lines = LineRange::new(5, 7).unwrap();
    assert_eq!((lines.first(), lines.last(), lines.count()), (5, 7, 3));
    assert_eq!(LineRange::new(1, u64::MAX).unwrap().count(), u64::MAX);
}

#[test]
fn a_session_is_in_one_place() {
    let line = |session: &str, sequence: u64| {
        LEAST.replace("\"s\"", &format!("\"{session}\"")).replace('4', &sequence.to_string())
    };
    let text = |sessions: [&str; 4]| {
        let lines = sessions.iter().zip(1..).map(|(session, place)| line(session, place));
        HEADER.to_string() + &lines.collect::<String>()
    };
    assert_eq!(accesses(&text(["b", "b", "a", "c"])).unwrap().len(), 4);
    let error = accesses(&text(["b", "a", "c", "b"])).unwrap_err();
    assert!(error.starts_with("5: session \"b\" again, after another one: "), "{error}");
}

#[test]
fn numbers_can_be_added_up() {
    let with = |field: &str| accesses(&(HEADER.to_string() + &LEAST.replace('}', field)));
    let limit = NUMBER_MAX;
    for field in ["turn", "tokens", "artifact_tokens", "total_lines"] {
        assert_eq!(with(&format!(",\"{field}\":{limit}}}")).unwrap().len(), 1);
        let error = with(&format!(",\"{field}\":{}}}", limit + 1)).unwrap_err();
        assert!(error.starts_with(&format!("2: `{field}` is 1099511627777: ")), "{error}");
    }
    let error = with(&format!(",\"lines\":[1,{}]}}", limit + 1)).unwrap_err();
    assert!(error.starts_with("2: `lines` is 1099511627777: "), "{error}");
}
