//! What agents do: take their turns, and react to what they are told.

use super::agent::{Access, Doing};
use super::simulation::{Checked, Simulation};
use super::streams;
use crate::scenario::ContextModel;
use attune_protocol::{AgentId, AgentSet, Ask, Event, Miss, Read, Refusal, Tick, ToLine, Version};

impl<S: AgentSet> Simulation<'_, S> {
    /// One agent's turn in a tick.
    #[inline]
    pub fn turn(&mut self, agent: AgentId) -> Checked {
        if !self.fault_streams.is_empty() && self.is_down(agent) {
            return Ok(());
        }
        match self.agents[agent.0 as usize].doing {
            Doing::Nothing | Doing::Down { .. } => self.act(agent),
            Doing::Waiting { artifact, sent, at } => {
                self.report.ticks_waited += 1;
                let lossy = self.scenario.network.request_loss_rate > 0.0;
                if lossy && self.now - at >= self.scenario.protocol.retry_ticks {
                    self.request(agent, artifact, sent)?;
                }
                self.conclude(artifact)
            }
            Doing::Writing { artifact, until, heartbeat } => {
                if until <= self.now {
                    self.commit(agent, artifact)?;
                } else if heartbeat <= self.now {
                    self.heartbeat(agent, artifact, until)?;
                }
                self.conclude(artifact)
            }
        }
    }

    #[inline]
    fn act(&mut self, agent: AgentId) -> Checked {
        for _ in 0..self.accesses.per_tick {
            let random = &mut self.agents[agent.0 as usize].accesses;
            let Some(Access { artifact, write }) = self.accesses.draw(random) else { continue };
            self.report.actions += 1;
            if write {
                self.start_write(agent, artifact)?;
            } else {
                self.read(agent, artifact)?;
            }
            self.conclude(artifact)?;
            if !matches!(self.agents[agent.0 as usize].doing, Doing::Nothing) {
                break;
            }
        }
        Ok(())
    }

    #[inline]
    fn read(&mut self, agent: AgentId, artifact: u32) -> Checked {
        self.report.reads += 1;
        let (now, rules) = (Tick(self.now), self.rules);
        match self.entry(agent, artifact).read(now, &rules) {
            Read::Hit(version) => {
                self.report.hits += 1;
                if self.scenario.context == ContextModel::AlwaysRead {
                    let size = self.scenario.artifacts[artifact as usize].size_tokens;
                    self.report.reinjected_tokens += u64::from(size);
                }
                self.measure_staleness(agent, artifact, version);
                self.check_copy(agent, artifact)
            }
            Read::Miss(miss) => {
                match miss {
                    Miss::Cold => self.report.misses_cold += 1,
                    Miss::Invalidated => self.report.misses_invalidated += 1,
                    Miss::Expired => self.report.misses_expired += 1,
                    Miss::Bound => self.report.misses_bound += 1,
                }
                let request = self.agents[agent.0 as usize].next_request();
                let fetch = self.entry(agent, artifact).fetch(agent, request, &rules);
                self.request(agent, artifact, fetch)
            }
        }
    }

    #[inline]
    fn start_write(&mut self, agent: AgentId, artifact: u32) -> Checked {
        self.report.writes += 1;
        let (now, rules) = (Tick(self.now), self.rules);
        let request = self.agents[agent.0 as usize].next_request();
        let entry = self.entry(agent, artifact);
        let miss = entry.miss(now, &rules).is_some();
        let upgrade = entry.upgrade(now, agent, request, &rules);
        self.report.write_misses += u64::from(miss);
        self.request(agent, artifact, upgrade)
    }

    /// Granted: the write takes its time, or none.
    fn write(&mut self, agent: AgentId, artifact: u32) -> Checked {
        let duration = match self.write_streams.get_mut(agent.0 as usize) {
            Some(random) => streams::duration(&self.scenario.protocol.write_ticks, random),
            None => streams::longest(&self.scenario.protocol.write_ticks),
        };
        if duration == 0 {
            return self.commit(agent, artifact);
        }
        let beat = self.scenario.protocol.heartbeat_ticks;
        self.agents[agent.0 as usize].doing = Doing::Writing {
            artifact,
            until: self.now.saturating_add(duration),
            heartbeat: beat.map_or(u32::MAX, |ticks| self.now.saturating_add(ticks)),
        };
        Ok(())
    }

    fn commit(&mut self, agent: AgentId, artifact: u32) -> Checked {
        let request = self.agents[agent.0 as usize].next_request();
        let entry = self.entry(agent, artifact);
        let commit = entry.write().and_then(|()| entry.commit(agent, request));
        let commit =
            commit.expect("an agent that writes holds the grant until it is told otherwise");
        self.request(agent, artifact, commit)
    }

    fn heartbeat(&mut self, agent: AgentId, artifact: u32, until: u32) -> Checked {
        let request = self.agents[agent.0 as usize].next_request();
        let beat = self.entry(agent, artifact).heartbeat(agent, request);
        let beat = beat.expect("an agent that writes holds the grant until it is told otherwise");
        let every = self.scenario.protocol.heartbeat_ticks.unwrap_or(u32::MAX);
        self.agents[agent.0 as usize].doing =
            Doing::Writing { artifact, until, heartbeat: self.now.saturating_add(every) };
        self.ask(artifact, beat)
    }

    /// Sends a request, whose answer the agent then waits for.
    #[inline]
    fn request(&mut self, agent: AgentId, artifact: u32, message: ToLine) -> Checked {
        self.agents[agent.0 as usize].doing =
            Doing::Waiting { artifact, sent: message, at: self.now };
        self.ask(artifact, message)
    }

    /// What an agent makes of a message that did something.
    #[inline]
    pub fn on_event(&mut self, agent: AgentId, artifact: u32, event: Event) -> Checked {
        match event {
            Event::Filled(version) => {
                self.agents[agent.0 as usize].doing = Doing::Nothing;
                self.measure_staleness(agent, artifact, version);
            }
            Event::Granted => return self.write(agent, artifact),
            Event::Committed(_) => self.agents[agent.0 as usize].doing = Doing::Nothing,
            Event::Lost(refusal) => self.lose_write(agent, refusal),
            Event::Ignored
            | Event::Held { .. }
            | Event::Renewed(_)
            | Event::Invalidated
            | Event::Updated(_) => {}
        }
        Ok(())
    }

    fn lose_write(&mut self, agent: AgentId, refusal: Refusal) {
        let doing = std::mem::replace(&mut self.agents[agent.0 as usize].doing, Doing::Nothing);
        let committing = matches!(doing, Doing::Waiting { sent, .. } if sent.ask == Ask::Commit);
        match refusal {
            Refusal::LostEpoch { .. } => {
                self.report.commits_refused_lost_epoch += u64::from(committing);
                self.report.writes_lost_to_expiry += 1;
            }
            Refusal::StaleBase { .. } => self.report.commits_refused_stale_base += 1,
            Refusal::Superseded { .. } => self.report.commits_unknown += 1,
        }
    }

    #[inline]
    fn measure_staleness(&mut self, agent: AgentId, artifact: u32, version: Version) {
        if version == self.lines[artifact as usize].version() {
            return;
        }
        let reads = self.entry(agent, artifact).reads();
        let age = self.age(artifact, version);
        self.report.stale_reads += 1;
        self.staleness_reads.add(u32::from(reads));
        self.staleness_ticks.add(age);
    }

    /// Lets an agent crash or come back; whether it is away.
    fn is_down(&mut self, agent: AgentId) -> bool {
        let place = agent.0 as usize;
        if let Doing::Down { until } = self.agents[place].doing {
            if self.now < until {
                return true;
            }
            self.agents[place].doing = Doing::Nothing;
        }
        let random = &mut self.fault_streams[place];
        if !self.crashes.hits(random) {
            return false;
        }
        let away = streams::duration(&self.scenario.faults.recovery_ticks, random);
        let doing = self.agents[place].doing;
        let wrote = matches!(doing, Doing::Writing { .. })
            || matches!(doing, Doing::Waiting { sent, .. } if sent.ask == Ask::Commit);
        self.report.writes_lost_to_crash += u64::from(wrote);
        self.report.crashes += 1;
        self.forget(agent);
        self.agents[place].doing = Doing::Down { until: self.now.saturating_add(away.max(1)) };
        true
    }
}
