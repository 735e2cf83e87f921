//! What in a user's message the user said: tools put their own notes, skills and outputs there.

use super::words::{clipped, has_any, one_line, sentences};

/// How messages begin that a tool wrote.
const NOT_SAID: [&str; 12] = [
    "# AGENTS.md instructions for ",
    "<turn_aborted>",
    "<permissions",
    "Base directory for this skill:",
    "<local-command-caveat>",
    "<local-command-stdout>",
    "<task-notification>",
    "<system-reminder>",
    "<environment_context>",
    "<user_instructions>",
    "Caveat: The messages below were generated",
    "[Request interrupted",
];

/// `None`: nothing.
pub(super) fn by_user(text: &str) -> Option<String> {
    let text = without_element(text, "system-reminder");
    let start = text.trim_start();
    // Before NOT_SAID: what a command was given is said.
    if let Some(arguments) = element(&text, "command-args").filter(|given| !given.trim().is_empty())
    {
        return Some(one_line(arguments));
    }
    let is_note = NOT_SAID.iter().any(|mark| start.starts_with(mark))
        || start.starts_with("<command-")
        || start.starts_with("Invoke the ");
    (!is_note && !start.is_empty()).then(|| start.trim_end().to_string())
}

fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inner, _)| inner)
}

fn without_element(text: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(&open) {
        kept += before;
        rest = after.split_once(&close).map_or("", |(_, after)| after);
    }
    kept + rest
}

/// Agreement and the like, which says nothing by itself: `yes`, `continue`, `commit please`.
pub(super) fn is_assent(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let lower = text.trim().to_lowercase();
    let starts = [
        "yes", "yeah", "yep", "ok", "okay", "sure", "continue", "go on", "go ahead", "do it",
        "please", "great", "thanks", "perfect", "good", "cool", "both",
    ];
    words <= 3 && starts.iter().any(|start| lower.starts_with(start))
}

/// What an option is that the user chose by its number or letter (`let's go with option 2`, `B)`), as
/// the agent offered it.
pub(super) fn chosen_option(text: &str, offer: &str) -> Option<String> {
    const TEXT_BYTES_MAX: usize = 300;
    const SHOWN_BYTES: usize = 140;
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let lower = text.to_lowercase();
    let named = ["option ", "approach ", "choice ", "go with "].iter().find_map(|word| {
        let (_, rest) = lower.split_once(word)?;
        rest.split(|c: char| !c.is_alphanumeric()).next().map(str::to_string)
    });
    let is_label = |label: &String| {
        label.len() == 1
            && label.starts_with(|c: char| c.is_ascii_digit() || ('a'..='e').contains(&c))
    };
    let alone = || {
        let (label, rest) = lower.split_at_checked(1)?;
        (rest.is_empty() || rest.starts_with([')', '.'])).then(|| label.to_string())
    };
    let label = named.filter(is_label).or_else(|| alone().filter(is_label))?.to_uppercase();
    let lines = offer.lines().map(|line| line.trim_start_matches(['#', '*', '-', ' ']));
    // With its title, or else the last list's: what is offered stands at the end.
    let of = |titles: &[&str], line: &str| {
        let marks = ['.', ')', ':', '*'];
        let rest = titles.iter().find_map(|title| line.strip_prefix(title))?;
        let rest = rest.strip_prefix(&*label).filter(|rest| rest.starts_with(marks))?;
        let offered = rest.trim_start_matches(marks).replace("**", "");
        (offered.len() > 3).then(|| clipped(&offered, SHOWN_BYTES))
    };
    let titled = lines.clone().find_map(|line| of(&["Option ", "Approach ", "Choice "], line));
    titled.or_else(|| lines.rev().find_map(|line| of(&[""], line)))
}

