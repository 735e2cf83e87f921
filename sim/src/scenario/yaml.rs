//! YAML text to a tree in which every node knows its place.
//!
//! The parser (`saphyr-parser`) gives a flat stream of events. The tree is an arena filled
//! without recursion, and an alias is the index of the node it names: neither deep nesting nor
//! aliases of aliases cost more than the length of the file.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

use super::{Mistake, Place, Problem};

const DEPTH_MAX: usize = 32;
const KEYS_MAX: usize = 200;
/// Merging copies entries, so it is bounded for the whole file.
const MERGED_MAX: usize = 100_000;

pub(super) struct Tree {
    nodes: Vec<Node>,
    pub root: NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(usize);

pub(super) struct Node {
    pub place: Place,
    pub content: Content,
}

pub(super) enum Content {
    Scalar { text: String, quoted: bool },
    List(Vec<NodeId>),
    Map(Vec<Entry>),
}

#[derive(Clone)]
pub(super) struct Entry {
    pub key: String,
    pub key_place: Place,
    pub value: NodeId,
    /// Came in through `<<`: an entry of the mapping itself takes precedence.
    merged: bool,
}

impl Content {
    /// Nothing, `~` or `null`: a field set to it counts as not set.
    pub fn is_null(&self) -> bool {
        match self {
            Content::Scalar { text, quoted: false } => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }
}

impl Tree {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The entry of a mapping; `None` also if `map` is something else.
    pub fn entry(&self, map: NodeId, key: &str) -> Option<&Entry> {
        match &self.node(map).content {
            Content::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The keys that a mapping sets twice: key, both places in order. Merged entries do not count.
    pub fn set_twice(entries: &[Entry]) -> Vec<(&str, Place, Place)> {
        let mut first: BTreeMap<&str, Place> = BTreeMap::new();
        let mut twice = Vec::new();
        for entry in entries.iter().filter(|entry| !entry.merged) {
            match first.get(entry.key.as_str()) {
                Some(&place) => twice.push((entry.key.as_str(), place, entry.key_place)),
                None => drop(first.insert(&entry.key, entry.key_place)),
            }
        }
        twice
    }

    /// Reads one document. YAML's own mistakes end the reading, so there is at most one of them.
    pub fn parse(text: &str) -> Result<Tree, Box<Mistake>> {
        let mut builder = Builder::default();
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| {
                mistake(point(error.marker()), Problem::Syntax(in_plain_words(error.info())))
            })?;
            if matches!(event, Event::DocumentStart(_)) {
                documents += 1;
                if documents > 1 {
                    return Err(mistake(place(span), Problem::SecondDocument));
                }
            }
            builder.take(event, span)?;
        }
        match builder.root {
            Some(root) if !builder.nodes[root.0].content.is_null() => {
                Ok(Tree { nodes: builder.nodes, root })
            }
            _ => {
                Err(Box::new(Mistake { place: None, path: String::new(), problem: Problem::Empty }))
            }
        }
    }
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    root: Option<NodeId>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, NodeId>,
    merged: usize,
}

/// A list or mapping whose end has not come yet.
struct Open {
    node: NodeId,
    /// A mapping's key that waits for its value.
    key: Option<(String, Place)>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Box<Mistake>> {
        let here = place(span);
        match event {
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err(mistake(here, Problem::Tag)),
            Event::Scalar(text, style, anchor, None) => {
                let quoted = style != ScalarStyle::Plain;
                let content = Content::Scalar { text: text.into_owned(), quoted };
                self.add(content, here, anchor).map(drop)
            }
            Event::SequenceStart(anchor, None) => self.open(Content::List(vec![]), here, anchor),
            Event::MappingStart(anchor, None) => self.open(Content::Map(vec![]), here, anchor),
            Event::Alias(anchor) => self.alias(anchor, here),
            Event::SequenceEnd => {
                self.open.pop();
                Ok(())
            }
            Event::MappingEnd => match self.open.pop() {
                Some(closed) => self.merge(closed.node),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn open(&mut self, content: Content, here: Place, anchor: usize) -> Result<(), Box<Mistake>> {
        if self.open.len() == DEPTH_MAX {
            return Err(mistake(here, Problem::TooDeep(DEPTH_MAX)));
        }
        let node = self.add(content, here, anchor)?;
        self.open.push(Open { node, key: None });
        Ok(())
    }

    fn alias(&mut self, anchor: usize, here: Place) -> Result<(), Box<Mistake>> {
        let Some(&target) = self.anchors.get(&anchor) else {
            return Err(mistake(here, Problem::Syntax(in_plain_words("unknown anchor"))));
        };
        if self.open.iter().any(|open| open.node == target) {
            return Err(mistake(here, Problem::AliasInsideItself));
        }
        self.attach(target, here)
    }

    fn add(
        &mut self,
        content: Content,
        here: Place,
        anchor: usize,
    ) -> Result<NodeId, Box<Mistake>> {
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node { place: here, content });
        // The parser numbers anchors from 1; 0 is a node without one.
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        self.attach(id, here)?;
        Ok(id)
    }

    /// Puts a node where the parser stands: as the root, a list's item, a key or a value.
    fn attach(&mut self, id: NodeId, here: Place) -> Result<(), Box<Mistake>> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(id);
            return Ok(());
        };
        let parent = open.node;
        if let Content::List(items) = &mut self.nodes[parent.0].content {
            items.push(id);
            return Ok(());
        }
        let Some((key, key_place)) = open.key.take() else {
            let Content::Scalar { text, .. } = &self.nodes[id.0].content else {
                return Err(mistake(here, Problem::KeyNotText));
            };
            open.key = Some((text.clone(), here));
            return Ok(());
        };
        let Content::Map(entries) = &mut self.nodes[parent.0].content else { return Ok(()) };
        if entries.len() == KEYS_MAX {
            return Err(mistake(key_place, Problem::TooManyKeys(KEYS_MAX)));
        }
        entries.push(Entry { key, key_place, value: id, merged: false });
        Ok(())
    }

