//! What the random worlds really reach: every message in every state in which it can arrive, and
//! what comes of it. A promise about a situation that never occurs would say nothing.

mod world;

use std::cell::RefCell;
use std::collections::BTreeSet;
use world::World;
use world::random::{choices, for_all, setups};
use world::script::is_golden;

#[test]
fn every_situation_occurs() {
    let seen = RefCell::new(BTreeSet::new());
    for_all(60_000, (setups(), choices(160)), |(setup, choices)| {
        let mut world = World::new(setup.agents, setup.rules);
        world.ghost.watch = true;
        choices.iter().try_for_each(|&choice| world.step(world.choose(choice)))?;
        seen.borrow_mut().append(&mut world.ghost.seen);
        Ok(())
    });
    let seen: Vec<String> = seen.into_inner().into_iter().collect();
    is_golden("situations", &(seen.join("\n") + "\n"));
}
