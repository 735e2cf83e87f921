//! Any bytes as the records of a stream.
#![no_main]

use attune_codec::{Frames, Registry, StreamDecoder, StreamOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options = StreamOptions { window_log: 16, ..StreamOptions::default() };
    let Ok(stream) = StreamDecoder::new(Registry::default(), options) else { return };
    let mut stream = stream.limit(1 << 20);
    for record in Frames::new(bytes).map_while(Result::ok) {
        let _ = stream.decode(record);
    }
});
