//! What LangGraph's serializer writes: MessagePack by default, in which objects of Python are
//! extensions that hold their class and fields; or JSON.

use rmpv::Value as Packed;
use rusqlite::types::ValueRef;
use serde_json::{Map, Number, Value};

/// Objects within objects deeper than this are no state of a graph.
const DEPTH_MAX: usize = 64;

/// A column, which may be text or bytes.
pub(super) fn bytes(column: ValueRef) -> Vec<u8> {
    match column {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
        _ => Vec::new(),
    }
}

/// A value of the type that the table names; `None` if it cannot be understood.
pub(super) fn decoded(kind: Option<&str>, bytes: &[u8]) -> Option<Value> {
    match kind {
        Some("msgpack") => unpacked(bytes, 0),
        Some("null" | "empty") => Some(Value::Null),
        Some("bytes" | "bytearray") => Some(format!("({} bytes)", bytes.len()).into()),
        // `pickle` can only be understood by running it.
        Some("pickle") => None,
        _ => serde_json::from_slice(bytes).ok().map(plain_json),
    }
}

fn unpacked(mut bytes: &[u8], depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    let packed = rmpv::decode::read_value_with_max_depth(&mut bytes, DEPTH_MAX).ok()?;
    Some(plain(packed, depth))
}

fn plain(packed: Packed, depth: usize) -> Value {
    match packed {
        Packed::Nil => Value::Null,
        Packed::Boolean(flag) => flag.into(),
        Packed::Integer(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into(),
            (None, Some(number)) => number.into(),
            (None, None) => Value::Null,
        },
        Packed::F32(number) => real(number.into()),
        Packed::F64(number) => real(number),
        Packed::String(text) => String::from_utf8_lossy(text.as_bytes()).into_owned().into(),
        Packed::Binary(bytes) => format!("({} bytes)", bytes.len()).into(),
        Packed::Array(values) => values.into_iter().map(|value| plain(value, depth)).collect(),
        Packed::Map(members) => {
            let member = |(name, value)| (name_of(plain(name, depth)), plain(value, depth));
            Value::Object(members.into_iter().map(member).collect())
        }
        Packed::Ext(_, bytes) => unpacked(&bytes, depth + 1).map_or(Value::Null, object),
    }
}

fn real(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

fn name_of(name: Value) -> String {
    match name {
        Value::String(name) => name,
        other => other.to_string(),
    }
}

/// `[module, class, fields, …]`: the fields, which are what matters.
fn object(parts: Value) -> Value {
    match parts {
        Value::Array(mut parts) if parts.len() >= 3 => parts.swap_remove(2),
        other => other,
    }
}

/// LangChain's objects in JSON: `{"lc": …, "type": "constructor", "kwargs": fields}`.
fn plain_json(value: Value) -> Value {
    match value {
        Value::Object(mut members) if members.contains_key("lc") => {
            let last = members.get("id").and_then(Value::as_array).and_then(|id| id.last());
            let kind = last.and_then(Value::as_str).map(kind_of);
            let mut fields = members.remove("kwargs").map_or(Value::Null, plain_json);
            if let (Value::Object(fields), Some(kind)) = (&mut fields, kind) {
                fields.entry("type").or_insert(kind.into());
            }
            fields
        }
        Value::Object(members) => {
            let member = |(name, value)| (name, plain_json(value));
            Value::Object(members.into_iter().map(member).collect::<Map<_, _>>())
        }
        Value::Array(values) => values.into_iter().map(plain_json).collect(),
        other => other,
    }
}

fn kind_of(class: &str) -> &'static str {
    match class {
        "HumanMessage" => "human",
        "AIMessage" | "AIMessageChunk" => "ai",
        "SystemMessage" => "system",
        "ToolMessage" => "tool",
        _ => "object",
    }
}

/// A value as a model would be shown it: texts as they are, messages by their contents and calls,
/// the rest as JSON.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join("\n"),
        Value::Object(members)
            if members.contains_key("content") && members.contains_key("type") =>
        {
            let content = members.get("content").map(crate::json::blocks_text).unwrap_or_default();
            let calls = members.get("tool_calls").and_then(Value::as_array);
            let calls = calls.into_iter().flatten().map(|call| {
                let part = |name| call.get(name).map(Value::to_string).unwrap_or_default();
                format!("\n{} {}", part("name"), part("args"))
            });
            content + &calls.collect::<String>()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_their_fields() {
        // {"m": ext 5 of ["module", "HumanMessage", {"content": "hi"}, "method"]}
        let inner = [
            &[0x94, 0xa6][..],
            b"module",
            &[0xac],
            b"HumanMessage",
            &[0x81, 0xa7],
            b"content",
            &[0xa2],
            b"hi",
            &[0xa6],
            b"method",
        ]
        .concat();
        let size = u8::try_from(inner.len()).unwrap();
        let bytes = [&[0x81, 0xa1][..], b"m", &[0xc7, size, 5], &inner].concat();
        assert_eq!(decoded(Some("msgpack"), &bytes), Some(json!({"m": {"content": "hi"}})));
        assert_eq!(decoded(Some("msgpack"), &bytes[..9]), None);
        let lc = br#"{"m":{"lc":1,"type":"constructor","id":["langchain","HumanMessage"],"kwargs":{"content":"hi"}}}"#;
        assert_eq!(
            decoded(Some("json"), lc),
            Some(json!({"m": {"content": "hi", "type": "human"}}))
        );
        assert_eq!(decoded(Some("pickle"), b"x"), None);
    }

    #[test]
    fn what_is_nested_without_end_is_not_followed() {
        let mut bytes = vec![0xc0];
        for _ in 0..400 {
            let size = u16::try_from(bytes.len()).unwrap().to_be_bytes();
            bytes = [&[0xc8, size[0], size[1], 5][..], &bytes].concat();
        }
        assert_eq!(decoded(Some("msgpack"), &bytes), Some(Value::Null));
        assert_eq!(decoded(Some("msgpack"), &vec![0x91; 100_000]), None);
    }
}
