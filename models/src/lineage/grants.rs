//! The line of a lineage's model: what generations own, and what passes.
//!
//! A request to the line and its answer are one step, and nobody hears of invalidations: what
//! messages can do to a line is checked without a lineage ([`crate::asynchronous`]). An agent
//! that knows of nothing is the one to be feared here. An agent commits whenever it has a grant, also
//! when it may not act any more: its message was late.

use super::promise::{Checked, Met, Promise, Situation, ensure};
use arrayvec::ArrayVec;
use attune_protocol::lineage::Generation;
use attune_protocol::{
    AgentId, AgentSet, Entry, Hold, Line, Pass, RequestId, Rules, Tell, Tick, ToAgent, ToLine,
    Version,
};
use attune_trace::Mutant;
use serde::{Deserialize, Serialize};

/// One line, the entries of the carriers and, last, of the stranger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grants {
    pub line: Line<Nobody>,
    pub entries: ArrayVec<Entry, 4>,
    /// For which generation the owner has the line, if for one.
    pub owned_for: Option<Generation>,
    /// The stranger's last request.
    pub requests: RequestId,
}

impl Grants {
    /// `carriers` agents, then the estate and the stranger.
    pub fn new(carriers: u32) -> Grants {
        Grants {
            line: Line::new(Version::FIRST, carriers + 2),
            entries: (0..=carriers).map(|_| Entry::default()).collect(),
            owned_for: None,
            requests: RequestId::default(),
        }
    }

    pub fn estate(&self) -> AgentId {
        AgentId(self.entries.len() as u32 - 1)
    }

    pub fn stranger(&self) -> AgentId {
        AgentId(self.entries.len() as u32)
    }

    /// The entry of a carrier or of the stranger.
    pub fn entry(&self, agent: AgentId) -> &Entry {
        &self.entries[self.place(agent)]
    }

    pub fn entry_mut(&mut self, agent: AgentId) -> &mut Entry {
        let place = self.place(agent);
        &mut self.entries[place]
    }

    fn place(&self, agent: AgentId) -> usize {
        (agent.0 as usize).min(self.entries.len() - 1)
    }

    fn has_lapsed(&self, now: Tick) -> bool {
        self.line.is_due(now)
    }

    /// Asks for the line, for a generation or for the stranger; what comes of it comes at once.
    pub fn upgrade(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        generation: Option<Generation>,
        rules: &Rules<Mutant>,
        met: &mut Met,
    ) -> Checked {
        let owner = self.line.owner().filter(|_| !self.has_lapsed(now));
        let message = self.entry_mut(agent).upgrade(now, agent, request, rules);
        self.deliver(now, message, rules);
        if owner == Some(self.estate()) {
            met.note(Situation::ThirdWaits);
            let stolen = self.line.owner() != owner;
            ensure(!stolen, Promise::GrantsPass, "somebody else takes what waits for a successor")?;
        }
        if self.line.owner() == Some(agent) {
            self.owned_for = generation;
        }
        Ok(())
    }

    /// Commits under the grant that the agent believes to have. `current`: the generation that acts
    /// or is offered.
    pub fn commit(
        &mut self,
        now: Tick,
        agent: AgentId,
        request: RequestId,
        current: Generation,
        rules: &Rules<Mutant>,
        met: &mut Met,
    ) -> Checked {
        let version = self.line.version();
        let owned_for = self.owned_for;
        let owner = self.line.owner();
        let may = "it was looked at before";
        self.entry_mut(agent).write(rules).expect(may);
        let message = self.entry_mut(agent).commit(agent, request, rules).expect(may);
        let epoch = message.epoch;
        let newest = self.line.epoch();
        self.deliver(now, message, rules);
        let accepted = self.line.version() != version;
        if agent == self.stranger() {
            return Ok(());
        }
        if owned_for.is_some() && owner != Some(agent) {
            met.note(Situation::ParentWrites);
        }
        if accepted {
            met.note(Situation::HeirWrites);
            let of_a_parent = owned_for != Some(current) || epoch != newest || owner != Some(agent);
            ensure(!of_a_parent, Promise::GrantsPass, "a parent uses a grant that has passed")?;
            self.owned_for = None;
        }
        Ok(())
    }

