//! The DNA as text for a prompt. Sections in the order in which a successor needs them; empty ones
//! are left out.

use crate::dna::{About, Artifact, Decision, Dna, State, Step, Warning, Why};
use std::fmt::Write;

pub(crate) fn written(dna: &Dna) -> String {
    let mut text = String::new();
    if let Some(goal) = &dna.goal {
        let _ = writeln!(text, "GOAL: {}", goal.text);
    }
    section(&mut text, "USER SAID", dna.asked.iter().map(|said| said.text.clone()));
    section(&mut text, "TO DO", dna.pending.iter().map(step));
    section(&mut text, "WARNINGS", dna.warnings.iter().map(warning));
    section(&mut text, "STATE", dna.state.iter().map(state));
    section(&mut text, "DECIDED", dna.decisions.iter().map(decision));
    if !dna.artifacts.is_empty() {
        text += ARTIFACTS;
        for (folder, files) in &dna.artifacts {
            let files: Vec<String> = files.iter().map(artifact).collect();
            let _ = writeln!(
                text,
                "{}: {}",
                if folder.is_empty() { "./" } else { folder },
                files.join(", ")
            );
        }
    }
    section(&mut text, "DONE", dna.done.iter().map(|said| said.text.clone()));
    section(&mut text, "FACTS", dna.facts.iter().map(|said| said.text.clone()));
    text
}

/// What the marks behind a file mean.
const ARTIFACTS: &str = "FILES @held *changed +uncommitted ?stale\n";

fn section(text: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_some() {
        let _ = writeln!(text, "{title}");
        items.for_each(|item| {
            let _ = writeln!(text, "- {item}");
        });
    }
}

fn step(step: &Step) -> String {
    if step.doing { format!("(doing) {}", step.text) } else { step.text.clone() }
}

fn warning(warning: &Warning) -> String {
    let why = match warning.why {
        Why::Rule => "user rule",
        Why::Rejected => "user rejected",
        Why::Corrected => "user corrected",
        Why::Failed => "failed",
    };
    format!("{why}: {}", warning.text)
}

fn state(state: &State) -> String {
    let about = match state.about {
        About::Doing => "doing",
        About::Question => "asked the user",
        About::Test => "tests",
        About::Build => "build",
        About::Lint => "lint",
        About::Error => "open error",
        About::Change => "last change",
        About::Commit => "commit",
        About::Branch => "branch",
        About::Link => "link",
    };
    let passed = state.passed.map(|passed| if passed { " passed" } else { " FAILED" });
    format!("{about}{}: {}", passed.unwrap_or_default(), state.text)
}

fn decision(decision: &Decision) -> String {
    let Decision { topic, choice, because, not, user, .. } = decision;
    let mut text = topic.as_ref().map_or(String::new(), |topic| format!("{topic}: "));
    text += choice;
    if let Some(not) = not {
        let _ = write!(text, "; not {not}");
    }
    if let Some(because) = because {
        let _ = write!(text, "; because {because}");
    }
    if *user { format!("(user) {text}") } else { text }
}

fn artifact(artifact: &Artifact) -> String {
    let mut text = artifact.name.clone();
    match (artifact.writes > 0, artifact.uncommitted) {
        (true, true) => text += "+",
        (true, false) => text += "*",
        (false, _) => {}
    }
    if artifact.stale {
        text += "?";
    }
    if let Some(version) = &artifact.version {
        let _ = write!(text, " @{version}");
    }
    let lines: Vec<String> =
        artifact.lines.iter().map(|[first, last]| format!("{first}-{last}")).collect();
    if !lines.is_empty() {
        let _ = write!(text, " {}", lines.join("&"));
    }
    if let Some(of) = artifact.of {
        let _ = write!(text, "/{of}");
    }
    text
}
