//! Whatever the bytes, a decoder gives an error or the message, and nothing else. Found cases are
//! kept in `regressions/`.

mod common;

use attune_codec::{
    DecodeError, Decoder, Encoder, Frames, Registry, StreamDecoder, StreamEncoder, StreamOptions,
    canonical, push_frame,
};
use common::MESSAGES;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs;
use std::path::Path;

/// Frames of all kinds, with their messages.
fn frames() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut encoder = Encoder::default();
    let long = common::session(3).concat();
    let mut frames = Vec::new();
    for message in MESSAGES.into_iter().chain([long.as_str()]) {
        frames.push((encoder.encode(message.as_bytes()), message.as_bytes().to_vec()));
        frames.push((
            Encoder::without_dictionaries().encode(message.as_bytes()),
            message.as_bytes().to_vec(),
        ));
    }
    let (canonical, _) = encoder.encode_canonical(MESSAGES[2].as_bytes());
    frames.push((canonical.clone(), Decoder::default().decode(&canonical).unwrap().0));
    frames
}

#[test]
fn a_frame_cut_anywhere_is_an_error() {
    let mut decoder = Decoder::default();
    for (frame, _) in frames() {
        for end in 0..frame.len() {
            assert!(decoder.decode(&frame[..end]).is_err(), "{end} of {}", frame.len());
        }
        let longer = [&frame[..], &[0]].concat();
        assert!(decoder.decode(&longer).is_err(), "a byte more");
    }
}

