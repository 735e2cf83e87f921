//! Recorded accesses under every strategy: small traces whose ledgers are computed by hand, what
//! holds of all traces, and the engine on the same accesses.

mod rerun {
    pub mod traces;

    mod across;
    mod engine;
    mod ledgers;
    mod lines;
    mod lost;
    mod properties;
}
