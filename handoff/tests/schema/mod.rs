//! As much of JSON Schema as the DNA's uses; a word that is not known here is a mistake.

use attune_handoff::SCHEMA;
use serde_json::Value;

/// The first thing that the schema does not allow, and where.
pub fn mistake(json: &str) -> Option<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let value: Value = serde_json::from_str(json).unwrap();
    check(&value, &schema, &schema, "").err()
}

fn check(value: &Value, schema: &Value, root: &Value, place: &str) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{place}: {what}: {value}"));
    for (word, wanted) in schema.as_object().unwrap() {
        let number = || wanted.as_u64().unwrap();
        match word.as_str() {
            "$schema" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                check(value, &root["$defs"][name], root, place)?;
            }
            "type" if !is_of(value, wanted.as_str().unwrap()) => return wrong("another type"),
            "const" if value != wanted => return wrong("another value"),
            "enum" if !wanted.as_array().unwrap().contains(value) => return wrong("another word"),
            "minimum" if value.as_u64().is_none_or(|value| value < number()) => {
                return wrong("less");
            }
            "minLength" if value.as_str().is_some_and(|text| (text.len() as u64) < number()) => {
                return wrong("too short");
            }
            "minItems" if value.as_array().is_some_and(|list| (list.len() as u64) < number()) => {
                return wrong("too few");
            }
            "maxItems" if value.as_array().is_some_and(|list| list.len() as u64 > number()) => {
                return wrong("too many");
            }
            "type" | "const" | "enum" | "minimum" | "minLength" | "minItems" | "maxItems" => {}
            "items" => {
                for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(item, wanted, root, &format!("{place}/{at}"))?;
                }
            }
            "required" => {
                let missing = wanted
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|name| value.get(name.as_str().unwrap()).is_none());
                if let Some(name) = missing {
                    return wrong(&format!("without {name}"));
                }
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        check(member, schema, root, &format!("{place}/{name}"))?;
                    }
                }
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                for (name, member) in value.as_object().into_iter().flatten() {
                    if known.is_some_and(|known| known.contains_key(name)) {
                        continue;
                    }
                    match wanted {
                        Value::Bool(false) => return wrong(&format!("`{name}` is not known")),
                        schema => check(member, schema, root, &format!("{place}/{name}"))?,
                    }
                }
            }
            word => return wrong(&format!("the schema's `{word}` is not understood")),
        }
    }
    Ok(())
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        _ => false,
    }
}
