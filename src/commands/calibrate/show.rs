//! A calibration as Markdown.

use attune_sim::engine::StrategyName;
use attune_sim::workload::{Calibration, Compared, Judgement, Measure, Method, Seen};

pub(super) fn markdown(calibrations: &[Calibration]) -> String {
    let mut text = String::from("# Calibration\n");
    for calibration in calibrations {
        text += &source(calibration);
    }
    text
}

fn source(calibration: &Calibration) -> String {
    let Calibration { source, fitted, judging, synthetic_sessions, warnings, .. } = calibration;
    let mut text = format!(
        "\n## {source}\n\nFitted to {}; judged by {}; {synthetic_sessions} sessions made up, of {}.\n",
        seen(fitted),
        seen(judging),
        kinds(calibration)
    );
    if !warnings.is_empty() {
        text += "\n";
        warnings.iter().for_each(|warning| text += &format!("- {warning}\n"));
    }
    text += &parameters(calibration);
    if let Some(judgement) = &calibration.judgement {
        text += &judged(judgement);
    }
    text
}

/// Kinds of sessions, by their length.
fn kinds(calibration: &Calibration) -> String {
    let kinds: Vec<&str> = calibration.models.iter().map(|model| model.kind.as_str()).collect();
    match kinds.len() {
        0 | 1 => "one kind".to_string(),
        count => format!("{count} kinds ({})", kinds.join(", ")),
    }
}

fn seen(seen: &Seen) -> String {
    format!("{} sessions ({} reads, {} writes)", seen.sessions, seen.reads, seen.writes)
}

fn parameters(calibration: &Calibration) -> String {
    if calibration.parameters.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n| parameter | value | observed | by | distance | gain, nats |\n\
         | --- | --- | ---: | --- | ---: | ---: |\n",
    );
    for parameter in &calibration.parameters {
        let method = match parameter.method {
            Method::Likelihood => "likelihood",
            Method::Moments => "mean",
        };
        let optional = |value: Option<f64>| value.map_or(String::new(), |v| format!("{v:.3}"));
        text += &format!(
            "| {} | {} | {} | {method} | {} | {} |\n",
            parameter.name,
            parameter.value,
            parameter.observed,
            optional(parameter.distance),
            optional(parameter.gain)
        );
    }
    text
}

fn judged(judgement: &Judgement) -> String {
    let compared = &judgement.compared;
    let within = compared.iter().filter(|row| row.within).count();
    let uniform =
        compared.iter().filter(|row| row.uniform_difference.abs() <= row.stated_error).count();
    let mut text = format!(
        "\nOf {} comparisons {within} are within the stated error; of the uniform workload's, \
         {uniform}.\n",
        compared.len()
    );
    text += "\n| strategy | measure | fitted | real | synthetic | difference | stated error | \
             within | uniform | difference |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | \
             ---: | ---: |\n";
    for (names, rows) in alike(compared) {
        rows.into_iter().for_each(|row| text += &line(&names, row));
    }
    let best = judgement.best;
    let name = |found: Option<StrategyName>| found.map_or("none", StrategyName::name);
    text += &format!(
        "\nRecommended: for the real sessions {}, by the synthetic {}, by the uniform {}",
        name(best.real),
        name(best.synthetic),
        name(best.uniform)
    );
    match best.regret_percent {
        Some(percent) if best.real != best.synthetic => {
            text + &format!("; what the synthetic recommends sends {percent:.1} % more.\n")
        }
        _ => text + ".\n",
    }
}

/// Strategies that are alike in every measure share their rows.
fn alike(compared: &[Compared]) -> Vec<(String, Vec<&Compared>)> {
    let mut groups: Vec<(String, Vec<&Compared>)> = Vec::new();
    let of_strategy = |a: &Compared, b: &Compared| a.strategy == b.strategy;
    for rows in compared.chunk_by(of_strategy) {
        let same = |other: &&Compared, row: &Compared| {
            Compared { strategy: row.strategy, ..(*other).clone() } == *row
        };
        let known = groups.iter_mut().find(|(_, others)| {
            others.len() == rows.len() && others.iter().zip(rows).all(|(a, b)| same(a, b))
        });
        match known {
            Some((names, _)) => *names += &format!(", {}", rows[0].strategy),
            None => groups.push((rows[0].strategy.to_string(), rows.iter().collect())),
        }
    }
    groups
}

fn line(names: &str, row: &Compared) -> String {
    let (measure, digits) = match row.measure {
        Measure::SavedOfBroadcast => ("saved, % of broadcast", 1),
        Measure::SavedOfToday => ("saved, % of today", 1),
        Measure::HitRate => ("hits, % of reads", 1),
        Measure::StaleHits => ("stale hits, % of reads", 2),
        Measure::TokensPerAccess => ("tokens per access", 0),
    };
    format!(
        "| {names} | {measure} | {:.digits$} | {:.digits$} | {:.digits$} | {:+.digits$} | \
         ±{:.digits$} | {} | {:.digits$} | {:+.digits$} |\n",
        row.fitted,
        row.real,
        row.synthetic,
        row.difference,
        row.stated_error,
        if row.within { "yes" } else { "**no**" },
        row.uniform,
        row.uniform_difference,
    )
}
