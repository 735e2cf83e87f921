//! A step that breaks a promise, in words for who has not seen the code: what was before it, what
//! came, what was made of it, and what an observer knows besides.

use crate::diagram::{counted, label};
use crate::reference::{self, Broken, LineMemory, Memory, Property};
use crate::{Action, EntryView, Event, LineView, Machine, Outcome, text};
use attune_protocol::{AgentId, Bitset, Entry, Hold, Line, ToLine};

/// What was before the step.
pub(crate) struct Scene<'a> {
    pub line: Option<&'a Line<Bitset>>,
    pub entry: &'a Entry,
    pub asked: Option<ToLine>,
    /// How often the agent had read since its last round trip.
    pub reads: u16,
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
        Action::LineGets { now: time, .. }
        | Action::Expire { now: time }
        | Action::Publish { now: time } => {
            if let Some(before) = scene.line {
                say("before", format!("the line is {}", line(before)));
                if let Hold::Claimed(claim) | Hold::Owned(claim) = before.hold()
                    && claim.deadline <= time
                {
                    let what = "has passed, which is to be acted on before any message";
                    say("due", format!("{} {what}", claim.deadline));
                }
            }
            match action {
                Action::LineGets { message, .. } => {
                    say("arrives", format!("{} at {time}", text::to_line(&message)));
                }
                _ => say("happens", text::action(&action)),
            }
            say("the line", done(outcome));
            say("after", format!("the line is {}", line(now)));
        }
        Action::Restart | Action::Snapshot if !scene.recovery.is_empty() => {}
        _ => {
            if let Some(agent) = action.agent() {
                let waits = scene.asked.filter(|_| !is_settled(scene.entry));
                let waits = waits.map_or("waits for no answer".to_string(), |asked| {
                    format!("waits for the answer to {}", text::ask(&asked))
                });
                say("before", format!("{agent} has {}; it {waits}", copy(scene.entry)));
                match action {
                    Action::AgentGets { message, now, .. } => {
                        say("arrives", format!("{} at {now}", text::tell(&message)));
                    }
                    _ => say("happens", text::action(&action)),
                }
                if *outcome != Outcome::Nothing {
                    say(&agent.to_string(), done(outcome));
                }
                say("after", format!("{agent} has {}", copy(machine.entry(artifact, agent))));
            } else {
                say("happens", text::action(&action));
            }
            say("the line", line(now));
        }
    }
    if broken.property == Property::AppliedOnce {
        again(event, machine).into_iter().for_each(|words| say("a second time", words));
    }
    for (agent, memory) in (0..).map(AgentId).zip(notes.agents) {
        let entry = machine.entry(artifact, agent);
        let alone = [(agent, entry, memory)];
        if reference::state(now, notes.line, alone.into_iter(), machine.rules()) == Err(*broken) {
            say("it is about", format!("{agent}, which has {}", copy(entry)));
        }
        let differs = entry.version().is_some() && entry.version() != memory.held;
        if differs && broken.property == Property::DataValue {
            say(
                "in truth",
                match memory.held {
                    Some(held) => format!("the content that {agent} has is that of {held}"),
                    None => format!("{agent} has no content"),
                },
            );
        }
    }
    if let Action::Read { agent, .. } = action
        && let Some(memory) = notes.agents.get(agent.0 as usize)
    {
        let bound = machine.rules().bound_reads;
        let bound = bound.map_or(String::new(), |bound| format!("; K is {bound}"));
        let reads = counted(scene.reads.into(), "read");
        let ticks = match memory.age {
            u16::MAX => "a time that nobody knows".to_string(),
            age => counted(age.into(), "tick"),
        };
        let since = format!("since the last round trip of {agent}");
        say("counted before it", format!("{reads} and {ticks} {since}{bound}"));
    }
    told
}

/// What came of it, in the words of who did it.
fn done(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Told(told) if !told.is_empty() => {
            let all =
                told.iter().map(|message| format!("{} to {}", text::tell(message), message.agent));
            format!("says {}", all.collect::<Vec<_>>().join(", and "))
        }
        Outcome::Sent(message) => format!("sends {}", text::ask(message)),
        Outcome::Heard { event, reply: Some(reply) } => {
            let made = text::outcome(&Outcome::Heard { event: *event, reply: None });
            format!("{made}; sends {}", text::ask(reply))
        }
        other => text::outcome(other),
    }
}

/// What the message would change if it arrived once more.
fn again(event: &Event, machine: &Machine) -> Option<String> {
    let Event { artifact, action, .. } = *event;
    match action {
        Action::LineGets { message, now, .. } => {
            let before = machine.line(artifact);
            let mut after = before.clone();
            after.handle(now, message, machine.rules(), |_| {});
            (after != *before).then(|| format!("the line is {}", line(&after)))
        }
        Action::AgentGets { message, now, .. } => {
            let before = machine.entry(artifact, message.agent);
            let mut after = *before;
            after.handle(now, message, machine.rules());
            (after != *before).then(|| format!("{} has {}", message.agent, copy(&after)))
        }
        _ => None,
    }
}

fn is_settled(entry: &Entry) -> bool {
    use attune_protocol::State::*;
    matches!(entry.state(), Invalid | Shared | Exclusive | Modified)
}
