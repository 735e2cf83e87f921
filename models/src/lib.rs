//! Model checking of the coherence protocol.
