//! What an agent does: it reads what it may, and takes from messages what is meant for it.

use super::{Checked, Commit, Ghost, Sent, kind, word};
use attune_protocol::{
    AgentId, Ask, Entry, Event, Expiry, Handled, Line, Refusal, Rules, State, Tell, Tick, ToAgent,
    ToLine, Version, Word,
};

/// An agent handled a message and went from `before` to `after`.
#[derive(Clone, Copy, Debug)]
pub struct Did {
    pub before: Entry,
    pub after: Entry,
    pub now: Tick,
    pub sent: Sent<ToAgent>,
    /// What it was waiting for an answer to.
    pub asked: Option<ToLine>,
    pub handled: Handled,
}

impl Ghost {
    /// A hit: the right content, not too often, not too late.
    pub fn hit(
        &mut self,
        agent: AgentId,
        version: Version,
        before: &Entry,
        now: Tick,
        rules: &Rules,
    ) -> Checked {
        self.watched(|| format!("{:?}: read: Hit", before.state()));
        let memory = &mut self.agents[agent.0 as usize];
        let owner = matches!(before.state(), State::Exclusive | State::Modified);
        match rules.strategy.expiry {
            Expiry::Ticks(ttl) if !owner => {
                let synced = memory.synced.ok_or("a hit under a lease without any sync")?;
                if now >= synced.after(ttl) {
                    return Err(format!("{agent} reads a copy synced at {synced} at {now}"));
                }
            }
            Expiry::Reads(k) if !owner && memory.reads >= u32::from(k) => {
                return Err(format!("{agent} reads a copy more than {k} times"));
            }
            Expiry::Ticks(_) | Expiry::Reads(_) | Expiry::Never => {}
        }
        memory.reads += 1;
        if rules.bound_reads.is_some_and(|bound| memory.reads > u32::from(bound)) {
            return Err(format!("{agent} reads {} times without a round trip", memory.reads));
        }
        let committed = Some(self.contents[version.get() as usize - 1]);
        let own = before.state() == State::Modified && memory.content == memory.draft;
        if memory.content != committed && !own {
            return Err(format!("{agent} reads {:?} as {version}", memory.content));
        }
        self.sees(agent, version)
    }

    fn sees(&mut self, agent: AgentId, version: Version) -> Checked {
        let memory = &mut self.agents[agent.0 as usize];
        if memory.highest > Some(version) {
            return Err(format!("{agent} sees {version} after {:?}", memory.highest));
        }
        memory.highest = Some(version);
        Ok(())
    }

    /// An agent handled a message.
    pub fn agent_did(&mut self, did: &Did, line: &Line<Word>) -> Checked {
        let Did { before, after, now, sent, asked, handled } = *did;
        let ToAgent { agent, version, request, tell, .. } = sent.message;
        self.watched(|| format!("{:?}: {}: {}", before.state(), kind(&tell), word(&handled.event)));
        let news = match tell {
            // Not older, and better than nothing.
            Tell::Update { .. } if before.state() == State::Invalid => {
                sent.message.epoch >= before.epoch()
            }
            Tell::Update { .. } | Tell::Invalidate => sent.message.epoch > before.epoch(),
            _ => true,
        };
        if !news && after != before {
            return Err(format!("{agent} acts on what is older than its copy"));
        }
        if let Event::Lost(refusal) = handled.event {
            self.loses(did, refusal, line)?;
        }
        let answers = |ask: Ask| asked.is_some_and(|a| a.ask == ask && a.request == request);
        let answered = match handled.event {
            Event::Filled(_) => answers(Ask::Fetch),
            Event::Granted | Event::Held { .. } => answers(Ask::Upgrade),
            Event::Committed(_) => answers(Ask::Commit),
            Event::Lost(_) if matches!(tell, Tell::Grant { .. }) => answers(Ask::Upgrade),
            _ => true,
        };
        if !answered {
            return Err(format!("{agent} takes an answer to something else"));
        }
        let memory = &mut self.agents[agent.0 as usize];
        let takes = match handled.event {
            Event::Filled(_) | Event::Granted | Event::Updated(_) => true,
            // Its grant is over, and it took the newer content instead.
            Event::Lost(_) => matches!(tell, Tell::Update { .. }),
            _ => false,
        };
        if takes && sent.content.is_some() {
            memory.content = sent.content;
        }
        match handled.event {
            Event::Filled(_) | Event::Granted | Event::Held { .. } | Event::Committed(_) => {
                memory.reads = 0;
                memory.synced = Some(now);
            }
            _ => {}
        }
        match handled.event {
            Event::Filled(seen) | Event::Updated(seen) => self.sees(agent, seen),
            Event::Granted => self.sees(agent, version),
            Event::Committed(made) => {
                let memory = &mut self.agents[agent.0 as usize];
                let commit = Commit {
                    agent,
                    request,
                    content: memory.draft.take().ok_or("a commit of nothing")?,
                    version: made,
                };
                if !self.commits.contains(&commit) {
                    return Err(format!("{agent} reports a commit that was not accepted"));
                }
                self.sees(agent, made)
            }
            _ => Ok(()),
        }
    }

    /// An agent gives up only what is over, and a commit only on the line's word about it.
    fn loses(&self, did: &Did, refusal: Refusal, line: &Line<Word>) -> Checked {
        let Did { before, asked, .. } = *did;
        let ToAgent { agent, request, epoch, .. } = did.sent.message;
        let granted = match before.state() {
            State::Committing => None,
            State::Upgrading | State::UpgradingInvalid => Some(epoch),
            _ => Some(before.epoch()),
        };
        if let Some(granted) = granted {
            if line.owner() == Some(agent) && line.epoch() == granted {
                return Err(format!("{agent} gives up a grant that it has"));
            }
            return Ok(());
        }
        if !asked.is_some_and(|asked| asked.ask == Ask::Commit && asked.request == request) {
            return Err(format!("{agent} gives its commit up for an answer to something else"));
        }
        let unknown = matches!(refusal, Refusal::Superseded { .. });
        if !unknown && !self.refused.contains(&(agent, request)) {
            return Err(format!("{agent} gives up a commit that was not refused"));
        }
        Ok(())
    }
}
