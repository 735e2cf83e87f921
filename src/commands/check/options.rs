//! What can be asked of `attune check`.

use super::names;
use anyhow::{anyhow, bail};
use attune_models::case::{Case, Layer, StrategyName};
use attune_models::check::Defect;
use attune_models::fault::Faults;
use attune_models::mutants;
use attune_trace::reference::Witness;
use clap::ValueEnum;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The options that describe a case, of which profiles have their own.
const OF_ONE_CASE: [&str; 19] = [
    "model",
    "agents",
    "artifacts",
    "strategies",
    "faults",
    "commits",
    "flight",
    "log",
    "bound",
    "lease_ticks",
    "revalidate",
    "heartbeats",
    "releases",
    "depth",
    "symmetry",
    "subsumption",
    "thorough",
    "liveness",
    "refinement",
];

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune check                                     the asynchronous layer, lazy, two agents
  attune check atomic --agents 6 --symmetry --faults crash,lease --strategy all
  attune check --strategy eager --faults loss,lease --liveness
  attune check --mutant commit-is-in-its-epoch --faults loss,dup,reorder --trace broken.jsonl
  attune check --witness stale-hit                 the shortest run in which that happens
  attune check --profile quick                     what CI runs (about half a minute)
  attune check --mutants                           each rule left out: some promise must break
  attune check printed                             the paper's own specification

Faults happen any number of times; name:N bounds one. What is bounded is said at the end: a bound
is not a proof beyond it. Exit status: 0 every promise held, 1 one is broken (or a mutant survived,
or a situation is never met), 2 misuse, 3 cut short.")]
pub struct Arguments {
    /// What is checked.
    #[arg(value_enum, default_value_t = Model::Asynchronous)]
    pub model: Model,
    /// Agents [default: 2; printed: 6].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8))]
    pub agents: Option<u32>,
    /// Artifacts.
    #[arg(long, value_name = "M", default_value_t = 1)]
    artifacts: u32,
    /// A strategy, or `all`; may be given several times.
    #[arg(long = "strategy", value_name = "NAME", default_value = "lazy")]
    strategies: Vec<String>,
    /// loss, dup, reorder, crash, lease, restart (asynchronous), misuse (atomic); each may have a
    /// bound (dup:1); none; all that the layer has.
    #[arg(long, value_name = "LIST", default_value = "none")]
    faults: Faults,
    /// Commits per artifact until no more are begun.
    #[arg(long, value_name = "N", default_value_t = 1)]
    commits: u32,
    /// Messages in flight at most (asynchronous).
    #[arg(long, value_name = "N", default_value_t = 2)]
    flight: usize,
    /// What the authority does again when it recovers, in records at most; 0: each step is
    /// recovered by itself, which makes far fewer states.
    #[arg(long, value_name = "N", default_value_t = 2)]
    log: usize,
    /// K: reads of a copy after its last sync [default: 1; access-count: 2].
    #[arg(long, value_name = "K")]
    bound: Option<u16>,
    /// How long a lease lasts, in ticks.
    #[arg(long, value_name = "TICKS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=9))]
    lease_ticks: u32,
    /// Expired copies are confirmed instead of sent again.
    #[arg(long)]
    revalidate: bool,
    /// Owners send heartbeats (asynchronous).
    #[arg(long)]
    heartbeats: bool,
    /// Owners also release without a commit (asynchronous).
    #[arg(long)]
    releases: bool,
    /// Go no deeper than this many steps.
    #[arg(long, value_name = "D")]
    depth: Option<usize>,
    /// Stop after so many states.
    #[arg(long, value_name = "N")]
    pub states_max: Option<usize>,
    /// States that differ by a permutation of agents or artifacts are one.
    #[arg(long)]
    symmetry: bool,
    /// A state is passed over where the same one with more faults left was met (asynchronous).
    #[arg(long)]
    subsumption: bool,
    /// Keep in each state what the protocol has no more use for: finds a change that comes to use it.
    #[arg(long)]
    thorough: bool,
    /// Judge progress under fairness as well (asynchronous, without --symmetry).
    #[arg(long)]
    liveness: bool,
    /// Compare each step with those of the atomic layer (asynchronous).
    #[arg(long)]
    refinement: bool,
    /// Leave one rule of the protocol out, or neglect one duty of its drivers (see --mutants).
    #[arg(long, value_name = "NAME")]
    mutant: Option<String>,
    /// Leave each rule out in turn; one that breaks no promise fails.
    #[arg(long, conflicts_with_all = OF_ONE_CASE, conflicts_with_all = ["profile", "mutant"])]
    pub mutants: bool,
    /// A fixed list of cases instead of the one described by the other options.
    #[arg(long, value_enum, conflicts_with_all = OF_ONE_CASE)]
    pub profile: Option<Profile>,
    /// With --profile: compare the counts with this file, and show what has changed.
    #[arg(long, value_name = "FILE", requires = "profile")]
    pub baseline: Option<PathBuf>,
    /// With --baseline: take the new counts for the baseline.
    #[arg(long, requires = "baseline")]
    pub accept: bool,
    /// Tell the shortest run that meets this situation, one of those that checks say they met.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["mutant", "mutants", "profile", "explore", "liveness"])]
    witness: Option<String>,
    /// Write the counterexample, or the run of --witness, to this file, for `attune replay`.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Open stateright's Explorer on the model at this address.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:3000")]
    pub explore: Option<SocketAddr>,
    /// Which search: our breadth-first pass, or stateright's on the same model.
    #[arg(long, value_enum, default_value_t = Engine::Attune)]
    pub engine: Engine,
    /// Threads [default: as many as there are cores].
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Model {
    /// A request and all its effects are one step.
    Atomic,
    /// Messages are in flight; everything can go wrong.
    Asynchronous,
    /// The paper's section 6.1 as printed, and its repairs.
    Printed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    Quick,
    Deep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Attune,
    Stateright,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Profile {
    pub fn name(self) -> &'static str {
        match self {
            Profile::Quick => "quick",
            Profile::Deep => "deep",
        }
    }
}

impl Arguments {
    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads.map_or_else(cores, NonZeroUsize::get)
    }

