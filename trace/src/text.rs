//! Events, messages and states in words, for stories that people read.

use crate::reference::Witness;
use crate::{Action, EntryView, Event, LineView, Outcome, Verdict};
use attune_protocol::{
    AgentId, Ask, Event as Effect, Hold, Miss, Refusal, State, Tell, ToAgent, ToLine, Version,
};

/// One event: what was done and, on lines of their own, what was sent.
pub fn event(event: &Event) -> Vec<String> {
    let Event { outcome, .. } = event;
    let mut lines = vec![action(&event.action)];
    match outcome {
        Outcome::Hit(version) => lines[0] += &format!(": hit, {version}"),
        Outcome::Miss(why) => lines[0] += &format!(": miss, {}", miss(*why)),
        // The action says it already.
        Outcome::Sent(_) if matches!(event.action, Action::Resend { .. }) => {}
        Outcome::Sent(message) => lines.push(sent_to_line(message)),
        Outcome::Told(messages) => {
            let lost = matches!(event.action, Action::LineGets { answers_lost: true, .. });
            let never = if lost { " (never sent)" } else { "" };
            lines.extend(
                messages.iter().map(|message| {
                    format!("  line -> {}: {}{never}", message.agent, tell(message))
                }),
            );
        }
        Outcome::Heard { event, reply } => {
            lines[0] += &format!(": {}", effect(*event));
            lines.extend(reply.as_ref().map(sent_to_line));
        }
        Outcome::Refused(refused) => {
            lines[0] += &format!(": refused, its copy is {}", state(refused.state));
        }
        Outcome::Nothing => {}
        Outcome::Panicked(_) => lines[0] += &format!(": {}", self::outcome(outcome)),
    }
    lines
}

/// An outcome without the action it belongs to.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Hit(version) => format!("hit, {version}"),
        Outcome::Miss(why) => format!("miss, {}", miss(*why)),
        Outcome::Sent(message) => format!("sent: {}", to_line(message)),
        Outcome::Told(messages) if messages.is_empty() => "nothing said".to_string(),
        Outcome::Told(messages) => {
            let all: Vec<String> = messages.iter().map(to_agent).collect();
            format!("told: {}", all.join("; "))
        }
        Outcome::Heard { event, reply: None } => effect(*event),
        Outcome::Heard { event, reply: Some(reply) } => {
            format!("{}, answered: {}", effect(*event), to_line(reply))
        }
        Outcome::Refused(refused) => format!("refused, the copy is {}", state(refused.state)),
        Outcome::Nothing => "nothing".to_string(),
        Outcome::Panicked(words) => format!("the core panics, {words:?}"),
    }
}

/// An action, without what comes of it.
pub fn action(action: &Action) -> String {
    let duplicate = |kept: bool| if kept { " (a duplicate is still on its way)" } else { "" };
    match action {
        Action::Read { agent, now } => format!("{agent} reads at {now}"),
        Action::Fetch { agent, .. } => format!("{agent} asks for the content"),
        Action::Upgrade { agent, .. } => format!("{agent} asks for the right to write"),
        Action::Write { agent, .. } => format!("{agent} writes"),
        Action::Commit { agent, .. } => format!("{agent} commits"),
        Action::Release { agent, .. } => format!("{agent} gives the right to write back"),
        Action::Heartbeat { agent, .. } => format!("{agent} asks for a longer lease"),
        Action::Resend { agent, message } => format!("{agent} -> line again: {}", ask(message)),
        Action::Forge { message } => {
            format!("somebody sends in the name of {}: {}", message.agent, ask(message))
        }
        Action::LineGets { message, now, kept, answers_lost } => {
            let stops = if *answers_lost { " and stops before it answers" } else { "" };
            format!("line gets {} at {now}{}{stops}", to_line(message), duplicate(*kept))
        }
        Action::AgentGets { message, now, kept } => {
            format!("{} gets {} at {now}{}", message.agent, tell(message), duplicate(*kept))
        }
        Action::LoseToLine { message } => format!("lost: {}", to_line(message)),
        Action::LoseToAgent { message } => format!("lost: {}", to_agent(message)),
        Action::Crash { agent } => format!("{agent} crashes and comes back"),
        Action::Expire { now } => format!("the authority looks after deadlines at {now}"),
        Action::Publish { now } => format!("the line publishes at {now}"),
        Action::LineTime { now } => format!("for the line it is {now}"),
        Action::AgentTime { agent, now } => format!("for {agent} it is {now}"),
        Action::Snapshot => "the authority writes a snapshot".to_string(),
        Action::Restart => "the authority restarts from snapshot and log".to_string(),
    }
}

fn sent_to_line(message: &ToLine) -> String {
    format!("  {} -> line: {}", message.agent, ask(message))
}

/// An agent's message, with whose it is.
pub fn to_line(message: &ToLine) -> String {
    format!("{} {}", message.agent, ask(message))
}

/// A line's message, with whom it is for.
pub fn to_agent(message: &ToAgent) -> String {
    format!("{} {}", message.agent, tell(message))
}

