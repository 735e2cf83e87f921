//! Plots as data.

use serde::Serialize;

/// One figure with one panel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plot {
    /// Lower case, words joined by hyphens; serves as its file name.
    pub name: String,
    /// One line.
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// With the unit, if there is one.
    pub label: String,
    pub logarithmic: bool,
    /// Where the axis is divided into named places instead of numbers: place `i` is at `i`.
    pub places: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    pub name: String,
    pub mark: Mark,
    pub points: Vec<Point>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// What was measured: points joined by a line, with error bars where a point has them.
    Measured,
    /// What a formula says: a line without points.
    Formula,
    /// What was printed: points alone.
    Printed,
    /// Single points, each with its label beside it.
    Labelled,
    /// Bars; the series of a plot are stacked.
    Stacked,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    /// Half the width of the 95 % confidence interval of `y`.
    pub half_width: Option<f64>,
    /// Shown beside the point ([`Mark::Labelled`]).
    pub label: String,
}

impl Point {
    pub fn new(x: f64, y: f64) -> Point {
        Point { x, y, half_width: None, label: String::new() }
    }
}

impl Axis {
    pub fn linear(label: &str) -> Axis {
        Axis { label: label.to_string(), logarithmic: false, places: Vec::new() }
    }

    pub fn logarithmic(label: &str) -> Axis {
        Axis { logarithmic: true, ..Axis::linear(label) }
    }
}
