//! The parameters behind a printed figure, as `figures.csv` writes them.

use serde::{Deserialize, Serialize};

use crate::scenario::{Activity, Artifact, ContextModel, Scenario};

/// Parameters such as `n=4 S=40 sizes=3x4096 V=0.05 p=0.75 seed=20260305 runs=10`.
///
/// `n` agents, `S` ticks, `sizes` of the artifacts in tokens, `V` write probability, `p` action
/// probability; and where given: `ttl` of the lease strategy in ticks, `k` of the access count
/// strategy, `context=pointer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Parameters {
    text: String,
    scenario: Scenario,
    runs: u32,
}

impl Parameters {
    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The scenario, named after the parameters.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Run `r` of these uses the seed `scenario.seed + r`.
    pub fn runs(&self) -> u32 {
        self.runs
    }

    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        let scenario = &mut self.scenario;
        match key {
            "n" => scenario.agents = value.parse().ok()?,
            "S" => scenario.duration_ticks = value.parse().ok()?,
            "sizes" => scenario.artifacts = artifacts(value)?,
            "V" => scenario.write_probability = value.parse().ok()?,
            "p" => scenario.activity = Activity::Probability(value.parse().ok()?),
            "seed" => scenario.seed = value.parse().ok()?,
            "runs" => self.runs = value.parse().ok()?,
            "ttl" => scenario.lease_ttl_ticks = value.parse().ok()?,
            "k" => scenario.access_count_k = value.parse().ok()?,
            "context" if value == "pointer" => scenario.context = ContextModel::Pointer,
            _ => return None,
        }
        Some(())
    }
}

impl TryFrom<String> for Parameters {
    type Error = BadParameters;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut parameters = Parameters { scenario: defaults(&text), runs: 1, text: String::new() };
        for word in text.split_whitespace() {
            word.split_once('=')
                .and_then(|(key, value)| parameters.set(key, value))
                .ok_or_else(|| BadParameters(word.to_owned()))?;
        }
        parameters.text = text;
        Ok(parameters)
    }
}

impl From<Parameters> for String {
    fn from(parameters: Parameters) -> String {
        parameters.text
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot make sense of the parameter `{0}`")]
pub struct BadParameters(pub String);

/// Artifacts from sizes in tokens: `3x4096`, `8192+2x4096`, `1200+900`.
fn artifacts(sizes: &str) -> Option<Vec<Artifact>> {
    let mut artifacts = Vec::new();
    for part in sizes.split('+') {
        let (count, size) = part.split_once('x').unwrap_or(("1", part));
        let size_tokens = size.parse().ok()?;
        for _ in 0..count.parse::<u32>().ok()? {
            artifacts.push(Artifact::new(format!("artifact-{}", artifacts.len()), size_tokens));
        }
    }
    Some(artifacts)
}

/// What holds where the parameters say nothing; the rest is set from them.
fn defaults(name: &str) -> Scenario {
    Scenario { name: name.to_owned(), ..Scenario::published(0, 0, &[], 0.0, 0.0, 0) }
}
