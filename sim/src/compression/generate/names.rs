//! Names: new words for each project, of which some are used much more than others.

use super::{Generator, phrases};
use crate::workload::draw::Draw;

/// Names that the agents of a project share.
pub(super) struct Names {
    names: Vec<String>,
    /// Sums of the names' weights, in order.
    sums: Vec<f64>,
}

/// Draws for projects are not those for sessions.
const PROJECT: u64 = 1 << 32;

impl Names {
    pub(super) fn new(generator: &Generator, project: u32) -> Names {
        let mut draw = Draw::new(generator.seed, PROJECT + u64::from(project));
        let names = (0..generator.names).map(|_| phrases::name(&mut draw)).collect();
        let mut sum = 0.0;
        let weight = |rank: u32| libm::pow(f64::from(rank), -generator.name_exponent);
        let sums = (1..=generator.names).map(|rank| {
            sum += weight(rank);
            sum
        });
        Names { names, sums: sums.collect() }
    }

    pub(super) fn draw(&self, draw: &mut Draw) -> &str {
        let total = self.sums[self.sums.len() - 1];
        let point = draw.unit() * total;
        let place = self.sums.partition_point(|&sum| sum <= point);
        &self.names[place.min(self.names.len() - 1)]
    }
}
