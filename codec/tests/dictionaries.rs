//! Dictionaries: training repeats, files are checked, numbers are agreed on, and they are of use.

mod common;

use attune_codec::{
    Clash, DecodeError, Decoder, Dictionaries, DictionaryError, Encoder, Registry, Sample,
    TrainError, TrainOptions, train,
};
use std::sync::Arc;

#[test]
fn the_same_samples_give_the_same_bytes() {
    assert_eq!(common::trained(1).to_file(), common::trained(1).to_file());
    assert_ne!(common::trained(1).hash(), common::trained(2).hash());
}

#[test]
fn a_trained_set_makes_messages_of_other_sessions_shorter() {
    let message = common::session(99).remove(8);
    let bare = Encoder::without_dictionaries().encode(message.as_bytes());
    let set = common::trained(1);
    let frame = Encoder::new(Arc::clone(&set)).encode(message.as_bytes());
    assert!(frame.len() * 2 < bare.len(), "{} and {} bytes", frame.len(), bare.len());
    let mut registry = Registry::empty();
    registry.add(set).unwrap();
    assert_eq!(Decoder::new(registry).decode(&frame).unwrap().0, message.as_bytes());
}

#[test]
fn too_few_samples_give_dictionaries_that_do_no_harm() {
    let sample = |message| Sample { session: "one", message };
    for messages in [&[&b"a"[..]][..], &[b"twice", b"twice"], &[b"", b"x"]] {
        let samples: Vec<Sample> = messages.iter().map(|message| sample(message)).collect();
        let set = Arc::new(train(&samples, TrainOptions::default()).unwrap());
        let frame = Encoder::new(Arc::clone(&set)).encode(common::MESSAGES[5].as_bytes());
        let mut registry = Registry::empty();
        registry.add(set).unwrap();
        let decoded = Decoder::new(registry).decode(&frame).unwrap().0;
        assert_eq!(decoded, common::MESSAGES[5].as_bytes());
    }
    assert_eq!(train(&[], TrainOptions::default()).unwrap_err(), TrainError::NoSamples);
    assert_eq!(train(&[sample(b"")], TrainOptions::default()).unwrap_err(), TrainError::NoSamples);
}

#[test]
fn a_file_is_read_as_it_was_written_or_not_at_all() {
    let set = common::trained(7);
    let file = set.to_file();
    let read = Dictionaries::from_file(file).unwrap();
    assert_eq!((read.hash(), read.version(), read.id()), (set.hash(), 7, set.id()));
    for end in (0..file.len()).step_by(7) {
        assert!(Dictionaries::from_file(&file[..end]).is_err(), "cut at {end}");
    }
    let mut damaged = file.to_vec();
    for place in (0..file.len()).step_by(7) {
        damaged[place] ^= 16;
        assert!(Dictionaries::from_file(&damaged).is_err(), "byte {place}");
        damaged[place] ^= 16;
    }
    assert_eq!(Dictionaries::from_file(b"{}").unwrap_err(), DictionaryError::Magic);
}

#[test]
fn dictionaries_that_are_not_known_are_named() {
    let set = common::trained(1);
    let frame = Encoder::new(Arc::clone(&set)).encode(common::MESSAGES[5].as_bytes());
    let error = Decoder::default().decode(&frame).unwrap_err();
    assert_eq!(error, DecodeError::UnknownDictionary { id: set.id() });
    assert!(error.to_string().contains(&set.id().to_string()));
}

#[test]
fn two_ends_agree_on_what_both_know_and_on_a_short_number() {
    let (old, new) = (common::trained(2), common::trained(3));
    let mut client = Registry::default();
    let mut server = Registry::default();
    client.add(Arc::clone(&old)).unwrap();
    client.add(Arc::clone(&new)).unwrap();
    server.add(Arc::clone(&old)).unwrap();
    assert_eq!(client.offer()[0], new.hash());
    let chosen = Registry::choose(&client.offer(), &server.offer()).unwrap();
    assert_eq!(chosen, old.hash());
    let id = client.bind(0, Arc::clone(client.find(chosen).unwrap())).unwrap();
    server.bind(0, Arc::clone(server.find(chosen).unwrap())).unwrap();
    let message = common::MESSAGES[5].as_bytes();
    let long = Encoder::new(Arc::clone(&old)).encode(message);
    let short = Encoder::new(old).known_as(id).encode(message);
    assert_eq!(short.len() + 3, long.len());
    assert_eq!(Decoder::new(server.clone()).decode(&short).unwrap().0, message);
    assert!(matches!(server.bind(0, Arc::clone(&new)), Err(Clash::Taken { .. })));
    assert_eq!(server.bind(64, new), Err(Clash::Slot { slot: 64 }));
}

#[test]
fn what_ships_has_number_one() {
    let shipped = Dictionaries::shipped();
    assert_eq!(shipped.id().to_string(), "1");
    assert!(Registry::default().get(shipped.id()).is_some());
}

/// zstd's trainer reads beyond the samples where those that it trains on are too short.
#[test]
fn what_ships_is_known_by_its_file_too() {
    let file = Dictionaries::from_file(Dictionaries::shipped().to_file()).unwrap();
    assert_ne!(file.id(), Dictionaries::shipped().id());
    let message = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"read"}}"#;
    let frame = Encoder::new(Arc::new(file)).encode(message);
    assert_eq!(Decoder::default().decode(&frame).unwrap().0, message);
}

#[test]
fn empty_and_tiny_samples_are_harmless() {
    let text = "let total = items.iter().map(|item| item.price).sum();\n".repeat(20);
    for short in ["", "x", "1234567"] {
        let mut messages = vec![short; 40];
        messages.extend([text.as_str(), text.as_str()]);
        let samples: Vec<Sample> = messages
            .iter()
            .map(|message| Sample { session: "one", message: message.as_bytes() })
            .collect();
        let set = train(&samples, TrainOptions { version: 1, bytes_per_type: 16 << 10 }).unwrap();
        let mut encoder = Encoder::new(Arc::new(set));
        assert!(encoder.encode(text.as_bytes()).len() < text.len() / 4);
    }
}

/// zstd refuses tables with hardly any content, and content that looks like tables.
#[test]
fn what_zstd_would_refuse_is_not_made_of_samples() {
    let alike: Vec<Vec<u8>> = (0..400).map(|n| vec![b'a'; n % 20]).collect();
    let magic = [&[0x37, 0xa4, 0x30, 0xec][..], &[b'm'; 200]].concat();
    let ordinary: Vec<Vec<u8>> = (1..9).flat_map(common::session).map(String::into_bytes).collect();
    for (messages, bytes_per_type) in
        [(alike, 64 << 10), (vec![magic; 5], 64 << 10), (ordinary.clone(), 0), (ordinary, 1)]
    {
        let samples: Vec<Sample> =
            messages.iter().map(|message| Sample { session: "one", message }).collect();
        let set = Arc::new(train(&samples, TrainOptions { version: 1, bytes_per_type }).unwrap());
        let mut registry = Registry::empty();
        registry.add(Arc::clone(&set)).unwrap();
        let frame = Encoder::new(set).encode(&messages[4]);
        assert_eq!(Decoder::new(registry).decode(&frame).unwrap().0, messages[4]);
    }
}

#[test]
fn a_size_beyond_what_a_part_may_hold_is_refused() {
    let samples = [Sample { session: "one", message: b"a message" }];
    for bytes in [(8 << 20) + 1, usize::MAX] {
        let refused = train(&samples, TrainOptions { version: 1, bytes_per_type: bytes });
        assert_eq!(refused.unwrap_err(), TrainError::Size { bytes });
    }
}
