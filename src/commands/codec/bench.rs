//! `attune codec bench`: how long encoding and decoding take, beside other compressors.

use super::read;
use crate::output::{Format, show};
use anyhow::{anyhow, bail};
use attune_codec::{
    Decoder, Dictionaries, Encoder, Level, Registry, StreamDecoder, StreamEncoder, StreamOptions,
    ZstdLevel,
};
use attune_sim::compression::{self, Baseline};
use attune_sim::results::{Cell, Column, Table};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune codec bench
  attune codec bench messages.jsonl --format json

Times are of this machine and this moment: nothing here is a result that repeats. Without files the
repository's corpus is taken. Exit status: 0 done, 2 misuse.")]
pub struct Arguments {
    /// Files of messages.
    #[arg(value_name = "MESSAGES")]
    files: Vec<PathBuf>,
    /// How often each message is encoded and decoded; its median counts.
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Of frames: a level of zstd, 1 to 22, instead of one by the message's size.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=22))]
    level: Option<u8>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Messages up to so many bytes stand together.
const CLASSES: [(usize, &str); 5] = [
    (128, "up to 128 B"),
    (1024, "up to 1 KiB"),
    (8 << 10, "up to 8 KiB"),
    (64 << 10, "up to 64 KiB"),
    (usize::MAX, "above"),
];

/// Microseconds to encode and to decode, as the MASC outline prints them (4.1).
const PRINTED: [(&str, f64, f64); 4] = [
    ("compact", 9.2, 0.6),
    ("brotli 11", 821.0, 7.2),
    ("zstd 19", 39.6, 2.4),
    ("gzip", 26.4, 10.7),
];

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if matches!(arguments.format, Format::Parquet | Format::Csv) {
        bail!("--format: times come as table or json");
    }
    let messages = match arguments.files.is_empty() {
        true => compression::written().into_iter().flat_map(|corpus| corpus.messages).collect(),
        false => read(&arguments.files)?,
    };
    let contents: Vec<&[u8]> = messages.iter().map(|message| message.content.as_bytes()).collect();
    let level = arguments.level.and_then(ZstdLevel::new).map_or(Level::BySize, Level::Fixed);
    let mut rows = Vec::new();
    for (way, times) in [
        ("frames", frames(&contents, arguments.rounds, level)?),
        ("stream", stream(&contents)?),
        ("brotli 11", other(&contents, Baseline::Brotli)?),
        ("zstd 19", other(&contents, Baseline::Zstd { level: 19 })?),
        ("gzip 6", other(&contents, Baseline::Gzip)?),
    ] {
        for (place, (largest, class)) in CLASSES.iter().enumerate() {
            let smallest = place.checked_sub(1).map_or(0, |before| CLASSES[before].0);
            let of_class = |bytes: usize| (place == 0 || bytes > smallest) && bytes <= *largest;
            let chosen: Vec<&Times> = times.iter().filter(|times| of_class(times.bytes)).collect();
            if chosen.is_empty() {
                continue;
            }
            let (encode, decode) = (
                quantiles(chosen.iter().map(|times| times.encode)),
                quantiles(chosen.iter().map(|times| times.decode)),
            );
            rows.push(vec![
                way.into(),
                (*class).into(),
                (chosen.len() as u64).into(),
                encode.0.into(),
                encode.1.into(),
                decode.0.into(),
                decode.1.into(),
            ]);
        }
    }
    for (way, encode, decode) in PRINTED {
        rows.push(vec![
            way.into(),
            "printed (MASC)".into(),
            Cell::Missing,
            encode.into(),
            Cell::Missing,
            decode.into(),
            Cell::Missing,
        ]);
    }
    let table = Table {
        name: "codec-bench".to_string(),
        title: "Microseconds per message".to_string(),
        columns: vec![
            Column::text("way"),
            Column::text("messages_of"),
            Column::integer("messages", ""),
            Column::number("encode", "µs, median", 1),
            Column::number("encode_p99", "µs", 1),
            Column::number("decode", "µs, median", 1),
            Column::number("decode_p99", "µs", 1),
        ],
        rows,
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &table).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        _ => out.write_all(show(&table).as_bytes())?,
    }
    Ok(out.flush()?)
}

struct Times {
    bytes: usize,
    /// Microseconds.
    encode: f64,
    decode: f64,
}

/// The median over the rounds, of each message.
fn frames(contents: &[&[u8]], rounds: u32, level: Level) -> anyhow::Result<Vec<Times>> {
    let mut encoder = Encoder::new(Dictionaries::shipped()).level(level);
    let mut decoder = Decoder::new(Registry::default());
    let (mut frame, mut out) = (Vec::new(), Vec::new());
    let mut times = Vec::new();
    for bytes in contents {
        let (mut encode, mut decode) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            frame.clear();
            encode.push(microseconds(|| encoder.encode_into(bytes, &mut frame)));
            let mut decoded = Ok(attune_codec::Mode::Exact);
            decode.push(microseconds(|| decoded = decoder.decode_into(&frame, &mut out)));
            decoded?;
            if out != *bytes {
                return Err(anyhow!("what was decoded is not what was encoded"));
            }
        }
        let (encode, decode) = (quantiles(encode.into_iter()).0, quantiles(decode.into_iter()).0);
        times.push(Times { bytes: bytes.len(), encode, decode });
    }
    Ok(times)
}

/// All messages over one connection, each once: a stream cannot be encoded twice alike.
fn stream(contents: &[&[u8]]) -> anyhow::Result<Vec<Times>> {
    let options = StreamOptions::default();
    let mut encoder = StreamEncoder::new(Some(&Dictionaries::shipped()), options)?;
    let mut decoder = StreamDecoder::new(Registry::default(), options)?;
    let (mut record, mut out) = (Vec::new(), Vec::new());
    let mut times = Vec::new();
    for bytes in contents {
        record.clear();
        let mut encoded = Ok(());
        let encode = microseconds(|| encoded = encoder.encode_into(bytes, &mut record));
        encoded?;
        let mut decoded = Ok(());
        let decode = microseconds(|| decoded = decoder.decode_into(&record, &mut out));
        decoded?;
        times.push(Times { bytes: bytes.len(), encode, decode });
    }
    Ok(times)
}

/// Another compressor, each message once.
fn other(contents: &[&[u8]], baseline: Baseline) -> anyhow::Result<Vec<Times>> {
    let mut compressor = baseline.compressor()?;
    let mut times = Vec::new();
    for bytes in contents {
        let mut compressed = Ok(Vec::new());
        let encode = microseconds(|| compressed = compressor.compress(bytes));
        let compressed = compressed?;
        let mut back = Ok(Vec::new());
        let decode = microseconds(|| back = compressor.decompress(&compressed, bytes.len()));
        back?;
        times.push(Times { bytes: bytes.len(), encode, decode });
    }
    Ok(times)
}

#[expect(clippy::disallowed_methods, reason = "times are shown, and are in no result")]
fn microseconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64() * 1e6
}

/// The median and the 99th percentile.
fn quantiles(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    (at(0.5), at(0.99))
}
