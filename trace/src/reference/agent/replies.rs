//! What an agent replies to a message.

use super::super::property::ensure;
use super::super::{Checked, Property, Seen, Witness};
use super::AgentStep;
use attune_protocol::{Ask, Event, State, Tell};

/// Events that ask for it are acknowledged, truly; a grant that nobody waits for is given back.
pub(super) fn replies<S>(
    step: &AgentStep<S>,
    answers: &impl Fn(Ask) -> bool,
    seen: &mut Seen,
) -> Checked {
    let AgentStep { before, after, message, handled, .. } = *step;
    let wanted = match message.tell {
        Tell::Invalidate | Tell::Update { acknowledge: true } => {
            seen.note(Witness::Acknowledged);
            let holds = after.is_readable() && after.epoch() >= message.epoch;
            Some(Ask::Acknowledge { holds })
        }
        Tell::Grant { .. } if !answers(Ask::Upgrade) && message.epoch >= before.epoch() => {
            let repeated = message.epoch == before.epoch()
                && (before.is_exclusive() || before.state() == State::Committing);
            seen.note(if repeated { Witness::RepeatedGrant } else { Witness::UnwantedGrant });
            (!repeated).then_some(Ask::Release)
        }
        _ => None,
    };
    let given = handled.reply.map(|reply| {
        let version = match reply.ask {
            Ask::Release => Some(message.version),
            _ => after.version(),
        };
        let truly =
            (reply.agent, reply.epoch, reply.version) == (message.agent, message.epoch, version);
        (reply.ask, truly)
    });
    // A grant of content that the agent has not cannot be used, and may be given back.
    let unusable = matches!(message.tell, Tell::Grant { .. })
        && answers(Ask::Upgrade)
        && handled.event == Event::Ignored;
    let (property, what) = match (wanted, handled.reply.map(|reply| reply.ask)) {
        (Some(wanted), Some(given)) if wanted == given => {
            (Property::TrueAnswers, "a reply names another agent, epoch or version than it should")
        }
        (Some(Ask::Acknowledge { holds: true }), Some(Ask::Acknowledge { .. })) => (
            Property::DirectoryAgrees,
            "an agent that has a copy acknowledges as if it had none, so that the line forgets it",
        ),
        (Some(Ask::Acknowledge { .. }), Some(Ask::Acknowledge { .. })) => (
            Property::DirectoryAgrees,
            "an agent without a copy acknowledges as if it had one, so that the line notes it",
        ),
        (Some(Ask::Release), _) => (
            Property::Answered,
            "a grant to a request that was given up is not given back; others wait for its deadline",
        ),
        (None, Some(Ask::Release)) => {
            let what = if step.message.epoch < before.epoch() {
                "an agent gives back a grant that is over"
            } else {
                "an agent gives back the grant that it uses, over a duplicate of it"
            };
            (Property::NothingGivenUp, what)
        }
        (Some(_), _) => (Property::Answered, "an invalidation or update is not acknowledged"),
        (None, _) => (Property::Answered, "an agent replies to what asks for no reply"),
    };
    ensure(given == wanted.map(|ask| (ask, true)) || unusable, property, what)
}
