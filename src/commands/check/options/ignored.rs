//! Options that what is asked for would ignore.

use super::{Arguments, Engine, Model};
use anyhow::bail;
use attune_models::fault::Fault;

/// The options that describe a case.
const OF_A_CASE: [&str; 19] = [
    "MODEL",
    "--agents",
    "--artifacts",
    "--strategy",
    "--faults",
    "--commits",
    "--flight",
    "--log",
    "--bound",
    "--lease-ticks",
    "--revalidate",
    "--heartbeats",
    "--releases",
    "--depth",
    "--symmetry",
    "--subsumption",
    "--thorough",
    "--liveness",
    "--refinement",
];

impl Arguments {
    /// Options that would be ignored are refused.
    pub fn refuse_ignored(&self) -> anyhow::Result<()> {
        let (mode, takes) = self.takes();
        if let Some(option) = self.given().into_iter().find(|option| !takes.contains(option)) {
            let others: Vec<_> = takes.into_iter().filter(|taken| *taken != mode).collect();
            bail!("{option}: cannot be used with {mode}, which takes {}", others.join(", "));
        }
        if self.model == Some(Model::Atomic) {
            let messages = ["--flight", "--log", "--heartbeats", "--releases"];
            if let Some(option) = self.given().into_iter().find(|it| messages.contains(it)) {
                bail!(
                    "{option}: in the atomic layer a request and all its effects are one step \
                     (agents may always release); leave it out, or check the asynchronous layer"
                );
            }
        }
        let restarts = self.faults.is_some_and(|faults| faults.allow(Fault::Restart));
        if self.log.is_some() && !restarts {
            bail!("--log: the log is for recovery; add --faults restart, or leave it out");
        }
        if self.model() == Model::Printed && self.agents == Some(1) {
            bail!("--agents 1: with `printed`, from 2 to 8");
        }
        Ok(())
    }

    /// What the command is to do, and the options that this takes.
    fn takes(&self) -> (&'static str, Vec<&'static str>) {
        let case_and = |without: &[&str], others: &[&'static str]| {
            let case = OF_A_CASE.into_iter().filter(|option| !without.contains(option));
            case.chain(others.iter().copied()).collect()
        };
        match () {
            () if self.model() == Model::Lineage => {
                let mut takes = vec!["MODEL", "--threads", "--format"];
                takes.extend(match (self.list, self.mutants) {
                    (true, _) => &["--list"][..],
                    (_, true) => &["--mutants"],
                    _ => &["--mutant", "--baseline", "--accept"],
                });
                ("`lineage`", takes)
            }
            () if self.list => ("--list", vec!["--list", "--format"]),
            () if self.mutants => ("--mutants", vec!["--mutants", "--threads", "--format"]),
            () if self.profile.is_some() => (
                "--profile",
                vec![
                    "--profile",
                    "--mutant",
                    "--baseline",
                    "--accept",
                    "--states-max",
                    "--threads",
                    "--format",
                ],
            ),
            () if self.model() == Model::Printed => {
                ("`printed`", vec!["MODEL", "--agents", "--format"])
            }
            () if self.explore.is_some() => {
                ("--explore", case_and(&["--depth"], &["--explore", "--mutant"]))
            }
            () if self.witness.is_some() => {
                let others = ["--witness", "--trace", "--states-max", "--format"];
                ("--witness", case_and(&["--liveness", "--refinement"], &others))
            }
            () if self.engine() == Engine::Stateright => {
                let others = ["--engine", "--mutant", "--states-max", "--threads", "--format"];
                let without = ["--depth", "--liveness", "--refinement", "--subsumption"];
                ("--engine stateright", case_and(&without, &others))
            }
            () => {
                let others =
                    ["--engine", "--mutant", "--trace", "--states-max", "--threads", "--format"];
                ("this", case_and(&[], &others))
            }
        }
    }

    /// The options that were given.
    fn given(&self) -> Vec<&'static str> {
        let options = [
            (self.list, "--list"),
            (self.mutants, "--mutants"),
            (self.profile.is_some(), "--profile"),
            (self.explore.is_some(), "--explore"),
            (self.witness.is_some(), "--witness"),
            (self.engine.is_some(), "--engine"),
            (self.model.is_some(), "MODEL"),
            (self.agents.is_some(), "--agents"),
            (self.artifacts.is_some(), "--artifacts"),
            (!self.strategies.is_empty(), "--strategy"),
            (self.faults.is_some(), "--faults"),
            (self.commits.is_some(), "--commits"),
            (self.flight.is_some(), "--flight"),
            (self.log.is_some(), "--log"),
            (self.bound.is_some(), "--bound"),
            (self.lease_ticks.is_some(), "--lease-ticks"),
            (self.revalidate, "--revalidate"),
            (self.heartbeats, "--heartbeats"),
            (self.releases, "--releases"),
            (self.depth.is_some(), "--depth"),
            (self.symmetry, "--symmetry"),
            (self.subsumption, "--subsumption"),
            (self.thorough, "--thorough"),
            (self.liveness, "--liveness"),
            (self.refinement, "--refinement"),
            (self.mutant.is_some(), "--mutant"),
            (self.trace.is_some(), "--trace"),
            (self.states_max.is_some(), "--states-max"),
            (self.threads.is_some(), "--threads"),
            (self.baseline.is_some(), "--baseline"),
            (self.accept, "--accept"),
        ];
        options.into_iter().filter(|(is_given, _)| *is_given).map(|(_, option)| option).collect()
    }
}
