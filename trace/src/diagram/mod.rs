//! A trace as a sequence diagram: who did what, what was sent, what arrived, and what it changed.

pub(crate) mod label;
mod mermaid;
mod picture;
mod terminal;

pub use mermaid::mermaid;
pub use terminal::terminal;

use crate::reference::Property;
use crate::{End, Header, Verdict};
use attune_protocol::{AtCommit, AtTick, AtUpgrade, Expiry};

/// The rules of a trace in words.
fn rules(header: &Header) -> String {
    let rules = &header.rules;
    let mut parts = vec![
        match rules.strategy.at_upgrade {
            AtUpgrade::Keep => "readers keep their copies while another writes",
            AtUpgrade::Invalidate => "a claim to write invalidates all other copies",
        }
        .to_string(),
        match rules.strategy.at_commit {
            AtCommit::Silent => "a commit tells nobody",
            AtCommit::Invalidate => "a commit invalidates older copies",
            AtCommit::Push => "a commit is sent to older copies",
        }
        .to_string(),
    ];
    if rules.strategy.at_tick == AtTick::Push {
        parts.push("content is sent to everybody at each tick".to_string());
    }
    match rules.strategy.expiry {
        Expiry::Never => {}
        Expiry::Ticks(ttl) => parts.push(format!("a copy lives for {}", counted(ttl, "tick"))),
        Expiry::Reads(reads) => {
            parts.push(format!("a copy is good for {}", counted(reads.into(), "read")))
        }
    }
    if let Some(bound) = rules.bound_reads {
        parts.push(format!("at most {} between syncs", counted(bound.into(), "read")));
    }
    let lease = counted(rules.lease_ticks, "tick");
    let wait = counted(rules.acknowledgement_ticks, "tick");
    parts.push(format!("a grant lasts {lease}, a claim waits {wait} at most"));
    parts.join("; ")
}

pub(crate) fn counted(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// What a trace shows, as a heading and an explanation.
fn verdict(end: &End, steps: usize) -> (String, String) {
    let promise = |property: &str| {
        Property::named(property).map_or(String::new(), |known| {
            format!("The promise: {}. Source: {}.", known.statement(), known.source())
        })
    };
    match &end.verdict {
        Verdict::Broken { property, what, .. } => {
            (format!("BROKEN at step {steps}: {property}: {what}"), promise(property))
        }
        Verdict::Repeats { property, what, from_step } => (
            format!("BROKEN for ever: {property}: {what}"),
            format!(
                "Steps {from_step} to {steps} can follow one another again and again. {}",
                promise(property)
            ),
        ),
        verdict => {
            let mut words = crate::text::verdict(verdict);
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            (words, String::new())
        }
    }
}