#[test]
fn a_frame_with_any_bit_flipped_is_an_error() {
    let mut decoder = Decoder::default();
    for (mut frame, message) in frames() {
        for bit in 0..frame.len() * 8 {
            frame[bit / 8] ^= 1 << (bit % 8);
            let decoded = decoder.decode(&frame);
            assert!(decoded.is_err(), "bit {bit} of a frame of {} bytes", message.len());
            frame[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(decoder.decode(&frame).unwrap().0, message, "errors leave nothing behind");
    }
}

#[test]
fn what_a_frame_claims_is_checked_before_room_is_made() {
    let mut decoder = Decoder::default().limit(1000);
    let fits = Encoder::default().encode(&[b'a'; 1000]);
    assert_eq!(decoder.decode(&fits).unwrap().0.len(), 1000);
    let bomb = Encoder::default().encode(&[b'a'; 1 << 20]);
    assert!(bomb.len() < 200);
    assert_eq!(decoder.decode(&bomb), Err(DecodeError::TooLong { length: 1 << 20, limit: 1000 }));
    // The same, with a length that lies: the rest is never decompressed.
    let zstd = Encoder::without_dictionaries().encode(&[b'a'; 1 << 20]);
    let lying = [&zstd[..2], &[100], &zstd[5..]].concat();
    let error = decoder.decode(&lying).unwrap_err();
    assert!(matches!(error, DecodeError::Damaged { .. }), "{error}");
}

#[test]
fn the_highest_limit_is_a_limit_too() {
    let message = b"again and again and again and again";
    let mut decoder = Decoder::default().limit(usize::MAX);
    let frame = Encoder::default().encode(message);
    assert_eq!(decoder.decode(&frame).unwrap().0, message);
    // As many bytes as there can be, said of a body that holds at most a block for each three.
    for first in [0x48, 0x4c, 0x50, 0x54] {
        let length = [&[0xff; 8][..], &[0x7f]].concat();
        let lying = [&[first, 0][..], &length, &[0; 20]].concat();
        let error = decoder.decode(&lying).unwrap_err();
        assert!(matches!(error, DecodeError::Damaged { .. }), "{error}");
    }
    let options = StreamOptions::default();
    let record = StreamEncoder::new(None, options).unwrap().encode(message).unwrap();
    let decoder = StreamDecoder::new(Registry::default(), options).unwrap();
    assert_eq!(decoder.limit(usize::MAX).decode(&record).unwrap(), message);
}

#[test]
fn room_is_made_for_what_a_body_can_hold() {
    // 16 MiB, said of a body with one block.
    let lying = [&[0x48, 0, 0x80, 0x80, 0x80, 0x08][..], &[0; 20]].concat();
    let mut out = Vec::new();
    assert!(Decoder::default().decode_into(&lying, &mut out).is_err());
    assert!(out.capacity() <= 128 << 10, "{} bytes", out.capacity());
}

#[test]
fn after_an_error_there_are_no_more_frames() {
    let buffer = [&[1, 0][..], &[5, 1]].concat();
    let mut frames = Frames::new(&buffer);
    assert_eq!(frames.by_ref().take(9).count(), 2);
    assert_eq!(frames.rest(), [5, 1], "whose end may still come");
}

#[test]
fn nobody_waits_for_a_frame_that_is_too_long() {
    let stated = |length: usize| {
        let mut buffer = Vec::new();
        push_frame(&vec![0; length], &mut buffer);
        let head = &buffer[..4];
        let next = Frames::new(head).limit(1000).next();
        next.unwrap().unwrap_err()
    };
    assert_eq!(stated(1000), DecodeError::Truncated { part: "body" });
    assert_eq!(stated(2000), DecodeError::TooLong { length: 2000, limit: 1064 });
}

#[test]
fn strings_that_grow_within_strings_stay_within_the_limit() {
    // Each level of strings doubles backslashes.
    let mut text = "\\".repeat(100);
    for _ in 0..4 {
        text = serde_json::to_string(&vec![text]).unwrap();
    }
    let frame = Encoder::default().encode(text.as_bytes());
    assert_eq!(Decoder::default().decode(&frame).unwrap().0, text.as_bytes());
    let error = Decoder::default().limit(text.len() - 1).decode(&frame).unwrap_err();
    assert!(matches!(error, DecodeError::TooLong { .. }), "{error}");
}

/// So many frames, each damaged in one to four places: none may panic, and none may give a
/// message that is not the frame's own.
fn mutate(count: u32, seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let frames = frames();
    let mut decoder = Decoder::default().limit(1 << 20);
    let mut out = Vec::new();
    for round in 0..count {
        let (frame, message) = &frames[random.random_range(0..frames.len())];
        let mut frame = frame.clone();
        for _ in 0..random.random_range(1..=4) {
            damage(&mut frame, &mut random);
        }
        if decoder.decode_into(&frame, &mut out).is_ok() {
            assert_eq!(&out, message, "round {round} of seed {seed}");
        }
    }
}

fn damage(frame: &mut Vec<u8>, random: &mut impl Rng) {
    let place = random.random_range(0..=frame.len());
    match random.random_range(0..6) {
        0 => frame.truncate(place),
        1 => frame.insert(place, random.random()),
        2 if place < frame.len() => drop(frame.remove(place)),
        3 if place < frame.len() => frame[place] = random.random(),
        4 => {
            // The header, where a change does most.
            let head = frame.len().min(8);
            if head > 0 {
                frame[random.random_range(0..head)] ^= 1 << random.random_range(0..8);
            }
        }
        _ if place < frame.len() => frame[place] ^= 1 << random.random_range(0..8),
        _ => frame.push(random.random()),
    }
}

#[test]
fn damaged_frames_do_no_harm() {
    mutate(200_000, 1);
}

#[test]
#[ignore = "a million; cargo test --release -p attune-codec --test hostile -- --ignored"]
fn a_million_damaged_frames_do_no_harm() {
    mutate(1_000_000, 2);
}

#[test]
fn damaged_records_do_no_harm() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let messages = common::session(5);
    let set = common::trained(1);
    let mut registry = Registry::empty();
    registry.add(set.clone()).unwrap();
    let options = StreamOptions::default();
    let mut buffer = Vec::new();
    let mut encoder = StreamEncoder::new(Some(&set), options).unwrap();
    for message in &messages {
        push_frame(&encoder.encode(message.as_bytes()).unwrap(), &mut buffer);
    }
    let records: Vec<&[u8]> = Frames::new(&buffer).map(Result::unwrap).collect();
    for round in 0..2000 {
        let mut decoder = StreamDecoder::new(registry.clone(), options).unwrap().limit(1 << 16);
        let damaged = random.random_range(0..records.len());
        for (number, record) in records.iter().enumerate() {
            let mut record = record.to_vec();
            if number == damaged {
                damage(&mut record, &mut random);
            }
            match decoder.decode(&record) {
                Ok(message) => assert_eq!(message, messages[number].as_bytes(), "round {round}"),
                Err(_) => break,
            }
        }
    }
}

#[test]
fn what_was_found_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let mut found: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    for path in found.into_iter().filter(|path| path.extension().is_some_and(|end| end == "bin")) {
        let bytes = fs::read(&path).unwrap();
        let _ = Decoder::default().limit(1 << 20).decode(&bytes);
        let _ = Decoder::default().limit(1 << 20).decode_delta(b"base", &bytes);
        let mut stream = StreamDecoder::new(Registry::default(), StreamOptions::default()).unwrap();
        let _ = stream.decode(&bytes);
        Frames::new(&bytes).take_while(Result::is_ok).for_each(drop);
        if let Ok(once) = canonical(&bytes) {
            assert_eq!(canonical(&once), Ok(once.clone()), "{}", path.display());
        }
        let frame = Encoder::default().encode(&bytes);
        assert_eq!(Decoder::default().decode(&frame).unwrap().0, bytes, "{}", path.display());
        let mut buffer = Vec::new();
        push_frame(&frame, &mut buffer);
    }
}