/// An agent's message, without whose it is.
pub fn ask(message: &ToLine) -> String {
    let ToLine { request, version, epoch, ask, .. } = message;
    let base = known(*version);
    match ask {
        Ask::Fetch => format!("fetch {request} (has {base})"),
        Ask::Upgrade => format!("upgrade {request} (has {base})"),
        Ask::Commit => format!("commit {request} ({epoch}, base {base})"),
        Ask::Release => format!("release {request} ({epoch})"),
        Ask::Heartbeat => format!("heartbeat {request} ({epoch})"),
        Ask::Acknowledge { holds: true } => format!("acknowledge {epoch} (has a copy)"),
        Ask::Acknowledge { holds: false } => format!("acknowledge {epoch} (no copy)"),
    }
}

/// A line's message, without whom it is for.
pub fn tell(message: &ToAgent) -> String {
    let ToAgent { request, version, epoch, tell, .. } = message;
    let with = |content: bool| if content { "with content" } else { "you have it" };
    match *tell {
        Tell::Fill { content, cacheable } => {
            let keep = if cacheable { "keep" } else { "do not keep" };
            format!("fill {request} {version} {epoch} ({}, {keep})", with(content))
        }
        Tell::Grant { content, deadline } => {
            format!("grant {request} {version} {epoch} until {deadline} ({})", with(content))
        }
        Tell::Held { holder, deadline, valid } => {
            let valid = if valid { "your copy is good" } else { "keep nothing" };
            format!("held {request} {epoch} by {holder} until {deadline} ({valid})")
        }
        Tell::Committed => format!("committed {request} {version} {epoch}"),
        Tell::Refused(why) => format!("refused {request} {epoch}: {}", refusal(why)),
        Tell::Renewed { deadline } => format!("renewed {request} {epoch} until {deadline}"),
        Tell::Invalidate => format!("invalidate {epoch}"),
        Tell::Update { acknowledge: true } => format!("update {version} {epoch}"),
        Tell::Update { acknowledge: false } => format!("published {version} {epoch}"),
    }
}

fn refusal(refusal: Refusal) -> String {
    match refusal {
        Refusal::LostEpoch { refused } => format!("{refused} is over"),
        Refusal::StaleBase { base } => format!("{} is not current", known(base)),
        Refusal::Superseded { refused } => format!("{refused} is over, others committed since"),
    }
}

fn miss(miss: Miss) -> &'static str {
    match miss {
        Miss::Cold => "never had it",
        Miss::Invalidated => "invalidated",
        Miss::Expired => "expired",
        Miss::Bound => "read K times",
    }
}

fn effect(effect: Effect) -> String {
    match effect {
        Effect::Ignored => "ignored".to_string(),
        Effect::Filled(version) => format!("filled with {version}"),
        Effect::Granted => "granted".to_string(),
        Effect::Held { holder, .. } => format!("held by {holder}"),
        Effect::Committed(version) => format!("committed as {version}"),
        Effect::Lost(why) => format!("lost, {}", refusal(why)),
        Effect::Renewed(deadline) => format!("renewed until {deadline}"),
        Effect::Invalidated => "invalidated".to_string(),
        Effect::Updated(version) => format!("updated to {version}"),
    }
}

/// A line, as far as it can be seen.
pub fn line(line: &LineView) -> String {
    let hold = match line.hold {
        Hold::Free => "free".to_string(),
        Hold::Claimed(claim) => {
            format!("claimed by {} {} until {}", claim.agent, claim.request, claim.deadline)
        }
        Hold::Owned(claim) => {
            format!("owned by {} {} until {}", claim.agent, claim.request, claim.deadline)
        }
    };
    let (current, behind) = (set(&line.current), set(&line.behind));
    format!("{} {} {hold}, current {current}, behind {behind}", line.version, line.epoch)
}

fn set(agents: &[AgentId]) -> String {
    let names: Vec<String> = agents.iter().map(AgentId::to_string).collect();
    if names.is_empty() { "-".to_string() } else { names.join("+") }
}

/// An agent's copy, as far as it can be seen.
pub fn entry(entry: &EntryView) -> String {
    let EntryView { state: now, version, epoch, reads } = *entry;
    format!("{} {} {epoch}, read {reads}", state(now), known(version))
}

pub fn state(state: State) -> &'static str {
    match state {
        State::Invalid => "I",
        State::Shared => "S",
        State::Exclusive => "E",
        State::Modified => "M",
        State::Fetching => "I, fetching",
        State::Upgrading => "S, upgrading",
        State::UpgradingInvalid => "I, upgrading",
        State::Committing => "M, committing",
    }
}

/// Why a trace ends.
pub fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Broken { property, what, .. } => format!("broken: {property}: {what}"),
        Verdict::Repeats { property, what, from_step } => {
            format!("broken: {property}: {what}; it goes on from step {from_step} for ever")
        }
        Verdict::Reached { witness } => match Witness::named(witness) {
            Some(known) => format!("reached: {witness}: {}", known.words()),
            None => format!("reached: {witness}"),
        },
        Verdict::Complete => "the run is over".to_string(),
    }
}

fn known(version: Option<Version>) -> String {
    version.map_or("nothing".to_string(), |version| version.to_string())
}
