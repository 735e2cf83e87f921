//! What commands were run, and what came of them: tests, builds, checks, commits, branches, links.
//! The last run of each counts.

use super::candidate::{Candidate, Item, Kind, aged};
use super::outcome::{self, Outcome};
use super::view::{Call, View};
use super::words::{clipped, one_line};
use crate::dna::{About, Said, State};
use attune_trace::access::Op;
use std::collections::BTreeMap;

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let mut last: BTreeMap<About, (&Call, String)> = BTreeMap::new();
    let mut commits: Vec<Candidate> = Vec::new();
    let mut states: Vec<(About, String, Vec<u64>)> = Vec::new();
    for call in &view.calls {
        let (Some(script), Some(given)) = (call.script(), call.result) else { continue };
        let mut failed = false;
        for part in parts(&script) {
            // What stands after a command that failed was not run.
            if let Some(about) = purpose(&part).filter(|_| !failed) {
                last.insert(about, (call, part.clone()));
                failed = given.failed && script.contains("&&");
            }
            if let Some(branch) = branch(&part).filter(|_| !given.failed) {
                states.push((About::Branch, branch, call.records()));
            }
        }
        if let Some(commit) = commit(&script, given.text).filter(|_| !given.failed) {
            commits.push(done(view, &commit, call));
            states.push((About::Commit, commit, call.records()));
        }
        if let Some(link) = link(&script, given.text) {
            states.push((About::Link, link, call.records()));
        }
    }
    let mut found: Vec<Candidate> = Vec::new();
    for (about, (call, command)) in last {
        found.extend(run(view, about, call, &command));
    }
    for about in [About::Branch, About::Commit, About::Link] {
        let latest = states.iter().rev().find(|(other, ..)| *other == about);
        if let Some((_, text, from)) = latest {
            let recency = view.recency(from.last().copied().unwrap_or(0));
            let value = aged(if about == About::Commit { 40.0 } else { 30.0 }, recency);
            found.push(state(about, None, text, from.clone(), value, "the last one"));
        }
    }
    // The last one is state already.
    commits.pop();
    found.extend(commits);
    found
}

fn state(
    about: About,
    passed: Option<bool>,
    text: &str,
    from: Vec<u64>,
    value: f64,
    why: &str,
) -> Candidate {
    let records = from.clone();
    let item = move |text| Item::State(State { about, passed, text, from: records.clone() });
    Candidate::of_text(Kind::State, text, from, value, why, &[90, 200, 420], item)
}

fn done(view: &View, commit: &str, call: &Call) -> Candidate {
    let value = aged(15.0, view.recency(call.sequence));
    let from = call.records();
    let item = |text| Item::Done(Said { text, from: from.clone() });
    let text = format!("commit {commit}");
    Candidate::of_text(Kind::Done, &text, from.clone(), value, "a commit", &[90, 160], item)
}

/// The last run of tests, of a build, of a check.
fn run(view: &View, about: About, call: &Call, command: &str) -> Option<Candidate> {
    let given = call.result?;
    let Outcome { passed, summary, failing } = outcome::of(given.text, given.failed);
    let mut text = format!("`{}`", clipped(command, 100));
    if !failing.is_empty() {
        text += &format!(" {}", failing.join("; "));
    }
    if let Some(summary) = summary {
        text += &format!(" ({})", clipped(&summary, 120));
    }
    let changed = view.accesses.iter().any(|(access, _)| {
        let later = |call: &Call| call.sequence > given.sequence && call.sequence < access.sequence;
        access.op == Op::Write && access.outcome.is_done() && view.calls.iter().any(later)
    });
    if changed {
        text += "; files changed since";
    }
    let base = match (about, passed) {
        (About::Test, false) => 75.0,
        (About::Test, true) => 58.0,
        (_, false) => 60.0,
        (_, true) => 32.0,
    };
    let value = aged(base, view.recency(given.sequence));
    let why = "the last run of its kind";
    Some(state(about, Some(passed), &text, call.records(), value, why))
}

/// The commands of a script, without what only chooses from their output.
fn parts(script: &str) -> Vec<String> {
    let script = script.split("<<").next().unwrap_or(script);
    let parts = script.split("&&").flat_map(|part| part.split([';', '\n']));
    let parts = parts.map(|part| {
        let command = part.split(" | ").next().unwrap_or(part);
        one_line(command.trim_end().trim_end_matches("2>&1"))
    });
    parts.filter(|part| !part.is_empty() && !part.starts_with("cd ")).collect()
}

