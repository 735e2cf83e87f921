//! What the agent knew of its files' contents: lines that its last edits left there, and versions.

use super::{DISTRACTORS, distractors, says_something};
use crate::question::{Candidate, Form, Kind, Question};
use crate::record::Seen;
use crate::word::content;
use std::collections::BTreeSet;

/// Files that are asked for.
const LINES: usize = 3;
const VERSIONS: usize = 3;

/// A line that can be told from others, in bytes.
const LINE_BYTES_MAX: usize = 120;

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    let mut asked = lines(seen);
    asked.extend(versions(seen));
    asked
}

fn lines(seen: &Seen) -> Vec<Question> {
    let mut gone: Vec<&str> = Vec::new();
    let mut put: Vec<(&str, u64)> = Vec::new();
    for call in seen.calls.iter().filter(|call| !call.failed) {
        for (old, new) in call.edits() {
            let (before, after): (BTreeSet<&str>, BTreeSet<&str>) = (telling(old), telling(new));
            let again: BTreeSet<Vec<String>> = after.iter().map(|line| content(line)).collect();
            gone.retain(|line| !again.contains(&content(line)));
            put.retain(|(line, _)| !before.contains(line) || after.contains(line));
            let order = |text| ordered(text).filter(|line: &&str| telling_line(line));
            gone.extend(order(old).filter(|line| !again.contains(&content(line))));
            put.extend(
                order(new).find(|line| !before.contains(line)).map(|line| (line, call.sequence)),
            );
        }
    }
    let question = |&(line, sequence): &(&str, u64)| {
        let others = distractors(gone.iter().rev().copied(), line, DISTRACTORS);
        let asked = "Which of these lines did the last edits leave in a file?";
        Question::new(Kind::Line, Form::Line, asked, Candidate::new(line), others, vec![sequence])
    };
    let asked = put.iter().rev().take(LINES).map(question);
    asked.filter(|question| question.candidates.len() > 1).collect()
}

fn ordered(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim)
}

fn telling(text: &str) -> BTreeSet<&str> {
    ordered(text).filter(|line| telling_line(line)).collect()
}

fn telling_line(line: &str) -> bool {
    line.len() <= LINE_BYTES_MAX && says_something(line)
}

/// Versions by the names that the access trace gives contents.
fn versions(seen: &Seen) -> Vec<Question> {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let held = seen.accesses.iter().rev().filter(|access| known.insert(&access.artifact));
    let held = held.filter_map(|access| Some((*access, access.version.as_ref()?)));
    let held: Vec<_> = held.collect();
    let all = seen.accesses.iter().rev().filter_map(|access| access.version.as_ref());
    let all: Vec<&str> = all.map(|version| version.0.as_str()).collect();
    let question =
        |(access, version): &(&attune_trace::access::Access, &attune_trace::access::ContentId)| {
            let others = distractors(all.iter().copied(), &version.0, DISTRACTORS);
            let asked = format!("Which version of {} did the agent hold?", access.artifact);
            let right = Candidate::new(&version.0);
            let records = vec![access.sequence];
            let mut question =
                Question::new(Kind::Version, Form::Digits, asked, right, others, records);
            let name = access.artifact.rsplit(['/', '\\']).next().unwrap_or_default();
            question.subject = crate::word::plain(name);
            question
        };
    held.iter().take(VERSIONS).map(question).collect()
}
