//! New versions against old ones.

mod common;

use attune_codec::{DecodeError, Decoder, Encoder, Registry};
use proptest::prelude::*;

fn artifact() -> String {
    (0..2000).map(|n| format!("fn part{n}() -> u64 {{ {} }}\n", n * n % 7919)).collect()
}

#[test]
fn an_edit_of_a_long_artifact_takes_few_bytes() {
    let base = artifact();
    let message = base.replace("fn part777() -> u64", "pub fn part_777() -> usize");
    let frame = Encoder::default().encode_delta(base.as_bytes(), message.as_bytes());
    assert!(frame.len() < 80, "{} bytes", frame.len());
    let mut decoder = Decoder::default();
    assert_eq!(decoder.decode_delta(base.as_bytes(), &frame).unwrap(), message.as_bytes());
    let error = decoder.decode_delta(message.as_bytes(), &frame).unwrap_err();
    assert!(matches!(error, DecodeError::WrongBase { .. }), "{error}");
    let error = decoder.decode(&frame).unwrap_err();
    assert!(matches!(error, DecodeError::NeedsBase { .. }), "{error}");
}

#[test]
fn where_the_base_is_of_no_use_the_frame_needs_none() {
    let message = common::session(1).concat();
    let mut decoder = Decoder::new(Registry::default());
    let frame = Encoder::default().encode_delta(b"something else", message.as_bytes());
    assert_eq!(decoder.decode(&frame).unwrap().0, message.as_bytes());
    let with_base = decoder.decode_delta(b"anything", &frame).unwrap();
    assert_eq!(with_base, message.as_bytes());
}

#[test]
fn a_damaged_delta_is_an_error() {
    let base = artifact();
    let message = base.replace("part1500", "another");
    let mut frame = Encoder::default().encode_delta(base.as_bytes(), message.as_bytes());
    let mut decoder = Decoder::default();
    for bit in 0..frame.len() * 8 {
        frame[bit / 8] ^= 1 << (bit % 8);
        assert!(decoder.decode_delta(base.as_bytes(), &frame).is_err(), "bit {bit}");
        frame[bit / 8] ^= 1 << (bit % 8);
    }
    for end in 0..frame.len() {
        assert!(decoder.decode_delta(base.as_bytes(), &frame[..end]).is_err(), "cut at {end}");
    }
}

proptest! {
    #[test]
    fn any_version_comes_back(base in proptest::collection::vec(0u8..4, 0..2000), message in proptest::collection::vec(0u8..4, 0..2000)) {
        let frame = Encoder::default().encode_delta(&base, &message);
        prop_assert_eq!(Decoder::default().decode_delta(&base, &frame).unwrap(), message);
    }
}
