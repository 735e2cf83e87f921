//! What is drawn, whatever it is drawn with.

use super::label;
use crate::{Action, EntryView, Event, Header, LineView, Outcome, text};
use attune_protocol::{AgentId, Event as Effect, Hold, Tick, ToAgent, ToLine};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Line,
    Agent(AgentId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Sent,
    Arrives,
    Lost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stroke {
    Arrow {
        from: Who,
        to: Who,
        label: String,
        way: Way,
    },
    /// What happens at one place.
    Note {
        at: Who,
        text: String,
    },
    /// What has changed there.
    State {
        at: Who,
        text: String,
    },
}

/// One event.
#[derive(Clone, Debug)]
pub struct Step {
    pub number: u32,
    pub strokes: Vec<Stroke>,
}

/// Who is drawn, from left to right: the line amid the agents. Of many agents only those to whom
/// something happens.
pub fn participants(header: &Header, events: &[Event]) -> Vec<Who> {
    let mut agents: BTreeSet<AgentId> = BTreeSet::new();
    if header.agents <= 3 {
        agents.extend((0..header.agents).map(AgentId));
    }
    for event in events {
        agents.extend(event.action.agent());
        if let Action::LineGets { message, .. } | Action::LoseToLine { message } = event.action {
            agents.insert(message.agent);
        }
        if let Outcome::Told(told) = &event.outcome {
            agents.extend(told.iter().map(|message| message.agent));
        }
    }
    let mut all: Vec<Who> = agents.into_iter().map(Who::Agent).collect();
    all.insert(all.len().div_ceil(2), Who::Line);
    all
}

/// Draws event by event; remembers what was seen of everybody, to draw what is new.
#[derive(Default)]
struct Artist {
    many: bool,
    lines: BTreeMap<u32, LineView>,
    entries: BTreeMap<(u32, AgentId), EntryView>,
    clocks: BTreeMap<(u32, Who), Tick>,
    /// When what is in flight was sent.
    to_line: BTreeMap<(u32, ToLine), VecDeque<u32>>,
    to_agent: BTreeMap<(u32, ToAgent), VecDeque<u32>>,
}

pub fn steps(header: &Header, events: &[Event]) -> Vec<Step> {
    let mut artist = Artist { many: header.artifacts > 1, ..Artist::default() };
    let steps = events.iter().map(|event| Step { number: event.step, strokes: artist.draw(event) });
    steps.collect()
}

/// When a message was sent. Once it has arrived or is lost it is forgotten.
fn sent<M: Ord>(
    flight: &mut BTreeMap<(u32, M), VecDeque<u32>>,
    key: (u32, M),
    kept: bool,
) -> String {
    let Some(steps) = flight.get_mut(&key) else { return String::new() };
    let first = if kept { steps.front().copied() } else { steps.pop_front() };
    first.map_or(String::new(), |step| format!(" ({step})"))
}

impl Artist {
    fn draw(&mut self, event: &Event) -> Vec<Stroke> {
        let mut strokes = Vec::new();
        self.time(event, &mut strokes);
        self.action(event, &mut strokes);
        self.outcome(event, &mut strokes);
        self.state(event, &mut strokes);
        strokes
    }

    fn time(&mut self, event: &Event, strokes: &mut Vec<Stroke>) {
        let (who, now) = match event.action {
            Action::Read { agent, now }
            | Action::Fetch { agent, now, .. }
            | Action::Upgrade { agent, now, .. }
            | Action::Write { agent, now }
            | Action::Commit { agent, now, .. }
            | Action::Release { agent, now, .. }
            | Action::Heartbeat { agent, now, .. }
            | Action::AgentTime { agent, now } => (Who::Agent(agent), now),
            Action::AgentGets { message, now, .. } => (Who::Agent(message.agent), now),
            Action::LineGets { now, .. }
            | Action::Expire { now }
            | Action::Publish { now }
            | Action::LineTime { now } => (Who::Line, now),
            _ => return,
        };
        // An agent has one clock for all artifacts.
        let artifact = if who == Who::Line { event.artifact } else { 0 };
        let clock = self.clocks.entry((artifact, who)).or_default();
        if *clock != now {
            *clock = now;
            strokes.push(Stroke::Note { at: who, text: format!("it is {now} here") });
        }
    }

    /// The label of a message with its artifact, if there are several.
    fn named(&self, event: &Event, label: String) -> String {
        if self.many { format!("[{}] {label}", event.artifact) } else { label }
    }

    fn action(&mut self, event: &Event, strokes: &mut Vec<Stroke>) {
        let artifact = event.artifact;
        let arrow = |from, to, label, way| Stroke::Arrow { from, to, label, way };
        let twice = |kept: bool| if kept { " twice" } else { "" };
        let note = |at, text: &str| Stroke::Note { at, text: text.to_string() };
        let stroke = match event.action {
            Action::Write { agent, .. } => note(Who::Agent(agent), "* writes"),
            Action::Forge { message } => {
                note(Who::Agent(message.agent), "✗ somebody sends in its name")
            }
            Action::LineGets { message, kept, .. } => {
                let sent = sent(&mut self.to_line, (artifact, message), kept);
                let label = format!("{}{}{sent}", label::ask(&message), twice(kept));
                let label = self.named(event, label);
                arrow(Who::Agent(message.agent), Who::Line, label, Way::Arrives)
            }
            Action::AgentGets { message, kept, .. } => {
                let sent = sent(&mut self.to_agent, (artifact, message), kept);
                let label = format!("{}{}{sent}", label::tell(&message), twice(kept));
                let label = self.named(event, label);
                arrow(Who::Line, Who::Agent(message.agent), label, Way::Arrives)
            }
            Action::LoseToLine { message } => {
                let sent = sent(&mut self.to_line, (artifact, message), false);
                let label = self.named(event, label::ask(&message) + &sent);
                arrow(Who::Agent(message.agent), Who::Line, label, Way::Lost)
            }
            Action::LoseToAgent { message } => {
                let sent = sent(&mut self.to_agent, (artifact, message), false);
                let label = self.named(event, label::tell(&message) + &sent);
                arrow(Who::Line, Who::Agent(message.agent), label, Way::Lost)
            }
            Action::Crash { agent } => note(Who::Agent(agent), "✗ crashes and comes back"),
            Action::Expire { .. } => note(Who::Line, "* looks after deadlines"),
            Action::Publish { .. } => note(Who::Line, "* publishes"),
            Action::Snapshot => note(Who::Line, "* writes a snapshot"),
            Action::Restart => note(Who::Line, "✗ restarts from its log"),
            Action::Read { .. }
            | Action::Fetch { .. }
            | Action::Upgrade { .. }
            | Action::Commit { .. }
            | Action::Release { .. }
            | Action::Heartbeat { .. }
            | Action::Resend { .. }
            | Action::LineTime { .. }
            | Action::AgentTime { .. } => return,
        };
        strokes.push(stroke);
        self.deadline(event, strokes);
    }

    /// Before a line looks at anything else it looks at its deadline.
    fn deadline(&self, event: &Event, strokes: &mut Vec<Stroke>) {
        let (Action::LineGets { now, .. } | Action::Expire { now }) = event.action else { return };
        let hold = self.lines.get(&event.artifact).map(|line| line.hold);
        if let Some(Hold::Claimed(claim) | Hold::Owned(claim)) = hold
            && claim.deadline <= now
        {
            let text = format!("* first: {} is over", claim.deadline);
            strokes.push(Stroke::Note { at: Who::Line, text });
        }
    }

    fn outcome(&mut self, event: &Event, strokes: &mut Vec<Stroke>) {
        let (artifact, step) = (event.artifact, event.step);
        match &event.outcome {
            Outcome::Sent(message) => {
                let again = matches!(event.action, Action::Resend { .. });
                self.agent_sends(event, message, if again { " again" } else { "" }, strokes);
            }
            Outcome::Told(told) => {
                let never = matches!(event.action, Action::LineGets { answers_lost: true, .. });
                if never {
                    let text = "✗ stops before it answers".to_string();
                    strokes.push(Stroke::Note { at: Who::Line, text });
                }
                for message in told {
                    let label = self.named(event, label::tell(message));
                    let to = Who::Agent(message.agent);
                    let way = if never { Way::Lost } else { Way::Sent };
                    strokes.push(Stroke::Arrow { from: Who::Line, to, label, way });
                    if !never {
                        self.to_agent.entry((artifact, *message)).or_default().push_back(step);
                    }
                }
            }
            Outcome::Heard { event: effect, reply } => {
                if let (Effect::Ignored, Some(agent)) = (effect, event.action.agent()) {
                    let text = "ignored".to_string();
                    strokes.push(Stroke::Note { at: Who::Agent(agent), text });
                }
                if let Some(message) = reply {
                    self.agent_sends(event, message, "", strokes);
                }
            }
            Outcome::Hit(_) | Outcome::Miss(_) | Outcome::Refused(_) => {
                let (Some(agent), what) = (event.action.agent(), text::outcome(&event.outcome))
                else {
                    return;
                };
                let reads = matches!(event.action, Action::Read { .. });
                let text = if reads { format!("* reads: {what}") } else { format!("* {what}") };
                strokes.push(Stroke::Note { at: Who::Agent(agent), text });
            }
            Outcome::Nothing => {}
            Outcome::Panicked(_) => {
                let at = event.action.agent().map_or(Who::Line, Who::Agent);
                let text = format!("* {}", text::outcome(&event.outcome));
                strokes.push(Stroke::Note { at, text });
            }
        }
    }

    fn agent_sends(
        &mut self,
        event: &Event,
        message: &ToLine,
        again: &str,
        strokes: &mut Vec<Stroke>,
    ) {
        let label = self.named(event, label::ask(message) + again);
        let from = Who::Agent(message.agent);
        strokes.push(Stroke::Arrow { from, to: Who::Line, label, way: Way::Sent });
        self.to_line.entry((event.artifact, *message)).or_default().push_back(event.step);
    }

    fn state(&mut self, event: &Event, strokes: &mut Vec<Stroke>) {
        if let Some(line) = &event.after.line {
            let before = self.lines.insert(event.artifact, line.clone());
            let mut parts = Vec::new();
            if before.as_ref().is_none_or(|before| label::line(before) != label::line(line)) {
                parts.push(label::line(line));
            }
            if before.as_ref().is_none_or(|before| label::copies(before) != label::copies(line)) {
                parts.push(label::copies(line));
            }
            if !parts.is_empty() {
                strokes.push(Stroke::State { at: Who::Line, text: parts.join("; ") });
            }
        }
        if let (Some(entry), Some(agent)) = (event.after.entry, event.action.agent()) {
            let before = self.entries.insert((event.artifact, agent), entry);
            let words = label::entry(&entry);
            if before.is_none_or(|before| label::entry(&before) != words) {
                strokes.push(Stroke::State { at: Who::Agent(agent), text: words });
            }
        }
    }
}
