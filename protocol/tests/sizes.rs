//! Sizes are part of the design: a run has an entry per agent and artifact, and a model checker
//! keeps states by the million.

use attune_protocol::{Entry, Line, ToAgent, ToLine, Word};
use std::mem::size_of;

#[test]
fn states_and_messages_stay_small() {
    assert_eq!(size_of::<Entry>(), 16);
    assert_eq!(size_of::<Line<Word>>(), 64);
    assert_eq!(size_of::<ToLine>(), 20);
    assert_eq!(size_of::<ToAgent>(), 28);
}
