//! Lines and copies: what is decided, what an agent hears, and what a content is to a context.

use super::agent::{Activity, Agent, Asked, Doing, Mind, Stage};
use super::post::Mail;
use super::simulation::{Checked, Simulation};
use super::task::Action;
use attune_protocol::{
    AgentId, Ask, Event, Miss, Read, Tick, ToAgent, ToLine, Version, invariants,
};

impl Simulation<'_> {
    /// The line decides about a message.
    pub fn decide(&mut self, artifact: usize, message: ToLine) -> Checked {
        let mut out = Vec::new();
        let line = &mut self.places[artifact].line;
        let (version, owner) = (line.version(), line.owner());
        line.handle(Tick(self.now), message, &self.rules, |message| out.push(message));
        if line.version() != version {
            let derived = message.ask == Ask::Commit && message.version == Some(version);
            let owned = owner == Some(message.agent);
            if line.version() != version.next() || !derived || !owned {
                let broken = format!("artifact {artifact}: a commit was accepted wrongly");
                return Err(self.failure(broken));
            }
            self.report.commits += 1;
        }
        self.send_from_line(artifact, out);
        self.check_line(artifact)
    }

    pub fn expire_line(&mut self, artifact: usize) -> Checked {
        let mut out = Vec::new();
        let line = &mut self.places[artifact].line;
        line.expire(Tick(self.now), &self.rules, |message| out.push(message));
        self.send_from_line(artifact, out);
        self.check_line(artifact)
    }

    pub fn send_from_line(&mut self, artifact: usize, messages: Vec<ToAgent>) {
        for message in messages {
            self.post.send(Mail::FromLine { artifact, message });
        }
    }

    /// An agent hears from a line. A place without a process answers, too: it has no copy.
    pub fn hear_line(&mut self, artifact: usize, message: ToAgent) -> Checked {
        let AgentId(id) = message.agent;
        let place = id as usize;
        let ticks = self.current(place).map_or(0, |action| action.ticks);
        let entry = &mut self.places[artifact].entries[place];
        let handled = entry.handle(Tick(self.now), message, &self.rules);
        if let Some(message) = handled.reply {
            self.post.send(Mail::ToLine { artifact, message });
        }
        let Agent { doing: Doing::Working(mind), asked, .. } = &mut self.agents[place] else {
            return self.check_copy(artifact, place);
        };
        let size = u64::from(self.scenario.artifacts[artifact].size_tokens);
        // An entry answers to its own request alone, so these are about the action at hand.
        let stage = match handled.event {
            Event::Filled(version) => {
                self.report.context_tokens += mind.see(artifact, version, size);
                Stage::Busy { until: self.now.saturating_add(ticks) }
            }
            Event::Granted => {
                self.report.context_tokens += mind.see(artifact, message.version, size);
                Stage::Busy { until: self.now.saturating_add(ticks) }
            }
            Event::Held { deadline, .. } => {
                let retry = self.now.saturating_add(self.scenario.protocol.retry_ticks);
                let again = deadline.0.min(retry).max(self.now + 1);
                self.report.ticks_held_up += u64::from(again - self.now);
                Stage::Held { again }
            }
            Event::Committed(version) => {
                // It wrote this; its own tokens are those of the action.
                mind.seen[artifact] = Some(version);
                Stage::Done
            }
            Event::Lost(_) => {
                self.report.writes_lost += 1;
                Stage::Ready
            }
            Event::Updated(version) => {
                // What is sent unasked enters the context unasked.
                self.report.context_tokens += mind.see(artifact, version, size);
                return self.check_copy(artifact, place);
            }
            Event::Invalidated | Event::Renewed(_) | Event::Ignored => {
                return self.check_copy(artifact, place);
            }
        };
        *asked = None;
        if let Activity::Acting { stage: at, .. } = &mut mind.activity {
            *at = stage;
        }
        self.check_copy(artifact, place)
    }

    /// The action that an agent is at.
    pub fn current(&self, place: usize) -> Option<Action> {
        let agent = &self.agents[place];
        let Doing::Working(mind) = &agent.doing else { return None };
        let Activity::Acting { action, .. } = mind.activity else { return None };
        let step = mind.todo.front()?.0 as usize;
        self.lineages[agent.lineage()].task.steps[step].actions.get(action).copied()
    }

    /// Begins a read: the copy, or a request for one.
    pub fn read(&mut self, place: usize, mind: &mut Mind, action: Action) -> Stage {
        let artifact = action.artifact as usize;
        let now = Tick(self.now);
        let (entry, line) = {
            let at = &mut self.places[artifact];
            (&mut at.entries[place], &at.line)
        };
        self.report.reads += 1;
        match entry.read(now, &self.rules) {
            Read::Hit(version) => {
                self.report.hits += 1;
                self.report.stale_reads += u64::from(version < line.version());
                let size = u64::from(self.scenario.artifacts[artifact].size_tokens);
                self.report.context_tokens += mind.see(artifact, version, size);
                Stage::Busy { until: self.now.saturating_add(action.ticks) }
            }
            Read::Miss(miss) => {
                self.report.misses_cold += u64::from(miss == Miss::Cold);
                let agent = &mut self.agents[place];
                let message = entry.fetch(agent.id, agent.next_request(), &self.rules);
                self.ask_line(place, mind, artifact, message);
                Stage::Asked
            }
        }
    }

    /// Asks for the right to write.
    pub fn upgrade(&mut self, place: usize, mind: &Mind, artifact: usize) -> Stage {
        let agent = &mut self.agents[place];
        let entry = &mut self.places[artifact].entries[place];
        let request = agent.next_request();
        let message = entry.upgrade(Tick(self.now), agent.id, request, &self.rules);
        self.ask_line(place, mind, artifact, message);
        Stage::Asked
    }

    /// Commits what was written, or goes back to the beginning if the grant is gone.
    pub fn commit(&mut self, place: usize, mind: &Mind, artifact: usize) -> Stage {
        let agent = &mut self.agents[place];
        let entry = &mut self.places[artifact].entries[place];
        let (id, request) = (agent.id, agent.next_request());
        let committed =
            entry.write(&self.rules).and_then(|()| entry.commit(id, request, &self.rules));
        match committed {
            Ok(message) => {
                self.ask_line(place, mind, artifact, message);
                Stage::Asked
            }
            Err(_) => Stage::Ready,
        }
    }

    /// Sends a request. An agent without a copy names the version that is on the disk it took over,
    /// so that an unchanged content is confirmed. Only the request says so: to the core it has no
    /// copy until the answer, as after any crash.
    fn ask_line(&mut self, place: usize, mind: &Mind, artifact: usize, message: ToLine) {
        let has_content = !matches!(message.ask, Ask::Fetch | Ask::Upgrade);
        let version = match message.version {
            None if !has_content => mind.disk[artifact],
            version => version,
        };
        let message = ToLine { version, ..message };
        self.agents[place].asked = Some(Asked { artifact, message, sent: self.now });
        self.post.send(Mail::ToLine { artifact, message });
    }

    /// What an agent's draft says of the artifacts: its copies, and what it took over itself.
    pub fn versions(&self, place: usize, mind: &Mind) -> Vec<Option<Version>> {
        let copies = self.places.iter().map(|at| at.entries[place].version());
        copies.zip(&mind.disk).map(|(copy, disk)| copy.or(*disk)).collect()
    }

    pub fn check_line(&self, artifact: usize) -> Checked {
        invariants::line(&self.places[artifact].line)
            .map_err(|violation| self.failure(format!("artifact {artifact}: {violation}")))
    }

    fn check_copy(&self, artifact: usize, place: usize) -> Checked {
        let at = &self.places[artifact];
        let (id, entry) = (AgentId(place as u32), &at.entries[place]);
        invariants::copy(&at.line, id, entry)
            .and_then(|()| invariants::bounded_staleness(id, entry, &self.rules))
            .map_err(|violation| self.failure(format!("artifact {artifact}: {violation}")))
    }

    /// Every promise of every artifact.
    pub fn check_lines(&self) -> Checked {
        for (artifact, at) in self.places.iter().enumerate() {
            let copies = || {
                let entries = at.entries.iter().enumerate();
                entries.map(|(place, entry)| (AgentId(place as u32), entry))
            };
            self.check_line(artifact)?;
            (0..at.entries.len()).try_for_each(|place| self.check_copy(artifact, place))?;
            invariants::single_writer(&at.line, copies())
                .and_then(|()| invariants::readers_excluded(&at.line, copies(), &self.rules))
                .map_err(|violation| self.failure(format!("artifact {artifact}: {violation}")))?;
        }
        Ok(())
    }
}

impl Mind {
    /// A version's content comes before the agent: the tokens that it adds to the context.
    pub fn see(&mut self, artifact: usize, version: Version, size: u64) -> u64 {
        if self.seen[artifact] == Some(version) {
            return 0;
        }
        self.seen[artifact] = Some(version);
        self.context += size;
        size
    }
}
