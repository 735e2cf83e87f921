//! What can be asked of `attune check`.

mod ignored;

use super::names;
use anyhow::{anyhow, bail};
use attune_models::case::{Case, Layer, StrategyName};
use attune_models::check::Defect;
use attune_models::fault::Faults;
use attune_models::mutants;
use attune_models::profile::{DEEP_COUNTS, QUICK_COUNTS};
use attune_trace::reference::{Property, Witness};
use clap::ValueEnum;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune check                                     the asynchronous layer, lazy, two agents
  attune check --list                              all promises, situations, rules, faults
  attune check atomic --agents 6 --symmetry --faults crash,lease
  attune check --strategy eager --faults loss,lease --liveness
  attune check --mutant commit-is-in-its-epoch --faults loss,dup,reorder --trace broken.jsonl
  attune check --witness stale-hit                 the shortest run in which that happens
  attune check printed                             the paper's own specification
  attune check lineage                             the handover between generations of agents
  attune check --profile quick                     what CI runs: half a minute on two cores
  attune check --mutants                           each rule left out: a minute on two cores

The others take seconds, --liveness ten. More agents, commits, messages in flight or faults take
more states, minutes soon; --states-max bounds them, Ctrl-C ends them.

Faults happen any number of times; name:N bounds one. What is bounded is said at the end: a bound
is not a proof beyond it. Exit status: 0 every promise held, 1 one is broken (or a mutant survived,
or a situation is never met), 2 misuse, 3 cut short.")]
pub struct Arguments {
    /// What is checked [default: asynchronous].
    #[arg(value_enum)]
    model: Option<Model>,
    /// Agents [default: 2; printed: 6].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8))]
    pub agents: Option<u32>,
    /// Artifacts [default: 1].
    #[arg(long, value_name = "M")]
    artifacts: Option<u32>,
    /// A strategy, or `all`; may be given several times [default: lazy].
    #[arg(long = "strategy", value_name = "NAME")]
    strategies: Vec<String>,
    /// loss, dup, reorder, crash, lease, restart (asynchronous), misuse (atomic); each may have a
    /// bound (dup:1); none; all that the layer has [default: none].
    #[arg(long, value_name = "LIST")]
    faults: Option<Faults>,
    /// Commits per artifact until no more are begun [default: 1].
    #[arg(long, value_name = "N")]
    commits: Option<u32>,
    /// Messages in flight at most (asynchronous) [default: 2].
    #[arg(long, value_name = "N")]
    flight: Option<usize>,
    /// With the fault restart: what the authority does again when it recovers, in records at most;
    /// 0: each step is recovered by itself, which makes far fewer states [default: 2].
    #[arg(long, value_name = "N")]
    log: Option<usize>,
    /// K: reads of a copy after its last sync [default: 1; access-count: 2].
    #[arg(long, value_name = "K")]
    bound: Option<u16>,
    /// How long a lease lasts, in ticks [default: 1].
    #[arg(long, value_name = "TICKS", value_parser = clap::value_parser!(u32).range(1..=9))]
    lease_ticks: Option<u32>,
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
    /// Leave one rule of the protocol out, or neglect one duty of its drivers (see --list).
    #[arg(long, value_name = "NAME")]
    mutant: Option<String>,
    /// Leave each rule out in turn; one that breaks no promise fails.
    #[arg(long)]
    pub mutants: bool,
    /// Name all promises, situations, rules, duties, faults and strategies; check nothing.
    #[arg(long)]
    pub list: bool,
    /// A fixed list of cases instead of the one described by the other options.
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
    /// With --profile or `lineage`: compare the counts with this file, and show what has changed
    /// [default: the counts accepted when this was built].
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// With --baseline: take the new counts for the baseline.
    #[arg(long, requires = "baseline")]
    pub accept: bool,
    /// Tell the shortest run that meets this situation (see --list).
    #[arg(long, value_name = "NAME")]
    witness: Option<String>,
    /// Write the counterexample, or the run of --witness, to this file, for `attune replay`.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Open stateright's Explorer on the model at this address.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:3000")]
    pub explore: Option<SocketAddr>,
    /// Which search: our breadth-first pass, or stateright's on the same model [default: attune].
    #[arg(long, value_enum)]
    engine: Option<Engine>,
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
    /// A task that is handed from one agent to its successor.
    Lineage,
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

    /// The file of its accepted counts.
    pub fn baseline(self) -> &'static str {
        match self {
            Profile::Quick => "models/quick.tsv",
            Profile::Deep => "models/deep.tsv",
        }
    }

    /// What that file said when this was built.
    pub fn accepted(self) -> &'static str {
        match self {
            Profile::Quick => QUICK_COUNTS,
            Profile::Deep => DEEP_COUNTS,
        }
    }
}

impl Arguments {
    pub fn model(&self) -> Model {
        self.model.unwrap_or(Model::Asynchronous)
    }

    pub fn engine(&self) -> Engine {
        self.engine.unwrap_or(Engine::Attune)
    }

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
            let other = match (Witness::named(name), Property::named(name)) {
                (Some(_), _) => ", that is a situation: --witness",
                (_, Some(_)) => ", that is a promise, which every check is about",
                _ => "",
            };
            anyhow!(
                "--mutant {name}: there is no such rule or duty{other}{hint} (`attune check --list` \
                 names all)"
            )
        })
    }

    /// The name of what is to be left out.
    pub fn mutant(&self) -> Option<&str> {
        self.mutant.as_deref()
    }

    /// The situation that is looked for.
    pub fn witness(&self) -> anyhow::Result<Option<Witness>> {
        let Some(name) = &self.witness else { return Ok(None) };
        if self.artifacts.is_some_and(|artifacts| artifacts > 1) {
            bail!("--witness: one artifact of the atomic or the asynchronous layer");
        }
        let known = Witness::named(name).ok_or_else(|| {
            let hint = names::hint(name, Witness::ALL.iter().map(|known| known.name()));
            let other = match Property::named(name) {
                Some(property) => {
                    let tests = Witness::ALL.iter().filter(|known| known.property() == property);
                    let tests: Vec<_> = tests.map(|known| known.name()).collect();
                    format!(", that is a promise; these put it to the test: {}", tests.join(", "))
                }
                None => hint,
            };
            anyhow!(
                "--witness {name}: there is no such situation{other} (`attune check --list` names \
                 all)"
            )
        });
        known.map(Some)
    }

    /// The cases that the options describe: one per strategy.
    pub fn cases(&self) -> anyhow::Result<Vec<Case>> {
        let layer = match self.model() {
            Model::Atomic => Layer::Atomic,
            Model::Asynchronous | Model::Printed | Model::Lineage => Layer::Asynchronous,
        };
        let mut strategies: Vec<StrategyName> = Vec::new();
        let lazy = ["lazy".to_string()];
        let named = if self.strategies.is_empty() { &lazy[..] } else { &self.strategies };
        for name in named {
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
                artifacts: self.artifacts.unwrap_or(plain.artifacts),
                commits: self.commits.unwrap_or(plain.commits),
                flight: self.flight.unwrap_or(plain.flight),
                faults: self.faults.unwrap_or_default().known_to(layer),
                bound_reads: self.bound.unwrap_or(plain.bound_reads),
                lease_ticks: self.lease_ticks.unwrap_or(plain.lease_ticks),
                revalidate: self.revalidate,
                log: self.log.unwrap_or(plain.log),
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
