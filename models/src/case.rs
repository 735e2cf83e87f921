//! A case: what is checked, and within which bounds.

use crate::asynchronous::{FLIGHT_MAX, LOG_MAX};
use crate::fault::{Fault, Faults};
use crate::few::Few;
use attune_protocol::{AtCommit, AtTick, AtUpgrade, Expiry, Rules, Strategy};
use attune_trace::Mutant;
use std::fmt;
use std::str::FromStr;

/// Which layer of the protocol's models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    Atomic,
    Asynchronous,
}

impl Layer {
    pub const ALL: [Layer; 2] = [Layer::Atomic, Layer::Asynchronous];

    pub fn name(self) -> &'static str {
        match self {
            Layer::Atomic => "atomic",
            Layer::Asynchronous => "asynchronous",
        }
    }

    /// The faults that it knows.
    pub fn faults(self) -> &'static [Fault] {
        match self {
            Layer::Atomic => &[Fault::Loss, Fault::Crash, Fault::Lease, Fault::Misuse],
            Layer::Asynchronous => &[
                Fault::Loss,
                Fault::Duplication,
                Fault::Reordering,
                Fault::Crash,
                Fault::Lease,
                Fault::Restart,
            ],
        }
    }

    pub fn agents_max(self) -> u32 {
        match self {
            Layer::Atomic => Few::CAPACITY,
            Layer::Asynchronous => 4,
        }
    }
}

/// The strategies that are checked: the paper's, and mixtures that use what these leave unused.
pub const STRATEGIES: &[(&str, Strategy)] = &[
    ("lazy", Strategy::lazy()),
    ("eager", Strategy::eager()),
    ("push", Strategy::push()),
    ("broadcast", Strategy::broadcast()),
    ("lease", Strategy::lease(1)),
    ("access-count", Strategy::access_count(1)),
    ("eager-push", Strategy { at_commit: AtCommit::Push, ..Strategy::eager() }),
    ("eager-broadcast", Strategy { at_tick: AtTick::Push, ..Strategy::eager() }),
    ("broadcast-lazy", Strategy { at_tick: AtTick::Push, ..Strategy::lazy() }),
    ("push-lease", Strategy { expiry: Expiry::Ticks(1), ..Strategy::push() }),
];

/// The name of a strategy that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StrategyName(usize);

impl StrategyName {
    pub fn all() -> impl Iterator<Item = StrategyName> {
        (0..STRATEGIES.len()).map(StrategyName)
    }

    pub fn name(self) -> &'static str {
        STRATEGIES[self.0].0
    }

    pub fn strategy(self) -> Strategy {
        STRATEGIES[self.0].1
    }

    pub fn is_eager(self) -> bool {
        self.strategy().at_upgrade == AtUpgrade::Invalidate
    }
}

impl FromStr for StrategyName {
    type Err = String;

    fn from_str(text: &str) -> Result<StrategyName, String> {
        StrategyName::all().find(|strategy| strategy.name() == text).ok_or_else(|| {
            let names: Vec<_> = StrategyName::all().map(StrategyName::name).collect();
            format!("there is no strategy {text:?}; the checker has {}", names.join(", "))
        })
    }
}

/// What is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub layer: Layer,
    pub strategy: StrategyName,
    pub agents: u32,
    pub artifacts: u32,
    /// Commits per artifact until no more are begun.
    pub commits: u32,
    /// Messages in flight at most (asynchronous).
    pub flight: usize,
    pub faults: Faults,
    /// K.
    pub bound_reads: u16,
    pub lease_ticks: u32,
    pub acknowledgement_ticks: u32,
    pub revalidate: bool,
    /// Whether owners send heartbeats, and whether they release without a commit (asynchronous).
    pub heartbeats: bool,
    pub releases: bool,
    /// How many records the authority does again at most when it recovers (asynchronous).
    pub log: usize,
    pub symmetry: bool,
    /// Whether a state is passed over where the same one with more faults left was met
    /// (asynchronous).
    pub subsumption: bool,
    /// Whether states keep what the protocol as it is has no more use for.
    pub thorough: bool,
    /// Whether progress is judged as well (asynchronous; without symmetry).
    pub liveness: bool,
    /// Whether each step is compared with those of the atomic layer (asynchronous).
    pub refinement: bool,
    pub depth: Option<usize>,
}

impl Case {
    /// A small case without faults.
    pub fn new(layer: Layer, strategy: StrategyName, agents: u32) -> Case {
        Case {
            layer,
            strategy,
            agents,
            artifacts: 1,
            commits: 1,
            flight: 2,
            faults: Faults::none(),
            // Above what the strategy itself allows, so that the two can be told apart.
            bound_reads: match strategy.strategy().expiry {
                Expiry::Reads(k) => k + 1,
                Expiry::Never | Expiry::Ticks(_) => 1,
            },
            lease_ticks: 1,
            acknowledgement_ticks: 1,
            revalidate: false,
            heartbeats: false,
            releases: layer == Layer::Atomic,
            log: LOG_MAX,
            symmetry: false,
            subsumption: false,
            thorough: false,
            liveness: false,
            refinement: false,
            depth: None,
        }
    }

