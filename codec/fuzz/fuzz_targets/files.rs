//! Any bytes as a file of dictionaries, and as JSON.
#![no_main]

use attune_codec::{Dictionaries, canonical};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Dictionaries::from_file(bytes);
    if let Ok(once) = canonical(bytes) {
        assert_eq!(canonical(&once), Ok(once.clone()));
    }
});
