//! Small sessions, record by record.

use attune_import::{Content, Record, Role, Session};
use attune_trace::access::{Access, ContentId, Op, Outcome};
use serde_json::{Value, json};

#[derive(Default)]
pub struct Story {
    records: Vec<Record>,
    calls: u64,
}

impl Story {
    pub fn user(&mut self, text: &str) -> &mut Story {
        self.push(Content::Message { role: Role::User, text: text.to_string() })
    }

    pub fn agent(&mut self, text: &str) -> &mut Story {
        self.push(Content::Message { role: Role::Assistant, text: text.to_string() })
    }

    pub fn call(&mut self, name: &str, input: Value, result: &str) -> &mut Story {
        self.calls += 1;
        let call = self.calls.to_string();
        let name = name.to_string();
        self.push(Content::ToolCall { call: call.clone(), name, input });
        self.push(Content::ToolResult { call, text: result.to_string(), failed: false })
    }

    pub fn run(&mut self, command: &str, output: &str) -> &mut Story {
        self.call("Bash", json!({ "command": command }), output)
    }

    pub fn read(&mut self, file: &str, text: &str) -> &mut Story {
        self.call("Read", json!({ "file_path": file }), text).access(
            file,
            Op::Read,
            "aaaa111122223333",
        )
    }

    pub fn edit(&mut self, file: &str, old: &str, new: &str) -> &mut Story {
        let input = json!({ "file_path": file, "old_string": old, "new_string": new });
        self.call("Edit", input, "updated").access(file, Op::Write, "bbbb444455556666")
    }

    pub fn returned(&mut self, text: &str) -> &mut Story {
        let text = text.to_string();
        self.push(Content::Return { call: String::new(), agent: None, text, tokens: None })
    }

    pub fn compaction(&mut self, summary: &str) -> &mut Story {
        let summary = Some(summary.to_string());
        self.push(Content::Compaction { summary, tokens_before: None, trigger: None })
    }

    pub fn access(&mut self, file: &str, op: Op, version: &str) -> &mut Story {
        let access = Access {
            session: "s".to_string(),
            sequence: self.records.len() as u64 + 1,
            time_ms: None,
            agent: "main".to_string(),
            turn: None,
            project: None,
            artifact: file.to_string(),
            op,
            tokens: Some(100),
            artifact_tokens: None,
            lines: None,
            total_lines: None,
            version: Some(ContentId(version.to_string())),
            base: None,
            outcome: Outcome::Done,
            model: None,
        };
        self.push(Content::Access(Box::new(access)))
    }

    fn push(&mut self, content: Content) -> &mut Story {
        let sequence = self.records.len() as u64 + 1;
        let agent = "main".into();
        let record = Record { sequence, time_ms: None, agent, turn: 0, model: None, content };
        self.records.push(record);
        self
    }

    pub fn session(&self) -> Session {
        Session { id: "s".to_string(), project: None, records: self.records.clone() }
    }
}

/// A session in which something of every kind happened, handed on, and gone on with.
pub fn eventful() -> Session {
    let mut story = Story::default();
    story
        .user(
            "Please add a retry with backoff to the uploader, so that flaky networks are survived.",
        )
        .user("Never touch the vendored parser directory while doing that.")
        .read("src/parser.rs", "fn parse_header(line: &str) -> Header {\n}\nfn parse_body() {}")
        .read("src/config.rs", "struct ConfigFile {\n}")
        .agent("I will start with the uploader module and its settings.")
        .edit(
            "src/upload.rs",
            "let client = Client::plain_without_any_timeout();",
            "fn retry_upload(attempts: u32) {}\nlet client = Client::with_backoff_seconds(30);",
        )
        .edit("src/backoff.rs", "", "fn delay_for_attempt(attempt: u32) -> Duration {}")
        .call(
            "TodoWrite",
            json!({ "todos": [
                { "content": "Add the retry loop to the uploader", "status": "completed" },
                { "content": "Document the backoff settings in the manual", "status": "pending" },
            ] }),
            "ok",
        )
        .run("git commit -am retry", "[main 1f2e3d4] retry with backoff")
        .run("cargo test", "test upload::survives ... ok\ntest backoff::grows ... FAILED\n1 failed")
        .run("cargo test --all", "error: failed to resolve crate tokio_retry for the target")
        .user("No, that is wrong: use an exponential delay instead of the constant one.")
        .agent("A constant delay does not work because the server throttles bursts of clients.")
        .returned(
            "I looked around. The throttling limit of the server is forty requests per minute.",
        )
        .edit("src/upload.rs", "fn delay_constant_seconds()", "fn delay_exponential_seconds()")
        .run("cargo clippy", "Finished dev profile, no errors")
        .user("Now write the changelog entry for the exponential delay, please.")
        .agent("The changelog entry comes next, under the heading for unreleased changes.")
        .compaction("A summary. All tests pass.")
        .agent("Going on with src/upload.rs and retry_upload.")
        .run("cargo test", "1 passed");
    story.session()
}
