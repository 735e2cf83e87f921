//! Where an axis is divided, and what is written there.

use libm::{floor, log10};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub value: f64,
    pub label: String,
}

/// The round step (1, 2 or 5 times a power of ten) that divides a range into about `count`.
pub(super) fn step(range: f64, count: f64) -> f64 {
    let rough = range / count;
    let unit = power_of_ten(floor(log10(rough)) as i32);
    let multiple = [1.0, 2.0, 5.0].into_iter().find(|multiple| rough <= multiple * unit * 1.0001);
    multiple.unwrap_or(10.0) * unit
}

/// The multiples of `step` within a range.
pub(super) fn linear(low: f64, high: f64, step: f64) -> Vec<Tick> {
    let first = libm::ceil(low / step - 1e-9) as i64;
    let last = floor(high / step + 1e-9) as i64;
    let values: Vec<f64> = (first..=last).map(|index| index as f64 * step).collect();
    let most = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let (unit, suffix) = suffix(most);
    let digits = (-floor(log10(step / unit) + 1e-9)).max(0.0) as usize;
    let label = |value: f64| {
        if value == 0.0 { "0".to_string() } else { number(value / unit, digits) + suffix }
    };
    values.iter().map(|&value| Tick { value, label: label(value) }).collect()
}

/// Powers of ten within a range; where there are few, twice and five times those too; where
/// there are many, not all.
pub(super) fn logarithmic(low: f64, high: f64) -> Vec<Tick> {
    let (first, last) = (floor(log10(low)) as i32, floor(log10(high)) as i32);
    let every = 1 + (last - first) / 8;
    let multiples: &[f64] = if last - first <= 2 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let mut values = Vec::new();
    for exponent in (first..=last).filter(|exponent| exponent.rem_euclid(every) == 0) {
        values.extend(multiples.iter().map(|multiple| multiple * power_of_ten(exponent)));
    }
    let inside = values.into_iter().filter(|&value| low <= value && value <= high);
    inside.map(|value| Tick { value, label: compact(value) }).collect()
}

/// Every multiple of a power of ten within a range.
pub(super) fn multiples(low: f64, high: f64) -> impl Iterator<Item = f64> {
    let (first, last) = (floor(log10(low)) as i32, floor(log10(high)) as i32);
    (first..=last)
        .flat_map(|exponent| (1..10).map(move |times| f64::from(times) * power_of_ten(exponent)))
        .filter(move |&value| low <= value && value <= high)
}

/// A number in few letters: `1,979`, `12.5 K`, `2 M`, `0.05`, `1e-6`.
pub(super) fn compact(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e12).contains(&size) {
        return format!("{value:e}").replace('-', "−");
    }
    let (unit, suffix) = suffix(value.abs());
    let scaled = value / unit;
    // Three significant digits.
    let whole = if scaled == 0.0 { 0.0 } else { floor(log10(scaled.abs())) };
    let digits = (2.0 - whole).clamp(0.0, 9.0) as usize;
    let text = number(scaled, digits);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    };
    text + suffix
}

fn suffix(most: f64) -> (f64, &'static str) {
    match most {
        _ if most >= 1e9 => (1e9, " G"),
        _ if most >= 1e6 => (1e6, " M"),
        _ if most >= 1e4 => (1e3, " K"),
        _ => (1.0, ""),
    }
}

/// With commas between thousands and a proper minus sign.
fn number(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |parts| parts);
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped = format!("{grouped}.{fraction}");
    }
    if value < 0.0 { format!("−{grouped}") } else { grouped }
}

/// Exactly what `1e<exponent>` reads as; `powi` may differ in the last bit between platforms.
fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().expect("it is a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown = [0.05, 12.0, 1979.6, 12_500.0, 1_979_597.0, -10.0, 1e-6].map(compact);
        assert_eq!(shown, ["0.05", "12", "1,980", "12.5 K", "1.98 M", "−10", "1e−6"]);
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(
            [7.0, 110.0, 0.99, 1_979_597.0].map(|range| step(range, 5.0)),
            [2.0, 50.0, 0.2, 500_000.0]
        );
    }

    #[test]
    fn labels_of_an_axis_share_unit_and_digits() {
        let labels: Vec<String> =
            linear(0.0, 2e6, 5e5).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["0", "0.5 M", "1.0 M", "1.5 M", "2.0 M"]);
    }

    #[test]
    fn a_logarithmic_axis_has_powers_of_ten() {
        let labels: Vec<String> =
            logarithmic(5.0, 2e6).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["10", "100", "1,000", "10 K", "100 K", "1 M"]);
    }
}
