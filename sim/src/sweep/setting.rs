//! Setting a parameter of a scenario by its path: `network.latency_ticks`,
//! `protocol.write_ticks.lognormal.median`, `artifacts[0].size_tokens`, `artifacts[].mutable`.

use crate::scenario::fields::{self, Kind};
use serde_yaml::{Mapping, Value};

/// Sets what is at `path` to `value`; sections that are not there are made.
pub(super) fn set(root: &mut Value, path: &str, value: &Value) -> Result<(), String> {
    set_below(root, path, "", value)
}

fn set_below(node: &mut Value, path: &str, before: &str, value: &Value) -> Result<(), String> {
    if path.is_empty() {
        *node = value.clone();
        return Ok(());
    }
    if let Some(rest) = path.strip_prefix('[') {
        let (index, rest) = rest.split_once(']').ok_or("a [ without its ]")?;
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let Value::Sequence(items) = node else {
            return Err(format!("{before} is not a list in the base scenario"));
        };
        let count = items.len();
        if index.is_empty() {
            let below = format!("{before}[]");
            return items.iter_mut().try_for_each(|item| set_below(item, rest, &below, value));
        }
        let place: usize =
            index.parse().map_err(|_| format!("[{index}] is not the number of a list's item"))?;
        let item = items.get_mut(place);
        let item = item.ok_or_else(|| format!("{before} has {count} items, counted from 0"))?;
        return set_below(item, rest, &format!("{before}[{index}]"), value);
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (key, rest) = path.split_at(end);
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    if node.is_null() {
        *node = Value::Mapping(Mapping::new());
    }
    let Value::Mapping(mapping) = node else {
        return Err(format!("{before} is not a section in the base scenario"));
    };
    let below = if before.is_empty() { key.to_string() } else { format!("{before}.{key}") };
    let entry = mapping.entry(Value::String(key.to_string())).or_insert(Value::Null);
    set_below(entry, rest, &below, value)
}

/// Whether only whole numbers make sense at this path.
pub(super) fn is_whole(path: &str) -> bool {
    let general = path.split('[').enumerate().map(|(place, piece)| match place {
        0 => piece.to_string(),
        _ => format!("[]{}", piece.split_once(']').map_or("", |(_, rest)| rest)),
    });
    let general: String = general.collect();
    let field = fields::FIELDS.iter().find(|field| {
        let rest = general.strip_prefix(field.path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let Some(field) = field else { return false };
    match field.kind {
        Kind::Whole { .. } => true,
        Kind::Duration => {
            let parameter = general.rsplit('.').next().unwrap_or_default();
            general == field.path || matches!(parameter, "min" | "max" | "constant")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(base: &str, path: &str, value: &str) -> Result<String, String> {
        let mut tree: Value = serde_yaml::from_str(base).unwrap();
        set(&mut tree, path, &serde_yaml::from_str(value).unwrap())?;
        Ok(serde_yaml::to_string(&tree).unwrap())
    }

    #[test]
    fn paths_reach_sections_lists_and_what_is_not_there_yet() {
        assert_eq!(changed("a: {b: 1}", "a.b", "2"), Ok("a:\n  b: 2\n".to_string()));
        assert_eq!(changed("a: {}", "c.d", "x"), Ok("a: {}\nc:\n  d: x\n".to_string()));
        assert_eq!(changed("l: [{a: 1}, {a: 2}]", "l[1].a", "9").unwrap(), "l:\n- a: 1\n- a: 9\n");
        assert_eq!(changed("l: [{a: 1}, {a: 2}]", "l[].a", "9").unwrap(), "l:\n- a: 9\n- a: 9\n");
    }

    #[test]
    fn paths_that_lead_nowhere_say_where() {
        let list = "l: [{a: 1}]";
        assert_eq!(changed(list, "l[1].a", "9").unwrap_err(), "l has 1 items, counted from 0");
        assert_eq!(
            changed("a: 3", "a.b", "9").unwrap_err(),
            "a is not a section in the base scenario"
        );
        assert_eq!(
            changed("a: 3", "a[0]", "9").unwrap_err(),
            "a is not a list in the base scenario"
        );
        assert!(changed(list, "l[x].a", "9").is_err());
    }

    #[test]
    fn whole_numbers_are_known_by_the_table_of_fields() {
        assert!(is_whole("simulation.num_agents"));
        assert!(is_whole("artifacts[3].size_tokens"));
        assert!(is_whole("protocol.write_ticks"));
        assert!(is_whole("protocol.write_ticks.lognormal.max"));
        assert!(!is_whole("protocol.write_ticks.lognormal.median"));
        assert!(!is_whole("scenario.write_probability"));
    }
}
