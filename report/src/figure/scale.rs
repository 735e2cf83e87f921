//! From values to places in the picture.

use super::text;
use super::ticks::{self, Tick};
use attune_sim::results::{Axis, Mark, Plot, Point};
use libm::log10;
use std::collections::BTreeMap;

/// Where the data are drawn, in picture units.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// One axis: a range of values on a range of the picture.
pub(super) struct Scale {
    pub logarithmic: bool,
    pub ticks: Vec<Tick>,
    /// The ends of the range; their logarithms on a logarithmic axis.
    low: f64,
    high: f64,
    /// Where the ends are.
    from: f64,
    to: f64,
}

pub(super) struct Scales {
    pub x: Scale,
    pub y: Scale,
    pub area: Area,
    /// How wide the label of a place on the x axis may be.
    slot: f64,
}

impl Scales {
    /// The scales for a plot, given the room for data and tick labels together.
    pub(super) fn of(plot: &Plot, room: Area) -> Scales {
        let mut y = Scale::new(&plot.y, &y_values(plot), Ends::Round);
        let mut x = Scale::new(&plot.x, &x_values(plot), Ends::Padded);

        let widest = |ticks: &[Tick]| {
            ticks.iter().map(|tick| text::width(&tick.label, 12.0)).fold(0.0, f64::max)
        };
        let left = room.left + widest(&y.ticks) + 8.0;
        let slot = (room.right - left) / plot.x.places.len().max(1) as f64 - 8.0;
        let lines = x.ticks.iter().map(|tick| lines(tick, &plot.x, slot).len()).max().unwrap_or(1);
        let bottom = room.bottom - 14.0 * lines.max(1) as f64 - 8.0;
        let area = Area { left, right: room.right, top: room.top, bottom };
        (x.from, x.to) = (area.left, area.right);
        (y.from, y.to) = (area.bottom, area.top);
        let slot = if plot.x.places.is_empty() { f64::INFINITY } else { slot };
        Scales { x, y, area, slot }
    }

    /// Where a point is; nowhere if an axis cannot show it.
    pub(super) fn spot(&self, point: &Point) -> Option<(f64, f64)> {
        let shown = self.x.shows(point.x) && self.y.shows(point.y);
        shown.then(|| (self.x.place(point.x), self.y.place(point.y)))
    }

    /// The label of a tick on the x axis, in lines.
    pub(super) fn x_lines(&self, tick: &Tick) -> Vec<String> {
        if self.slot.is_finite() {
            text::wrap(&tick.label, 12.0, self.slot)
        } else {
            vec![tick.label.clone()]
        }
    }
}

fn lines(tick: &Tick, axis: &Axis, slot: f64) -> Vec<String> {
    if axis.places.is_empty() { vec![String::new()] } else { text::wrap(&tick.label, 12.0, slot) }
}

/// What to do at the ends of a linear axis.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    /// Extend it to the next tick.
    Round,
    /// Leave a little room.
    Padded,
}

impl Scale {
    fn new(axis: &Axis, values: &[f64], ends: Ends) -> Scale {
        let logarithmic = axis.logarithmic && axis.places.is_empty();
        let shown = values.iter().copied().filter(|&value| shows(logarithmic, value));
        let (mut low, mut high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |ends, value| {
            (ends.0.min(value), ends.1.max(value))
        });
        if !axis.places.is_empty() {
            let ticks = axis
                .places
                .iter()
                .enumerate()
                .map(|(index, place)| Tick { value: index as f64, label: place.clone() });
            let (low, high) = (-0.5, axis.places.len() as f64 - 0.5);
            return Scale { logarithmic, ticks: ticks.collect(), low, high, from: 0.0, to: 0.0 };
        }
        if low > high {
            (low, high) = (1.0, 10.0);
        }
        if logarithmic {
            let margin = (0.03 * (log10(high) - log10(low))).max(0.05);
            let (low, high) = (log10(low) - margin, log10(high) + margin);
            let ticks = few(values)
                .unwrap_or_else(|| ticks::logarithmic(libm::exp10(low), libm::exp10(high)));
            return Scale { logarithmic, ticks, low, high, from: 0.0, to: 0.0 };
        }
        (low, high) = with_zero(low, high);
        if high - low <= 1e-9 * high.abs().max(low.abs()) {
            let room = (0.01 * high.abs()).max(0.5);
            (low, high) = (low - room, high + room);
        }
        let step = ticks::step(high - low, if ends == Ends::Round { 6.0 } else { 8.0 });
        if ends == Ends::Round {
            low = libm::floor(low / step + 1e-9) * step;
            high = libm::ceil(high / step - 1e-9) * step;
        } else {
            let margin = 0.025 * (high - low);
            (low, high) = (if low == 0.0 { 0.0 } else { low - margin }, high + margin);
        }
        let ticks = ticks::linear(low, high, step);
        Scale { logarithmic, ticks, low, high, from: 0.0, to: 0.0 }
    }

