//! Lines and markers.

use super::canvas::{Canvas, DrawError, Spot};
use super::scale::Scales;
use super::style::{self, Colour, Shape, Stroke};
use attune_sim::results::{Mark, Plot, Point, Series};

/// How a series is told apart from the others.
pub(super) struct Look {
    pub colour: Colour,
    pub stroke: Stroke,
    pub shape: Shape,
}

/// How each series of a plot looks.
pub(super) fn looks(plot: &Plot) -> Vec<Look> {
    let (mut formulas, mut printed, mut data) = (0.., 0.., 0..);
    let mut next = |series: &Series| match series.mark {
        Mark::Formula => {
            let index = formulas.next().unwrap_or(0);
            let colour = style::formula_colour(index);
            Look { colour, stroke: Stroke::formula(colour, index), shape: style::shape(0) }
        }
        Mark::Printed => {
            let index = printed.next().unwrap_or(0);
            Look::solid(style::printed_colour(index), style::shape(index))
        }
        Mark::Measured | Mark::Labelled | Mark::Stacked => {
            let index = data.next().unwrap_or(0);
            Look::solid(style::colour(index), style::shape(index))
        }
    };
    plot.series.iter().map(&mut next).collect()
}

impl Look {
    fn solid(colour: Colour, shape: Shape) -> Look {
        Look { colour, stroke: Stroke::solid(colour, 2.0), shape }
    }
}

/// The marker of a series that has markers.
pub(super) fn marker(canvas: &Canvas, mark: Mark, look: &Look, at: Spot) -> Result<(), DrawError> {
    match mark {
        Mark::Printed => style::outline(canvas, look.shape, at, 6.6, look.colour),
        Mark::Measured => style::marker(canvas, look.shape, at, 3.6, look.colour),
        _ => style::marker(canvas, look.shape, at, 4.2, look.colour),
    }
}

pub(super) fn draw(canvas: &Canvas, plot: &Plot, scales: &Scales) -> Result<(), DrawError> {
    let looks = looks(plot);
    // What was printed goes around what was measured.
    for mark in [Mark::Formula, Mark::Measured, Mark::Printed, Mark::Labelled] {
        let all = plot.series.iter().zip(&looks).filter(|(series, _)| series.mark == mark);
        for (series, look) in all {
            draw_series(canvas, series, look, scales)?;
        }
    }
    Ok(())
}

fn draw_series(
    canvas: &Canvas,
    series: &Series,
    look: &Look,
    scales: &Scales,
) -> Result<(), DrawError> {
    if matches!(series.mark, Mark::Formula | Mark::Measured) {
        // A line ends where its axis cannot show a point.
        let spots: Vec<Option<Spot>> =
            series.points.iter().map(|point| scales.spot(point)).collect();
        for run in spots.split(Option::is_none).filter(|run| run.len() > 1) {
            let run: Vec<Spot> = run.iter().copied().flatten().collect();
            canvas.line(&run, look.stroke)?;
        }
    }
    if series.mark == Mark::Formula {
        return Ok(());
    }
    for point in &series.points {
        if let Some(at) = scales.spot(point) {
            error_bar(canvas, point, at.0, look.colour, scales)?;
        }
    }
    for at in series.points.iter().filter_map(|point| scales.spot(point)) {
        marker(canvas, series.mark, look, at)?;
    }
    Ok(())
}

fn error_bar(
    canvas: &Canvas,
    point: &Point,
    x: f64,
    colour: Colour,
    scales: &Scales,
) -> Result<(), DrawError> {
    let Some(half) = point.half_width.filter(|half| half.is_finite() && *half > 0.0) else {
        return Ok(());
    };
    let ends = (scales.y.place(point.y - half), scales.y.place(point.y + half));
    interval(canvas, x, ends, colour)
}

/// An error bar.
pub(super) fn interval(
    canvas: &Canvas,
    x: f64,
    (low, high): (f64, f64),
    colour: Colour,
) -> Result<(), DrawError> {
    const CAP: f64 = 4.0;
    let stroke = Stroke::solid(colour, 1.2);
    canvas.line(&[(x, low), (x, high)], stroke)?;
    canvas.line(&[(x - CAP, low), (x + CAP, low)], stroke)?;
    canvas.line(&[(x - CAP, high), (x + CAP, high)], stroke)
}
