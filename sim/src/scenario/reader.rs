//! One field out of the tree, checked against the table of fields. Every mistake is noted, and
//! reading goes on as if the field were not set, so that one pass finds them all.

use super::fields::{self, Default, Field, Kind, Standing};
use super::suggest::closest;
use super::yaml::{Content, Entry, NodeId, Tree};
use super::{Mistake, Place, Problem, numbers};

/// Enough to print; a file of aliases must not produce more mistakes than it has characters.
const MISTAKES_MAX: usize = 1_000;

pub(super) struct Reader<'t> {
    pub tree: &'t Tree,
    pub mistakes: Vec<Mistake>,
}

/// A mapping whose fields are being read.
#[derive(Clone)]
pub(super) struct Position {
    pub node: NodeId,
    /// What the paths of its fields start with in the table: `artifacts[].`.
    pub table: &'static str,
    /// The same in a message: `artifacts[2].`.
    pub shown: String,
}

impl<'t> Reader<'t> {
    pub fn new(tree: &'t Tree) -> Reader<'t> {
        Reader { tree, mistakes: Vec::new() }
    }

    pub fn is_full(&self) -> bool {
        self.mistakes.len() >= MISTAKES_MAX
    }

    pub fn mistake(&mut self, place: Place, path: impl Into<String>, problem: Problem) {
        if !self.is_full() {
            self.mistakes.push(Mistake { place: Some(place), path: path.into(), problem });
        }
    }

    /// Notes `found …, allowed: …` about a node.
    pub fn wrong(&mut self, node: NodeId, path: impl Into<String>, allowed: impl Into<String>) {
        let found = self.describe(node);
        let place = self.tree.node(node).place;
        self.mistake(place, path, Problem::Value { found, allowed: allowed.into() });
    }

    pub fn whole<T: TryFrom<i64>>(&mut self, at: &Position, key: &str) -> Option<T> {
        let (field, node, path) = self.find(at, key)?;
        let number = self.whole_in(node, &path, field.kind)?;
        Some(T::try_from(number).unwrap_or_else(|_| panic!("range of {} in the table", field.path)))
    }

    pub fn number(&mut self, at: &Position, key: &str) -> Option<f64> {
        let (field, node, path) = self.find(at, key)?;
        self.number_in(node, &path, field.kind)
    }

    pub fn flag(&mut self, at: &Position, key: &str) -> Option<bool> {
        let (field, node, path) = self.find(at, key)?;
        // The published format is YAML 1.1, where these are truth values, too.
        match self.plain(node).unwrap_or_default().to_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => {
                self.wrong(node, path, field.kind.to_string());
                None
            }
        }
    }

    pub fn text(&mut self, at: &Position, key: &str) -> Option<String> {
        let (field, node, path) = self.find(at, key)?;
        if let Content::Scalar { text, .. } = &self.tree.node(node).content {
            let short = text.chars().nth(fields::TEXT_CHARACTERS_MAX).is_none();
            if short && !text.trim().is_empty() && !text.chars().any(breaks_a_line) {
                return Some(text.clone());
            }
        }
        self.wrong(node, path, field.kind.to_string());
        None
    }

    /// The index of the chosen name in the field's list.
    pub fn choice(&mut self, at: &Position, key: &str) -> Option<usize> {
        let (field, node, path) = self.find(at, key)?;
        let Kind::Choice(names) = field.kind else { panic!("{} is not a choice", field.path) };
        let text = self.plain_or_quoted(node).unwrap_or_default();
        let chosen = names.iter().position(|&name| name == text);
        if chosen.is_none() {
            let hint = closest(text, names).map(|name| format!("; did you mean {name}?"));
            self.wrong(node, path, format!("{}{}", field.kind, hint.unwrap_or_default()));
        }
        chosen
    }

    pub fn missing(&mut self, place: Place, path: String, addition: String, allowed: String) {
        self.mistake(place, path, Problem::Missing { addition, allowed });
    }

    /// Notes unknown keys and keys set twice, in this mapping and in the sections below it.
    pub fn check_keys(&mut self, node: NodeId, table: &str, shown: &str) {
        let Content::Map(entries) = &self.tree.node(node).content else { return };
        self.check_set_twice(entries, shown.trim_end_matches('.'));
        for entry in entries {
            let path = format!("{table}{}", entry.key);
            let shown = format!("{shown}{}", entry.key);
            match fields::standing(&path) {
                Standing::Field | Standing::List => {}
                Standing::Section => match self.tree.node(entry.value).content {
                    Content::Map(_) => {
                        self.check_keys(entry.value, &format!("{path}."), &format!("{shown}."));
                    }
                    ref other if other.is_null() => {}
                    _ => self.wrong(entry.value, shown, "a mapping of fields"),
                },
                Standing::Nothing => {
                    let hint = unknown_key_hint(&entry.key, table);
                    self.mistake(entry.key_place, shown, Problem::UnknownKey { hint });
                }
            }
        }
    }

