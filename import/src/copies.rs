//! Files that hold the same records: copies of a session made at different times, or on different
//! machines.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

type Key = [u8; 16];

/// Unites copies: a record is taken as often as the copy has it that has it most often.
#[derive(Default)]
pub(crate) struct Copies {
    taken: BTreeMap<Key, u64>,
    in_this_one: BTreeMap<Key, u64>,
}

impl Copies {
    /// What comes is of the next copy.
    pub(crate) fn next(&mut self) {
        self.in_this_one.clear();
    }

    pub(crate) fn is_new(&mut self, record: &Value) -> bool {
        let key = key(record);
        let count = self.in_this_one.entry(key).or_default();
        *count += 1;
        let taken = self.taken.entry(key).or_default();
        let is_new = *count > *taken;
        *taken = (*taken).max(*count);
        is_new
    }
}

/// Equal records have equal keys.
pub(crate) fn key(record: &Value) -> Key {
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::digest(record.to_string())[..16]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_meant_twice_stays_twice() {
        let mut copies = Copies::default();
        let take = |copies: &mut Copies, records: &[&str]| -> Vec<String> {
            copies.next();
            let new = records.iter().filter(|record| copies.is_new(&Value::from(**record)));
            new.map(ToString::to_string).collect()
        };
        assert_eq!(take(&mut copies, &["yes", "no", "yes"]), ["yes", "no", "yes"]);
        assert_eq!(take(&mut copies, &["no", "yes", "yes", "yes", "more"]), ["yes", "more"]);
    }
}
