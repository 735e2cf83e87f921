//! Lognormal laws and the share of reads that are whole, over the size.

use super::numeric::{logistic, normal_below, solve};
use crate::workload::law::Lognormal;

/// By maximum likelihood: mean and standard deviation of the logarithms. `None` for no values.
pub fn lognormal(values: &[f64]) -> Option<Lognormal> {
    let logs: Vec<f64> =
        values.iter().filter(|value| **value > 0.0).map(|value| libm::log(*value)).collect();
    if logs.is_empty() {
        return None;
    }
    let count = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let variance = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / count;
    let max = values.iter().copied().fold(0.0, f64::max);
    Some(Lognormal { median: libm::exp(mean), sigma: libm::sqrt(variance), max })
}

/// The largest distance between the fitted and the observed distribution function (Kolmogorov and
/// Smirnov). Values that are equal count once, as for a law of whole numbers.
pub fn distance(law: &Lognormal, values: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| *value > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let below = |value: f64| match value {
        _ if value >= law.max => 1.0,
        _ if law.sigma == 0.0 => f64::from(u8::from(value >= law.median)),
        _ => normal_below((libm::log(value) - libm::log(law.median)) / law.sigma),
    };
    let mut worst: f64 = 0.0;
    let mut place = 0;
    while place < sorted.len() {
        let end = sorted.partition_point(|other| *other <= sorted[place]);
        worst = worst.max((below(sorted[place]) - end as f64 / count).abs());
        place = end;
    }
    worst
}

/// By how much the logarithm of a part grows with that of the whole, by least squares (which is
/// maximum likelihood for a lognormal part); 0 where the wholes do not differ.
pub fn slope(parts: &[(f64, f64)]) -> f64 {
    let count = parts.len().max(1) as f64;
    let logs: Vec<(f64, f64)> =
        parts.iter().map(|(whole, part)| (libm::log(*whole), libm::log(*part))).collect();
    let mean = logs.iter().fold((0.0, 0.0), |(x, y), log| (x + log.0 / count, y + log.1 / count));
    let (mut squares, mut products) = (0.0, 0.0);
    for (x, y) in logs {
        squares += (x - mean.0) * (x - mean.0);
        products += (x - mean.0) * (y - mean.1);
    }
    if squares > 0.0 { products / squares } else { 0.0 }
}

/// Of fewer values a table says no more than a law.
pub const VALUES_MIN: usize = 30;

/// Whether a lognormal whose parameters were fitted to as many values would be as far off in fewer
/// than one case of twenty (Lilliefors).
pub fn is_rejected(distance: f64, values: usize) -> bool {
    values >= VALUES_MIN && distance > 0.886 / libm::sqrt(values as f64)
}

/// Log odds at size 1 and slope over the logarithm of the size, by maximum likelihood (Newton's
/// method, with a weak pull towards 0 so that a share of 0 or 1 has a fit).
pub fn whole_by_size(seen: &[(f64, bool)]) -> (f64, f64) {
    const PULL: f64 = 0.01;
    if seen.is_empty() {
        return (0.0, 0.0);
    }
    let logs: Vec<(f64, f64)> =
        seen.iter().map(|(size, whole)| (libm::log(*size), f64::from(u8::from(*whole)))).collect();
    // About the mean size, where the two parameters have little to do with each other.
    let middle = logs.iter().map(|(x, _)| x).sum::<f64>() / logs.len() as f64;
    let (mut level, mut slope) = (0.0, 0.0);
    for _ in 0..50 {
        let (mut g0, mut g1) = (-PULL * level, -PULL * slope);
        let (mut h00, mut h01, mut h11) = (PULL, 0.0, PULL);
        for &(x, whole) in &logs {
            let x = x - middle;
            let p = logistic(level + slope * x);
            let weight = p * (1.0 - p);
            g0 += whole - p;
            g1 += (whole - p) * x;
            h00 += weight;
            h01 += weight * x;
            h11 += weight * x * x;
        }
        let [step0, step1] = solve([[h00, h01], [h01, h11]], [g0, g1]);
        level += step0.clamp(-2.0, 2.0);
        slope += step1.clamp(-2.0, 2.0);
        if step0.abs() + step1.abs() < 1e-10 {
            break;
        }
    }
    (level - slope * middle, slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::draw::Draw;

    #[test]
    fn a_lognormal_is_found_again() {
        let law = Lognormal { median: 700.0, sigma: 1.3, max: 1e9 };
        let mut draw = Draw::new(1, 1);
        let values: Vec<f64> = (0..20_000).map(|_| draw.lognormal(&law)).collect();
        let found = lognormal(&values).unwrap();
        assert!((found.median / law.median - 1.0).abs() < 0.03, "{found:?}");
        assert!((found.sigma - law.sigma).abs() < 0.02, "{found:?}");
        assert!(distance(&found, &values) < 0.01);
        assert!(distance(&Lognormal { median: 350.0, ..found }, &values) > 0.15);
    }

    #[test]
    fn parts_grow_with_the_whole() {
        let mut draw = Draw::new(4, 1);
        let noise = Lognormal { median: 3.0, sigma: 0.5, max: 1e9 };
        let parts: Vec<(f64, f64)> = (0..20_000)
            .map(|_| {
                let whole = libm::exp(5.0 + 4.0 * draw.unit());
                (whole, libm::pow(whole, 0.4) * draw.lognormal(&noise))
            })
            .collect();
        assert!((slope(&parts) - 0.4).abs() < 0.02, "{}", slope(&parts));
        assert_eq!(slope(&[(5.0, 2.0), (5.0, 3.0)]), 0.0);
    }

    #[test]
    fn large_artifacts_are_read_in_parts() {
        let mut draw = Draw::new(2, 1);
        let seen: Vec<(f64, bool)> = (0..20_000)
            .map(|_| {
                let log = 4.0 + 6.0 * draw.unit();
                (libm::exp(log), draw.hits(logistic(8.0 - 1.1 * log)))
            })
            .collect();
        let (level, slope) = whole_by_size(&seen);
        assert!((level - 8.0).abs() < 0.4 && (slope + 1.1).abs() < 0.05, "{level} {slope}");
        let (level, slope) = whole_by_size(&[(10.0, true), (90.0, true)]);
        assert!(logistic(level + slope * 3.0) > 0.9);
    }
}
