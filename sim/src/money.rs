//! What prompts cost, with and without a provider's prefix cache (paper section 8.4): a prices file,
//! and dollars for tokens that are new or were sent before.

use serde::Deserialize;

/// The prices file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Prompt tokens that never change.
    pub structural_prompt_tokens: f64,
    pub plans: Vec<Plan>,
}

/// Dollars per million tokens.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub name: String,
    pub input: f64,
    pub cached_input: f64,
    pub cache_write: f64,
}

/// A prices file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadPrices {
    #[error("{file}: {source}")]
    Syntax { file: String, source: serde_yaml::Error },
    #[error("{file}: {field} is {found}; allowed: {allowed}")]
    Value { file: String, field: String, found: f64, allowed: &'static str },
    #[error("{file}: plans is empty; name at least one plan")]
    NoPlans { file: String },
}

impl Prices {
    /// The prices in `sim/data/prices.yaml`.
    pub fn built_in() -> Prices {
        let text = include_str!("../data/prices.yaml");
        Prices::from_yaml(text, "prices.yaml").unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn from_yaml(text: &str, file_name: &str) -> Result<Prices, BadPrices> {
        let file = || file_name.to_string();
        let prices: Prices = serde_yaml::from_str(text)
            .map_err(|source| BadPrices::Syntax { file: file(), source })?;
        let structural = ("structural_prompt_tokens".to_string(), prices.structural_prompt_tokens);
        let of_plans = prices.plans.iter().enumerate().flat_map(|(place, plan)| {
            [
                (format!("plans[{place}].input"), plan.input),
                (format!("plans[{place}].cached_input"), plan.cached_input),
                (format!("plans[{place}].cache_write"), plan.cache_write),
            ]
        });
        for (field, found) in std::iter::once(structural).chain(of_plans) {
            let (fits, allowed) = if field.ends_with(".input") {
                (found > 0.0, "a price above 0")
            } else {
                (found >= 0.0, "a price or token count of 0 or more")
            };
            if !fits || !found.is_finite() {
                return Err(BadPrices::Value { file: file(), field, found, allowed });
            }
        }
        if prices.plans.is_empty() {
            return Err(BadPrices::NoPlans { file: file() });
        }
        Ok(prices)
    }
}

/// What a run sends to the provider: prompts, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prompts {
    /// Served from the cache, if there is one.
    pub repeated: f64,
    pub new: f64,
}

impl Prompts {
    pub fn total(self) -> f64 {
        self.repeated + self.new
    }

    /// Every prompt token at the full price.
    pub fn uncached_dollars(self, plan: &Plan) -> f64 {
        self.total() * plan.input / 1e6
    }

    /// What is repeated is read from the provider's cache, what is new written to it.
    pub fn cached_dollars(self, plan: &Plan) -> f64 {
        (self.repeated * plan.cached_input + self.new * plan.cache_write) / 1e6
    }
}

impl std::ops::AddAssign for Prompts {
    fn add_assign(&mut self, other: Prompts) {
        self.repeated += other.repeated;
        self.new += other.new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_price_is_named() {
        let text = "structural_prompt_tokens: 1\nplans:\n  - {name: a, input: -1, \
                    cached_input: 1, cache_write: 1}\n";
        let error = Prices::from_yaml(text, "p.yaml").unwrap_err().to_string();
        assert_eq!(error, "p.yaml: plans[0].input is -1; allowed: a price above 0");
    }
}
