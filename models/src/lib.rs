//! Model checking of the coherence protocol.

pub mod printed;
