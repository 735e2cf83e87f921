//! Sets of messages, divided into those that a dictionary is trained on and those that are measured.

use super::message::{self, Message};
use super::{BadParameter, Generator};
use crate::workload::split;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the sessions that dictionaries are trained on.
const TRAINED_SHARE: f64 = 0.7;

/// How messages are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitBy {
    /// Whole sessions are kept apart: what is measured was never seen.
    Session,
    /// Messages are, whatever session they belong to: the rest of each session is known. For
    /// comparison only; it flatters.
    Message,
}

/// The messages of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Corpus {
    pub name: String,
    pub messages: Vec<Message>,
}

macro_rules! families {
    ($($name:literal),*) => {
        &[$(($name, include_str!(concat!("../../../codec/corpus/", $name, ".jsonl")))),*]
    };
}

/// What the repository has of its own, written for it: a file per family of tools.
const WRITTEN: &[(&str, &str)] = families![
    "answers",
    "claude_code",
    "codex",
    "gemini_cli",
    "group_chat",
    "mcp",
    "opencode",
    "review",
    "service",
    "swe_agent"
];

/// The repository's corpus (`codec/corpus/`), a source per family.
pub fn written() -> Vec<Corpus> {
    let read = |&(name, text): &(&str, &str)| {
        let messages = message::read(name, text.as_bytes()).expect("the corpus is well formed");
        Corpus { name: name.to_string(), messages }
    };
    WRITTEN.iter().map(read).collect()
}

/// All of them under one name.
pub fn merged(name: &str, corpora: &[Corpus]) -> Corpus {
    let messages = corpora.iter().flat_map(|corpus| corpus.messages.iter().cloned());
    Corpus { name: name.to_string(), messages: messages.collect() }
}

/// Made-up messages under their source's name.
pub fn made_up(generator: &Generator) -> Result<Corpus, BadParameter> {
    Ok(Corpus { name: "made_up".to_string(), messages: generator.messages()? })
}

/// What is measured together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Corpora {
    /// Each compared with all methods.
    pub whole: Vec<Corpus>,
    /// Between which dictionaries are carried.
    pub sources: Vec<Corpus>,
    /// The sources are compared with all methods as well.
    pub sources_compared: bool,
    /// The messages are within JSON-RPC.
    pub enveloped: bool,
}

impl Corpora {
    /// The repository's own corpus, and made-up messages.
    pub fn own() -> Result<Corpora, BadParameter> {
        let sources = written();
        let whole = vec![merged("written", &sources), made_up(&Generator::default())?];
        Ok(Corpora { whole, sources, ..Corpora::default() })
    }

    /// Messages by their source, in the order of the names, and all together if there are several.
    pub fn recorded(messages: Vec<Message>) -> Corpora {
        let mut sources: BTreeMap<String, Vec<Message>> = BTreeMap::new();
        for message in messages {
            sources.entry(message.source.clone()).or_default().push(message);
        }
        let sources = sources.into_iter().map(|(name, messages)| Corpus { name, messages });
        let sources: Vec<Corpus> = sources.collect();
        let several = sources.len() > 1;
        let whole = several.then(|| merged("all", &sources)).into_iter().collect();
        Corpora { whole, sources, sources_compared: true, enveloped: false }
    }

    /// Each message as an agent would send it, within JSON-RPC.
    #[must_use]
    pub fn in_envelopes(mut self) -> Corpora {
        let corpora = self.whole.iter_mut().chain(&mut self.sources);
        for message in corpora.flat_map(|corpus| &mut corpus.messages) {
            message.put_in_envelope();
        }
        self.enveloped = true;
        self
    }

    /// Those that are compared with all methods, in order.
    pub fn compared(&self) -> impl Iterator<Item = &Corpus> {
        let sources = if self.sources_compared { &self.sources[..] } else { &[] };
        self.whole.iter().chain(sources)
    }
}

/// What to train on, and what to measure.
pub struct Split<'c> {
    pub trained: Vec<&'c Message>,
    pub measured: Vec<&'c Message>,
}

impl Split<'_> {
    /// The share of the measured bytes whose messages occur whole among those to train on: a division
    /// by session does not keep apart what several sessions have in common.
    pub fn repeated_percent(&self) -> f64 {
        let trained: BTreeSet<_> = self.trained.iter().map(|message| &message.content).collect();
        let bytes = |repeated: bool| -> usize {
            let counted = |message: &&&Message| !repeated || trained.contains(&message.content);
            self.measured.iter().filter(counted).map(|message| message.content.len()).sum()
        };
        100.0 * bytes(true) as f64 / bytes(false).max(1) as f64
    }
}

impl Corpus {
    pub fn bytes(&self) -> usize {
        self.messages.iter().map(|message| message.content.len()).sum()
    }

    /// Of each source's sessions (or messages), in the order of a hash of their names, the first are
    /// trained on; at least one is on each side, if there are two.
    pub fn split(&self, by: SplitBy, seed: u64) -> Split<'_> {
        let unit = |message: &Message| match by {
            SplitBy::Session => message.session.clone(),
            SplitBy::Message => format!("{}\n{}", message.session, message.seq),
        };
        let mut sources: BTreeMap<&str, BTreeSet<(u64, String)>> = BTreeMap::new();
        for message in &self.messages {
            let unit = unit(message);
            let units = sources.entry(&message.source).or_default();
            units.insert((split::hash(&unit, seed), unit));
        }
        let mut chosen: BTreeSet<(&str, String)> = BTreeSet::new();
        for (source, units) in sources {
            let count = (TRAINED_SHARE * units.len() as f64).round() as usize;
            let count = count.clamp(1, units.len().saturating_sub(1).max(1));
            chosen.extend(units.into_iter().take(count).map(|(_, unit)| (source, unit)));
        }
        let (trained, measured) = self
            .messages
            .iter()
            .partition(|message| chosen.contains(&(message.source.as_str(), unit(message))));
        Split { trained, measured }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_on_one_side_only() {
        let corpus = made_up(&Generator::default()).unwrap();
        let sessions = |messages: &[&Message]| -> BTreeSet<String> {
            messages.iter().map(|message| message.session.clone()).collect()
        };
        let Split { trained, measured } = corpus.split(SplitBy::Session, 1);
        assert!(sessions(&trained).is_disjoint(&sessions(&measured)));
        assert!(measured.len() * 10 > corpus.messages.len());
        let Split { trained, measured } = corpus.split(SplitBy::Message, 1);
        assert!(!sessions(&trained).is_disjoint(&sessions(&measured)));
    }
}
