//! What the examples share: messages from files, split by session.

use attune_codec::Sample;
use serde::Deserialize;
use std::fs;

#[derive(Deserialize)]
pub struct Message {
    pub source: String,
    pub session: String,
    pub content: serde_json::Value,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// The messages of JSON lines, those without content left out.
pub fn messages(files: &[String]) -> Vec<Message> {
    let mut messages = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
        for (number, line) in text.lines().enumerate() {
            let mut message: Message = serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{file}:{}: {error}", number + 1));
            message.bytes = match &message.content {
                serde_json::Value::String(text) => text.clone().into_bytes(),
                other => other.to_string().into_bytes(),
            };
            // Sources name their sessions on their own.
            message.session = format!("{}/{}", message.source, message.session);
            // Nothing to train on or to compress.
            if !message.bytes.is_empty() {
                messages.push(message);
            }
        }
    }
    messages
}

pub fn samples<'a>(messages: &[&'a Message]) -> Vec<Sample<'a>> {
    let sample =
        |message: &&'a Message| Sample { session: &message.session, message: &message.bytes };
    messages.iter().map(sample).collect()
}

/// A quarter of all sessions is kept apart for tests, by the hash of their names.
pub fn is_test(message: &Message, seed: u64) -> bool {
    xxhash_rust::xxh3::xxh3_64_with_seed(message.session.as_bytes(), seed).is_multiple_of(4)
}
