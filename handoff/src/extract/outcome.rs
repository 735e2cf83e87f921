//! Whether a run passed, by its output: pipes hide exit codes.

use super::words::{clipped, has_any, one_line};

pub(super) struct Outcome {
    pub(super) passed: bool,
    /// The line that counts, if there is one.
    pub(super) summary: Option<String>,
    /// What failed, by name or message.
    pub(super) failing: Vec<String>,
}

const FAILING_MAX: usize = 5;

pub(super) fn of(printed: &str, failed: bool) -> Outcome {
    let lines: Vec<String> =
        printed.lines().map(|line| without_colours(line).trim().to_string()).collect();
    let mut failing: Vec<String> = Vec::new();
    for name in lines.iter().filter_map(|line| failing_name(line)) {
        let name = clipped(&name, 110);
        if !failing.contains(&name) && failing.len() < FAILING_MAX {
            failing.push(name);
        }
    }
    let summary: Vec<String> = match lines.iter().rposition(|line| is_summary(line)) {
        // `12 pass`, `0 fail`: each in a line.
        Some(last) => {
            let before = lines[..=last].iter().rev().take_while(|line| is_summary(line)).take(3);
            let mut lines: Vec<String> = before.map(|line| one_line(line)).collect();
            lines.reverse();
            lines
        }
        None => Vec::new(),
    };
    let summary = (!summary.is_empty()).then(|| summary.join(", "));
    let counted = lines.iter().any(|line| counts_failures(line));
    let passed = !failed && failing.is_empty() && !counted;
    if !passed && failing.is_empty() {
        // The tool's own words, if none of the usual ones.
        let said = lines.iter().find(|line| has_any(line, &["error", "failed", "fatal", "panic"]));
        failing.extend(said.map(|line| clipped(line, 140)));
    }
    Outcome { passed, summary, failing }
}

pub(super) fn without_colours(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        kept += before;
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    kept + rest
}

/// What a line says that failed, in the words of the usual runners.
fn failing_name(line: &str) -> Option<String> {
    let after = |start: &str| line.strip_prefix(start).map(|rest| rest.trim().to_string());
    let first = |text: String| text.split(" (").next().unwrap_or_default().to_string();
    if let Some(name) = after("--- FAIL: ").or(after("(fail) ")).or(after("✗ ")).or(after("✕ "))
    {
        return Some(first(name));
    }
    if let Some(name) = after("FAILED ") {
        return Some(name.split(" - ").next().unwrap_or_default().to_string());
    }
    if let Some((name, _)) =
        line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... FAILED"))
    {
        return Some(name.to_string());
    }
    let is_message = line.starts_with("error[")
        || line.starts_with("error:")
        || line.starts_with("Error:")
        || line.starts_with("AssertionError")
        || line.starts_with("panic:")
        || line.contains(": error TS")
        || line.starts_with("SyntaxError")
        || line.starts_with("TypeError");
    is_message.then(|| line.to_string())
}

/// `3 failed`, `2 fail`, `Failed: 1`, `4 errors`: a count above zero.
fn counts_failures(line: &str) -> bool {
    let words: Vec<&str> =
        line.split([' ', ',', ';', '(', ')', '\t']).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| word.parse::<u64>().ok().filter(|count| *count > 0);
    words.windows(2).any(|two| {
        let failed = |word: &str| {
            matches!(
                word.trim_end_matches([':', '.']).to_lowercase().as_str(),
                "fail" | "failed" | "failures" | "errors" | "error" | "failure"
            )
        };
        failed(two[1]) && !two[1].ends_with(':') && number(two[0]).is_some()
            || two[0].ends_with(':') && failed(two[0]) && number(two[1]).is_some()
    }) && line.len() < 160
}

fn is_summary(line: &str) -> bool {
    let has_number = line.bytes().any(|byte| byte.is_ascii_digit());
    has_number
        && line.len() < 160
        && has_any(
            line,
            &["passed", "pass", "failed", "fail", "issues", "errors", "warnings", "tests"],
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_off_the_output() {
        let go = of("ok  \tx\n--- FAIL: TestBeds (0.01s)\nFAIL", false);
        assert_eq!((go.passed, go.failing), (false, vec!["TestBeds".to_string()]));
        let bun = of(" 1274 pass\n 0 fail\n", false);
        assert_eq!((bun.passed, bun.summary.as_deref()), (true, Some("1274 pass, 0 fail")));
        assert!(!of(" 12 pass\n 3 fail\n", false).passed);
        assert!(
            !of("Passed: 3, Failed: 1", false).passed && of("Passed: 3, Failed: 0", false).passed
        );
        assert!(of("[lint] run\n0 issues.", false).passed);
        let coded = of("Exit code 2\nmake: fatal thing", true);
        assert_eq!((coded.passed, coded.failing), (false, vec!["make: fatal thing".to_string()]));
        assert_eq!(without_colours("\u{1b}[0;31mred\u{1b}[0m"), "red");
    }
}
