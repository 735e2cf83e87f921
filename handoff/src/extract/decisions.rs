//! What was decided: by the user in their own words, by an answer to the agent's question, by the
//! agent where it says why or what it left. A decision that the user took back right after it
//! becomes a warning.

use super::candidate::{Candidate, Item, Kind, aged};
use super::said;
use super::view::{Call, View};
use super::words::{clipped, content_words, divided, has_any, sentences};
use crate::dna::{Decision, Warning, Why};

/// What says that the user chose.
const BY_USER: [&str; 16] = [
    "go with",
    "i'd prefer",
    "i prefer",
    "we should",
    "i want",
    "put it",
    "rename",
    "should be",
    "i think we",
    "instead",
    "rather than",
    "call it",
    "option",
    "let's use",
    "let's keep",
    "i like",
];

/// What says that the agent chose.
const CHOSEN: [&str; 22] = [
    "switch to",
    "switching to",
    "switched to",
    "switched from",
    "switching from",
    "went with",
    "going with",
    "go with",
    "chose",
    "decided to",
    "opted",
    "the fix is",
    "the fix was",
    "cleanest fix",
    "cleanest approach",
    "simplest fix",
    "simplest approach",
    "best approach",
    "right approach",
    "the solution is",
    "is overkill",
    "not worth",
];

/// What says it of a sentence that does something.
const INSTEAD: [&str; 2] = ["instead of", "rather than"];
const DOES: [&str; 24] = [
    "use", "using", "uses", "used", "switch", "change", "changed", "replace", "replaced",
    "rewrite", "rewrote", "move", "moved", "i'll", "i", "we", "made", "make", "put", "keep",
    "added", "add", "should", "let",
];

/// What says that something was seen, not chosen.
const SEEN: [&str; 5] = ["still", "shows", "showing", "expected", "fails"];

/// A message of the user that is longer is a report or a plan.
const MESSAGE_BYTES_MAX: usize = 700;

const NOT: [&str; 3] = ["instead of", "rather than", ", not "];
const BECAUSE: [&str; 7] =
    ["because", "since", "to avoid", "so that", "which avoids", "which requires", "due to"];

const BYTES: std::ops::RangeInclusive<usize> = 25..=420;

pub(super) fn candidates(view: &View) -> Vec<Candidate> {
    let mut found: Vec<Candidate> =
        view.calls.iter().flat_map(|call| answered(view, call)).collect();
    for spoken in &view.user {
        if spoken.text.len() > MESSAGE_BYTES_MAX {
            continue;
        }
        let said = sentences(&spoken.text);
        let decided = said.iter().filter(|sentence| {
            BYTES.contains(&sentence.len())
                && has_any(sentence, &BY_USER)
                && !sentence.ends_with('?')
        });
        let value = aged(36.0, view.recency(spoken.sequence));
        found.extend(decided.map(|sentence| {
            candidate(parsed(sentence, true, vec![spoken.sequence]), value, "the user decided")
        }));
    }
    for spoken in &view.agent {
        let decided = sentences(&spoken.text);
        let decided = decided.iter().filter(|sentence| {
            BYTES.contains(&sentence.len()) && is_choice(sentence) && !sentence.ends_with('?')
        });
        for sentence in decided {
            let decision = parsed(sentence, false, vec![spoken.sequence]);
            let reasoned = decision.because.is_some() || decision.not.is_some();
            let value = aged(if reasoned { 34.0 } else { 22.0 }, view.recency(spoken.sequence));
            found.push(match taken_back(view, spoken.sequence) {
                Some((at, words)) => rejected(view, sentence, &words, vec![spoken.sequence, at]),
                None => candidate(decision, value, "the agent decided"),
            });
        }
    }
    found
}

fn is_choice(sentence: &str) -> bool {
    let start: Vec<&str> = sentence.split_whitespace().take(5).collect();
    let does = has_any(&start.join(" "), &DOES);
    let chosen = has_any(sentence, &CHOSEN) || does && has_any(sentence, &INSTEAD);
    chosen && !has_any(sentence, &SEEN)
}

/// The user's next words, if they reject what was said.
fn taken_back(view: &View, sequence: u64) -> Option<(u64, String)> {
    let next = view.user.iter().find(|said| said.sequence > sequence)?;
    // Only of the agent's last message before them is it clear what was rejected.
    let between =
        view.agent.iter().any(|said| said.sequence > sequence && said.sequence < next.sequence);
    (!between && said::is_rejection(&next.text)).then(|| (next.sequence, clipped(&next.text, 120)))
}