    /// The stranger gives the line back.
    pub fn release(&mut self, now: Tick, request: RequestId, rules: &Rules<Mutant>) {
        let agent = self.stranger();
        if let Ok(message) = self.entry_mut(agent).release(agent, request, rules) {
            self.deliver(now, message, rules);
        }
    }

    /// The driver looks after the deadline.
    pub fn expire(&mut self, now: Tick, rules: &Rules<Mutant>, met: &mut Met) {
        if self.line.owner() == Some(self.estate()) && self.has_lapsed(now) {
            met.note(Situation::EstateLapses);
        }
        self.line.expire(now, rules, |_| {});
        self.forget();
    }

    /// Applies a pass that a record has put out.
    pub fn pass(&mut self, now: Tick, pass: Pass, rules: &Rules<Mutant>) {
        self.line.pass(now, pass, rules, |_| {});
        self.forget();
    }

    /// What a record's step has done to the grant of its parent, or of the estate: judged by the
    /// line before and after. `parent`: whose generation is over by it; `heir`: who inherits.
    pub fn judge(
        &mut self,
        before: &Grants,
        now: Tick,
        parent: Option<AgentId>,
        heir: Option<(AgentId, Generation)>,
        met: &mut Met,
    ) -> Checked {
        let held = before.line.owner().filter(|_| !before.has_lapsed(now));
        let (owner, newer) = (self.line.owner(), self.line.epoch() > before.line.epoch());
        if let Some(parent) = parent
            && held == Some(parent)
            && before.owned_for.is_some()
        {
            let waits = owner == Some(self.estate()) && newer;
            ensure(
                waits,
                Promise::GrantsPass,
                "what a parent owns does not wait for its successor",
            )?;
            met.note(Situation::EstateOwns);
            self.owned_for = before.owned_for;
        }
        if let Some((heir, generation)) = heir
            && held == Some(self.estate())
        {
            let passed = owner == Some(heir) && newer;
            ensure(passed, Promise::GrantsPass, "what waits for a successor does not go to it")?;
            met.note(Situation::HeirOwns);
            self.owned_for = Some(generation);
        }
        Ok(())
    }

    /// The line gets a message; its sender hears the answer, nobody else hears anything.
    fn deliver(&mut self, now: Tick, message: ToLine, rules: &Rules<Mutant>) {
        let mut told = Told::new();
        self.line.handle(now, message, rules, |message| told.push(message));
        self.hear(now, message.agent, &told, rules);
        self.forget();
    }

    fn hear(&mut self, now: Tick, asker: AgentId, told: &Told, rules: &Rules<Mutant>) {
        for &message in told {
            if message.agent == asker && !matches!(message.tell, Tell::Invalidate) {
                let reply = self.entry_mut(asker).handle(now, message, rules).reply;
                if let Some(reply) = reply {
                    self.line.handle(now, reply, rules, |_| {});
                }
            }
        }
    }

    fn forget(&mut self) {
        if self.line.hold() == Hold::Free {
            self.owned_for = None;
        }
    }
}

type Told = ArrayVec<ToAgent, 12>;

/// A set of holders that forgets them all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Nobody;

impl AgentSet for Nobody {
    fn empty(_: u32) -> Nobody {
        Nobody
    }

    fn insert(&mut self, _: AgentId) {}

    fn remove(&mut self, _: AgentId) {}

    fn contains(&self, _: AgentId) -> bool {
        false
    }

    fn is_empty(&self) -> bool {
        true
    }

    fn len(&self) -> usize {
        0
    }

    fn clear(&mut self) {}

    fn absorb(&mut self, _: &mut Nobody) {}

    fn for_each(&self, _: impl FnMut(AgentId)) {}
}
