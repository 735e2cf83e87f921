//! What compression buys on recorded messages: `cargo run --release -p attune-codec --example
//! compare -- [--bytes N] [--seed N] [--envelope] FILE…`, the files being JSON lines with
//! `source`, `session` and `content`. Messages are split by session, never by message.
//!
//! Prints, for tests of the same sources and for each source with dictionaries of the others, the
//! bytes that are left of 100, and the mean of what is left of each message.

mod support;

use attune_codec::{
    Decoder, Dictionaries, Encoder, Level, Registry, StreamDecoder, StreamEncoder, StreamOptions,
    TrainOptions, ZstdLevel, push_frame, train,
};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;
use support::Message;
use zstd::zstd_safe::{CCtx, CDict};

const BATCH: usize = 100;

fn main() {
    let mut bytes = 64 << 10;
    let mut seed = 0;
    let mut envelope = false;
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).expect("a number");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bytes" => bytes = number(arguments.next()) as usize,
            "--seed" => seed = number(arguments.next()),
            "--envelope" => envelope = true,
            _ => files.push(argument),
        }
    }
    let mut messages = support::messages(&files);
    if envelope {
        messages.iter_mut().for_each(wrap);
    }
    let sources: BTreeSet<String> = messages.iter().map(|message| message.source.clone()).collect();
    let part = |test: &dyn Fn(&Message) -> bool| -> Vec<&Message> {
        messages.iter().filter(|message| test(message)).collect()
    };
    let train = part(&|message| !support::is_test(message, seed));
    let test = part(&|message| support::is_test(message, seed));
    compare("same sources", &train, &test, bytes);
    for source in &sources {
        if sources.len() < 2 {
            break;
        }
        let train = part(&|message| message.source != *source);
        let test = part(&|message| message.source == *source);
        compare(&format!("{source}, trained on the others"), &train, &test, bytes);
    }
}

/// As an agent would send it: within JSON-RPC.
fn wrap(message: &mut Message) {
    let text = String::from_utf8_lossy(&message.bytes).into_owned();
    let envelope = serde_json::json!({
        "jsonrpc": "2.0",
        "method": "agent/message",
        "params": { "session": message.session, "content": text },
    });
    message.bytes = envelope.to_string().into_bytes();
}

/// What is left of messages, by way.
#[derive(Default)]
struct Left {
    bytes: usize,
    shares: f64,
}

fn compare(title: &str, train_on: &[&Message], test: &[&Message], bytes: usize) {
    let set =
        train(&support::samples(train_on), TrainOptions { version: 1, bytes_per_type: bytes });
    let set = Arc::new(set.expect("samples"));
    let total: usize = test.iter().map(|message| message.bytes.len()).sum();
    println!(
        "\n{title}: {} messages in training, {} in test, {total} bytes",
        train_on.len(),
        test.len()
    );
    println!("  dictionaries of {} bytes, all types together", set.bytes());
    let plain = plain_dictionary(train_on, set.bytes());
    let mut left: BTreeMap<(usize, String), Left> = BTreeMap::new();
    let mut add = |order: usize, way: String, length: usize, message: &Message| {
        let left = left.entry((order, way)).or_default();
        left.bytes += length;
        left.shares += length as f64 / message.bytes.len() as f64;
    };
    for message in test {
        add(0, "gzip 6".into(), gzip(&message.bytes, 6), message);
        add(1, "gzip 9".into(), gzip(&message.bytes, 9), message);
        add(2, "Brotli 11".into(), brotli(&message.bytes), message);
        add(
            3,
            "zstd 19".into(),
            zstd::bulk::compress(&message.bytes, 19).expect("memory").len(),
            message,
        );
    }
    let levels =
        [3, 9, 12, 19].map(|level| (level, Level::Fixed(ZstdLevel::new(level).expect("a level"))));
    for (order, (level, _)) in levels.iter().enumerate() {
        let dictionary = CDict::create(&plain, i32::from(*level));
        let mut context = CCtx::create();
        for message in test {
            let mut out = Vec::with_capacity(zstd::zstd_safe::compress_bound(message.bytes.len()));
            let length = context
                .compress_using_cdict(&mut out, &message.bytes, &dictionary)
                .expect("memory");
            add(4 + order, format!("zstd {level} + dictionary of the same size"), length, message);
        }
    }
    for (order, (name, level)) in levels
        .map(|(level, fixed)| (format!("compact {level}"), fixed))
        .into_iter()
        .chain([("compact, level by size".to_string(), Level::BySize)])
        .enumerate()
    {
        let mut encoder = Encoder::new(Arc::clone(&set)).level(level);
        let mut decoder = Decoder::new(registry(&set));
        for message in test {
            let frame = encoder.encode(&message.bytes);
            assert_eq!(decoder.decode(&frame).expect("a frame").0, message.bytes);
            // As in a buffer with others, after its length.
            let mut buffer = Vec::new();
            push_frame(&frame, &mut buffer);
            add(8 + order, name.clone(), buffer.len(), message);
        }
    }
    for ((_, way), left) in &left {
        println!(
            "  {way:<40} {:>6.2} %   {:>6.2} % a message",
            100.0 * left.bytes as f64 / total as f64,
            100.0 * left.shares / test.len() as f64
        );
    }
    streams(&set, test, total);
}

