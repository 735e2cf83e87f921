//! The report of `attune reproduce`: what is said, in which order.

use attune_report::{Document, Manifest, anchor};
use attune_sim::reproduce::{Reproduction, Verdict};
use attune_sim::results::Plot;

const INTRODUCTION: &str = "\
Every figure that the evaluation of the *Token Coherence* paper prints (its section 8) stands \
here beside what this lab gets, from one command, `make reproduce`. Three columns answer three \
questions:

- **printed**: what the paper says.
- **replica**: what the published simulator gives, rebuilt rule by rule with its quirks and \
defects, on the published seeds. Where it gives the printed digits the verdict is *exact*; \
nothing is compared with a tolerance.
- **engine**: what the protocol gives when it keeps its promises: versions and epochs on every \
message, commits decided by base version, no lost updates. Mean and 95 % confidence interval \
(for a σ, the value alone), with the share of stale reads beside it.

The paper's *eager* sends content at every write; in the protocol's words that is `push`, and \
stands beside it. The protocol's own `eager` (invalidate at the upgrade grant, wait for \
acknowledgements) has a row of its own.";

pub fn document(reproduction: &Reproduction, seeds: u32) -> Document {
    let mut document = Document::new("The Token Coherence paper's evaluation, reproduced");
    document.paragraph(INTRODUCTION);
    in_short(&mut document, reproduction, seeds);
    printed_figures(&mut document, reproduction);
    findings(&mut document, reproduction);
    strategies(&mut document, reproduction);
    formulas(&mut document, reproduction);
    expected_costs(&mut document, reproduction);
    prompt_caching(&mut document, reproduction);
    open_questions(&mut document, reproduction);
    document
}

/// What the results depend on, and nothing that changes from run to run.
pub fn manifest(seeds: u32) -> Manifest {
    Manifest::new()
        .with("program", "attune reproduce")
        .with("version", env!("CARGO_PKG_VERSION"))
        .with("seeds_per_experiment", seeds)
        .with("published_seeds", "as in sim/fixtures/figures.csv: seed, seed + 1, … for each run")
}

fn in_short(document: &mut Document, reproduction: &Reproduction, seeds: u32) {
    let count = |verdict| reproduction.figures.iter().filter(|row| row.verdict == verdict).count();
    document.heading(2, "In short");
    let findings = reproduction.findings.iter().skip(1).map(|finding| {
        format!("[{}](#{}): {}", finding.title, anchor(&finding.title), finding.in_short)
    });
    let mut items = vec![format!(
        "Of {} printed figures, **{} are exact** to the printed digit and **{} differ**, each \
         with its cause. On the engine, {seeds} seeds each, the savings of lazy invalidation \
         stand: they are not an artefact of the simulator's defects.",
        count(Verdict::Exact) + count(Verdict::Differs),
        count(Verdict::Exact),
        count(Verdict::Differs),
    )];
    items.extend(findings);
    document.list(items);
}

fn plot(document: &mut Document, plots: &[Plot], name: &str) {
    let plot = plots.iter().find(|plot| plot.name == name);
    document.plot(plot.unwrap_or_else(|| panic!("there is no plot {name:?}")).clone());
}

fn printed_figures(document: &mut Document, reproduction: &Reproduction) {
    document.heading(2, "The printed figures");
    for view in &reproduction.figure_views {
        let (heading, figure) = match view.name.as_str() {
            "paper-table-1" => ("Table 1", None),
            "paper-table-2" => ("Table 2", None),
            "paper-table-3" => ("Table 3", Some("savings-over-agents")),
            "paper-table-4" => ("Table 4", Some("tokens-over-size")),
            "paper-table-5" => ("Table 5", Some("savings-over-steps")),
            "paper-cliff" => ("Section 8.3", Some("savings-over-volatility")),
            _ => ("Section 8.8", None),
        };
        document.heading(3, heading);
        document.table(view.clone());
        if heading == "Table 2" {
            let differing = &reproduction.findings[0];
            document.paragraph(format!(
                "Why seven differ: [{}](#{}).",
                differing.title,
                anchor(&differing.title)
            ));
        }
        if let Some(figure) = figure {
            plot(document, &reproduction.plots, figure);
        }
    }
    document.paragraph(
        "All of them in one table, with the parameters, to full precision, and with the replica's \
         mean over as many seeds as the engine's:",
    );
    document.first_rows(reproduction.figure_table.clone(), 0);
}

fn findings(document: &mut Document, reproduction: &Reproduction) {
    document.heading(2, "What the lab found");
    for finding in &reproduction.findings {
        document.heading(3, finding.title.clone());
        document.paragraph(finding.text.clone());
        document.table(finding.table.clone());
        document.code("sh", finding.commands.join("\n"));
    }
}