fn rejected(view: &View, sentence: &str, words: &str, from: Vec<u64>) -> Candidate {
    let text = format!("{} (the user: {words})", clipped(sentence, 200));
    let value = aged(46.0, view.recency(from.last().copied().unwrap_or(0)));
    let records = from.clone();
    let item =
        move |text| Item::Warning(Warning { why: Why::Rejected, text, from: records.clone() });
    Candidate::of_text(
        Kind::Warning,
        &text,
        from,
        value,
        "decided, then rejected",
        &[120, 340],
        item,
    )
}

fn parsed(sentence: &str, user: bool, from: Vec<u64>) -> Decision {
    let own = |text: &str| {
        let text = text.trim().trim_matches([',', ';', ':', '.', '—', '-']).trim();
        (!text.is_empty()).then(|| text.to_string())
    };
    let (rest, because) = match divided(sentence, &BECAUSE) {
        Some((before, after)) if before.len() > 12 => (before, own(after)),
        _ => (sentence, None),
    };
    let (choice, not) = match divided(rest, &NOT) {
        Some((before, after)) if before.len() > 4 => (before, own(after)),
        _ => (rest, None),
    };
    let choice = own(choice).unwrap_or_else(|| sentence.to_string());
    // `We could use it`: what, is only said in the whole.
    if content_words(&choice).is_empty() && not.is_some() {
        let choice = sentence.to_string();
        return Decision { topic: None, choice, because: None, not: None, user, from };
    }
    Decision { topic: None, choice, because, not, user, from }
}

fn candidate(decision: Decision, value: f64, why: &str) -> Candidate {
    let Decision { topic, choice, because, not, .. } = &decision;
    let parts = [topic, &Some(choice.clone()), not, because];
    let text = parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" / ");
    let shortened = |bytes: usize| {
        let cut = |text: &Option<String>| text.as_ref().map(|text| clipped(text, bytes));
        Decision {
            topic: cut(topic),
            choice: clipped(choice, bytes + bytes / 2),
            because: cut(because),
            not: cut(not),
            ..decision.clone()
        }
    };
    let from = decision.from.clone();
    let all = Candidate::of_text(Kind::Decision, &text, from, value, why, &[100, 240, 600], |_| {
        Item::Decision(decision.clone())
    });
    let forms = all.forms.into_iter().zip([60, 130, 400]).map(|(mut shape, bytes)| {
        shape.item = Item::Decision(shortened(bytes));
        shape
    });
    Candidate { forms: forms.collect(), ..all }
}

/// Questions that the tool put to the user, with the answers.
fn answered(view: &View, call: &Call) -> Vec<Candidate> {
    let asks = matches!(call.name, "AskUserQuestion" | "ask_user" | "request_user_input");
    let Some(given) = call.result.filter(|given| asks && !given.failed) else { return Vec::new() };
    let questions = call.input.get("questions").and_then(|list| list.as_array());
    let questions = questions.into_iter().flatten();
    let found = questions.filter_map(|question| {
        let asked = question.get("question")?.as_str()?;
        let answer = answer(given.text, asked)?;
        let decision = Decision {
            topic: Some(clipped(asked, 160)),
            choice: answer,
            because: None,
            not: None,
            user: true,
            from: call.records(),
        };
        let value = aged(42.0, view.recency(call.sequence));
        Some(candidate(decision, value, "the user's answer to a question"))
    });
    found.collect()
}

/// `"question"="answer"`.
fn answer(given: &str, asked: &str) -> Option<String> {
    let (_, rest) = given.split_once(asked)?;
    let rest = rest.trim_start_matches(['"', '=', ':', ' ']);
    let answer = rest.split(['"', '\n']).next()?.trim();
    (!answer.is_empty()).then(|| clipped(answer, 300))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_taken_apart() {
        let decision = parsed("Use peas instead of beans, because they climb.", false, vec![1]);
        assert_eq!(decision.choice, "Use peas");
        assert_eq!(decision.not.as_deref(), Some("beans"));
        assert_eq!(decision.because.as_deref(), Some("they climb"));
    }
}
