//! What encoding and decoding cost, beside zstd called directly with the same prepared dictionary
//! on the same bytes, and with its own checksum, since a frame promises no less: `cargo run
//! --release -p attune-codec --example speed -- FILE…`, the files being JSON lines with `session`
//! and `content`. One thread; of several rounds, the fastest counts. `kept` is the share of bytes
//! that is left. Before that, the memory that prepared dictionaries take.

#![allow(clippy::disallowed_methods, reason = "to measure time is what this is for")]

mod support;

use attune_codec::{
    ContentType, Decoder, Dictionaries, Encoder, Level, Registry, TrainOptions, ZstdLevel, train,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::Message;
use zstd::zstd_safe::{CCtx, CDict, CParameter, DCtx, DDict, compress_bound};

const ROUNDS: usize = 15;
const MESSAGES_MAX: usize = 60;
const MESSAGES_MIN: usize = 10;
const LEVELS: [u8; 7] = [1, 3, 6, 9, 15, 17, 19];
/// Classes of length: up to so many bytes.
const LENGTHS: [usize; 6] = [256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10];

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut messages = support::messages(&files);
    messages.retain(|message| message.bytes.len() <= LENGTHS[LENGTHS.len() - 1]);
    let (test, train_on): (Vec<_>, Vec<_>) =
        messages.iter().partition(|message| support::is_test(message, 0));
    let set = train(&support::samples(&train_on), TrainOptions::default()).expect("samples");
    let set = Arc::new(set);
    memory("what ships", &Dictionaries::shipped());
    memory("trained here", &set);
    for json in [false, true] {
        println!("{}", if json { "JSON, whose strings are folded" } else { "everything else" });
        println!("up to B  n   level   encode µs  of zstd   decode µs  of zstd    kept");
        let mut low = 0;
        for high in LENGTHS {
            let class = |message: &&&Message| {
                (low + 1..=high).contains(&message.bytes.len())
                    && (ContentType::detect(&message.bytes) == ContentType::Json) == json
            };
            let class: Vec<&Message> =
                test.iter().filter(class).copied().take(MESSAGES_MAX).collect();
            low = high;
            // Of fewer, a single message would decide.
            if class.len() >= MESSAGES_MIN {
                LEVELS.into_iter().for_each(|level| line(&set, &class, high, level));
            }
        }
    }
}

/// What dictionaries take once they are prepared, all types together.
fn memory(name: &str, set: &Dictionaries) {
    let all = ContentType::ALL.map(|kind| set.zstd_dictionary(kind));
    let decoding: usize =
        all.iter().map(|dictionary| dictionary.len() + DDict::create(dictionary).sizeof()).sum();
    let decoding = set.bytes() + decoding;
    print!("{name}, {} bytes: {:.1} MB to decode", set.bytes(), decoding as f64 / 1e6);
    for level in LEVELS {
        let prepared = |dictionary: &&[u8]| CDict::create(dictionary, i32::from(level)).sizeof();
        let encoding: usize = all.iter().map(prepared).sum();
        print!(", {:.1} for level {level}", encoding as f64 / 1e6);
    }
    println!();
}

fn line(set: &Arc<Dictionaries>, class: &[&Message], high: usize, level: u8) {
    let mut registry = Registry::empty();
    registry.add(Arc::clone(set)).expect("the only one");
    let fixed = Level::Fixed(ZstdLevel::new(level).expect("a level"));
    let mut encoder = Encoder::new(Arc::clone(set)).level(fixed);
    let mut decoder = Decoder::new(registry);
    let kinds: Vec<ContentType> =
        class.iter().map(|message| ContentType::detect(&message.bytes)).collect();
    let dictionaries = ContentType::ALL.map(|kind| set.zstd_dictionary(kind));
    let encoding = dictionaries.map(|dictionary| CDict::create(dictionary, i32::from(level)));
    let decoding = dictionaries.map(DDict::create);
    let (mut compressor, mut decompressor) = (CCtx::create(), DCtx::create());
    compressor.set_parameter(CParameter::ChecksumFlag(true)).expect("a parameter of zstd");
    let longest = class.iter().map(|message| message.bytes.len()).max().unwrap_or_default();
    let mut out = Vec::with_capacity(compress_bound(longest));
    let frames: Vec<Vec<u8>> = class.iter().map(|message| encoder.encode(&message.bytes)).collect();
    let plain: Vec<Vec<u8>> = class
        .iter()
        .zip(&kinds)
        .map(|(message, kind)| {
            compress(&mut compressor, &encoding[*kind as usize], &message.bytes, &mut out);
            out.clone()
        })
        .collect();
    // Taken in turns, so that a busy machine slows all of them.
    let mut fastest = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        let rounds = [
            timed(|| {
                for message in class {
                    out.clear();
                    encoder.encode_into(black_box(&message.bytes), &mut out);
                }
            }),
            timed(|| {
                for (message, kind) in class.iter().zip(&kinds) {
                    let dictionary = &encoding[*kind as usize];
                    compress(&mut compressor, dictionary, black_box(&message.bytes), &mut out);
                }
            }),
            timed(|| {
                for frame in &frames {
                    decoder.decode_into(black_box(frame), &mut out).expect("a frame");
                }
            }),
            timed(|| {
                for (frame, kind) in plain.iter().zip(&kinds) {
                    let dictionary = &decoding[*kind as usize];
                    let frame = black_box(frame);
                    decompressor
                        .decompress_using_ddict(&mut out, frame, dictionary)
                        .expect("a frame");
                }
            }),
        ];
        fastest = std::array::from_fn(|place| fastest[place].min(rounds[place]));
    }
    let micros = |place: usize| fastest[place].as_secs_f64() * 1e6 / class.len() as f64;
    let total: usize = class.iter().map(|message| message.bytes.len()).sum();
    let kept: usize = frames.iter().map(Vec::len).sum();
    println!(
        "{high:>7} {:>3} {level:>6} {:>11.1} {:>8.2} {:>11.2} {:>8.2} {:>6.1} %",
        class.len(),
        micros(0),
        micros(0) / micros(1),
        micros(2),
        micros(2) / micros(3),
        100.0 * kept as f64 / total as f64
    );
}

fn compress<'d>(context: &mut CCtx<'d>, dictionary: &'d CDict, message: &[u8], out: &mut Vec<u8>) {
    context.ref_cdict(dictionary).expect("a dictionary");
    context.compress2(out, message).expect("memory");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
