//! Streams: order, loss, repetition, damage, reset; and what history saves.

mod common;

use attune_codec::{
    DecodeError, Dictionaries, Encoder, Registry, StreamDecoder, StreamEncoder, StreamOptions,
    ZstdLevel,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn records(encoder: &mut StreamEncoder, messages: &[String]) -> Vec<Vec<u8>> {
    messages.iter().map(|message| encoder.encode(message.as_bytes()).unwrap()).collect()
}

fn ends() -> (StreamEncoder, StreamDecoder) {
    let options = StreamOptions::default();
    let encoder = StreamEncoder::new(Some(&Dictionaries::shipped()), options).unwrap();
    (encoder, StreamDecoder::new(Registry::default(), options).unwrap())
}

#[test]
fn each_message_comes_back_when_its_record_does() {
    let (mut encoder, mut decoder) = ends();
    let mut messages = common::MESSAGES.map(str::to_string).to_vec();
    messages.extend(common::session(2));
    // Longer than a block, and than the window.
    messages.push("a long one, again. ".repeat(100_000));
    messages.extend(common::session(3));
    for (message, record) in messages.iter().zip(records(&mut encoder, &messages)) {
        assert_eq!(decoder.decode(&record).unwrap(), message.as_bytes());
    }
}

#[test]
fn history_makes_records_shorter_than_frames() {
    let (mut encoder, _) = ends();
    let messages = common::session(4);
    let records: usize = records(&mut encoder, &messages).iter().map(Vec::len).sum();
    let mut encoder = Encoder::default();
    let frames: usize =
        messages.iter().map(|message| encoder.encode(message.as_bytes()).len()).sum();
    assert!(records * 3 < frames * 2, "{records} and {frames} bytes");
}

#[test]
fn a_record_that_is_lost_or_repeated_is_told_and_changes_nothing() {
    let (mut encoder, mut decoder) = ends();
    let messages: Vec<String> = (0..3).flat_map(common::session).collect();
    let records = records(&mut encoder, &messages);
    assert_eq!(decoder.decode(&records[1]), Err(DecodeError::OutOfStep));
    for number in 0..100 {
        assert_eq!(decoder.decode(&records[number]).unwrap(), messages[number].as_bytes());
        let (expected, next) = (number as u64 + 1, number + 1);
        let lost = DecodeError::Lost { expected, found: expected + 1 };
        assert_eq!(decoder.decode(&records[next + 1]), Err(lost));
        if number > 0 {
            let repeated = DecodeError::Repeated { expected, found: expected - 1 };
            assert_eq!(decoder.decode(&records[number]), Err(repeated));
        }
    }
    let old = decoder.decode(&records[0]);
    assert_eq!(old, Err(DecodeError::OldSession { found: 0, due: 1 }));
    assert_eq!(decoder.decode(&records[100]).unwrap(), messages[100].as_bytes());
    // So many are lost that the number in the record is the one that is due: the checksum tells.
    assert_eq!(decoder.decode(&records[101]).unwrap(), messages[101].as_bytes());
    assert_eq!(records[102][0] & 0xf8, records[70][0] & 0xf8);
    assert!(decoder.decode(&records[70]).is_err());
}

/// The number in a record repeats after 32; the checksum covers the whole one.
#[test]
fn records_that_look_alike_are_told_apart() {
    let (mut encoder, mut decoder) = ends();
    let records = records(&mut encoder, &vec![String::new(); 40]);
    for record in &records[..5] {
        decoder.decode(record).unwrap();
    }
    assert_eq!(records[5][0], records[37][0]);
    assert_eq!(decoder.decode(&records[37]), Err(DecodeError::Checksum));
}

/// Lost, repeated, reordered, and from sessions before: a record gives its own message or an error.
#[test]
fn whatever_the_order_no_record_gives_another_message() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let (mut encoder, mut decoder) = ends();
    let mut sent: Vec<(String, Vec<u8>)> = Vec::new();
    for number in 0..12 {
        let messages = common::session(number);
        let records = records(&mut encoder, &messages);
        sent.extend(messages.into_iter().zip(records));
        encoder.reset().unwrap();
    }
    let (mut next, mut came) = (0, 0);
    while next < sent.len() {
        let place = match random.random_range(0..20) {
            0 => random.random_range(0..sent.len()),
            1 => (next + random.random_range(0..3)).min(sent.len() - 1),
            2 => next.saturating_sub(random.random_range(0..40)),
            _ => next,
        };
        let (message, record) = &sent[place];
        if let Ok(decoded) = decoder.decode(record) {
            assert_eq!(decoded, message.as_bytes());
            came += 1;
        }
        next += usize::from(place == next);
    }
    assert!(came > 40, "{came} came through");
}

