//! Any bytes as a frame, as a delta and as several frames.
#![no_main]

use attune_codec::{Decoder, Frames};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut decoder = Decoder::default().limit(1 << 20);
    let mut message = Vec::new();
    let _ = decoder.decode_into(bytes, &mut message);
    let _ = decoder.decode_delta(b"a base", bytes);
    for frame in Frames::new(bytes).map_while(Result::ok) {
        let _ = decoder.decode_into(frame, &mut message);
    }
});