fn registry(set: &Arc<Dictionaries>) -> Registry {
    let mut registry = Registry::empty();
    registry.add(Arc::clone(set)).expect("the only one");
    registry
}

/// Each session a connection: batches of a hundred beside streams.
fn streams(set: &Arc<Dictionaries>, test: &[&Message], total: usize) {
    let mut sessions: BTreeMap<&str, Vec<&[u8]>> = BTreeMap::new();
    for message in test {
        sessions.entry(&message.session).or_default().push(&message.bytes);
    }
    let share = |bytes: usize| 100.0 * bytes as f64 / total as f64;
    for level in [3, 19] {
        let batch =
            |batch: &[&[u8]]| zstd::bulk::compress(&batch.concat(), level).expect("memory").len();
        let batches = sessions.values().flat_map(|session| session.chunks(BATCH)).map(batch).sum();
        println!("  {:<40} {:>6.2} %", format!("batches of {BATCH}, zstd {level}"), share(batches));
    }
    for level in [3, 6, 9, 12, 19] {
        for dictionary in [None, Some(set)] {
            let options = StreamOptions {
                level: ZstdLevel::new(level).expect("a level"),
                ..StreamOptions::default()
            };
            let mut bytes = 0;
            for session in sessions.values() {
                let mut encoder = StreamEncoder::new(dictionary, options).expect("options");
                let mut decoder = StreamDecoder::new(registry(set), options).expect("options");
                for message in session {
                    let record = encoder.encode(message).expect("memory");
                    assert_eq!(decoder.decode(&record).expect("a record"), *message);
                    let mut sent = Vec::new();
                    push_frame(&record, &mut sent);
                    bytes += sent.len();
                }
            }
            let dictionary = if dictionary.is_some() { " + dictionary" } else { "" };
            println!("  {:<40} {:>6.2} %", format!("stream {level}{dictionary}"), share(bytes));
        }
    }
}

/// As the zstd library trains it, on the same messages.
fn plain_dictionary(train_on: &[&Message], bytes: usize) -> Vec<u8> {
    let mut samples = Vec::new();
    let mut sizes = Vec::new();
    for message in train_on {
        let sample = &message.bytes[..message.bytes.len().min(128 << 10)];
        samples.extend_from_slice(sample);
        sizes.push(sample.len());
    }
    zstd::dict::from_continuous(&samples, &sizes, bytes).expect("samples")
}

fn gzip(message: &[u8], level: u32) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(message).expect("memory");
    encoder.finish().expect("memory").len()
}

fn brotli(message: &[u8]) -> usize {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 11, 22).write_all(message).expect("memory");
    out.len()
}
