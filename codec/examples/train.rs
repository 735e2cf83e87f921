//! Trains dictionaries: `cargo run --release -p attune-codec --example train -- OUT VERSION
//! BYTES_PER_TYPE FILE…`, the files being JSON lines with `source`, `session` and `content`. What
//! ships was made by
//! `… --example train -- codec/dictionaries/written-1.attd 1 16384 codec/corpus/*.jsonl`.

mod support;

use attune_codec::{TrainOptions, train};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, version, bytes, files @ ..] = &arguments[..] else {
        return Err("give OUT VERSION BYTES_PER_TYPE FILE…".into());
    };
    let messages = support::messages(files);
    let all: Vec<_> = messages.iter().collect();
    let options = TrainOptions { version: version.parse()?, bytes_per_type: bytes.parse()? };
    let set = train(&support::samples(&all), options)?;
    std::fs::write(out, set.to_file())?;
    println!(
        "{} messages, {} bytes, number {}, {}",
        all.len(),
        set.to_file().len(),
        set.id(),
        set.hash()
    );
    Ok(())
}