    /// What is to be left out.
    pub fn defect(&self) -> anyhow::Result<Defect> {
        let Some(name) = &self.mutant else { return Ok(Defect::default()) };
        let all = mutants::all();
        all.iter().find(|(known, _)| known == name).map(|&(_, defect)| defect).ok_or_else(|| {
            let hint = names::hint(name, all.iter().map(|&(known, _)| known));
            anyhow!(
                "--mutant {name}: there is no such rule or duty{hint} (`attune check --mutants` names all)"
            )
        })
    }

    /// The situation that is looked for.
    pub fn witness(&self) -> anyhow::Result<Option<Witness>> {
        let Some(name) = &self.witness else { return Ok(None) };
        if self.artifacts > 1 || self.model == Model::Printed {
            bail!("--witness: one artifact of the atomic or the asynchronous layer");
        }
        let known = Witness::named(name).ok_or_else(|| {
            let hint = names::hint(name, Witness::ALL.iter().map(|known| known.name()));
            anyhow!(
                "--witness {name}: there is no such situation{hint} (trace/src/reference/witness.rs has all)"
            )
        });
        known.map(Some)
    }

    /// The printed specification has no strategies, faults or rules.
    pub fn refuse_for_printed(&self) -> anyhow::Result<()> {
        let foreign = [
            (self.mutant.is_some(), "--mutant"),
            (!self.faults.is_empty(), "--faults"),
            (self.depth.is_some(), "--depth"),
            (self.trace.is_some(), "--trace"),
            (self.explore.is_some(), "--explore"),
            (self.liveness, "--liveness"),
            (self.refinement, "--refinement"),
        ];
        match foreign.into_iter().find(|(is_given, _)| *is_given) {
            Some((_, option)) => bail!("{option}: not with `printed`, which takes --agents"),
            None => Ok(()),
        }
    }

    /// The cases that the options describe: one per strategy.
    pub fn cases(&self) -> anyhow::Result<Vec<Case>> {
        let layer = match self.model {
            Model::Atomic => Layer::Atomic,
            Model::Asynchronous | Model::Printed => Layer::Asynchronous,
        };
        let mut strategies: Vec<StrategyName> = Vec::new();
        for name in &self.strategies {
            match name.as_str() {
                "all" => strategies.extend(StrategyName::all()),
                name => {
                    strategies.push(name.parse().map_err(|error| anyhow!("--strategy: {error}"))?)
                }
            }
        }
        let mut cases = Vec::new();
        for strategy in strategies {
            let agents = self.agents.unwrap_or(2);
            let plain = Case::new(layer, strategy, agents);
            let case = Case {
                artifacts: self.artifacts,
                commits: self.commits,
                flight: self.flight,
                faults: self.faults.known_to(layer),
                bound_reads: self.bound.unwrap_or(plain.bound_reads),
                lease_ticks: self.lease_ticks,
                revalidate: self.revalidate,
                log: self.log,
                heartbeats: self.heartbeats,
                releases: self.releases || layer == Layer::Atomic,
                symmetry: self.symmetry,
                subsumption: self.subsumption,
                thorough: self.thorough,
                liveness: self.liveness,
                refinement: self.refinement,
                depth: self.depth,
                ..plain
            };
            if let Err(why) = case.refuse() {
                bail!("{why}");
            }
            cases.push(case);
        }
        Ok(cases)
    }
}
