//! What the successor fetched again after the handoff: tokens of reads of artifacts that were held
//! before, with the versions that the predecessor held, and without.
//!
//! Assumed: the content is still where the agent runs (on its disk, in its cache), so that an
//! artifact whose version is still the one held need not be fetched; nobody but this session changed
//! it between, unless two versions are recorded that differ; only the first read after the handoff
//! counts, as later ones are the successor's own. What is read again has to be paid as context
//! either way: versions save the fetch, not the context.

use crate::handoff::Handoff;
use crate::record::own;
use attune_import::Content;
use attune_trace::access::{Access, Op};
use std::collections::{BTreeMap, BTreeSet};

/// Tokens, and the artifacts that they are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetch {
    /// Reads of artifacts that were not held before: needed with any handoff.
    pub new: u64,
    /// First reads of artifacts that were held: fetched again without versions.
    pub again: u64,
    /// Of those, what versions do not save: lines that were not held, and what had changed.
    pub again_with_versions: u64,
    /// How many artifacts are read again, and of how many of them some was held unchanged.
    pub artifacts: u64,
    pub artifacts_saved: u64,
}

impl Fetch {
    pub fn without_versions(self) -> u64 {
        self.new + self.again
    }

    pub fn with_versions(self) -> u64 {
        self.new + self.again_with_versions
    }
}

/// What was held of an artifact.
#[derive(Default)]
struct Held<'a> {
    /// `None` is the whole.
    lines: Vec<Option<(u64, u64)>>,
    version: Option<&'a str>,
}

pub fn fetch(handoff: &Handoff) -> Fetch {
    let mut held: BTreeMap<&str, Held> = BTreeMap::new();
    for access in accesses(&handoff.before.records) {
        let one = held.entry(&access.artifact).or_default();
        one.lines.push(access.lines.map(|lines| (lines.first(), lines.last())));
        one.version = access.version.as_ref().map(|version| version.0.as_str()).or(one.version);
    }
    let mut fetch = Fetch::default();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for access in accesses(&handoff.after) {
        if !done.insert(&access.artifact) || access.op == Op::Write {
            continue;
        }
        let tokens = access.tokens.unwrap_or(0);
        let Some(held) = held.get(access.artifact.as_str()) else {
            fetch.new += tokens;
            continue;
        };
        let saved = if is_unchanged(held, access) { known(held, access, tokens) } else { 0 };
        fetch.again += tokens;
        fetch.again_with_versions += tokens - saved;
        fetch.artifacts += 1;
        fetch.artifacts_saved += u64::from(saved > 0);
    }
    fetch
}

fn accesses(records: &[attune_import::Record]) -> impl Iterator<Item = &Access> {
    own(records).filter_map(|record| match &record.content {
        Content::Access(access) if access.outcome.is_done() => Some(&**access),
        _ => None,
    })
}

fn is_unchanged(held: &Held, access: &Access) -> bool {
    match (held.version, &access.version) {
        (Some(held), Some(now)) => held == now.0,
        _ => true,
    }
}

/// Tokens of the lines that were held: the part of the lines that are read, by their number.
fn known(held: &Held, access: &Access, tokens: u64) -> u64 {
    if held.lines.iter().any(Option::is_none) {
        return tokens;
    }
    let read = access.lines.map(|lines| (lines.first(), lines.last()));
    let Some((first, last)) = read.or(access.total_lines.map(|last| (1, last))) else { return 0 };
    let ranges: BTreeSet<(u64, u64)> = held.lines.iter().flatten().copied().collect();
    let (mut covered, mut next) = (0, first);
    for (from, to) in ranges {
        let (from, to) = (from.max(next), to.min(last));
        if from <= to {
            covered += to - from + 1;
            next = to + 1;
        }
    }
    let lines = (last + 1).saturating_sub(first).max(1);
    u64::try_from(u128::from(tokens) * u128::from(covered) / u128::from(lines)).unwrap_or(tokens)
}
