//! The file that holds a workload: a scenario whose section `workload` has one model per source.

use super::law::{Law, Lognormal};
use super::model::{ByPast, Model, Role};
use crate::scenario::Scenario;
use serde::Deserialize;
use serde_yaml::{Mapping, Value};

/// The models of all sources that were calibrated together.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Workload {
    pub sources: Vec<Model>,
}

/// A workload file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadWorkload {
    #[error("{file}: {reason}; attune calibrate writes such files")]
    Syntax { file: String, reason: serde_yaml::Error },
    #[error("{file}: workload.sources is empty; name at least one source")]
    NoSources { file: String },
    #[error("{file}: in source {model}, {field} is {found}; allowed: {allowed}")]
    Value { file: String, model: String, field: &'static str, found: f64, allowed: &'static str },
}

#[derive(Deserialize)]
struct Document {
    workload: Workload,
}

impl Workload {
    /// Reads the section `workload`; whatever else is in the file is for others.
    pub fn from_yaml(text: &str, file_name: &str) -> Result<Workload, BadWorkload> {
        let file = || file_name.to_string();
        let Document { workload } = serde_yaml::from_str(text)
            .map_err(|reason| BadWorkload::Syntax { file: file(), reason })?;
        if workload.sources.is_empty() {
            return Err(BadWorkload::NoSources { file: file() });
        }
        for model in &workload.sources {
            if let Some((field, found, allowed)) = wrong(model) {
                let model = model.source.clone();
                return Err(BadWorkload::Value { file: file(), model, field, found, allowed });
            }
        }
        Ok(workload)
    }

    /// The scenario as a file that the tick engine reads, with the sources in its section
    /// `workload`.
    pub fn to_yaml(&self, scenario: &Scenario) -> String {
        const PLAIN: &str = "numbers, names and mappings are YAML";
        let mut document: Mapping = serde_yaml::from_str(&scenario.to_yaml()).expect(PLAIN);
        let sources = serde_yaml::to_value(&self.sources).expect(PLAIN);
        let section = document.entry("workload".into()).or_insert(Mapping::new().into());
        if let Value::Mapping(section) = section {
            section.insert("sources".into(), sources);
        }
        serde_yaml::to_string(&document).expect(PLAIN)
    }
}

type Wrong = (&'static str, f64, &'static str);

/// The first value that no session can be drawn from.
fn wrong(model: &Model) -> Option<Wrong> {
    let Model { team, artifacts, reads, writes, time, turns, .. } = model;
    let mut shares = vec![
        ("team.alone", team.alone),
        ("team.another_helper", team.another_helper),
        ("team.stay", team.stay),
        ("artifacts.never_written", artifacts.never_written),
        ("artifacts.changed_outside", artifacts.changed_outside),
        ("reads.first.scattered", reads.first.scattered),
        ("reads.again_after_whole.whole", reads.again_after_whole.whole),
        ("reads.again_after_whole.scattered", reads.again_after_whole.scattered),
        ("reads.again_after_parts.whole", reads.again_after_parts.whole),
        ("reads.again_after_parts.scattered", reads.again_after_parts.scattered),
        ("reads.again_after_parts.same_lines", reads.again_after_parts.same_lines),
        ("reads.again_after_parts.fresh", reads.again_after_parts.fresh),
        ("writes.whole_first", writes.whole_first),
        ("writes.whole_later", writes.whole_later),
        ("writes.unrecorded", writes.unrecorded),
    ];
    let mut laws = vec![
        ("artifacts.tokens", &artifacts.tokens),
        ("artifacts.tokens_per_line", &artifacts.tokens_per_line),
        ("reads.first.part", &reads.first.part.draw),
        ("reads.again_after_whole.part", &reads.again_after_whole.part.draw),
        ("reads.again_after_parts.part", &reads.again_after_parts.part.draw),
        ("writes.tokens", &writes.tokens),
    ];
    if let Some(time) = time {
        shares.push(("time.new.together", time.new.together));
        shares.push(("time.known.together", time.known.together));
        laws.push(("time.new.seconds", &time.new.seconds));
        laws.push(("time.known.seconds", &time.known.seconds));
    }
    if let Some(turns) = turns {
        shares.push(("turns.same", turns.same));
        shares.push(("turns.touch_after_touch", turns.touch_after_touch));
        shares.push(("turns.touch_after_pause", turns.touch_after_pause));
        if !(0.0..=1e6).contains(&turns.before_first) {
            return Some(("turns.before_first", turns.before_first, "a number from 0 to 1000000"));
        }
    }
    let roles = std::iter::once(&model.lead).chain(&model.helper);
    roles
        .clone()
        .find_map(wrong_role)
        .or_else(|| roles.map(|role| ("accesses", &role.accesses)).chain(laws).find_map(wrong_law))
        .or_else(|| shares.into_iter().find_map(wrong_share))
        .or_else(|| {
            let (odds, slope) = (reads.first.whole_log_odds, reads.first.whole_slope);
            let parts = [
                ("reads.first.part.slope", reads.first.part.slope),
                ("reads.again_after_whole.part.slope", reads.again_after_whole.part.slope),
                ("reads.again_after_parts.part.slope", reads.again_after_parts.part.slope),
            ];
            [("reads.first.whole_log_odds", odds), ("reads.first.whole_slope", slope)]
                .into_iter()
                .chain(parts)
                .find(|(_, value)| !(-1e3..=1e3).contains(value))
                .map(|(field, value)| (field, value, "a number from -1000 to 1000"))
        })
}

