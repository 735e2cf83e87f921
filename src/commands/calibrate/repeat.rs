//! Whether the stated error is right: the same sessions divided anew, many times.

use crate::output::TextOrJson;
use attune_sim::workload::{self, Calibration, Options, Source};
use serde::Serialize;
use std::io::{self, Write};

/// One source over all divisions.
#[derive(Serialize)]
struct Repeated<'a> {
    source: &'a str,
    divisions: u64,
    comparisons: usize,
    /// Of them, those that differ by more than the stated error.
    beyond: usize,
    beyond_percent: f64,
    /// Divisions in which the synthetic sessions recommend what is best for the real ones.
    best_recommended: u64,
}

/// Calibrates with seeds from that of the options on, and tells how often the error was exceeded.
pub(super) fn run(
    sources: &[Source],
    options: &Options,
    times: u64,
    format: TextOrJson,
    done: &(dyn Fn() + Sync),
) -> anyhow::Result<()> {
    let repeated: Vec<Repeated> = sources
        .iter()
        .map(|source| {
            let divisions = (0..times).map(|time| {
                let seed = options.seed.wrapping_add(time);
                workload::calibrate(source, &Options { seed, ..options.clone() }, done)
            });
            sum(&source.name, divisions)
        })
        .collect();
    let mut out = io::stdout().lock();
    match format {
        TextOrJson::Text => out.write_all(markdown(&repeated).as_bytes())?,
        TextOrJson::Json => {
            serde_json::to_writer_pretty(&mut out, &repeated).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(out.flush()?)
}

fn sum(source: &str, divisions: impl Iterator<Item = Calibration>) -> Repeated<'_> {
    let (mut comparisons, mut beyond, mut judged, mut best_recommended) = (0, 0, 0, 0);
    for judgement in divisions.filter_map(|calibration| calibration.judgement) {
        judged += 1;
        comparisons += judgement.compared.len();
        beyond += judgement.compared.iter().filter(|row| !row.within).count();
        best_recommended += u64::from(judgement.best.real == judgement.best.synthetic);
    }
    Repeated {
        source,
        divisions: judged,
        comparisons,
        beyond,
        beyond_percent: 100.0 * beyond as f64 / comparisons.max(1) as f64,
        best_recommended,
    }
}

fn markdown(repeated: &[Repeated]) -> String {
    let mut text = String::from(
        "| source | divisions | comparisons | beyond the stated error | % | best recommended |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for of in repeated {
        text += &format!(
            "| {} | {} | {} | {} | {:.1} | {} |\n",
            of.source,
            of.divisions,
            of.comparisons,
            of.beyond,
            of.beyond_percent,
            of.best_recommended
        );
    }
    text
}
