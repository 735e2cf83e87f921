//! Access traces as Parquet: what is written is read again, and what is none is said.

use attune_report::access::{ReadError, Reader, Writer};
use attune_trace::access::{Access, ContentId, Header, LineRange, Op, Outcome};
use std::io::Cursor;

fn accesses(count: u64) -> Vec<Access> {
    let some = |number: u64| Access {
        session: format!("s{}", number / 50_000),
        sequence: number + 1,
        time_ms: Some(1_767_225_600_000 + number.cast_signed()),
        agent: format!("agent {}", number % 3),
        turn: Some(number),
        project: Some("app".to_string()),
        artifact: format!("src/{}.rs", number % 7),
        op: if number.is_multiple_of(4) { Op::Write } else { Op::Read },
        tokens: Some(number % 900),
        artifact_tokens: Some(900),
        lines: LineRange::new(1 + number, 5 + number).ok(),
        total_lines: Some(number + 9),
        version: Some(ContentId(format!("{number:016x}"))),
        base: Some(ContentId("0".to_string())),
        outcome: [Outcome::Done, Outcome::Failed, Outcome::Conflict][(number % 3) as usize],
        model: Some("gpt-5".to_string()),
    };
    let least = Access {
        session: String::new(),
        sequence: 0,
        time_ms: None,
        agent: "é".to_string(),
        turn: None,
        project: None,
        artifact: String::new(),
        op: Op::Read,
        tokens: None,
        artifact_tokens: None,
        lines: None,
        total_lines: None,
        version: None,
        base: None,
        outcome: Outcome::Done,
        model: None,
    };
    std::iter::once(least).chain((0..count).map(some)).collect()
}

fn header() -> Header {
    Header::new("codex", "o200k_base", "attune import codex")
}

fn written(accesses: &[Access], header: &Header) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), header).unwrap();
    accesses.iter().for_each(|access| writer.access(access).unwrap());
    writer.finish().unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    // More than one group of rows.
    let expected = accesses(70_000);
    let bytes = written(&expected, &header());
    assert_eq!(bytes, written(&expected, &header()));
    let reader = Reader::new(Cursor::new(bytes)).unwrap();
    assert_eq!(reader.header(), &header());
    let read: Vec<Access> = reader.map(Result::unwrap).collect();
    assert!(read == expected);
    let empty = Reader::new(Cursor::new(written(&[], &header()))).unwrap();
    assert_eq!(empty.count(), 0);
}

#[test]
fn what_is_no_trace_is_said() {
    let bytes = written(&accesses(3), &header());
    let error = |bytes: &[u8]| Reader::new(Cursor::new(bytes.to_vec())).err().unwrap();
    assert!(matches!(error(&bytes[..bytes.len() / 2]), ReadError::NotParquet { .. }));
    assert!(matches!(error(b"{}"), ReadError::NotParquet { .. }));
    let newer = Header { attune_trace: 2, ..header() };
    let newer = error(&written(&accesses(3), &newer)).to_string();
    assert!(newer.contains("a trace of format 2"), "{newer}");
}

#[test]
fn a_number_that_does_not_fit_is_an_error() {
    let mut writer = Writer::new(Vec::new(), &header()).unwrap();
    let access = Access { tokens: Some(u64::MAX), ..accesses(0).remove(0) };
    assert!(writer.access(&access).unwrap_err().to_string().contains("2^63-1"));
}
