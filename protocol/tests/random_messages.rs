//! Any messages in any order, lost and repeated, crashes, expiries: whatever happens, every
//! promise holds after every step, and once the faults stop everybody gets to commit.
//!
//! `ATTUNE_CASES=1000000 cargo test --release -p attune-protocol --test random_messages`

mod world;

use world::random::{Choice, Setup, choices, for_all, setups};
use world::{Checked, World};

/// Plays the choices. Gives the story if something goes wrong.
fn play(setup: Setup, choices: &[Choice], finish: impl Fn(&mut World) -> Checked) -> Checked {
    let attempt = |story: Option<Vec<String>>| {
        let mut world = World::new(setup.agents, setup.rules);
        world.story = story;
        let all = choices.iter().try_for_each(|&choice| world.step(world.choose(choice)));
        (all.and_then(|()| finish(&mut world)), world)
    };
    let Err(_) = attempt(None).0 else { return Ok(()) };
    // Again, this time told.
    let (result, world) = attempt(Some(Vec::new()));
    let wrong = result.expect_err("the same steps do the same");
    let mut story = world.story.clone().unwrap_or_default();
    story.extend(world::text::world(&world));
    Err(format!("{wrong}\n{:?}\n  {}", setup, story.join("\n  ")))
}

#[test]
fn every_promise_holds_after_every_step() {
    for_all(60_000, (setups(), choices(160)), |(setup, choices)| play(setup, &choices, |_| Ok(())));
}

#[test]
fn once_faults_stop_everybody_commits() {
    for_all(20_000, (setups(), choices(80)), |(setup, choices)| {
        let rules = setup.rules;
        let most = 4 + setup.agents * (4 + rules.lease_ticks + rules.acknowledgement_ticks);
        play(setup, &choices, |world| match world.settle()? {
            ticks if ticks > most => Err(format!("{ticks} ticks, not {most}")),
            _ => Ok(()),
        })
    });
}
