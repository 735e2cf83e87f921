//! Writing a trace: event by event, or straight from the actions.

use crate::lines;
use crate::{Action, End, Event, Header, Impossible, Machine, Verdict};
use serde::Serialize;
use std::io::{self, Write};

/// Writes a trace line by line.
pub struct Writer<W> {
    out: W,
}

impl<W: Write> Writer<W> {
    /// Writes the header.
    pub fn new(out: W, header: &Header) -> io::Result<Writer<W>> {
        let mut writer = Writer { out };
        lines::write(&mut writer.out, header)?;
        Ok(writer)
    }

    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        lines::write(&mut self.out, event)
    }

    /// Writes the last line and gives the output back, flushed.
    pub fn end(mut self, end: &End) -> io::Result<W> {
        #[derive(Serialize)]
        struct LastLine<'a> {
            end: &'a End,
        }
        lines::write(&mut self.out, &LastLine { end })?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Makes a trace from actions: a [`Machine`] that writes down what it does.
pub struct Recorder<W> {
    machine: Machine,
    writer: Writer<W>,
}

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("step {step} cannot happen: {source}")]
    Impossible { step: u32, source: Impossible },
    #[error("the trace cannot be written: {0}")]
    Io(#[from] io::Error),
}

impl<W: Write> Recorder<W> {
    pub fn new(out: W, header: &Header) -> io::Result<Recorder<W>> {
        let defect = header.defect().map_err(io::Error::other)?;
        let machine = header.machine(defect);
        Ok(Recorder { machine, writer: Writer::new(out, header)? })
    }

    /// The state so far, to choose the next action by.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Does one thing and writes it down.
    pub fn act(&mut self, artifact: u32, action: Action) -> Result<Event, RecordError> {
        let step = self.machine.steps() + 1;
        let event = self
            .machine
            .step(artifact, action)
            .map_err(|source| RecordError::Impossible { step, source })?;
        self.writer.event(&event)?;
        Ok(event)
    }

    /// Writes the last line and gives the output back, flushed.
    pub fn end(self, verdict: Verdict) -> io::Result<W> {
        self.writer.end(&self.machine.end(verdict))
    }
}
