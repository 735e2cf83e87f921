//! Mutants die where they should; the whole list is `attune check --mutants`.

use attune_models::mutants::{all, hunt};
use attune_models::profile::quick;
use attune_trace::reference::Property;

/// By which promise a mutant dies, and in how many steps.
fn death(name: &str) -> (Property, usize) {
    let mutant = all().into_iter().find(|&(known, _)| known == name).expect("a known mutant");
    let killed = hunt(mutant, &quick(), &|_| true).killed.expect(name);
    (killed.broken.property, killed.steps)
}

#[test]
fn each_dies_by_the_promise_that_it_is_about() {
    let deaths = [
        ("commit-is-by-the-owner", Property::SingleWriter, 1),
        ("commit-is-on-the-current-base", Property::NoLostUpdate, 4),
        ("commit-names-its-base", Property::NoLostUpdate, 3),
        ("expiry-opens-an-epoch", Property::NoStaleApply, 2),
        ("held-line-is-not-stolen", Property::Exclusive, 2),
        ("grant-waits-for-holders", Property::ReadersExcluded, 2),
        ("reads-are-bounded", Property::BoundedStaleness, 3),
        ("fetch-registers", Property::DirectoryAgrees, 1),
        ("commit-tells-those-behind", Property::HoldersTold, 4),
        ("crash-forgets-the-copy", Property::DataValue, 2),
        ("writer-has-the-grant", Property::SingleWriter, 2),
        ("expired-copy-is-not-named", Property::BoundedStaleness, 3),
        ("fresh-request-ids", Property::DataValue, 4),
        ("commit-is-in-its-epoch", Property::NoStaleApply, 2),
        ("commit-makes-a-version", Property::MonotonicVersions, 3),
        ("newer-request-opens-an-epoch", Property::NoStaleApply, 3),
        ("repeated-request-is-answered", Property::Answered, 3),
        ("publication-answers-for-nobody", Property::DirectoryAgrees, 3),
        ("uncacheable-fill-is-not-kept", Property::ReadersExcluded, 2),
        ("overtaken-grant-is-not-taken", Property::NoStaleApply, 6),
    ];
    for (name, property, steps) in deaths {
        assert_eq!(death(name), (property, steps), "{name}");
    }
}

/// The bounds of a search are no sentence of a report: each is about who did what.
#[test]
fn what_breaks_is_said_in_the_words_of_who_did_it() {
    for mutant in
        ["uncacheable-fill-is-not-kept", "grant-waits-for-holders", "lost-draft-is-dropped"]
    {
        let mutant = all().into_iter().find(|&(known, _)| known == mutant).unwrap();
        let what = hunt(mutant, &quick(), &|_| true).killed.unwrap().broken.what;
        let who = ["an agent", "the right to write", "a draft"];
        assert!(who.iter().any(|who| what.starts_with(who)), "{what}");
        assert!(!what.contains("something else"), "{what}");
    }
}
