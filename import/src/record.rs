//! What a session consists of, in full: what was said, called, given back, and touched.

use attune_trace::access::Access;
use serde_json::Value;
use std::sync::Arc;

/// One session of a tool, with its sub-agents.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub id: String,
    /// What artifacts' names are relative to; the same for all sessions in the same folder.
    pub project: Option<String>,
    /// In the order in which they happened.
    pub records: Vec<Record>,
}

impl Session {
    pub fn accesses(&self) -> impl Iterator<Item = &Access> {
        self.records.iter().filter_map(|record| match &record.content {
            Content::Access(access) => Some(&**access),
            _ => None,
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The place in the session, counted from 1 without gaps.
    pub sequence: u64,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub time_ms: Option<i64>,
    pub agent: Arc<str>,
    /// How often the model had answered this agent by then; 0 before its first answer.
    pub turn: u64,
    pub model: Option<Arc<str>>,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Message {
        role: Role,
        text: String,
    },
    /// The agent calls a tool.
    ToolCall {
        call: String,
        name: String,
        input: Value,
    },
    /// What the tool gave back to the agent.
    ToolResult {
        call: String,
        text: String,
        failed: bool,
    },
    /// What the agent knew was replaced by a summary.
    Compaction {
        /// `None`: not recorded, or not readable.
        summary: Option<String>,
        /// The size of what was replaced, as the tool counted it.
        tokens_before: Option<u64>,
        /// What set it off, in the tool's words: `auto`, `manual`.
        trigger: Option<String>,
    },
    /// The agent starts another one.
    Spawn {
        call: String,
        /// `None` as long as the other one has done nothing that was recorded.
        agent: Option<Arc<str>>,
        prompt: String,
    },
    /// A sub-agent's answer to the agent that started it.
    Return {
        call: String,
        agent: Option<Arc<str>>,
        text: String,
        /// All that the sub-agent used, as the tool counted it.
        tokens: Option<u64>,
    },
    Access(Box<Access>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The person, or the agent that started this one.
    User,
    /// The model's answer.
    Assistant,
    /// The model's reasoning, where it is readable.
    Thinking,
    /// Instructions and notes of the tool.
    System,
}
