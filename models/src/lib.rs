//! Model checking of the coherence protocol.

pub mod asynchronous;
pub mod atomic;
pub mod coverage;
pub mod explore;
pub mod few;
pub mod fingerprints;
pub mod normal;
pub mod packet;
pub mod printed;
pub mod progress;
pub mod story;
pub mod world;
