//! What the session refers to beyond its files: commits, branches, pull requests, ports.

use super::{DISTRACTORS, distractors};
use crate::question::{Candidate, Form, Kind, Question};
use crate::record::Seen;
use regex::Regex;
use std::sync::LazyLock;

struct Sort {
    asked: &'static str,
    form: Form,
    /// In results, and in commands; the first group is the reference.
    in_results: Option<LazyLock<Regex>>,
    in_commands: Option<LazyLock<Regex>>,
}

macro_rules! expression {
    ($text:literal) => {
        Some(LazyLock::new(|| Regex::new($text).expect("the expression is well formed")))
    };
}

static SORTS: [Sort; 4] = [
    Sort {
        asked: "Which commit is the newest?",
        form: Form::Digits,
        in_results: expression!(r"(?m)^\[\S+(?: \(root-commit\))? ([0-9a-f]{7,40})\]"),
        in_commands: None,
    },
    Sort {
        asked: "Which branch was made or taken last?",
        form: Form::Name,
        in_results: expression!(r"Switched to (?:a new )?branch '([^']+)'"),
        in_commands: expression!(r"git (?:checkout -b|switch -c) ([\w./-]{4,})"),
    },
    Sort {
        asked: "Which pull request or issue came last?",
        form: Form::Name,
        in_results: expression!(r"github\.com/[\w.-]+/[\w.-]+/((?:pull|issues)/\d+)"),
        in_commands: expression!(r"gh ((?:pr|issue) (?:view|checkout|comment|edit|merge) \d+)"),
    },
    Sort {
        asked: "Which local port was used last?",
        form: Form::Name,
        in_results: expression!(r"(?:localhost|127\.0\.0\.1):(\d{4,5})"),
        in_commands: expression!(r"(?:localhost|127\.0\.0\.1):(\d{4,5})"),
    },
];

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    SORTS.iter().filter_map(|sort| question(sort, seen)).collect()
}

fn question(sort: &Sort, seen: &Seen) -> Option<Question> {
    let mut found: Vec<(&str, u64)> = Vec::new();
    for call in &seen.calls {
        let texts = [(&sort.in_commands, call.command()), (&sort.in_results, call.result)];
        for (expression, text) in texts {
            let (Some(expression), Some(text)) = (expression, text) else { continue };
            if call.command().is_none() {
                continue;
            }
            let names = expression.captures_iter(text).filter_map(|found| found.get(1));
            found.extend(names.map(|name| (name.as_str(), call.sequence)));
        }
    }
    let &(last, sequence) = found.last()?;
    let others = distractors(found.iter().rev().map(|(name, _)| *name), last, DISTRACTORS);
    // A number that anything may have is only an answer beside others.
    let answerable = sort.form == Form::Digits || !others.is_empty();
    let right = Candidate::new(last);
    answerable.then(|| {
        Question::new(Kind::Reference, sort.form, sort.asked, right, others, vec![sequence])
    })
}
