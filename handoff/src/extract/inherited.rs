//! What an earlier handover left: the summary of a compaction, section by section. It is told at
//! second hand, so it is worth less than what the records say themselves.

use super::candidate::{Candidate, Item, Kind, aged};
use super::view::View;
use super::words::{clipped, plain, sentences};
use crate::dna::{About, Said, State, Step, Warning, Why};
use attune_import::Content;

/// How much of a value what is told at second hand has.
const TRUST: f64 = 0.7;

const LENGTHS: [usize; 3] = [90, 200, 420];

/// How many handovers there were, as far as the records tell.
pub(super) fn generation(view: &View) -> u32 {
    let all =
        view.records.iter().filter(|record| matches!(record.content, Content::Compaction { .. }));
    u32::try_from(all.count()).unwrap_or(u32::MAX)
}

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let last = view.records.iter().rev().find_map(|record| match &record.content {
        Content::Compaction { summary: Some(summary), .. } => Some((record.sequence, summary)),
        _ => None,
    });
    let Some((sequence, summary)) = last else { return Vec::new() };
    let parts = sections(summary);
    if parts.is_empty() {
        return vec![whole(view, sequence, summary)];
    }
    parts.iter().flat_map(|(title, text)| of_section(view, sequence, title, text)).collect()
}

/// Titles (`1. Primary Request:`, `## Next Steps`, `**Goal**`) and what stands below them.
fn sections(summary: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in summary.lines() {
        if let Some((title, rest)) = title(line) {
            found.push((title, rest));
        } else if let Some((_, text)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found.retain(|(_, text)| !text.trim().is_empty());
    found
}

fn title(line: &str) -> Option<(String, String)> {
    let is_heading = line.starts_with('#');
    let is_numbered = line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(':');
    let is_bold = line.starts_with("**") && line.trim_end().trim_end_matches(':').ends_with("**");
    if !(is_heading || is_numbered || is_bold) || line.len() > 400 {
        return None;
    }
    let line = plain(line.trim_start_matches('#'));
    let (title, rest) = line.split_once(':').unwrap_or((&line, ""));
    (title.len() < 60).then(|| (title.to_lowercase(), format!("{}\n", rest.trim())))
}

/// What a tool adds to a summary for the successor.
const ADDED: [&str; 2] = ["If you need specific details", "Please continue the conversation"];

/// The items of a section: its lines, with those that are indented deeper joined to the one above.
fn items(text: &str) -> Vec<String> {
    let mut in_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence && !line.trim().is_empty()
    });
    let lines = lines.take_while(|line| !ADDED.iter().any(|mark| line.trim().starts_with(mark)));
    let mut found: Vec<(usize, String)> = Vec::new();
    for line in lines {
        let indent = line.len() - line.trim_start().len();
        match found.last_mut() {
            Some((above, item)) if indent > *above => *item = format!("{item} {}", plain(line)),
            _ => found.push((indent, plain(line))),
        }
    }
    // `Changes:` alone says nothing.
    let says = |item: &String| item.len() > 6 && !(item.ends_with(':') && item.len() < 40);
    found.into_iter().map(|(_, item)| item).filter(says).collect()
}

fn of_section(view: &View, sequence: u64, title: &str, text: &str) -> Vec<Candidate> {
    let has = |words: &[&str]| words.iter().any(|word| title.contains(word));
    let from = || vec![sequence];
    let said = |text| Said { text, from: vec![sequence] };
    let value = |base: f64| aged(base * TRUST, view.recency(sequence));
    let why = format!("the summary's section `{}`", clipped(title, 40));
    let of = |kind, text: &str, base: f64, item: &dyn Fn(String) -> Item| {
        Candidate::of_text(kind, text, from(), value(base), &why, &LENGTHS, item)
    };
    let listed = items(text);
    if has(&["pending", "next step", "remaining", "to do", "todo", "not done", "outstanding"]) {
        let none = |item: &&String| !item.to_lowercase().starts_with("none");
        let step = |text| Item::Pending(Step { text, doing: false, from: vec![sequence] });
        return listed
            .iter()
            .filter(none)
            .map(|item| of(Kind::Pending, item, 50.0, &step))
            .collect();
    }
    if has(&["request", "goal", "objective", "intent", "task overview"]) {
        let goal = |text| Item::Goal(said(text));
        // What the work is for does not age.
        let text = listed.join(" ");
        return vec![Candidate::of_text(
            Kind::Goal,
            &text,
            from(),
            110.0 * TRUST,
            &why,
            &LENGTHS,
            goal,
        )];
    }
    if has(&["current work", "current state", "in progress", "status"]) {
        let doing = |text| {
            Item::State(State { about: About::Doing, passed: None, text, from: vec![sequence] })
        };
        return vec![of(Kind::State, &sentences(text).join(" "), 40.0, &doing)];
    }
    if has(&["error", "warning", "gotcha", "pitfall", "learn"]) {
        let warn = |text| Item::Warning(Warning { why: Why::Failed, text, from: vec![sequence] });
        return listed.iter().map(|item| of(Kind::Warning, item, 30.0, &warn)).collect();
    }
    if has(&["user message", "user feedback", "user preference", "constraint"]) {
        let asked = |text| Item::Asked(said(text));
        return listed.iter().map(|item| of(Kind::Asked, item, 24.0, &asked)).collect();
    }
    let base = if has(&["decision", "problem", "concept", "finding"]) { 24.0 } else { 12.0 };
    let fact = |text| Item::Fact(said(text));
    listed.iter().map(|item| of(Kind::Fact, item, base, &fact)).collect()
}

fn whole(view: &View, sequence: u64, summary: &str) -> Candidate {
    let value = aged(60.0 * TRUST, view.recency(sequence));
    let item = |text| Item::Fact(Said { text, from: vec![sequence] });
    let why = "the summary of a compaction";
    let lengths = [160, 400, 900, 2000];
    Candidate::of_text(Kind::Fact, summary, vec![sequence], value, why, &lengths, item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_taken_apart_by_their_titles() {
        let summary = "Summary:\n1. Primary Request:\n   - Count beds\n\n2. Pending Tasks:\n   - Water\n## Next Steps\nSow";
        let found = sections(summary);
        let titles: Vec<&str> = found.iter().map(|(title, _)| title.as_str()).collect();
        assert_eq!(titles, ["primary request", "pending tasks", "next steps"]);
        assert_eq!(items(&found[1].1), Vec::<String>::new());
        let text = "- Water the peas\n  - twice\n```\ncode of it\n```\n- Sow beans\nPlease continue the conversation";
        assert_eq!(items(text), ["Water the peas twice", "Sow beans"]);
    }
}