#[test]
fn after_damage_a_reset_brings_the_ends_together() {
    let (mut encoder, mut decoder) = ends();
    let messages = common::session(6);
    let mut sent = records(&mut encoder, &messages[..4]);
    decoder.decode(&sent[0]).unwrap();
    *sent[1].last_mut().unwrap() ^= 1;
    assert!(decoder.decode(&sent[1]).is_err());
    assert_eq!(decoder.decode(&sent[2]), Err(DecodeError::OutOfStep));
    encoder.reset().unwrap();
    for (message, record) in messages.iter().zip(records(&mut encoder, &messages)) {
        assert_eq!(decoder.decode(&record).unwrap(), message.as_bytes());
    }
}

/// What a damaged record says of its session is not believed: the right one can still come, and
/// so can a later session.
#[test]
fn a_beginning_that_was_damaged_can_be_sent_again() {
    let (mut encoder, mut decoder) = ends();
    let messages = common::session(6);
    let record = records(&mut encoder, &messages[..1]).remove(0);
    let mut damaged = record.clone();
    damaged[1] ^= 0x20;
    assert_eq!(decoder.decode(&damaged), Err(DecodeError::Checksum));
    assert_eq!(decoder.decode(&record).unwrap(), messages[0].as_bytes());
    assert_eq!(decoder.decode(&damaged), Err(DecodeError::Checksum));
    encoder.reset().unwrap();
    for (message, record) in messages.iter().zip(records(&mut encoder, &messages)) {
        assert_eq!(decoder.decode(&record).unwrap(), message.as_bytes());
    }
}

#[test]
fn a_stream_is_bounded_by_limit_and_window() {
    let options = StreamOptions { window_log: 16, ..StreamOptions::default() };
    let long = "x".repeat(5000);
    let decoder = |limit| StreamDecoder::new(Registry::default(), options).unwrap().limit(limit);
    let mut encoder = StreamEncoder::new(None, options).unwrap();
    let record = records(&mut encoder, std::slice::from_ref(&long)).remove(0);
    assert_eq!(decoder(5000).decode(&record).unwrap(), long.as_bytes());
    let error = decoder(4999).decode(&record).unwrap_err();
    assert_eq!(error, DecodeError::TooLong { length: 5000, limit: 4999 });
    let mut wide = StreamEncoder::new(None, StreamOptions { window_log: 22, ..options }).unwrap();
    let record = records(&mut wide, &[long]).remove(0);
    let error = decoder(5000).decode(&record).unwrap_err();
    assert_eq!(error, DecodeError::Window { found: 22, max: 16 });
}

#[test]
fn dictionaries_that_are_not_known_are_named() {
    let set = common::trained(1);
    let options = StreamOptions::default();
    let mut encoder = StreamEncoder::new(Some(&set), options).unwrap();
    let record = records(&mut encoder, &common::session(1)[..1]).remove(0);
    let mut decoder = StreamDecoder::new(Registry::default(), options).unwrap();
    let error = decoder.decode(&record).unwrap_err();
    assert_eq!(error, DecodeError::UnknownDictionary { id: set.id() });
}

#[test]
fn memory_is_what_the_options_say() {
    for (window_log, level, bytes_max) in [(16, 9, 2 << 20), (20, 9, 7 << 19), (20, 19, 6 << 20)] {
        let level = ZstdLevel::new(level).unwrap();
        let options = StreamOptions { level, window_log, ..StreamOptions::default() };
        let mut encoder = StreamEncoder::new(Some(&Dictionaries::shipped()), options).unwrap();
        encoder.encode("a message ".repeat(300_000).as_bytes()).unwrap();
        assert!(encoder.memory() <= bytes_max, "{options:?}: {} bytes", encoder.memory());
    }
}
