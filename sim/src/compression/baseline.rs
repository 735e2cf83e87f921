//! What is there already: compressors that the Compact Protocol is compared with, called directly.

use rayon::prelude::*;
use std::io::{self, Write};

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
    /// The compressed size, bytes.
    pub fn size(self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Baseline::Gzip => {
                let mut out =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
                out.write_all(bytes)?;
                Ok(out.finish()?.len())
            }
            Baseline::Brotli => {
                let parameters = brotli::enc::BrotliEncoderParams {
                    quality: 11,
                    size_hint: bytes.len(),
                    ..Default::default()
                };
                let mut out = Vec::new();
                brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
                Ok(out.len())
            }
            Baseline::Zstd { level } => Ok(zstd::bulk::compress(bytes, level)?.len()),
        }
    }

    /// The sizes of all, in order.
    pub fn sizes(self, messages: &[&[u8]]) -> io::Result<Vec<usize>> {
        messages.par_iter().map(|bytes| self.size(bytes)).collect()
    }
}

/// Zstandard with one dictionary for everything, trained by its own library.
pub struct PlainDictionary(Vec<u8>);

impl PlainDictionary {
    /// At most `size` bytes. Fails if there is too little to train on.
    pub fn train(samples: &[&[u8]], size: usize) -> io::Result<PlainDictionary> {
        zstd::dict::from_samples(samples, size).map(PlainDictionary)
    }

    pub fn sizes(&self, level: i32, messages: &[&[u8]]) -> io::Result<Vec<usize>> {
        let prepared = zstd::dict::EncoderDictionary::copy(&self.0, level);
        let compressor = || zstd::bulk::Compressor::with_prepared_dictionary(&prepared);
        messages
            .par_iter()
            .map_init(compressor, |compressor, bytes| match compressor {
                Ok(compressor) => compressor.compress(bytes).map(|out| out.len()),
                Err(error) => Err(io::Error::other(error.to_string())),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_gets_smaller() {
        let text = "the same words and the same words again. ".repeat(20);
        for baseline in [Baseline::Gzip, Baseline::Brotli, Baseline::Zstd { level: 19 }] {
            let size = baseline.size(text.as_bytes()).unwrap();
            assert!(size > 10 && size < text.len() / 5, "{baseline:?}: {size}");
        }
    }

    #[test]
    fn too_few_samples_are_an_error() {
        assert!(PlainDictionary::train(&[b"x"], 1024).is_err());
    }
}
