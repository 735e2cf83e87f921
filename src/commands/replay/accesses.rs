//! An access trace: run again under every strategy.

use super::{Arguments, Chosen, show};
use crate::output::TextOrJson;
use crate::traces::Accesses;
use anyhow::{Context, bail};
use attune_sim::engine::StrategyName;
use attune_sim::money::Prices;
use attune_sim::rerun::{Comparison, Granularity, Settings, rerun};
use attune_trace::Kind;
use attune_trace::access::Header;
use serde::Serialize;
use std::fs;
use std::io::{self, Write};

/// What came of it, as JSON shows it.
#[derive(Serialize)]
struct Summary<'a> {
    file: String,
    kind: Kind,
    source: &'a str,
    tokenizer: &'a str,
    /// Whether the file ended within a line, which is left out.
    truncated: bool,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

pub(super) fn run(arguments: &Arguments, mut trace: Accesses) -> anyhow::Result<()> {
    let path = &arguments.trace;
    let prices = prices(arguments)?;
    let comparison = rerun(trace.by_ref(), &arguments.settings(), &prices)?;
    if comparison.trace.reads + comparison.trace.writes == 0 {
        bail!("{}: no access in it was done; there is nothing to run again", path.display());
    }
    let header: &Header = trace.header();
    let mut out = io::stdout().lock();
    match arguments.format {
        TextOrJson::Text => {
            let cut = trace.cut_within().map_or(String::new(), |line| {
                format!("          (it ends within line {line}, which is left out)\n")
            });
            let text = format!(
                "trace     {}: accesses of {} (tokens: {})\n{cut}{}",
                path.display(),
                header.source,
                header.tokenizer,
                show::text(&comparison)
            );
            out.write_all(text.as_bytes())?;
        }
        TextOrJson::Json => {
            let summary = Summary {
                file: path.display().to_string(),
                kind: header.kind,
                source: &header.source,
                tokenizer: &header.tokenizer,
                truncated: trace.cut_within().is_some(),
                comparison: &comparison,
            };
            serde_json::to_writer_pretty(&mut out, &summary).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(out.flush()?)
}

fn prices(arguments: &Arguments) -> anyhow::Result<Prices> {
    let Some(path) = &arguments.prices else { return Ok(Prices::built_in()) };
    let name = path.display().to_string();
    let text =
        fs::read_to_string(path).with_context(|| format!("--prices {name}: cannot be read"))?;
    Ok(Prices::from_yaml(&text, &name)?)
}

impl Arguments {
    fn settings(&self) -> Settings {
        let usual = Settings::default();
        let chosen = |name| {
            self.strategy.is_empty()
                || self.strategy.contains(&Chosen::All)
                || self.strategy.contains(&Chosen::One(name))
        };
        Settings {
            strategies: StrategyName::ALL.into_iter().filter(|name| chosen(*name)).collect(),
            across: self.across,
            granularity: match self.whole_files {
                true => Granularity::WholeFiles,
                false => Granularity::Lines,
            },
            deltas: self.deltas,
            ttl_ticks: self.ttl.unwrap_or(usual.ttl_ticks),
            access_count_k: self.k.unwrap_or(usual.access_count_k),
            bound_reads: self.bound,
            stale_hits_max_percent: self.stale.unwrap_or(usual.stale_hits_max_percent),
        }
    }
}
