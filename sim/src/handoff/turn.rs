//! What an agent does when it has its turn.

use super::agent::{Activity, Doing, Mind, Stage};
use super::draft::{Draft, Drafted, keep};
use super::post::Mail;
use super::simulation::{Checked, Simulation};
use super::task::Action;
use attune_protocol::lineage::{Ask, Carrier, MayNot, ToLineage, Work};
use attune_protocol::{AgentId, RequestId, Tick};

/// How a process goes on.
enum Next {
    /// It can do more now.
    On,
    /// It waits: for an answer, or for time to pass.
    Waits,
    /// It ends.
    Ends,
}

impl Simulation<'_> {
    pub fn take_turn(&mut self, place: usize) -> Checked {
        if matches!(self.agents[place].doing, Doing::Idle) {
            return Ok(());
        }
        if self.crashes_now(place) {
            self.report.crashes += 1;
            self.end(place);
            return Ok(());
        }
        self.ask_again(place);
        self.deliver()?;
        match self.agents[place].doing {
            Doing::Idle | Doing::Asking => {}
            Doing::Starting { at, generation } => {
                if self.now >= at {
                    self.agents[place].doing = Doing::Asking;
                    self.ask_record(place, |carrier, now, id, request| {
                        carrier.inherit(now, id, request, generation)
                    });
                }
            }
            Doing::Working(_) => self.renew(place),
        }
        self.deliver()?;
        while self.go_on(place)? {
            self.deliver()?;
        }
        Ok(())
    }

    /// Sends again what was not answered.
    fn ask_again(&mut self, place: usize) {
        let patience = self.scenario.protocol.retry_ticks;
        let agent = &mut self.agents[place];
        let lineage = agent.lineage();
        if self.now >= agent.carrier_sent.saturating_add(patience)
            && let Some(message) = agent.carrier.again(agent.id)
        {
            agent.carrier_sent = self.now;
            self.post.send(Mail::ToLineage { lineage, message });
        }
        if let Some(asked) = &mut agent.asked
            && self.now >= asked.sent.saturating_add(patience)
        {
            asked.sent = self.now;
            let (artifact, message) = (asked.artifact, asked.message);
            self.post.send(Mail::ToLine { artifact, message });
        }
    }

    /// Renews the lease in time, unless there is nothing left to do.
    fn renew(&mut self, place: usize) {
        let every = (self.handoff.lease_ticks / 3).max(1);
        let now = self.now;
        let Some(mind) = self.agents[place].mind() else { return };
        let rests = matches!(mind.activity, Activity::Resting | Activity::Dividing);
        if rests || now < mind.heartbeat.saturating_add(every) {
            return;
        }
        let sent = self.ask_record(place, Carrier::heartbeat);
        if sent && let Some(mind) = self.agents[place].mind() {
            mind.heartbeat = now;
        }
    }

    /// Asks the record something, unless an answer is awaited or the agent may not. Whether it did.
    fn ask_record(
        &mut self,
        place: usize,
        ask: impl FnOnce(&mut Carrier, Tick, AgentId, RequestId) -> Result<ToLineage, MayNot>,
    ) -> bool {
        let agent = &mut self.agents[place];
        let (id, request, lineage) = (agent.id, agent.next_request(), agent.lineage());
        let Ok(message) = ask(&mut agent.carrier, Tick(self.now), id, request) else {
            return false;
        };
        agent.carrier_sent = self.now;
        self.post.send(Mail::ToLineage { lineage, message });
        true
    }

    /// One step of what an agent does; whether it can do more at this tick.
    fn go_on(&mut self, place: usize) -> Result<bool, Box<super::Failure>> {
        let doing = std::mem::replace(&mut self.agents[place].doing, Doing::Idle);
        let Doing::Working(mut mind) = doing else {
            self.agents[place].doing = doing;
            return Ok(false);
        };
        let next = if mind.context > u64::from(self.handoff.context_tokens) {
            self.report.overflows += 1;
            Next::Ends
        } else {
            self.advance(place, &mut mind)?
        };
        self.agents[place].doing = Doing::Working(mind);
        if matches!(next, Next::Ends) {
            self.end(place);
        }
        Ok(matches!(next, Next::On))
    }

    fn advance(&mut self, place: usize, mind: &mut Mind) -> Result<Next, Box<super::Failure>> {
        let carrier = self.agents[place].carrier;
        let may = carrier.may_act(Tick(self.now), &self.lineage_rules);
        let waits = carrier.again(AgentId(place as u32)).is_some();
        match mind.activity {
            Activity::Resting if !may => return Ok(Next::Ends),
            Activity::Resting | Activity::Dividing => return Ok(Next::Waits),
            Activity::Choosing if !may => return Ok(Next::Waits),
            Activity::Choosing => return Ok(self.choose(place, mind)),
            Activity::Drafting { until, divides } => {
                if self.now < until || !may || waits {
                    return Ok(Next::Waits);
                }
                self.hand_in(place, mind, divides);
            }
            Activity::Beginning if waits => return Ok(Next::Waits),
            Activity::Beginning => match carrier.work() {
                Some(Work::InDoubt(_)) => {
                    self.report.steps_in_doubt += 1;
                    let ticks = self.first_action(place, mind).map_or(0, |action| action.ticks);
                    let until = self.now.saturating_add(ticks);
                    mind.activity = Activity::Looking { until };
                }
                Some(_) => self.gather(place, mind),
                None => mind.next_step(),
            },
            Activity::Looking { until } => {
                if self.now < until || !may {
                    return Ok(Next::Waits);
                }
                self.look(place, mind);
            }
            Activity::Finding { until, tokens } => {
                if self.now < until {
                    return Ok(Next::Waits);
                }
                mind.context += tokens;
                self.report.context_tokens += tokens;
                mind.activity = Activity::Acting { action: 0, stage: Stage::Ready };
            }
            Activity::Acting { action, stage } => return self.act(place, mind, action, stage, may),
            Activity::Completing if waits => return Ok(Next::Waits),
            Activity::Completing => match carrier.work() {
                Some(Work::Happened(_)) => {
                    let rules = self.lineage_rules;
                    self.ask_record(place, |carrier, now, id, request| {
                        carrier.complete(now, id, request, &rules)
                    });
                }
                _ => mind.next_step(),
            },
        }
        Ok(Next::On)
    }

    /// Between two steps: divide, prepare, or begin the next.
    fn choose(&mut self, place: usize, mind: &mut Mind) -> Next {
        let Some(&step) = mind.todo.front() else {
            mind.activity = Activity::Resting;
            return Next::On;
        };
        let filled = mind.context as f64 / f64::from(self.handoff.context_tokens);
        let until = self.now.saturating_add(self.handoff.draft_ticks);
        if filled >= self.handoff.divide_at {
            mind.activity = Activity::Drafting { until, divides: true };
        } else if filled >= self.handoff.prepare_at && !mind.prepared {
            mind.activity = Activity::Drafting { until, divides: false };
        } else if self
            .ask_record(place, |carrier, now, id, request| carrier.begin(now, id, request, step))
        {
            mind.activity = Activity::Beginning;
        } else {
            return Next::Waits;
        }
        Next::On
    }

    /// Hands in a draft. It is stored before it is named, which only an agent that may act does: so
    /// of one number that two generations use, the later one's content stays.
    fn hand_in(&mut self, place: usize, mind: &mut Mind, divides: bool) {
        let lineage = self.agents[place].lineage();
        let versions = self.versions(place, mind);
        let carried = &mut self.lineages[lineage];
        let drafted = Drafted {
            seed: self.seed,
            lineage: lineage as u32,
            generation: mind.generation.0,
            next: carried.next_step(),
        };
        let (facts, bytes) = keep(&carried.task, &mind.known, self.handoff, drafted);
        let agent = &mut self.agents[place];
        let (id, request) = (agent.id, agent.next_request());
        let asked = match divides {
            true => agent.carrier.divide(Tick(self.now), id, request),
            false => agent.carrier.prepare(Tick(self.now), id, request),
        };
        let Ok(message) = asked else { return };
        if let Ask::Prepare(dna) | Ask::Divide(dna) = message.ask {
            carried.drafts.insert(dna, Draft { facts, versions, bytes });
        }
        agent.carrier_sent = self.now;
        self.post.send(Mail::ToLineage { lineage, message });
        let tokens = (bytes as f64 / self.scenario.wire.bytes_per_token).ceil() as u64;
        mind.context += tokens;
        self.report.context_tokens += tokens;
        mind.prepared = true;
        mind.activity = if divides { Activity::Dividing } else { Activity::Choosing };
    }

    /// Looks whether a step in doubt took effect.
    fn look(&mut self, place: usize, mind: &mut Mind) {
        let agent = &mut self.agents[place];
        let carried = &self.lineages[agent.lineage()];
        let step = mind.todo.front().map_or(0, |step| step.0 as usize);
        let found = carried.effects[step] > 0;
        if agent.carrier.look(found).is_err() {
            return;
        }
        if found {
            mind.activity = Activity::Completing;
        } else {
            self.report.steps_repeated += 1;
            self.gather(place, mind);
        }
    }

    /// Before a step: what it needs and is not known is found again, or missing.
    fn gather(&mut self, place: usize, mind: &mut Mind) {
        let carried = &self.lineages[self.agents[place].lineage()];
        let step = mind.todo.front().map_or(0, |step| step.0 as usize);
        let (mut found, mut missing) = (0, 0);
        let needs = &carried.task.steps[step].needs;
        for &fact in needs {
            if mind.known[fact] {
                continue;
            }
            if carried.task.facts[fact].findable {
                mind.known[fact] = true;
                found += 1;
            } else {
                missing += 1;
            }
        }
        let needed = needs.len() as u64;
        let known = needed - found - missing;
        mind.wrong = missing > 0;
        self.report.needed += needed;
        self.report.known += known;
        self.report.found += found;
        self.report.missing += missing;
        let of = self.report.generation(mind.generation.0);
        of.needed += needed;
        of.known += known;
        of.found += found;
        let ticks = found * u64::from(self.handoff.find_ticks);
        let until = u64::from(self.now).saturating_add(ticks).min(u64::from(u32::MAX)) as u32;
        let tokens = found * u64::from(self.handoff.find_tokens);
        mind.activity = Activity::Finding { until, tokens };
    }

    fn first_action(&self, place: usize, mind: &Mind) -> Option<Action> {
        let carried = &self.lineages[self.agents[place].lineage()];
        let step = mind.todo.front()?.0 as usize;
        carried.task.steps[step].actions.first().copied()
    }

    /// The actions of a step, then its effect.
    fn act(
        &mut self,
        place: usize,
        mind: &mut Mind,
        number: usize,
        stage: Stage,
        may: bool,
    ) -> Result<Next, Box<super::Failure>> {
        let lineage = self.agents[place].lineage();
        let step = mind.todo.front().map_or(0, |step| step.0 as usize);
        let action = self.lineages[lineage].task.steps[step].actions.get(number).copied();
        let Some(action) = action else {
            if !may {
                return Ok(Next::Waits);
            }
            self.take_effect(place, mind, step)?;
            return Ok(Next::On);
        };
        let artifact = action.artifact as usize;
        let stage = match stage {
            Stage::Asked => return Ok(Next::Waits),
            Stage::Held { again } if self.now < again => return Ok(Next::Waits),
            Stage::Busy { until } if self.now < until => return Ok(Next::Waits),
            Stage::Busy { .. } if !action.writes => Stage::Done,
            Stage::Ready | Stage::Held { .. } | Stage::Busy { .. } if !may => {
                return Ok(Next::Waits);
            }
            Stage::Ready | Stage::Held { .. } => {
                // Set first: an answer may come before this returns to its caller.
                match action.writes {
                    true => self.upgrade(place, mind, artifact),
                    false => self.read(place, mind, action),
                }
            }
            Stage::Busy { .. } => self.commit(place, mind, artifact),
            Stage::Done => {
                self.report.actions += 1;
                self.report.writes += u64::from(action.writes);
                let tokens = u64::from(action.tokens);
                mind.context += tokens;
                self.report.context_tokens += tokens;
                mind.activity = Activity::Acting { action: number + 1, stage: Stage::Ready };
                return Ok(Next::On);
            }
        };
        mind.activity = Activity::Acting { action: number, stage };
        Ok(Next::On)
    }

    /// The step takes effect: once, or the run fails.
    fn take_effect(
        &mut self,
        place: usize,
        mind: &mut Mind,
        step: usize,
    ) -> Result<(), Box<super::Failure>> {
        let agent = &mut self.agents[place];
        let lineage = agent.lineage();
        let effect = agent.carrier.effect(Tick(self.now), &self.lineage_rules);
        if let Err(may_not) = effect {
            return Err(self.failure(format!("step {step} cannot take effect: {may_not}")));
        }
        let carried = &mut self.lineages[lineage];
        carried.effects[step] += 1;
        if carried.effects[step] > 1 {
            let broken = format!("lineage {lineage}: step {step} took effect twice");
            return Err(self.failure(broken));
        }
        carried.right[step] = !mind.wrong;
        for fact in carried.task.steps[step].makes.clone() {
            mind.known[fact] = true;
        }
        mind.activity = Activity::Completing;
        Ok(())
    }
}

impl Mind {
    fn next_step(&mut self) {
        self.todo.pop_front();
        self.activity = Activity::Choosing;
    }
}