const TESTS: [&str; 19] = [
    "test",
    "tests",
    "pytest",
    "jest",
    "vitest",
    "rspec",
    "ctest",
    "nextest",
    "phpunit",
    "unittest",
    "tox",
    "mocha",
    "playwright",
    "cypress",
    "test:integration",
    "test:ci",
    "test:unit",
    "test:e2e",
    "check:test",
];
const LINTS: [&str; 18] = [
    "lint",
    "clippy",
    "fmt",
    "eslint",
    "ruff",
    "flake8",
    "prettier",
    "biome",
    "golangci-lint",
    "vet",
    "gofmt",
    "format",
    "mypy",
    "pyright",
    "typecheck",
    "tsc",
    "lint:fix",
    "black",
];
const BUILDS: [&str; 9] =
    ["build", "make", "compile", "cmake", "gradle", "mvn", "webpack", "bundle", "css:build"];

/// Commands of which `test` or `build` is an argument only.
const READERS: [&str; 20] = [
    "grep", "rg", "cat", "sed", "ls", "find", "head", "tail", "git", "gh", "echo", "rm", "mkdir",
    "wc", "cp", "mv", "awk", "jq", "curl", "touch",
];

fn purpose(command: &str) -> Option<About> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let program = words.iter().find(|word| !word.contains('='))?;
    let program = program.rsplit('/').next().unwrap_or(program);
    if READERS.contains(&program) {
        return None;
    }
    let has = |names: &[&str]| {
        words.iter().take(6).any(|word| names.contains(&word.rsplit('/').next().unwrap_or(word)))
    };
    let runs_a_script_of_tests = ["python", "python3", "node", "bash", "sh", "bun", "go"]
        .contains(&program)
        && words.iter().skip(1).any(|word| word.contains("test"));
    let is_script_of_tests = program.contains("test") && program.contains('.');
    if has(&TESTS) || runs_a_script_of_tests || is_script_of_tests {
        Some(About::Test)
    } else if has(&LINTS) {
        Some(About::Lint)
    } else if has(&BUILDS) {
        Some(About::Build)
    } else {
        None
    }
}

fn branch(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let name = match words[..] {
        ["git", "checkout", "-b" | "-B", name, ..] | ["git", "switch", "-c" | "-C", name, ..] => {
            name
        }
        ["git", "switch", name] => name,
        ["git", "branch", "-m" | "-M", name] | ["git", "branch", "-m" | "-M", _, name] => name,
        _ => return None,
    };
    (!name.starts_with('-')).then(|| name.to_string())
}

/// `[branch 1a2b3c4] subject`, as git prints it.
fn commit(script: &str, printed: &str) -> Option<String> {
    if !script.contains("git commit") && !script.contains("git cherry-pick") {
        return None;
    }
    printed.lines().rev().find_map(|line| {
        let (inside, subject) = line.trim().strip_prefix('[')?.split_once("] ")?;
        let hash = inside.split_whitespace().next_back()?;
        let is_hash = hash.len() >= 7 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let branch = inside.split_whitespace().next()?;
        is_hash.then(|| format!("{hash} on {branch}: {subject}"))
    })
}

fn link(script: &str, printed: &str) -> Option<String> {
    let makes = ["gh pr create", "gh issue create", "glab mr create"];
    if !makes.iter().any(|command| script.contains(command)) {
        return None;
    }
    let mut words = printed.split_whitespace();
    words.rfind(|word| word.starts_with("https://")).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_known_by_what_they_run() {
        assert_eq!(purpose("mise run test:integration"), Some(About::Test));
        assert_eq!(purpose("go test ./..."), Some(About::Test));
        assert_eq!(purpose("cargo build --release"), Some(About::Build));
        assert_eq!(purpose("GOOS=linux golangci-lint run"), Some(About::Lint));
        assert_eq!(purpose("grep -n test file"), None);
        assert_eq!(parts("cd x && go test ./... 2>&1 | tail -5; make"), ["go test ./...", "make"]);
        assert_eq!(branch("git checkout -b ada/beds").as_deref(), Some("ada/beds"));
        let printed = "[main 1a2b3c4] Count beds\n 1 file changed";
        assert_eq!(
            commit("git commit -m x", printed).as_deref(),
            Some("1a2b3c4 on main: Count beds")
        );
    }
}
