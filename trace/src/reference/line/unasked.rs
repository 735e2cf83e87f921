//! What a line does without being asked: it acts on deadlines and publishes.

use super::super::property::ensure;
use super::super::{Checked, LineMemory, Property, Seen, Witness, later};
use super::{LineStep, granted_truly};
use attune_protocol::{AgentId, AgentSet, Discipline, Hold, Rules, Tell, ToAgent};

pub(super) fn expired<S: AgentSet, D: Discipline>(
    step: &LineStep<S>,
    due: bool,
    memory: &mut LineMemory,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> Checked {
    let LineStep { before, after, now, told, .. } = *step;
    if !due {
        let idle = before == after && told.is_empty();
        return ensure(idle, Property::TimelyExpiry, "a deadline is acted on before it has passed");
    }
    ensure(
        after.version() == before.version(),
        Property::MonotonicVersions,
        "a version comes into being without a commit",
    )?;
    match before.hold() {
        Hold::Owned(claim) => {
            seen.note(Witness::LeaseExpires);
            memory.alone = false;
            ensure(
                after.hold() == Hold::Free,
                Property::TimelyExpiry,
                "a lease has run out and the line stays with the old owner",
            )?;
            ensure(
                after.epoch() > before.epoch(),
                Property::NoStaleApply,
                "a lease ends without a new epoch, so that the old owner's draft still passes",
            )?;
            ensure(
                after.behind().contains(claim.agent) && !after.current().contains(claim.agent),
                Property::DirectoryAgrees,
                "a lease ends and the line does not note the old owner among those behind",
            )?;
            let word = ToAgent {
                agent: claim.agent,
                request: Default::default(),
                version: after.version(),
                epoch: after.epoch(),
                tell: Tell::Invalidate,
            };
            ensure(
                told == [word],
                Property::HoldersTold,
                "a lease ends and the old owner is not told",
            )
        }
        Hold::Claimed(claim) => {
            seen.note(Witness::ClaimTimesOut);
            memory.alone = false;
            let granted = matches!(after.hold(), Hold::Owned(owner)
                if owner.agent == claim.agent && owner.request == claim.request
                    && owner.deadline == later(now, rules.lease_ticks));
            ensure(
                granted,
                Property::TimelyExpiry,
                "a claim has waited its time for acknowledgements and is not granted",
            )?;
            granted_truly(after, told)
        }
        Hold::Free => Ok(()),
    }
}

pub(super) fn published<S: AgentSet>(step: &LineStep<S>, agents: u32) -> Checked {
    let LineStep { before, after, told, .. } = *step;
    let same = (after.version(), after.epoch(), after.hold())
        == (before.version(), before.epoch(), before.hold());
    ensure(same, Property::TrueAnswers, "to publish the content changes version, epoch or owner")?;
    let all = told.len() == agents as usize
        && told.iter().zip(0..).all(|(message, agent)| {
            message.agent == AgentId(agent)
                && message.tell == (Tell::Update { acknowledge: false })
                && (message.version, message.epoch) == (after.version(), after.epoch())
        });
    ensure(all, Property::HoldersTold, "not everybody is sent what is published")?;
    let mut kept = true;
    before.behind().for_each(|agent| kept &= after.behind().contains(agent));
    ensure(
        kept,
        Property::DirectoryAgrees,
        "a publication, which may be lost, is taken for the acknowledgement of an agent behind",
    )?;
    let noted = |agent| after.current().contains(agent) || after.behind().contains(agent);
    ensure(
        (0..agents).map(AgentId).all(noted),
        Property::DirectoryAgrees,
        "a copy is sent to an agent and the line does not note it among the holders",
    )
}
