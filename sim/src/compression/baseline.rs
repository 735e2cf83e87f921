//! What is there already: compressors that the Compact Protocol is compared with, called directly.

use brotli::enc::BrotliEncoderParams;
use rayon::prelude::*;
use std::io::{self, Write};
use zstd::bulk::Compressor;
use zstd::dict::EncoderDictionary;

/// A general compressor, at the setting that the paper names or that its users leave it at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// Level 6, the default.
    Gzip,
    /// Quality 11.
    Brotli,
    Zstd {
        level: i32,
    },
}

impl Baseline {
    /// The compressed sizes of all, in order, bytes.
    pub fn sizes(self, messages: &[&[u8]]) -> io::Result<Vec<usize>> {
        match self {
            Baseline::Gzip => messages.par_iter().map(|bytes| gzip(bytes)).collect(),
            Baseline::Brotli => messages.par_iter().map(|bytes| brotli(bytes)).collect(),
            Baseline::Zstd { level } => zstd(messages, || Compressor::new(level)),
        }
    }
}

fn gzip(bytes: &[u8]) -> io::Result<usize> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    out.write_all(bytes)?;
    Ok(out.finish()?.len())
}

fn brotli(bytes: &[u8]) -> io::Result<usize> {
    // A window that holds the message: a larger one is memory that is never used.
    let window = (bytes.len() + 16).next_power_of_two().ilog2().clamp(10, 22);
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: window as i32,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
    Ok(out.len())
}

fn zstd<'d>(
    messages: &[&[u8]],
    compressor: impl Fn() -> io::Result<Compressor<'d>> + Sync + Send,
) -> io::Result<Vec<usize>> {
    messages
        .par_iter()
        .map_init(compressor, |compressor, bytes| match compressor {
            Ok(compressor) => compressor.compress(bytes).map(|out| out.len()),
            Err(error) => Err(io::Error::other(error.to_string())),
        })
        .collect()
}

/// Zstandard with one dictionary for everything, trained by its own library.
pub struct PlainDictionary(Vec<u8>);

impl PlainDictionary {
    /// At most `size` bytes. Fails if there is too little to train on.
    pub fn train(samples: &[&[u8]], size: usize) -> io::Result<PlainDictionary> {
        // The library reads eight bytes of a sample without looking whether they are there.
        let samples: Vec<&[u8]> =
            samples.iter().copied().filter(|sample| sample.len() >= 8).collect();
        zstd::dict::from_samples(&samples, size).map(PlainDictionary)
    }

    pub fn sizes(&self, level: i32, messages: &[&[u8]]) -> io::Result<Vec<usize>> {
        let prepared = EncoderDictionary::copy(&self.0, level);
        zstd(messages, || Compressor::with_prepared_dictionary(&prepared))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_gets_smaller() {
        let text = "the same words and the same words again. ".repeat(20);
        for baseline in [Baseline::Gzip, Baseline::Brotli, Baseline::Zstd { level: 19 }] {
            let size = baseline.sizes(&[text.as_bytes()]).unwrap()[0];
            assert!(size > 10 && size < text.len() / 5, "{baseline:?}: {size}");
        }
    }

    #[test]
    fn too_few_samples_are_an_error() {
        assert!(PlainDictionary::train(&[b"x"], 1024).is_err());
    }
}
