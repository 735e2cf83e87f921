use std::fmt;

/// The tools whose sessions can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    ClaudeCode,
    Codex,
    OpenCode,
    Gemini,
    SweAgent,
    LangGraph,
    /// Accesses that somebody extracted already, one JSON object per line.
    Jsonl,
    /// Messages that somebody extracted already, one JSON object per line.
    Messages,
}

impl Tool {
    pub const ALL: [Tool; 8] = [
        Tool::ClaudeCode,
        Tool::Codex,
        Tool::OpenCode,
        Tool::Gemini,
        Tool::SweAgent,
        Tool::LangGraph,
        Tool::Jsonl,
        Tool::Messages,
    ];

    /// As it is called on the command line and in a trace's header.
    pub fn name(self) -> &'static str {
        match self {
            Tool::ClaudeCode => "claude-code",
            Tool::Codex => "codex",
            Tool::OpenCode => "opencode",
            Tool::Gemini => "gemini",
            Tool::SweAgent => "swe-agent",
            Tool::LangGraph => "langgraph",
            Tool::Jsonl => "jsonl",
            Tool::Messages => "messages",
        }
    }

    pub fn named(name: &str) -> Option<Tool> {
        Tool::ALL.into_iter().find(|tool| tool.name() == name)
    }

    /// How the names of its files end.
    pub(crate) fn extensions(self) -> &'static [&'static str] {
        match self {
            Tool::ClaudeCode | Tool::Codex | Tool::Jsonl | Tool::Messages => &["jsonl"],
            Tool::OpenCode => &["json", "db"],
            Tool::Gemini => &["json", "jsonl"],
            Tool::SweAgent => &["traj"],
            Tool::LangGraph => &["sqlite", "sqlite3", "db"],
        }
    }

    /// How the names of its files end, in words.
    pub(crate) fn files(self) -> String {
        let ends: Vec<String> = self.extensions().iter().map(|end| format!("*.{end}")).collect();
        ends.join(", ")
    }

    /// Where its files are.
    pub(crate) fn place(self) -> &'static str {
        match self {
            Tool::ClaudeCode => "they are in ~/.claude/projects/<project>",
            Tool::Codex => "they are in ~/.codex/sessions",
            Tool::OpenCode => {
                "they are in ~/.local/share/opencode, or made by `opencode export SESSION`"
            }
            Tool::Gemini => "they are in ~/.gemini/tmp/<project>/chats",
            Tool::SweAgent => "they are in SWE-agent's trajectories folder",
            Tool::LangGraph => "name the file that was given to SqliteSaver",
            Tool::Jsonl | Tool::Messages => "docs/importing.md says what a line holds",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Tool::ClaudeCode => "Claude Code",
            Tool::Codex => "Codex",
            Tool::OpenCode => "OpenCode",
            Tool::Gemini => "Gemini CLI",
            Tool::SweAgent => "SWE-agent",
            Tool::LangGraph => "LangGraph",
            Tool::Jsonl => "plain access records",
            Tool::Messages => "plain messages",
        })
    }
}
