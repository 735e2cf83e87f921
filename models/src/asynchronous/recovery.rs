//! What comes back after the authority has stopped; and normal forms, in which the log has its part.

use super::{Asynchronous, Flight, Input, LOG_MAX, Log, State};
use crate::fault::Fault;
use crate::few::Few;
use crate::normal::{Renaming, order};
use crate::packet::{Message, Packet};
use crate::world::Duty;
use arrayvec::ArrayVec;
use attune_protocol::Input as Given;
use attune_protocol::{Discipline, Hold, Line, Record, Recorded, Sequence, Tick, Version};
use attune_trace::reference::{self, Checked, Seen};

impl<D: Discipline, const A: usize> Asynchronous<D, A> {
    /// The line as it comes back from its log; the same as it was, or the promise is broken.
    pub(super) fn recover(&self, log: &Log, line: Line<Few>) -> Checked<Line<Few>> {
        let setting = &self.setting;
        if setting.neglected == Some(Duty::DurableBeforeAnswered) {
            return Ok(log.snapshot);
        }
        let records = log.records.iter().zip(1..).map(|(&(now, input), number)| {
            let input = match input {
                Input::Message(packet) => match packet.message() {
                    Message::ToLine(message) => Given::Message(message),
                    Message::ToAgent(_) => unreachable!("it was for the line"),
                },
                Input::Expire => Given::Expire,
                Input::Publish => Given::Publish { agents: setting.agents },
            };
            Record { sequence: Sequence(number), now, input }
        });
        let all = Sequence(log.records.len() as u64);
        let snapshot = Recorded { line: log.snapshot, applied: Sequence(0) };
        let mut seen = Seen::default();
        let now = Recorded { line, applied: all };
        let judged = reference::recovery(&snapshot, &now, records, &setting.rules, &mut seen);
        setting.coverage.note(seen);
        judged?;
        Ok(line)
    }

    /// Brings a state into normal form.
    pub fn normal(&self, state: &State<A>) -> State<A> {
        let agents = self.setting.agents;
        // A log tells times as they were: while there is one, they count from its beginning.
        let begun = state.log.as_ref().and_then(|log| log.records.first());
        let passed = begun.map_or(state.world.now, |&(then, _)| then);
        let mut names = Renaming::new(&self.setting, passed);
        names.look(&state.world, agents);
        state.flight.iter().for_each(|&packet| names.look_at(packet));
        if let Some(log) = &state.log {
            for (_, input) in &log.records {
                if let Input::Message(packet) = input {
                    names.look_at(*packet);
                }
            }
            names.look_at_line(&log.snapshot, agents);
            // What is done again counts from there one by one.
            names.keep_apart(log.snapshot.epoch(), state.world.line.epoch());
        }
        names.give();
        let renamed = names.agents(&state.world, agents);
        let mut flight: Flight = state.flight.iter().map(|&packet| names.packet(packet)).collect();
        self.sort(&mut flight);
        if self.symmetry {
            let log = state.log.as_deref();
            let records = log.map(|log| self.logged(log, &names));
            let log = log.zip(records.as_ref()).map(|(log, records)| (&log.snapshot, &records[..]));
            let order = order(&state.world, &renamed, &flight, log, agents);
            names.place(&order[..agents as usize]);
            flight = state.flight.iter().map(|&packet| names.packet(packet)).collect();
            self.sort(&mut flight);
        }
        let mut world = names.world(&state.world, &renamed, agents);
        world.now = Tick(state.world.now.0 - passed.0);
        let log = state.log.as_ref().map(|log| {
            let records = log.records.iter().map(|&(now, input)| {
                let input = match input {
                    Input::Message(packet) => Input::Message(names.packet(packet)),
                    other => other,
                };
                (Tick(now.0 - passed.0), input)
            });
            let records = records.collect();
            Box::new(Log { snapshot: log.snapshot.renamed(agents, &mut names), records })
        });
        State { world, flight, log, left: state.left, broken: state.broken }
    }

    /// The messages in a log.
    fn logged(&self, log: &Log, names: &Renaming<A>) -> ArrayVec<Option<Packet>, { LOG_MAX + 1 }> {
        let message = |&(_, input): &(Tick, Input)| match input {
            Input::Message(packet) => Some(names.packet(packet)),
            Input::Expire | Input::Publish => None,
        };
        log.records.iter().map(message).collect()
    }

    /// Links are ordered among each other by name; messages of one link keep their order unless
    /// they may overtake one another.
    pub(super) fn sort(&self, flight: &mut Flight) {
        if self.faults.allow(Fault::Reordering) {
            flight.sort_unstable();
        } else {
            flight.sort_by_key(|packet| packet.link());
        }
    }

    /// Whether nothing is under way: no message, no request, no claim.
    pub fn is_quiet(&self, state: &State<A>) -> bool {
        state.flight.is_empty()
            && state.world.line.hold() == Hold::Free
            && self.agents().all(|agent| state.world.agent(agent).outstanding.is_none())
    }

    /// The versions that a run goes through.
    pub fn last_version(&self) -> Version {
        Version::new(self.commits + 1).expect("from 1")
    }
}
