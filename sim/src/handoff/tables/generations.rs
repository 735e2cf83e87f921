//! Loss over generations: what is left if nothing is relearnt, and what later generations miss.

use super::super::{Failure, OfGeneration, Report};
use super::{PRINTED, keeping, reports};
use crate::results::{Axis, Column, Mark, Plot, Point, Series, Table};
use crate::scenario::Scenario;

/// As many as all runs have, or nearly.
const GENERATIONS: usize = 7;

pub fn table(base: &Scenario, runs: u32) -> Result<(Table, Plot), Box<Failure>> {
    let mut rows = Vec::new();
    let mut series = Vec::new();
    let by_hand_and_masc = PRINTED.iter().map(|printed| {
        let name = format!("{:.0} % of facts", 100.0 * printed.preserved);
        (name, Some(printed.preserved), keeping(base, printed.preserved))
    });
    let by_value = ("2 KB by value".to_string(), None, base.clone());
    for (name, kept, scenario) in by_hand_and_masc.chain([by_value]) {
        let reports = reports(&scenario, runs)?;
        let mut formula = Vec::new();
        let (mut never_dropped, mut at_once) = (Vec::new(), Vec::new());
        for place in 0..GENERATIONS {
            let of = total(&reports, place);
            let percent = super::super::percent;
            let product = kept.map(|kept| 100.0 * libm::pow(kept, place as f64));
            // Of the first generation itself there is nothing to hand over yet.
            let first = |part| if place == 0 { Some(100.0) } else { percent(part, of.first_made) };
            let generation = (place + 1) as f64;
            let point = |points: &mut Vec<Point>, value: Option<f64>| {
                points.extend(value.map(|value| Point::new(generation, value)));
            };
            point(&mut formula, product);
            point(&mut never_dropped, first(of.first_kept));
            point(&mut at_once, percent(of.known, of.needed));
            rows.push(vec![
                name.as_str().into(),
                (place as u64 + 1).into(),
                of.lineages.into(),
                product.into(),
                first(of.first_kept).into(),
                first(of.first_known).into(),
                percent(of.known, of.needed).into(),
                percent(of.known + of.found, of.needed).into(),
            ]);
        }
        let plotted =
            |what: &str, mark, points| Series { name: format!("{name}: {what}"), mark, points };
        if kept.is_some() {
            series.push(plotted("product", Mark::Formula, formula));
        }
        series.push(plotted("never dropped", Mark::Measured, never_dropped));
        series.push(plotted("needed and known", Mark::Measured, at_once));
    }
    let table = Table {
        name: "handoff-generations".to_string(),
        title: "What is left of the first generation's facts, and what each generation needs"
            .to_string(),
        columns: vec![
            Column::text("kept"),
            Column::integer("generation", ""),
            Column::integer("lineages", "that came so far"),
            Column::number("product", "%, kept to the power of handoffs", 1),
            Column::number("never_dropped", "% of the first's facts", 1),
            Column::number("known", "% of the first's facts, relearnt ones included", 1),
            Column::number("needed_known", "% of what its steps need", 1),
            Column::number("needed_known_or_found", "% of what its steps need", 1),
        ],
        rows,
    };
    let plot = Plot {
        name: "handoff-generations".to_string(),
        title: "Loss over generations".to_string(),
        x: Axis::linear("generation"),
        y: Axis::linear("%"),
        series,
    };
    Ok((table, plot))
}

fn total(reports: &[Report], place: usize) -> OfGeneration {
    let mut total = OfGeneration::default();
    for of in reports.iter().filter_map(|report| report.generations.get(place)) {
        total.lineages += of.lineages;
        total.first_made += of.first_made;
        total.first_kept += of.first_kept;
        total.first_known += of.first_known;
        total.needed += of.needed;
        total.known += of.known;
        total.found += of.found;
    }
    total
}
