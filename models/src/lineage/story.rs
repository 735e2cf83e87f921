//! A run, step by step, in words.

use super::{Action, Handoff, Packet, State};
use attune_protocol::AgentId;
use attune_protocol::lineage::{Ask, Phase, Refusal, Stage, Step, Tell};
use serde::Serialize;
use std::fmt;

/// One step: what happens, and what is then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub time: u32,
    pub what: String,
    /// What the record holds after it.
    pub record: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "t{:<3} {:<58} {}", self.time, self.what, self.record)
    }
}

/// Tells a run from the initial state. Names are those of the run itself, not of normal forms.
pub fn tell(model: &Handoff, way: &[Action]) -> Vec<Line> {
    let mut state = model.initial();
    let mut told = Vec::new();
    for &action in way {
        let Some((next, _)) = model.step(&state, action) else { break };
        let what = words(&state, &next, action);
        told.push(Line { time: next.now.0, what, record: record(&next) });
        state = model.of_use(next);
    }
    told
}

fn record(state: &State) -> String {
    let record = &state.record;
    let phase = match record.phase() {
        Phase::Offered => format!("{} is offered", record.generation()),
        Phase::Acting(lease) => {
            format!("{} acts as {} until {}", lease.agent, record.generation(), lease.deadline)
        }
        Phase::Finished => "finished".to_string(),
    };
    let steps: Vec<String> = record.steps().iter().zip(&state.happened).map(step).collect();
    let owner = state.grants.as_ref().map(|grants| match grants.line.owner() {
        None => "; the line is free".to_string(),
        Some(owner) => format!("; {} has the line", who(state, owner)),
    });
    format!("{phase}; {}{}", steps.join(", "), owner.unwrap_or_default())
}

fn step((step, times): (&Step, &u8)) -> String {
    let known = match step {
        Step::Open => "open".to_string(),
        Step::Begun { by, doubt: false } => format!("begun by {by}"),
        Step::Begun { by, doubt: true } => format!("begun by {by} in doubt"),
        Step::Done { by } => format!("done by {by}"),
    };
    match times {
        0 => known,
        1 => format!("{known} (has happened)"),
        times => format!("{known} (has happened {times} times)"),
    }
}

fn who(state: &State, agent: AgentId) -> String {
    let carriers = state.agents.len() as u32;
    match agent.0 {
        number if number == carriers => "the estate".to_string(),
        number if number > carriers => "the stranger".to_string(),
        _ => agent.to_string(),
    }
}

fn words(state: &State, next: &State, action: Action) -> String {
    let sent = |id: AgentId| {
        let again = next.agents[id.0 as usize].carrier.again(id);
        again.map_or(String::new(), |message| asks(message.ask, message.generation))
    };
    let at = |place: u8| message(&state.flight[usize::from(place)]);
    let kept = |kept: bool| if kept { ", and will again" } else { "" };
    match action {
        Action::Start(id) => format!("{id} is started and asks {}", sent(id)),
        Action::Begin(id, _)
        | Action::Add(id)
        | Action::Complete(id)
        | Action::Prepare(id)
        | Action::Heartbeat(id)
        | Action::Divide(id) => format!("{id} asks {}", sent(id)),
        Action::Again(id) => format!("{id} asks again {}", sent(id)),
        Action::Look(id) => {
            let work = next.agents[id.0 as usize].carrier.work();
            format!("{id} looks: {work:?}")
        }
        Action::Effect(id) => format!("{id} lets the effect take place"),
        Action::RecordGets { place, kept: again, stops } => {
            let ends = if stops { "; the authority stops and recovers" } else { "" };
            format!("the record gets {}{}{ends}", at(place), kept(again))
        }
        Action::AgentGets { place, kept: again } => format!("{}{}", at(place), kept(again)),
        Action::Lose(place) => format!("lost: {}", at(place)),
        Action::Crash(id) => match state.agents[id.0 as usize].carrier.stage() {
            Stage::Acting { generation, .. } => format!("{id}, {generation}, crashes"),
            _ => format!("{id} crashes"),
        },
        Action::Time => "time passes".to_string(),
        Action::Expire => "the record's deadline is acted on".to_string(),
        Action::Upgrade(id) => format!("{} asks for the line", who(state, id)),
        Action::Commit(id) => format!("{} commits to the line", who(state, id)),
        Action::Release(id) => format!("{} gives the line back", who(state, id)),
        Action::LineExpires => "the line's deadline is acted on".to_string(),
    }
}

fn message(packet: &Packet) -> String {
    match packet {
        Packet::ToLineage(message) => {
            format!("from {}: {}", message.agent, asks(message.ask, message.generation))
        }
        Packet::ToAgent(message) => {
            format!("{} as {} hears: {}", message.agent, message.generation, tells(message.tell))
        }
    }
}

fn asks(ask: Ask, generation: attune_protocol::lineage::Generation) -> String {
    match ask {
        Ask::Inherit => format!("to be {generation}"),
        Ask::Heartbeat => format!("as {generation} to renew the lease"),
        Ask::Add(step) => format!("as {generation} to add {step}"),
        Ask::Begin(step) => format!("as {generation} to begin {step}"),
        Ask::Complete(step) => format!("as {generation} to call {step} done"),
        Ask::Prepare(dna) => format!("as {generation} to keep {dna}"),
        Ask::Divide(dna) => format!("as {generation} to divide with {dna}"),
        Ask::Retire => format!("{generation} has stopped"),
    }
}

fn tells(tell: Tell) -> String {
    match tell {
        Tell::Inherited { dna: Some(dna) } => format!("it is yours, with {dna}"),
        Tell::Inherited { dna: None } => "it is yours".to_string(),
        Tell::Renewed => "the lease is renewed".to_string(),
        Tell::Added(step) => format!("{step} is added"),
        Tell::Begun { step, doubt: false } => format!("{step} is begun"),
        Tell::Begun { step, doubt: true } => format!("{step} is begun, in doubt"),
        Tell::Done(step) => format!("{step} is done"),
        Tell::Prepared(_) => "the draft is kept".to_string(),
        Tell::Divided => "the next generation is offered".to_string(),
        Tell::Refused(Refusal::Over) => "refused, it is over".to_string(),
        Tell::Refused(Refusal::Taken { by }) => format!("refused, {by} is that generation"),
        Tell::Refused(Refusal::NoSuchStep { next }) => format!("refused, the next is {next}"),
        Tell::Refused(Refusal::NotBegun(step)) => format!("refused, {step} is not begun"),
        Tell::Retire => "your generation is over".to_string(),
    }
}
