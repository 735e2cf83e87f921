//! An authority that crashes and reads its log is the authority that it was.

mod world;

use attune_protocol::{Gap, Line, Record, Recorded, Sequence, Version, Word};
use proptest::prelude::any;
use world::random::{Choice, Setup, choices, for_all, setups};
use world::{Checked, World};

/// Everything that a line was given, as a log.
fn log(world: &World) -> Vec<Record> {
    let records = (1..).map(Sequence).zip(&world.heard);
    records
        .map(|(sequence, heard)| Record { sequence, now: heard.now, input: heard.input })
        .collect()
}

fn play(setup: Setup, choices: &[Choice]) -> Result<World, String> {
    let mut world = World::new(setup.agents, setup.rules);
    choices.iter().try_for_each(|&choice| world.step(world.choose(choice)))?;
    Ok(world)
}

fn is_the_line(recovered: &Recorded<Word>, world: &World) -> Checked {
    let all = Recorded { line: world.line, applied: Sequence(world.heard.len() as u64) };
    if *recovered == all { Ok(()) } else { Err(format!("{recovered:?}, not {all:?}")) }
}

#[test]
fn any_snapshot_and_the_log_give_the_same_line() {
    let points = (any::<proptest::sample::Index>(), any::<proptest::sample::Index>());
    for_all(4000, (setups(), choices(160), points), |(setup, choices, (taken, from))| {
        let world = play(setup, &choices)?;
        let log = log(&world);
        let mut snapshot = Recorded::new(Line::<Word>::new(Version::FIRST, setup.agents));
        let taken = taken.index(log.len() + 1);
        for (&record, heard) in log.iter().zip(&world.heard).take(taken) {
            let mut told = Vec::new();
            let applied = snapshot.apply(record, &setup.rules, |message| told.push(message));
            applied.map_err(|gap| gap.to_string())?;
            if told != heard.told {
                return Err(format!("to {record:?}: {told:?}, not {:?}", heard.told));
            }
        }
        // Read from some point before it, and then all of it once more.
        let from = from.index(taken + 1);
        let records = log[from..].iter().chain(&log).copied();
        let recovered = snapshot.recover(records, &setup.rules).map_err(|gap| gap.to_string())?;
        is_the_line(&recovered, &world)
    });
}

#[test]
fn what_is_applied_sends_nothing_again() {
    for_all(1000, (setups(), choices(80)), |(setup, choices)| {
        let world = play(setup, &choices)?;
        let log = log(&world);
        let line = Recorded::new(Line::<Word>::new(Version::FIRST, setup.agents));
        let mut line = line.recover(log.clone(), &setup.rules).map_err(|gap| gap.to_string())?;
        let mut told = Vec::new();
        for record in log {
            line.apply(record, &setup.rules, |message| told.push(message))
                .map_err(|gap| gap.to_string())?;
        }
        if !told.is_empty() {
            return Err(format!("{told:?} is said twice"));
        }
        is_the_line(&line, &world)
    });
}

#[test]
fn a_gap_is_named() {
    let any_index = any::<proptest::sample::Index>();
    for_all(1000, (setups(), choices(80), any_index), |(setup, choices, lost)| {
        let mut log = log(&play(setup, &choices)?);
        if log.len() < 2 {
            return Ok(());
        }
        let lost = log.remove(lost.index(log.len() - 1)).sequence;
        let line = Recorded::new(Line::<Word>::new(Version::FIRST, setup.agents));
        match line.recover(log, &setup.rules) {
            Err(Gap { missing }) if missing == lost => Ok(()),
            other => Err(format!("{lost:?} is missing: {other:?}")),
        }
    });
}
