//! What an agent makes of invalidations and updates.

use super::super::{Property, Seen, Witness};
use super::{AgentStep, is_waiting};
use attune_protocol::{AtTick, AtUpgrade, Discipline, Event, Refusal, Rules, State};

/// Whether it is right; the promise that is broken if it is not, and how.
type Judged = (bool, Property, &'static str);

pub(super) fn invalidated<S, D: Discipline>(
    step: &AgentStep<S>,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> Judged {
    let AgentStep { before, after, message, handled, .. } = *step;
    if message.epoch <= before.epoch() {
        seen.note(Witness::OldEventIgnored);
        let what = "an agent drops its copy over an invalidation that is older than the copy; it \
                    should ignore it";
        return (before == after && handled.event == Event::Ignored, Property::NoStaleApply, what);
    }
    let over = Refusal::LostEpoch { refused: before.epoch() };
    let ends = !after.is_readable() && !after.is_exclusive() && after.epoch() == message.epoch;
    let right = ends
        && is_waiting(before) == is_waiting(after)
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
        };
    let (property, what) = match before.state() {
        State::Exclusive | State::Modified => (Property::NoStaleApply, STILL_WRITES),
        _ if after.is_readable() && rules.strategy.at_upgrade == AtUpgrade::Invalidate => {
            (Property::ReadersExcluded, STILL_READS)
        }
        _ if after.is_readable() => (Property::Answered, STILL_READS),
        _ => (
            Property::Answered,
            "an agent does not handle an invalidation as it should: its copy goes, its request stays",
        ),
    };
    (right, property, what)
}

const STILL_WRITES: &str =
    "a writer hears that its grant is over and goes on as before; it should give the grant up";
const STILL_READS: &str =
    "a copy is still readable after the invalidation of what is older; it should be invalid";

pub(super) fn updated<S, D: Discipline>(
    step: &AgentStep<S>,
    acknowledge: bool,
    rules: &Rules<D>,
    seen: &mut Seen,
) -> Judged {
    let AgentStep { before, after, message, handled, .. } = *step;
    let eager = rules.strategy.at_upgrade == AtUpgrade::Invalidate;
    let to_all = rules.strategy.at_tick == AtTick::Push && !eager;
    if !acknowledge && eager {
        seen.note(Witness::UpdateIgnored);
        let what = "an agent takes a published version, which nobody acknowledges, although copies \
                    have to be taken back before a grant; it should ignore it";
        return (
            before == after && handled.event == Event::Ignored,
            Property::ReadersExcluded,
            what,
        );
    }
    if before.version().is_none() && !to_all {
        seen.note(Witness::UpdateWithoutCopy);
        let (right, property, what) = invalidated(step, rules, seen);
        return match after.version() {
            None => (right, property, what),
            Some(_) => (
                right,
                Property::DirectoryAgrees,
                "an agent without a copy makes one of an update, which the line does not count on; \
                 it should only note what is over",
            ),
        };
    }
    let again = to_all && before.state() == State::Invalid && message.epoch == before.epoch();
    if message.epoch <= before.epoch() && !again {
        seen.note(Witness::OldEventIgnored);
        let what = "an agent replaces its copy by an update that is no newer; it should ignore it";
        return (before == after && handled.event == Event::Ignored, Property::NoStaleApply, what);
    }
    let over = Refusal::LostEpoch { refused: before.epoch() };
    let taken = after.version() == Some(message.version)
        && after.epoch() == message.epoch
        && after.is_readable()
        && !after.is_exclusive();
    let right = match before.state() {
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
    };
    let (property, what) = match before.state() {
        State::Exclusive | State::Modified => (Property::NoStaleApply, STILL_WRITES),
        _ if again => (
            Property::Answered,
            "an agent that has lost its copy does not take what is published; it should have a copy \
             again",
        ),
        _ => (
            Property::Answered,
            "an agent does not handle an update as it should: its copy is the new one, its request \
             stays",
        ),
    };
    (right, property, what)
}
