//! How the last run of the tests, and of other checks, ended, and what failed.

use super::{DISTRACTORS, distractors};
use crate::question::{Candidate, FAILED, Form, Kind, PASSED, Question};
use crate::record::{Call, Seen};
use crate::word::plain;
use regex::Regex;
use std::sync::LazyLock;

/// Failing tests that are asked for.
const FAILURES: usize = 3;

/// What a command runs, and the words for it.
struct Sort {
    name: &'static str,
    /// Groups of words that mean the same; those of which the command has one are its subject.
    words: &'static [&'static [&'static str]],
    commands: LazyLock<Regex>,
}

macro_rules! expression {
    ($text:literal) => {
        LazyLock::new(|| Regex::new($text).expect("the expression is well formed"))
    };
}

const TESTS_NAME: &str = "tests";

static SORTS: [Sort; 2] = [
    Sort {
        name: TESTS_NAME,
        words: &[&[
            "test", "tests", "suite", "spec", "pytest", "jest", "vitest", "nextest", "tox",
            "rspec", "unittest", "e2e",
        ]],
        commands: expression!(
            r"(?i)(^|[\s;&|/:])(test|tests|pytest|jest|vitest|nextest|tox|rspec|unittest|test:\w+|\w+-e2e\S*|e2e)(\s|$|:|\.sh)"
        ),
    },
    Sort {
        name: "checks (build, lint, types)",
        words: &[
            &["lint", "linter", "eslint", "golangci", "clippy", "ruff", "vet"],
            &["build", "compile"],
            &["typecheck", "tsc", "types", "mypy"],
            &["check", "checks"],
        ],
        commands: expression!(
            r"(?i)(^|[\s;&|/:])(lint|eslint|golangci-lint|clippy|build|tsc|typecheck|check|mypy|ruff|vet|compile)(\s|$|:)"
        ),
    },
];

/// Commands that run nothing, whatever stands in them.
static OTHERS: LazyLock<Regex> =
    expression!(r"^\s*(git|gh|cat|head|tail|grep|rg|ls|find|sed|echo|cp|mv|rm|mkdir|cd \S+\s*$)\b");
static NUMBERED: LazyLock<Regex> = expression!(r"^\s*\d+(→|\t|:\s)");
static BAD: LazyLock<Regex> = expression!(
    r"(?m)^\s*(--- FAIL|FAIL\b|FAILED\b|error(\[|:)|Error:|✗|✕|ERROR\b|make: \*\*\*)|\b[1-9]\d* (tests? )?(failed|failures?|failing|errors?|problems?|issues?:?)\b|\bpanicked at|Exit code [1-9]|exit status [1-9]|exited with code [1-9]|\bFAILED\b|error TS\d"
);
static GOOD: LazyLock<Regex> = expression!(
    r"(?m)^\s*(ok\b|PASS\b|✓)|\b0 (issues|errors|failed|problems|fail)\b|\bpassed\b|\b\d+ pass(ing)?\b|\bFinished\b|(?i)\bsuccess|no (issues|errors|problems)\b|compiled|built in"
);
static FAILING: LazyLock<Regex> = expression!(
    r"(?m)^\s*(?:--- FAIL: (\S+)|FAILED (\S+)|test (\S+) \.\.\. FAILED|[✗✕×] (\S.*\S)|\(fail\) (\S.*\S)|not ok \d+ - (\S.*\S))"
);
static TESTS: LazyLock<Regex> = expression!(
    r"(?m)^\s*(?:--- PASS: (\S+)|=== RUN\s+(\S+)|test (\S+) \.\.\. ok|(\S+) PASSED|[✓] (\S.*\S)|\(pass\) (\S.*\S))"
);

struct Run<'a> {
    call: &'a Call<'a>,
    output: &'a str,
    passed: bool,
}

pub(super) fn ask(seen: &Seen) -> Vec<Question> {
    let mut asked = Vec::new();
    let mut last_failing: Option<Run> = None;
    for sort in &SORTS {
        let mut last: Option<Run> = None;
        for run in seen.calls.iter().filter_map(|call| run(sort, call)) {
            if !run.passed
                && sort.name == TESTS_NAME
                && last_failing.as_ref().is_none_or(|last| last.call.sequence < run.call.sequence)
            {
                last_failing = Some(Run { ..run });
            }
            last = Some(run);
        }
        let Some(last) = last else { continue };
        let (right, wrong) = if last.passed { (PASSED, FAILED) } else { (FAILED, PASSED) };
        let mut question = Question::new(
            Kind::Run,
            Form::Outcome,
            format!("Did the last run of the {} pass?", sort.name),
            Candidate::new(right),
            vec![Candidate::new(wrong)],
            vec![last.call.sequence],
        );
        question.subject = subject(sort, &last);
        asked.push(question);
    }
    asked.extend(last_failing.map(|run| failures(&run, seen)).unwrap_or_default());
    asked
}

/// The words for what was run.
fn subject(sort: &Sort, run: &Run) -> Vec<String> {
    let command = run.call.command().and_then(|command| command.lines().next()).unwrap_or_default();
    let command = plain(command);
    let named = sort
        .words
        .iter()
        .filter(|group| group.iter().any(|word| command.iter().any(|one| one == word)));
    named.flat_map(|group| group.iter()).map(|word| word.to_string()).collect()
}

fn run<'a>(sort: &Sort, call: &'a Call<'a>) -> Option<Run<'a>> {
    let (command, output) = (call.command()?, call.result?);
    let first = command.lines().next().unwrap_or_default();
    let is_run = sort.commands.is_match(first) && !OTHERS.is_match(first);
    // A file with numbered lines is the result of another call, that was taken for this one's.
    if !is_run || NUMBERED.is_match(output) {
        return None;
    }
    let passed = match (call.failed || BAD.is_match(output), GOOD.is_match(output)) {
        (true, _) => false,
        (false, true) => true,
        // It says nothing either way: a filter may have taken it away.
        (false, false) => return None,
    };
    Some(Run { call, output, passed })
}

fn failures(run: &Run, seen: &Seen) -> Vec<Question> {
    let names = |expression: &Regex, text: &str| -> Vec<String> {
        let found = expression.captures_iter(text);
        let first = |found: regex::Captures| {
            found.iter().skip(1).flatten().next().map(|name| name.as_str().to_string())
        };
        found.filter_map(first).collect()
    };
    let mut failing = names(&FAILING, run.output);
    let mut known = std::collections::BTreeSet::new();
    failing.retain(|name| !name.ends_with([':', '.']) && known.insert(name.clone()));
    let outputs = seen.calls.iter().rev().filter_map(|call| call.result);
    let others: Vec<String> = outputs.flat_map(|output| names(&TESTS, output)).collect();
    let others =
        others.iter().map(String::as_str).filter(|name| !failing.iter().any(|one| one == name));
    let others = distractors(others, "", DISTRACTORS);
    let question = |name: &String| {
        Question::new(
            Kind::Failure,
            Form::Name,
            "Which of these tests failed in the last run that failed?",
            Candidate::new(name),
            others.clone(),
            vec![run.call.sequence],
        )
    };
    failing.iter().take(FAILURES).map(question).collect()
}
