//! A version of an artifact against another one that the receiver holds.

use crate::level::Level;
use xxhash_rust::xxh3::xxh3_64;
use zstd_safe::{CCtx, CParameter};

/// A delta shorter than this part of the message is taken without looking whether a frame that
/// needs no base would be shorter still.
pub(crate) const SURELY_SHORTER: usize = 8;

/// Logarithm of the longest distance that a delta refers over, in bytes.
const WINDOW_LOG_MAX: u32 = 27;

/// What a delta calls its base.
pub(crate) fn hash(base: &[u8]) -> u64 {
    xxh3_64(base)
}

/// A zstd frame that refers to the base. None if zstd cannot, which it can unless memory is short.
pub(crate) fn compress(base: &[u8], message: &[u8], level: Level) -> Option<Vec<u8>> {
    let reach = (base.len() + message.len()).next_power_of_two().ilog2();
    let mut context = CCtx::create();
    let level = level.of_delta(message.len()).number();
    context.set_parameter(CParameter::CompressionLevel(level)).ok()?;
    context.set_parameter(CParameter::WindowLog(reach.clamp(10, WINDOW_LOG_MAX))).ok()?;
    context.ref_prefix(base).ok()?;
    let mut frame = Vec::with_capacity(zstd_safe::compress_bound(message.len()));
    context.compress2(&mut frame, message).ok()?;
    Some(frame)
}