    pub fn check_set_twice(&mut self, entries: &[Entry], shown: &str) {
        for (key, first, second) in Tree::set_twice(entries) {
            let path = if shown.is_empty() { key.to_owned() } else { format!("{shown}.{key}") };
            self.mistake(second, path, Problem::SetTwice { first_line: first.line });
        }
    }

    /// The node of a field under the newest spelling that the file has; notes what is missing.
    pub fn find(&mut self, at: &Position, key: &str) -> Option<(&'static Field, NodeId, String)> {
        let field = fields::field(&format!("{}{key}", at.table));
        for &spelling in std::iter::once(&field.path).chain(field.older) {
            // As the original has it: the older section counts only where the newer is absent.
            let newer_section = spelling.starts_with("strategies.exec_count.")
                && self.walk(at.node, "strategies.access_count").is_some();
            let Some(relative) = spelling.strip_prefix(at.table) else { continue };
            if newer_section {
                continue;
            }
            if let Some(node) = self.walk(at.node, relative) {
                // A newer key that says nothing still hides the older one.
                if self.tree.node(node).content.is_null() {
                    break;
                }
                return Some((field, node, format!("{}{relative}", at.shown)));
            }
        }
        if field.default == Default::Required {
            self.missing_field(at, key, field.kind.to_string());
        }
        None
    }

    /// Notes a missing field where it would go: at its section, or at the mapping it belongs to.
    pub fn missing_field(&mut self, at: &Position, key: &str, allowed: String) {
        let path = format!("{}{key}", at.shown);
        let top = self.tree.node(at.node).place;
        let (place, addition) = match key.rsplit_once('.') {
            None => (top, format!("{key} here")),
            Some((section, name)) => match self.tree.entry(at.node, section) {
                Some(entry) => (entry.key_place, format!("{name} here")),
                None => (top, format!("a section {section} with {name}")),
            },
        };
        self.missing(place, path, addition, allowed);
    }

    pub fn walk(&self, from: NodeId, path: &str) -> Option<NodeId> {
        path.split('.').try_fold(from, |node, key| Some(self.tree.entry(node, key)?.value))
    }

    pub fn whole_in(&mut self, node: NodeId, path: &str, kind: Kind) -> Option<i64> {
        let Kind::Whole { min, max } = kind else { panic!("{path} is not a whole number") };
        let number = self.plain(node).and_then(numbers::whole);
        match number.and_then(|number| i64::try_from(number).ok()) {
            Some(number) if (min..=max).contains(&number) => Some(number),
            _ => {
                self.wrong(node, path, kind.to_string());
                None
            }
        }
    }

    pub fn number_in(&mut self, node: NodeId, path: &str, kind: Kind) -> Option<f64> {
        let Kind::Number { min, max } = kind else { panic!("{path} is not a number") };
        match self.plain(node).and_then(numbers::number) {
            Some(number) if (min..=max).contains(&number) => Some(number),
            _ => {
                self.wrong(node, path, kind.to_string());
                None
            }
        }
    }

    pub fn plain(&self, node: NodeId) -> Option<&'t str> {
        match &self.tree.node(node).content {
            Content::Scalar { text, quoted: false } => Some(text),
            _ => None,
        }
    }

    fn plain_or_quoted(&self, node: NodeId) -> Option<&'t str> {
        match &self.tree.node(node).content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    fn describe(&self, node: NodeId) -> String {
        let content = &self.tree.node(node).content;
        match content {
            _ if content.is_null() => "nothing".to_owned(),
            Content::List(items) if items.is_empty() => "an empty list".to_owned(),
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "a mapping".to_owned(),
            Content::Scalar { text, quoted } => {
                let short: String = text.chars().take(40).collect();
                let short = if short.len() < text.len() { short + "…" } else { short };
                let truth = matches!(text.as_str(), "true" | "false");
                match quoted {
                    false if truth || numbers::number(text).is_some() => short,
                    true if truth || numbers::number(text).is_some() => {
                        format!("{short:?} in quotes, which make it text")
                    }
                    _ => format!("{short:?}"),
                }
            }
        }
    }
}

/// Control characters, and the two separators that YAML 1.1 reads as line ends.
fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn unknown_key_hint(key: &str, table: &str) -> String {
    let known = fields::keys_under(table);
    if closest(key, &known).is_none() {
        let elsewhere = fields::FIELDS.iter().map(|field| field.path).find(|path| {
            !path.contains("[]") && path.rsplit_once('.').is_some_and(|(_, name)| name == key)
        });
        if let Some((section, _)) = elsewhere.and_then(|path| path.rsplit_once('.')) {
            return format!("it belongs under {section}");
        }
    }
    hint(key, &known)
}

pub(super) fn hint(key: &str, known: &[&'static str]) -> String {
    match closest(key, known) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("known here: {}", known.join(", ")),
    }
}
