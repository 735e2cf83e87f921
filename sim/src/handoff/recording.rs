//! What happened to one lineage, as a file: JSON lines, a header and then an event each.
//!
//! An event has what the record was given, and what it answered: a message, and grants that pass.
//! Replaying gives the same to the core and compares. A recording says nothing of contexts and facts;
//! it is about who was allowed what.

use attune_protocol::lineage::{
    Input, Lineage, Output, Record, Recorded, Rules, ToAgent, invariants,
};
use attune_protocol::{AgentId, Pass, Strict, Tick};
use serde::{Deserialize, Serialize};

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always [`FORMAT`].
    pub format: String,
    pub scenario: String,
    pub seed: i64,
    pub estate: AgentId,
    pub steps: u32,
    pub lease_ticks: u32,
    pub estate_ticks: u32,
}

pub const FORMAT: &str = "attune lineage 1";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    pub now: Tick,
    pub input: Input,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passes: Vec<Pass>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tells: Vec<ToAgent>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    pub header: Header,
    pub events: Vec<Event>,
}

/// Why a recording was not read, or did not replay. Lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum BadRecording {
    #[error("line {line}: {source}; each line is one JSON object as the simulator writes it")]
    Syntax { line: usize, source: serde_json::Error },
    #[error("line 1: found format {found:?}, allowed: {FORMAT:?}; record it again")]
    Format { found: String },
    #[error("it is empty; a recording begins with a header")]
    Empty,
    #[error("line {line}: the core gives {gives}, the recording has {has}")]
    Differs { line: usize, gives: String, has: String },
    #[error("line {line}: {violation}")]
    Broken { line: usize, violation: invariants::Violation },
}

impl Recording {
    pub fn to_json_lines(&self) -> String {
        let line = |json: serde_json::Result<String>| json.expect("numbers and words") + "\n";
        let mut text = line(serde_json::to_string(&self.header));
        for event in &self.events {
            text += &line(serde_json::to_string(event));
        }
        text
    }

    pub fn from_json_lines(text: &str) -> Result<Recording, BadRecording> {
        let mut lines = text.lines();
        let first = lines.next().ok_or(BadRecording::Empty)?;
        let syntax = |line| move |source| BadRecording::Syntax { line, source };
        let header: Header = serde_json::from_str(first).map_err(syntax(1))?;
        if header.format != FORMAT {
            return Err(BadRecording::Format { found: header.format });
        }
        let events = lines
            .enumerate()
            .map(|(place, line)| serde_json::from_str(line).map_err(syntax(place + 2)));
        Ok(Recording { header, events: events.collect::<Result<_, _>>()? })
    }

    /// Gives the events to the core, and compares what it says. The lineage as it is in the end.
    pub fn replay(&self) -> Result<Lineage, BadRecording> {
        let Header { estate, steps, lease_ticks, estate_ticks, .. } = self.header;
        let rules = Rules { lease_ticks, estate_ticks, discipline: Strict };
        let mut recorded = Recorded::new(Lineage::new(estate, steps));
        for (place, event) in self.events.iter().enumerate() {
            let line = place + 2;
            let again = Event::of(&mut recorded, event.now, event.input, &rules);
            if again != *event {
                let (gives, has) = (format!("{again:?}"), format!("{event:?}"));
                return Err(BadRecording::Differs { line, gives, has });
            }
            invariants::record(&recorded.lineage)
                .map_err(|violation| BadRecording::Broken { line, violation })?;
        }
        Ok(recorded.lineage)
    }
}

impl Event {
    /// Gives an input to a record, as the next of its log.
    pub fn of(recorded: &mut Recorded, now: Tick, input: Input, rules: &Rules) -> Event {
        let record = Record { sequence: recorded.applied.next(), now, input };
        let mut event = Event { now, input, passes: Vec::new(), tells: Vec::new() };
        recorded
            .apply(record, rules, |output| match output {
                Output::Pass(pass) => event.passes.push(pass),
                Output::Tell(message) => event.tells.push(message),
            })
            .expect("the next of the log");
        event
    }
}
