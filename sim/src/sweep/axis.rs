//! The axes of a sweep: parameters and the values they take.

use super::file::Samples;
use super::setting::is_whole;
use super::{POINTS_MAX, SweepError};
use crate::results::{Cell, Column, Kind};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_yaml::with::singleton_map;
use serde_yaml::{Mapping, Value};
use std::collections::BTreeSet;
use std::path::Path;

/// Numbers of a range are rounded to so many significant digits, so that they can be read.
const DIGITS: i32 = 9;

/// An axis with no more places than this is tried at each before anything runs.
const TRIED_MAX: usize = 256;

/// Parameters that change together, and the values they take.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Paths of scenario fields.
    pub parameters: Vec<String>,
    /// One value per parameter, for each place on the axis.
    pub values: Vec<Vec<Value>>,
    /// What the values of each parameter are.
    kinds: Vec<Kind>,
}

/// How a parameter's values are given.
enum Given {
    Values(Vec<Value>),
    Random(Random),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: f64,
    to: f64,
    steps: usize,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    from: f64,
    to: f64,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Random {
    /// Every number between is as likely.
    Uniform(Between),
    /// Every order of magnitude between is as likely.
    Log(Between),
    /// One of these.
    Choice(Vec<Value>),
}

impl Axis {
    fn new(parameters: Vec<String>, values: Vec<Vec<Value>>) -> Axis {
        let kind = |place: usize| {
            let mut values = values.iter().map(|values| &values[place]);
            if values.clone().all(|value| value.as_i64().is_some()) {
                Kind::Integer
            } else if values.all(|value| value.as_f64().is_some()) {
                Kind::Number { digits: 4 }
            } else {
                Kind::Text
            }
        };
        let kinds = (0..parameters.len()).map(kind).collect();
        Axis { parameters, values, kinds }
    }

    /// Places to try before anything runs: all; of a long axis the first and the last, and for each
    /// parameter its least and greatest numbers, whole and not, and every other value once. What a
    /// field allows is a range, so that no number in between is refused if these are not.
    pub(super) fn tried(&self) -> BTreeSet<usize> {
        if self.len() <= TRIED_MAX {
            return (0..self.len()).collect();
        }
        let mut tried = BTreeSet::from([0, self.len() - 1]);
        for parameter in 0..self.parameters.len() {
            let mut others = BTreeSet::new();
            let mut extremes: [Option<[(f64, usize); 2]>; 2] = [None; 2];
            for (place, values) in self.values.iter().enumerate() {
                let value = &values[parameter];
                let Some(number) = value.as_f64() else {
                    if others.insert(shown(value)) {
                        tried.insert(place);
                    }
                    continue;
                };
                let [least, greatest] = extremes[usize::from(value.as_i64().is_some())]
                    .get_or_insert([(number, place); 2]);
                if number < least.0 {
                    *least = (number, place);
                }
                if number > greatest.0 {
                    *greatest = (number, place);
                }
            }
            tried.extend(extremes.into_iter().flatten().flatten().map(|(_, place)| place));
        }
        tried
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All axes of a sweep, in the order of the file; what is random is one axis, the last.
    pub(super) fn all(
        file: &Path,
        vary: &[Mapping],
        samples: Option<Samples>,
    ) -> Result<Vec<Axis>, SweepError> {
        let mut axes: Vec<Axis> = Vec::new();
        let mut random: Vec<(String, Random)> = Vec::new();
        for item in vary {
            let mut parameters = Vec::new();
            let mut columns: Vec<Vec<Value>> = Vec::new();
            for (name, given) in item {
                let name = name.as_str().unwrap_or_default().to_string();
                let wrong = |what: String| SweepError::Axis {
                    file: file.to_path_buf(),
                    parameter: name.clone(),
                    what,
                };
                let known = axes.iter().flat_map(|axis| &axis.parameters).chain(&parameters);
                if known.chain(random.iter().map(|(name, _)| name)).any(|other| *other == name) {
                    return Err(wrong("varied twice; keep one".to_string()));
                }
                match self::given(&name, given).map_err(wrong)? {
                    Given::Random(_) if item.len() > 1 => {
                        let what = "what is random stands in an item of its own";
                        return Err(wrong(what.to_string()));
                    }
                    Given::Random(distribution) => random.push((name, distribution)),
                    Given::Values(values) => {
                        if columns.first().is_some_and(|first| first.len() != values.len()) {
                            return Err(wrong(format!(
                                "{} values, but {} has {}; parameters of one item change \
                                 together, so give as many of each, or a `-` of its own",
                                values.len(),
                                parameters[0],
                                columns[0].len()
                            )));
                        }
                        parameters.push(name);
                        columns.push(values);
                    }
                }
            }
            if let Some(first) = columns.first() {
                let places = 0..first.len();
                let at = |place: usize| columns.iter().map(move |column| column[place].clone());
                let values = places.map(|place| at(place).collect()).collect();
                axes.push(Axis::new(parameters, values));
            }
        }
        axes.extend(drawn(file, &random, samples)?);
        if axes.is_empty() {
            let what = "vary: nothing is varied; name a field and its values".to_string();
            return Err(SweepError::Field { file: file.to_path_buf(), what });
        }
        Ok(axes)
    }

    /// The column of a parameter in the result.
    pub(super) fn column(&self, place: usize, name: &str) -> Column {
        Column { name: name.to_string(), unit: String::new(), kind: self.kinds[place] }
    }

    /// The cells of the parameters at a place of the axis.
    pub(super) fn cells(&self, place: usize) -> impl Iterator<Item = Cell> {
        let values = self.values[place].iter().enumerate();
        values.map(|(parameter, value)| {
            let text = || Cell::Text(shown(value));
            match self.kinds[parameter] {
                Kind::Integer => value.as_i64().map_or_else(text, Cell::Integer),
                Kind::Number { .. } => value.as_f64().map_or_else(text, Cell::Number),
                Kind::Text => text(),
            }
        })
    }
}

/// A value on one line, as a file could have it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_else(|_| format!("{other:?}")),
    }
}

