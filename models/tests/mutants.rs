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
        ("fresh-request-ids", Property::Answered, 4),
    ];
    for (name, property, steps) in deaths {
        assert_eq!(death(name), (property, steps), "{name}");
    }
}
