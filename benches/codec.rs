//! Encoding and decoding beside zstd called directly with the same prepared dictionary on the same
//! bytes, and with its own checksum, since a frame promises no less: `cargo bench -p attune-codec`.
//! The messages are those of the repository's own corpus, by length; `cargo run --release -p
//! attune-codec --example speed` prints ratios.

use attune_codec::{
    ContentType, Decoder, Dictionaries, Encoder, Frames, Level, Registry, StreamDecoder,
    StreamEncoder, StreamOptions, ZstdLevel, push_frame,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::fs;
use std::path::Path;
use std::time::Duration;
use zstd::zstd_safe::{CCtx, CDict, CParameter, DCtx, DDict, compress_bound};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = frames, streams
}
criterion_main!(benches);

const LEVELS: [u8; 3] = [3, 9, 19];
/// Classes of length: from, up to, in bytes.
const LENGTHS: [(usize, usize); 3] = [(100, 400), (800, 1600), (3000, 6000)];

/// Messages of the corpus that are in this class of length.
fn messages(low: usize, high: usize) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the corpus")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let lines = files
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .map(|path| fs::read_to_string(path).expect("text"));
    let mut messages = Vec::new();
    for text in lines {
        for line in text.lines() {
            let message: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let content = message["content"].as_str().unwrap_or_default().as_bytes();
            if (low..=high).contains(&content.len()) {
                messages.push(content.to_vec());
            }
        }
    }
    messages.truncate(50);
    messages
}

fn with_checksum() -> CCtx<'static> {
    let mut context = CCtx::create();
    context.set_parameter(CParameter::ChecksumFlag(true)).expect("a parameter of zstd");
    context
}

fn compress<'d>(context: &mut CCtx<'d>, dictionary: &'d CDict, message: &[u8], out: &mut Vec<u8>) {
    context.ref_cdict(dictionary).expect("a dictionary");
    context.compress2(out, message).expect("memory");
}

fn frames(criterion: &mut Criterion) {
    let set = Dictionaries::shipped();
    for (low, high) in LENGTHS {
        let messages = messages(low, high);
        let bytes: usize = messages.iter().map(Vec::len).sum();
        let kinds: Vec<usize> =
            messages.iter().map(|message| ContentType::detect(message) as usize).collect();
        let mut out = Vec::with_capacity(compress_bound(high));
        let mut group = criterion.benchmark_group(format!("{low} to {high} bytes"));
        group.throughput(Throughput::Bytes(bytes as u64));
        for level in LEVELS {
            let fixed = Level::Fixed(ZstdLevel::new(level).expect("a level"));
            let mut encoder = Encoder::default().level(fixed);
            group.bench_function(BenchmarkId::new("encode", level), |bencher| {
                bencher.iter(|| {
                    for message in &messages {
                        out.clear();
                        encoder.encode_into(message, &mut out);
                    }
                });
            });
            let dictionaries = ContentType::ALL
                .map(|kind| CDict::create(set.zstd_dictionary(kind), i32::from(level)));
            let mut context = with_checksum();
            group.bench_function(BenchmarkId::new("zstd encodes", level), |bencher| {
                bencher.iter(|| {
                    for (message, kind) in messages.iter().zip(&kinds) {
                        compress(&mut context, &dictionaries[*kind], message, &mut out);
                    }
                });
            });
        }
        let mut encoder = Encoder::default();
        let frames: Vec<Vec<u8>> = messages.iter().map(|message| encoder.encode(message)).collect();
        let mut decoder = Decoder::default();
        group.bench_function("decode", |bencher| {
            bencher.iter(|| {
                for frame in &frames {
                    decoder.decode_into(frame, &mut out).expect("a frame");
                }
            });
        });
        let dictionaries = ContentType::ALL.map(|kind| set.zstd_dictionary(kind));
        let encoding = dictionaries.map(|dictionary| CDict::create(dictionary, 19));
        let decoding = dictionaries.map(DDict::create);
        let (mut encoder, mut decoder) = (with_checksum(), DCtx::create());
        let frames: Vec<Vec<u8>> = messages
            .iter()
            .zip(&kinds)
            .map(|(message, kind)| {
                compress(&mut encoder, &encoding[*kind], message, &mut out);
                out.clone()
            })
            .collect();
        group.bench_function("zstd decodes", |bencher| {
            bencher.iter(|| {
                for (frame, kind) in frames.iter().zip(&kinds) {
                    decoder
                        .decompress_using_ddict(&mut out, frame, &decoding[*kind])
                        .expect("a frame");
                }
            });
        });
        group.finish();
    }
}

/// A connection that sends messages of all lengths.
fn streams(criterion: &mut Criterion) {
    let messages = messages(0, 6000);
    let bytes: usize = messages.iter().map(Vec::len).sum();
    let options = StreamOptions::default();
    let mut group = criterion.benchmark_group("stream");
    group.throughput(Throughput::Bytes(bytes as u64));
    let mut encoder = StreamEncoder::new(Some(&Dictionaries::shipped()), options).expect("memory");
    let (mut record, mut buffer) = (Vec::new(), Vec::new());
    let mut send = |buffer: &mut Vec<u8>| {
        buffer.clear();
        encoder.reset().expect("a session");
        for message in &messages {
            record.clear();
            encoder.encode_into(message, &mut record).expect("memory");
            push_frame(&record, buffer);
        }
    };
    group.bench_function("encode", |bencher| bencher.iter(|| send(&mut buffer)));
    let mut out = Vec::new();
    let mut decoder = StreamDecoder::new(Registry::default(), options).expect("memory");
    group.bench_function("encode and decode", |bencher| {
        bencher.iter(|| {
            send(&mut buffer);
            for record in Frames::new(&buffer) {
                decoder.decode_into(record.expect("whole"), &mut out).expect("a record");
            }
        });
    });
    group.finish();
}
