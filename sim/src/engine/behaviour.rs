//! What agents do: take their turns, and react to what they are told.

use super::accesses::Access;
use super::agent::Doing;
use super::layout::{Agents, Copies, Layout, Touched};
use super::simulation::{Checked, Simulation};
use super::streams::{self, Chance};
use crate::scenario::ContextModel;
use attune_protocol::{AgentId, Event, Miss, Read, Refusal, State, Tick, Version};

impl<L: Layout> Simulation<'_, L> {
    /// Each agent's turn.
    #[inline(never)]
    pub fn take_turns(&mut self) -> Checked {
        self.accesses.next_tick();
        if L::SPARSE {
            return self.take_turns_of_few();
        }
        (0..self.agents.len() as u32).try_for_each(|agent| self.turn(AgentId(agent)))
    }

    /// One agent's turn in a tick.
    #[inline(always)]
    fn turn(&mut self, agent: AgentId) -> Checked {
        if self.crashes != Chance::NEVER && self.is_down(agent) {
            return Ok(());
        }
        match self.agents[agent.0 as usize].doing {
            Doing::Nothing | Doing::Down { .. } => self.act(agent),
            doing => self.go_on(agent, doing),
        }
    }

    /// Goes on waiting or writing.
    #[inline(never)]
    pub fn go_on(&mut self, agent: AgentId, doing: Doing) -> Checked {
        match doing {
            Doing::Nothing | Doing::Down { .. } => Ok(()),
            Doing::Waiting { artifact, since, .. } => {
                self.report.ticks_waited += 1;
                // Where an answer can be lost it may have to be asked for again.
                let certain = self.channels.control_is_instant();
                if !certain && self.now - since >= self.scenario.protocol.retry_ticks {
                    let sent = self.agents[agent.0 as usize].sent;
                    self.request(artifact, sent.expect("who waits has sent a request"))?;
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

    #[inline(always)]
    fn act(&mut self, agent: AgentId) -> Checked {
        if !self.accesses.may_act(agent.0, &mut self.agents[agent.0 as usize]) {
            return Ok(());
        }
        let mut left = self.accesses.per_tick;
        while left > 0 {
            left -= 1;
            let state = &mut self.agents[agent.0 as usize];
            if self.accesses.acts(agent.0, state) {
                let access = self.accesses.choose(agent.0, state);
                self.access(agent, access)?;
                if left > 0 && !matches!(self.agents[agent.0 as usize].doing, Doing::Nothing) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// [`Simulation::act`] of an agent that was found to act.
    pub fn act_if_it_may(&mut self, agent: AgentId) -> Checked {
        let state = &mut self.agents[agent.0 as usize];
        let acts =
            self.accesses.may_act(agent.0, state) && self.accesses.acts_of_found(agent.0, state);
        let left = if acts { self.accesses.per_tick } else { 0 };
        for _ in 0..left {
            let state = &mut self.agents[agent.0 as usize];
            let access = self.accesses.choose(agent.0, state);
            self.access(agent, access)?;
            if !matches!(self.agents[agent.0 as usize].doing, Doing::Nothing) {
                break;
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn access(&mut self, agent: AgentId, access: Access) -> Checked {
        let Access { artifact, write } = access;
        if write { self.start_write(agent, artifact) } else { self.read(agent, artifact) }
    }

    /// Reads the copy, or fetches and reads. A fetch that takes no time leaves nothing to conclude.
    #[inline(never)]
    fn read(&mut self, agent: AgentId, artifact: u32) -> Checked {
        let now = Tick(self.now);
        self.touched.add(agent, artifact);
        let mut pair = self.artifacts[artifact as usize].pair(agent);
        let version = match pair.entry.read(now, &self.rules) {
            Read::Hit(version) => {
                self.report.hits += 1;
                if let Err(broken) = pair.check_read(agent, &self.rules) {
                    return Err(self.failure(artifact, broken));
                }
                if self.scenario.context == ContextModel::AlwaysRead {
                    let size = self.scenario.artifacts[artifact as usize].size_tokens;
                    self.report.reinjected_tokens += u64::from(size);
                }
                version
            }
            Read::Miss(miss) => {
                match miss {
                    Miss::Cold => self.report.misses_cold += 1,
                    Miss::Invalidated => self.report.misses_invalidated += 1,
                    Miss::Expired => self.report.misses_expired += 1,
                    Miss::Bound => self.report.misses_bound += 1,
                }
                let request = self.agents[agent.0 as usize].next_request();
                let fetch = pair.entry.fetch(agent, request, &self.rules);
                if !self.channels.control_is_instant() || pair.line.is_due(now) {
                    self.send_request(artifact, fetch)?;
                    return self.conclude(artifact);
                }
                match pair.settle(now, fetch, &self.rules, &mut self.channels, artifact) {
                    Ok(Event::Filled(version)) => version,
                    other => {
                        self.wait_or_fail(artifact, fetch, other)?;
                        return self.conclude(artifact);
                    }
                }
            }
        };
        if version != pair.line.version() {
            self.count_stale_read(agent, artifact, version);
        }
        Ok(())
    }

    #[inline(never)]
    fn start_write(&mut self, agent: AgentId, artifact: u32) -> Checked {
        self.report.writes += 1;
        let entry = self.artifacts[artifact as usize].copies.get(agent);
        let miss = entry.miss(Tick(self.now), &self.rules);
        self.report.write_misses += u64::from(miss.is_some());
        self.ask_to_write(agent, artifact)?;
        self.conclude(artifact)
    }

    #[inline(always)]
    fn ask_to_write(&mut self, agent: AgentId, artifact: u32) -> Checked {
        let request = self.agents[agent.0 as usize].next_request();
        self.touched.add(agent, artifact);
        let (entry, _) = self.artifacts[artifact as usize].copies.of(agent);
        let upgrade = entry.upgrade(Tick(self.now), agent, request, &self.rules);
        self.request(artifact, upgrade)
    }

    /// Granted: the write takes its time, or none.
    #[inline(never)]
    fn write(&mut self, agent: AgentId, artifact: u32) -> Checked {
        let duration = match &mut self.write_streams {
            Some(all) => streams::duration(&self.scenario.protocol.write_ticks, all.of(agent.0)),
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

    #[inline(never)]
    fn commit(&mut self, agent: AgentId, artifact: u32) -> Checked {
        let request = self.agents[agent.0 as usize].next_request();
        let (entry, _) = self.artifacts[artifact as usize].copies.of(agent);
        let commit =
            entry.write(&self.rules).and_then(|()| entry.commit(agent, request, &self.rules));
        let commit =
            commit.expect("an agent that writes holds the grant until it is told otherwise");
        self.request(artifact, commit)
    }

    #[inline(never)]
    fn heartbeat(&mut self, agent: AgentId, artifact: u32, until: u32) -> Checked {
        let request = self.agents[agent.0 as usize].next_request();
        let entry = self.artifacts[artifact as usize].copies.get(agent);
        let beat = entry.heartbeat(agent, request);
        let beat = beat.expect("an agent that writes holds the grant until it is told otherwise");
        let every = self.scenario.protocol.heartbeat_ticks.unwrap_or(u32::MAX);
        self.agents[agent.0 as usize].doing =
            Doing::Writing { artifact, until, heartbeat: self.now.saturating_add(every) };
        self.say(artifact, beat)
    }

    /// What an agent makes of a message that did something.
    #[inline(always)]
    pub fn on_event(&mut self, agent: AgentId, artifact: u32, event: Event) -> Checked {
        match event {
            Event::Filled(version) => {
                self.agents[agent.0 as usize].doing = Doing::Nothing;
                self.measure_staleness(agent, artifact, version);
            }
            Event::Granted => return self.write(agent, artifact),
            Event::Committed(_) => self.agents[agent.0 as usize].doing = Doing::Nothing,
            Event::Lost(refusal) => return self.lose_write(agent, artifact, refusal),
            Event::Ignored
            | Event::Held { .. }
            | Event::Renewed(_)
            | Event::Invalidated
            | Event::Updated(_) => {}
        }
        Ok(())
    }

    #[cold]
    fn lose_write(&mut self, agent: AgentId, artifact: u32, refusal: Refusal) -> Checked {
        let doing = std::mem::replace(&mut self.agents[agent.0 as usize].doing, Doing::Nothing);
        let committing = matches!(doing, Doing::Waiting { commit: true, .. });
        if let Doing::Waiting { commit: false, .. } = doing {
            // Nothing was written yet: the write starts again.
            self.report.grants_lost_to_expiry += 1;
            return self.ask_to_write(agent, artifact);
        }
        match refusal {
            Refusal::LostEpoch { .. } => {
                self.report.commits_refused_lost_epoch += u64::from(committing);
                self.report.writes_lost_to_expiry += 1;
            }
            Refusal::StaleBase { .. } => self.report.commits_refused_stale_base += 1,
            Refusal::Superseded { .. } => self.report.commits_unknown += 1,
        }
        Ok(())
    }

    /// Whether a read of `version` was stale, and by how much.
    #[inline(always)]
    fn measure_staleness(&mut self, agent: AgentId, artifact: u32, version: Version) {
        if version != self.artifacts[artifact as usize].line.version() {
            self.count_stale_read(agent, artifact, version);
        }
    }

    #[inline(never)]
    fn count_stale_read(&mut self, agent: AgentId, artifact: u32, version: Version) {
        let place = &self.artifacts[artifact as usize];
        self.report.stale_reads += 1;
        self.staleness_reads.add(u32::from(place.copies.get(agent).reads()));
        self.staleness_ticks.add(self.now - place.history.replaced_at(version));
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
        if !self.crashes.hits(self.fault_streams.of(agent.0)) {
            return false;
        }
        self.crash(agent);
        true
    }

    pub fn crash(&mut self, agent: AgentId) {
        let place = agent.0 as usize;
        let random = self.fault_streams.of(agent.0);
        let away = streams::duration(&self.scenario.faults.recovery_ticks, random);
        match self.agents[place].doing {
            Doing::Waiting { commit: true, .. } => self.report.commits_unknown += 1,
            Doing::Waiting { artifact, .. } => {
                let entry = self.artifacts[artifact as usize].copies.get(agent);
                let upgrading = matches!(entry.state(), State::Upgrading | State::UpgradingInvalid);
                self.report.writes_lost_to_crash += u64::from(upgrading);
            }
            Doing::Writing { .. } => self.report.writes_lost_to_crash += 1,
            Doing::Nothing | Doing::Down { .. } => {}
        }
        self.report.crashes += 1;
        self.forget(agent);
        self.agents[place].doing = Doing::Down { until: self.now.saturating_add(away.max(1)) };
    }
}