fn wrong_role(role: &Role) -> Option<Wrong> {
    let Role { locality, discovery, returns, write, .. } = role;
    let named = |name, values: ByPast| values.to_array().map(|value| (name, value));
    let shares = [
        ("discovery.shared", discovery.shared),
        ("write.new", write.new),
        ("write.shared", write.shared),
    ];
    let by_past = [("locality", *locality), ("write.stay", write.stay), ("write.back", write.back)];
    let by_past = by_past.into_iter().flat_map(|(name, values)| named(name, values));
    let exponents =
        [("returns.popularity", returns.popularity), ("returns.recency", returns.recency)];
    let exponents = exponents.into_iter().chain(named("returns.past", returns.past));
    let (strength, discount) = (discovery.strength, discovery.discount);
    shares
        .into_iter()
        .chain(by_past)
        .find_map(wrong_share)
        .or_else(|| {
            exponents
                .into_iter()
                .find(|(_, value)| !(-20.0..=20.0).contains(value))
                .map(|(field, value)| (field, value, "a number from -20 to 20"))
        })
        .or_else(|| {
            let fits = (0.0..1.0).contains(&discount);
            (!fits).then_some(("discovery.discount", discount, "a number from 0, below 1"))
        })
        .or_else(|| {
            let fits = strength > -discount && strength <= 1e6;
            let allowed = "a number above -discount, up to 1000000";
            (!fits).then_some(("discovery.strength", strength, allowed))
        })
}

fn wrong_law((field, law): (&'static str, &Law)) -> Option<Wrong> {
    let size = |value: &f64| *value > 0.0 && *value <= 1e13;
    match law {
        Law::Lognormal(Lognormal { median, .. }) if !size(median) => {
            Some((field, *median, "a median above 0, up to 1e13"))
        }
        Law::Lognormal(Lognormal { sigma, .. }) if !(0.0..=20.0).contains(sigma) => {
            Some((field, *sigma, "a sigma from 0 to 20"))
        }
        Law::Lognormal(Lognormal { max, .. }) if !size(max) => {
            Some((field, *max, "a max above 0, up to 1e13"))
        }
        Law::Lognormal(_) => None,
        Law::Observed(law) if law.quantiles.is_empty() => Some((field, 0.0, "some quantiles")),
        Law::Observed(law) => {
            let wrong = law.quantiles.iter().find(|value| !size(value));
            wrong.map(|value| (field, *value, "quantiles above 0, up to 1e13"))
        }
    }
}

fn wrong_share((field, value): (&'static str, f64)) -> Option<Wrong> {
    (!(0.0..=1.0).contains(&value)).then_some((field, value, "a number from 0 to 1"))
}
