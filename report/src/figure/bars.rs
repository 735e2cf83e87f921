//! Stacked bars, each with its total above it.

use super::canvas::{Anchor, Canvas, DrawError};
use super::scale::Scales;
use super::{marks, style, ticks};
use attune_sim::results::{Mark, Plot};

const WIDEST: f64 = 64.0;

pub(super) fn draw(canvas: &Canvas, plot: &Plot, scales: &Scales) -> Result<(), DrawError> {
    let looks = marks::looks(plot);
    let stacked: Vec<_> =
        plot.series.iter().zip(&looks).filter(|(series, _)| series.mark == Mark::Stacked).collect();
    let mut places: Vec<f64> =
        stacked.iter().flat_map(|(series, _)| &series.points).map(|point| point.x).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    places.retain(|&place| scales.x.shows(place));

    let half = width(&places, scales) / 2.0;
    for &place in &places {
        let x = scales.x.place(place);
        let mut total = 0.0;
        for (series, look) in &stacked {
            let here = series.points.iter().filter(|point| point.x == place);
            // A part that is missing or negative has no height.
            let part: f64 =
                here.map(|point| point.y).filter(|&y| y > 0.0 && scales.y.shows(y)).sum();
            let (low, high) = (scales.y.place(total), scales.y.place(total + part));
            total += part;
            // Neighbours are kept apart by a white line, unless that would hide one.
            let gap = if low - high > 3.0 { 0.8 } else { 0.0 };
            if low - high > 0.05 {
                canvas.rectangle((x - half, high + gap), (x + half, low), look.colour)?;
            }
        }
        let top = scales.y.place(total) - 9.0;
        canvas.text(&ticks::compact(total), (x, top), 11.5, style::INK, Anchor::Middle)?;
    }
    Ok(())
}

/// Bars take two thirds of the room between them.
fn width(places: &[f64], scales: &Scales) -> f64 {
    let spots: Vec<f64> = places.iter().map(|&place| scales.x.place(place)).collect();
    let closest = spots.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    (closest * 2.0 / 3.0).min(WIDEST)
}
