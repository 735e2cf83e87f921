//! What goes on for ever, or goes on no more.

use super::{Ending, Layer, Run, Story, Untold};
use crate::explore::{Explored, Graph};
use crate::progress::Stuck;
use attune_protocol::{AgentId, Hold};
use attune_trace::reference::Property;
use attune_trace::{Machine, Origin, Verdict};

/// Tells how a promise of progress is broken: the way to where it is, and one round of what can be
/// repeated from there for ever. `explored` is the search whose graph was judged.
pub fn stuck<M: Layer>(
    model: &M,
    explored: &Explored<M::Action>,
    stuck: &Stuck,
    origin: Origin,
) -> Result<Story, Untold> {
    let mut run = Run::new(model, origin);
    explored.way_to(stuck.state).iter().try_for_each(|action| run.step(action))?;
    let from_step = run.teller.events.len() as u32 + 1;
    if stuck.cycle.is_empty() {
        let what = without_end(stuck.property, run.teller.judge.machine());
        return run.end(Ending::Found { property: stuck.property, what });
    }
    let graph = explored.graph.as_ref().ok_or(Untold::NoGraph)?;
    let mut state = stuck.state;
    for &edge in &stuck.cycle {
        let action = action_of(model, graph, &run.normal, state, edge);
        let none = || Untold::NoSuchStep { step: run.steps + 1, action: format!("edge {edge}") };
        run.step(&action.ok_or_else(none)?)?;
        state = graph.to[edge as usize];
    }
    if run.teller.broken.is_some() {
        return run.end(Ending::Broken);
    }
    let what = for_ever(stuck.property, run.teller.judge.machine());
    let property = stuck.property.name().to_string();
    Ok(run.story(stuck.property, Verdict::Repeats { property, what, from_step }))
}

/// The action of an edge: those of a state come in the order of its actions.
fn action_of<M: Layer>(
    model: &M,
    graph: &Graph,
    normal: &M::State,
    state: u32,
    edge: u64,
) -> Option<M::Action> {
    let place = edge.checked_sub(graph.first[state as usize])?;
    let mut actions = Vec::new();
    model.actions(normal, &mut actions);
    let mut taken = actions.into_iter().filter(|action| model.successor(normal, action).is_some());
    taken.nth(usize::try_from(place).ok()?)
}

fn waiting(machine: &Machine) -> Vec<String> {
    let agents = (0..machine.agents()).map(AgentId);
    agents.filter(|&agent| machine.awaited(0, agent).is_some()).map(|it| it.to_string()).collect()
}

fn without_end(property: Property, machine: &Machine) -> String {
    let waiting = waiting(machine);
    let waits = match waiting.len() {
        0 => "the work is not done".to_string(),
        1 => format!("{} still waits", waiting[0]),
        _ => format!("{} still wait", waiting.join(" and ")),
    };
    match property {
        Property::DeadlockFreedom => format!("nothing can happen any more, and {waits}"),
        _ => "whatever happens from here on, something stays under way".to_string(),
    }
}

fn for_ever(property: Property, machine: &Machine) -> String {
    match (property, machine.line(0).hold()) {
        (Property::OrphansFreed, Hold::Claimed(claim) | Hold::Owned(claim)) => {
            format!("the line stays with {}, who does not know of it", claim.agent)
        }
        _ => format!("{} asks and asks, and is never answered", waiting(machine).join(" or ")),
    }
}
