//! Small traces, by hand.
