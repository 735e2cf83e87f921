//! The legend, in rows under the title.

use super::canvas::{Anchor, Canvas, DrawError};
use super::marks::{self, Look};
use super::{MARGIN, WIDTH, style, text};
use attune_sim::results::{Mark, Plot, Series};

const SIZE: f64 = 12.5;
const KEY: f64 = 30.0;
const ROW: f64 = 20.0;

/// Returns where the legend ends. A plot of one series needs none.
pub(super) fn draw(canvas: &Canvas, plot: &Plot, top: f64) -> Result<f64, DrawError> {
    let mut rows = Rows { x: MARGIN, y: top + 10.0, used: false };
    if plot.series.len() > 1 {
        for (series, look) in plot.series.iter().zip(marks::looks(plot)) {
            let width = if has_line(series.mark) { KEY } else { 14.0 };
            let (x, y) = rows.entry(canvas, &series.name, width)?;
            key(canvas, series.mark, &look, (x, x + width), y)?;
        }
    }
    if plot.series.iter().any(has_intervals) {
        let (x, y) = rows.entry(canvas, "95 % confidence", 10.0)?;
        marks::interval(canvas, x + 5.0, (y + 6.0, y - 6.0), style::SOFT)?;
    }
    Ok(if rows.used { rows.y + 10.0 } else { top })
}

/// Where the next entry goes.
struct Rows {
    x: f64,
    y: f64,
    used: bool,
}

impl Rows {
    /// Writes an entry's text and returns where its key begins.
    fn entry(&mut self, canvas: &Canvas, name: &str, key: f64) -> Result<(f64, f64), DrawError> {
        let width = key + 7.0 + text::width(name, SIZE);
        if self.x > MARGIN && self.x + width > WIDTH - MARGIN {
            (self.x, self.y) = (MARGIN, self.y + ROW);
        }
        let spot = (self.x, self.y);
        canvas.text(name, (self.x + key + 7.0, self.y), SIZE, style::INK, Anchor::Start)?;
        self.x += width + 16.0;
        self.used = true;
        Ok(spot)
    }
}

fn has_intervals(series: &Series) -> bool {
    matches!(series.mark, Mark::Measured | Mark::Printed | Mark::Labelled)
        && series.points.iter().any(|point| point.half_width.is_some())
}

fn has_line(mark: Mark) -> bool {
    matches!(mark, Mark::Measured | Mark::Formula)
}

fn key(
    canvas: &Canvas,
    mark: Mark,
    look: &Look,
    (from, to): (f64, f64),
    y: f64,
) -> Result<(), DrawError> {
    let middle = ((from + to) / 2.0, y);
    if has_line(mark) {
        canvas.line(&[(from, y), (to, y)], look.stroke)?;
    }
    match mark {
        Mark::Formula => Ok(()),
        Mark::Stacked => canvas.rectangle((from, y - 6.0), (from + 13.0, y + 6.0), look.colour),
        _ => marks::marker(canvas, mark, look, middle),
    }
}
