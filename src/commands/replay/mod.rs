//! `attune replay`: a trace of either kind.

mod accesses;
mod events;
mod show;

use crate::output::TextOrJson;
use crate::traces::{self, Trace};
use anyhow::bail;
use attune_sim::engine::StrategyName;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune replay sessions.jsonl
  attune replay sessions.jsonl --across --deltas
  attune replay sessions.jsonl --strategy lazy lease --ttl 60 --format json
  attune replay trace/tests/golden/stale-read.jsonl --steps
  attune replay counterexample.jsonl --diagram
  attune replay counterexample.jsonl --format json

An access trace (from attune import) is run under every strategy: what would have been sent, by
kind, what would have been stale, and what it would have cost, beside what the agents really read.
What is counted how is in docs/replaying.md.

An event trace is repeated exactly: every action is given to the protocol core again, and what comes
of it is compared with what the trace says; which promise is broken at which step, the replay judges
itself. A trace of a protocol with a defect is replayed with that defect.

The formats are described in docs/trace-format.md. Exit status: 0 done, 1 the core does something
else than an event trace says, 2 the trace cannot be read.")]
pub struct Arguments {
    /// A trace, JSON lines or Parquet; its header says of which kind.
    #[arg(value_name = "TRACE")]
    trace: PathBuf,
    /// Access traces: the strategies to run [default: all].
    #[arg(long, num_args = 1.., value_name = "NAME", value_parser = strategy)]
    strategy: Vec<Chosen>,
    /// Access traces: all sessions of a project share a directory, merged by time.
    #[arg(long)]
    across: bool,
    /// Access traces: a copy is the whole artifact, and a miss brings it whole (the paper's A1).
    #[arg(long)]
    whole_files: bool,
    /// Access traces: whoever has an older version is sent what changed, if that is less.
    #[arg(long)]
    deltas: bool,
    /// Access traces: how long a copy lasts under lease, seconds (accesses where a trace has no
    /// times) [default: 300].
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..))]
    ttl: Option<u32>,
    /// Access traces: how often a copy is read under access_count [default: 8].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    k: Option<u16>,
    /// Access traces: how often a copy is read without a sync, under every strategy
    /// [default: no bound].
    #[arg(long, value_name = "K")]
    bound: Option<u16>,
    /// Access traces: recommend no strategy with more stale hits per read than this, per cent
    /// [default: 0].
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    stale: Option<u32>,
    /// Access traces: prices of tokens, instead of the built-in ones.
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Event traces: tell each event as it is replayed.
    #[arg(long)]
    steps: bool,
    /// Event traces: draw the whole run as a sequence diagram.
    #[arg(long)]
    diagram: bool,
    /// Event traces: give the sequence diagram as Mermaid text, and nothing else.
    #[arg(long, conflicts_with_all = ["steps", "diagram"])]
    mermaid: bool,
    /// Event traces: leave out the defect that the trace names: where does the sound protocol
    /// differ?
    #[arg(long)]
    without_mutant: bool,
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    All,
    One(StrategyName),
}

fn strategy(name: &str) -> Result<Chosen, String> {
    if name == "all" { Ok(Chosen::All) } else { name.parse().map(Chosen::One) }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let path = &arguments.trace;
    match traces::open(path)? {
        Trace::Events(trace) => {
            let given = arguments.of_accesses();
            if let Some(name) = given {
                bail!(
                    "{name}: {} is an event trace, which is repeated exactly as it was; this is \
                     for access traces (attune import)",
                    path.display()
                );
            }
            events::run(arguments, trace)
        }
        Trace::Access(trace) => {
            if let Some(name) = arguments.of_events() {
                bail!(
                    "{name}: {} is an access trace, which has no steps of the protocol to repeat; \
                     this is for event traces (attune check --trace)",
                    path.display()
                );
            }
            accesses::run(arguments, trace)
        }
    }
}

impl Arguments {
    /// An option that was given and is for access traces.
    fn of_accesses(&self) -> Option<&'static str> {
        let options = [
            (!self.strategy.is_empty(), "--strategy"),
            (self.across, "--across"),
            (self.whole_files, "--whole-files"),
            (self.deltas, "--deltas"),
            (self.ttl.is_some(), "--ttl"),
            (self.k.is_some(), "--k"),
            (self.bound.is_some(), "--bound"),
            (self.stale.is_some(), "--stale"),
            (self.prices.is_some(), "--prices"),
        ];
        options.into_iter().find_map(|(given, name)| given.then_some(name))
    }

    /// An option that was given and is for event traces.
    fn of_events(&self) -> Option<&'static str> {
        let options = [
            (self.steps, "--steps"),
            (self.diagram, "--diagram"),
            (self.mermaid, "--mermaid"),
            (self.without_mutant, "--without-mutant"),
        ];
        options.into_iter().find_map(|(given, name)| given.then_some(name))
    }
}
