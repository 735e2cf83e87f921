//! Sweep files.

use super::axis::Axis;
use super::{POINTS_MAX, RUNS_MAX, Sweep, SweepError};
use crate::engine::StrategyName;
use crate::published::Strategy;
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};
use serde_yaml::{Mapping, Value};
use std::path::{Path, PathBuf};

/// What simulates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    #[default]
    Protocol,
    Published,
    Handoff,
}

/// What a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// The mean over the runs of a point under a strategy, with 95 % confidence intervals.
    #[default]
    Mean,
    /// One run.
    Run,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    scenario: Value,
    #[serde(default)]
    engine: Engine,
    #[serde(default)]
    strategies: Vec<String>,
    #[serde(default = "one")]
    runs: u32,
    seed: Option<i64>,
    #[serde(default)]
    rows: Rows,
    samples: Option<Samples>,
    vary: Vec<Mapping>,
}

/// The part of a sweep that is not in plain fields of [`Sweep`].
#[derive(Serialize)]
struct Source<'a> {
    scenario: &'a Value,
    samples: Option<Samples>,
    vary: &'a [Mapping],
}

/// How often the random axes are drawn.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Samples {
    pub count: usize,
    pub seed: u64,
}

fn one() -> u32 {
    1
}

pub(super) fn read(path: &Path) -> Result<Sweep, SweepError> {
    let unreadable = |source| SweepError::Unreadable { file: path.to_path_buf(), source };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let syntax = |source| SweepError::Syntax { file: path.to_path_buf(), source };
    // Fields are looked at as they are read: what is no YAML further on has to be said first.
    serde_yaml::from_str::<Value>(&text).map_err(syntax)?;
    let file: File = serde_yaml::from_str(&text).map_err(syntax)?;
    let wrong = |what: String| SweepError::Field { file: path.to_path_buf(), what };
    if !(1..=RUNS_MAX).contains(&file.runs) {
        return Err(wrong(format!("runs: found {}, allowed: 1 to {RUNS_MAX}", file.runs)));
    }
    let (base, base_file) = base(path, &file.scenario)?;
    let strategies = strategies(file.engine, &file.strategies).map_err(&wrong)?;
    let axes = Axis::all(path, &file.vary, file.samples)?;
    let points = axes.iter().try_fold(1usize, |product, axis| product.checked_mul(axis.len()));
    if points.is_none_or(|points| points > POINTS_MAX) {
        return Err(wrong(format!("vary: more than {POINTS_MAX} points; shorten an axis")));
    }
    let source = Source { scenario: &base, samples: file.samples, vary: &file.vary };
    let source = serde_yaml::to_string(&source).expect("it was read from YAML");
    let sweep = Sweep {
        name: file.name,
        source,
        base,
        file: base_file,
        axes,
        engine: file.engine,
        strategies,
        runs: file.runs,
        seed: file.seed,
        rows: file.rows,
    };
    check_axes(path, &sweep)?;
    Ok(sweep)
}

/// The base scenario: a file, or the scenario itself. It may lack what is varied.
fn base(path: &Path, scenario: &Value) -> Result<(Value, String), SweepError> {
    let Value::String(name) = scenario else {
        return Ok((scenario.clone(), path.display().to_string()));
    };
    let file: PathBuf = path.parent().unwrap_or(Path::new("")).join(name);
    Scenario::read(&file).map_err(SweepError::Base)?;
    let unreadable = |source| SweepError::Unreadable { file: file.clone(), source };
    let text = std::fs::read_to_string(&file).map_err(unreadable)?;
    let syntax = |source| SweepError::Syntax { file: file.clone(), source };
    let mut base: Value = serde_yaml::from_str(&text).map_err(syntax)?;
    let merged = base.apply_merge();
    merged.map_err(|source| SweepError::Syntax { file: file.clone(), source })?;
    Ok((base, path.display().to_string()))
}

fn strategies(engine: Engine, names: &[String]) -> Result<Vec<&'static str>, String> {
    let all: Vec<&'static str> = match engine {
        // Broadcast fills every context in each tick.
        Engine::Handoff => StrategyName::ALL.into_iter().skip(1).map(StrategyName::name).collect(),
        Engine::Protocol => StrategyName::ALL.into_iter().map(StrategyName::name).collect(),
        Engine::Published => Strategy::ALL.into_iter().map(|strategy| strategy.name()).collect(),
    };
    let mut chosen = Vec::new();
    for name in names {
        let Some(&known) = all.iter().find(|&&known| known == name) else {
            return Err(format!(
                "strategies: there is no {name:?}; this engine has {}",
                all.join(", ")
            ));
        };
        if chosen.contains(&known) {
            return Err(format!("strategies: {name} twice; keep one"));
        }
        chosen.push(known);
    }
    Ok(if chosen.is_empty() { all } else { chosen })
}

/// Tries the values of every axis that differ in whether they can be allowed, and refuses an axis
/// that changes nothing. What only several values together make wrong is found at its point.
fn check_axes(path: &Path, sweep: &Sweep) -> Result<(), SweepError> {
    let lengths: Vec<usize> = sweep.axes.iter().map(Axis::len).collect();
    for (place, axis) in sweep.axes.iter().enumerate() {
        let stride: usize = lengths[place + 1..].iter().product();
        let mut scenarios = axis.tried().into_iter().map(|value| sweep.scenario(value * stride));
        let first = scenarios.next().expect("no axis is empty")?;
        let mut changes = axis.len() == 1;
        for other in scenarios {
            changes |= other? != first;
        }
        if !changes {
            return Err(SweepError::Axis {
                file: path.to_path_buf(),
                parameter: axis.parameters.join(", "),
                what: "none of the values changes the scenario; another field hides this one, \
                       or all values come to the same"
                    .to_string(),
            });
        }
    }
    let last = sweep.points() - 1;
    sweep.scenario(last).map(|_| ())
}
