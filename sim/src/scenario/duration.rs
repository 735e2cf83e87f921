//! Durations: a number of ticks, or a distribution to draw it from.

use super::fields::{self, DISTRIBUTIONS, Kind};
use super::reader::{Position, Reader, hint};
use super::yaml::{Content, Entry};
use super::{Problem, Ticks, numbers};

impl Reader<'_> {
    pub fn duration(&mut self, at: &Position, key: &str) -> Option<Ticks> {
        let (field, node, path) = self.find(at, key)?;
        let constant = Kind::Whole { min: 0, max: fields::DURATION_TICKS_MAX.into() };
        let Content::Map(entries) = &self.tree.node(node).content else {
            if self.plain(node).is_some_and(|text| numbers::whole(text).is_some()) {
                return self
                    .whole_in(node, &path, constant)
                    .map(|ticks| Ticks::Constant(ticks as u32));
            }
            self.wrong(node, path, field.kind.to_string());
            return None;
        };
        let [entry] = entries.as_slice() else {
            self.wrong(node, path, "one distribution, such as {uniform: {min: 0, max: 3}}");
            return None;
        };
        let path = format!("{path}.{}", entry.key);
        match entry.key.as_str() {
            "constant" => self
                .whole_in(entry.value, &path, constant)
                .map(|ticks| Ticks::Constant(ticks as u32)),
            name if DISTRIBUTIONS.iter().any(|known| known.name == name) => {
                self.distribution(entry, &path)
            }
            name => {
                let mut known: Vec<_> = DISTRIBUTIONS.iter().map(|known| known.name).collect();
                known.push("constant");
                let hint = hint(name, &known);
                self.mistake(entry.key_place, path, Problem::UnknownKey { hint });
                None
            }
        }
    }

    fn distribution(&mut self, entry: &Entry, path: &str) -> Option<Ticks> {
        let distribution = DISTRIBUTIONS.iter().find(|known| known.name == entry.key)?;
        let known: Vec<_> = distribution.parameters.iter().map(|&(name, _)| name).collect();
        let Content::Map(entries) = &self.tree.node(entry.value).content else {
            self.wrong(entry.value, path, format!("a mapping with {}", known.join(", ")));
            return None;
        };
        self.check_set_twice(entries, path);
        for parameter in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let problem = Problem::UnknownKey { hint: hint(&parameter.key, &known) };
            self.mistake(parameter.key_place, format!("{path}.{}", parameter.key), problem);
        }
        let mut values = Vec::new();
        for &(name, kind) in distribution.parameters {
            let path = format!("{path}.{name}");
            match entries.iter().find(|entry| entry.key == name) {
                Some(entry) if matches!(kind, Kind::Whole { .. }) => {
                    values
                        .extend(self.whole_in(entry.value, &path, kind).map(|whole| whole as f64));
                }
                Some(entry) => values.extend(self.number_in(entry.value, &path, kind)),
                None => {
                    self.missing(entry.key_place, path, format!("{name} here"), kind.to_string())
                }
            }
        }
        // The table's ranges make the conversions exact.
        match (distribution.name, values.as_slice()) {
            ("uniform", &[min, max]) if min > max => {
                if let Some(node) = self.walk(entry.value, "max") {
                    self.wrong(
                        node,
                        format!("{path}.max"),
                        format!("at least min, which is {min}"),
                    );
                }
                None
            }
            ("uniform", &[min, max]) => Some(Ticks::Uniform { min: min as u32, max: max as u32 }),
            ("exponential", &[mean, max]) => Some(Ticks::Exponential { mean, max: max as u32 }),
            ("lognormal", &[median, sigma, max]) => {
                Some(Ticks::Lognormal { median, sigma, max: max as u32 })
            }
            _ => None,
        }
    }
}
