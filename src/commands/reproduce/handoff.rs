//! The report of `attune reproduce --paper masc`: what is said, in which order.

use attune_report::{Document, Manifest};
use attune_sim::handoff::Tables;

/// Seeds per row.
pub const SEEDS: u32 = 100;

const INTRODUCTION: &str = "\
MASC's paper hands a task from one agent to the next (*Mitosis*, section 3.2) and prints three pairs \
of figures for an 8-hour coding task (outline, workload 2): 6 handoffs, 52 % of the information \
preserved by hand and 94 % by its DNA of 2 KB, 67 % and 98 % of the task completed. How completion \
was measured, what counts as a piece of information, and how often it was tried is not said.

Here the task is simulated: contexts that fill, agents that prepare and divide by the protocol's own \
state machine, facts that are made, needed, lost, found again or missed. **No figure below is a \
measurement of agents.** Each follows from assumptions, which its row names; what can be learned is \
which assumptions the printed figures need, and what follows from them. The model is in \
[docs/handoff-simulation.md](../../docs/handoff-simulation.md); the scenario is \
[long-task.yaml](../../scenarios/handoff/long-task.yaml).";

pub fn document(tables: &Tables, seeds: u32) -> Document {
    let mut document = Document::new("Long tasks with handoffs");
    document.paragraph(INTRODUCTION);
    document.paragraph(format!("{seeds} seeds per row; the rows of a table have the same ones."));
    document.heading(2, "Printed, and as simulated");
    document.paragraph(
        "A printed percentage is taken for the probability that a handoff keeps a fact. The last group \
         keeps what an extractor aims at: the facts of most expected uses per byte, up to 2 KB.",
    );
    document.table(tables.workload.clone());
    document.heading(2, "Which assumption gives the printed completion");
    document.paragraph(
        "How much is completed depends on what becomes of lost facts: those that can be found again cost \
         time, the others spoil the steps that need them. For each reading of the printed figures \
         this table says which share of facts has to be findable, and what the other printed column \
         would then complete. Where no share gives the printed figure there is a dash: *none* and \
         *all findable* say how far completion can go.",
    );
    document.table(tables.solved.clone());
    document.heading(2, "Loss over generations");
    document.paragraph(
        "If each of six handoffs keeps 94 % of what it is given, independently, and nothing is learnt \
         again, 0.94 to the sixth power is left of the first generation's facts: 69 %; of 52 %, 2 %. \
         That is the column *product*, and *never dropped* is the same counted in the simulation. \
         Work goes on better than that: old facts are needed less, and what is needed is learnt again.",
    );
    document.plot(tables.generations_plot.clone());
    document.table(tables.generations.clone());
    document.heading(2, "What a budget preserves");
    document.plot(tables.budgets_plot.clone());
    document.table(tables.budgets.clone());
    document.heading(2, "When to prepare, and when to divide");
    document.paragraph(
        "Dividing early makes more handoffs. Dividing late lets a context overflow within a step: then \
         the next generation goes on from the last draft, as after a crash, once the lease has ended.",
    );
    document.table(tables.thresholds.clone());
    document.heading(2, "How many generations");
    document.table(tables.contexts.clone());
    document.heading(2, "Lineages on shared artifacts");
    document.paragraph(
        "A successor starts without copies. If its DNA names the versions that the parent held, and the \
         content is on the disk that it takes over, the authority confirms what has not changed \
         instead of sending it. That saves what is fetched, not what enters the context: a content \
         that is read is read again. Crashes are frequent here (one per 2,000 ticks of an agent), so \
         that grants are left to the estate and passed on.",
    );
    document.table(tables.shared.clone());
    document
}

pub fn manifest(seeds: u32) -> Manifest {
    Manifest::new()
        .with("program", "attune reproduce --paper masc")
        .with("version", env!("CARGO_PKG_VERSION"))
        .with("seeds_per_row", seeds)
}
