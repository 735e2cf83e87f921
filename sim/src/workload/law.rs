//! Laws of sizes, counts and times.

use serde::{Deserialize, Serialize};

/// How a size, a count or a time is distributed. All values are above 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Law {
    Lognormal(Lognormal),
    /// Where the lognormal is not good enough.
    Observed(Observed),
}

/// Its logarithm is normal with the standard deviation `sigma`; what is drawn above `max` is `max`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lognormal {
    pub median: f64,
    pub sigma: f64,
    pub max: f64,
}

/// The values below which equal shares of what was observed are, from the smallest to the largest;
/// between two of them the logarithm is uniform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    #[serde(with = "on_one_line")]
    pub quantiles: Vec<f64>,
}

/// A hundred numbers as text, which a file has on one line.
mod on_one_line {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        let words: Vec<String> = values.iter().map(f64::to_string).collect();
        serializer.serialize_str(&words.join(" "))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = |word: &str| {
            word.parse().map_err(|_| de::Error::custom(format!("{word:?} is not a number")))
        };
        text.split_whitespace().map(number).collect()
    }
}

impl Law {
    /// Where nothing is known: always 1.
    pub fn one() -> Law {
        Law::Lognormal(Lognormal { median: 1.0, sigma: 0.0, max: 1.0 })
    }
}

impl Observed {
    /// So many equal shares.
    const SHARES: usize = 100;

    pub fn of(values: &[f64]) -> Observed {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| *value > 0.0).collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let at = |share: usize| {
            let place = (share * last + Self::SHARES / 2) / Self::SHARES;
            rounded(sorted.get(place).copied().unwrap_or(1.0))
        };
        Observed { quantiles: (0..=Self::SHARES).map(at).collect() }
    }

    /// The value below which this share is.
    pub fn at(&self, share: f64) -> f64 {
        let place = share * (self.quantiles.len() - 1) as f64;
        let low = (place as usize).min(self.quantiles.len() - 1);
        let high = (low + 1).min(self.quantiles.len() - 1);
        let (from, to) = (libm::log(self.quantiles[low]), libm::log(self.quantiles[high]));
        libm::exp(from + (to - from) * (place - low as f64))
    }
}

/// To four digits: more would be no truer, and longer.
fn rounded(value: f64) -> f64 {
    let digits = 3 - libm::floor(libm::log10(value)) as i32;
    let scale = libm::pow(10.0, f64::from(digits.abs()));
    match digits >= 0 {
        true => libm::round(value * scale) / scale,
        false => libm::round(value / scale) * scale,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_values() {
        let values: Vec<f64> = (1..=4001).map(f64::from).collect();
        let law = Observed::of(&values);
        assert_eq!(law.quantiles.len(), 101);
        assert_eq!((law.at(0.0), law.quantiles[50]), (1.0, 2001.0));
        assert!((law.at(0.5125) - 2051.0).abs() < 2.0, "{}", law.at(0.5125));
        assert_eq!(libm::round(law.at(1.0)), 4001.0);
        assert_eq!((rounded(123_456.0), rounded(0.012_345_6)), (123_500.0, 0.01235));
    }
}