    /// Whether a value can be drawn.
    pub(super) fn shows(&self, value: f64) -> bool {
        shows(self.logarithmic, value)
    }

    /// Where a value is drawn; what is beyond an end, at that end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let value = match self.logarithmic {
            true if value > 0.0 => log10(value),
            true => self.low,
            false => value,
        };
        let part = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + part * (self.to - self.from)
    }

    /// Where a logarithmic axis has marks between its ticks: at the multiples of powers of ten.
    /// None where the ticks themselves are not regular.
    pub(super) fn between(&self) -> Vec<f64> {
        let powers = self.ticks.iter().all(|tick| log10(tick.value).fract() == 0.0);
        if !self.logarithmic || !powers || self.high - self.low > 7.0 {
            return Vec::new();
        }
        let values = ticks::multiples(libm::exp10(self.low), libm::exp10(self.high));
        values.filter(|value| self.ticks.iter().all(|tick| tick.value != *value)).collect()
    }

    /// Whether zero is between the ends.
    pub(super) fn spans_zero(&self) -> bool {
        self.low < 0.0 && 0.0 < self.high
    }
}

fn shows(logarithmic: bool, value: f64) -> bool {
    // Beyond that, ticks could not be told from one another.
    const MOST: f64 = 1e100;
    value.abs() <= MOST && (!logarithmic || value >= 1.0 / MOST)
}

/// Starts an axis at zero unless the values are far from it.
fn with_zero(low: f64, high: f64) -> (f64, f64) {
    if low > 0.0 && low < 0.4 * high {
        (0.0, high)
    } else if high < 0.0 && high > 0.4 * low {
        (low, 0.0)
    } else {
        (low, high)
    }
}

/// The values themselves as ticks, if they are few and well apart: for a logarithmic axis on
/// which somebody doubled something.
fn few(values: &[f64]) -> Option<Vec<Tick>> {
    let mut values: Vec<f64> = values.iter().copied().filter(|&value| shows(true, value)).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let apart = values.windows(2).all(|pair| pair[1] >= 1.5 * pair[0]);
    let fits = (2..=8).contains(&values.len()) && apart && values[0] >= 1.0;
    fits.then(|| {
        let tick = |value| Tick { value, label: ticks::compact(value) };
        values.into_iter().map(tick).collect()
    })
}

fn x_values(plot: &Plot) -> Vec<f64> {
    // A formula may be given at many more values than were measured.
    let measured = plot.series.iter().filter(|series| series.mark != Mark::Formula);
    let mut values: Vec<f64> =
        measured.flat_map(|series| &series.points).map(|point| point.x).collect();
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
    let formulas = plot.series.iter().filter(|series| series.mark == Mark::Formula);
    let beyond = formulas.flat_map(|series| &series.points).map(|point| point.x);
    values.extend(beyond.filter(|&x| x < low || x > high || low > high));
    values
}

fn y_values(plot: &Plot) -> Vec<f64> {
    let mut values = Vec::new();
    let mut stacks: BTreeMap<u64, f64> = BTreeMap::new();
    for series in &plot.series {
        for point in &series.points {
            if series.mark == Mark::Stacked {
                *stacks.entry(point.x.to_bits()).or_default() += point.y.max(0.0);
                continue;
            }
            let half = point.half_width.unwrap_or(0.0);
            let ends = [point.y, point.y - half, point.y + half];
            // An interval that reaches below a logarithmic axis must not take the axis with it.
            values.extend(ends.into_iter().filter(|end| !plot.y.logarithmic || *end > 0.0));
        }
    }
    if !stacks.is_empty() {
        values.push(0.0);
        // Room for the totals.
        values.extend(stacks.into_values().map(|total| total * 1.04));
    }
    values
}
