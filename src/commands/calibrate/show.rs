//! A calibration as Markdown.

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
        "\n## {source}\n\nFitted to {}; judged by {}; {synthetic_sessions} sessions made up.\n",
        seen(fitted),
        seen(judging)
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
    let mut text = String::from(
        "\n| strategy | measure | fitted | real | synthetic | difference | stated error | within | \
         uniform | difference |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |\n",
    );
    for row in &judgement.compared {
        text += &compared(row);
    }
    let best = judgement.best;
    let name = |found: Option<_>| found.map_or("none".to_string(), |name| format!("{name}"));
    text += &format!(
        "\nRecommended: real {}, synthetic {}, uniform {}.\n",
        name(best.real),
        name(best.synthetic),
        name(best.uniform)
    );
    text
}

fn compared(row: &Compared) -> String {
    let measure = match row.measure {
        Measure::SavedOfBroadcast => "saved, % of broadcast",
        Measure::SavedOfToday => "saved, % of today",
        Measure::HitRate => "hits, % of reads",
        Measure::StaleHits => "stale hits, % of reads",
        Measure::TokensPerAccess => "tokens per access",
    };
    let digits = match row.measure {
        Measure::TokensPerAccess => 0,
        Measure::StaleHits => 2,
        _ => 1,
    };
    format!(
        "| {} | {measure} | {:.digits$} | {:.digits$} | {:.digits$} | {:+.digits$} | ±{:.digits$} | {} | \
         {:.digits$} | {:+.digits$} |\n",
        row.strategy,
        row.fitted,
        row.real,
        row.synthetic,
        row.difference,
        row.stated_error,
        if row.within { "yes" } else { "no" },
        row.uniform,
        row.uniform_difference,
    )
}
