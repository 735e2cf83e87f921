//! The three sets of agents are one another's equals: as sets, and inside a line.

mod world;

use attune_protocol::{AgentId, AgentSet, Bitset, Input, Line, Sparse, ToAgent, Version, Word};
use proptest::prelude::{Strategy as _, any};
use std::collections::BTreeSet;
use world::random::{choices, for_all, setups};
use world::{Checked, Heard, World};

const AGENTS: u32 = 64;

#[derive(Clone, Debug)]
enum Operation {
    Insert(AgentId),
    Remove(AgentId),
    /// Takes the members of another set.
    Absorb(BTreeSet<AgentId>),
    Clear,
}

fn members(set: &impl AgentSet) -> Vec<AgentId> {
    let mut members = Vec::new();
    set.for_each(|agent| members.push(agent));
    members
}

fn of<S: AgentSet>(members: &BTreeSet<AgentId>) -> S {
    let mut set = S::empty(AGENTS);
    members.iter().for_each(|&agent| set.insert(agent));
    set
}

fn behaves_as_a_set<S: AgentSet>(operations: &[Operation]) -> Checked {
    let (mut set, mut reference) = (S::empty(AGENTS), BTreeSet::new());
    for operation in operations {
        match operation {
            Operation::Insert(agent) => {
                set.insert(*agent);
                reference.insert(*agent);
            }
            Operation::Remove(agent) => {
                set.remove(*agent);
                reference.remove(agent);
            }
            Operation::Absorb(other) => {
                let mut absorbed = of::<S>(other);
                set.absorb(&mut absorbed);
                reference.extend(other);
                if !absorbed.is_empty() || absorbed != S::empty(AGENTS) {
                    return Err(format!("{absorbed:?} is left of what was absorbed"));
                }
            }
            Operation::Clear => {
                set.clear();
                reference.clear();
            }
        }
        let same = members(&set) == reference.iter().copied().collect::<Vec<_>>()
            && set.len() == reference.len()
            && set.is_empty() == reference.is_empty()
            && (0..AGENTS).map(AgentId).all(|a| set.contains(a) == reference.contains(&a))
            && set == of(&reference);
        if !same {
            return Err(format!("{operation:?} makes {set:?}, not {reference:?}"));
        }
    }
    Ok(())
}

#[test]
fn all_three_behave_as_sets() {
    let agents = || (0..AGENTS).prop_map(AgentId);
    let operation = (any::<u8>(), agents(), proptest::collection::btree_set(agents(), 0..5))
        .prop_map(|(kind, agent, others)| match kind {
            0..120 => Operation::Insert(agent),
            120..210 => Operation::Remove(agent),
            210..250 => Operation::Absorb(others),
            250.. => Operation::Clear,
        });
    for_all(1000, proptest::collection::vec(operation, 0..60), |operations| {
        behaves_as_a_set::<Word>(&operations)?;
        behaves_as_a_set::<Bitset>(&operations)?;
        behaves_as_a_set::<Sparse>(&operations)
    });
}

#[test]
#[should_panic(expected = "a word holds 64 agents")]
fn a_word_says_when_it_is_too_small() {
    Word::empty(AGENTS + 1);
}

/// Gives a line what another one heard.
fn says_the_same<S: AgentSet>(world: &World) -> Checked {
    let agents = world.agents.len() as u32;
    let mut line = Line::<S>::new(Version::FIRST, agents);
    for Heard { now, input, told } in &world.heard {
        let mut said: Vec<ToAgent> = Vec::new();
        let send = |message| said.push(message);
        match *input {
            Input::Message(message) => line.handle(*now, message, &world.rules, send),
            Input::Expire => line.expire(*now, &world.rules, send),
            Input::Publish { agents } => line.publish(agents, &world.rules, send),
        }
        if said != *told {
            return Err(format!("to {input:?}: {said:?}, not {told:?}"));
        }
    }
    let same = members(line.current()) == members(world.line.current())
        && members(line.behind()) == members(world.line.behind())
        && (line.version(), line.epoch(), line.hold())
            == (world.line.version(), world.line.epoch(), world.line.hold());
    if same { Ok(()) } else { Err(format!("{line:?}, not {:?}", world.line)) }
}

#[test]
fn lines_say_the_same_whatever_the_set() {
    for_all(2000, (setups(), choices(160)), |(setup, choices)| {
        let mut world = World::new(setup.agents, setup.rules);
        choices.iter().try_for_each(|&choice| world.step(world.choose(choice)))?;
        says_the_same::<Bitset>(&world)?;
        says_the_same::<Sparse>(&world)
    });
}
