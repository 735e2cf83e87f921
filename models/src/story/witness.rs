//! The shortest way to a situation.

use super::{Ending, Layer, Story, Untold, of};
use crate::explore::{End, Explorable, Limits, explore};
use attune_trace::Origin;
use attune_trace::reference::Witness;
use stateright::Model;

/// What came of a search for a situation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The shortest run that meets it.
    pub story: Option<Story>,
    pub states: usize,
    /// Whether the search came to its end: what was not met then cannot be.
    pub whole: bool,
}

/// Searches for a situation and tells the shortest run that meets it. The model has met it nowhere
/// before.
///
/// # Errors
/// If the way that was found cannot be told: a mistake of the model's.
pub fn witness<M: Layer>(
    model: &M,
    witness: Witness,
    limits: &Limits,
    origin: Origin,
) -> Result<Sought, Untold> {
    let explored = explore(&Watched { model, witness }, limits);
    let tell = |found| of(model, &explored.way_to(found), Ending::Reached(witness), origin);
    let story = explored.found.map(tell).transpose()?;
    Ok(Sought { story, states: explored.states, whole: explored.end != End::CutShort })
}

/// A model that stops at a step, not at a state: the situation may lead to where the search has
/// been before.
struct Watched<'a, M> {
    model: &'a M,
    witness: Witness,
}

impl<M: Layer> Watched<'_, M> {
    fn is_met(&self) -> bool {
        self.model.setting().coverage.seen().has(self.witness)
    }
}

impl<M: Layer> Model for Watched<'_, M> {
    /// The model's, and whether the step to it has met the situation.
    type State = (M::State, bool);
    type Action = M::Action;

    fn init_states(&self) -> Vec<Self::State> {
        self.model.init_states().into_iter().map(|state| (state, false)).collect()
    }

    fn actions(&self, (state, _): &Self::State, actions: &mut Vec<M::Action>) {
        self.model.actions(state, actions);
    }

    fn next_state(&self, state: &Self::State, action: M::Action) -> Option<Self::State> {
        self.successor(state, &action).map(|(next, _)| next)
    }
}

impl<M: Layer> Explorable for Watched<'_, M> {
    fn is_bad(&self, (state, met): &Self::State) -> bool {
        *met || self.model.is_bad(state)
    }

    fn successor(
        &self,
        (state, _): &Self::State,
        action: &M::Action,
    ) -> Option<(Self::State, u16)> {
        let (next, label) = self.model.successor(state, action)?;
        Some(((next, self.is_met()), label))
    }
}
