//! The comparison: every printed figure of the Token Coherence paper's evaluation (section 8)
//! beside what the replica and the engine get, the paper's formulas beside what holds, and what
//! was found on the way. It computes; how the result is shown is the `report` crate's business.

mod caching;
mod crossover;
mod experiment;
mod figures;
mod findings;
mod formulas;
mod leases;
mod predictions;
mod strategies;

pub use crate::money::{BadPrices, Prices};
pub use figures::{FigureRow, Verdict, replica_values};
pub use findings::Finding;
pub use formulas::{coherent_cost_bound, savings_bound};
pub use predictions::table as prediction_table;

use crate::engine::Failure;
use crate::results::{Plot, Table};

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Seeds per engine experiment, and per replica experiment that is not a printed figure.
    pub seeds: u32,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { seeds: 1000 }
    }
}

/// Everything that `attune reproduce` found.
#[derive(Clone, Debug)]
pub struct Reproduction {
    pub figures: Vec<FigureRow>,
    /// The same as a table.
    pub figure_table: Table,
    /// The same, one table per table of the paper, for reading.
    pub figure_views: Vec<Table>,
    /// Every strategy in the paper's four scenarios, on the protocol engine.
    pub strategies: Table,
    /// Tokens beside staleness, over the strategies' parameters, at two rates of loss.
    pub tradeoff: Table,
    /// The paper's formulas beside its printed bounds and the replica.
    pub formulas: Table,
    /// The bound of Definition 3 against every lazy run.
    pub bound_check: Table,
    /// Money with and without provider caching (section 8.4).
    pub caching: Table,
    /// The expected-cost formula beside the replica.
    pub predictions: Table,
    /// How small artifacts are for which the protocol's own traffic eats the savings (section 10).
    pub crossover: Table,
    /// Write-loss probability against the lease (section 5.3), and which lease to choose.
    pub leases: Table,
    pub findings: Vec<Finding>,
    pub plots: Vec<Plot>,
}

/// Runs everything. `progress` is told of each part as it begins.
pub fn reproduce(
    effort: Effort,
    prices: &Prices,
    progress: impl Fn(&str),
) -> Result<Reproduction, Box<Failure>> {
    progress("printed figures");
    let figures = figures::compare(effort)?;
    progress("strategies");
    let strategies = strategies::side_by_side(effort)?;
    progress("tokens against staleness");
    let tradeoff = strategies::tradeoff(effort)?;
    progress("formulas");
    let formulas = formulas::compare(effort)?;
    progress("prompt caching");
    let caching = caching::table(effort, prices)?;
    progress("expected costs");
    let predictions = predictions::compare(effort);
    progress("crossover");
    let crossover = crossover::table(effort)?;
    progress("leases");
    let leases = leases::table(effort)?;
    progress("findings");
    let findings = findings::all(&figures)?;
    let mut plots = figures::plots(&figures);
    plots.push(strategies.plot);
    plots.extend(tradeoff.plots);
    Ok(Reproduction {
        figure_table: figures::table(&figures),
        figure_views: figures::views(&figures),
        figures,
        strategies: strategies.table,
        tradeoff: tradeoff.table,
        formulas: formulas.table,
        bound_check: formulas.bound_check,
        caching,
        predictions,
        crossover,
        leases,
        findings,
        plots,
    })
}
