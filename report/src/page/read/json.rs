//! Tables in JSON: an array of objects is one, and so is each such array within an object.

use super::{Found, ROWS_READ, typed};
use serde_json::{Map, Value};

/// How deep tables are looked for.
const DEPTH: usize = 3;

pub(super) fn read(text: &str, name: &str) -> Result<Vec<Found>, String> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| format!("is no JSON: {error}; write it again, or leave it out"))?;
    let mut found = Vec::new();
    collect(&value, name, DEPTH, &mut found);
    Ok(found)
}

fn collect(value: &Value, name: &str, depth: usize, found: &mut Vec<Found>) {
    match value {
        Value::Array(items) if is_table(items) => found.push(table(items, name)),
        Value::Object(members) if depth > 0 => {
            let single: Vec<Value> = members
                .iter()
                .filter(|(_, value)| !value.is_array() && !value.is_object())
                .map(|(name, value)| {
                    let cells = [("name", name.as_str().into()), ("value", value.clone())];
                    Value::Object(
                        cells.map(|(key, cell)| (key.to_string(), cell)).into_iter().collect(),
                    )
                })
                .collect();
            if !single.is_empty() {
                found.push(table(&single, name));
            }
            for (member, value) in members {
                collect(value, &format!("{name}: {member}"), depth - 1, found);
            }
        }
        _ => {}
    }
}

fn is_table(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(Value::is_object)
}

fn table(items: &[Value], name: &str) -> Found {
    let mut names: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for item in items.iter().take(ROWS_READ) {
        let mut cells = Map::new();
        flatten("", item, &mut cells);
        for name in cells.keys() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        rows.push(cells);
    }
    let text = |cell: Option<&Value>| match cell {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let texts = rows.iter().map(|row| names.iter().map(|name| text(row.get(name))).collect());
    let texts = texts.collect();
    Found { table: typed(name, names, texts), rows: items.len() }
}

/// Objects within a row are columns named `outer.inner`; arrays are shown as they are.
fn flatten(prefix: &str, value: &Value, cells: &mut Map<String, Value>) {
    let Value::Object(members) = value else {
        cells.insert(prefix.to_string(), value.clone());
        return;
    };
    for (name, member) in members {
        let dot = if prefix.is_empty() { "" } else { "." };
        flatten(&format!("{prefix}{dot}{name}"), member, cells);
    }
}
