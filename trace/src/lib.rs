//! What happened, as data.

pub mod reference;
