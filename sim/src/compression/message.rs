//! What agents say to one another and to their tools, one message after the other.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::BufRead;

/// One message, as a line of a `messages.jsonl`. Other fields of a line are passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Where it is from: a tool, a project, a corpus.
    pub source: String,
    pub session: String,
    /// Its place in the session.
    pub seq: u64,
    pub role: Role,
    pub kind: Kind,
    pub content: String,
}

impl Message {
    /// Puts the content into a notification of JSON-RPC that names the session. What is empty stays
    /// empty, since it is not sent.
    pub fn put_in_envelope(&mut self) {
        if self.content.is_empty() {
            return;
        }
        let quoted = |text: &str| Value::from(text).to_string();
        // Put together by hand: the order of a map's fields depends on how it was built.
        self.content = format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"agent/message\",\"params\":{{\"session\":{},\"content\":{}}}}}",
            quoted(&self.session),
            quoted(&self.content)
        );
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    System,
    User,
    Assistant,
    Tool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something said, in prose or Markdown.
    Text,
    /// A call of a tool, as JSON.
    ToolCall,
    /// What a tool gave back.
    ToolResult,
}

/// Why messages cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadMessages {
    /// A line is something else, or lacks a field.
    #[error(
        "{name}, line {line}: not a message: {why}; a line is a JSON object with source, session, \
         seq, role (system, user, assistant, tool), kind (text, tool_call, tool_result) and content"
    )]
    Line { name: String, line: usize, why: String },
    /// The file broke off.
    #[error("{name}, line {line}: {why}")]
    Unreadable { name: String, line: usize, why: std::io::Error },
    /// There is no line in it that is not empty.
    #[error("{name}: no messages in it")]
    Empty { name: String },
}

/// What is wrong in a line, by its column alone: the line of the file is told beside it.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split_once(" at line ").map_or(&*text, |(what, _)| what);
    format!("{what} at column {}", error.column())
}

/// Reads lines of messages. `name` stands in errors for the file.
pub fn read(name: &str, input: impl BufRead) -> Result<Vec<Message>, BadMessages> {
    let mut messages = Vec::new();
    for (place, line) in input.split(b'\n').enumerate() {
        let number = place + 1;
        let name = || name.to_string();
        let line =
            line.map_err(|why| BadMessages::Unreadable { name: name(), line: number, why })?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let message = serde_json::from_slice(&line).map_err(|why| BadMessages::Line {
            name: name(),
            line: number,
            why: without_line(&why),
        })?;
        messages.push(message);
    }
    if messages.is_empty() {
        return Err(BadMessages::Empty { name: name.to_string() });
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_holds_what_was_said() {
        let line = r#"{"source":"s","session":"a \"b\"","seq":0,"role":"user","kind":"text","content":"x\ny"}"#;
        let mut messages = read("lines", line.as_bytes()).unwrap();
        messages[0].put_in_envelope();
        let value: Value = serde_json::from_str(&messages[0].content).unwrap();
        assert_eq!(value["params"]["session"], "a \"b\"");
        assert_eq!(value["params"]["content"], "x\ny");
        messages[0].content.clear();
        messages[0].put_in_envelope();
        assert_eq!(messages[0].content, "");
    }
}
