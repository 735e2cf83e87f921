//! Access traces as Parquet: what is written is read again, and what is none is said.

use attune_report::access::{ReadError, Reader, Writer};
use attune_trace::access::{Access, ContentId, Header, LineRange, NUMBER_MAX, Op, Outcome};
use polars_arrow::array::{Array, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_arrow::record_batch::RecordBatchT;
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, KeyValue, StatisticsOptions, Version, WriteOptions,
    row_group_iter,
};
use std::io::Cursor;
use std::sync::Arc;

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

/// The accesses of these bytes, or the error.
fn read(bytes: Vec<u8>) -> Result<Vec<Access>, String> {
    let reader = Reader::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    reader.collect::<Result<_, _>>().map_err(|error| error.to_string())
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

/// A Parquet file with these columns, and the header of a trace.
fn other(columns: Vec<(&str, Box<dyn Array>)>) -> Vec<u8> {
    let schema: ArrowSchema = columns
        .iter()
        .map(|(name, array)| Field::new((*name).into(), array.dtype().clone(), true))
        .collect();
    let options = WriteOptions {
        statistics: StatisticsOptions::default(),
        version: Version::V1,
        compression: CompressionOptions::Uncompressed,
        data_page_size: None,
    };
    let mut file = FileWriter::try_new(Vec::new(), schema.clone(), options).unwrap();
    let rows = columns[0].1.len();
    let encodings = columns.iter().map(|_| vec![Encoding::Plain]).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatchT::try_new(rows, Arc::new(schema), arrays).unwrap();
    let fields = file.parquet_schema().fields().to_vec();
    file.write(rows as u64, row_group_iter(batch, encodings, fields, options)).unwrap();
    let header = serde_json::to_string(&header()).unwrap();
    file.end(Some(vec![KeyValue::new("attune_trace".to_string(), header)])).unwrap();
    file.into_inner()
}

fn texts(values: &[Option<&str>]) -> Box<dyn Array> {
    Utf8ViewArray::from_slice(values).boxed()
}

fn numbers(values: &[Option<i64>]) -> Box<dyn Array> {
    PrimitiveArray::from(values.to_vec()).boxed()
}

/// The least that an access has, with one column as given.
fn with(name: &'static str, array: Option<Box<dyn Array>>) -> String {
    let mut columns = vec![
        ("session", texts(&[Some("s"), Some("s")])),
        ("sequence", numbers(&[Some(1), Some(2)])),
        ("agent", texts(&[Some("a"), Some("a")])),
        ("artifact", texts(&[Some("x"), Some("x")])),
        ("op", texts(&[Some("read"), Some("write")])),
    ];
    columns.retain(|(column, _)| *column != name);
    columns.extend(array.map(|array| (name, array)));
    let read = Reader::new(Cursor::new(other(columns))).and_then(|reader| {
        let read: Result<Vec<Access>, ReadError> = reader.collect();
        read
    });
    read.map_or_else(|error| error.to_string(), |read| format!("{} accesses", read.len()))
}

#[test]
fn what_is_wrong_is_said_with_its_column_or_row() {
    assert_eq!(with("model", None), "2 accesses", "what need not be known may be missing");
    let cases = [
        (with("op", None), "the column `op` is missing"),
        (with("sequence", None), "the column `sequence` is missing"),
        (with("sequence", Some(texts(&[Some("1"), Some("2")]))), "`sequence` holds Utf8View"),
        (with("agent", Some(numbers(&[Some(1), Some(2)]))), "`agent` holds Int64"),
        (
            with("tokens", Some(PrimitiveArray::from(vec![Some(1.5_f64), None]).boxed())),
            "`tokens` holds Float64, and a trace's holds whole numbers of 64 bits",
        ),
        (with("agent", Some(texts(&[Some("a"), None]))), "row 2: `agent` is missing"),
        (with("op", Some(texts(&[Some("look"), None]))), "row 1: `op` is `look`"),
        (with("op", Some(texts(&[Some("read"), None]))), "row 2: `op` is missing"),
        (with("tokens", Some(numbers(&[None, Some(-1)]))), "row 2: `tokens` is below 0"),
        (with("first_line", Some(numbers(&[None, Some(3)]))), "row 2: `first_line` and"),
        (with("outcome", Some(texts(&[Some("odd"), None]))), "row 1: `outcome` is `odd`"),
        (with("sequence", Some(numbers(&[Some(2), Some(2)]))), "row 2: sequence 2 after 2"),
    ];
    for (found, expected) in cases {
        assert!(found.contains(expected), "{expected}: {found}");
    }
}

#[test]
fn no_damage_is_a_panic_and_what_is_read_before_it_is_given() {
    let whole = accesses(40);
    let bytes = written(&whole, &header());
    let read = |bytes: Vec<u8>| -> Result<Vec<Access>, ReadError> {
        Reader::new(Cursor::new(bytes)).and_then(Iterator::collect)
    };
    for end in 0..bytes.len() {
        assert!(read(bytes[..end].to_vec()).is_err(), "cut at {end}");
    }
    let mut noticed = 0;
    for place in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[place] ^= flip;
            noticed += usize::from(read(damaged).is_err());
        }
    }
    assert!(noticed > bytes.len() / 2, "{noticed} of {}", 3 * bytes.len());
}

#[test]
fn a_number_that_does_not_fit_is_an_error() {
    let mut writer = Writer::new(Vec::new(), &header()).unwrap();
    let access = Access { tokens: Some(u64::MAX), ..accesses(0).remove(0) };
    assert!(writer.access(&access).unwrap_err().to_string().contains("2^63-1"));
    let access = Access { tokens: Some(NUMBER_MAX + 1), ..accesses(0).remove(0) };
    let error = read(written(&[access], &header())).unwrap_err();
    assert!(error.starts_with("row 1: `tokens` is 1099511627777: "), "{error}");
}

#[test]
fn a_session_is_in_one_place() {
    let named = |name: &str| Access { session: name.to_string(), ..accesses(0).remove(0) };
    let error = read(written(&["s", "t", "s"].map(named), &header())).unwrap_err();
    assert!(error.starts_with("row 3: session \"s\" again, after another one: "), "{error}");
}
