//! One point of a sweep: its values, and the scenario they make.

use super::axis::shown;
use super::setting::set;
use super::{Sweep, SweepError};
use crate::results::Cell;
use crate::scenario::Scenario;

pub struct Point<'s> {
    sweep: &'s Sweep,
    pub number: usize,
    /// For each axis, the place of its value.
    places: Vec<usize>,
}

impl<'s> Point<'s> {
    pub(super) fn new(sweep: &'s Sweep, number: usize) -> Point<'s> {
        let mut rest = number;
        let mut places = vec![0; sweep.axes.len()];
        for (place, axis) in places.iter_mut().zip(&sweep.axes).rev() {
            *place = rest % axis.len();
            rest /= axis.len();
        }
        Point { sweep, number, places }
    }

    /// The point's scenario.
    pub fn scenario(&self) -> Result<Scenario, SweepError> {
        let text = self.yaml()?;
        Scenario::from_yaml(&text, &self.sweep.file).map_err(|errors| {
            let mistakes = errors.mistakes.iter().take(3);
            let what: Vec<String> =
                mistakes.map(|mistake| format!("{}: {}", mistake.path, mistake.problem)).collect();
            self.wrong(what.join("; "))
        })
    }

    /// The point's scenario as a file.
    pub fn yaml(&self) -> Result<String, SweepError> {
        let mut tree = self.sweep.base.clone();
        for (axis, &place) in self.sweep.axes.iter().zip(&self.places) {
            for (path, value) in axis.parameters.iter().zip(&axis.values[place]) {
                set(&mut tree, path, value)
                    .map_err(|what| self.wrong(format!("{path}: {what}")))?;
            }
        }
        Ok(serde_yaml::to_string(&tree).expect("it was read from YAML"))
    }

    /// The point's number and values, as a row begins.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![Cell::Integer(self.number as i64)];
        for (axis, &place) in self.sweep.axes.iter().zip(&self.places) {
            cells.extend(axis.cells(place));
        }
        cells
    }

    /// The point's values in words.
    pub fn settings(&self) -> String {
        let mut settings = Vec::new();
        for (axis, &place) in self.sweep.axes.iter().zip(&self.places) {
            for (path, value) in axis.parameters.iter().zip(&axis.values[place]) {
                settings.push(format!("{path} = {}", shown(value)));
            }
        }
        settings.join(", ")
    }

    pub(super) fn wrong(&self, what: String) -> SweepError {
        SweepError::Point {
            file: self.sweep.file.clone(),
            point: self.number,
            settings: self.settings(),
            what,
        }
    }

    pub(super) fn broken(&self, failure: String) -> SweepError {
        SweepError::Broken {
            file: self.sweep.file.clone(),
            point: self.number,
            settings: self.settings(),
            failure,
        }
    }
}
