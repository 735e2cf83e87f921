//! Messages and states in words, for stories that people read.

use super::World;
use attune_protocol::{
    AgentSet, Ask, Entry, Event, Hold, Line, Miss, Read, Refusal, State, Tell, ToAgent, ToLine,
    Version, Word,
};

/// An agent's message, as tests name it while it is under way.
pub fn to_line(message: &ToLine) -> String {
    format!("{} {}", message.agent, ask(message))
}

/// A line's message, as tests name it while it is under way.
pub fn to_agent(message: &ToAgent) -> String {
    format!("{} {}", message.agent, tell(message))
}

/// An agent's message, without whose it is.
pub fn ask(message: &ToLine) -> String {
    let ToLine { request, version, epoch, ask, .. } = message;
    let base = version.map_or("nothing".to_owned(), |version| version.to_string());
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
            let with = with(content);
            format!("grant {request} {version} {epoch} until {deadline} ({with})")
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
        Refusal::StaleBase { base } => {
            let base = base.map_or("nothing".to_owned(), |base| base.to_string());
            format!("{base} is not current")
        }
        Refusal::Superseded { refused } => format!("{refused} is over, others committed since"),
    }
}

pub fn read(read: Read) -> String {
    match read {
        Read::Hit(version) => format!("hit, {version}"),
        Read::Miss(Miss::Cold) => "miss, never had it".to_owned(),
        Read::Miss(Miss::Invalidated) => "miss, invalidated".to_owned(),
        Read::Miss(Miss::Expired) => "miss, expired".to_owned(),
        Read::Miss(Miss::Bound) => "miss, read K times".to_owned(),
    }
}

pub fn event(event: Event) -> String {
    match event {
        Event::Ignored => "nothing".to_owned(),
        Event::Filled(version) => format!("filled with {version}"),
        Event::Granted => "granted".to_owned(),
        Event::Held { holder, .. } => format!("held by {holder}"),
        Event::Committed(version) => format!("committed as {version}"),
        Event::Lost(why) => format!("lost, {}", refusal(why)),
        Event::Renewed(deadline) => format!("renewed until {deadline}"),
        Event::Invalidated => "invalidated".to_owned(),
        Event::Updated(version) => format!("updated to {version}"),
    }
}

pub fn line(line: &Line<Word>) -> String {
    let hold = match line.hold() {
        Hold::Free => "free".to_owned(),
        Hold::Claimed(claim) => format!("claimed by {} until {}", claim.agent, claim.deadline),
        Hold::Owned(claim) => format!("owned by {} until {}", claim.agent, claim.deadline),
    };
    let (current, behind) = (set(line.current()), set(line.behind()));
    format!("{} {} {hold}, current {current}, behind {behind}", line.version(), line.epoch())
}

fn set(agents: &Word) -> String {
    let mut names = Vec::new();
    agents.for_each(|agent| names.push(agent.to_string()));
    if names.is_empty() { "-".to_owned() } else { names.join("+") }
}

pub fn entry(entry: &Entry) -> String {
    let state = match entry.state() {
        State::Invalid => "I",
        State::Shared => "S",
        State::Exclusive => "E",
        State::Modified => "M",
        State::Fetching => "I, fetching",
        State::Upgrading => "S, upgrading",
        State::UpgradingInvalid => "I, upgrading",
        State::Committing => "M, committing",
    };
    let version = entry.version().map_or("nothing".to_owned(), |v: Version| v.to_string());
    format!("{state} {version} {}, read {}", entry.epoch(), entry.reads())
}

/// Line and entries, one per row.
pub fn world(world: &World) -> Vec<String> {
    let mut rows = vec![format!("line: {}", line(&world.line))];
    rows.extend(world.ids().map(|agent| format!("{agent}: {}", entry(world.entry(agent)))));
    rows
}