    pub fn rules(&self, mutant: Mutant) -> Rules<Mutant> {
        Rules {
            strategy: self.strategy.strategy(),
            bound_reads: Some(self.bound_reads),
            lease_ticks: self.lease_ticks,
            acknowledgement_ticks: self.acknowledgement_ticks,
            revalidate: self.revalidate,
            discipline: mutant,
        }
    }

    /// What makes it impossible, if something does: in words that say how to mend it.
    pub fn refuse(&self) -> Result<(), String> {
        let most = self.layer.agents_max();
        if !(1..=most).contains(&self.agents) {
            return Err(format!(
                "--agents {}: the {} layer takes 1 to {most}",
                self.agents,
                self.layer.name()
            ));
        }
        if !(1..=3).contains(&self.artifacts) {
            return Err(format!("--artifacts {}: from 1 to 3", self.artifacts));
        }
        if !(1..=FLIGHT_MAX).contains(&self.flight) {
            return Err(format!("--flight {}: from 1 to {FLIGHT_MAX}", self.flight));
        }
        if self.log > LOG_MAX {
            return Err(format!("--log {}: at most {LOG_MAX}", self.log));
        }
        if !(1..=20).contains(&self.commits) {
            return Err(format!("--commits {}: from 1 to 20", self.commits));
        }
        if self.bound_reads > 20 {
            return Err(format!("--bound {}: at most 20", self.bound_reads));
        }
        let unknown = Fault::ALL
            .into_iter()
            .find(|fault| self.faults.allow(*fault) && !self.layer.faults().contains(fault));
        if let Some(fault) = unknown {
            let known: Vec<_> = self.layer.faults().iter().map(|fault| fault.name()).collect();
            return Err(format!(
                "--faults {}: the {} layer has {}",
                fault.name(),
                self.layer.name(),
                known.join(", ")
            ));
        }
        if self.liveness && self.layer == Layer::Atomic {
            return Err("--liveness: in the atomic layer a request and its answer are one step; \
                        progress is checked in the asynchronous layer"
                .to_string());
        }
        let comparable = self.layer == Layer::Asynchronous && self.agents <= 3;
        if self.refinement && !(comparable && self.artifacts == 1) {
            return Err(
                "--refinement: the asynchronous layer is compared with the atomic one, for up to \
                 3 agents and one artifact"
                    .to_string(),
            );
        }
        if self.liveness && (self.symmetry || self.artifacts > 1) {
            return Err(
                "--liveness: leave out --symmetry, and take one artifact: a run is followed \
                        agent by agent"
                    .to_string(),
            );
        }
        if self.subsumption {
            let one = self.layer == Layer::Asynchronous && self.artifacts == 1;
            if self.liveness || !one {
                return Err("--subsumption: for one artifact of the asynchronous layer, without \
                            --liveness"
                    .to_string());
            }
            let combinations = self.faults.combinations();
            if combinations > 32 {
                return Err(format!(
                    "--subsumption: {combinations} combinations of faults left, and at most 32 are \
                     told apart; bound fewer faults, or each by 1"
                ));
            }
        }
        Ok(())
    }

    /// The bounds, in words: what was not bounded is not named.
    pub fn bounds(&self) -> String {
        let Case { commits, flight, bound_reads, .. } = self;
        let plural = |number: u32| if number == 1 { "" } else { "s" };
        let mut bounds = format!("{commits} commit{}", plural(*commits));
        if self.layer == Layer::Asynchronous {
            bounds += &format!(", {flight} messages in flight");
        }
        bounds + &format!(", K = {bound_reads}")
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} n={}", self.layer.name(), self.strategy.name(), self.agents)?;
        if self.artifacts > 1 {
            write!(f, " m={}", self.artifacts)?;
        }
        write!(f, " commits={}", self.commits)?;
        if self.layer == Layer::Asynchronous {
            write!(f, " flight={}", self.flight)?;
        }
        write!(f, " faults={}", self.faults)?;
        if self.log < LOG_MAX && self.faults.allow(Fault::Restart) {
            write!(f, " log={}", self.log)?;
        }
        let options = [
            (self.revalidate, " revalidate"),
            (self.heartbeats, " heartbeats"),
            (self.releases && self.layer == Layer::Asynchronous, " releases"),
            (self.symmetry, " symmetry"),
            (self.subsumption, " subsumption"),
            (self.thorough, " thorough"),
            (self.liveness, " liveness"),
            (self.refinement, " refinement"),
        ];
        for (is_on, name) in options {
            f.write_str(if is_on { name } else { "" })?;
        }
        Ok(())
    }
}
