//! Every byte comes back, in every mode, at every level; and what is given is not needed twice.

mod common;

use attune_codec::{
    Decoder, Encoder, Frames, Level, Mode, NotCanonical, ZstdLevel, canonical, push_frame,
};
use common::MESSAGES;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[test]
fn every_message_comes_back_at_every_level() {
    let mut decoder = Decoder::default();
    let mut levels: Vec<Level> =
        (1..=22).map(|n| Level::Fixed(ZstdLevel::new(n).unwrap())).collect();
    levels.push(Level::BySize);
    let long = MESSAGES.concat().repeat(2000);
    for level in levels {
        let mut encoder = Encoder::default().level(level);
        let mut bare = Encoder::without_dictionaries().level(level);
        for message in MESSAGES.into_iter().chain([long.as_str()]) {
            for frame in [encoder.encode(message.as_bytes()), bare.encode(message.as_bytes())] {
                let (decoded, mode) = decoder.decode(&frame).unwrap();
                assert!(decoded == message.as_bytes(), "{level:?}, {} bytes", message.len());
                assert_eq!(mode, Mode::Exact);
            }
        }
    }
    assert!(ZstdLevel::new(0).is_none() && ZstdLevel::new(23).is_none());
}

#[test]
fn a_frame_is_never_much_longer_than_its_message() {
    let mut encoder = Encoder::default();
    // First byte, length, checksum.
    assert_eq!(encoder.encode(b"").len(), 1 + 1 + 4);
    assert_eq!(encoder.encode(b"ok").len(), 2 + 1 + 1 + 4);
    let mut noise = [0; 1000];
    ChaCha8Rng::seed_from_u64(1).fill_bytes(&mut noise);
    assert_eq!(encoder.encode(&noise).len(), 1000 + 1 + 2 + 4);
}

#[test]
fn frames_do_not_depend_on_what_was_encoded_before() {
    let mut used = Encoder::default();
    for message in MESSAGES {
        used.encode(message.as_bytes());
    }
    for message in MESSAGES {
        assert_eq!(used.encode(message.as_bytes()), Encoder::default().encode(message.as_bytes()));
    }
}

#[test]
fn several_frames_follow_one_another() {
    let mut encoder = Encoder::default();
    let mut buffer = Vec::new();
    for message in MESSAGES {
        push_frame(&encoder.encode(message.as_bytes()), &mut buffer);
    }
    let mut decoder = Decoder::default();
    let decoded: Vec<_> =
        Frames::new(&buffer).map(|frame| decoder.decode(frame.unwrap()).unwrap().0).collect();
    assert_eq!(decoded, MESSAGES.map(|message| message.as_bytes().to_vec()));
    // What is cut is told, and waits for its end.
    let mut frames = Frames::new(&buffer[..buffer.len() - 1]);
    let whole = frames.by_ref().take_while(Result::is_ok).count();
    assert_eq!(whole, MESSAGES.len() - 1);
    assert!(!frames.rest().is_empty());
}

#[test]
fn canonical_frames_give_the_canonical_form() {
    let mut encoder = Encoder::default();
    let json = br#" { "b": 1.50, "a": [1, 12345678901234567890] } "#;
    let (frame, reason) = encoder.encode_canonical(json);
    assert_eq!(reason, None);
    let (decoded, mode) = Decoder::default().decode(&frame).unwrap();
    assert_eq!(String::from_utf8(decoded).unwrap(), r#"{"a":[1,12345678901234567890],"b":1.5}"#);
    assert_eq!(mode, Mode::Canonical);
}

#[test]
fn where_the_value_is_not_sure_the_frame_is_exact_and_says_so() {
    let twice = br#"{"a":1,"a":2}"#;
    let (frame, reason) = Encoder::default().encode_canonical(twice);
    assert_eq!(reason, Some(NotCanonical::DuplicateName { at: twice.len() }));
    assert_eq!(Decoder::default().decode(&frame).unwrap(), (twice.to_vec(), Mode::Exact));
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        (-1_000_000i32..1_000_000).prop_map(|n| (f64::from(n) / 64.0).into()),
        ".*".prop_map(Into::into),
        "[ -~\n\"\\\\é😀]{0,300}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 60, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            proptest::collection::btree_map(".{0,8}", inner.clone(), 0..8)
                .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
            // JSON within a string.
            inner.prop_map(|value| value.to_string().into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_come_back(message in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let frame = Encoder::default().encode(&message);
        prop_assert_eq!(Decoder::default().decode(&frame).unwrap().0, message);
    }

    #[test]
    fn any_json_comes_back(value in json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        let frame = Encoder::default().encode(text.as_bytes());
        prop_assert_eq!(Decoder::default().decode(&frame).unwrap().0, text.as_bytes());
    }

    #[test]
    fn canonical_json_is_the_same_value_and_is_its_own_form(value in json()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        let (frame, reason) = Encoder::default().encode_canonical(text.as_bytes());
        prop_assert_eq!(reason, None);
        let (decoded, mode) = Decoder::default().decode(&frame).unwrap();
        prop_assert_eq!(mode, Mode::Canonical);
        prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&decoded).unwrap(), value);
        prop_assert_eq!(canonical(&decoded).unwrap(), decoded);
    }
}
