//! Means and their uncertainty. Sums run in the order of the values, so that results are the same
//! bits whatever computed them.

/// A mean with half the width of its 95 % confidence interval (normal approximation), where one
/// is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub half_width: Option<f64>,
}

/// Quantile of the normal distribution for a two-sided 95 % interval.
const Z_95: f64 = 1.959_963_984_540_054;

impl Estimate {
    /// The mean of independent values.
    pub fn of_mean(values: &[f64]) -> Estimate {
        Estimate { value: mean(values), half_width: half_width(values) }
    }

    /// The ratio of two means, of values that belong together in pairs (delta method).
    pub fn of_ratio(numerators: &[f64], denominators: &[f64]) -> Estimate {
        let base = mean(denominators);
        let ratio = mean(numerators) / base;
        let pairs = numerators.iter().zip(denominators);
        let residuals: Vec<f64> = pairs.map(|(own, other)| (own - ratio * other) / base).collect();
        Estimate { value: ratio, half_width: half_width(&residuals) }
    }

    pub fn exact(value: f64) -> Estimate {
        Estimate { value, half_width: None }
    }

    /// `scale * value + offset`.
    pub fn scaled(self, scale: f64, offset: f64) -> Estimate {
        Estimate {
            value: scale * self.value + offset,
            half_width: self.half_width.map(|half| half * scale.abs()),
        }
    }
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Population standard deviation.
pub fn population_sigma(values: &[f64]) -> f64 {
    (squares(values) / values.len() as f64).sqrt()
}

/// `None` for fewer than two values.
fn half_width(values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    (values.len() > 1).then(|| Z_95 * (squares(values) / (count - 1.0) / count).sqrt())
}

/// Sum of squared deviations from the mean.
fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean) * (value - mean)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviations_of_a_small_sample() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(population_sigma(&values), 2.0);
        let half = Estimate::of_mean(&values).half_width.unwrap();
        // Sample variance 32 / 7, over 8 values.
        assert!((half - Z_95 * (32.0_f64 / 7.0 / 8.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_constant_ratio_has_no_uncertainty() {
        let ratio = Estimate::of_ratio(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]);
        assert_eq!(ratio, Estimate { value: 0.5, half_width: Some(0.0) });
    }

    #[test]
    fn one_value_has_no_interval() {
        assert_eq!(Estimate::of_mean(&[3.0]).half_width, None);
    }
}
