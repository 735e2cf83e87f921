//! What the Compact Protocol is said to save (MASC, sections 3.3 and 4.1, workload 3), and what it
//! saves here.
//!
//! Every figure is of messages of sessions that nothing was trained on, unless its row says
//! otherwise.

pub mod batches;
pub mod deltas;
pub mod dictionaries;
pub mod division;
pub mod domains;
pub mod methods;
pub mod repetition;
pub mod wire;
