//! Several artifacts: the product of as many lines. Nothing in the protocol connects two lines, so
//! each is in normal form by itself, and with symmetry the artifacts are sorted. An agent that
//! crashes loses one entry at a time, which is more than can happen to it.

use crate::explore::Explorable;
use arrayvec::ArrayVec;

pub const ARTIFACTS_MAX: usize = 3;

pub struct Several<M> {
    pub one: M,
    pub artifacts: u32,
    pub symmetry: bool,
}

type States<S> = ArrayVec<S, ARTIFACTS_MAX>;

impl<M: Explorable> stateright::Model for Several<M>
where
    M::State: Clone + Ord,
    M::Action: Clone,
{
    type State = States<M::State>;
    type Action = (u8, M::Action);

    fn init_states(&self) -> Vec<Self::State> {
        let initial = self.one.init_states().remove(0);
        vec![(0..self.artifacts).map(|_| initial.clone()).collect()]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        let mut own = Vec::new();
        for (artifact, state) in (0..).zip(state) {
            self.one.actions(state, &mut own);
            actions.extend(own.drain(..).map(|action| (artifact, action)));
        }
    }

    fn next_state(&self, state: &Self::State, action: Self::Action) -> Option<Self::State> {
        self.successor(state, &action).map(|(next, _)| next)
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        vec![stateright::Property::always(
            "every promise is kept",
            |model: &Self, state: &Self::State| !model.is_bad(state),
        )]
    }
}

impl<M: Explorable> Explorable for Several<M>
where
    M::State: Clone + Ord,
    M::Action: Clone,
{
    fn is_bad(&self, state: &Self::State) -> bool {
        state.iter().any(|state| self.one.is_bad(state))
    }

    fn successor(
        &self,
        state: &Self::State,
        (artifact, action): &Self::Action,
    ) -> Option<(Self::State, u16)> {
        let artifact = usize::from(*artifact);
        let (next, label) = self.one.successor(&state[artifact], action)?;
        let mut states = state.clone();
        states[artifact] = next;
        if self.symmetry {
            states.sort_unstable();
        }
        Some((states, label))
    }
}
