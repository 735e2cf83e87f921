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
        fate.killed.expect(name).0.promise
    };
    let deaths = [
        ("own-clock-ends-the-lease", Promise::OneActs),
        ("lease-counts-from-the-request", Promise::OneActs),
        ("divider-stops", Promise::OneActs),
        ("one-inherits", Promise::GenerationsGrow),
        ("effect-comes-after-the-answer", Promise::EffectsAreKnown),
        ("effect-is-not-repeated", Promise::DoneOnce),
        ("completion-comes-after-the-effect", Promise::DoneOnce),
        ("begun-step-is-in-doubt", Promise::DoubtIsTold),
        ("completion-is-by-the-acting", Promise::OneIsAccepted),
        ("done-lineage-is-finished", Promise::Timely),
        ("retirement-is-of-this-generation", Promise::NothingGivenUp),
    ];
    for (name, promise) in deaths {
        assert_eq!(death(name), promise, "{name}");
    }
    // What happens to lines takes a case with one.
    for name in ["grants-go-to-the-estate", "grants-go-to-the-successor", "held-line-is-not-stolen"]
    {
        assert_eq!(death(name), Promise::GrantsPass, "{name}");
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
