//! Upgrades: claimed, granted, held or repeated rightly.

use super::super::property::ensure;
use super::super::{Checked, Property, Witness};
use super::{Judge, granted_truly};
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
                ensure(before == after, Property::AppliedOnce, "an upgrade is acted on twice")?;
                if message.request < claim.request {
                    self.seen.note(Witness::OldUpgradeArrives);
                    return ensure(
                        self.told.is_empty(),
                        Property::NoStaleApply,
                        "an old upgrade is answered",
                    );
                }
                self.seen.note(Witness::UpgradeRepeated);
                return match after.hold() {
                    Hold::Owned(_) => granted_truly(after, self.told),
                    _ => self.tells_behind(Tell::Invalidate),
                };
            }
            self.seen.note(Witness::HolderAsksAnew);
        }
        let (Hold::Owned(claim) | Hold::Claimed(claim)) = after.hold() else {
            return ensure(false, Property::Answered, "an upgrade of a free line is not taken up");
        };
        ensure(
            (claim.agent, claim.request) == (message.agent, message.request),
            Property::TrueAnswers,
            "a claim is noted for somebody else",
        )?;
        ensure(
            claim.content == (message.version != Some(after.version())),
            Property::TrueAnswers,
            "content is granted to who has it, or not to who has not",
        )?;
        let mut others = false;
        let mut look = |agent| others |= agent != message.agent;
        before.current().for_each(&mut look);
        before.behind().for_each(&mut look);
        match after.hold() {
            Hold::Claimed(claim) => {
                self.seen.note(Witness::ClaimWaits);
                ensure(eager && others, Property::Answered, "a claim waits for nobody")?;
                ensure(
                    claim.deadline == self.now.after(self.rules.acknowledgement_ticks),
                    Property::TimelyExpiry,
                    "a claim waits for another time than it may",
                )?;
                self.outdated(before)?;
                self.tells_behind(Tell::Invalidate)
            }
            _ => {
                ensure(
                    !(eager && others),
                    Property::ReadersExcluded,
                    "a grant before the holders have acknowledged",
                )?;
                ensure(
                    claim.deadline == self.now.after(self.rules.lease_ticks),
                    Property::TimelyExpiry,
                    "a lease is granted for another time than it may last",
                )?;
                granted_truly(after, self.told)
            }
        }
    }

    fn held_by(&mut self, holder: AgentId) -> Checked {
        let Judge { before, after, message, .. } = *self;
        self.seen.note(Witness::UpgradeHeld);
        ensure(after.hold() == before.hold(), Property::Exclusive, "a held line is stolen")?;
        let [ToAgent { tell: Tell::Held { holder: told, deadline, valid }, .. }] = *self.told
        else {
            return ensure(false, Property::Answered, "an upgrade of a held line is not answered");
        };
        self.answers_truly(&self.told[0])?;
        ensure(
            told == holder && Some(deadline) == after.deadline(),
            Property::TrueAnswers,
            "somebody else is named as the holder",
        )?;
        let eager = self.rules.strategy.at_upgrade == AtUpgrade::Invalidate;
        let current = message.version == Some(after.version());
        if eager {
            ensure(!valid, Property::ReadersExcluded, "a copy is confirmed beside a writer")?;
            return self.notes_nothing();
        }
        ensure(valid == current, Property::TrueAnswers, "an outdated copy is confirmed")?;
        if valid {
            self.seen.note(Witness::HeldConfirms);
            return self.registers("a confirmation");
        }
        self.notes_nothing()
    }
}