    /// Replaces the `<<` entries of a mapping by the entries of the mappings they name.
    fn merge(&mut self, map: NodeId) -> Result<(), Box<Mistake>> {
        let Content::Map(entries) = &mut self.nodes[map.0].content else { return Ok(()) };
        if entries.iter().all(|entry| entry.key != "<<") {
            return Ok(());
        }
        let (merges, mut entries): (Vec<Entry>, Vec<Entry>) =
            std::mem::take(entries).into_iter().partition(|entry| entry.key == "<<");
        for merge in merges {
            let sources = match &self.nodes[merge.value.0].content {
                Content::List(items) => items.clone(),
                _ => vec![merge.value],
            };
            for source in sources {
                let Content::Map(added) = &self.nodes[source.0].content else {
                    return Err(mistake(merge.key_place, Problem::MergeNotMapping));
                };
                self.merged += added.len();
                if self.merged > MERGED_MAX {
                    return Err(mistake(merge.key_place, Problem::TooManyMerged(MERGED_MAX)));
                }
                for entry in added {
                    if entries.iter().all(|own| own.key != entry.key) {
                        entries.push(Entry { merged: true, ..entry.clone() });
                    }
                }
            }
            if entries.len() > KEYS_MAX {
                return Err(mistake(merge.key_place, Problem::TooManyKeys(KEYS_MAX)));
            }
        }
        self.nodes[map.0].content = Content::Map(entries);
        Ok(())
    }
}

/// The parser speaks of its grammar; these are the messages that people meet most.
fn in_plain_words(info: &str) -> String {
    if info.starts_with("tab") {
        return "a tab cannot indent; use spaces".to_owned();
    }
    if info.contains("mapping values are not allowed") {
        return "a second ': ' in one value; is a ':' missing on the line before, the indentation \
                off, or a text in need of quotes?"
            .to_owned();
    }
    if info.contains("unknown anchor") {
        return "this alias names no value above it".to_owned();
    }
    info.replace('`', "'")
}

fn mistake(place: Place, problem: Problem) -> Box<Mistake> {
    Box::new(Mistake { place: Some(place), path: String::new(), problem })
}

fn place(span: Span) -> Place {
    let one_line = span.start.line() == span.end.line();
    let width = one_line.then(|| span.end.col().saturating_sub(span.start.col()).max(1));
    Place { width, ..point(&span.start) }
}

fn point(marker: &Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1, width: Some(1) }
}
