//! `attune codec encode` and `attune codec decode`.

use crate::output::Target;
use anyhow::{Context, anyhow, bail};
use attune_codec::{
    DecodeError, Decoder, Dictionaries, Encoder, Frames, LIMIT_DEFAULT, Level, Registry,
    StreamDecoder, StreamEncoder, StreamOptions, ZstdLevel, push_frame,
};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MIB: usize = 1 << 20;

#[derive(clap::Args)]
struct Place {
    /// The file to read instead of standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write to this file instead of standard output.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
    /// Dictionaries from attune codec train, instead of those that ship.
    #[arg(long, value_name = "F")]
    dictionaries: Option<PathBuf>,
    /// The version of the artifact that the receiver has: a delta against it.
    #[arg(long, value_name = "F", conflicts_with_all = ["lines", "stream"])]
    base: Option<PathBuf>,
    /// Each line is a message of its own.
    #[arg(long, conflicts_with = "stream")]
    lines: bool,
    /// Each line is a message of one connection, whose history is kept.
    #[arg(long)]
    stream: bool,
}

impl Place {
    fn input(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match &self.file {
            None => io::stdin().lock().read_to_end(&mut bytes).context("standard input")?,
            Some(path) => {
                bytes = file(path)?;
                bytes.len()
            }
        };
        Ok(bytes)
    }

    fn base(&self) -> anyhow::Result<Option<Vec<u8>>> {
        self.base.as_deref().map(file).transpose()
    }

    fn set(&self) -> anyhow::Result<Arc<Dictionaries>> {
        let Some(path) = &self.dictionaries else { return Ok(Dictionaries::shipped()) };
        let set = Dictionaries::from_file(&file(path)?);
        set.map(Arc::new).map_err(|error| anyhow!("{}: {error}", path.display()))
    }

    fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut out = Target::open(self.out.as_deref())?;
        out.write_all(bytes)?;
        Ok(out.finish()?)
    }
}

fn file(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path.is_dir() {
        bail!("{}: is a directory; name a file", path.display());
    }
    fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))
}

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune codec encode message.json -o message.frame
  attune codec encode --stream < messages.txt > connection.bin
  attune codec encode --base plan-7.md plan-8.md -o plan-8.delta

Exit status: 0 done, 2 misuse.")]
pub struct EncodeArguments {
    #[command(flatten)]
    place: Place,
    /// The same JSON value in one spelling, instead of the same bytes.
    #[arg(long, conflicts_with_all = ["base", "stream"])]
    canonical: bool,
    /// A level of zstd, 1 to 22, instead of one by the message's size.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=22))]
    level: Option<u8>,
}

pub fn encode(arguments: &EncodeArguments) -> anyhow::Result<()> {
    let EncodeArguments { place, canonical, level } = arguments;
    let input = place.input()?;
    let set = place.set()?;
    let level = level.and_then(ZstdLevel::new);
    let mut encoder = Encoder::new(set.clone()).level(level.map_or(Level::BySize, Level::Fixed));
    let mut one = |number: usize, message: &[u8]| {
        if !canonical {
            return encoder.encode(message);
        }
        let (frame, reason) = encoder.encode_canonical(message);
        if let Some(reason) = reason {
            notice!("message {number}: kept exactly as it is: {reason}");
        }
        frame
    };
    let out = if place.stream {
        let level = level.unwrap_or(StreamOptions::default().level);
        let options = StreamOptions { level, ..StreamOptions::default() };
        let mut stream = StreamEncoder::new(Some(&set), options)?;
        let mut out = Vec::new();
        for line in lines(&input) {
            push_frame(&stream.encode(line)?, &mut out);
        }
        out
    } else if place.lines {
        let mut out = Vec::new();
        for (place_in, line) in lines(&input).enumerate() {
            push_frame(&one(place_in + 1, line), &mut out);
        }
        out
    } else {
        match place.base()? {
            Some(base) => encoder.encode_delta(&base, &input),
            None => one(1, &input),
        }
    };
    place.write(&out)
}

/// Lines without their ends; a line feed at the end begins no other.
fn lines(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = input.strip_suffix(b"\n").unwrap_or(input);
    let some = (!input.is_empty()).then(|| whole.split(|&byte| byte == b'\n'));
    some.into_iter().flatten()
}

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune codec decode message.frame
  attune codec decode --stream < connection.bin
  attune codec decode --base plan-7.md plan-8.delta -o plan-8.md

Give the same --dictionaries, --lines, --stream and --base as when it was encoded. With --lines and
--stream each message ends with a line feed, also the last. Exit status: 0 done, 2 it cannot be decoded.")]
pub struct DecodeArguments {
    #[command(flatten)]
    place: Place,
    /// The longest message that is accepted, MiB.
    #[arg(long, value_name = "MIB", default_value_t = LIMIT_DEFAULT / MIB, value_parser = limit)]
    limit: usize,
}

fn limit(text: &str) -> Result<usize, String> {
    let limit = text.parse().map_err(|_| "a whole number of MiB".to_string())?;
    if (1..=4096).contains(&limit) { Ok(limit) } else { Err("from 1 to 4096 MiB".to_string()) }
}

pub fn decode(arguments: &DecodeArguments) -> anyhow::Result<()> {
    let DecodeArguments { place, limit } = arguments;
    let input = place.input()?;
    let mut registry = Registry::default();
    registry.add(place.set()?)?;
    let name =
        place.file.as_ref().map_or("standard input".into(), |path| path.display().to_string());
    let mut decoder = Decoder::new(registry.clone()).limit(limit * MIB);
    let mut out = Vec::new();
    if place.stream || place.lines {
        let mut stream = StreamDecoder::new(registry, StreamOptions::default())?.limit(limit * MIB);
        for (place_in, frame) in Frames::new(&input).limit(limit * MIB).enumerate() {
            let message = frame.and_then(|frame| match place.stream {
                true => stream.decode(frame),
                false => decoder.decode(frame).map(|(message, _)| message),
            });
            let message = message.map_err(|error| {
                anyhow!("{name}, message {}: {error}{}", place_in + 1, hint(&error))
            })?;
            out.extend_from_slice(&message);
            out.push(b'\n');
        }
    } else {
        let message = match place.base()? {
            Some(base) => decoder.decode_delta(&base, &input),
            None => decoder.decode(&input).map(|(message, _)| message),
        };
        out = message.map_err(|error| anyhow!("{name}: {error}{}", hint(&error)))?;
    }
    place.write(&out)
}

/// What bytes that are not damaged, but were made in another way, may look like.
fn hint(error: &DecodeError) -> &'static str {
    match error {
        DecodeError::Truncated { .. }
        | DecodeError::Version { .. }
        | DecodeError::Malformed { .. }
        | DecodeError::OutOfStep => {
            "; if it was made by attune codec encode with --lines, --stream or --base, give the same here"
        }
        _ => "",
    }
}