fn given(name: &str, given: &Value) -> Result<Given, String> {
    let ways = "give a list, or {linear: {from, to, steps}}, {log: {from, to, steps}}, \
                {random: {uniform: {from, to}}}, {random: {log: {from, to}}} or \
                {random: {choice: […]}}";
    let values = match given {
        Value::Sequence(values) => values.clone(),
        Value::Mapping(mapping) if mapping.len() == 1 => {
            let (way, parameters) = mapping.iter().next().expect("it has one entry");
            let range = || -> Result<Range, String> {
                let range: Range = serde_yaml::from_value(parameters.clone())
                    .map_err(|error| format!("{error}; {ways}"))?;
                check_finite(range.from, range.to)?;
                if !(1..=POINTS_MAX).contains(&range.steps) {
                    return Err(format!(
                        "steps: found {}, allowed: 1 to {POINTS_MAX}",
                        range.steps
                    ));
                }
                Ok(range)
            };
            match way.as_str() {
                Some("linear") => {
                    let range = range()?;
                    spread(name, range.steps, |share| range.from + share * (range.to - range.from))
                }
                Some("log") => {
                    let range = range()?;
                    check_log(range.from, range.to)?;
                    let (from, to) = (libm::log(range.from), libm::log(range.to));
                    spread(name, range.steps, |share| match share {
                        0.0 => range.from,
                        1.0 => range.to,
                        _ => libm::exp(from + share * (to - from)),
                    })
                }
                Some("random") => {
                    let random: Random = singleton_map::deserialize(parameters.clone())
                        .map_err(|error| format!("{error}; {ways}"))?;
                    match &random {
                        Random::Log(between) => check_log(between.from, between.to)?,
                        Random::Choice(values) if values.is_empty() => {
                            return Err("choice: no values; give at least one".to_string());
                        }
                        Random::Uniform(between) => check_finite(between.from, between.to)?,
                        Random::Choice(_) => {}
                    }
                    return Ok(Given::Random(random));
                }
                _ => return Err(ways.to_string()),
            }
        }
        _ => return Err(ways.to_string()),
    };
    if values.is_empty() {
        return Err("no values; give at least one".to_string());
    }
    Ok(Given::Values(values))
}

fn check_finite(from: f64, to: f64) -> Result<(), String> {
    if from.is_finite() && to.is_finite() {
        return Ok(());
    }
    let end = if from.is_finite() { ("to", to) } else { ("from", from) };
    Err(format!("{}: found {}; give a number that is finite", end.0, end.1))
}

fn check_log(from: f64, to: f64) -> Result<(), String> {
    check_finite(from, to)?;
    if from > 0.0 && to > 0.0 {
        Ok(())
    } else {
        Err(format!("log: from {from} to {to}; both must be above 0"))
    }
}

/// Numbers at equal shares of a range. Whole numbers are rounded, and equal neighbours are one.
fn spread(name: &str, steps: usize, at: impl Fn(f64) -> f64) -> Vec<Value> {
    let last = (steps - 1).max(1) as f64;
    let mut values: Vec<Value> =
        (0..steps).map(|step| number(name, at(step as f64 / last))).collect();
    values.dedup();
    values
}

/// A number as its field takes it: whole, or with [`DIGITS`] significant digits.
fn number(name: &str, value: f64) -> Value {
    if is_whole(name) {
        return Value::from(libm::round(value) as i64);
    }
    let short = format!("{value:.*e}", DIGITS as usize - 1);
    Value::from(short.parse::<f64>().expect("a number was written"))
}

/// What is random, drawn: one axis. Each parameter has a stream of its own, so that another
/// parameter leaves its values as they were.
fn drawn(
    file: &Path,
    random: &[(String, Random)],
    samples: Option<Samples>,
) -> Result<Option<Axis>, SweepError> {
    let wrong = |what: &str| SweepError::Field { file: file.to_path_buf(), what: what.to_string() };
    let samples = match (random.is_empty(), samples) {
        (true, None) => return Ok(None),
        (true, Some(_)) => return Err(wrong("samples: nothing in vary is random; remove it")),
        (false, None) => {
            return Err(wrong("samples: missing; add how often: samples: {count: 1000, seed: 1}"));
        }
        (false, Some(samples)) => samples,
    };
    if !(1..=POINTS_MAX).contains(&samples.count) {
        return Err(wrong(&format!("samples: count: allowed: 1 to {POINTS_MAX}")));
    }
    let mut values = vec![Vec::with_capacity(random.len()); samples.count];
    for (name, distribution) in random {
        let mut stream = ChaCha8Rng::seed_from_u64(samples.seed);
        // FNV-1a of the name.
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        stream.set_stream(name.bytes().fold(0xcbf2_9ce4_8422_2325, fold));
        for sample in &mut values {
            let share = (stream.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0;
            sample.push(match distribution {
                Random::Uniform(between) => {
                    number(name, between.from + share * (between.to - between.from))
                }
                Random::Log(between) => {
                    let (from, to) = (libm::log(between.from), libm::log(between.to));
                    number(name, libm::exp(from + share * (to - from)))
                }
                Random::Choice(choices) => choices[(share * choices.len() as f64) as usize].clone(),
            });
        }
    }
    let parameters = random.iter().map(|(name, _)| name.clone()).collect();
    Ok(Some(Axis::new(parameters, values)))
}
