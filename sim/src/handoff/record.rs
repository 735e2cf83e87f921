//! The records of lineages: what they are given, what comes of it, and what their agents hear.

use super::agent::{Doing, Mind};
use super::post::Mail;
use super::recording::Event;
use super::simulation::{Checked, Simulation};
use attune_protocol::lineage::{
    Carrier, Dna, Event as Heard, Generation, Input, Phase, Stage, ToAgent,
};
use attune_protocol::{AgentId, Pass, Tick};

impl Simulation<'_> {
    /// Gives the record an input. What passes is passed before anything is told.
    pub fn give(&mut self, lineage: usize, input: Input) -> Checked {
        let carried = &mut self.lineages[lineage];
        let now = Tick(self.now);
        let before = carried.record.lineage.phase();
        let event = Event::of(&mut carried.record, now, input, &self.lineage_rules);
        if let Some(log) = &mut carried.log {
            log.push(event.clone());
        }
        if carried.done_at.is_none() && carried.record.lineage.is_done() {
            carried.done_at = Some(self.now);
        }
        if let Phase::Acting(lease) = before
            && carried.record.lineage.phase() != before
            && carried.record.lineage.acting().is_none()
        {
            // A parent that has not stopped yet, though it may not act.
            if let Doing::Working(mind) = &self.agents[lease.agent.0 as usize].doing {
                carried.remember(mind);
            }
        }
        for pass in event.passes {
            self.pass(lineage, pass)?;
        }
        for message in event.tells {
            self.post.send(Mail::FromLineage { message });
        }
        self.check_lineage(lineage)
    }

    /// Passes what an agent owns, on every line.
    fn pass(&mut self, lineage: usize, pass: Pass) -> Checked {
        let estate = self.lineages[lineage].record.lineage.estate();
        for artifact in 0..self.places.len() {
            let mut out = Vec::new();
            let line = &mut self.places[artifact].line;
            let owned = line.owner() == Some(pass.from);
            line.pass(Tick(self.now), pass, &self.rules, |message| out.push(message));
            if line.owner() == Some(pass.from) {
                let broken = format!("artifact {artifact} is still owned after it was passed");
                return Err(self.failure(broken));
            }
            if owned && line.owner() == Some(pass.to) {
                let counter = match pass.to == estate {
                    true => &mut self.report.grants_left,
                    false => &mut self.report.grants_passed,
                };
                *counter += 1;
            }
            self.send_from_line(artifact, out);
            self.check_line(artifact)?;
        }
        Ok(())
    }

    /// An agent hears from the record.
    pub fn hear_lineage(&mut self, message: ToAgent) -> Checked {
        let place = message.agent.0 as usize;
        let agent = &mut self.agents[place];
        let lineage = agent.lineage();
        let handled = agent.carrier.handle(Tick(self.now), message, &self.lineage_rules);
        if let Some(message) = handled.reply {
            self.post.send(Mail::ToLineage { lineage, message });
        }
        match handled.event {
            Heard::Inherited(dna) => self.inherit(place, dna),
            Heard::Divided => {
                self.report.divisions += 1;
                self.end(place);
            }
            Heard::Over => self.end(place),
            Heard::Taken { .. } => {
                self.report.started_in_vain += 1;
                self.end(place);
            }
            Heard::Refused(refusal) => {
                let AgentId(agent) = message.agent;
                return Err(self.failure(format!("a{agent} was refused: {refusal:?}")));
            }
            // The turn looks at how far its step is.
            Heard::Ignored
            | Heard::Renewed
            | Heard::Added(_)
            | Heard::Begun(_)
            | Heard::Done(_)
            | Heard::Prepared => {}
        }
        self.check_lineage(lineage)
    }

    /// A generation begins with what the draft has.
    fn inherit(&mut self, place: usize, dna: Option<Dna>) {
        let agent = &self.agents[place];
        let Some(generation) = acting(&agent.carrier) else { return };
        let carried = &mut self.lineages[agent.lineage()];
        let artifacts = self.places.len();
        let mut mind = Mind::new(generation, carried.task.facts.len(), artifacts);
        mind.heartbeat = self.now;
        mind.todo = carried.record.lineage.undone().map(|(step, _)| step).collect();
        let mut bytes = 0;
        if let Some(draft) = dna.and_then(|dna| carried.drafts.get(&dna)) {
            mind.known.clone_from(&draft.facts);
            if self.handoff.versions {
                mind.disk.clone_from(&draft.versions);
            }
            bytes = draft.bytes;
        }
        let dna_tokens = (bytes as f64 / self.scenario.wire.bytes_per_token).ceil() as u64;
        mind.context = u64::from(self.handoff.base_tokens) + dna_tokens;
        self.report.context_tokens += mind.context;
        self.report.dna_bytes += bytes;
        if generation > Generation(1) {
            self.report.handoffs += 1;
            let next = carried.next_step();
            if let Some((_, parent)) = &carried.last {
                for (number, fact) in carried.task.facts.iter().enumerate() {
                    if !parent[number] {
                        continue;
                    }
                    let kept = mind.known[number];
                    let uses = fact.uses_from(next);
                    self.report.facts_known += 1;
                    self.report.uses_known += uses;
                    self.report.facts_kept += u64::from(kept);
                    self.report.uses_kept += if kept { uses } else { 0 };
                    carried.of_first[number] |= generation == Generation(2);
                }
            }
        }
        for (never_dropped, &known) in carried.never_dropped.iter_mut().zip(&mind.known) {
            // Of what was made later it says nothing: only the first generation's is counted.
            *never_dropped &= known || generation == Generation(1);
        }
        let count =
            |facts: &mut dyn Iterator<Item = bool>| facts.filter(|&each| each).count() as u64;
        let first = || carried.of_first.iter().zip(&carried.never_dropped).zip(&mind.known);
        let of = self.report.generation(generation.0);
        of.lineages += 1;
        of.first_made += count(&mut first().map(|((&first, _), _)| first));
        of.first_kept += count(&mut first().map(|((&first, &kept), _)| first && kept));
        of.first_known += count(&mut first().map(|((&first, _), &known)| first && known));
        self.agents[place].doing = Doing::Working(Box::new(mind));
    }
}

fn acting(carrier: &Carrier) -> Option<Generation> {
    match carrier.stage() {
        Stage::Acting { generation, .. } => Some(generation),
        Stage::Idle | Stage::Inheriting { .. } | Stage::Dividing { .. } => None,
    }
}
