//! Messages and states in few characters.

use crate::text;
use crate::{EntryView, LineView};
use attune_protocol::{AgentId, Ask, Hold, Refusal, State, Tell, ToAgent, ToLine, Version};

pub fn ask(message: &ToLine) -> String {
    let ToLine { request, version, epoch, ask, .. } = message;
    let has = |version: &Option<Version>| {
        version.map_or(String::new(), |version| format!(", has {version}"))
    };
    match ask {
        Ask::Fetch => format!("fetch {request}{}", has(version)),
        Ask::Upgrade => format!("upgrade {request}{}", has(version)),
        Ask::Commit => {
            let base = version.map_or("nothing".to_string(), |version| version.to_string());
            format!("commit {request} {epoch} on {base}")
        }
        Ask::Release => format!("release {request} {epoch}"),
        Ask::Heartbeat => format!("heartbeat {request} {epoch}"),
        Ask::Acknowledge { holds: true } => format!("ack {epoch}, has a copy"),
        Ask::Acknowledge { holds: false } => format!("ack {epoch}, no copy"),
    }
}

pub fn tell(message: &ToAgent) -> String {
    let ToAgent { request, version, epoch, tell, .. } = message;
    match tell {
        Tell::Fill { content, cacheable } => {
            let bare = if *content { "" } else { " as you have" };
            let once = if *cacheable { "" } else { " once" };
            format!("fill {request} {version} {epoch}{bare}{once}")
        }
        Tell::Grant { .. } => format!("grant {request} {version} {epoch}"),
        Tell::Held { holder, valid, .. } => {
            let valid = if *valid { ", copy ok" } else { "" };
            format!("held {request} {epoch} by {holder}{valid}")
        }
        Tell::Committed => format!("committed {request} {version} {epoch}"),
        Tell::Refused(Refusal::LostEpoch { refused }) => {
            format!("refused {request}, {refused} over")
        }
        Tell::Refused(Refusal::StaleBase { .. }) => format!("refused {request}, stale base"),
        Tell::Refused(Refusal::Superseded { .. }) => format!("refused {request}, unknown"),
        Tell::Renewed { deadline } => format!("renewed {request} till {deadline}"),
        Tell::Invalidate => format!("invalidate {epoch}"),
        Tell::Update { acknowledge: true } => format!("update {version} {epoch}"),
        Tell::Update { acknowledge: false } => format!("publish {version} {epoch}"),
    }
}

pub fn entry(entry: &EntryView) -> String {
    let EntryView { state, version, epoch, reads } = *entry;
    let (letter, waits) = match state {
        State::Fetching => ("I", ", fetching"),
        State::Upgrading => ("S", ", upgrading"),
        State::UpgradingInvalid => ("I", ", upgrading"),
        State::Committing => ("M", ", committing"),
        settled => (text::state(settled), ""),
    };
    // What an invalid copy once was says nothing.
    let version = version.filter(|_| letter != "I").map_or(String::new(), |it| format!(" {it}"));
    let epoch = if epoch.0 == 0 { String::new() } else { format!(" {epoch}") };
    let reads =
        if reads == 0 || letter == "I" { String::new() } else { format!(", read {reads}x") };
    format!("{letter}{version}{epoch}{reads}{waits}")
}

/// What a line is, and who has it.
pub fn line(line: &LineView) -> String {
    let hold = match line.hold {
        Hold::Free => "free".to_string(),
        Hold::Claimed(claim) => format!("claimed by {} till {}", claim.agent, claim.deadline),
        Hold::Owned(claim) => format!("owned by {} till {}", claim.agent, claim.deadline),
    };
    format!("{} {}, {hold}", line.version, line.epoch)
}

/// The copies that a line knows of.
pub fn copies(line: &LineView) -> String {
    let names = |agents: &[AgentId]| {
        let names: Vec<String> = agents.iter().map(AgentId::to_string).collect();
        names.join("+")
    };
    match (line.current.is_empty(), line.behind.is_empty()) {
        (true, true) => "knows of no copy".to_string(),
        (false, true) => format!("current: {}", names(&line.current)),
        (true, false) => format!("behind: {}", names(&line.behind)),
        (false, false) => {
            format!("current: {}, behind: {}", names(&line.current), names(&line.behind))
        }
    }
}