fn strategies(document: &mut Document, reproduction: &Reproduction) {
    document.heading(2, "Every strategy, with what it costs in staleness");
    document.paragraph(
        "On the protocol engine. Control traffic (requests, grants, acknowledgements), which the \
         paper leaves out, is counted at 12 tokens a message. A stale read returns an older \
         version than the line has at that moment. Lost updates are impossible; the column shows \
         it.",
    );
    plot(document, &reproduction.plots, "strategies-side-by-side");
    document.table(reproduction.strategies.clone());
    document.heading(3, "Tokens against staleness");
    document.paragraph(
        "The trade-off that the paper does not draw: scenario B under many settings of each \
         strategy, with a reliable event channel, and with one that loses three messages in ten. \
         With a bound of K reads since the last sync, staleness is bounded however much is lost; \
         *revalidated* means that an expired copy is confirmed by its version instead of being \
         sent again, which makes the bound nearly free.",
    );
    plot(document, &reproduction.plots, "tokens-against-staleness");
    plot(document, &reproduction.plots, "tokens-against-staleness-lossy");
    document.table(reproduction.tradeoff.clone());
}

fn formulas(document: &mut Document, reproduction: &Reproduction) {
    document.heading(2, "The paper's formulas");
    document.paragraph(
        "Section 4.3's broadcast cost, Definition 3's bound on lazy, the cliff V* = 1 − n/S \
         (Definition 5), Corollary 1 (savings without writes), Corollary 2 (the writes at which \
         the bound reaches 0, S − n) and Theorem 1's bound, beside the runs. *Writes assumed* is the W behind the printed bound; *writes real* is what each \
         artifact got on average.",
    );
    document.table(reproduction.formulas.clone());
    document.paragraph(
        "Definition 3 as an invariant: tokens of every lazy run against Σ n(n + W)|d| with the \
         writes that each artifact of that run really got, and against the same with the W behind the \
         printed bound (V S; 2 in Table 5). A run above the first would fail this command.",
    );
    document.table(reproduction.bound_check.clone());
}

fn expected_costs(document: &mut Document, reproduction: &Reproduction) {
    document.heading(2, "Expected costs, without simulating");
    document.paragraph(
        "The paper says (8.3) that a bound which includes lazy collapse resists closed form. A \
         pair of an agent and an artifact is a small Markov chain driven by writes that depend on \
         nobody's cache, so the expectation can be had exactly: derivation and closed form in \
         [docs/expected-cost.md](../docs/expected-cost.md), values by `attune predict`. A sample \
         of the grid beside the replica's mean (`make predict-grid` runs all 3,600 points):",
    );
    document.table(reproduction.predictions.clone());
}

fn prompt_caching(document: &mut Document, reproduction: &Reproduction) {
    document.heading(2, "Prompt caching");
    document.paragraph(
        "Section 8.4 expects provider-side prompt caching to amplify the savings. As a cost \
         model, with prices from [sim/data/prices.yaml](../sim/data/prices.yaml): every agent \
         makes one call per tick; under broadcast its prompt holds every artifact, and the cache \
         serves it up to the first one that changed. Under the other strategies the prompt is a \
         structural part that never changes, and what synchronization sends enters it once (*used \
         where they are*, the paper's picture), or one copy of every artifact is sent again with \
         each call (*sent with each call*). The paper expects caching to as much as \
         double the savings; compare the last two columns: a discount on repeated content favours \
         whoever repeats most, and that is broadcast, unless it keeps breaking its own prefix.",
    );
    document.table(reproduction.caching.clone());
}

fn open_questions(document: &mut Document, reproduction: &Reproduction) {
    document.heading(2, "What the paper leaves open");
    document.heading(3, "Where the protocol's own traffic eats the savings");
    document.paragraph(
        "Section 10 has not \"quantified the crossover point\". Content grows with the artifacts' \
         size, signals (invalidations, requests, answers, acknowledgements, 12 tokens each) do not. So \
         for each number of agents and write probability there is a size below which broadcast, \
         all traffic counted, costs less per action than a strategy; where there is none (–), \
         broadcast costs less whatever the size. On scenario B; `scenarios/sweeps/crossover.yaml` sweeps the size itself.",
    );
    document.table(reproduction.crossover.clone());
    document.heading(3, "How long a write lease must be");
    document.paragraph(
        "Section 5.3 wishes for a relation between inference latency, τ and the probability that \
         a write is lost. It is in [docs/leases.md](../docs/leases.md); here beside the simulation, \
         for requests that take one tick. *Careful*: the shortest lease that loses at most 1 % of the \
         writes whose agents live. *Quick*: the lease that locks a line for the fewest ticks per \
         committed write: with crashes and many who wait, it pays to give up slow writes.",
    );
    document.table(reproduction.leases.clone());
}
