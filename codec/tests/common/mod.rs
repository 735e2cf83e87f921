//! What the tests share: messages of each type, and dictionaries trained on some.

#![allow(dead_code, reason = "every test file uses another part")]

use attune_codec::{Dictionaries, Sample, TrainOptions, train};
use std::sync::Arc;

pub const MESSAGES: [&str; 8] = [
    "",
    "ok",
    r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"read","arguments":{"path":"src/clock.rs"}}}"#,
    "{\"name\":\"write\",\"arguments\":{\"path\":\"a.py\",\"text\":\"def a():\\n    return \\\"b\\\"\\n\",\"note\":\"caf\\u00e9 \\ud83d\\ude00\"}}",
    "## Done\n\nThe reader closes its file now:\n\n- `open` is paired with `close`\n- a test reads 1000 files\n",
    "fn main() {\n    let mut clock = Clock::new();\n    clock.advance(3);\n    println!(\"{}\", clock.now());\n}\n",
    "The second agent still holds the old version, so its write was refused; fetch it and try again.",
    "\u{1}marks\u{2} in \u{3} text",
];

/// The messages of a made-up session: all alike, none the same.
pub fn session(seed: usize) -> Vec<String> {
    let message = |n: usize| match n % 4 {
        0 => format!(
            "{{\"name\":\"edit\",\"arguments\":{{\"path\":\"src/part{}.rs\",\"text\":\"fn part{n}() {{\\n    run({});\\n}}\\n\"}}}}",
            n % 7,
            seed * n
        ),
        1 => format!(
            "## Step {n}\n\n- changed `part{}`\n- ran the tests: **{} passed**\n",
            n % 7,
            n * 13 + seed
        ),
        2 => format!("fn part{n}() {{\n    let x = {};\n    run(x);\n}}\n", n * seed),
        _ => format!("The tests of part {n} pass, so I go on with number {}.", n + seed),
    };
    (0..40).map(message).collect()
}

pub fn trained(version: u32) -> Arc<Dictionaries> {
    let sessions: Vec<(String, Vec<String>)> =
        (1..9).map(|n| (format!("s{n}"), session(n))).collect();
    let samples: Vec<Sample> = sessions
        .iter()
        .flat_map(|(session, messages)| {
            messages.iter().map(|message| Sample { session, message: message.as_bytes() })
        })
        .collect();
    Arc::new(train(&samples, TrainOptions { version, bytes_per_type: 2048 }).unwrap())
}
