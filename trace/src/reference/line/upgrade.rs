//! Upgrades: claimed, granted, held or repeated rightly.

use super::super::property::ensure;
use super::super::{Checked, Property, Witness, later};
use super::{BEFORE_ALL, Judge, LEASE, brings_content, granted_truly};
use attune_protocol::{AgentId, AgentSet, AtUpgrade, Discipline, Hold, Tell, ToAgent};

impl<S: AgentSet, D: Discipline> Judge<'_, S, D> {
    pub(super) fn upgrade(&mut self) -> Checked {
        let Judge { before, after, message, .. } = *self;
        let eager = self.rules.strategy.at_upgrade == AtUpgrade::Invalidate;
        if let Hold::Owned(claim) | Hold::Claimed(claim) = before.hold() {
            if claim.agent != message.agent {
                return self.held_by(claim.agent);
            }
            if message.request <= claim.request {
                ensure(
                    before == after,
                    Property::AppliedOnce,
                    "an upgrade that arrives again changes the line again",
                )?;
                if message.request < claim.request {
                    self.seen.note(Witness::OldUpgradeArrives);
                    return ensure(
                        self.told.is_empty(),
                        Property::NoStaleApply,
                        "a late upgrade, older than the holder's present one, is answered",
                    );
                }
                self.seen.note(Witness::UpgradeRepeated);
                ensure(
                    !self.told.is_empty(),
                    Property::Answered,
                    "an upgrade that arrives again is not answered, so that a lost grant stays lost",
                )?;
                return match after.hold() {
                    Hold::Owned(_) => granted_truly(after, self.told),
                    _ => self.tells_behind(Tell::Invalidate),
                };
            }
            self.seen.note(Witness::HolderAsksAnew);
            ensure(
                after.epoch() > before.epoch(),
                Property::NoStaleApply,
                "the holder asks anew and gets its old grant, in the same epoch; a new one should \
                 fence off what is left of the old",
            )?;
        }
        let (Hold::Owned(claim) | Hold::Claimed(claim)) = after.hold() else {
            return ensure(
                false,
                Property::Answered,
                "nobody has the line, and an upgrade of it is not taken up",
            );
        };
        ensure(
            (claim.agent, claim.request) == (message.agent, message.request),
            Property::TrueAnswers,
            "the line notes a claim for another request than the one that arrived",
        )?;
        brings_content(claim.content, message, after.version())?;
        let mut others = false;
        let mut look = |agent| others |= agent != message.agent;
        before.current().for_each(&mut look);
        before.behind().for_each(&mut look);
        match after.hold() {
            Hold::Claimed(claim) => {
                self.seen.note(Witness::ClaimWaits);
                ensure(
                    eager && others,
                    Property::Answered,
                    "a claim waits although no other agent has a copy",
                )?;
                ensure(
                    claim.deadline == later(self.now, self.rules.acknowledgement_ticks),
                    Property::TimelyExpiry,
                    "a claim waits for another time than the rules give it",
                )?;
                self.outdated(before)?;
                self.tells_behind(Tell::Invalidate)
            }
            _ => {
                ensure(!(eager && others), Property::ReadersExcluded, BEFORE_ALL)?;
                ensure(
                    claim.deadline == later(self.now, self.rules.lease_ticks),
                    Property::TimelyExpiry,
                    LEASE,
                )?;
                granted_truly(after, self.told)
            }
        }
    }

    fn held_by(&mut self, holder: AgentId) -> Checked {
        let Judge { before, after, message, .. } = *self;
        self.seen.note(Witness::UpgradeHeld);
        ensure(
            after.hold() == before.hold(),
            Property::Exclusive,
            "the line is given to another agent before its holder's time is over",
        )?;
        let [ToAgent { tell: Tell::Held { holder: told, deadline, valid }, .. }] = *self.told
        else {
            return ensure(
                false,
                Property::Answered,
                "an agent asks for a line that another one holds and is not told to wait",
            );
        };
        self.answers_truly(&self.told[0])?;
        ensure(
            told == holder && Some(deadline) == after.deadline(),
            Property::TrueAnswers,
            "the line names another holder, or another deadline, than it has",
        )?;
        let eager = self.rules.strategy.at_upgrade == AtUpgrade::Invalidate;
        let current = message.version == Some(after.version());
        if eager {
            ensure(
                !valid,
                Property::ReadersExcluded,
                "a copy is confirmed while another agent has the right to write",
            )?;
            return self.notes_nothing();
        }
        ensure(
            valid == current,
            Property::TrueAnswers,
            if valid { "an outdated copy is confirmed" } else { "a current copy is not confirmed" },
        )?;
        if valid {
            self.seen.note(Witness::HeldConfirms);
            return self.registers(
                "the line confirms a copy and does not note its agent among the holders",
            );
        }
        self.notes_nothing()
    }
}
