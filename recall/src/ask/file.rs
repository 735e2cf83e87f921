//! Which files were changed, and which of them last.

use super::{DISTRACTORS, distractors};
use crate::question::{Candidate, Form, Kind, Question};
use crate::record::Seen;
use std::collections::BTreeMap;

/// How many changed files are asked for.
const CHANGED: usize = 4;

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    let mut asked = Vec::new();
    let written: Vec<_> = seen.written().collect();
    let newest = |accesses: &[&'_ attune_trace::access::Access]| -> Vec<String> {
        accesses.iter().rev().map(|access| access.artifact.clone()).collect()
    };
    let (changed, touched) = (newest(&written), newest(&seen.accesses));
    if let Some(last) = written.last() {
        let others = changed.iter().chain(&touched).map(String::as_str);
        let others = distractors(others, &last.artifact, DISTRACTORS);
        if !others.is_empty() {
            asked.push(Question::new(
                Kind::LastChanged,
                Form::Path,
                "Which file was changed last?",
                Candidate::new(&last.artifact),
                others,
                vec![last.sequence],
            ));
        }
    }
    let mut by_file: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for access in &written {
        by_file.entry(&access.artifact).or_default().push(access.sequence);
    }
    let only_read = touched.iter().map(String::as_str).filter(|file| !by_file.contains_key(file));
    let only_read = distractors(only_read, "", DISTRACTORS);
    let mut most: Vec<(&str, &Vec<u64>)> =
        by_file.iter().map(|(file, records)| (*file, records)).collect();
    // Most often changed first; of equals, the one that was changed first.
    most.sort_by_key(|(_, records)| (std::cmp::Reverse(records.len()), records[0]));
    for (file, records) in most.into_iter().take(CHANGED).filter(|_| !only_read.is_empty()) {
        asked.push(Question::new(
            Kind::Changed,
            Form::Path,
            "Which of these files was changed, and not only read?",
            Candidate::new(file),
            only_read.clone(),
            records.clone(),
        ));
    }
    asked
}
