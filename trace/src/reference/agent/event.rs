//! What an agent makes of invalidations and updates.

use super::super::{Seen, Witness};
use super::{AgentStep, is_waiting};
use attune_protocol::{AtTick, AtUpgrade, Discipline, Event, Refusal, Rules, State};

pub(super) fn invalidated<S>(step: &AgentStep<S>, seen: &mut Seen) -> bool {
    let AgentStep { before, after, message, handled, .. } = *step;
    if message.epoch <= before.epoch() {
        seen.note(Witness::OldEventIgnored);
        return before == after && handled.event == Event::Ignored;
    }
    let over = Refusal::LostEpoch { refused: before.epoch() };
    let ends = !after.is_readable() && !after.is_exclusive() && after.epoch() == message.epoch;
    ends && is_waiting(before) == is_waiting(after)
        && match before.state() {
            State::Shared | State::Upgrading => {
                seen.note(if before.state() == State::Shared {
                    Witness::Invalidated
                } else {
                    Witness::InvalidatedWhileUpgrading
                });
                handled.event == Event::Invalidated
            }
            State::Exclusive | State::Modified => {
                seen.note(Witness::InvalidatedWriter);
                handled.event == Event::Lost(over)
            }
            State::Committing => {
                seen.note(Witness::InvalidatedWhileCommitting);
                handled.event == Event::Ignored
            }
            _ => handled.event == Event::Ignored,
        }
}

pub(super) fn updated<S, D: Discipline>(
    step: &AgentStep<S>,
    acknowledge: bool,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> bool {
    let AgentStep { before, after, message, handled, .. } = *step;
    let eager = rules.strategy.at_upgrade == AtUpgrade::Invalidate;
    let to_all = rules.strategy.at_tick == AtTick::Push && !eager;
    if !acknowledge && eager {
        seen.note(Witness::UpdateIgnored);
        return before == after && handled.event == Event::Ignored;
    }
    if before.version().is_none() && !to_all {
        seen.note(Witness::UpdateWithoutCopy);
        return invalidated(step, seen);
    }
    let again = to_all && before.state() == State::Invalid && message.epoch == before.epoch();
    if message.epoch <= before.epoch() && !again {
        seen.note(Witness::OldEventIgnored);
        return before == after && handled.event == Event::Ignored;
    }
    let over = Refusal::LostEpoch { refused: before.epoch() };
    let taken = after.version() == Some(message.version)
        && after.epoch() == message.epoch
        && after.is_readable()
        && !after.is_exclusive();
    match before.state() {
        State::Fetching | State::Committing => {
            handled.event == Event::Ignored
                && (after.state(), after.version()) == (before.state(), before.version())
                && after.epoch() == message.epoch
        }
        State::Exclusive | State::Modified => {
            seen.note(Witness::InvalidatedWriter);
            taken && handled.event == Event::Lost(over)
        }
        _ => {
            seen.note(Witness::Updated);
            taken
                && handled.event == Event::Updated(message.version)
                && is_waiting(before) == is_waiting(after)
        }
    }
}
