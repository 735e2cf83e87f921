//! The `attune` command: thin, each subcommand calls a library.

/// A line on standard error, which nobody may read any more: what was done is none the worse for it.
macro_rules! notice {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod commands;
mod interrupt;
mod output;
mod traces;

use clap::{Parser, Subcommand};
use std::io;
use std::process::ExitCode;

/// Simulate, model-check and run the protocol that keeps many agents' shared state coherent.
#[derive(Parser)]
#[command(name = "attune", version, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set printed figures beside what this lab gets.
    Reproduce(commands::reproduce::Arguments),
    /// Make one HTML page of results: tables to sort and search, figures.
    Report(commands::report::Arguments),
    /// Run scenarios on the protocol engine or on the published simulator.
    Simulate(commands::simulate::Arguments),
    /// Run a scenario at many settings of its parameters.
    Sweep(commands::sweep::Arguments),
    /// Join the shards of a sweep.
    Merge(commands::sweep::MergeArguments),
    /// Give the expected token cost of a scenario without simulating it.
    Predict(commands::predict::Arguments),
    /// Recommend how long a write lease should be.
    Lease(commands::lease::Arguments),
    /// Model-check the protocol: every interleaving, every fault.
    Check(commands::check::Arguments),
    /// Replay a recorded trace step by step on the protocol core.
    Replay(commands::replay::Arguments),
    /// Make an access trace from the sessions that agents' tools keep.
    Import(commands::import::Arguments),
    /// Fit a workload to access traces, and say how well it fits.
    Calibrate(commands::calibrate::Arguments),
    /// Make up sessions from a workload, as an access trace.
    Synthesize(commands::synthesize::Arguments),
    /// Compress agents' messages, and measure what it buys.
    Codec(commands::codec::Arguments),
    /// Extract what an agent hands on to its successor.
    Handoff(commands::handoff::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Reproduce(arguments) => commands::reproduce::run(&arguments),
        Command::Report(arguments) => commands::report::run(&arguments),
        Command::Simulate(arguments) => commands::simulate::run(&arguments),
        Command::Sweep(arguments) => commands::sweep::run(&arguments),
        Command::Merge(arguments) => commands::sweep::merge(&arguments),
        Command::Predict(arguments) => commands::predict::run(&arguments),
        Command::Lease(arguments) => commands::lease::run(&arguments),
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Replay(arguments) => commands::replay::run(&arguments),
        Command::Import(arguments) => commands::import::run(&arguments),
        Command::Calibrate(arguments) => commands::calibrate::run(&arguments),
        Command::Synthesize(arguments) => commands::synthesize::run(&arguments),
        Command::Codec(arguments) => commands::codec::run(&arguments),
        Command::Handoff(arguments) => commands::handoff::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe has had enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let text = format!("{error:#}");
            let prefix = if text.starts_with("error: ") { "" } else { "error: " };
            notice!("{prefix}{text}");
            // 1: a promise or a comparison failed. 2: the command could not be carried out.
            // 3: it was cut short.
            ExitCode::from(match () {
                () if error.is::<commands::CheckFailed>() => 1,
                () if error.is::<commands::CutShort>() => 3,
                () => 2,
            })
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
