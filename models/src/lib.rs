//! Model checking of the coherence protocol.

pub mod asynchronous;
pub mod atomic;
pub mod case;
pub mod check;
pub mod coverage;
pub mod engine;
pub mod expand;
pub mod explore;
pub mod fault;
pub mod few;
pub mod fingerprints;
pub mod frontier;
pub mod lineage;
pub mod mutants;
pub mod normal;
pub mod packet;
pub mod printed;
pub mod profile;
pub mod progress;
pub mod refinement;
pub mod several;
pub mod situation;
pub mod story;
pub mod world;
