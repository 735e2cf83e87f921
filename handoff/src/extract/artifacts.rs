//! What the agent held of each artifact, and what it changed.
//!
//! `version` is the content that the agent saw last as a whole: by reading all of it, or by an edit
//! whose result is recorded. Lines that it was shown later are kept beside it. After a change that
//! it did not see (a sub-agent's, or its own whose result is not recorded), both are marked stale.

use super::candidate::{Candidate, Item, Kind, Shape, aged};
use super::view::View;
use super::words::content_words;
use crate::dna::Artifact;
use attune_trace::access::{Access, Op};
use std::collections::BTreeMap;

/// Digits of a content id that name it: eight make one wrong match in 2^32.
const DIGITS: usize = 8;

/// Of more separate ranges of lines than this, the longest are given.
const RANGES_MAX: usize = 3;

#[derive(Default)]
struct Held {
    version: Option<String>,
    lines: Vec<[u64; 2]>,
    of: Option<u64>,
    reads: u32,
    writes: u32,
    stale: bool,
    last_write: u64,
    from: Vec<u64>,
}

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let mut held: BTreeMap<&str, Held> = BTreeMap::new();
    for &(access, own) in &view.accesses {
        if access.outcome.is_done() {
            held.entry(&access.artifact).or_default().seen(access, own);
        }
    }
    let committed = last_commit(view);
    let all = held.into_iter().filter(|(_, held)| !held.from.is_empty());
    let mut found: Vec<Candidate> =
        all.map(|(name, held)| candidate(view, name, held, committed)).collect();
    found.sort_by_key(|one| (one.last_record(), one.text.clone()));
    found
}

impl Held {
    fn seen(&mut self, access: &Access, own: bool) {
        if !own {
            // What a sub-agent read, this agent does not hold.
            if access.op == Op::Write {
                self.stale = self.version.is_some() || !self.lines.is_empty();
                self.writes += 1;
                self.last_write = access.sequence;
                self.from = vec![access.sequence];
            }
            return;
        }
        self.of = access.total_lines.or(self.of);
        match (access.op, &access.version) {
            (_, Some(version)) => {
                self.version = Some(version.0.chars().take(DIGITS).collect());
                self.lines.clear();
                self.stale = false;
            }
            (Op::Read, None) => {
                if let Some(lines) = access.lines {
                    if self.stale {
                        // These are as they are now; the others are not known to be.
                        (self.version, self.stale) = (None, false);
                        self.lines.clear();
                    }
                    self.lines.push([lines.first(), lines.last()]);
                }
            }
            (Op::Write, None) => self.stale = self.version.is_some() || !self.lines.is_empty(),
        }
        match access.op {
            Op::Read => self.reads += 1,
            Op::Write => {
                self.writes += 1;
                self.last_write = access.sequence;
            }
        }
        self.from = vec![access.sequence];
    }
}

/// The last commit that was made, by its record.
fn last_commit(view: &View) -> u64 {
    let commits = view.calls.iter().filter(|call| {
        let made = call.script().is_some_and(|script| script.contains("git commit"));
        made && call.result.is_some_and(|given| !given.failed)
    });
    commits.map(|call| call.sequence).next_back().unwrap_or(0)
}

fn candidate(view: &View, path: &str, held: Held, committed: u64) -> Candidate {
    let last = held.from.last().copied().unwrap_or(0);
    let recency = view.recency(last);
    let uncommitted = committed > 0 && held.last_write > committed;
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let folder = if folder.is_empty() && !path.starts_with('/') {
        String::new()
    } else {
        format!("{folder}/")
    };
    let whole = Artifact {
        name: name.to_string(),
        version: held.version,
        lines: united(held.lines),
        of: held.of,
        writes: held.writes,
        uncommitted,
        stale: held.stale,
        from: held.from.clone(),
    };
    let brief = Artifact { lines: Vec::new(), of: None, ..whole.clone() };
    let least = Artifact { version: None, ..brief.clone() };
    let (base, why) = match (held.writes > 0, uncommitted) {
        (true, true) => (38.0, "changed since the last commit"),
        (true, false) => (30.0, "changed in this session"),
        (false, _) => (14.0, "read"),
    };
    // What is looked at again and again will be again.
    let often = f64::from((held.reads + held.writes).min(10)) * 0.8;
    let mut value = aged(base + often, recency * recency);
    if is_foreign(path) {
        value *= 0.3;
    }
    let mut forms: Vec<Shape> = Vec::new();
    for (artifact, share) in [(least, 0.7), (brief, 0.92), (whole, 1.0)] {
        let same = forms.last().is_some_and(
            |shape: &Shape| matches!(&shape.item, Item::Artifact(_, other) if *other == artifact),
        );
        if same {
            forms.pop();
        }
        // Names of files say nothing that a text would say again.
        let item = Item::Artifact(folder.clone(), artifact);
        forms.push(Shape { item, share, words: content_words(path) });
    }
    Candidate {
        kind: Kind::Artifact,
        text: path.to_string(),
        from: held.from,
        value,
        why: format!("{why}; {} reads, {} writes", held.reads, held.writes),
        superseded: None,
        forms,
    }
}

/// Dependencies and what is outside the project.
fn is_foreign(path: &str) -> bool {
    path.contains("node_modules/")
        || path.contains("/target/")
        || path.starts_with("/tmp")
        || path.starts_with("/private/")
        || path.starts_with("/var/")
        || path.starts_with("/usr/")
}

/// Ranges without overlaps, ascending; few.
fn united(mut ranges: Vec<[u64; 2]>) -> Vec<[u64; 2]> {
    ranges.sort_unstable();
    let mut united: Vec<[u64; 2]> = Vec::new();
    for [first, last] in ranges {
        match united.last_mut() {
            Some(before) if first <= before[1].saturating_add(1) => before[1] = before[1].max(last),
            _ => united.push([first, last]),
        }
    }
    // Of many, the longest: what is given was seen.
    while united.len() > RANGES_MAX {
        let length = |place: &usize| united[*place][1] - united[*place][0];
        let shortest = (0..united.len()).min_by_key(length).unwrap_or(0);
        united.remove(shortest);
    }
    united
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_united_and_only_what_was_seen() {
        assert_eq!(united(vec![[5, 9], [1, 4], [20, 30]]), [[1, 9], [20, 30]]);
        let many: Vec<[u64; 2]> = (0..6).map(|n| [n * 10, n * 10 + n]).collect();
        assert_eq!(united(many), [[30, 33], [40, 44], [50, 55]]);
    }
}