/// What forbids, or says how things have to be from then on.
pub(super) fn is_rule(sentence: &str) -> bool {
    const STARTS: [&str; 16] = [
        "don't",
        "do not",
        "never",
        "always",
        "keep ",
        "make sure",
        "avoid",
        "only ",
        "let's not",
        "also don't",
        "but don't",
        "and don't",
        "please don't",
        "please keep",
        "without ",
        "no need",
    ];
    const WITHIN: [&str; 6] = ["don't", "do not", "must not", "must", "not allowed", "let's not"];
    /// Longer sentences are told, not asked.
    const BYTES_MAX: usize = 180;
    let lower = sentence.trim_start().to_lowercase().replace('’', "'");
    let starts = STARTS.iter().any(|start| lower.starts_with(start));
    let within = sentence.len() <= BYTES_MAX && has_any(sentence, &WITHIN);
    // `I don't know`, `why don't we`: no rules.
    let about_self =
        has_any(sentence, &["i don't", "i do not", "doesn't", "don't we", "don't have"]);
    (starts || within && !about_self) && !sentence.trim_end().ends_with('?')
}

/// What takes back, or says that the agent was wrong.
pub(super) fn is_correction(text: &str) -> bool {
    const STARTS: [&str; 12] = [
        "no ", "no,", "no.", "nope", "wrong", "actually", "stop", "undo", "revert", "wait", "hmm",
        "not ",
    ];
    const WITHIN: [&str; 22] = [
        "instead",
        "revert",
        "undo",
        "not correct",
        "incorrect",
        "that's wrong",
        "is wrong",
        "i don't like",
        "not what i",
        "rather than",
        "should be",
        "shouldn't",
        "still not",
        "doesn't work",
        "not working",
        "still fails",
        "on purpose",
        "you forgot",
        "you missed",
        "isn't really",
        "misunderstood",
        "backwards",
    ];
    /// Longer texts are reports and plans, in which such words are about something else.
    const BYTES_MAX: usize = 500;
    let lower = text.trim_start().to_lowercase();
    STARTS.iter().any(|start| lower.starts_with(start))
        || text.len() <= BYTES_MAX
            && sentences(text).iter().take(3).any(|sentence| has_any(sentence, &WITHIN))
}

/// What takes back what the agent did or planned.
pub(super) fn is_rejection(text: &str) -> bool {
    let first = sentences(text).into_iter().next().unwrap_or_default();
    let lower = first.to_lowercase();
    ["no ", "no,", "no.", "nope", "undo", "revert"].iter().any(|start| lower.starts_with(start))
        || lower == "no"
        || first.len() <= 160
            && has_any(&first, &["revert", "undo", "i don't like", "that's wrong", "not correct"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_write_is_not_said() {
        assert_eq!(by_user("Base directory for this skill: /x"), None);
        assert_eq!(by_user("<system-reminder>x</system-reminder>\n"), None);
        assert_eq!(
            by_user("do it\n<system-reminder>x</system-reminder>").as_deref(),
            Some("do it")
        );
        let command =
            "<command-name>/plan</command-name>\n<command-args>add a\nlist</command-args>";
        assert_eq!(by_user(command).as_deref(), Some("add a list"));
        assert_eq!(by_user("<command-name>/exit</command-name>"), None);
    }

    #[test]
    fn a_chosen_option_is_what_was_offered() {
        let offer = "Which one?\n\n1. **Wait** for rain\n2. **Water** by hand\n\nA) Roses\nB) Peas";
        let of = |text| chosen_option(text, offer);
        assert_eq!(of("let's go with option 2").as_deref(), Some("Water by hand"));
        assert_eq!(of("B) is right").as_deref(), Some("Peas"));
        assert_eq!((of("2 beds are enough"), of("a bed"), of("option 7")), (None, None, None));
    }

    #[test]
    fn corrections_are_told_from_requests() {
        assert!(is_rejection("no revert those changes"));
        assert!(is_correction("that is not correct, it is the end of a turn"));
        assert!(!is_correction("now add the same to the other file"));
        assert!(is_rule("Never touch seeds.txt.") && !is_rule("must I?"));
        assert!(is_assent("yes please") && !is_assent("yes, but rename it to steps first"));
    }
}
