//! A step that breaks a promise, in words for who has not seen the code: what was before it, what
//! came, what was made of it, and what an observer knows besides.

use crate::diagram::label;
use crate::reference::{self, Broken, LineMemory, Memory};
use crate::{Action, EntryView, Event, LineView, Machine, Outcome, text};
use attune_protocol::{AgentId, Bitset, Entry, Hold, Line, ToLine};

/// What was before the step.
pub(crate) struct Scene<'a> {
    pub line: Option<&'a Line<Bitset>>,
    pub entry: &'a Entry,
    pub asked: Option<ToLine>,
    /// A recovery, told by who has the log.
    pub recovery: &'a [String],
}

/// What the observer remembers after it.
pub(crate) struct Notes<'a> {
    pub line: &'a LineMemory,
    pub agents: &'a [Memory],
}

pub(crate) fn line(line: &Line<Bitset>) -> String {
    let view = LineView::from(line);
    format!("{}; {}", label::line(&view), label::copies(&view))
}

fn copy(entry: &Entry) -> String {
    label::entry(&EntryView::from(entry))
}

/// The step in a few sentences, each with what it is about.
pub(crate) fn how(
    event: &Event,
    broken: &Broken,
    scene: &Scene,
    machine: &Machine,
    notes: &Notes,
) -> Vec<String> {
    let Event { artifact, action, ref outcome, .. } = *event;
    let mut told = scene.recovery.to_vec();
    let mut say = |about: &str, words: String| told.push(format!("{about}: {words}"));
    let now = machine.line(artifact);
    match action {
        Action::LineGets { now: time, .. } | Action::Expire { now: time } => {
            if let Some(before) = scene.line {
                say("before", format!("the line is {}", line(before)));
                if let Hold::Claimed(claim) | Hold::Owned(claim) = before.hold()
                    && claim.deadline <= time
                {
                    let what = "has passed: that comes before any message";
                    say("due", format!("{} {what}", claim.deadline));
                }
            }
            match action {
                Action::LineGets { message, .. } => {
                    say("arrives", format!("{} at {time}", text::to_line(&message)));
                }
                _ => say("happens", text::action(&action)),
            }
            say("the line", text::outcome(outcome));
            say("after", format!("the line is {}", line(now)));
        }
        Action::Restart | Action::Snapshot if !scene.recovery.is_empty() => {}
        _ => {
            if let Some(agent) = action.agent() {
                let waits = scene.asked.filter(|_| !is_settled(scene.entry));
                let waits = waits.map_or("waits for no answer".to_string(), |asked| {
                    format!("waits for the answer to {}", text::ask(&asked))
                });
                say("before", format!("{agent} has {} and {waits}", copy(scene.entry)));
                match action {
                    Action::AgentGets { message, now, .. } => {
                        say("arrives", format!("{} at {now}", text::tell(&message)));
                        say(&agent.to_string(), text::outcome(outcome));
                    }
                    _ if *outcome == Outcome::Nothing => say("happens", text::action(&action)),
                    _ => {
                        say("happens", text::action(&action));
                        say(&agent.to_string(), text::outcome(outcome));
                    }
                }
                say("after", format!("{agent} has {}", copy(machine.entry(artifact, agent))));
            } else {
                say("happens", text::action(&action));
            }
            say("the line", line(now));
        }
    }
    for (agent, memory) in (0..).map(AgentId).zip(notes.agents) {
        let entry = machine.entry(artifact, agent);
        let alone = [(agent, entry, memory)];
        if reference::state(now, notes.line, alone.into_iter(), machine.rules()) == Err(*broken) {
            say("it is about", format!("{agent}, which has {}", copy(entry)));
        }
        if entry.version().is_some() && entry.version() != memory.held {
            say(
                "in truth",
                match memory.held {
                    Some(held) => format!("the content that {agent} has is that of {held}"),
                    None => format!("{agent} has no content any more"),
                },
            );
        }
    }
    if let Action::Read { agent, .. } = action
        && let Some(memory) = notes.agents.get(agent.0 as usize)
    {
        let bound = machine.rules().bound_reads;
        let bound = bound.map_or(String::new(), |bound| format!(" (K is {bound})"));
        let reads = format!("{agent} has read {} times since its last round trip", memory.reads);
        say("counted", format!("{reads}{bound}"));
    }
    told
}

fn is_settled(entry: &Entry) -> bool {
    use attune_protocol::State::*;
    matches!(entry.state(), Invalid | Shared | Exclusive | Modified)
}
