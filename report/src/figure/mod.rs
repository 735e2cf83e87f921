//! Plots as SVG.
//!
//! From top to bottom: title, legend, label of the y axis, the data, label of the x axis. Series
//! differ by colour (Okabe and Ito's palette), by marker and by dashes, so that they are told
//! apart without colours too.

mod bars;
mod canvas;
mod labels;
mod legend;
mod marks;
mod scale;
mod style;
mod text;
mod ticks;

use crate::markdown;
use attune_sim::results::Plot;
use canvas::{Anchor, Canvas, DrawError};
use scale::{Area, Scales};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 480.0;
/// White space around everything.
const MARGIN: f64 = 18.0;

pub(crate) fn render(plot: &Plot) -> Result<String, DrawError> {
    canvas::picture((WIDTH, HEIGHT), &plot.title, &markdown::summary(plot), |canvas| {
        let top = title(canvas, &plot.title)?;
        let top = legend::draw(canvas, plot, top)? + 14.0;
        canvas.text(&plot.y.label, (MARGIN, top), 12.5, style::SOFT, Anchor::Start)?;

        let bottom = HEIGHT - MARGIN - 20.0;
        let room = Area { left: MARGIN, right: WIDTH - MARGIN, top: top + 20.0, bottom };
        let scales = Scales::of(plot, room);
        let middle = (scales.area.left + scales.area.right) / 2.0;
        let below = HEIGHT - MARGIN - 4.0;
        canvas.text(&plot.x.label, (middle, below), 12.5, style::SOFT, Anchor::Middle)?;

        axes(canvas, plot, &scales)?;
        bars::draw(canvas, plot, &scales)?;
        marks::draw(canvas, plot, &scales)?;
        labels::draw(canvas, plot, &scales)
    })
}

/// Returns where the title ends.
fn title(canvas: &Canvas, title: &str) -> Result<f64, DrawError> {
    const SIZE: f64 = 16.0;
    let mut y = MARGIN + SIZE / 2.0;
    for line in text::wrap(title, SIZE * text::BOLDER, WIDTH - 2.0 * MARGIN) {
        canvas.bold(&line, (MARGIN, y), SIZE, style::INK)?;
        y += SIZE + 5.0;
    }
    Ok(y - SIZE / 2.0)
}

fn axes(canvas: &Canvas, plot: &Plot, scales: &Scales) -> Result<(), DrawError> {
    let Area { left, right, top, bottom } = scales.area;
    for tick in &scales.y.ticks {
        let y = scales.y.place(tick.value);
        canvas.line(&[(left, y), (right, y)], style::GRID)?;
        canvas.text(&tick.label, (left - 8.0, y), 12.0, style::SOFT, Anchor::End)?;
    }
    for tick in &scales.x.ticks {
        let x = scales.x.place(tick.value);
        if plot.x.places.is_empty() {
            canvas.line(&[(x, top), (x, bottom)], style::GRID)?;
            canvas.line(&[(x, bottom), (x, bottom + 4.0)], style::AXIS)?;
        }
        for (row, line) in scales.x_lines(tick).iter().enumerate() {
            let y = bottom + 15.0 + 14.0 * row as f64;
            canvas.text(line, (x, y), 12.0, style::SOFT, Anchor::Middle)?;
        }
    }
    // Unlabelled marks show that an axis is logarithmic.
    for value in scales.y.between() {
        let y = scales.y.place(value);
        canvas.line(&[(left, y), (left + 5.0, y)], style::ZERO)?;
    }
    for value in scales.x.between() {
        let x = scales.x.place(value);
        canvas.line(&[(x, bottom), (x, bottom - 5.0)], style::ZERO)?;
    }
    // Where zero is not at the bottom, it deserves a line of its own.
    if !scales.y.logarithmic && scales.y.spans_zero() {
        let y = scales.y.place(0.0);
        canvas.line(&[(left, y), (right, y)], style::ZERO)?;
    }
    canvas.line(&[(left, bottom), (right, bottom)], style::AXIS)
}
