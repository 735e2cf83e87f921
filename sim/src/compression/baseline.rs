//! What is there already: compressors that the Compact Protocol is compared with, called directly.

use brotli::enc::BrotliEncoderParams;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use std::io::{self, Read, Write};
use zstd::bulk;
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

/// A compressor that is called again and again.
pub enum Compressor {
    Gzip,
    Brotli,
    Zstd(bulk::Compressor<'static>, bulk::Decompressor<'static>),
}

impl Baseline {
    pub fn compressor(self) -> io::Result<Compressor> {
        Ok(match self {
            Baseline::Gzip => Compressor::Gzip,
            Baseline::Brotli => Compressor::Brotli,
            Baseline::Zstd { level } => {
                Compressor::Zstd(bulk::Compressor::new(level)?, bulk::Decompressor::new()?)
            }
        })
    }

    /// The compressed sizes of all, in order, bytes.
    pub fn sizes(self, messages: &[&[u8]]) -> io::Result<Vec<usize>> {
        sizes(messages, || self.compressor(), |compressor, bytes| compressor.compress(bytes))
    }
}

impl Compressor {
    pub fn compress(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Compressor::Gzip => {
                let mut out = GzEncoder::new(Vec::new(), flate2::Compression::new(6));
                out.write_all(bytes)?;
                out.finish()
            }
            Compressor::Brotli => {
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
                Ok(out)
            }
            Compressor::Zstd(compressor, _) => compressor.compress(bytes),
        }
    }

    /// What was compressed, which has so many bytes.
    pub fn decompress(&mut self, compressed: &[u8], bytes: usize) -> io::Result<Vec<u8>> {
        let mut out = Vec::with_capacity(bytes);
        match self {
            Compressor::Gzip => {
                GzDecoder::new(compressed).read_to_end(&mut out)?;
            }
            Compressor::Brotli => brotli::BrotliDecompress(&mut &compressed[..], &mut out)?,
            Compressor::Zstd(_, decompressor) => return decompressor.decompress(compressed, bytes),
        }
        Ok(out)
    }
}

fn sizes<C>(
    messages: &[&[u8]],
    compressor: impl Fn() -> io::Result<C> + Sync + Send,
    compress: impl Fn(&mut C, &[u8]) -> io::Result<Vec<u8>> + Sync + Send,
) -> io::Result<Vec<usize>> {
    messages
        .par_iter()
        .map_init(compressor, |compressor, bytes| match compressor {
            Ok(compressor) => compress(compressor, bytes).map(|out| out.len()),
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
        let compressor = || bulk::Compressor::with_prepared_dictionary(&prepared);
        sizes(messages, compressor, |compressor, bytes| compressor.compress(bytes))
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
            let mut compressor = baseline.compressor().unwrap();
            let compressed = compressor.compress(text.as_bytes()).unwrap();
            let back = compressor.decompress(&compressed, text.len()).unwrap();
            assert_eq!(back, text.as_bytes());
        }
    }

    #[test]
    fn too_few_samples_are_an_error() {
        assert!(PlainDictionary::train(&[b"x"], 1024).is_err());
    }
}
