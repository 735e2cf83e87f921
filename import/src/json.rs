//! Other tools' JSON: anything may be missing, or be something else.

use serde_json::Value;

/// The string at the end of these names.
pub(crate) fn text<'a>(value: &'a Value, names: &[&str]) -> Option<&'a str> {
    at(value, names)?.as_str()
}

pub(crate) fn number(value: &Value, names: &[&str]) -> Option<u64> {
    at(value, names)?.as_u64()
}

pub(crate) fn list<'a>(value: &'a Value, names: &[&str]) -> &'a [Value] {
    at(value, names).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(crate) fn flag(value: &Value, names: &[&str]) -> bool {
    at(value, names).and_then(Value::as_bool).unwrap_or(false)
}

pub(crate) fn at<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().try_fold(value, |value, name| value.get(name))
}

/// The first of these members that is a string.
pub(crate) fn any_text<'a>(value: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| text(value, &[name]))
}

/// The text of a message: a string, or blocks of which some are text.
pub(crate) fn blocks_text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().filter_map(|block| block.as_str().or(text(block, &["text"])));
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
