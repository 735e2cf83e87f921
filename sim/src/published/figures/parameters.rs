//! The parameters behind a printed figure, as `figures.csv` writes them.

use serde::{Deserialize, Serialize};

use crate::scenario::{
    Activity, Artifact, ContextModel, Faults, Network, ProtocolSettings, Scenario, Ticks, Workload,
};

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
            artifacts.push(Artifact {
                id: format!("artifact-{}", artifacts.len() + 1),
                size_tokens,
                volatility: 0.0,
                initial_version: 1,
                mutable: true,
            });
        }
    }
    Some(artifacts)
}

/// What holds where the parameters say nothing: the published format's defaults, and every
/// extension off.
fn defaults(name: &str) -> Scenario {
    Scenario {
        name: name.to_owned(),
        duration_ticks: 0,
        agents: 0,
        seed: 42,
        workload: Workload::Custom,
        activity: Activity::Probability(0.0),
        write_probability: 0.3,
        artifacts: Vec::new(),
        lease_ttl_ticks: 300,
        access_count_k: 100,
        transient_timeout_ticks: 5,
        context: ContextModel::ConditionalInjection,
        network: Network {
            latency: Ticks::Constant(1),
            loss_rate: 0.0,
            request_latency: Ticks::Constant(0),
            request_loss_rate: 0.0,
            duplication_rate: 0.0,
            reorder_rate: 0.0,
            reorder_ticks: 0,
        },
        protocol: ProtocolSettings {
            bound_reads: None,
            write_ticks: Ticks::Constant(0),
            lease_ticks: 10,
            heartbeat_ticks: None,
            acknowledgement_ticks: 5,
            retry_ticks: 5,
            revalidate: false,
            invalidation_tokens: 12,
            control_tokens: 0,
        },
        faults: Faults { crash_probability: 0.0, recovery_ticks: Ticks::Constant(0) },
    }
}
