//! Grants that change hands without a request: from the agent of one generation to its lineage, and
//! on to the next one ([`crate::lineage`]).

use super::{Claim, Hold, Line};
use crate::{AgentId, AgentSet, Discipline, RequestId, Rule, Rules, Tell, Tick, ToAgent};

/// A grant goes from one agent to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Pass {
    pub from: AgentId,
    pub to: AgentId,
    /// How long `to` has it, unless it renews it or asks for it anew.
    pub deadline: Tick,
}

impl<S: AgentSet> Line<S> {
    /// Gives the line to `pass.to` if `pass.from` owns it, in a new epoch: whatever `from` still
    /// sends under its grant is refused. A claim of `from` that waits is no grant, and ends.
    ///
    /// Nobody else can have the line until the deadline. `to` learns of its grant, its epoch and
    /// the content as ever, by an upgrade.
    pub fn pass(
        &mut self,
        now: Tick,
        pass: Pass,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        if self.is_due(now) {
            self.expire(now, rules, &mut send);
        }
        let Pass { from, to, deadline } = pass;
        match self.hold {
            Hold::Claimed(claim) if claim.agent == from => self.take_back(from, rules, send),
            Hold::Owned(claim) if claim.agent == from => {
                self.take_back(from, rules, send);
                // Before any request of its own, so that its first upgrade opens an epoch.
                let request = RequestId::default();
                self.hold = Hold::Owned(Claim { agent: to, request, deadline, content: true });
                self.register(to);
            }
            Hold::Free | Hold::Claimed(_) | Hold::Owned(_) => {}
        }
    }

    /// Ends a grant that its holder has not given back: its epoch is over, and what the holder has
    /// is to go.
    pub(super) fn take_back(
        &mut self,
        holder: AgentId,
        rules: &Rules<impl Discipline>,
        mut send: impl FnMut(ToAgent),
    ) {
        self.hold = Hold::Free;
        self.open_epoch(Rule::ExpiryOpensAnEpoch, rules);
        self.start_round(Rule::ExpiryStartsARound, rules);
        self.current.remove(holder);
        if rules.keeps(Rule::ExpiryRemembersTheOwner) {
            self.behind.insert(holder);
        }
        if rules.keeps(Rule::ExpiryTellsTheOwner) {
            send(self.event(holder, Tell::Invalidate));
        }
    }
}
