//! The model of a lineage: spaces of known size, every mutant killed, and what is told of them.

use attune_models::lineage::case::quick;
use attune_models::lineage::check::{Verdict, check, hunt};
use attune_models::lineage::promise::{Promise, Situation};
use attune_models::lineage::{COUNTS, Case, Defect};

/// The counts of the committed table, for cases that take a second.
#[test]
fn the_small_spaces_are_exhausted_and_as_large_as_ever() {
    let rows: Vec<Vec<&str>> =
        COUNTS.lines().skip(1).map(|row| row.split('\t').collect()).collect();
    let names: Vec<String> = quick().iter().map(Case::to_string).collect();
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), names);
    let mut checked = 0;
    for (case, row) in quick().into_iter().zip(&rows) {
        let states: usize = row[1].parse().unwrap();
        if states > 60_000 {
            continue;
        }
        checked += 1;
        let report = check(case, Defect::None, 2, &|_| true);
        assert_eq!((&report.end, report.states), (&Verdict::Held, states), "{case}");
        assert_eq!(report.transitions.to_string(), row[2], "{case}");
        let alone = check(case, Defect::None, 1, &|_| true);
        assert_eq!((alone.states, alone.met), (report.states, report.met), "{case}");
    }
    assert!(checked >= 3);
}

#[test]
fn each_mutant_dies_by_the_promise_that_it_is_about() {
    let death = |name: &str| {
        let fate = hunt(Defect::named(name).expect(name), &quick(), 2, &|| true);
        let (broken, steps, ..) = fate.killed.expect(name);
        (broken.promise, steps)
    };
    let deaths = [
        ("own-clock-ends-the-lease", Promise::OneActs, 4),
        ("lease-counts-from-the-request", Promise::OneActs, 4),
        ("divider-stops", Promise::OneActs, 5),
        ("one-inherits", Promise::GenerationsGrow, 4),
        ("effect-comes-after-the-answer", Promise::EffectsAreKnown, 5),
        ("effect-is-not-repeated", Promise::DoneOnce, 8),
        ("completion-comes-after-the-effect", Promise::DoneOnce, 8),
        ("begun-step-is-in-doubt", Promise::DoubtIsTold, 13),
        ("completion-is-by-the-acting", Promise::OneIsAccepted, 10),
        ("done-lineage-is-finished", Promise::Timely, 11),
        ("retirement-is-of-this-generation", Promise::NothingGivenUp, 10),
    ];
    for (name, promise, steps) in deaths {
        let found = death(name);
        assert_eq!(found.0, promise, "{name}");
        // The shortest in the first case that finds it.
        assert!(found.1 <= steps + 4, "{name}: {} steps", found.1);
    }
    // What happens to lines takes a case with one.
    for name in ["grants-go-to-the-estate", "grants-go-to-the-successor", "held-line-is-not-stolen"]
    {
        assert_eq!(death(name).0, Promise::GrantsPass, "{name}");
    }
}

#[test]
fn a_counterexample_reads_as_a_story() {
    let defect = Defect::named("completion-comes-after-the-effect").unwrap();
    let report = check(Case::new(1, 1, "none"), defect, 1, &|_| true);
    let told: Vec<&str> = report.story.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(
        told,
        [
            "a0 is started and asks to be g1",
            "the record gets from a0: to be g1",
            "a0 as g1 hears: it is yours",
            "a0 asks as g1 to begin step 0",
            "the record gets from a0: as g1 to begin step 0",
            "a0 as g1 hears: step 0 is begun",
            "a0 asks as g1 to call step 0 done",
            "the record gets from a0: as g1 to call step 0 done",
        ]
    );
    assert!(report.story[7].record.ends_with("done by g1"), "{}", report.story[7].record);
}

#[test]
fn a_search_that_is_stopped_says_so() {
    let report = check(Case::new(2, 1, "crash"), Defect::None, 1, &|_| false);
    assert_eq!(report.end, Verdict::CutShort);
}

#[test]
fn names_are_of_one_thing_each() {
    let mut names: Vec<&str> = Defect::all().map(Defect::name).collect();
    names.extend(Promise::ALL.iter().map(|promise| promise.name()));
    names.extend(Situation::ALL.iter().map(|situation| situation.name()));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
